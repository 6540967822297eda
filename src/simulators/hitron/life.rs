//! How long the box has been up, and what its clock shows.

use std::sync::Arc;
use std::time::Duration;

use crate::model::Subject;
use crate::simulators::habits::Demand;
use crate::simulators::meter::{Glance, Meter};
use crate::simulators::uptime::Uptime;
use crate::simulators::{Books, Parts, Passed};

const DEMAND: Demand = Demand { received: 60_000, sent: 9_000 };
/// What had passed when the simulation began.
const BEFORE: Passed = Passed { received: 55_700_000_000, sent: 8_350_000_000 };

/// The life of a box since it last started.
#[derive(Debug)]
pub(super) struct Life {
    up: Uptime,
    meter: Meter,
    /// What the meter showed when the box started.
    from: Passed,
    books: Arc<Books>,
}

impl Life {
    pub fn since(before: Duration, parts: &Parts) -> Self {
        Self {
            up: Uptime::of(&parts.clock, before),
            meter: parts.books.meter(Subject::Router, DEMAND, Glance::Steady),
            from: Passed::default(),
            books: Arc::clone(&parts.books),
        }
    }

    /// The box starts again.
    pub fn restart(&mut self) {
        self.up.restart();
        self.from = self.meter.passed();
    }

    pub fn uptime(&self) -> Duration {
        self.up.get()
    }

    /// What has passed, as far as the box knows, in bytes.
    pub fn traffic(&self) -> Passed {
        let mut passed = self.meter.passed().since(self.from);
        if self.up.is_old() {
            passed += BEFORE;
        }
        self.books.answered(Subject::Router, passed);
        passed
    }

    /// What the box's clock shows.
    pub fn time(&self, format: &str) -> String {
        self.time_ago(Duration::ZERO, format)
    }

    /// What the box's clock showed so long ago.
    pub fn time_ago(&self, ago: Duration, format: &str) -> String {
        let then = self.up.now().checked_sub(ago).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        then.to_zoned(jiff::tz::TimeZone::UTC).strftime(format).to_string()
    }
}

/// The uptime as `10 Days,17 Hours,33 Minutes,47 Seconds`.
pub(super) fn in_days(span: Duration) -> String {
    let (h, m, s) = clock_face(span);
    format!("{:02} Days,{:02} Hours,{m:02} Minutes,{s:02} Seconds", h / 24, h % 24)
}

/// The uptime as `003 days 01h:40m:02s`.
pub(super) fn in_days_and_hours(span: Duration) -> String {
    let (h, m, s) = clock_face(span);
    format!("{:03} days {:02}h:{m:02}m:{s:02}s", h / 24, h % 24)
}

/// The uptime as `479h:40m:38s`.
pub(super) fn in_hours(span: Duration) -> String {
    let (h, m, s) = clock_face(span);
    format!("{h:02}h:{m:02}m:{s:02}s")
}

const fn clock_face(span: Duration) -> (u64, u64, u64) {
    let seconds = span.as_secs();
    (seconds / 3600, seconds / 60 % 60, seconds % 60)
}
