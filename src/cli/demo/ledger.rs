//! The books of the simulated boxes, as a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::pace::Pace;
use crate::simulators::Running;

/// Where the books go: at the end of each month, and at the end.
pub(super) struct Ledger<'a> {
    file: Option<&'a Path>,
    boxes: &'a [(&'static str, Running)],
    pace: &'a Pace,
    written: Date,
}

impl<'a> Ledger<'a> {
    pub fn new(file: Option<&'a Path>, boxes: &'a [(&'static str, Running)], pace: &'a Pace) -> Self {
        let mut ledger = Self { file, boxes, pace, written: Date::MIN };
        ledger.written = ledger.month();
        ledger
    }

    fn month(&self) -> Date {
        self.pace.clock.now().to_zoned(self.pace.zone.clone()).date().first_of_month()
    }

    /// Writes them when another month has begun.
    pub fn keep(&mut self) -> anyhow::Result<()> {
        let month = self.month();
        if month == std::mem::replace(&mut self.written, month) { Ok(()) } else { self.write() }
    }

    /// Writes them, as a whole or not at all.
    pub fn write(&self) -> anyhow::Result<()> {
        let Some(file) = self.file else { return Ok(()) };
        let unfinished = PathBuf::from(format!("{}.new", file.display()));
        std::fs::write(&unfinished, self.to_json().to_string())
            .and_then(|()| std::fs::rename(&unfinished, file))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    fn to_json(&self) -> Json {
        let books =
            |(id, simulated): &(&'static str, Running)| (*id, simulated.books().to_json(&self.pace.zone));
        json!({
            "time_zone": self.pace.zone_name(),
            "speed": self.pace.clock.speed(),
            "boxes": self.boxes.iter().map(books).collect::<BTreeMap<_, _>>(),
        })
    }
}
