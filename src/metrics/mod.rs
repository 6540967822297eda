//! What the world comes to in numbers over time: families of samples, for whoever collects them.
//!
//! - `family`: what all of them speak
//! - `names`: from the catalog to names, units and labels
//! - `point`: the same for those who keep numbers under paths: `graphite`, `influx`
//! - `compat`: under the names of the exporters before this bridge

pub mod compat;
pub mod exposition;
mod family;
pub mod figures;
pub mod graphite;
pub mod influx;
mod names;
pub mod own;
mod point;

pub use compat::Compat;
pub use family::{Family, FamilyKind, Label, Sample, label};
pub use names::{BOX, PREFIX, Shown, info, key, label_of, scale, shown, word};
pub use point::{Point, PointValue, points_of};
