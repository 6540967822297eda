//! The world in our own names.

use super::Family;
use crate::engine::{BoxView, World};

/// All boxes.
pub fn families(_: &World) -> Vec<Family> {
    Vec::new()
}

/// One box.
pub fn families_of(_: &BoxView) -> Vec<Family> {
    Vec::new()
}
