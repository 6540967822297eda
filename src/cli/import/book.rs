use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::accounting::{Amounts, Band, DayRow, Interval, Timetable, split};
use crate::history::{Import, ImportedHour, Sampled};
use crate::importers::Portion;
use crate::model::{BoxId, ItemId, Subject, catalog};

/// What people are called.
pub(super) type Names = BTreeMap<ItemId, String>;

/// What was used, by day and by hour.
#[derive(Debug)]
pub(super) struct Book {
    timetable: Timetable,
    names: Names,
    days: BTreeMap<Page, (Amounts, u64)>,
    hours: BTreeMap<(Subject, i64), Amounts>,
}

/// A party's day, in one band.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Page {
    date: Date,
    party: Subject,
    band: Band,
    free: bool,
}

/// The hours of the roll-ups.
const HOUR: i64 = 3600;

/// No day has more seconds; gaps of several devices at a time are one of the household.
const LONGEST_DAY: u64 = 25 * 3600;

impl Book {
    pub(super) const fn new(timetable: Timetable, names: Names) -> Self {
        Self { timetable, names, days: BTreeMap::new(), hours: BTreeMap::new() }
    }

    /// Adds what a party used between two readings. Persons have no hours: theirs are those of their devices. Nor has a box that counts by
    /// device.
    pub(super) fn add(&mut self, portion: &Portion) {
        let Portion { party, from, to, amounts, gap } = portion;
        let interval = Interval { from: *from, to: *to, amounts: *amounts, gap: *gap };
        for piece in split(&interval, &self.timetable) {
            let page = Page { date: piece.date, party: party.clone(), band: piece.band, free: piece.free };
            let (sum, gap) = self.days.entry(page).or_default();
            *sum += piece.amounts;
            *gap = gap.saturating_add(piece.gap_seconds).min(LONGEST_DAY);
        }
        let has_hours = match party {
            Subject::Client(_) => true,
            Subject::Router => amounts.mixed == 0,
            _ => false,
        };
        if has_hours {
            for part in interval.cut(next_hour) {
                let hour = part.from.as_second().div_euclid(HOUR) * HOUR;
                *self.hours.entry((party.clone(), hour)).or_default() += part.amounts;
            }
        }
    }

    /// Leaves out the days that are known better, and those that are still to come; gives how many.
    pub(super) fn leave_out(&mut self, own: &BTreeSet<Date>, today: Date) -> usize {
        let refused = |date: Date| own.contains(&date) || date > today;
        let left_out: BTreeSet<Date> =
            self.days.keys().map(|page| page.date).filter(|date| refused(*date)).collect();
        self.days.retain(|page, _| !refused(page.date));
        let calendar = self.timetable.calendar();
        self.hours.retain(|(_, hour), _| !refused(calendar.day_of(moment(*hour))));
        left_out.len()
    }

    /// What is in it, in words.
    pub(super) fn summary(&self) -> Summary {
        let dates = || self.days.keys().map(|page| page.date);
        let mut total = Amounts::default();
        self.days
            .iter()
            .filter(|(page, _)| page.party == Subject::Router)
            .for_each(|(_, (sum, _))| total += *sum);
        Summary { first: dates().min(), last: dates().max(), total }
    }

    /// All of it, for the history.
    pub(super) fn into_import(self, source: &str, box_id: BoxId) -> Import {
        let Self { names, days, hours, .. } = self;
        let name = |party: &Subject| match party {
            Subject::Person(id) => names.get(id).cloned(),
            _ => None,
        };
        let days =
            days.into_iter().map(|(Page { date, party, band, free }, (amounts, gap_seconds))| DayRow {
                box_id: box_id.clone(),
                name: name(&party),
                party,
                date,
                band,
                free,
                amounts,
                gap_seconds,
            });
        let days = days.collect();
        let hours = hours.into_iter().flat_map(|((subject, hour), amounts)| {
            by_metric(&subject, amounts).map(move |(metric, amount)| ImportedHour {
                subject: subject.clone(),
                metric: metric.to_owned(),
                at: moment(hour),
                values: vec![Sampled::Growth(amount)],
            })
        });
        let hours = hours.collect();
        Import { source: source.to_owned(), box_id, hours, days }
    }
}

fn next_hour(at: Timestamp) -> Option<Timestamp> {
    let hour = moment(at.as_second().div_euclid(HOUR) * HOUR);
    hour.checked_add(1.hour()).ok()
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Devices are counted in both directions together, a box in each.
fn by_metric(subject: &Subject, amounts: Amounts) -> impl Iterator<Item = (&'static str, u64)> + use<> {
    let Amounts { received, sent, mixed } = amounts;
    let counted = match subject {
        Subject::Client(_) => [Some((catalog::TRAFFIC.row().key, mixed)), None],
        _ => [Some((catalog::RECEIVED.row().key, received)), Some((catalog::SENT.row().key, sent))],
    };
    counted.into_iter().flatten()
}

/// What a book comes to.
#[derive(Debug)]
pub(super) struct Summary {
    first: Option<Date>,
    last: Option<Date>,
    total: Amounts,
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (Some(first), Some(last)) => {
                write!(out, "{} bytes from {first} to {last}", self.total.total())
            }
            _ => out.write_str("nothing"),
        }
    }
}
