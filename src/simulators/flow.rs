//! Counters that only grow.

use std::f64::consts::TAU;
use std::time::Duration;

/// What a flow of so many bytes a second comes to; it swings through quarters of an hour, but never runs backwards.
pub(super) fn total(uptime: Duration, rate: f64) -> u64 {
    const PERIOD: f64 = 900.0;
    let seconds = uptime.as_secs_f64();
    let swing = 0.8 * PERIOD / TAU * (TAU * seconds / PERIOD).sin();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and far below 2^64"
    )]
    let bytes = (rate * (seconds + swing).max(0.0)) as u64;
    bytes
}
