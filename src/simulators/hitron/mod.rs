//! Hitron boxes, one or two for each language they speak: the gateways CGNV4 (`cgnv4`, unless told otherwise), CGNM-2250
//! (`cgnm`), CODA-4582 (`coda-4582`, and `coda-4582-rest` with newer firmware), CODA-4680 (`coda-4680`) and CVE-30360
//! (`cve-30360`), and the modem CODA-45 (`coda`).

mod admin;
mod cgnm;
mod cgnv4;
mod chassis;
mod coda;
mod cve;
mod household;
mod life;
mod page;
mod records;
mod rest;
mod signal;

use std::sync::Arc;

use self::cgnm::Cgnm;
use self::cgnv4::Cgnv4;
use self::chassis::{Chassis, Firmware};
use self::coda::Coda;
use self::cve::Cve;
use self::rest::Rest;
use super::{Appliance, Family, Parts};

/// Hitron boxes.
pub(super) const FAMILY: Family = Family {
    name: "hitron",
    credentials: &[("username", "admin"), ("password", "password")],
    addresses: &[],
    models: &["cgnv4", "coda", "cgnm", "coda-4582", "coda-4680", "coda-4582-rest", "cve-30360"],
    build: |parts| match parts.model.as_deref() {
        Some("coda") => boxed(Coda::default(), parts),
        Some("cgnm") => boxed(Cgnm::new(&cgnm::CGNM), parts),
        Some("coda-4582") => boxed(Cgnm::new(&cgnm::CODA_4582), parts),
        Some("coda-4680") => boxed(Rest::new(&rest::CODA_4680), parts),
        Some("coda-4582-rest") => boxed(Rest::new(&rest::CODA_4582), parts),
        Some("cve-30360") => boxed(Cve::default(), parts),
        _ => boxed(Cgnv4::default(), parts),
    },
};

fn boxed(firmware: impl Firmware, parts: Parts) -> Arc<dyn Appliance> {
    Arc::new(Chassis::new(firmware, parts))
}

#[cfg(test)]
mod tests;
