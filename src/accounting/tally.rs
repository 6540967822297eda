use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::AddAssign;

use jiff::ToSpan;
use jiff::civil::Date;

use super::calendar::tomorrow;
use super::cycle::{Dates, Span};
use super::rows::Rows;
use super::{Amounts, Band, DayRow, Piece, Timetable};
use crate::model::{Bytes, Item, Metric, Moment, Seconds, SubjectKind, catalog};

/// For so many days before today a tally remembers each day: what forecasts are made from.
pub const MEMORY_DAYS: i32 = 28;

/// What is known of one day, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// What passed at on-peak times.
    pub on_peak: Amounts,
    /// What passed at all other times.
    pub off_peak: Amounts,
    /// What of both counts towards no quota.
    pub free: Amounts,
    /// For how many seconds something may have passed uncounted.
    pub gap_seconds: u64,
}

impl Day {
    /// Everything that passed.
    pub fn amounts(self) -> Amounts {
        let mut all = self.on_peak;
        all += self.off_peak;
        all
    }

    /// What counts towards a quota, in both directions.
    pub fn counted(self) -> u64 {
        self.amounts().total().saturating_sub(self.free.total())
    }

    fn add(&mut self, band: Band, free: bool, amounts: Amounts, gap_seconds: u64) {
        match band {
            Band::OnPeak => self.on_peak += amounts,
            Band::OffPeak => self.off_peak += amounts,
        }
        if free {
            self.free += amounts;
        }
        self.gap_seconds = self.gap_seconds.saturating_add(gap_seconds);
    }
}

impl AddAssign for Day {
    fn add_assign(&mut self, other: Self) {
        self.on_peak += other.on_peak;
        self.off_peak += other.off_peak;
        self.free += other.free;
        self.gap_seconds = self.gap_seconds.saturating_add(other.gap_seconds);
    }
}

/// What one party used: a box, a client or a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    dates: Dates,
    days: BTreeMap<Date, Day>,
    /// The first day of which anything is known; from then on, a day without traffic is a zero.
    since: Option<Date>,
    /// The sums over the days of this cycle, and of the last one.
    cycle: Day,
    last_cycle: Day,
    /// Whether it is known to be counted by direction.
    directions: bool,
}

impl Tally {
    /// The tally of a party of which nothing is known yet.
    pub fn new(dates: Dates) -> Self {
        Self {
            dates,
            days: BTreeMap::new(),
            since: None,
            cycle: Day::default(),
            last_cycle: Day::default(),
            directions: false,
        }
    }

    /// The tally that the stored days of one party come to; [`Dates::earliest`] says how far back they have to reach.
    pub fn restore(dates: Dates, rows: impl IntoIterator<Item = impl Borrow<DayRow>>) -> Self {
        let mut tally = Self::new(dates);
        for row in rows {
            let row: &DayRow = row.borrow();
            tally.book(row.date, row.band, row.free, row.amounts, row.gap_seconds);
        }
        tally
    }

    /// The days that the figures are about.
    pub const fn dates(&self) -> &Dates {
        &self.dates
    }

    /// Says that the party is counted from this day on, even if it uses nothing.
    pub fn begin(&mut self, date: Date) {
        self.since = Some(self.since.map_or(date, |since| since.min(date)));
    }

    /// Adds what passed.
    pub fn add(&mut self, piece: &Piece) {
        self.book(piece.date, piece.band, piece.free, piece.amounts, piece.gap_seconds);
    }

    fn book(&mut self, date: Date, band: Band, free: bool, amounts: Amounts, gap_seconds: u64) {
        self.begin(date);
        self.days.entry(date).or_default().add(band, free, amounts, gap_seconds);
        if self.dates.cycle.contains(date) {
            self.cycle.add(band, free, amounts, gap_seconds);
        } else if self.dates.last_cycle.is_some_and(|span| span.contains(date)) {
            self.last_cycle.add(band, free, amounts, gap_seconds);
        }
    }

    /// Turns the page: the figures are about other days from now on.
    pub fn roll(&mut self, dates: Dates) {
        if dates == self.dates {
            return;
        }
        self.dates = dates;
        self.cycle = self.sum(dates.cycle);
        self.last_cycle = dates.last_cycle.map(|span| self.sum(span)).unwrap_or_default();
        self.forget();
    }

    /// Forgets the oldest days once there are more than any figure needs. They are counted rather than compared with today, so
    /// that a clock that leaps ahead, and is put back, costs nothing.
    fn forget(&mut self) {
        let needed = super::days_between(self.dates.earliest(), self.dates.today).saturating_add(2);
        while self.days.len() > usize::try_from(needed).unwrap_or(0) {
            self.days.pop_first();
            self.since = self.days.keys().next().copied();
        }
    }

    fn sum(&self, span: Span) -> Day {
        let mut sum = Day::default();
        for (_, day) in self.days.range(span.from..).take_while(|(date, _)| span.contains(**date)) {
            sum += *day;
        }
        sum
    }

    /// One day; `None` when the party was not counted then.
    pub fn day(&self, date: Date) -> Option<Day> {
        self.since.filter(|since| *since <= date).map(|_| self.days.get(&date).copied().unwrap_or_default())
    }

    /// This cycle up to now.
    pub fn this_cycle(&self) -> Option<Day> {
        self.since.map(|_| self.cycle)
    }

    /// The whole cycle before this one.
    pub fn last_cycle(&self) -> Option<Day> {
        self.since
            .filter(|since| *since < self.dates.cycle.from)
            .and(self.dates.last_cycle)
            .map(|_| self.last_cycle)
    }

    /// What counted towards a quota on each of the last days that were counted from midnight to midnight, oldest first.
    /// Days of which much is unknown are left out.
    pub fn whole_days(&self) -> Vec<(Date, u64)> {
        /// More than a quarter of a day.
        const TOO_MUCH: u64 = 6 * 3600;
        let Some(since) = self.since else {
            return Vec::new();
        };
        let today = self.dates.today;
        let earliest = today.saturating_sub(i64::from(MEMORY_DAYS).days());
        let dates = std::iter::successors(Some(earliest.max(tomorrow(since))), |date| Some(tomorrow(*date)));
        dates
            .take_while(|date| *date < today)
            .filter_map(|date| Some((date, self.day(date)?)))
            .filter(|(_, day)| day.gap_seconds <= TOO_MUCH)
            .map(|(date, day)| (date, day.counted()))
            .collect()
    }

    /// Says that the party is counted by direction, also while nothing has passed.
    pub const fn count_by_direction(&mut self) {
        self.directions = true;
    }

    /// Whether the box tells what is received from what is sent.
    fn knows_directions(&self) -> bool {
        let mut all = Amounts::default();
        for day in self.days.values() {
            all += day.amounts();
        }
        all.mixed == 0 && (self.directions || all.total() > 0)
    }

    /// Puts the figures of the party into its item: what is not known is set as unknown.
    pub fn put(&self, item: &mut Item, kind: SubjectKind, timetable: &Timetable) {
        let calendar = timetable.calendar();
        let Dates { today, cycle, .. } = self.dates;
        let (directions, bands) = (self.knows_directions(), timetable.has_bands());
        let mut out = Figures { rows: Rows { item, kind }, directions, bands };
        let this_day = self.day(today);
        out.rows.set(catalog::TODAY_SINCE, Some(Moment(calendar.begin(today))));
        out.usage(this_day, catalog::USAGE_TODAY, catalog::RECEIVED_TODAY, catalog::SENT_TODAY);
        out.bands(this_day, catalog::ON_PEAK_TODAY, catalog::OFF_PEAK_TODAY);
        let yesterday = today.yesterday().ok().and_then(|date| self.day(date));
        out.usage(yesterday, catalog::USAGE_YESTERDAY, catalog::RECEIVED_YESTERDAY, catalog::SENT_YESTERDAY);
        out.rows.set(catalog::CYCLE_SINCE, Some(Moment(calendar.begin(cycle.from))));
        out.rows.set(catalog::CYCLE_UNTIL, cycle.until.map(|until| Moment(calendar.begin(until))));
        let this_cycle = self.this_cycle();
        out.usage(this_cycle, catalog::USAGE_CYCLE, catalog::RECEIVED_CYCLE, catalog::SENT_CYCLE);
        out.bands(this_cycle, catalog::ON_PEAK_CYCLE, catalog::OFF_PEAK_CYCLE);
        let last = self.last_cycle();
        out.usage(last, catalog::USAGE_LAST_CYCLE, catalog::RECEIVED_LAST_CYCLE, catalog::SENT_LAST_CYCLE);
        #[expect(clippy::cast_precision_loss, reason = "seconds of a cycle")]
        out.rows.set(catalog::UNACCOUNTED, this_cycle.map(|cycle| Seconds(cycle.gap_seconds as f64)));
    }
}

/// What is told of each time.
struct Figures<'a> {
    rows: Rows<'a>,
    directions: bool,
    bands: bool,
}

impl Figures<'_> {
    fn usage(&mut self, day: Option<Day>, all: Metric<Bytes>, received: Metric<Bytes>, sent: Metric<Bytes>) {
        let amounts = day.map(Day::amounts);
        self.rows.set(all, amounts.map(|amounts| Bytes(amounts.total())));
        if self.directions {
            self.rows.set(received, amounts.map(|amounts| Bytes(amounts.received)));
            self.rows.set(sent, amounts.map(|amounts| Bytes(amounts.sent)));
        }
    }

    fn bands(&mut self, day: Option<Day>, on_peak: Metric<Bytes>, off_peak: Metric<Bytes>) {
        if self.bands {
            self.rows.set(on_peak, day.map(|day| Bytes(day.on_peak.total())));
            self.rows.set(off_peak, day.map(|day| Bytes(day.off_peak.total())));
        }
    }
}
