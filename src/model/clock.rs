use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// Where "now" comes from.
///
/// The bridge uses [`Clock::system`]. Tests use [`Clock::starting_at`], which follows tokio's clock and so stands
/// still, or leaps, with it.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    FollowsTokio { wall: Timestamp, since: Instant, leapt: Arc<AtomicI64> },
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that shows `wall` now and advances with tokio's, paused or not.
    pub fn starting_at(wall: Timestamp) -> Self {
        Self(Source::FollowsTokio { wall, since: Instant::now(), leapt: Arc::default() })
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
            Source::FollowsTokio { wall, since, leapt } => {
                let leapt = SignedDuration::from_secs(leapt.load(Ordering::Relaxed));
                let now = wall.saturating_add(since.elapsed()).and_then(|now| now.saturating_add(leapt));
                now.unwrap_or(*wall)
            }
        }
    }
}
