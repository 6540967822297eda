//! What the tests from outside share: brokers, an observer, simulated boxes, and the bridge as a process.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::disallowed_methods
)]

pub mod access;
pub mod bridge;
pub mod broker;
pub mod canned;
pub mod configured;
pub mod encodings;
pub mod exported;
pub mod hook;
pub mod household;
pub mod logbook;
pub mod neighbour;
pub mod observer;
pub mod posted;
pub mod program;
pub mod seeds;
pub mod supervisor;
pub mod wifi;
pub mod wiring;

use std::time::Duration;

/// How long anything that has to happen may take to happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is true; says what was waited for when it never is.
pub async fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
