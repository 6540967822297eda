//! What the world comes to in numbers over time: families of samples, for whoever collects them.
//!
//! - `family`: what all of them speak
//! - `names`: from the catalog to names, units and labels
//! - `point`: the same for those who keep numbers under paths: `graphite`, `influx`
//! - `compat`: under the names of the exporters before this bridge

pub mod compat;
mod family;
pub mod graphite;
pub mod influx;
mod names;
mod point;

pub use family::{Family, FamilyKind, Label, Sample, label};
pub use names::{BOX, PREFIX, Shown, info, key, label_of, scale, shown, word};
pub use point::{Point, PointValue, points_in, points_of};
