//! Policy: when to ask a box, when to leave it alone, what an answer means over time, and what commands come to.

mod access;
mod accounts;
mod backoff;
mod booking;
mod claim;
mod clients;
mod counters;
mod derive;
mod errand;
mod events;
mod file;
mod handle;
mod health;
mod keeper;
mod line;
mod memory;
mod news;
mod orders;
mod parts;
pub mod policy;
mod presence;
mod reboot;
mod schedule;
mod shape;
mod shelf;
mod stretch;
mod switch;
#[cfg(test)]
mod tests;
mod trail;
mod world;

pub use accounts::{Booked, Books, Rules};
pub(crate) use backoff::Pauses;
pub use claim::Claim;
pub use clients::{ClientPolicy, Track};
pub use counters::{Counted, Counters, Occasion};
pub use derive::{DocsisScales, Grade, LinePolicy, LteScales, Patience, Scale, XdslScales, summarise};
pub use events::{Events, Listener};
pub use file::replace;
pub use handle::{Handle, Order};
pub use keeper::{Charge, Keeper, Shared};
pub use memory::{Memory, MemoryError};
pub use shape::{Known, Shape};
pub use shelf::Shelf;
pub use world::{About, Availability, BoxView, Presence, Problem, SectionView, World};
