//! How things stand in columns.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::Value;

use super::Sampled;
use crate::accounting::Band;

/// The seconds of an hour and of a day of the roll-ups, which are UTC.
pub(super) const HOUR: i64 = 3600;
pub(super) const DAY: i64 = 24 * HOUR;

/// How many days share a neighbourhood in the table of daily roll-ups.
pub(super) const SPAN: i64 = 32;

/// A date as it stands in the book: 20261120.
pub(super) fn date_number(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}

/// The date of such a number.
pub(super) fn date_of(number: i64) -> Option<Date> {
    let year = i16::try_from(number / 10_000).ok()?;
    let month = i8::try_from(number / 100 % 100).ok()?;
    Date::new(year, month, i8::try_from(number % 100).ok()?).ok()
}

/// The most that one row can hold: a petabyte, so that sums of rows stay whole numbers of SQLite's, which end at 2^63.
const MOST: i64 = 1 << 50;

pub(super) fn stored(amount: u64) -> i64 {
    i64::try_from(amount).map_or(MOST, |amount| amount.min(MOST))
}

pub(super) fn amount(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

pub(super) const fn band_number(band: Band) -> i64 {
    match band {
        Band::OnPeak => 1,
        Band::OffPeak => 0,
    }
}

pub(super) const fn band_of(number: i64) -> Band {
    if number == 1 { Band::OnPeak } else { Band::OffPeak }
}

/// A moment of a stored second.
pub(super) fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl Sampled {
    /// Whether it is of the sort that adds up.
    pub(super) const fn grows(self) -> bool {
        matches!(self, Self::Growth(_))
    }

    /// How it stands in its column; nothing for what is not a number.
    pub(super) fn column(self) -> Option<Value> {
        match self {
            Self::Growth(amount) => Some(Value::Integer(stored(amount))),
            Self::Gauge(value) => value.is_finite().then_some(Value::Real(value)),
        }
    }

    pub(super) fn of(grows: bool, column: &Value) -> Option<Self> {
        match (grows, column) {
            (true, Value::Integer(stored)) => Some(Self::Growth(amount(*stored))),
            (false, value) => number(value).map(Self::Gauge),
            _ => None,
        }
    }
}

/// A number, however the column holds it.
pub(super) fn number(column: &Value) -> Option<f64> {
    match column {
        #[expect(clippy::cast_precision_loss, reason = "the mean of bytes is not exact to the byte")]
        Value::Integer(number) => Some(*number as f64),
        Value::Real(number) => Some(*number),
        _ => None,
    }
}
