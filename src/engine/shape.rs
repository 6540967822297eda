use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Item, Row, Subject, Value, catalog};

/// What a box has: its subjects, and the metrics each of them has ever had a value for.
///
/// Readers announce the shape, not the readings: a value that is missing today is *unknown*, not gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape(BTreeMap<Subject, Known>);

/// What is known of one subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// What the box, or its owner, calls it.
    pub label: Option<String>,
    /// The metrics it has, by key.
    pub rows: BTreeMap<&'static str, &'static Row>,
    /// When it was last seen.
    pub seen: Timestamp,
}

impl Shape {
    /// The subjects, with what is known of them.
    pub fn iter(&self) -> impl Iterator<Item = (&Subject, &Known)> {
        self.0.iter()
    }

    /// What is known of one subject.
    pub fn get(&self, subject: &Subject) -> Option<&Known> {
        self.0.get(subject)
    }

    /// Whether nothing is known yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Learns from what was just read: a metric exists once it has had a value, and so does the reason for it. A verdict
    /// exists from the moment on that one is being thought about.
    pub fn learn(&mut self, subject: &Subject, item: &Item, now: Timestamp) {
        let exists = |(row, value): &(&'static Row, Option<&Value>)| value.is_some() || row.reason.is_some();
        let rows = item.iter().filter(exists).map(|(row, _)| row);
        let reason = |row: &'static Row| row.reason.and_then(|key| catalog::find(subject.kind(), key));
        let mut rows = rows.flat_map(|row| [Some(row), reason(row)]).flatten().peekable();
        if rows.peek().is_none() && !self.0.contains_key(subject) {
            return;
        }
        let known = self.0.entry(subject.clone()).or_default();
        known.rows.extend(rows.map(|row| (row.key, row)));
        known.seen = now;
        if item.label.is_some() {
            known.label.clone_from(&item.label);
        }
    }

    /// Adds what is remembered from an earlier run.
    pub fn remember(&mut self, subject: Subject, known: Known) {
        self.0.entry(subject).or_insert(known);
    }

    /// Forgets the subjects that `keep` does not want.
    pub fn retain(&mut self, mut keep: impl FnMut(&Subject, &Known) -> bool) {
        self.0.retain(|subject, known| keep(subject, known));
    }

    /// Forgets what has not been seen for so long, except the box itself.
    pub fn forget_unseen(&mut self, now: Timestamp, patience: impl Fn(&Subject) -> SignedDuration) {
        self.0.retain(|subject, known| {
            *subject == Subject::Router || now.duration_since(known.seen) <= patience(subject)
        });
    }
}
