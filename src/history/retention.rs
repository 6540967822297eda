//! What is given up, and when: the oldest samples first, then the oldest hours, never the book.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use super::rows::{DAY, HOUR};
use super::{rollup, write};

/// How long things are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Samples; `None` when neither samples nor what is made of them is kept.
    pub samples: Option<Duration>,
    /// Hours, gaps and events.
    pub hours: Duration,
    /// How much the file may take, in bytes.
    pub max_size: u64,
}

impl Default for Retention {
    fn default() -> Self {
        const DAYS: u64 = 24 * 3600;
        Self {
            samples: Some(Duration::from_secs(7 * DAYS)),
            hours: Duration::from_secs(730 * DAYS),
            max_size: 1_000_000_000,
        }
    }
}

/// How much room a large file has to give back before it is small enough, in parts of its bound.
const SLACK: u64 = 32;

/// How many free pages go back to the disk at once.
const PAGES_BACK: u32 = 4096;

impl Retention {
    /// Gives up what is too old, at most a day of it at once: a clock that is wrong for a moment costs little.
    /// Says whether there is more to give up because of the size.
    pub(super) fn apply(&self, db: &mut Connection, now: Timestamp) -> rusqlite::Result<bool> {
        let before = |kept: Duration| {
            now.as_second().saturating_sub(i64::try_from(kept.as_secs()).unwrap_or(i64::MAX))
        };
        if let Some(kept) = self.samples {
            give_up_samples(db, before(kept).div_euclid(HOUR) * HOUR)?;
        }
        give_up_hours(db, before(self.hours).div_euclid(DAY))?;
        give_up_others(db, before(self.hours))?;
        let shrinks = self.shrink(db)?;
        free(db)?;
        Ok(shrinks)
    }

    /// Gives up more when the file is too large; says whether it still is, and something can be given up.
    fn shrink(&self, db: &mut Connection) -> rusqlite::Result<bool> {
        if write::size(db)? <= self.max_size {
            return Ok(false);
        }
        let enough = self.max_size - self.max_size / SLACK;
        // A day at a time, samples that are not yet made into hours included only as the very last.
        while write::size(db)? > enough {
            let gone = give_up_samples(db, rollup::hours_made(db)?)? || give_up_hours(db, i64::MAX)?;
            if !gone {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Gives up the oldest day of samples, as far as they are older than this second.
fn give_up_samples(db: &mut Connection, before: i64) -> rusqlite::Result<bool> {
    let oldest = first(db, "SELECT ts FROM sample ORDER BY ts LIMIT 1")?;
    let Some(oldest) = oldest.filter(|oldest| *oldest < before) else {
        return Ok(false);
    };
    let end = before.min(oldest.saturating_add(DAY).div_euclid(HOUR) * HOUR);
    let work = db.transaction()?;
    work.prepare_cached("DELETE FROM sample WHERE ts < ?1")?.execute([end])?;
    rollup::given_up(&work, end)?;
    work.commit()?;
    Ok(true)
}

/// Gives up the oldest day of hours, if it is older than this day.
fn give_up_hours(db: &Connection, before: i64) -> rusqlite::Result<bool> {
    let oldest = first(db, "SELECT day FROM hour ORDER BY day LIMIT 1")?;
    let Some(oldest) = oldest.filter(|oldest| *oldest < before) else {
        return Ok(false);
    };
    db.prepare_cached("DELETE FROM hour WHERE day = ?1")?.execute([oldest])?;
    Ok(true)
}

fn give_up_others(db: &Connection, before: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM gap WHERE ended < ?1")?.execute([before])?;
    db.prepare_cached("DELETE FROM event WHERE at < ?1")?.execute([before])?;
    Ok(())
}

fn first(db: &Connection, query: &str) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached(query)?.query_row([], |row| row.get(0)).optional()
}

/// Gives pages that nothing is on back to the disk.
fn free(db: &Connection) -> rusqlite::Result<()> {
    let free: u32 = db.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
    // Yesterday's pages are today's: only what is more than a few days of growth is worth the writing.
    if free > 2 * PAGES_BACK {
        db.pragma(None, "incremental_vacuum", PAGES_BACK, |_| Ok(()))?;
    }
    Ok(())
}
