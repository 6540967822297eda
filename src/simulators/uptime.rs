use std::time::Duration;

use jiff::Timestamp;

use crate::model::Clock;

/// How long something has been up by a box's clock.
#[derive(Clone, Debug)]
pub(super) struct Uptime {
    clock: Clock,
    since: Timestamp,
    /// How long it had been up before the simulation.
    before: Duration,
}

impl Uptime {
    /// Something that has been up for so long.
    pub fn of(clock: &Clock, before: Duration) -> Self {
        Self { clock: clock.clone(), since: clock.now(), before }
    }

    /// It starts again.
    pub fn restart(&mut self) {
        *self = Self::of(&self.clock, Duration::ZERO);
    }

    pub fn get(&self) -> Duration {
        self.before + self.simulated()
    }

    /// How long of it is simulated.
    pub fn simulated(&self) -> Duration {
        self.clock.now().duration_since(self.since).try_into().unwrap_or_default()
    }

    /// Whether it has been up since before the simulation.
    pub const fn is_old(&self) -> bool {
        !self.before.is_zero()
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
