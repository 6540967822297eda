//! `examples/node-red`: the flows are readable, and act in a real Node-RED. The latter needs mosquitto, Node.js and npm:
//! `cargo test --test node-red -- --ignored`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr
)]

#[path = "../support/mod.rs"]
mod support;

mod acting;
mod flows;
mod layout;
mod nodered;
