//! How long the box has been up, and what its clock shows.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::Clock;

/// The life of a box since it last started.
#[derive(Debug)]
pub(super) struct Life {
    /// When the simulation, or the box, started.
    since: Instant,
    /// How long the box had been up then.
    before: Duration,
    clock: Clock,
}

impl Life {
    pub fn since(before: Duration) -> Self {
        let clock = Clock::starting_at(Clock::system().now());
        Self { since: Instant::now(), before, clock }
    }

    /// The box starts again.
    pub fn restart(&mut self) {
        self.since = Instant::now();
        self.before = Duration::ZERO;
    }

    pub fn uptime(&self) -> Duration {
        self.before + self.since.elapsed()
    }

    /// What the box's clock shows.
    pub fn time(&self, format: &str) -> String {
        self.time_ago(Duration::ZERO, format)
    }

    /// What the box's clock showed so long ago.
    pub fn time_ago(&self, ago: Duration, format: &str) -> String {
        let then = self.clock.now().checked_sub(ago).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
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
