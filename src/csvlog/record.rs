use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::file;
use super::journal::{self, Standings};
use super::meter::{self, Household, Seen};
use super::place::{Month, Whose};
use super::row::Row;
use super::{purge, summary};

/// The log of one box, on its disk.
#[derive(Debug)]
pub(super) struct Record {
    root: PathBuf,
    keep: SignedDuration,
    standings: Standings,
    /// What the deltas of rows came to that a file could not take.
    owed: BTreeMap<PathBuf, u64>,
    /// The day that was tidied up for last.
    tidied: Option<Date>,
    is_open: bool,
}

impl Record {
    pub(super) const fn new(root: PathBuf, keep: SignedDuration) -> Self {
        Self { root, keep, standings: Standings::new(), owed: BTreeMap::new(), tidied: None, is_open: false }
    }

    /// Writes a row for everybody who was seen, and whatever the day asks for.
    ///
    /// # Errors
    /// When the disk refuses. What was not written is made up for by the next row.
    pub(super) fn write(&mut self, seen: &[Seen], at: Timestamp, household: &Household) -> io::Result<()> {
        if !self.is_open {
            self.resume(household)?;
        }
        let second = |row: &Row| row.time.as_second() == at.as_second();
        let is_written = self.standings.get(&Whose::Total).is_some_and(second);
        // Two rows of one second would be one to whoever reads them; the next one has what this one would.
        if !seen.is_empty() && !is_written {
            self.add(seen, at, household)?;
        }
        self.tidy(at, household)
    }

    /// Goes on where it was: what the last note has and the files have not is added to them.
    fn resume(&mut self, household: &Household) -> io::Result<()> {
        self.standings = journal::load(&self.root);
        let last = self.standings.values().map(|row| row.time).max();
        for (whose, row) in self.standings.iter().filter(|(_, row)| Some(row.time) == last) {
            for path in self.files(whose, row.time, household) {
                if file::last(&path).is_none_or(|written| written.time < row.time) {
                    file::append(&path, row)?;
                }
            }
        }
        self.is_open = true;
        Ok(())
    }

    fn add(&mut self, seen: &[Seen], at: Timestamp, household: &Household) -> io::Result<()> {
        let before = |whose: &Whose| {
            let written = || self.files(whose, at, household).iter().find_map(|path| file::last(path));
            self.standings.get(whose).copied().or_else(written)
        };
        let rows = meter::rows(seen, at, household, &meter::totals(&self.standings), before);
        let mut standings = self.standings.clone();
        standings.retain(|_, row| at.duration_since(row.time) <= self.keep);
        standings.extend(rows.iter().map(|(whose, row)| (whose.clone(), *row)));
        journal::save(&self.root, &standings)?;
        self.standings = standings;
        let mut outcome = Ok(());
        for (whose, row) in &rows {
            for path in self.files(whose, at, household) {
                if let Err(error) = self.append(path, row) {
                    outcome = Err(error);
                }
            }
        }
        outcome
    }

    fn append(&mut self, path: PathBuf, row: &Row) -> io::Result<()> {
        let delta = row.delta.saturating_add(self.owed.get(&path).copied().unwrap_or_default());
        let outcome = file::append(&path, &Row { delta, ..*row });
        match outcome {
            Ok(()) => self.owed.remove(&path),
            Err(_) => self.owed.insert(path, delta),
        };
        outcome
    }

    /// Once a day: the summary of this month, and of the one before while it is new; and old rows go.
    fn tidy(&mut self, at: Timestamp, household: &Household) -> io::Result<()> {
        let zone = household.zone();
        let today = zone.to_datetime(at).date();
        if self.tidied == Some(today) {
            return Ok(());
        }
        self.summarise(at, household)?;
        purge::purge(&self.root, self.keep, at, zone)?;
        self.tidied = Some(today);
        Ok(())
    }

    /// Writes the summaries of this month and of the one before.
    pub(super) fn summarise(&self, at: Timestamp, household: &Household) -> io::Result<()> {
        let months = Month::all(&self.root);
        let this = Month::of(at, household.zone());
        for (_, folder) in months.iter().filter(|(month, _)| *month <= this).rev().take(2) {
            summary::write(folder)?;
        }
        Ok(())
    }

    fn files(&self, whose: &Whose, at: Timestamp, household: &Household) -> Vec<PathBuf> {
        whose.files(&Month::of(at, household.zone()).folder(&self.root))
    }
}

#[cfg(test)]
mod tests;
