//! What the world comes to in numbers over time: families of samples, for whoever collects them.
//!
//! - `family`: what all of them speak
//! - `names`: from the catalog to names, units and labels
//! - `plan`, `own`: the world in these names
//! - `figures`, `process`: how the bridge itself is doing
//! - `exposition`, `accept`: families as text, and which of the two formats somebody wants

mod accept;
mod exposition;
mod family;
mod figures;
mod names;
mod own;
mod plan;
mod process;

pub use exposition::{Format, write};
pub use family::{Family, FamilyKind, Label, Sample, label};
pub use figures::{Figures, Mqtt, of_polls, of_the_bridge};
pub use names::{BOX, PREFIX, Shown, info, label_of, scale, shown, unit_of};
pub use own::{families, families_of};
pub use process::Process;
