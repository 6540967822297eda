//! What of a box's own log has been seen, so that each entry is told once.
//!
//! A log is read as a whole again and again. In between, the box appends to it and drops the oldest entries; at a reboot
//! it may clear it, or come back with an older copy. Entries with a time are recognised wherever they turn up; those that
//! the box wrote before it knew the time look like those of the last reboot, and are recognised by their place.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::keeper::Keeper;
use crate::model::{EventKind, LogEntry};

/// How many entries of a log are looked at: the latest.
const LOOKED_AT: usize = 256;

/// How many entries are remembered.
const REMEMBERED: usize = 512;

/// How many entries of one reading are told one by one: the latest.
const TOLD_AT_ONCE: usize = 20;

/// The entries that a log has had, oldest first, as digests: what a box writes into its log is not kept on our disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub(crate) struct Trail(Vec<Mark>);

/// The digest of an entry.
type Mark = [u8; 8];

/// An entry of the log as it was read now.
#[derive(Debug)]
struct Line<'a> {
    entry: &'a LogEntry,
    mark: Mark,
}

impl Line<'_> {
    /// Whether there can hardly be another one like it.
    const fn is_unique(&self) -> bool {
        self.entry.time.is_some()
    }
}

impl Trail {
    /// Of a log that is read for the first time: everything in it is old.
    pub(crate) fn beginning(log: &[LogEntry]) -> Self {
        let mut trail = Self::default();
        trail.extend(lines(log).map(|line| line.mark));
        trail
    }

    /// Takes in what the log holds now. Gives what is new in it, oldest first.
    pub(crate) fn follow<'a>(&mut self, log: &'a [LogEntry]) -> Vec<&'a LogEntry> {
        let lines: Vec<_> = lines(log).collect();
        let known = self.known(&lines);
        let rest = lines.iter().skip(known);
        let fresh: Vec<_> = if rest.clone().any(|line| line.is_unique() && self.0.contains(&line.mark)) {
            self.beyond_count(&lines, known)
        } else {
            rest.collect()
        };
        self.extend(fresh.iter().map(|line| line.mark));
        fresh.into_iter().map(|line| line.entry).collect()
    }

    /// How many of the first lines have been seen: they stand in the trail in a row. Lines without a time prove nothing
    /// by themselves, unless the trail ends with them.
    fn known(&self, lines: &[Line<'_>]) -> usize {
        let run = |start: usize| {
            let pairs = self.0.iter().skip(start).zip(lines);
            let run = pairs.take_while(|(mark, line)| **mark == line.mark).count();
            let is_certain = lines.iter().take(run).any(Line::is_unique) || start + run == self.0.len();
            if is_certain { run } else { 0 }
        };
        (0..self.0.len()).map(run).max().unwrap_or(0)
    }

    /// What is new in a log that does not simply go on: what it has more often than the trail.
    fn beyond_count<'l, 'a>(&self, lines: &'l [Line<'a>], known: usize) -> Vec<&'l Line<'a>> {
        let mut seen = HashMap::<Mark, usize>::new();
        for mark in &self.0 {
            *seen.entry(*mark).or_default() += 1;
        }
        let mut fresh = Vec::new();
        for (place, line) in lines.iter().enumerate() {
            let left = seen.entry(line.mark).or_default();
            if *left > 0 {
                *left -= 1;
            } else if place >= known {
                fresh.push(line);
            }
        }
        fresh
    }

    fn extend(&mut self, marks: impl Iterator<Item = Mark>) {
        self.0.extend(marks);
        self.0.drain(..self.0.len().saturating_sub(REMEMBERED));
    }
}

impl Keeper {
    /// Takes in what the box's own log holds: what is new in it is told.
    pub(super) fn read_log(&mut self, log: &[LogEntry]) {
        let Some(trail) = &mut self.trail else {
            self.trail = Some(Trail::beginning(log));
            return;
        };
        let fresh = trail.follow(log);
        let left_out = fresh.len().saturating_sub(TOLD_AT_ONCE);
        self.news.extend((left_out > 0).then_some(EventKind::LogFlood { left_out }));
        self.news.extend(fresh.into_iter().skip(left_out).cloned().map(EventKind::BoxLog));
    }
}

/// The latest lines, oldest first.
fn lines(log: &[LogEntry]) -> impl Iterator<Item = Line<'_>> {
    log.iter().skip(log.len().saturating_sub(LOOKED_AT)).map(|entry| Line { entry, mark: mark(entry) })
}

fn mark(entry: &LogEntry) -> Mark {
    let LogEntry { time, severity, code, text } = entry;
    let mut hash = Sha256::new();
    for part in [time.as_deref(), Some(severity.word()), code.as_deref(), Some(text)] {
        // The length keeps "ab" + "c" apart from "a" + "bc", and what is missing from what is empty.
        hash.update(part.map_or(u64::MAX, |part| part.len() as u64).to_be_bytes());
        hash.update(part.unwrap_or_default());
    }
    let mut mark = Mark::default();
    mark.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
    mark
}

impl From<Trail> for String {
    fn from(trail: Trail) -> Self {
        hex::encode(trail.0.as_flattened())
    }
}

/// What cannot be read is forgotten.
impl From<String> for Trail {
    fn from(text: String) -> Self {
        let bytes = hex::decode(text).unwrap_or_default();
        Self(bytes.as_chunks().0.to_vec())
    }
}

#[cfg(test)]
#[path = "trail_tests.rs"]
mod tests;
