//! What somebody else recorded, and what the bridge has counted itself: the one never takes the place of the other.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rusqlite::{Connection, params};

use super::rows::{DAY, date_number, date_of};
use super::{Archive, Import, StoreError};
use crate::model::BoxId;

/// What traffic is counted in; hours of anything else are not imported.
const COUNTED: &str = "('received', 'sent', 'traffic')";

impl Archive {
    /// The days on which the bridge itself has counted something at this box.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn own_days(&self, box_id: &BoxId) -> Result<BTreeSet<Date>, StoreError> {
        self.read(|db| own_days(db, box_id))
    }
}

fn own_days(db: &Connection, box_id: &BoxId) -> rusqlite::Result<BTreeSet<Date>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT date FROM book JOIN subject ON subject.id = book.subject WHERE source = '' AND box = ?1",
    )?;
    let numbers = query.query_map([box_id.as_str()], |row| row.get::<_, i64>(0))?;
    Ok(numbers.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().filter_map(date_of).collect())
}

/// Takes away what the source gave before for the time of this import, so that it can be given anew: a record that has changed
/// leaves nothing of what it was.
pub(super) fn forget(db: &Connection, import: &Import) -> rusqlite::Result<()> {
    let dates = || import.days.iter().map(|day| day.date);
    if let (Some(first), Some(last)) = (dates().min(), dates().max()) {
        db.prepare_cached(
            "DELETE FROM book WHERE source = ?1 AND date BETWEEN ?2 AND ?3
             AND subject IN (SELECT id FROM subject WHERE box = ?4)",
        )?
        .execute(params![
            import.source,
            date_number(first),
            date_number(last),
            import.box_id.as_str()
        ])?;
    }
    let days = || import.hours.iter().map(|hour| hour.at.as_second().div_euclid(DAY));
    if let (Some(first), Some(last)) = (days().min(), days().max()) {
        forget_hours(db, import, first..=last)?;
    }
    Ok(())
}

/// Days here are those of the roll-ups. Those that touch a day of the bridge's own are left alone.
fn forget_hours(
    db: &Connection,
    import: &Import,
    days: std::ops::RangeInclusive<i64>,
) -> rusqlite::Result<()> {
    let own: BTreeSet<i64> = own_days(db, &import.box_id)?.into_iter().map(utc_day).collect();
    let near_own = |day: i64| (day - 1..=day + 1).any(|near| own.contains(&near));
    let series = format!(
        "(SELECT series.id FROM series JOIN subject ON subject.id = series.subject
          WHERE box = ?2 AND grows AND metric IN {COUNTED})"
    );
    let mut hours = db.prepare_cached(&format!("DELETE FROM hour WHERE day = ?1 AND series IN {series}"))?;
    let mut rolled = db.prepare_cached(&format!(
        "DELETE FROM day WHERE span = ?1 / 32 AND day = ?1 AND series IN {series}"
    ))?;
    for day in days.filter(|day| !near_own(*day)) {
        hours.execute(params![day, import.box_id.as_str()])?;
        rolled.execute(params![day, import.box_id.as_str()])?;
    }
    Ok(())
}

fn utc_day(date: Date) -> i64 {
    i64::from(crate::accounting::days_between(Date::constant(1970, 1, 1), date))
}
