//! The accounts of a household agree with what really passed, to the byte: over a year of a box with every trouble that
//! counters can have, and over a month of the demo as its users see it.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod month;
mod script;
#[path = "../support/mod.rs"]
mod support;
mod year;
