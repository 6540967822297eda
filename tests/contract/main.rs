//! What every driver owes to its box and to the engine, checked against each family's simulated boxes. A new family is
//! checked by being listed in `boxes.rs`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod boxes;
mod faults;
mod orders;
mod readings;
mod secrets;
#[path = "../support/mod.rs"]
mod support;
mod visits;
