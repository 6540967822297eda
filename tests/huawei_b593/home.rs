//! A driver that is wired to a box, the way the bridge does it.

use std::collections::BTreeMap;
use std::time::Duration;

use router2mqtt::model::{Clock, Fault, Metric, Quantity, Section, Sections, Snapshot, Subject};
use router2mqtt::routers::{self, Credentials, Driver, Family, Wiring};
use router2mqtt::simulators::{Options, Running, start};
use router2mqtt::transport::{Deadlines, Settings, Transport};
use serde_json::Value as Json;

pub const MODELS: [&str; 6] =
    ["b593-sp102", "b593u-12", "speedport-lte-ii", "b593s-22", "b593s-22-sp051", "e5172"];

pub const PASSWORD: &str = "pässword &+=%";

pub fn family() -> &'static Family {
    routers::family("huawei_b593").expect("the family is registered")
}

pub async fn simulated(model: &str) -> Running {
    let options = Options {
        model: Some(model.to_owned()),
        password: Some(PASSWORD.to_owned()),
        reboot: Duration::from_millis(50),
        ..Options::default()
    };
    start("huawei_b593", options).await.expect("a box starts")
}

pub fn credentials(password: &str) -> Credentials {
    let password = Some(password.to_owned().into());
    Credentials { username: Some("admin".into()), password, app_token: None }
}

/// The driver for a box, with the right password.
pub fn driver(url: &str, options: &[(&str, &str)]) -> Box<dyn Driver> {
    driver_of(url, credentials(PASSWORD), options)
}

pub fn driver_of(url: &str, credentials: Credentials, options: &[(&str, &str)]) -> Box<dyn Driver> {
    let mut settings = Settings::new(url.parse().expect("an address"));
    settings.gap = Duration::ZERO;
    settings.deadlines = Deadlines {
        connect: Duration::from_secs(2),
        first_byte: Duration::from_millis(500),
        whole: Duration::from_secs(2),
    };
    let options: BTreeMap<_, _> = options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let transport = Transport::new(settings, None).expect("a transport");
    (family().build)(Wiring { transport, credentials, options, clock: Clock::system() })
}

/// One poll of everything, and what the engine does after it.
pub async fn poll(driver: &mut dyn Driver) -> Result<Snapshot, Fault> {
    let seen = driver.poll(&Sections::all()).await;
    driver.close().await;
    seen
}

/// A value as payloads show it.
pub fn shown<Q: Quantity>(seen: &Snapshot, metric: Metric<Q>) -> Json {
    metric.row().show(seen.get(&Subject::Router, metric))
}

/// Why a section failed.
pub fn fault(seen: &Snapshot, section: Section) -> Option<Fault> {
    seen.sections().find(|(name, _)| *name == section)?.1.err().cloned()
}
