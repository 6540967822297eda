//! What the world comes to in numbers over time: families of samples, for whoever collects them.
//!
//! - `family`: what all of them speak
//! - `names`: from the catalog to names, units and labels

pub mod compat;
pub mod exposition;
mod family;
pub mod figures;
mod names;
pub mod own;

pub use compat::Compat;
pub use family::{Family, FamilyKind, Label, Sample, label};
pub use names::{BOX, PREFIX, Shown, info, label_of, scale, shown};
