//! A batch as rows, within a transaction that the caller ends.

use rusqlite::{Connection, params};

use super::batch::{Batch, Entry, Page, Taken};
use super::dictionary::Dictionary;
use super::rows::{amount, band_number, date_number, stored};
use super::{Import, SavedGap, imported, rollup};
use crate::accounting::Amounts;
use crate::model::{BoxId, Event};

/// How many events are kept.
const MOST_EVENTS: i64 = 10_000;

/// The document in which the state of a box's quota is kept.
pub(super) fn quota_document(box_id: &BoxId) -> String {
    format!("quota/{box_id}")
}

/// Writes everything in the batch.
pub(super) fn batch(db: &Connection, known: &mut Dictionary, batch: &Batch) -> rusqlite::Result<()> {
    for taken in &batch.samples {
        samples(db, known, taken)?;
    }
    if let Some(oldest) = batch.samples.iter().map(|taken| taken.at).min() {
        rollup::reopen(db, oldest)?;
    }
    for ((box_id, subject, metric, part), state) in &batch.counters {
        let subject = known.subject(db, box_id, subject)?;
        counter(db, (subject, metric, part), state.as_deref())?;
    }
    for (page, entry) in &batch.book {
        add(db, known, page, entry)?;
    }
    for (box_id, gap) in &batch.gaps {
        self::gap(db, known, box_id, gap)?;
    }
    for (box_id, state) in &batch.quotas {
        document(db, &quota_document(box_id), state)?;
    }
    for ((box_id, party), name) in &batch.names {
        known.name(db, box_id, party, name)?;
    }
    for told in &batch.events {
        event(db, told)?;
    }
    Ok(())
}

/// Writes the state of a counter, or takes it away.
fn counter(
    db: &Connection,
    (subject, metric, part): (i64, &str, &str),
    state: Option<&str>,
) -> rusqlite::Result<()> {
    match state {
        Some(state) => db
            .prepare_cached(
                "INSERT OR REPLACE INTO counter (subject, metric, part, state) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![subject, metric, part, state])?,
        None => db
            .prepare_cached("DELETE FROM counter WHERE subject = ?1 AND metric = ?2 AND part = ?3")?
            .execute(params![subject, metric, part])?,
    };
    Ok(())
}

/// Of two readings of one second the later one stands; what two of them counted is counted.
fn samples(db: &Connection, known: &mut Dictionary, taken: &Taken) -> rusqlite::Result<()> {
    let at = taken.at.as_second();
    let mut gauge =
        db.prepare_cached("INSERT OR REPLACE INTO sample (ts, series, value) VALUES (?1, ?2, ?3)")?;
    let mut growth = db.prepare_cached(
        "INSERT INTO sample (ts, series, value) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET value = value + excluded.value",
    )?;
    for sample in &taken.samples {
        let Some(value) = sample.value.column() else {
            continue;
        };
        let subject = known.subject(db, &taken.box_id, &sample.subject)?;
        let series = known.series(db, subject, sample.metric, sample.value.grows())?;
        let insert = if sample.value.grows() { &mut growth } else { &mut gauge };
        insert.execute(params![at, series, value])?;
    }
    Ok(())
}

/// Adds to a page of the book what is not in it yet.
fn add(db: &Connection, known: &mut Dictionary, page: &Page, entry: &Entry) -> rusqlite::Result<()> {
    let party = known.subject(db, &page.box_id, &page.party)?;
    let Amounts { received, sent, mixed } = entry.amounts;
    db.prepare_cached(
        "INSERT INTO book (date, subject, on_peak, free, source, received, sent, mixed, gap)
         VALUES (?1, ?2, ?3, ?4, '', ?5, ?6, ?7, ?8)
         ON CONFLICT DO UPDATE SET received = received + excluded.received, sent = sent + excluded.sent,
             mixed = mixed + excluded.mixed, gap = gap + excluded.gap",
    )?
    .execute(params![
        date_number(page.date),
        party,
        band_number(page.band),
        page.free,
        stored(received),
        stored(sent),
        stored(mixed),
        stored(entry.gap_seconds),
    ])?;
    Ok(())
}

fn gap(db: &Connection, known: &mut Dictionary, box_id: &BoxId, gap: &SavedGap) -> rusqlite::Result<()> {
    let subject = known.subject(db, box_id, &gap.subject)?;
    db.prepare_cached("INSERT OR REPLACE INTO gap (subject, metric, began, ended) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![subject, gap.metric, gap.gap.from.as_second(), gap.gap.to.as_second()])?;
    Ok(())
}

fn event(db: &Connection, event: &Event) -> rusqlite::Result<()> {
    let detail = serde_json::Value::Object(event.kind.details()).to_string();
    let number = db
        .prepare_cached("INSERT INTO event (at, box, kind, detail) VALUES (?1, ?2, ?3, ?4)")?
        .insert(params![event.at.as_second(), event.box_id.as_str(), event.kind.word(), detail])?;
    db.prepare_cached("DELETE FROM event WHERE id <= ?1")?.execute([number - MOST_EVENTS])?;
    Ok(())
}

/// Writes a document in place of the one of this name. One that says the same as before costs no page.
pub(super) fn document(db: &Connection, name: &str, text: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO document (name, text) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET text = excluded.text WHERE text <> excluded.text",
    )?
    .execute([name, text])?;
    Ok(())
}

/// Takes the document of this name away.
pub(super) fn no_document(db: &Connection, name: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM document WHERE name = ?1")?.execute([name])?;
    Ok(())
}

/// Takes in what somebody else recorded.
pub(super) fn import(db: &Connection, known: &mut Dictionary, import: &Import) -> rusqlite::Result<()> {
    imported::forget(db, import)?;
    for hour in &import.hours {
        let Some(figures) = rollup::Figures::of(&hour.values) else {
            continue;
        };
        let subject = known.subject(db, &import.box_id, &hour.subject)?;
        let series = known.series(db, subject, &hour.metric, figures.grows)?;
        rollup::keep_hour(db, series, hour.at.as_second(), &figures)?;
    }
    if let Some(oldest) = import.hours.iter().map(|hour| hour.at).min() {
        rollup::reopen_days(db, oldest)?;
    }
    let mut insert = db.prepare_cached(
        "INSERT OR REPLACE INTO book (date, subject, on_peak, free, source, received, sent, mixed, gap)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for row in &import.days {
        let party = known.subject(db, &import.box_id, &row.party)?;
        insert.execute(params![
            date_number(row.date),
            party,
            band_number(row.band),
            row.free,
            import.source,
            stored(row.amounts.received),
            stored(row.amounts.sent),
            stored(row.amounts.mixed),
            stored(row.gap_seconds),
        ])?;
        if let Some(name) = &row.name {
            known.name(db, &import.box_id, &row.party, name)?;
        }
    }
    Ok(())
}

/// How much the file takes, in bytes, without what is free in it.
pub(super) fn size(db: &Connection) -> rusqlite::Result<u64> {
    let pragma = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = pragma("page_count")? - pragma("freelist_count")?;
    Ok(amount(pages * pragma("page_size")?))
}
