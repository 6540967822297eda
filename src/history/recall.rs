use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _};

use super::SavedCounter;
use super::days::{self, DayFilter};
use super::write::quota_document;
use crate::accounting::DayRow;
use crate::model::BoxId;

/// What a keeper has to know of the time before.
#[derive(Clone, Debug, Default)]
pub struct Recalled {
    /// Every counter of the box.
    pub counters: Vec<SavedCounter>,
    /// The days of its book, with what was imported.
    pub days: Vec<DayRow>,
    /// The state of its quota.
    pub quota: Option<serde_json::Value>,
}

/// What is known of a box, its days since a date.
pub(super) fn recall(db: &Connection, box_id: &BoxId, since: Date) -> rusqlite::Result<Recalled> {
    let filter = DayFilter { box_id: Some(box_id.clone()), party: None, from: since, to: Date::MAX };
    let mut days = Vec::new();
    days::each(db, &filter, |row| days.push(row))?;
    let quota = document(db, &quota_document(box_id))?;
    Ok(Recalled {
        counters: counters(db, box_id)?,
        days,
        quota: quota.and_then(|text| serde_json::from_str(&text).ok()),
    })
}

fn counters(db: &Connection, box_id: &BoxId) -> rusqlite::Result<Vec<SavedCounter>> {
    let mut query = db.prepare_cached(
        "SELECT subject.subject, metric, part, state FROM subject JOIN counter ON counter.subject = subject.id
         WHERE subject.box = ?1",
    )?;
    let mut rows = query.query([box_id.as_str()])?;
    let mut counters = Vec::new();
    while let Some(row) = rows.next()? {
        let subject: String = row.get(0)?;
        // A subject that this version does not know is one of a kind that is gone.
        if let Ok(subject) = subject.parse() {
            counters.push(SavedCounter {
                subject,
                metric: row.get(1)?,
                part: row.get(2)?,
                state: row.get(3)?,
            });
        }
    }
    Ok(counters)
}

/// The document of this name.
pub(super) fn document(db: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT text FROM document WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

/// The names of the documents that begin so.
pub(super) fn documents(db: &Connection, beginning: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let mut query = db.prepare_cached(
        "SELECT name, text FROM document WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
    )?;
    let found = query.query_map([beginning], |row| Ok((row.get(0)?, row.get(1)?)))?;
    found.collect()
}
