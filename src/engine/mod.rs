//! Policy: when to ask a box, when to leave it alone, what an answer means over time, and what commands come to.

mod clients;
mod handle;
mod shape;
mod world;

pub use clients::{ClientPolicy, Track};
pub use handle::{Handle, Order};
pub use shape::{Known, Shape};
pub use world::{About, Availability, BoxView, Presence, Problem, SectionView, World};
