//! Home Assistant's discovery: the world in, topics and payloads out, no I/O.
//!
//! A box is a device, and so is each tracked device of the household, below its box. What is announced is the
//! [shape](crate::engine::Shape) of a box, not its readings: a value that is missing today is *unknown*, not
//! gone.

mod announce;
mod bridge;
mod buttons;
mod class;
mod config;
mod dashboard;
mod device;
mod entity;
mod events;
mod health;
mod held;
mod message;
mod names;
mod style;
mod switches;
#[cfg(test)]
mod tests;
mod tracker;
mod update;

pub use announce::{Announcer, announce};
pub use dashboard::dashboard;
pub use style::{Layout, Style};
