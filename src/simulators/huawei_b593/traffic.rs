//! What goes through the box.

use std::time::Duration;

use tokio::time::Instant;

/// The box counts in steps of so many seconds; its rates are averages over one.
const GRAIN: u64 = 8;
/// How busy the line is from step to step.
const BUSY: [u64; 7] = [3, 1, 4, 2, 6, 5, 2];
/// What the box forgets when it goes back to its last saved copy, in bytes: sent and received.
const UNSAVED: [u64; 2] = [163 * 1024, 298 * 1024];

/// The counters of the WAN, in bytes: sent and received.
#[derive(Debug)]
pub(super) struct Traffic {
    since: Instant,
    before: [u64; 2],
    /// How long the connection had been up.
    up_before: Duration,
}

/// What the counters show at one moment; volumes in bytes, rates in bit/s, sent and received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub volumes: [u64; 2],
    pub rates: [u64; 2],
    pub connected: Duration,
}

/// Bytes per second for each degree of busyness: sent and received.
const FLOW: [u64; 2] = [9_000, 120_000];

impl Traffic {
    /// A box that has counted for years.
    pub fn running() -> Self {
        Self {
            since: Instant::now(),
            before: [125_004_949_100, 1_076_929_187_571],
            up_before: Duration::from_secs(1_209_600),
        }
    }

    pub fn now(&self) -> Counts {
        let passed = self.since.elapsed();
        let grains = passed.as_secs() / GRAIN;
        let busy = |grain: u64| {
            let place = usize::try_from(grain % BUSY.len() as u64).unwrap_or(0);
            BUSY.get(place).copied().unwrap_or(0)
        };
        let rounds = grains / BUSY.len() as u64;
        let sum =
            rounds * BUSY.iter().sum::<u64>() + (rounds * BUSY.len() as u64..grains).map(busy).sum::<u64>();
        let [up, down] = FLOW;
        let [sent, received] = self.before;
        Counts {
            volumes: [sent + up * GRAIN * sum, received + down * GRAIN * sum],
            rates: FLOW.map(|flow| 8 * flow * busy(grains.wrapping_sub(1))),
            connected: self.up_before + passed,
        }
    }

    /// The box starts again, from its last saved copy.
    pub fn restart(&mut self) {
        let [sent, received] = self.now().volumes;
        let [up, down] = UNSAVED;
        *self = Self {
            since: Instant::now(),
            before: [sent.saturating_sub(up), received.saturating_sub(down)],
            up_before: Duration::ZERO,
        };
    }

    /// Somebody clears the counters.
    pub fn clear(&mut self) {
        *self = Self { since: Instant::now(), before: [0, 0], up_before: self.now().connected };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_counters_grow_by_their_rates() {
        let traffic = Traffic::running();
        let mut last = traffic.now();
        for _ in 0..20 {
            tokio::time::advance(Duration::from_secs(GRAIN)).await;
            let now = traffic.now();
            for way in [0, 1] {
                assert_eq!((now.volumes[way] - last.volumes[way]) * 8, now.rates[way] * GRAIN);
            }
            last = now;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_restart_loses_a_little_and_a_clearing_everything() {
        let mut traffic = Traffic::running();
        let before = traffic.now();
        traffic.restart();
        let after = traffic.now();
        assert_eq!(before.volumes[1] - after.volumes[1], 298 * 1024);
        assert_eq!(after.connected, Duration::ZERO);
        traffic.clear();
        assert_eq!(traffic.now().volumes, [0, 0]);
    }
}
