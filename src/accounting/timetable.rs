use jiff::Timestamp;

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
}
