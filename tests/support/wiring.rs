//! A driver that is wired to a box, the way the bridge does it.

use std::collections::BTreeMap;
use std::time::Duration;

use router2mqtt::model::{Clock, Fault, Sections, Snapshot};
use router2mqtt::routers::{Credentials, Driver, Family, Wiring};
use router2mqtt::transport::{Deadlines, Settings, Transport};

/// The owner's user name, with this password.
pub fn credentials(password: &str) -> Credentials {
    let password = Some(password.to_owned().into());
    Credentials { username: Some("admin".into()), password, app_token: None }
}

/// Without pauses, and impatient.
pub fn settings(url: &str) -> Settings {
    let mut settings = Settings::new(url.parse().expect("an address"));
    settings.gap = Duration::ZERO;
    settings.deadlines = Deadlines {
        connect: Duration::from_secs(2),
        first_byte: Duration::from_millis(500),
        whole: Duration::from_secs(2),
    };
    settings
}

pub fn wire(
    family: &Family,
    settings: Settings,
    credentials: Credentials,
    options: &[(&str, &str)],
) -> Box<dyn Driver> {
    let options: BTreeMap<_, _> = options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let transport = Transport::new(settings, None).expect("a transport");
    // The time goes on as the test wants it to.
    let clock = Clock::starting_at(Clock::system().now());
    (family.build)(Wiring { transport, credentials, options, clock })
}

/// One poll of everything, and what the engine does after it.
pub async fn poll(driver: &mut dyn Driver) -> Result<Snapshot, Fault> {
    let seen = driver.poll(&Sections::all()).await;
    driver.close().await;
    seen
}
