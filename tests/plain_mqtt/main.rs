//! `examples/mosquitto` as its readers use it: a real Mosquitto with that configuration, its rights and its certificates, the
//! bridge, and the scripts. Run with `cargo test --test plain_mqtt -- --ignored`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "../support/mod.rs"]
mod support;

mod page;
mod roles;
mod scripts;
mod watching;
