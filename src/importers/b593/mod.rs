//! What the collector for the HUAWEI B593 kept: a sample of the box's counters each hour.
//!
//! - `documents`: the JSON documents of a file, whether one to a line, in a list, or spread over lines
//! - `sample`: what a document, or a line of the small variant's CSV, says
//! - `order`: local times to moments, and samples in the order of their times
//! - [`import`]: from samples to usage

mod documents;
mod import;
mod order;
mod sample;

pub use import::{Settings, Units, import};
pub use sample::Clock;
