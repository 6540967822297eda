//! Sends what the world comes to in numbers to Graphite, in its plaintext protocol, over TCP or UDP.
//!
//! - `address`: where Carbon is
//! - `template`: from points to paths, no two of them the same
//! - `report`: which readings are new, as lines
//! - `collector`: when that is looked at
//! - `outbox`: the lines that wait, and those that may not have arrived
//! - `courier`: brings them there, again after a failure
//! - `wire`: the sockets
//! - `sender`: both of them, as a task

mod address;
mod collector;
mod courier;
mod outbox;
mod report;
mod sender;
mod template;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::BTreeSet;
use std::time::Duration;

pub use address::{Address, Protocol};
pub use sender::Sender;
pub use template::{Template, TemplateError};

use crate::metrics::compat::Compat;

/// What the owner wants to be sent, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where to.
    pub address: Address,
    /// How often the latest readings are sent.
    pub every: Duration,
    /// What each number is called.
    pub template: Template,
    /// Which programs' names the numbers have besides, for who used those programs.
    pub compat: BTreeSet<Compat>,
    /// How many bytes of lines wait at most while they cannot be sent.
    pub buffer: usize,
}

/// How the sending goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Whether there is a connection; of UDP, whether there is somewhere to send to.
    pub connected: bool,
    /// How many lines were sent, as far as can be known.
    pub sent: u64,
    /// How many were given up, as there was no room for them.
    pub lost: u64,
    /// How many wait, or are on their way.
    pub waiting: u64,
}
