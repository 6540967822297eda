use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Where "now" comes from.
///
/// The bridge uses [`Clock::system`]. Tests use [`Clock::starting_at`], which follows tokio's clock and so stands
/// still, or leaps, with it. A demonstration uses [`Clock::fast`], by which a month passes in minutes.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    FollowsTokio { wall: Timestamp, since: Instant, speed: NonZeroU32, leapt: Arc<AtomicI64> },
}

/// The shortest time that is waited for by a clock that runs fast: real boxes and sockets are behind it.
const SHORTEST: Duration = Duration::from_millis(50);

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that shows `wall` now and advances with tokio's, paused or not.
    pub fn starting_at(wall: Timestamp) -> Self {
        Self::fast(wall, NonZeroU32::MIN)
    }

    /// A clock that shows `wall` now and runs so many times as fast as tokio's.
    pub fn fast(wall: Timestamp, speed: NonZeroU32) -> Self {
        Self(Source::FollowsTokio { wall, since: Instant::now(), speed, leapt: Arc::default() })
    }

    /// How many times as fast as real time it runs.
    pub const fn speed(&self) -> NonZeroU32 {
        match &self.0 {
            Source::System => NonZeroU32::MIN,
            Source::FollowsTokio { speed, .. } => *speed,
        }
    }

    /// How much later it is by this clock after so much real time, as tokio measures it.
    pub const fn shown(&self, real: Duration) -> Duration {
        real.saturating_mul(self.speed().get())
    }

    /// How long to wait, in real time, for this span of the clock; one that runs fast is waited for in steps that sockets
    /// can follow.
    pub fn wait(&self, span: Duration) -> Duration {
        match self.speed().get() {
            1 => span,
            speed => (span / speed).max(SHORTEST.min(span)),
        }
    }

    /// Puts the clock, and all its clones, forward or back, as a machine without a battery does when it hears the time.
    #[cfg(test)]
    pub(crate) fn leap(&self, seconds: i64) {
        if let Source::FollowsTokio { leapt, .. } = &self.0 {
            leapt.fetch_add(seconds, Ordering::Relaxed);
        }
    }

    /// The present moment.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::FollowsTokio { wall, since, leapt, .. } => {
                let leapt = SignedDuration::from_secs(leapt.load(Ordering::Relaxed));
                let passed = self.shown(since.elapsed());
                let now = wall.saturating_add(passed).and_then(|now| now.saturating_add(leapt));
                now.unwrap_or(*wall)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_fast_clock_shows_a_month_after_minutes_and_is_waited_for_in_steps() {
        let begin = Timestamp::from_second(1_800_000_000).unwrap();
        let clock = Clock::fast(begin, NonZeroU32::new(1000).unwrap());
        tokio::time::advance(Duration::from_secs(2592)).await;
        assert_eq!(clock.now().duration_since(begin), SignedDuration::from_hours(30 * 24));
        assert_eq!(clock.shown(Duration::from_millis(1)), Duration::from_secs(1));
        assert_eq!(clock.wait(Duration::from_secs(3600)), Duration::from_millis(3600));
        assert_eq!(clock.wait(Duration::from_secs(5)), SHORTEST);
        assert_eq!(clock.wait(Duration::ZERO), Duration::ZERO);
        assert_eq!(Clock::starting_at(begin).wait(Duration::from_millis(1)), Duration::from_millis(1));
    }
}
