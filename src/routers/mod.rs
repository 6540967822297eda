//! What speaks to boxes: the trait that every driver has, the registry of families, and one folder per family.

pub mod altibox;
mod driver;
pub mod freebox;
pub mod hitron;
pub mod huawei_b593;
pub mod huawei_hilink;
mod rsa;
mod several;
mod tenure;
pub mod tplink;
mod trust;

pub use driver::{
    Cadence, Credentials, Driver, Family, FamilyOption, OptionKind, Session, Stability, Wiring,
};

/// Every family there is, by the word that `type:` takes in the configuration.
pub static FAMILIES: &[&Family] = &[
    &altibox::FAMILY,
    &freebox::FAMILY,
    &hitron::FAMILY,
    &huawei_b593::FAMILY,
    &huawei_hilink::FAMILY,
    &tplink::FAMILY,
];

/// The family of this name.
pub fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().copied().find(|family| family.name == name)
}
