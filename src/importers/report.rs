use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use crate::model::text::counted;

/// How many places are named of what was found many times.
const PLACES: usize = 5;

/// What an import found that is worth telling, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// A counter that went on from zero at the end of its range, or began anew.
    Fell,
    /// Something may be missing between two rows.
    Gap,
    /// A local time that a change of the clocks takes away or gives twice.
    ClockChange,
    /// A row that stands behind a later one.
    OutOfOrder,
    /// The same row once more.
    Duplicate,
    /// All zeros, or nothing: the logger could not read the box.
    FailedRead,
    /// The same moment as another row, with other figures.
    Contradiction,
    /// Not a row of this format.
    Unreadable,
    /// A time that cannot be.
    ImpossibleTime,
    /// A file whose name says nothing, or that cannot be opened.
    StrangeFile,
    /// A name that cannot be used.
    StrangeName,
}

impl Found {
    /// Whether the row was used all the same.
    pub const fn is_repaired(self) -> bool {
        matches!(self, Self::Fell | Self::Gap | Self::ClockChange | Self::OutOfOrder)
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Fell => "a counter that wrapped or began anew, counted on",
            Self::Gap => "an interval in which something may be missing",
            Self::ClockChange => "a time at a change of the clocks, put in its place",
            Self::OutOfOrder => "a row out of order, put in its place",
            Self::Duplicate => "a row that was there already",
            Self::FailedRead => "a failed read, all zero",
            Self::Contradiction => "a row that contradicts another of the same moment",
            Self::Unreadable => "not a row of this format",
            Self::ImpossibleTime => "a time that cannot be",
            Self::StrangeFile => "a file that cannot be used",
            Self::StrangeName => "a name that cannot be used",
        }
    }
}

/// What became of what was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many files were read.
    pub files: u64,
    /// How many rows were used.
    pub taken: u64,
    found: BTreeMap<Found, (u64, Vec<String>)>,
}

impl Report {
    /// Notes something at a line of a file.
    pub fn note(&mut self, found: Found, file: &str, line: u64) {
        self.note_at(found, format_args!("{file}:{line}"));
    }

    /// Notes something at a place that has no line.
    pub fn note_at(&mut self, found: Found, place: impl fmt::Display) {
        let (count, places) = self.found.entry(found).or_default();
        *count += 1;
        if places.len() < PLACES {
            places.push(place.to_string());
        }
    }

    /// How often something was found.
    pub fn count(&self, found: Found) -> u64 {
        self.found.get(&found).map_or(0, |(count, _)| *count)
    }

    /// How many rows were not used.
    pub fn refused(&self) -> u64 {
        self.found.iter().filter(|(found, _)| !found.is_repaired()).map(|(_, (count, _))| count).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |count: u64, noun| counted(usize::try_from(count).unwrap_or(usize::MAX), noun);
        write!(out, "{} taken from {}", count(self.taken, "row"), count(self.files, "file"))?;
        for (found, (number, places)) in &self.found {
            let verb = if found.is_repaired() { "repaired" } else { "refused" };
            let mut places = places.join(", ");
            let more = number.saturating_sub(PLACES as u64);
            if more > 0 {
                write!(places, " and {more} more")?;
            }
            write!(out, "\n{verb} {number}: {} ({places})", found.words())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_the_first_places_and_counts_the_rest() {
        let mut report = Report { files: 1, taken: 3, ..Report::default() };
        report.note(Found::Fell, "a.csv", 9);
        (1..=7).for_each(|line| report.note(Found::FailedRead, "a.csv", line));
        assert_eq!(report.refused(), 7);
        let expected = "3 rows taken from 1 file\n\
            repaired 1: a counter that wrapped or began anew, counted on (a.csv:9)\n\
            refused 7: a failed read, all zero (a.csv:1, a.csv:2, a.csv:3, a.csv:4, a.csv:5 and 2 more)";
        assert_eq!(report.to_string(), expected);
    }
}
