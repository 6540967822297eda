//! Who used how much, and how sure that is. Pure: no I/O, no async; time comes in with the readings.
//!
//! - [`Growth`]: what a counter counted between two readings, and where something may be missing
//! - [`Interval`], [`split`], [`Piece`]: what passed between two readings, in parts that belong to one day and one band
//! - [`Calendar`], [`Hours`], [`Timetable`]: days in the household's time zone, and what each time costs
//! - [`Cycle`], [`Dates`]: how an operator bills, and the days that follow from it
//! - [`Tally`]: what one party used today, yesterday, in this cycle and the one before
//! - [`Quota`]: what of the contract is used, what is left, and when it will be used up
//! - [`People`]: whose device it is
//! - [`Lifetime`]: a counter of a box, made to last

mod burst;
mod calendar;
mod cycle;
mod forecast;
mod growth;
mod hours;
mod lifetime;
mod people;
mod quota;
mod rows;
mod split;
mod tally;
mod timetable;
mod usage;

pub use burst::{Burst, BurstPolicy};
pub use calendar::{Calendar, Period, days_between};
pub use cycle::{Cycle, Dates, Span};
pub use forecast::{Forecast, Likely};
pub use growth::{Gap, Growth};
pub use hours::{Hours, HoursError};
pub use lifetime::{Evidence, Lifetime, SavedCounter};
pub use people::{Device, People, PeopleError, Person};
pub use quota::{Quota, QuotaFigures, QuotaPolicy, QuotaState, Ruling};
pub use split::{Interval, Splitter, split};
pub use tally::{Day, Tally};
pub use timetable::Timetable;
pub use usage::{Amounts, Band, DayRow, Piece};

#[cfg(test)]
mod tests;
