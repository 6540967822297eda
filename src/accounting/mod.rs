//! Who used how much, and how sure that is. Pure: no I/O, no async; time comes in with the readings.
//!
//! - [`Growth`]: what a counter counted between two readings, and where something may be missing
//! - [`Lifetime`]: a counter of a box, made to last
//! - [`Piece`]: a part of such an interval that belongs to one day and one band

mod growth;
mod lifetime;
mod usage;

pub use growth::{Gap, Growth};
pub use lifetime::{Evidence, Lifetime, SavedCounter};
pub use usage::{Amounts, Band, DayRow, Piece};
