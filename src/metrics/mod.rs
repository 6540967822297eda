//! What the world comes to in numbers over time: families of samples, for whoever collects them.
//!
//! - `family`: what all of them speak
//! - `names`: from the catalog to names, units and labels
//! - `plan`, `own`: the world in these names
//! - `figures`, `process`: how the bridge itself is doing
//! - `exposition`, `accept`: families as text, and which of the two formats somebody wants
//! - `point`: the same names for those who keep numbers under paths: `graphite`, `influx`
//! - `compat`: under the names of the exporters before this bridge

mod accept;
pub mod compat;
mod exposition;
mod family;
mod figures;
pub mod graphite;
pub mod influx;
mod names;
mod own;
mod plan;
mod point;
mod process;

pub use compat::Compat;
pub use exposition::{Format, part, write};
pub use family::{Family, FamilyKind, Label, Sample, label};
pub use figures::{Figures, Graphite, Mqtt, of_polls, of_the_bridge};
pub use names::{BOX, PREFIX, Shown, info, key, label_of, scale, shown, unit_of, word};
pub use own::{families, families_of};
pub use point::{Point, PointValue, points_in, points_of};
pub use process::Process;
