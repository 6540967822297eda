use jiff::Timestamp;
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
    FollowsTokio { wall: Timestamp, since: Instant },
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that shows `wall` now and advances with tokio's, paused or not.
    pub fn starting_at(wall: Timestamp) -> Self {
        Self(Source::FollowsTokio { wall, since: Instant::now() })
    }

    /// The present moment.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::FollowsTokio { wall, since } => wall.saturating_add(since.elapsed()).unwrap_or(*wall),
        }
    }
}
