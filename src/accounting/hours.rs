use std::str::FromStr;

use jiff::civil::{DateTime, Weekday};
use jiff::{SignedDuration, Timestamp};

use super::Calendar;

const DAY: u16 = 24 * 60;
const WEEK: u16 = 7 * DAY;

/// Hours that return each week, by the clock on the household's wall: `mon-fri 08:00-20:00`, `sat,sun 10:00-24:00`, or
/// `22:00-06:00` for each night.
///
/// What the clock shows decides: an hour that it leaps over is in no window, and an hour that it shows twice is in its
/// window twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// From and until, in minutes since Monday's midnight: sorted, and no two of them touch.
    spans: Vec<(u16, u16)>,
}

/// The text is not a weekly window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("hours such as 08:00-20:00, mon-fri 08:00-20:00 or sat,sun 22:00-06:00 are expected")]
pub struct HoursError;

impl Hours {
    /// Whether there is no window at all.
    pub const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// These windows and those of the others.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.spans.extend(others.spans);
        Self { spans: joined(self.spans) }
    }

    /// Whether a moment is in both.
    pub fn overlap(&self, other: &Self) -> bool {
        self.spans
            .iter()
            .any(|(from, until)| other.spans.iter().any(|(start, end)| from < end && start < until))
    }

    /// Whether a moment is in one of the windows.
    pub fn contain(&self, calendar: &Calendar, at: Timestamp) -> bool {
        let minute = minute_of_week(calendar.clock(at));
        self.spans.iter().any(|(from, until)| (*from..*until).contains(&minute))
    }

    /// The first moment after `after` at which a window begins or ends; `None` when that never happens.
    pub fn next_change(&self, calendar: &Calendar, after: Timestamp) -> Option<Timestamp> {
        /// A week has fewer edges that are none: those at its end, and changes of the clock.
        const PATIENCE: usize = 16;
        if self.spans.is_empty() || self.spans == [(0, WEEK)] {
            return None;
        }
        let now = self.contain(calendar, after);
        let mut at = after;
        for _ in 0..PATIENCE {
            at = self.next_edge(calendar, at)?;
            if self.contain(calendar, at) != now {
                return Some(at);
            }
        }
        None
    }

    /// The next moment at which the answer may change: an edge of a window, the end of the week, or a change of the clock.
    fn next_edge(&self, calendar: &Calendar, at: Timestamp) -> Option<Timestamp> {
        let clock = calendar.clock(at);
        let minute = minute_of_week(clock);
        let edges = self.spans.iter().flat_map(|(from, until)| [*from, *until]);
        let edge = edges.filter(|edge| *edge > minute).min().unwrap_or(WEEK);
        let into = SignedDuration::from_secs(i64::from(clock.second()))
            + SignedDuration::from_nanos(i64::from(clock.subsec_nanosecond()));
        let wait = SignedDuration::from_mins(i64::from(edge.saturating_sub(minute))) - into;
        let edge = at.checked_add(wait).ok()?;
        let change = calendar.zone().following(at).next().map(|change| change.timestamp());
        Some(change.map_or(edge, |change| edge.min(change)))
    }
}

fn minute_of_week(clock: DateTime) -> u16 {
    let day = u16::try_from(clock.weekday().to_monday_zero_offset()).unwrap_or(0);
    let hour = u16::try_from(clock.hour()).unwrap_or(0);
    let minute = u16::try_from(clock.minute()).unwrap_or(0);
    day * DAY + hour * 60 + minute
}

/// The same spans, sorted, with those that touch put together.
fn joined(mut spans: Vec<(u16, u16)>) -> Vec<(u16, u16)> {
    spans.sort_unstable();
    let mut joined: Vec<(u16, u16)> = Vec::with_capacity(spans.len());
    for (from, until) in spans {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => joined.push((from, until)),
        }
    }
    joined
}

impl FromStr for Hours {
    type Err = HoursError;

    /// One window: days, if it is not every day, and hours. A window that ends before it begins crosses midnight, and
    /// belongs to the day on which it begins.
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let text = text.trim();
        let (days, hours) = text.rsplit_once(char::is_whitespace).unwrap_or(("mon-sun", text));
        let (from, until) = hours.split_once('-').ok_or(HoursError)?;
        let (from, until) = (minute_of_day(from)?, minute_of_day(until)?);
        // The same time twice could be a whole day, or nothing.
        if from == until || from == DAY {
            return Err(HoursError);
        }
        let until = if until < from { until + DAY } else { until };
        let spans =
            weekdays(days)?.into_iter().flat_map(|day| within_the_week(day * DAY + from, day * DAY + until));
        Ok(Self { spans: joined(spans.collect()) })
    }
}

/// The night of Sunday goes on at the beginning of the week.
fn within_the_week(from: u16, until: u16) -> impl Iterator<Item = (u16, u16)> {
    let rest = (until > WEEK).then(|| (0, until - WEEK));
    std::iter::once((from, until.min(WEEK))).chain(rest)
}

fn minute_of_day(text: &str) -> Result<u16, HoursError> {
    let two_digits = |text: &str| {
        let fits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| text.parse::<u16>().ok()).flatten().ok_or(HoursError)
    };
    let (hour, minute) = text.split_once(':').ok_or(HoursError)?;
    let hour = if hour.len() == 1 { two_digits(&format!("0{hour}"))? } else { two_digits(hour)? };
    let minute = two_digits(minute)?;
    let minutes = hour * 60 + minute;
    if minute < 60 && minutes <= DAY { Ok(minutes) } else { Err(HoursError) }
}

/// The days of `mon-fri`, `sat,sun` or `fri-mon`, counted from Monday.
fn weekdays(text: &str) -> Result<Vec<u16>, HoursError> {
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (weekday(first)?, weekday(last)?);
        let count = (last + 7 - first) % 7;
        days.extend((0..=count).map(|step| (first + step) % 7));
    }
    Ok(days)
}

fn weekday(text: &str) -> Result<u16, HoursError> {
    let word = text.trim().to_ascii_lowercase();
    let found = Weekday::Monday.cycle_forward().take(7).position(|day| {
        let name = format!("{day:?}").to_ascii_lowercase();
        word == name || name.get(..3) == Some(word.as_str())
    });
    found.and_then(|day| u16::try_from(day).ok()).ok_or(HoursError)
}
