use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why there is no history to work with.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its directory cannot be used.
    #[error(
        "cannot use {path}: {reason}; give 'data', or 'history.path', a place that the bridge may write to"
    )]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// Two writers would undo what the other one notes.
    #[error(
        "{0} is in use by another router2mqtt that is running; stop that one, or give each its own 'history.path'"
    )]
    InUse(PathBuf),
    /// A later version of the bridge wrote it.
    #[error("{0} was written by a later version of router2mqtt; install that one, or move the file away")]
    FromTheFuture(PathBuf),
    /// It is older than what is to be read.
    #[error(
        "{0} was written by an earlier version of router2mqtt; start the bridge once, which brings it up to date"
    )]
    FromThePast(PathBuf),
    /// A database, but of another program.
    #[error("{0} is the database of another program; give 'history.path' a name of its own")]
    Foreign(PathBuf),
    /// What is in it cannot be read.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl StoreError {
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        Self::Unusable { path: path.to_owned(), reason: error.to_string() }
    }

    pub(super) fn sql(path: &Path, error: &rusqlite::Error) -> Self {
        Self::Unusable { path: path.to_owned(), reason: error.to_string() }
    }

    pub(super) fn reading(path: &Path, error: &rusqlite::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), reason: error.to_string() }
    }
}

/// Something that its owner should know about the file, found when it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// It was damaged, and a new one was begun.
    SetAside {
        /// The file.
        path: PathBuf,
        /// Where the damaged one is now.
        aside: PathBuf,
        /// What was wrong with it.
        reason: String,
    },
    /// It was brought to a new version.
    Upgraded {
        /// Where the file of the version before is.
        backup: PathBuf,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetAside { path, aside, reason } => write!(
                out,
                "{} was damaged ({reason}); it is now {}, and a new one was begun",
                path.display(),
                aside.display()
            ),
            Self::Upgraded { backup } => {
                write!(
                    out,
                    "the history was brought to a new version; the one before is {}",
                    backup.display()
                )
            }
        }
    }
}

/// What keeps the history from being written. It is tried again with the next tick; until then nothing is lost but the oldest samples.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}", self.kind.summary(), self.detail)]
pub struct StoreTrouble {
    /// Its kind.
    pub kind: TroubleKind,
    /// What the system says of it, in brackets.
    detail: String,
}

/// The kinds of [`StoreTrouble`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// No room is left.
    DiskFull,
    /// The file, or the file system, may not be written to any more.
    ReadOnly,
    /// Somebody else writes to it for too long.
    Busy,
    /// The disk fails.
    Io,
    /// What is in the file makes no sense.
    Damaged,
    /// Whatever else.
    Other,
}

impl TroubleKind {
    /// What is wrong, in words for the owner.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::DiskFull => "the history cannot be written: the disk is full",
            Self::ReadOnly => "the history cannot be written: the disk or the file is read-only",
            Self::Busy => "the history cannot be written: another program keeps it locked",
            Self::Io => "the history cannot be written: the disk reports errors",
            Self::Damaged => "the history is damaged",
            Self::Other => "the history cannot be written",
        }
    }

    /// What to do about it.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::DiskFull => "make room on the disk; what was counted meanwhile is kept and written then",
            Self::ReadOnly => "let the bridge write to its data directory again",
            Self::Busy => "end the program that has history.db open for writing",
            Self::Io => {
                "look at the system's log; the disk may be about to fail, so make a copy of the data directory"
            }
            Self::Damaged => "restart the bridge: it sets the damaged file aside and begins a new one",
            Self::Other => "look at the log",
        }
    }
}

impl StoreTrouble {
    pub(super) fn new(kind: TroubleKind, detail: &impl fmt::Display) -> Self {
        Self { kind, detail: format!(" ({detail})") }
    }

    /// The thread that writes has ended.
    pub(super) fn ended() -> Self {
        Self { kind: TroubleKind::Other, detail: " (the bridge is stopping)".to_owned() }
    }

    /// What to do about it.
    pub const fn advice(&self) -> &'static str {
        self.kind.advice()
    }
}

impl From<rusqlite::Error> for StoreTrouble {
    fn from(error: rusqlite::Error) -> Self {
        let kind = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => TroubleKind::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                TroubleKind::ReadOnly
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => TroubleKind::Busy,
            Some(ErrorCode::SystemIoFailure) => TroubleKind::Io,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => TroubleKind::Damaged,
            _ => TroubleKind::Other,
        };
        Self::new(kind, &error)
    }
}

/// How the history is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreHealth {
    /// What is wrong, while something is.
    pub trouble: Option<StoreTrouble>,
    /// The damaged file that was set aside when the bridge started.
    pub set_aside: Option<PathBuf>,
    /// How much the file takes, in bytes.
    pub size: u64,
    /// How many samples were given up because they could not be written.
    pub given_up: u64,
}
