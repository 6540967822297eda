//! What goes through the box.

use std::time::Duration;

use crate::model::Subject;
use crate::simulators::Parts;
use crate::simulators::habits::Demand;
use crate::simulators::meter::{Glance, Meter};
use crate::simulators::uptime::Uptime;

/// The box counts in steps of so many seconds; its rates are averages over one.
const GRAIN: i64 = 8;
/// What the box forgets when it goes back to its last saved copy, in bytes: sent and received.
const UNSAVED: [u64; 2] = [163 * 1024, 298 * 1024];
const DEMAND: Demand = Demand { received: 49_000, sent: 3_700 };

/// The counters of the WAN, in bytes: sent and received.
#[derive(Debug)]
pub(super) struct Traffic {
    meter: Meter,
    /// What is shown beyond what the meter has.
    offset: [i64; 2],
    connected: Uptime,
}

/// What the counters show at one moment; volumes in bytes, rates in bit/s, sent and received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub volumes: [u64; 2],
    pub rates: [u64; 2],
    pub connected: Duration,
}

impl Traffic {
    /// A box that has counted for years.
    pub fn running(parts: &Parts) -> Self {
        Self {
            meter: parts.books.meter(Subject::Router, DEMAND, Glance::Every(GRAIN)),
            offset: [125_004_949_100, 1_076_929_187_571],
            connected: Uptime::of(&parts.clock, Duration::from_secs(1_209_600)),
        }
    }

    pub fn now(&self) -> Counts {
        let (passed, rate) = (self.meter.passed(), self.meter.rate());
        let [sent, received] = self.offset;
        Counts {
            volumes: [
                passed.sent.saturating_add_signed(sent),
                passed.received.saturating_add_signed(received),
            ],
            rates: [8 * rate.sent, 8 * rate.received],
            connected: self.connected.get(),
        }
    }

    /// The box starts again, from its last saved copy.
    pub fn restart(&mut self) {
        let volumes = self.now().volumes;
        for ((offset, unsaved), volume) in self.offset.iter_mut().zip(UNSAVED).zip(volumes) {
            *offset -= unsaved.min(volume).cast_signed();
        }
        self.connected.restart();
    }

    /// Somebody clears the counters.
    pub fn clear(&mut self) {
        let passed = self.meter.passed();
        self.offset = [-passed.sent.cast_signed(), -passed.received.cast_signed()];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_counters_grow_by_their_rates() {
        let traffic = Traffic::running(&Parts::for_tests(""));
        let mut last = traffic.now();
        for _ in 0..20 {
            tokio::time::advance(Duration::from_secs(8)).await;
            let now = traffic.now();
            for way in [0, 1] {
                assert_eq!((now.volumes[way] - last.volumes[way]) * 8, now.rates[way] * 8);
            }
            last = now;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_restart_loses_a_little_and_a_clearing_everything() {
        let mut traffic = Traffic::running(&Parts::for_tests(""));
        let before = traffic.now();
        traffic.restart();
        let after = traffic.now();
        assert_eq!(before.volumes[1] - after.volumes[1], 298 * 1024);
        assert_eq!(after.connected, Duration::ZERO);
        traffic.clear();
        assert_eq!(traffic.now().volumes, [0, 0]);
    }
}
