use jiff::ToSpan;
use jiff::civil::Date;

use super::calendar::days_between;
use super::tally::MEMORY_DAYS;

/// How an operator bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycle {
    /// From a day of the month to the same day of the next one. A month that has no such day begins on its last one.
    Monthly {
        /// From 1 to 31.
        day: i8,
    },
    /// Every so many days.
    Days {
        /// How many; at least 1.
        count: i32,
        /// A day on which one of them began, or will begin.
        first: Date,
    },
    /// What was paid for, until it is used up.
    Prepaid,
}

impl Default for Cycle {
    /// The calendar month.
    fn default() -> Self {
        Self::Monthly { day: 1 }
    }
}

/// Days in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first of them.
    pub from: Date,
    /// The first one after them; `None` when there is no end to them.
    pub until: Option<Date>,
}

impl Span {
    /// Whether a day is one of them.
    pub fn contains(self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date < until)
    }
}

/// The days that figures are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// Today.
    pub today: Date,
    /// The billing cycle that today belongs to.
    pub cycle: Span,
    /// The one before.
    pub last_cycle: Option<Span>,
}

impl Cycle {
    /// The cycle that a day belongs to; `None` when no calendar says so.
    pub fn span_of(self, date: Date) -> Option<Span> {
        match self {
            Self::Monthly { day } => Some(month_of(date, day)),
            Self::Days { count, first } => Some(stretch_of(date, count.max(1), first)),
            Self::Prepaid => None,
        }
    }

    /// The days that figures of this day are about; `None` when no calendar says so.
    pub fn dates(self, today: Date) -> Option<Dates> {
        let cycle = self.span_of(today)?;
        let last_cycle = cycle.from.yesterday().ok().and_then(|last| self.span_of(last));
        Some(Dates { today, cycle, last_cycle })
    }
}

fn month_of(date: Date, day: i8) -> Span {
    let this = in_month(date, day);
    if date < this {
        Span { from: in_month(before(date), day), until: Some(this) }
    } else {
        Span { from: this, until: Some(in_month(after(date), day)) }
    }
}

/// A day in the month of a date, or the last one of a month that is shorter.
fn in_month(date: Date, day: i8) -> Date {
    let last = date.last_of_month();
    Date::new(date.year(), date.month(), day.clamp(1, last.day())).unwrap_or(last)
}

fn before(date: Date) -> Date {
    date.first_of_month().saturating_sub(1.day())
}

fn after(date: Date) -> Date {
    date.last_of_month().saturating_add(1.day())
}

fn stretch_of(date: Date, count: i32, first: Date) -> Span {
    let into = days_between(first, date).rem_euclid(count);
    let from = date.saturating_sub(into.days());
    Span { from, until: Some(from.saturating_add(count.days())) }
}

impl Dates {
    /// The first day that any figure needs: of the last cycle, or of the days that forecasts are made from.
    pub fn earliest(&self) -> Date {
        let memory = self.today.saturating_sub(i64::from(MEMORY_DAYS).days());
        self.last_cycle.unwrap_or(self.cycle).from.min(memory)
    }
}
