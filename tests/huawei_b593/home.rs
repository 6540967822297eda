//! Boxes of the family, and drivers for them.

use std::time::Duration;

use router2mqtt::model::{Fault, Metric, Quantity, Section, Snapshot, Subject};
use router2mqtt::routers::{self, Credentials, Driver, Family};
use router2mqtt::simulators::{Options, Running, start};
use serde_json::Value as Json;

pub use crate::support::wiring::{credentials, poll};
use crate::support::wiring::{settings, wire};

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

/// The driver for a box, with the right password.
pub fn driver(url: &str, options: &[(&str, &str)]) -> Box<dyn Driver> {
    driver_of(url, credentials(PASSWORD), options)
}

pub fn driver_of(url: &str, credentials: Credentials, options: &[(&str, &str)]) -> Box<dyn Driver> {
    wire(family(), settings(url), credentials, options)
}

/// A value as payloads show it.
pub fn shown<Q: Quantity>(seen: &Snapshot, metric: Metric<Q>) -> Json {
    metric.row().show(seen.get(&Subject::Router, metric))
}

/// Why a section failed.
pub fn fault(seen: &Snapshot, section: Section) -> Option<Fault> {
    seen.sections().find(|(name, _)| *name == section)?.1.err().cloned()
}
