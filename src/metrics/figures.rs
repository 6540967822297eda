//! What the bridge says of itself.

use jiff::Timestamp;

use super::Family;
use crate::engine::World;

/// Plain data, filled by the bridge.
#[derive(Clone, Debug)]
pub struct Figures {
    /// When it started.
    pub started: Timestamp,
}

/// Of the bridge.
pub fn of_the_bridge(_: &World, _: &Figures) -> Vec<Family> {
    Vec::new()
}
