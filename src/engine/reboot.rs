//! A reboot is proven by an uptime that began after the order; of a box that shows none, by its absence. It costs some rest
//! before the next.

use std::time::Duration;

use jiff::Timestamp;

use super::errand::{Course, Verdict};
use super::keeper::Keeper;
use crate::model::{Section, Sections, Snapshot, Subject, catalog};

/// How long a box that keeps answering may take to go.
const TO_GO: Duration = Duration::from_secs(180);

/// How long the whole of it may take.
pub(super) const TO_COME_BACK: Duration = Duration::from_secs(600);

/// How long the next reboot has to wait.
const COOL_DOWN: Duration = Duration::from_secs(600);

/// What the uptimes of a box that answers say, so long after the order by the clock that boxes go by.
pub(super) fn judge(course: &Course, by_clock: Duration, seen: &Snapshot) -> Verdict {
    let elapsed = course.sent.elapsed();
    let number = |metric| seen.number(&Subject::Router, metric);
    let (uptime, connected) = (number(catalog::UPTIME), number(catalog::WAN_UPTIME));
    let shown =
        if course.has_uptime { uptime } else { uptime.or(connected.filter(|_| course.gone.is_some())) };
    match shown {
        Some(shown) if shown < by_clock.as_secs_f64() => Verdict::Done,
        Some(_) if elapsed <= TO_GO => Verdict::Wait,
        Some(_) if uptime.is_some() => {
            failed("the box took the order, but did not restart: its uptime goes on")
        }
        Some(_) => failed("the box was away, but did not restart: its connection goes on"),
        None if course.gone.is_none() && elapsed > TO_GO => {
            failed("the box took the order, but never went away")
        }
        // An uptime that is there as a rule is worth waiting for: it may be a while until a box knows it again.
        None if course.gone.is_some() && (!course.has_uptime || elapsed > TO_GO) => Verdict::Done,
        None => Verdict::Wait,
    }
}

/// Where the uptime is, or that of the connection for want of it.
pub(super) fn sections_that_prove(course: &Course) -> Sections {
    let connection = (!course.has_uptime).then_some(Section::Connection);
    [Section::System].into_iter().chain(connection).collect()
}

fn failed(reason: &str) -> Verdict {
    Verdict::Failed(reason.to_owned())
}

/// Whether the next reboot has to wait. A moment that is further away than the longest wait was written by a clock that
/// was wrong at the time, and means nothing.
pub(super) fn is_cooling_down(until: Timestamp, now: Timestamp) -> bool {
    until > now && until.duration_since(now).unsigned_abs() <= COOL_DOWN
}

impl Keeper {
    /// Whether the box has ever shown its uptime.
    pub(super) fn shows_uptime(&self) -> bool {
        let known = self.view.shape.get(&Subject::Router);
        known.is_some_and(|known| known.rows.contains_key(catalog::UPTIME.key()))
    }

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
