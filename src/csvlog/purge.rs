use std::fs;
use std::io;
use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::place::Month;
use super::summary;

/// Takes away the rows of every month that ended so long ago. Its summary stays, and is written first where it is missing.
///
/// # Errors
/// When the disk refuses.
pub(super) fn purge(root: &Path, keep: SignedDuration, now: Timestamp, zone: &TimeZone) -> io::Result<()> {
    for (month, folder) in Month::all(root) {
        let is_old = month.end(zone).is_some_and(|end| now.duration_since(end) > keep);
        if is_old {
            clear(&folder)?;
        }
    }
    Ok(())
}

fn clear(folder: &Path) -> io::Result<()> {
    if !folder.join("summary.csv").exists() || !folder.join("summary.txt").exists() {
        summary::write(folder)?;
    }
    for rows in ["devices", "users"] {
        gone(fs::remove_dir_all(folder.join(rows)))?;
    }
    gone(fs::remove_file(folder.join("total.csv")))
}

fn gone(outcome: io::Result<()>) -> io::Result<()> {
    outcome.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}
