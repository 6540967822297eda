use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, params};
use serde_json::Value as Json;

use super::days::{self, DayFilter};
use super::place::beside;
use super::rows::{DAY, SPAN, amount, moment, number};
use super::schema::{APPLICATION, VERSIONS, version};
use super::write::quota_document;
use super::{Sampled, SavedGap, StoreError, recall, rollup};
use crate::accounting::{Amounts, Band, DayRow, Gap};
use crate::model::{BoxId, Subject};

/// The history, to be read: also while a bridge writes it, and from another process.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    db: Connection,
}

/// A metric of a subject that there are samples of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    id: i64,
    /// At which box.
    pub box_id: BoxId,
    /// What it is about.
    pub subject: Subject,
    /// What the subject is called.
    pub name: Option<String>,
    /// The key of the metric.
    pub metric: String,
    /// Whether its samples are what a counter counted since the one before, rather than readings as they were.
    pub grows: bool,
}

/// A span of time; the end does not belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

/// How long a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An hour.
    Hour,
    /// A day, UTC.
    Day,
}

/// What the samples of an hour or a day come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// When it began.
    pub from: Timestamp,
    /// How many samples it has.
    pub samples: u64,
    /// The least of them.
    pub low: f64,
    /// The greatest of them.
    pub high: f64,
    /// Their sum: of what grows, what it grew by.
    pub total: f64,
}

impl Bucket {
    /// The mean of the samples.
    #[expect(clippy::cast_precision_loss, reason = "nobody makes 2^53 samples")]
    pub fn mean(&self) -> f64 {
        self.total / self.samples.max(1) as f64
    }
}

/// What one party used in a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// At which box.
    pub box_id: BoxId,
    /// Who.
    pub party: Subject,
    /// What the party is called.
    pub name: Option<String>,
    /// In the expensive time, what was free not included.
    pub on_peak: Amounts,
    /// In the other times, what was free not included.
    pub off_peak: Amounts,
    /// What was free of the quota.
    pub free: Amounts,
    /// For how many seconds something may have passed uncounted.
    pub gap_seconds: u64,
}

/// Something that happened, as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// At which box.
    pub box_id: String,
    /// The word for it.
    pub kind: String,
    /// What more was told: JSON.
    pub detail: String,
}

impl Archive {
    /// Opens the history in this file.
    ///
    /// # Errors
    /// When there is none, or it cannot be read, or it is of another version.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let refused = |error| StoreError::reading(path, &error);
        let db = connect(path).map_err(refused)?;
        let owner: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(refused)?;
        let version = version(&db).map_err(refused)?;
        if owner != APPLICATION {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        match version.cmp(&VERSIONS.len()) {
            std::cmp::Ordering::Less => Err(StoreError::FromThePast(path.to_owned())),
            std::cmp::Ordering::Equal => Ok(Self { path: path.to_owned(), db }),
            std::cmp::Ordering::Greater => Err(StoreError::FromTheFuture(path.to_owned())),
        }
    }

    /// Everything that there are samples, hours or days of.
    ///
    /// # Errors
    /// When the file cannot be read; so with all that follow.
    pub fn series(&self) -> Result<Vec<Series>, StoreError> {
        self.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT series.id, box, subject.subject, name, metric, grows
                 FROM series JOIN subject ON subject.id = series.subject ORDER BY box, subject.subject, metric",
            )?;
            let found = query.query_map([], series)?;
            Ok(found.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
        })
    }

    /// Shows the samples of a series, in order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn samples(
        &self,
        series: &Series,
        period: Period,
        mut show: impl FnMut(Timestamp, Sampled),
    ) -> Result<(), StoreError> {
        self.read(|db| {
            let mut query =
                db.prepare_cached("SELECT ts, value FROM sample WHERE ts >= ?1 AND ts < ?2 AND series = ?3")?;
            let mut rows = query.query(params![period.from.as_second(), period.to.as_second(), series.id])?;
            while let Some(row) = rows.next()? {
                if let Some(value) = Sampled::of(series.grows, &row.get(1)?) {
                    show(moment(row.get(0)?), value);
                }
            }
            Ok(())
        })
    }

    /// Shows the hours or days of a series, in order. Hours include the one that is not over; days are made of hours that
    /// are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn buckets(
        &self,
        series: &Series,
        step: Step,
        period: Period,
        mut show: impl FnMut(Bucket),
    ) -> Result<(), StoreError> {
        self.read(|db| match step {
            Step::Hour => {
                let from = period.from.as_second().max(rollup::hours_made(db)?);
                let mut young = young_hours(db, series, from, period.to.as_second())?.into_iter().peekable();
                // An hour that was reopened is in both; its samples know better.
                hours(db, series, period, &mut |hour| {
                    while let Some(before) = young.next_if(|young| young.from < hour.from) {
                        show(before);
                    }
                    show(young.next_if(|young| young.from == hour.from).unwrap_or(hour));
                })?;
                young.for_each(show);
                Ok(())
            }
            Step::Day => each_day(db, series, period, &mut show),
        })
    }

    /// The hours of a series.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn hours(&self, series: &Series, period: Period) -> Result<Vec<Bucket>, StoreError> {
        let mut found = Vec::new();
        self.buckets(series, Step::Hour, period, |bucket| found.push(bucket))?;
        Ok(found)
    }

    /// Where something may have passed uncounted: gaps that have a part in the period.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn gaps(&self, box_id: &BoxId, period: Period) -> Result<Vec<SavedGap>, StoreError> {
        self.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT subject.subject, metric, began, ended FROM subject JOIN gap ON gap.subject = subject.id
                 WHERE box = ?1 AND began < ?3 AND ended > ?2 ORDER BY began",
            )?;
            let mut rows =
                query.query(params![box_id.as_str(), period.from.as_second(), period.to.as_second()])?;
            let mut gaps = Vec::new();
            while let Some(row) = rows.next()? {
                let subject: String = row.get(0)?;
                if let Ok(subject) = subject.parse() {
                    let gap = Gap { from: moment(row.get(2)?), to: moment(row.get(3)?) };
                    gaps.push(SavedGap { subject, metric: row.get(1)?, gap });
                }
            }
            Ok(gaps)
        })
    }

    /// The state of a box's quota, as whoever counts has written it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn quota(&self, box_id: &BoxId) -> Result<Option<Json>, StoreError> {
        let text = recall::document(&self.db, &quota_document(box_id));
        let text = text.map_err(|error| StoreError::reading(&self.path, &error))?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Shows the pages of the book, in the order of dates.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn each_day(&self, filter: &DayFilter, show: impl FnMut(DayRow)) -> Result<(), StoreError> {
        self.read(|db| days::each(db, filter, show))
    }

    /// The pages of the book, in the order of dates.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn days(&self, filter: &DayFilter) -> Result<Vec<DayRow>, StoreError> {
        let mut found = Vec::new();
        self.each_day(filter, |row| found.push(row))?;
        Ok(found)
    }

    /// What each party used in the time, the most first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn totals(&self, filter: &DayFilter) -> Result<Vec<Total>, StoreError> {
        let mut totals = std::collections::HashMap::<(BoxId, Subject), Total>::new();
        self.each_day(filter, |row| {
            let total =
                totals.entry((row.box_id.clone(), row.party.clone())).or_insert_with(|| Total::of(&row));
            total.add(&row);
        })?;
        let mut totals: Vec<_> = totals.into_values().collect();
        totals.sort_by(|a, b| {
            let order = b.all().total().cmp(&a.all().total());
            order.then_with(|| (&a.box_id, &a.party).cmp(&(&b.box_id, &b.party)))
        });
        Ok(totals)
    }

    /// Shows what happened, the oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn events(&self, period: Period, mut show: impl FnMut(Told)) -> Result<(), StoreError> {
        self.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT at, box, kind, detail FROM event WHERE at >= ?1 AND at < ?2 ORDER BY id",
            )?;
            let mut rows = query.query(params![period.from.as_second(), period.to.as_second()])?;
            while let Some(row) = rows.next()? {
                let (box_id, kind, detail) = (row.get(1)?, row.get(2)?, row.get(3)?);
                show(Told { at: moment(row.get(0)?), box_id, kind, detail });
            }
            Ok(())
        })
    }

    /// All that is read at once is of the same moment.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let moment = self.db.unchecked_transaction();
        let outcome = moment.and_then(|moment| read(&moment));
        outcome.map_err(|error| StoreError::reading(&self.path, &error))
    }
}

/// A directory that we may not write to is no obstacle while nobody else writes either.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let open = |name: &str, more: OpenFlags| {
        let db = Connection::open_with_flags(name, OpenFlags::SQLITE_OPEN_READ_ONLY | more)?;
        db.busy_timeout(std::time::Duration::from_secs(5))?;
        db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?;
        Ok(db)
    };
    let name = path.to_string_lossy();
    open(&name, OpenFlags::empty()).or_else(|error| {
        if !path.is_file() || beside(path, "-wal").exists() {
            return Err(error);
        }
        let escaped = name.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        open(&format!("file:{escaped}?immutable=1"), OpenFlags::SQLITE_OPEN_URI)
    })
}

fn series(row: &Row<'_>) -> rusqlite::Result<Option<Series>> {
    let (box_id, subject): (String, String) = (row.get(1)?, row.get(2)?);
    let (Ok(box_id), Ok(subject)) = (box_id.parse(), subject.parse()) else {
        return Ok(None);
    };
    let (id, name, metric, grows) = (row.get(0)?, row.get(3)?, row.get(4)?, row.get(5)?);
    Ok(Some(Series { id, box_id, subject, name, metric, grows }))
}

/// One look for each day, as days stand together: a year is 366 looks.
fn hours(
    db: &Connection,
    series: &Series,
    period: Period,
    show: &mut impl FnMut(Bucket),
) -> rusqlite::Result<()> {
    let mut query = db.prepare_cached(
        "WITH RECURSIVE days (day) AS (
             SELECT max(?1 / 86400, coalesce((SELECT day FROM hour ORDER BY day LIMIT 1), 0))
             UNION ALL SELECT day + 1 FROM days
             WHERE day < min((?2 - 1) / 86400, (SELECT day FROM hour ORDER BY day DESC LIMIT 1))
         )
         SELECT days.day * 86400 + hour * 3600 AS began, samples, low, high, total
         FROM days CROSS JOIN hour ON hour.day = days.day AND hour.series = ?3
         WHERE began >= ?1 AND began < ?2",
    )?;
    let mut rows = query.query(params![period.from.as_second(), period.to.as_second(), series.id])?;
    while let Some(row) = rows.next()? {
        show(bucket(row)?);
    }
    Ok(())
}

/// Hours that are not made yet, or have to be made again.
fn young_hours(db: &Connection, series: &Series, from: i64, to: i64) -> rusqlite::Result<Vec<Bucket>> {
    let mut query = db.prepare_cached(
        "SELECT ts / 3600 * 3600, count(*), min(value), max(value), sum(value)
         FROM sample WHERE ts >= ?1 AND ts < ?2 AND series = ?3 GROUP BY ts / 3600 ORDER BY ts / 3600",
    )?;
    let found = query.query_map(params![from, to, series.id], bucket)?;
    found.collect()
}

fn each_day(
    db: &Connection,
    series: &Series,
    period: Period,
    show: &mut impl FnMut(Bucket),
) -> rusqlite::Result<()> {
    let day = |at: Timestamp| at.as_second().div_euclid(DAY);
    let (from, to) = (day(period.from), day(period.to));
    let mut last = i64::MIN;
    let mut query = db.prepare_cached(
        "SELECT day * 86400, samples, low, high, total FROM day
         WHERE span = ?1 AND series = ?2 AND day >= ?3 AND day < ?4",
    )?;
    let spans = from.div_euclid(SPAN)..=to.div_euclid(SPAN);
    let known: i64 = db.query_row("SELECT coalesce(min(span), 0) FROM day", [], |row| row.get(0))?;
    for span in spans.skip_while(|span| *span < known) {
        let mut rows = query.query(params![span, series.id, from, to])?;
        while let Some(row) = rows.next()? {
            let bucket = bucket(row)?;
            last = bucket.from.as_second();
            show(bucket);
        }
    }
    let young = Period { from: moment(period.from.as_second().max(last.saturating_add(DAY))), to: period.to };
    young_days(db, series, young, show)
}

/// Days that are not made yet, of hours.
fn young_days(
    db: &Connection,
    series: &Series,
    period: Period,
    show: &mut impl FnMut(Bucket),
) -> rusqlite::Result<()> {
    let mut open: Option<Bucket> = None;
    let mut add = |hour: Bucket| {
        let from = moment(hour.from.as_second().div_euclid(DAY) * DAY);
        match &mut open {
            Some(day) if day.from == from => {
                day.samples += hour.samples;
                day.low = day.low.min(hour.low);
                day.high = day.high.max(hour.high);
                day.total += hour.total;
            }
            _ => {
                if let Some(day) = open.replace(Bucket { from, ..hour }) {
                    show(day);
                }
            }
        }
    };
    hours(db, series, period, &mut add)?;
    if let Some(day) = open {
        show(day);
    }
    Ok(())
}

fn bucket(row: &Row<'_>) -> rusqlite::Result<Bucket> {
    let figure =
        |index: usize| Ok::<_, rusqlite::Error>(number(&row.get::<_, Value>(index)?).unwrap_or(f64::NAN));
    Ok(Bucket {
        from: moment(row.get(0)?),
        samples: amount(row.get(1)?),
        low: figure(2)?,
        high: figure(3)?,
        total: figure(4)?,
    })
}

impl Total {
    fn of(row: &DayRow) -> Self {
        Self {
            box_id: row.box_id.clone(),
            party: row.party.clone(),
            name: row.name.clone(),
            on_peak: Amounts::default(),
            off_peak: Amounts::default(),
            free: Amounts::default(),
            gap_seconds: 0,
        }
    }

    fn add(&mut self, row: &DayRow) {
        let place = match (row.free, row.band) {
            (true, _) => &mut self.free,
            (false, Band::OnPeak) => &mut self.on_peak,
            (false, Band::OffPeak) => &mut self.off_peak,
        };
        *place += row.amounts;
        self.gap_seconds = self.gap_seconds.saturating_add(row.gap_seconds);
    }

    /// All of it.
    pub fn all(&self) -> Amounts {
        let mut all = self.on_peak;
        all += self.off_peak;
        all += self.free;
        all
    }
}
