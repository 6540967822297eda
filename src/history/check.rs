//! Whether a file is sound.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::place::beside;

/// How long the start of the bridge waits for the check of everything; after that it goes on beside the bridge.
const PATIENCE: Duration = Duration::from_millis(200);

/// What the bridge begins with, and never gives up: it is small, and always looked through to its end.
const ESSENTIALS: [&str; 6] = ["subject", "series", "counter", "book", "document", "mark"];

/// What a check came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Soundness {
    Sound,
    /// What is wrong.
    Damaged(String),
    /// It takes too long.
    Unfinished,
}

/// Whether what is at the beginning of a file is what SQLite writes there; an empty file is as good as none.
pub(super) fn looks_like_a_database(path: &Path) -> io::Result<bool> {
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";
    let mut start = Vec::new();
    fs::File::open(path)?.take(MAGIC.len() as u64).read_to_end(&mut start)?;
    Ok(start.is_empty() || start == MAGIC)
}

/// Looks through what matters most, and then through the whole file, as long as that takes little time.
pub(super) fn quickly(db: &Connection) -> Soundness {
    let essentials = ESSENTIALS.iter().map(|table| look(db, &format!("PRAGMA quick_check('{table}')")));
    if let Some(damaged) = essentials.into_iter().find(|found| *found != Soundness::Sound) {
        return damaged;
    }
    let interrupt = db.get_interrupt_handle();
    let (done, wait) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            if wait.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                interrupt.interrupt();
            }
        });
        let found = whole(db);
        drop(done);
        found
    })
}

fn whole(db: &Connection) -> Soundness {
    look(db, "PRAGMA quick_check(1)")
}

fn look(db: &Connection, check: &str) -> Soundness {
    let found = db.query_row(check, [], |row| row.get::<_, String>(0));
    match found {
        Ok(verdict) if verdict == "ok" => Soundness::Sound,
        Ok(verdict) => Soundness::Damaged(verdict.lines().last().unwrap_or_default().to_owned()),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Soundness::Unfinished
        }
        Err(error) => Soundness::Damaged(error.to_string()),
    }
}

/// Goes on with a check that took too long, at its leisure and with a connection of its own. What it finds is left for the next start.
pub(super) fn at_leisure(path: PathBuf) {
    let check = move || {
        let Ok(db) = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
            return;
        };
        if let Soundness::Damaged(reason) = whole(&db) {
            tracing::error!("{} is damaged ({reason}); it is set aside at the next start", path.display());
            mark_damaged(&path, &reason);
        }
    };
    if let Err(error) = thread::Builder::new().name("history check".to_owned()).spawn(check) {
        tracing::warn!(%error, "the history could not be checked to its end");
    }
}

/// Leaves word that the file is damaged, so that the next start sets it aside.
pub(super) fn mark_damaged(path: &Path, reason: &str) {
    if let Err(error) = fs::write(beside(path, "-damaged"), reason) {
        tracing::warn!(%error, "cannot leave word that the history is damaged");
    }
}

/// What an earlier run found wrong with the file.
pub(super) fn marked_damaged(path: &Path) -> Option<String> {
    fs::read_to_string(beside(path, "-damaged")).ok()
}
