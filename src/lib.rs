//! The map of the house.
pub mod engine;
pub mod model;
pub mod routers;
pub mod simulators;
pub mod transport;
