//! A history in a directory of its own, and ticks to put into it.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use tempfile::TempDir;

use crate::accounting::{Amounts, Band, Piece};
use crate::history::{Note, Retention, Sample, Sampled, SavedCounter, Store, StoreError, Tick};
use crate::model::{BoxId, Subject};

pub(super) const DATE: Date = date(2026, 11, 20);

/// 2026-11-20, noon UTC.
pub(super) const NOON: i64 = 1_795_176_000;

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(NOON + second).unwrap()
}

pub(super) fn modem() -> BoxId {
    "modem".parse().unwrap()
}

pub(super) fn phone() -> Subject {
    "client_02005e100001".parse().unwrap()
}

pub(super) fn tick(second: i64) -> Tick {
    Tick::new(modem(), at(second))
}

pub(super) fn grown(by: u64) -> Sample {
    Sample { subject: Subject::Router, metric: "received", value: Sampled::Growth(by) }
}

pub(super) fn gauge(value: f64) -> Sample {
    Sample { subject: Subject::Router, metric: "snr", value: Sampled::Gauge(value) }
}

pub(super) fn counter(metric: &str, state: &str) -> SavedCounter {
    SavedCounter { subject: Subject::Router, metric: metric.into(), part: String::new(), state: state.into() }
}

pub(super) fn piece(received: u64, sent: u64) -> Piece {
    Piece {
        date: DATE,
        band: Band::OnPeak,
        free: false,
        from: at(0),
        to: at(60),
        amounts: Amounts { received, sent, mixed: 0 },
        gap_seconds: 1,
    }
}

pub(super) struct Home {
    directory: TempDir,
}

impl Home {
    pub(super) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.directory.path().join("history.db")
    }

    pub(super) fn try_open(&self) -> Result<(Store, Vec<Note>), StoreError> {
        Store::open(&self.path(), Retention::default(), at(0))
    }

    pub(super) fn open(&self) -> Store {
        self.try_open().unwrap().0
    }

    /// The names of the files, in order.
    pub(super) fn files(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}
