use std::path::{Path, PathBuf};

use config::ValueKind;

use super::Context;
use super::read::{Entry, Group};
use super::time::KEPT;
use crate::history::Retention;
use crate::model::Bytes;

/// The least that a file can be bound to: less would hold little more than the book.
const SMALLEST: u64 = 10_000_000;

/// Where the history is, and how much of it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The file.
    pub path: PathBuf,
    /// What is kept, and how long.
    pub retention: Retention,
}

/// `history`: on, off, or a group of keys.
pub(super) fn read(root: &mut Group<'_>, context: &Context<'_>, data: &Path) -> History {
    let usual = History { path: data.join("history.db"), retention: Retention::default() };
    let Some(entry) = root.take("history") else {
        return usual;
    };
    if !matches!(entry.kind(), ValueKind::Table(_) | ValueKind::Nil) {
        let is_on = entry.choice(&[("on", true), ("off", false)]).unwrap_or(true);
        let samples = usual.retention.samples.filter(|_| is_on);
        return History { retention: Retention { samples, ..usual.retention }, ..usual };
    }
    let Some(mut group) = entry.group() else {
        return usual;
    };
    let path = group.take("path").and_then(|entry| entry.text());
    let kept = |group: &mut Group<'_>, key| group.take(key).and_then(|entry| KEPT.read(&entry));
    let samples = kept(&mut group, "keep_samples").or(usual.retention.samples);
    let hours = kept(&mut group, "keep_hours").unwrap_or(usual.retention.hours);
    let max_size = group.take("max_size").and_then(|entry| size(&entry)).unwrap_or(usual.retention.max_size);
    if samples.is_some_and(|samples| hours < samples) {
        group.missing("keep_hours", "must not be shorter than 'keep_samples'");
    }
    group.finish();
    History {
        path: path.map_or(usual.path, |path| context.directory.join(path)),
        retention: Retention { samples, hours, max_size },
    }
}

fn size(entry: &Entry<'_>) -> Option<u64> {
    let size = entry.parsed(str::parse::<Bytes>)?.0;
    if size < SMALLEST {
        entry.wrong("at least 10 MB are expected");
        return None;
    }
    Some(size)
}
