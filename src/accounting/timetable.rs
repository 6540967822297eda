use jiff::Timestamp;
use jiff::civil::Date;

use super::{Band, Calendar, Hours};

/// What each time costs: the household's on-peak hours, and the hours that a box's operator does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timetable {
    calendar: Calendar,
    on_peak: Hours,
    free: Hours,
}

impl Timetable {
    /// The timetable of a box.
    pub const fn new(calendar: Calendar, on_peak: Hours, free: Hours) -> Self {
        Self { calendar, on_peak, free }
    }

    /// The household's calendar.
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Whether there are on-peak hours at all.
    pub const fn has_bands(&self) -> bool {
        !self.on_peak.is_empty()
    }

    /// The band of a moment.
    pub fn band(&self, at: Timestamp) -> Band {
        if self.on_peak.contain(&self.calendar, at) { Band::OnPeak } else { Band::OffPeak }
    }

    /// Whether traffic of this moment counts towards no quota.
    pub fn is_free(&self, at: Timestamp) -> bool {
        self.free.contain(&self.calendar, at)
    }

    /// The first moment after `after` at which the band changes, or free time begins or ends.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let changes = [&self.on_peak, &self.free].map(|hours| hours.next_change(&self.calendar, after));
        changes.into_iter().flatten().min()
    }

    /// What is true at a moment, and until when.
    pub(super) fn stretch(&self, at: Timestamp) -> Stretch {
        let date = self.calendar.day_of(at);
        let midnight = self.calendar.day(date).until;
        let until = self.next_change(at).map_or(midnight, |change| change.min(midnight));
        Stretch { from: at, until, date, band: self.band(at), free: self.is_free(at) }
    }
}

/// A time in which neither the day nor what it costs changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) date: Date,
    pub(super) band: Band,
    pub(super) free: bool,
}

impl Stretch {
    pub(super) fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}
