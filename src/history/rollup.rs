//! Hours made of samples, and days made of hours.
//!
//! Each step makes whole hours or days anew from what is below them, and says in the same transaction how far it
//! came: whatever it is interrupted by, doing it again gives the same.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::Sampled;
use super::rows::{DAY, HOUR, SPAN, stored};

/// How long after its end an hour is taken for complete: no poll takes longer.
pub(super) const GRACE: i64 = 300;

/// Up to where hours are made: the second at which the first hour begins that is not.
const HOURS: &str = "hours";
/// Up to where days are made, likewise.
const DAYS: &str = "days";
/// Up to where samples were given up.
const SAMPLES: &str = "samples";

/// What an hour comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figures {
    pub(super) grows: bool,
    samples: i64,
    low: Value,
    high: Value,
    total: Value,
}

impl Figures {
    /// What readings of one sort come to; nothing when there are none.
    pub(super) fn of(values: &[Sampled]) -> Option<Self> {
        let samples = i64::try_from(values.len()).ok()?;
        match values.first()? {
            Sampled::Growth(_) => {
                let amounts = || {
                    values.iter().filter_map(|value| match value {
                        Sampled::Growth(amount) => Some(*amount),
                        Sampled::Gauge(_) => None,
                    })
                };
                let whole = |amount: u64| Value::Integer(stored(amount));
                let total = amounts().fold(0, u64::saturating_add);
                let (low, high) = (amounts().min()?, amounts().max()?);
                Some(Self { grows: true, samples, low: whole(low), high: whole(high), total: whole(total) })
            }
            Sampled::Gauge(_) => {
                let numbers = || {
                    values.iter().filter_map(|value| match value {
                        Sampled::Gauge(number) if number.is_finite() => Some(*number),
                        _ => None,
                    })
                };
                let samples = i64::try_from(numbers().count()).ok()?;
                let (low, high) = (numbers().reduce(f64::min)?, numbers().reduce(f64::max)?);
                let total = Value::Real(numbers().sum());
                Some(Self { grows: false, samples, low: Value::Real(low), high: Value::Real(high), total })
            }
        }
    }
}

/// Keeps an hour that somebody else recorded, unless it is known.
pub(super) fn keep_hour(db: &Connection, series: i64, at: i64, figures: &Figures) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO hour (day, series, hour, samples, low, high, total) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![
        at.div_euclid(DAY),
        series,
        at.rem_euclid(DAY) / HOUR,
        figures.samples,
        figures.low,
        figures.high,
        figures.total
    ])?;
    Ok(())
}

/// Says that something was added at this time: what was made of it has to be made again, as far as the samples are still
/// there.
pub(super) fn reopen(db: &Connection, at: Timestamp) -> rusqlite::Result<()> {
    let at = at.as_second().max(mark(db, SAMPLES)?);
    lower(db, HOURS, at.div_euclid(HOUR) * HOUR)?;
    lower(db, DAYS, at.div_euclid(DAY) * DAY)
}

/// Says that samples before this second are given up.
pub(super) fn given_up(db: &Connection, before: i64) -> rusqlite::Result<()> {
    set_mark(db, SAMPLES, before.max(mark(db, SAMPLES)?))
}

/// Says that an hour was added at this time.
pub(super) fn reopen_days(db: &Connection, at: Timestamp) -> rusqlite::Result<()> {
    lower(db, DAYS, at.as_second().div_euclid(DAY) * DAY)
}

/// Makes what can be made by now of one more hour, or one more day; says whether there may be more to do.
pub(super) fn step(db: &mut Connection, now: Timestamp) -> rusqlite::Result<bool> {
    let complete = now.as_second() - GRACE;
    Ok(next_hour(db, complete)? || next_day(db, complete)?)
}

fn next_hour(db: &mut Connection, complete: i64) -> rusqlite::Result<bool> {
    let from = mark(db, HOURS)?;
    // After a time without samples the next hour is where they begin again.
    let first: Option<i64> = db
        .prepare_cached("SELECT ts FROM sample WHERE ts >= ?1 ORDER BY ts LIMIT 1")?
        .query_row([from], |row| row.get(0))
        .optional()?;
    let Some(hour) = first.map(|ts| ts.div_euclid(HOUR)).filter(|hour| (hour + 1) * HOUR <= complete) else {
        return Ok(false);
    };
    let work = db.transaction()?;
    work.prepare_cached(
        "INSERT OR REPLACE INTO hour (day, series, hour, samples, low, high, total)
         SELECT ?1, series, ?2, count(*), min(value), max(value), sum(value)
         FROM sample WHERE ts >= ?3 AND ts < ?4 GROUP BY series",
    )?
    .execute([hour.div_euclid(24), hour.rem_euclid(24), hour * HOUR, (hour + 1) * HOUR])?;
    set_mark(&work, HOURS, (hour + 1) * HOUR)?;
    work.commit()?;
    Ok(true)
}

fn next_day(db: &mut Connection, complete: i64) -> rusqlite::Result<bool> {
    let from = mark(db, DAYS)?.div_euclid(DAY);
    let first: Option<i64> = db
        .prepare_cached("SELECT day FROM hour WHERE day >= ?1 ORDER BY day LIMIT 1")?
        .query_row([from], |row| row.get(0))
        .optional()?;
    let Some(day) = first.filter(|day| (day + 1) * DAY <= complete) else {
        return Ok(false);
    };
    let work = db.transaction()?;
    work.prepare_cached(
        "INSERT OR REPLACE INTO day (span, series, day, samples, low, high, total)
         SELECT ?1, series, ?2, sum(samples), min(low), max(high), sum(total)
         FROM hour WHERE day = ?2 GROUP BY series",
    )?
    .execute([day.div_euclid(SPAN), day])?;
    set_mark(&work, DAYS, (day + 1) * DAY)?;
    work.commit()?;
    Ok(true)
}

/// Up to which second hours are made.
pub(super) fn hours_made(db: &Connection) -> rusqlite::Result<i64> {
    mark(db, HOURS)
}

fn mark(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    let mark = db
        .prepare_cached("SELECT value FROM mark WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(mark.unwrap_or(i64::MIN))
}

fn set_mark(db: &Connection, name: &str, value: i64) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO mark (name, value) VALUES (?1, ?2)")?
        .execute(params![name, value])?;
    Ok(())
}

fn lower(db: &Connection, name: &str, to: i64) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE mark SET value = ?2 WHERE name = ?1 AND value > ?2")?
        .execute(params![name, to])?;
    Ok(())
}
