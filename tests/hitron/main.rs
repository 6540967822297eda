//! The Hitron driver against boxes that behave, and boxes that do not, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod coda;
mod dialects;
mod gateway;
mod home;
mod others;
#[path = "../support/mod.rs"]
mod support;
