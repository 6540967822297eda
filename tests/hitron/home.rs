//! A driver that is wired to a box, the way the bridge does it.

use std::collections::BTreeMap;
use std::time::Duration;

use router2mqtt::model::{Clock, Fault, Readings, Section, Sections, Snapshot, SubjectKind};
use router2mqtt::routers::{self, Credentials, Driver, Family, Wiring};
use router2mqtt::simulators::{Options, Running, Trouble, start};
use router2mqtt::transport::{Deadlines, Settings, Transport, Trust};

pub fn family() -> &'static Family {
    routers::family("hitron").expect("the family is registered")
}

pub async fn gateway() -> Running {
    start("hitron", Options::default()).await.expect("a gateway starts")
}

pub async fn gateway_with(trouble: Trouble) -> Running {
    let gateway = gateway().await;
    gateway.troubles().begin(trouble);
    gateway
}

pub async fn modem() -> Running {
    simulated("coda").await
}

pub async fn simulated(model: &str) -> Running {
    let options =
        Options { model: Some(model.into()), reboot: Duration::from_millis(150), ..Options::default() };
    start("hitron", options).await.expect("a box starts")
}

/// How a box was treated: logins, logouts.
pub fn visits(to: &Running) -> (u64, u64) {
    (to.tally().logins(), to.tally().logouts())
}

/// How many subjects of a kind were read.
pub fn subjects(seen: &Snapshot, kind: SubjectKind) -> usize {
    let readings = seen.sections().filter_map(|(_, outcome)| outcome.ok());
    readings.flat_map(Readings::iter).filter(|(subject, _)| subject.kind() == kind).count()
}

pub fn credentials(password: &str) -> Credentials {
    Credentials {
        username: Some("admin".into()),
        password: Some(password.to_owned().into()),
        app_token: None,
    }
}

/// The driver for a simulated box, with the right password.
pub fn driver(of: &Running) -> Box<dyn Driver> {
    driver_with(of, credentials("password"), &[])
}

pub fn driver_with(of: &Running, credentials: Credentials, options: &[(&str, &str)]) -> Box<dyn Driver> {
    let mut settings = settings(&of.url());
    if let Some(pin) = of.pin() {
        settings.trust = Trust::Pinned(vec![pin]);
    }
    wire(settings, credentials, options)
}

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

pub fn wire(settings: Settings, credentials: Credentials, options: &[(&str, &str)]) -> Box<dyn Driver> {
    let options: BTreeMap<_, _> = options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let transport = Transport::new(settings, None).expect("a transport");
    let clock = Clock::starting_at(Clock::system().now());
    (family().build)(Wiring { transport, credentials, options, clock })
}

/// One poll of everything, and what the engine does after it.
pub async fn poll(driver: &mut dyn Driver) -> Result<Snapshot, Fault> {
    let seen = driver.poll(&Sections::all()).await;
    driver.close().await;
    seen
}

/// The sections that were read, and those that failed.
pub fn outcome(seen: &Snapshot) -> (Vec<Section>, Vec<Section>) {
    let (read, failed): (Vec<_>, Vec<_>) = seen.sections().partition(|(_, outcome)| outcome.is_ok());
    let names = |list: Vec<(Section, _)>| list.into_iter().map(|(section, _)| section).collect();
    (names(read), failed.into_iter().map(|(section, _)| section).collect())
}
