//! Tells people what happens: each event that a target wants to hear of becomes a message to it.
//!
//! - `choice`: which events
//! - `notice`, `phrases`: an event with everything that can be said of it, and how it is said unless the owner knows better
//! - `template`: the owner's own words
//! - `target`: what is posted where
//! - `courier`: one task per target, which posts, waits and gives up
//! - `notifier`: hands the events to the couriers
//! - `summary`: once a day, what the day before came to

mod amounts;
mod choice;
mod courier;
mod notice;
mod notifier;
mod phrases;
mod samples;
mod summary;
mod target;
mod template;
#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;

pub use choice::{Choice, WORDS};
pub use notice::Notice;
pub use notifier::Notifier;
pub use samples::samples;
pub use summary::{Summarist, Summary, sum_up, summary_fields, summary_samples};
pub use target::{Address, Kind, Target};
pub use template::{Language, Mistake, Template};

/// What the owner wants to be told, and where.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to tell what happens.
    pub targets: Vec<Target>,
    /// When each day is summed up, if it is.
    pub summary: Option<Summary>,
    /// The time zone of the household.
    pub zone: TimeZone,
}
