use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::model::{BoxId, Subject};

/// The numbers that stand for subjects and series in the tables, as far as this process has used them.
///
/// Belongs to the transactions that gave the numbers: after one that came to nothing it has to be forgotten.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    subjects: HashMap<BoxId, HashMap<Subject, Known>>,
    series: HashMap<(i64, String, bool), i64>,
}

#[derive(Debug)]
struct Known {
    number: i64,
    name: Option<String>,
}

impl Dictionary {
    /// The number of a subject, which it has from now on.
    pub(super) fn subject(
        &mut self,
        db: &Connection,
        box_id: &BoxId,
        subject: &Subject,
    ) -> rusqlite::Result<i64> {
        Ok(self.known(db, box_id, subject)?.number)
    }

    /// Notes what a subject is called.
    pub(super) fn name(
        &mut self,
        db: &Connection,
        box_id: &BoxId,
        subject: &Subject,
        name: &str,
    ) -> rusqlite::Result<()> {
        let known = self.known(db, box_id, subject)?;
        if known.name.as_deref() != Some(name) {
            db.prepare_cached("UPDATE subject SET name = ?2 WHERE id = ?1")?
                .execute(params![known.number, name])?;
            known.name = Some(name.to_owned());
        }
        Ok(())
    }

    /// The number of a series, which it has from now on.
    pub(super) fn series(
        &mut self,
        db: &Connection,
        subject: i64,
        metric: &str,
        grows: bool,
    ) -> rusqlite::Result<i64> {
        let key = (subject, metric.to_owned(), grows);
        if let Some(number) = self.series.get(&key) {
            return Ok(*number);
        }
        let found = db
            .prepare_cached("SELECT id FROM series WHERE subject = ?1 AND metric = ?2 AND grows = ?3")?
            .query_row(params![subject, metric, grows], |row| row.get(0))
            .optional()?;
        let number = if let Some(number) = found {
            number
        } else {
            db.prepare_cached("INSERT INTO series (subject, metric, grows) VALUES (?1, ?2, ?3)")?
                .insert(params![subject, metric, grows])?
        };
        self.series.insert(key, number);
        Ok(number)
    }

    fn known(&mut self, db: &Connection, box_id: &BoxId, subject: &Subject) -> rusqlite::Result<&mut Known> {
        let of_box = self.subjects.entry(box_id.clone()).or_default();
        if !of_box.contains_key(subject) {
            of_box.insert(subject.clone(), look_up(db, box_id, subject)?);
        }
        of_box.get_mut(subject).ok_or(rusqlite::Error::QueryReturnedNoRows)
    }
}

fn look_up(db: &Connection, box_id: &BoxId, subject: &Subject) -> rusqlite::Result<Known> {
    let subject = subject.to_string();
    let found = db
        .prepare_cached("SELECT id, name FROM subject WHERE box = ?1 AND subject = ?2")?
        .query_row(params![box_id.as_str(), subject], |row| {
            Ok(Known { number: row.get(0)?, name: row.get(1)? })
        })
        .optional()?;
    match found {
        Some(known) => Ok(known),
        None => {
            let mut insert = db.prepare_cached("INSERT INTO subject (box, subject) VALUES (?1, ?2)")?;
            Ok(Known { number: insert.insert(params![box_id.as_str(), subject])?, name: None })
        }
    }
}
