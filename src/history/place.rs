//! The file: made, opened, brought up to date, or set aside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, MAIN_DB, OpenFlags};
use rusqlite_migration::M;

use super::check::{self, Soundness};
use super::schema::{APPLICATION, PAGE, migrate, version};
use super::{Note, StoreError};

/// How many files of earlier versions are kept.
const BACKUPS: usize = 3;

/// How long to wait for another program that writes.
const BUSY: Duration = Duration::from_secs(5);

/// How many statements are kept ready: all that there are.
const STATEMENTS: usize = 64;

/// Opens the file, which is made if need be, and brings it to the last of these versions.
pub(super) fn open(
    path: &Path,
    versions: &[M<'_>],
    now: Timestamp,
) -> Result<(Connection, Vec<Note>), StoreError> {
    let mut notes = Vec::new();
    if let Some(reason) = damage(path, versions.len())? {
        let aside = set_aside(path, now).map_err(|error| StoreError::io(path, &error))?;
        notes.push(Note::SetAside { path: path.to_owned(), aside, reason });
    }
    make(path).map_err(|error| StoreError::io(path, &error))?;
    let unusable = |error| StoreError::sql(path, &error);
    let mut db = Connection::open(path).map_err(unusable)?;
    prepare(&db).map_err(unusable)?;
    let before = version(&db).map_err(unusable)?;
    if before > 0 && before < versions.len() {
        let backup = back_up(&db, path, before).map_err(unusable)?;
        notes.push(Note::Upgraded { backup });
    }
    migrate(&mut db, versions)
        .map_err(|error| StoreError::Unusable { path: path.to_owned(), reason: error.to_string() })?;
    Ok((db, notes))
}

/// A database in memory, which ends with the process.
pub(super) fn fleeting(versions: &[M<'_>]) -> Result<Connection, StoreError> {
    let path = Path::new(":memory:");
    let mut db = Connection::open_in_memory().map_err(|error| StoreError::sql(path, &error))?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    migrate(&mut db, versions)
        .map_err(|error| StoreError::Unusable { path: path.to_owned(), reason: error.to_string() })?;
    Ok(db)
}

/// What is wrong with the file, if there is one; it is only read.
fn damage(path: &Path, newest: usize) -> Result<Option<String>, StoreError> {
    if let Some(reason) = check::marked_damaged(path) {
        return Ok(Some(reason));
    }
    match check::looks_like_a_database(path) {
        Ok(true) => {}
        Ok(false) => return Ok(Some("it is not a database".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io(path, &error)),
    }
    let unusable = |error| StoreError::sql(path, &error);
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(unusable)?;
    db.busy_timeout(BUSY).map_err(unusable)?;
    let found = version(&db).and_then(|version| Ok((version, owner(&db)?, is_empty(&db)?)));
    match found {
        Ok((_, _, true)) => return Ok(None),
        Ok((_, owner, _)) if owner != APPLICATION => return Err(StoreError::Foreign(path.to_owned())),
        Ok((version, ..)) if version > newest => return Err(StoreError::FromTheFuture(path.to_owned())),
        Ok(_) => {}
        Err(error) if is_damage(&error) => return Ok(Some(error.to_string())),
        Err(error) => return Err(unusable(error)),
    }
    match check::quickly(&db) {
        Soundness::Sound => Ok(None),
        Soundness::Damaged(reason) => Ok(Some(reason)),
        Soundness::Unfinished => {
            check::at_leisure(path.to_owned());
            Ok(None)
        }
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

fn owner(db: &Connection) -> rusqlite::Result<i32> {
    db.pragma_query_value(None, "application_id", |row| row.get(0))
}

fn is_empty(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// Makes the directory and the file, and sees to it that nobody but the owner can read it: it holds the hardware
/// addresses of the household. SQLite gives its other files the rights of this one.
fn make(path: &Path) -> io::Result<()> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory)?;
    }
    private(path)
}

fn private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

fn prepare(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY)?;
    if is_empty(db)? {
        // What can only be said of an empty file.
        db.pragma_update(None, "page_size", PAGE)?;
        db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        db.pragma_update(None, "application_id", APPLICATION)?;
    }
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "foreign_keys", false)?;
    db.pragma_update(None, "journal_size_limit", 4_000_000)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// Copies a file of an earlier version, with what is still in its journal; only the last few copies are kept.
fn back_up(db: &Connection, path: &Path, version: usize) -> rusqlite::Result<PathBuf> {
    let copy = beside(path, &format!(".v{version}.backup"));
    let refused = |error: io::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
    // What was left of an attempt that came to nothing.
    drop(fs::remove_file(&copy));
    private(&copy).map_err(refused)?;
    db.backup(MAIN_DB, &copy, None)?;
    let older = (1..version).rev().map(|version| beside(path, &format!(".v{version}.backup")));
    for old in older.filter(|copy| copy.exists()).skip(BACKUPS - 1) {
        fs::remove_file(old).map_err(refused)?;
    }
    Ok(copy)
}

/// Gives the file another name, with its journal.
fn set_aside(path: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let aside = beside(path, &format!(".damaged-{}", now.as_second()));
    // The journal first: beside a new file it would be taken for the new file's.
    for part in ["-damaged", "-wal", "-shm", ""] {
        match fs::rename(beside(path, part), beside(&aside, part)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

/// A file whose name is that of another one, and more.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
