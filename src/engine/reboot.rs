//! A reboot is proven by an uptime that began after the order, and costs some rest before the next.

use std::time::Duration;

use jiff::Timestamp;

use super::errand::{Course, Verdict};
use super::keeper::Keeper;

/// How long a box that keeps answering may take to go.
const TO_GO: Duration = Duration::from_secs(180);

/// How long the whole of it may take.
pub(super) const TO_COME_BACK: Duration = Duration::from_secs(600);

/// How long the next reboot has to wait.
const COOL_DOWN: Duration = Duration::from_secs(600);

/// What the uptime of a box that answers says.
pub(super) fn judge(course: Course, uptime: Option<f64>) -> Verdict {
    let elapsed = course.sent.elapsed();
    match uptime {
        Some(uptime) if uptime < elapsed.as_secs_f64() => Verdict::Done,
        Some(_) if elapsed > TO_GO => {
            Verdict::Failed("the box took the order, but did not restart: its uptime goes on".to_owned())
        }
        None if course.gone.is_some() => Verdict::Failed(
            "the box went away and came back, but shows no uptime to prove a restart".to_owned(),
        ),
        None if elapsed > TO_GO => Verdict::Failed("the box took the order, but never went away".to_owned()),
        _ => Verdict::Wait,
    }
}

/// Whether the next reboot has to wait. A moment that is further away than the longest wait was written by a clock that
/// was wrong at the time, and means nothing.
pub(super) fn is_cooling_down(until: Timestamp, now: Timestamp) -> bool {
    until > now && until.duration_since(now).unsigned_abs() <= COOL_DOWN
}

impl Keeper {
    /// Writes down until when the next reboot has to wait.
    pub(super) fn begin_cool_down(&self) {
        let after = self.now().checked_add(COOL_DOWN).ok();
        self.memory().update(&self.charge.about.id, |remembered| remembered.reboot_after = after);
    }

    /// The reboot never was.
    pub(super) fn end_cool_down(&self) {
        self.memory().update(&self.charge.about.id, |remembered| remembered.reboot_after = None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_wrong_forbids_no_reboot_for_years() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let in_ = |time: Duration| now.checked_add(time).unwrap();
        assert!(is_cooling_down(in_(Duration::from_secs(1)), now));
        assert!(is_cooling_down(in_(COOL_DOWN), now));
        assert!(!is_cooling_down(now, now));
        assert!(!is_cooling_down(in_(Duration::from_secs(5 * 365 * 86_400)), now));
    }
}
