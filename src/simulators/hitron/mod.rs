//! Hitron boxes: the gateway CGNV4 (`cgnv4`, unless told otherwise) and the modem CODA (`coda`).

mod admin;
mod cgnv4;
mod coda;
mod household;
mod life;
mod page;
mod signal;

use std::sync::Arc;

use self::cgnv4::Cgnv4;
use self::coda::Coda;
use super::{Appliance, Family};

/// Hitron boxes.
pub(super) const FAMILY: Family = Family {
    name: "hitron",
    credentials: &[("username", "admin"), ("password", "password")],
    addresses: &[],
    models: &["cgnv4", "coda"],
    build: |parts| match parts.model.as_deref() {
        Some("coda") => boxed(Coda::new(parts)),
        _ => boxed(Cgnv4::new(parts)),
    },
};

fn boxed(appliance: impl Appliance) -> Arc<dyn Appliance> {
    Arc::new(appliance)
}

#[cfg(test)]
mod tests;
