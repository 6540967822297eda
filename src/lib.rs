//! The map of the house.
pub mod model;
