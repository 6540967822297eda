//! Hitron boxes, and drivers for them.

use std::time::Duration;

use router2mqtt::model::{Readings, Section, Snapshot, SubjectKind};
use router2mqtt::routers::{self, Credentials, Driver, Family};
use router2mqtt::simulators::{Options, Running, Trouble, start};
use router2mqtt::transport::{Settings, Trust};

use crate::support::wiring;
pub use crate::support::wiring::{credentials, poll, settings};

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

pub fn wire(settings: Settings, credentials: Credentials, options: &[(&str, &str)]) -> Box<dyn Driver> {
    wiring::wire(family(), settings, credentials, options)
}

/// The sections that were read, and those that failed.
pub fn outcome(seen: &Snapshot) -> (Vec<Section>, Vec<Section>) {
    let (read, failed): (Vec<_>, Vec<_>) = seen.sections().partition(|(_, outcome)| outcome.is_ok());
    let names = |list: Vec<(Section, _)>| list.into_iter().map(|(section, _)| section).collect();
    (names(read), failed.into_iter().map(|(section, _)| section).collect())
}
