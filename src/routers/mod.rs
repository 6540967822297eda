//! What speaks to boxes: the trait that every driver has, the registry of families, and one folder per family.

mod driver;
pub mod freebox;
pub mod hitron;
pub mod tplink;

pub use driver::{Cadence, Credentials, Driver, Family, FamilyOption, OptionKind, Session, Wiring};

/// Every family there is, by the word that `type:` takes in the configuration.
pub static FAMILIES: &[&Family] = &[&freebox::FAMILY, &hitron::FAMILY, &tplink::FAMILY];

/// The family of this name.
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().copied().find(|family| family.name == name)
}
