//! The tables, and how a file of an earlier version becomes one of this.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

/// What marks a database as ours: `r2mq`.
pub(super) const APPLICATION: i32 = 0x7232_6d71;

/// The size of a page. Each tick writes every page that it touches as a whole, and touches few rows on each.
pub(super) const PAGE: u32 = 1024;

/// The order of a key decides how much is written: what one tick, one hour or one day adds stands together.
const FIRST: &str = "
-- A box, or something at a box, that readings are about: 'router', 'client_02005e100001', …
CREATE TABLE subject (
    id      INTEGER PRIMARY KEY,
    box     TEXT NOT NULL,
    subject TEXT NOT NULL,
    name    TEXT,
    UNIQUE (box, subject)
);
-- A metric of a subject. grows: its samples are what a counter counted since the one before.
CREATE TABLE series (
    id      INTEGER PRIMARY KEY,
    subject INTEGER NOT NULL REFERENCES subject,
    metric  TEXT NOT NULL,
    grows   INTEGER NOT NULL,
    UNIQUE (subject, metric, grows)
);
-- Readings as they were made. ts: seconds since 1970.
CREATE TABLE sample (
    ts     INTEGER NOT NULL,
    series INTEGER NOT NULL,
    value  NUMERIC NOT NULL,
    PRIMARY KEY (ts, series)
) WITHOUT ROWID;
-- Hours. day: days since 1970, UTC; hour: 0 to 23. total / samples is the mean of what does not grow.
CREATE TABLE hour (
    day     INTEGER NOT NULL,
    series  INTEGER NOT NULL,
    hour    INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    low     NUMERIC NOT NULL,
    high    NUMERIC NOT NULL,
    total   NUMERIC NOT NULL,
    PRIMARY KEY (day, series, hour)
) WITHOUT ROWID;
-- Days of 24 hours UTC. span: day / 32.
CREATE TABLE day (
    span    INTEGER NOT NULL,
    series  INTEGER NOT NULL,
    day     INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    low     NUMERIC NOT NULL,
    high    NUMERIC NOT NULL,
    total   NUMERIC NOT NULL,
    PRIMARY KEY (span, series, day)
) WITHOUT ROWID;
-- What a counter has to know after a restart.
CREATE TABLE counter (
    subject INTEGER NOT NULL REFERENCES subject,
    metric  TEXT NOT NULL,
    part    TEXT NOT NULL,
    state   TEXT NOT NULL,
    PRIMARY KEY (subject, metric, part)
) WITHOUT ROWID;
-- Between these two seconds something may have passed uncounted.
CREATE TABLE gap (
    subject INTEGER NOT NULL REFERENCES subject,
    metric  TEXT NOT NULL,
    began   INTEGER NOT NULL,
    ended   INTEGER NOT NULL,
    PRIMARY KEY (subject, metric, began)
) WITHOUT ROWID;
-- The daily book: bytes by party. date: 20261120, in the household's time zone. source: '' is the bridge itself.
CREATE TABLE book (
    date     INTEGER NOT NULL,
    subject  INTEGER NOT NULL REFERENCES subject,
    on_peak  INTEGER NOT NULL,
    free     INTEGER NOT NULL,
    source   TEXT NOT NULL,
    received INTEGER NOT NULL,
    sent     INTEGER NOT NULL,
    mixed    INTEGER NOT NULL,
    gap      INTEGER NOT NULL,
    PRIMARY KEY (date, subject, on_peak, free, source)
) WITHOUT ROWID;
-- What happened. at: seconds since 1970; detail: JSON.
CREATE TABLE event (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    box    TEXT NOT NULL,
    kind   TEXT NOT NULL,
    detail TEXT NOT NULL
);
-- What parts of the bridge have to remember, each in its own words.
CREATE TABLE document (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
) WITHOUT ROWID;
-- Up to where the roll-ups are made.
CREATE TABLE mark (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
";

/// Every version of the tables, in order. What is released is never changed, only followed.
pub(super) const VERSIONS: &[M<'static>] = &[M::up(FIRST)];

/// The version of a file; 0 when there is nothing in it.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Brings the tables up to date.
pub(super) fn migrate(connection: &mut Connection, versions: &[M<'_>]) -> rusqlite_migration::Result<()> {
    Migrations::from_slice(versions).to_latest(connection)
}
