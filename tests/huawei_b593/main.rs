//! The B593 driver against boxes that behave, and boxes that do not, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "../hitron/canned.rs"]
#[allow(dead_code, reason = "these boxes never redirect")]
mod canned;
mod home;
mod logins;
mod pages;
mod readings;
