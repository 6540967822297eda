use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};

/// A span of time, with its beginning and without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Period {
    /// How long it is.
    pub fn length(self) -> SignedDuration {
        self.until.duration_since(self.from)
    }

    /// Whether a moment lies in it.
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// The calendar on the household's wall: days and hours in its time zone.
///
/// The days of a zone follow each other without a gap and without an overlap, however its clocks are changed: most have
/// 24 hours, some 23 or 25, and a day that a zone left out has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: TimeZone,
}

impl Calendar {
    /// The calendar of a time zone.
    pub const fn new(zone: TimeZone) -> Self {
        Self { zone }
    }

    /// The time zone.
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// What the clock on the wall shows.
    pub fn clock(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }

    /// The day that a moment belongs to.
    pub fn day_of(&self, at: Timestamp) -> Date {
        let shown = self.clock(at).date();
        // A clock that is put back over midnight shows the day before once more; the new day has begun all the same.
        let next = tomorrow(shown);
        if at >= self.begin(next) { next } else { shown }
    }

    /// The first moment of a day.
    pub fn begin(&self, date: Date) -> Timestamp {
        self.at(date.to_datetime(Time::midnight()))
    }

    /// The moment at which the clock on the wall shows this: the first of two when it is put back, and the moment at which it
    /// leaps over this when it is put forward.
    pub fn at(&self, shown: DateTime) -> Timestamp {
        let ambiguous = self.zone.to_ambiguous_timestamp(shown);
        let is_skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let Ok(at) = ambiguous.compatible() else {
            return if shown.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        };
        if !is_skipped {
            return at;
        }
        let leap = self.zone.preceding(at.saturating_add(1.second()).unwrap_or(at)).next();
        leap.map_or(at, |leap| leap.timestamp())
    }

    /// From the first moment of a day to that of the next.
    pub fn day(&self, date: Date) -> Period {
        Period { from: self.begin(date), until: self.begin(tomorrow(date)) }
    }

    /// The hour that a moment belongs to, as the clock on the wall counts hours. An hour that the clock shows twice is two
    /// hours, and one that a change of the clock cuts short is a short one.
    pub fn hour(&self, at: Timestamp) -> Period {
        let clock = self.clock(at);
        let into = SignedDuration::from_secs(i64::from(clock.minute()) * 60 + i64::from(clock.second()))
            + SignedDuration::from_nanos(i64::from(clock.subsec_nanosecond()));
        let from = at.saturating_sub(into).unwrap_or(at);
        let until = from.saturating_add(1.hour()).unwrap_or(from);
        let after = at.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(at);
        let before = self.zone.preceding(after).next().map(|change| change.timestamp());
        let next = self.zone.following(at).next().map(|change| change.timestamp());
        Period {
            from: before.map_or(from, |change| from.max(change)),
            until: next.map_or(until, |change| until.min(change)),
        }
    }

    /// The share of its day that is over at a moment, from 0 to 1.
    pub fn share_of_day(&self, at: Timestamp) -> f64 {
        let day = self.day(self.day_of(at));
        let length = day.length().as_secs_f64();
        if length > 0.0 { (at.duration_since(day.from).as_secs_f64() / length).clamp(0.0, 1.0) } else { 1.0 }
    }
}

/// The day after; the last day of the calendar has none but itself.
pub(super) fn tomorrow(date: Date) -> Date {
    date.tomorrow().unwrap_or(Date::MAX)
}

/// How many days lie between two dates; less than zero when the second is the earlier one.
pub fn days_between(from: Date, until: Date) -> i32 {
    from.until(until).map_or(0, |span| span.get_days())
}
