//! Reading the daily book.

use std::collections::HashMap;

use jiff::civil::Date;
use rusqlite::{Connection, params};

use super::rows::{amount, band_of, date_number, date_of};
use crate::accounting::{Amounts, DayRow};
use crate::model::{BoxId, Subject};

/// Which pages of the book to read.
#[derive(Clone, Debug)]
pub struct DayFilter {
    /// Of one box only.
    pub box_id: Option<BoxId>,
    /// Of one party only.
    pub party: Option<Subject>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// Who stands behind the number of a subject.
struct Party {
    box_id: BoxId,
    subject: Subject,
    name: Option<String>,
}

/// Shows each row, in the order of dates. What several sources say of the same party, day and band are rows of their own.
pub(super) fn each(
    db: &Connection,
    filter: &DayFilter,
    mut show: impl FnMut(DayRow),
) -> rusqlite::Result<()> {
    let parties = parties(db, filter)?;
    let mut query = db.prepare_cached(
        "SELECT date, subject, on_peak, free, received, sent, mixed, gap FROM book WHERE date BETWEEN ?1 AND ?2",
    )?;
    let mut rows = query.query(params![date_number(filter.from), date_number(filter.to)])?;
    while let Some(row) = rows.next()? {
        let Some(party) = parties.get(&row.get(1)?) else {
            continue;
        };
        let Some(date) = date_of(row.get(0)?) else {
            continue;
        };
        show(DayRow {
            box_id: party.box_id.clone(),
            party: party.subject.clone(),
            name: party.name.clone(),
            date,
            band: band_of(row.get(2)?),
            free: row.get(3)?,
            amounts: Amounts {
                received: amount(row.get(4)?),
                sent: amount(row.get(5)?),
                mixed: amount(row.get(6)?),
            },
            gap_seconds: amount(row.get(7)?),
        });
    }
    Ok(())
}

fn parties(db: &Connection, filter: &DayFilter) -> rusqlite::Result<HashMap<i64, Party>> {
    let mut query = db.prepare_cached("SELECT id, box, subject, name FROM subject")?;
    let mut rows = query.query([])?;
    let mut parties = HashMap::new();
    while let Some(row) = rows.next()? {
        let (box_id, subject): (String, String) = (row.get(1)?, row.get(2)?);
        let (Ok(box_id), Ok(subject)) = (box_id.parse(), subject.parse()) else {
            continue;
        };
        let is_wanted = filter.box_id.as_ref().is_none_or(|wanted| *wanted == box_id)
            && filter.party.as_ref().is_none_or(|wanted| *wanted == subject);
        if is_wanted {
            parties.insert(row.get(0)?, Party { box_id, subject, name: row.get(3)? });
        }
    }
    Ok(parties)
}
