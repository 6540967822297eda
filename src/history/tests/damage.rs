//! Files that are not as they should be.

use std::fs;

use rusqlite_migration::M;

use super::home::{DATE, Home, at, counter, grown, modem, piece, tick};
use crate::history::place::{self, beside};
use crate::history::schema::VERSIONS;
use crate::history::{Archive, Note, Retention, Store, StoreError, Tick};
use crate::model::Subject;

fn full(second: i64) -> Tick {
    Tick {
        samples: (0..200).map(grown).collect(),
        counters: vec![counter("received", "1")],
        pieces: vec![(Subject::Router, piece(1, 1))],
        ..tick(second)
    }
}

/// A home with a file of many pages.
async fn lived_in() -> Home {
    let home = Home::new();
    let store = home.open();
    for minute in 0..600 {
        store.note_document(&format!("document {minute}"), "text ".repeat(50));
        store.commit(full(minute * 60)).await.unwrap();
    }
    drop(store);
    home
}

fn assert_set_aside(home: &Home, content: &[u8]) {
    let (store, notes) = home.try_open().unwrap();
    let aside = beside(&home.path(), ".damaged-1795176000");
    assert!(matches!(notes.as_slice(), [Note::SetAside { aside: kept, .. }] if *kept == aside), "{notes:?}");
    assert_eq!(store.health().borrow().set_aside.as_ref(), Some(&aside));
    assert_eq!(fs::read(aside).unwrap(), content);
    assert!(store.recall(&modem(), DATE).unwrap().counters.is_empty());
    store.put_now(&[("a".into(), "b".into())]).unwrap();
    drop(store);
    assert_eq!(home.open().document("a").as_deref(), Some("b"));
}

#[tokio::test]
async fn a_file_whose_end_is_missing_is_set_aside() {
    let home = lived_in().await;
    let content = fs::read(home.path()).unwrap();
    let half = &content[..content.len() / 2];
    fs::write(home.path(), half).unwrap();
    assert_set_aside(&home, half);
}

#[tokio::test]
async fn a_file_with_pages_that_were_overwritten_is_set_aside() {
    let home = lived_in().await;
    let mut content = fs::read(home.path()).unwrap();
    let middle = content.len() / 2;
    for byte in &mut content[middle..middle + 8192] {
        *byte = 0xA5;
    }
    fs::write(home.path(), &content).unwrap();
    assert_set_aside(&home, &content);
}

#[test]
fn what_is_no_database_is_set_aside_with_its_journal() {
    let home = Home::new();
    fs::write(home.path(), "some text that is no database").unwrap();
    fs::write(beside(&home.path(), "-wal"), "its journal").unwrap();
    assert_set_aside(&home, b"some text that is no database");
    let journal = beside(&home.path(), ".damaged-1795176000-wal");
    assert_eq!(fs::read_to_string(journal).unwrap(), "its journal");
}

#[test]
fn a_file_that_was_found_damaged_while_the_bridge_ran_is_set_aside_at_the_next_start() {
    let home = Home::new();
    drop(home.open());
    let content = fs::read(home.path()).unwrap();
    crate::history::check::mark_damaged(&home.path(), "a page is gone");
    assert_set_aside(&home, &content);
    assert!(home.try_open().unwrap().1.is_empty(), "once is enough");
}

#[test]
fn an_empty_file_is_as_good_as_none() {
    let home = Home::new();
    fs::write(home.path(), "").unwrap();
    let (store, notes) = home.try_open().unwrap();
    assert!(notes.is_empty());
    store.put_now(&[("a".into(), "b".into())]).unwrap();
}

#[test]
fn a_file_of_a_later_version_is_refused_and_not_touched() {
    let home = Home::new();
    drop(home.open());
    rusqlite::Connection::open(home.path()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let content = fs::read(home.path()).unwrap();
    let refusal = home.try_open().unwrap_err();
    assert!(matches!(refusal, StoreError::FromTheFuture(_)), "{refusal}");
    assert!(matches!(Archive::open(&home.path()), Err(StoreError::FromTheFuture(_))));
    assert_eq!(fs::read(home.path()).unwrap(), content);
}

#[test]
fn the_database_of_another_program_is_refused_and_not_touched() {
    let home = Home::new();
    let other = rusqlite::Connection::open(home.path()).unwrap();
    other.execute_batch("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1);").unwrap();
    drop(other);
    let content = fs::read(home.path()).unwrap();
    assert!(matches!(home.try_open(), Err(StoreError::Foreign(_))));
    assert_eq!(fs::read(home.path()).unwrap(), content);
}

#[tokio::test]
async fn a_file_of_an_earlier_version_is_copied_and_brought_up_to_date() {
    let home = Home::new();
    let store = home.open();
    store.commit(full(0)).await.unwrap();
    drop(store);
    let next = M::up("ALTER TABLE event ADD COLUMN more TEXT;");
    let versions = [VERSIONS, &[next]].concat();
    let (db, notes) = place::open(&home.path(), &versions, at(0)).unwrap();
    db.execute("INSERT INTO event (at, box, kind, detail, more) VALUES (1, '', '', '', '')", []).unwrap();
    drop(db);
    let backup = beside(&home.path(), ".v1.backup");
    assert_eq!(notes, [Note::Upgraded { backup: backup.clone() }]);
    assert!(matches!(home.try_open(), Err(StoreError::FromTheFuture(_))));

    // The copy is whole: whoever goes back to the version before has everything.
    fs::rename(&backup, home.path()).unwrap();
    let recalled = home.open().recall(&modem(), DATE).unwrap();
    assert_eq!((recalled.counters.len(), recalled.days.len()), (1, 1));
}

#[test]
fn of_the_copies_only_the_last_few_are_kept() {
    let home = Home::new();
    drop(home.open());
    let mut versions = VERSIONS.to_vec();
    for table in 2..=6 {
        let sql: &'static str = Box::leak(format!("CREATE TABLE more_{table} (a);").into_boxed_str());
        versions.push(M::up(sql));
        place::open(&home.path(), &versions, at(0)).unwrap();
    }
    let copies: Vec<_> = home.files().into_iter().filter(|name| name.ends_with("backup")).collect();
    assert_eq!(copies, ["history.db.v3.backup", "history.db.v4.backup", "history.db.v5.backup"]);
}

#[test]
fn a_file_belongs_to_one_writer_at_a_time() {
    let home = Home::new();
    let first = home.open();
    assert!(matches!(home.try_open(), Err(StoreError::InUse(_))));
    drop(first);
    home.open();
}

#[test]
fn a_place_that_cannot_be_used_is_named() {
    let refusal = Store::open("/proc/nowhere/history.db".as_ref(), Retention::default(), at(0)).unwrap_err();
    let words = refusal.to_string();
    assert!(
        words.contains("cannot use /proc/nowhere/history.db") && words.contains("history.path"),
        "{words}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    fs::write(home.path(), "").unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o644)).unwrap();
    let store = home.open();
    store.commit(full(0)).await.unwrap();
    for name in ["history.db", "history.db-wal", "history.db-shm"] {
        let mode = fs::metadata(home.path().with_file_name(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
