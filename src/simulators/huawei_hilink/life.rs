//! What moves: uptime, traffic, the switch for mobile data.

use std::time::Duration;

use tokio::time::Instant;

use super::profile::{Profile, Radio};
use crate::simulators::Noise;

/// How long the box has been up when the simulation starts.
const ON_SINCE: Duration = Duration::from_secs(206_640);
/// How long it has been connected then.
const CONNECTED_SINCE: Duration = Duration::from_secs(71_370);

/// The life of a box.
#[derive(Debug)]
pub(super) struct Life {
    powered: Instant,
    up_before: Duration,
    connected: Instant,
    connected_before: Duration,
    counted: Instant,
    pub down: Flow,
    pub up: Flow,
    has_radio: bool,
    data_on: bool,
}

/// One direction, in bytes.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// Since the owner last cleared the count.
    pub total: u64,
    /// Since the connection came up.
    pub current: u64,
    /// This month.
    pub month: u64,
    /// A second, at the moment.
    pub rate: u64,
}

impl Flow {
    const fn after(total: u64) -> Self {
        Self { total, current: total / 50, month: total / 5, rate: 0 }
    }

    fn count(&mut self, rate: u64, seconds: u64) {
        self.rate = rate;
        for sum in [&mut self.total, &mut self.current, &mut self.month] {
            *sum += rate * seconds;
        }
    }
}

impl Life {
    pub fn of(profile: &Profile) -> Self {
        let now = Instant::now();
        let has_radio = profile.radio != Radio::Silent;
        let mut life = Self {
            powered: now,
            up_before: ON_SINCE,
            connected: now,
            connected_before: if has_radio { CONNECTED_SINCE } else { Duration::ZERO },
            counted: now,
            down: Flow::after(profile.received),
            up: Flow::after(profile.received / 9),
            has_radio,
            data_on: has_radio,
        };
        if !has_radio {
            (life.down.current, life.up.current, life.down.month, life.up.month) = (0, 0, 0, 0);
        }
        life
    }

    /// The box starts again; what it counts over the months stays.
    pub fn restart(&mut self) {
        self.powered = Instant::now();
        self.up_before = Duration::ZERO;
        self.counted = self.powered;
        self.connect();
    }

    fn connect(&mut self) {
        self.connected = Instant::now();
        self.connected_before = Duration::ZERO;
        (self.down.current, self.up.current) = (0, 0);
    }

    pub fn uptime(&self) -> Duration {
        self.up_before + self.powered.elapsed()
    }

    pub const fn is_connected(&self) -> bool {
        self.has_radio && self.data_on
    }

    pub fn connected_for(&self) -> Duration {
        if self.is_connected() { self.connected_before + self.connected.elapsed() } else { Duration::ZERO }
    }

    pub const fn data_is_on(&self) -> bool {
        self.data_on
    }

    pub fn switch_data(&mut self, on: bool, noise: &Noise) {
        self.advance(noise);
        if on && !self.data_on {
            self.connect();
        }
        self.data_on = on;
    }

    /// Counts what has passed by now, in whole seconds.
    pub fn advance(&mut self, noise: &Noise) {
        let seconds = self.counted.elapsed().as_secs();
        self.counted += Duration::from_secs(seconds);
        let (down, up) = if self.is_connected() {
            (noise.whole(40_000, 900_000), noise.whole(9_000, 60_000))
        } else {
            (0, 0)
        };
        self.down.count(down, seconds);
        self.up.count(up, seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::super::profile::profile;
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn totals_outlive_a_restart_and_stand_still_without_mobile_data() {
        let (noise, mut life) = (Noise::new(1), Life::of(profile(None)));
        tokio::time::advance(Duration::from_secs(60)).await;
        life.advance(&noise);
        let grown = life.down.total;
        assert!(grown > profile(None).received);
        life.switch_data(false, &noise);
        tokio::time::advance(Duration::from_secs(60)).await;
        life.advance(&noise);
        assert_eq!((life.down.total, life.down.rate), (grown, 0));
        life.switch_data(true, &noise);
        life.restart();
        assert_eq!((life.down.total, life.down.current, life.uptime()), (grown, 0, Duration::ZERO));
    }
}
