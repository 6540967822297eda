use std::time::Duration;

use super::Context;
use super::read::Group;
use super::time::{KEEP, LOG_EVERY};
use crate::csvlog::Settings;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The running CSV log: `csv`. There is none unless it is asked for.
pub(super) fn read(root: &mut Group<'_>, context: &Context<'_>) -> Option<Settings> {
    let mut group = root.take("csv")?.group()?;
    let path = group.take("path");
    if path.is_none() {
        group.missing("path", "the directory for the files is needed");
    }
    let path = path.and_then(|entry| entry.text());
    let every = group.take("every").and_then(|entry| LOG_EVERY.read(&entry));
    let keep = group.take("keep").and_then(|entry| KEEP.read(&entry));
    group.finish();
    Some(Settings {
        path: context.directory.join(path?),
        every: every.unwrap_or(MINUTE),
        keep: keep.unwrap_or(400 * DAY),
    })
}
