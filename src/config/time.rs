use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use super::read::Entry;

const SECOND: u64 = 1;
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 3600;

/// The least and the most that a duration can be, in seconds, and how to say so.
pub(super) struct Bounds {
    least: u64,
    most: u64,
    words: &'static str,
}

/// How often to poll.
pub(super) const EVERY: Bounds = Bounds { least: SECOND, most: DAY, words: "1s to 1d" };
/// How long to wait for an answer.
pub(super) const TIMEOUT: Bounds = Bounds { least: SECOND, most: 5 * MINUTE, words: "1s to 5m" };
/// How long to pause between two requests.
pub(super) const GAP: Bounds = Bounds { least: 0, most: 10, words: "0s to 10s" };
/// How long somebody can be missing before it means something.
pub(super) const ABSENCE: Bounds = Bounds { least: 0, most: 3650 * DAY, words: "0s to 3650d" };
/// How long a part of the history is kept.
pub(super) const KEPT: Bounds = Bounds { least: DAY, most: 36_500 * DAY, words: "1d to 100y" };

/// In how long traffic can be much.
pub(super) const BURST: Bounds = Bounds { least: MINUTE, most: 7 * DAY, words: "1m to 7d" };
/// How old the answer of a probe may be.
pub(super) const FRESH: Bounds = Bounds { least: SECOND, most: 60 * MINUTE, words: "1s to 1h" };
/// How often to write a row.
pub(super) const LOG_EVERY: Bounds = Bounds { least: 10, most: 60 * MINUTE, words: "10s to 1h" };
/// How long to keep rows.
pub(super) const KEEP: Bounds = Bounds { least: 31 * DAY, most: 36500 * DAY, words: "31d to 36500d" };

impl Bounds {
    /// The duration in a key, if it is one within the bounds.
    pub(super) fn read(&self, entry: &Entry<'_>) -> Option<Duration> {
        let text = entry.text()?;
        let Some(duration) = duration(&text) else {
            entry.wrong("a duration such as 10s, 500ms, 5m or 1h is expected");
            return None;
        };
        if duration < Duration::from_secs(self.least) || duration > Duration::from_secs(self.most) {
            entry.wrong(format!("a duration of {} is expected", self.words));
            return None;
        }
        Some(duration)
    }
}

fn duration(text: &str) -> Option<Duration> {
    let span: Span = text.parse().ok()?;
    // A year of 365 days is good enough to wait for.
    let days = i64::from(span.get_years()) * 365 + i64::from(span.get_days());
    let span = span.try_years(0).and_then(|span| span.try_days(days)).ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_people_do() {
        for (text, seconds) in [
            ("10s", 10),
            ("90 seconds", 90),
            ("1m 30s", 90),
            ("2h", 7200),
            ("30d", 30 * DAY),
            ("1y 2d", 367 * DAY),
            ("PT5S", 5),
        ] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "ten", "-5s", "1 month", "1e9 s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
