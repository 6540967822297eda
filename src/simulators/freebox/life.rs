//! What moves: traffic, temperatures, fans.

use std::time::Duration;

use super::super::habits::Demand;
use super::super::meter::{Glance, Meter};
use super::super::{Parts, Passed};
use crate::model::Subject;

/// The box counts, and derives its rates, every five seconds.
const TICK: i64 = 5;
const DEMAND: Demand = Demand { received: 560_000, sent: 26_000 };

/// The connection's counters.
#[derive(Debug)]
pub struct Traffic {
    meter: Meter,
    before: Passed,
    from: Passed,
}

impl Traffic {
    /// A line that has been up for a while: what it has sent will soon no longer fit 32 bits.
    pub fn running(parts: &Parts) -> Self {
        let soon_beyond_32_bits = u64::from(u32::MAX) - 12_000_000;
        let meter = parts.books.meter(Subject::Router, DEMAND, Glance::Every(TICK));
        let before = Passed { received: 49_556_332_677, sent: soon_beyond_32_bits };
        Self { meter, before, from: Passed::default() }
    }

    /// The line has just come up.
    pub fn restart(&mut self) {
        (self.before, self.from) = (Passed::default(), self.meter.passed());
    }

    /// Bytes so far.
    pub fn bytes(&self) -> Passed {
        let mut bytes = self.before;
        bytes += self.meter.passed().since(self.from);
        bytes
    }

    /// Bytes per second over the last tick.
    pub fn rate(&self) -> Passed {
        self.meter.rate()
    }
}

/// How long something has been going on; everything that merely swings is a function of it.
#[derive(Clone, Copy, Debug)]
pub struct Age(pub Duration);

impl Age {
    /// In whole seconds.
    pub const fn seconds(self) -> u64 {
        self.0.as_secs()
    }

    /// A value around `mean`, in whole steps; it changes every three seconds, as sensors of a Freebox do.
    pub fn swing(self, mean: u64, step: u64, phase: u64) -> u64 {
        let steps = [0, 0, 1, 1, 2, 1, 1, 0];
        let position = (self.seconds() / 3 + phase * 3) % 8;
        let offset = steps.into_iter().nth(usize::try_from(position).unwrap_or(0)).unwrap_or(0);
        if mean == 0 { 0 } else { mean + step * offset }
    }

    /// Bytes that have passed, and bytes per second now, of something that busies itself around a mean rate.
    pub fn flow(self, mean: u64, phase: u64) -> (u64, u64) {
        let rate = self.swing(mean, mean / 4, phase);
        (mean * self.seconds() + mean * phase * 1000, rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_what_was_counted_over_the_last_five_seconds() {
        let traffic = Traffic::running(&Parts::for_tests(""));
        for _ in 0..20 {
            let before = traffic.bytes();
            assert_eq!(traffic.bytes(), before, "nothing is counted in between");
            tokio::time::advance(Duration::from_secs(5)).await;
            assert_eq!(traffic.bytes().received - before.received, traffic.rate().received * 5);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_sent_outgrows_32_bits_within_minutes() {
        let mut traffic = Traffic::running(&Parts::for_tests(""));
        assert!(traffic.bytes().sent < u64::from(u32::MAX));
        tokio::time::advance(Duration::from_secs(300)).await;
        assert!(traffic.bytes().sent > u64::from(u32::MAX));
        traffic.restart();
        assert_eq!(traffic.bytes(), Passed::default());
    }
}
