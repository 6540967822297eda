//! What moves: traffic, temperatures, fans.

use std::time::Duration;

use tokio::time::Instant;

use super::super::Noise;

/// The box counts, and derives its rates, every five seconds.
const TICK: u64 = 5;

/// The connection's counters.
#[derive(Debug)]
pub struct Traffic {
    since: Instant,
    ticks: u64,
    /// Towards the house.
    pub down: Flow,
    /// Out of the house.
    pub up: Flow,
}

/// One direction.
#[derive(Debug)]
pub struct Flow {
    /// Bytes so far.
    pub bytes: u64,
    /// Bytes per second over the last tick.
    pub rate: u64,
    least: u64,
    most: u64,
}

impl Traffic {
    /// A line that has been up for a while: what it has sent will soon no longer fit 32 bits.
    pub fn running() -> Self {
        let soon_beyond_32_bits = u64::from(u32::MAX) - 12_000_000;
        Self::from_counts(49_556_332_677, soon_beyond_32_bits)
    }

    /// A line that has just come up.
    pub fn fresh() -> Self {
        Self::from_counts(0, 0)
    }

    fn from_counts(down: u64, up: u64) -> Self {
        Self {
            since: Instant::now(),
            ticks: 0,
            down: Flow { bytes: down, rate: 0, least: 40_000, most: 9_000_000 },
            up: Flow { bytes: up, rate: 0, least: 20_000, most: 400_000 },
        }
    }

    /// Counts what has passed by now.
    pub fn advance(&mut self, noise: &Noise) {
        let due = self.since.elapsed().as_secs() / TICK + 1;
        while self.ticks < due {
            self.ticks += 1;
            self.down.tick(noise);
            self.up.tick(noise);
        }
    }
}

impl Flow {
    fn tick(&mut self, noise: &Noise) {
        self.rate = noise.whole(self.least, self.most);
        self.bytes += self.rate * TICK;
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
        let (noise, mut traffic) = (Noise::new(1), Traffic::running());
        traffic.advance(&noise);
        for _ in 0..20 {
            let before = traffic.down.bytes;
            traffic.advance(&noise);
            assert_eq!(traffic.down.bytes, before, "nothing is counted in between");
            tokio::time::advance(Duration::from_secs(TICK)).await;
            traffic.advance(&noise);
            assert_eq!(traffic.down.bytes - before, traffic.down.rate * TICK);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_sent_outgrows_32_bits_within_minutes() {
        let (noise, mut traffic) = (Noise::new(1), Traffic::running());
        traffic.advance(&noise);
        assert!(traffic.up.bytes < u64::from(u32::MAX));
        tokio::time::advance(Duration::from_secs(300)).await;
        traffic.advance(&noise);
        assert!(traffic.up.bytes > u64::from(u32::MAX));
    }
}
