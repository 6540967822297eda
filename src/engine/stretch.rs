use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::model::Clock;

/// By how much the machine's clock may run unevenly before it counts as having been put right.
const UNEVEN: SignedDuration = SignedDuration::from_mins(10);

/// A stretch of time in which a box answered and the machine's clock ran evenly.
///
/// A machine without a battery begins with a clock that is wrong, maybe by months. When it hears the time, everything that was
/// seen before looks old.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    since: Instant,
    wall: Timestamp,
}

impl Stretch {
    /// A stretch that begins now.
    pub(super) fn beginning(clock: &Clock) -> Self {
        Self { since: Instant::now(), wall: clock.now() }
    }

    /// How long it has lasted; `None` when the clock was put forward or back in between.
    pub(super) fn lasted(&self, clock: &Clock) -> Option<SignedDuration> {
        let by_wall = clock.now().duration_since(self.wall);
        let lasted = SignedDuration::try_from(clock.shown(self.since.elapsed())).ok()?;
        ((by_wall - lasted).abs() <= UNEVEN).then_some(lasted)
    }
}
