//! The B593 driver against boxes that behave, and boxes that do not, over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod home;
mod logins;
mod pages;
mod readings;
#[path = "../support/mod.rs"]
mod support;
