//! A disk that refuses is a state.

use super::home::{DATE, Home, counter, grown, modem, piece, tick};
use crate::history::{Archive, Period, Retention, Store, StoreTrouble, Tick, TroubleKind};
use crate::model::Subject;

fn full(second: i64) -> Tick {
    Tick {
        samples: (0..100).map(grown).chain([grown(1)]).collect(),
        counters: vec![counter("received", &second.to_string())],
        pieces: vec![(Subject::Router, piece(10, 1))],
        ..tick(second)
    }
}

/// Fills a store until the disk refuses, makes room, and looks whether anything is missing, or there twice.
async fn fill(store: &Store, more_room: impl AsyncFnOnce()) -> StoreTrouble {
    let mut ticks = 0;
    let trouble = loop {
        ticks += 1;
        store.note_document(&format!("document {ticks}"), "text ".repeat(2000));
        if let Err(trouble) = store.commit(full(ticks * 60)).await {
            break trouble;
        }
        assert!(ticks < 10_000, "the disk never was full");
    };
    assert_eq!(store.health().borrow().trouble.as_ref().map(|trouble| trouble.kind), Some(trouble.kind));
    for _ in 0..5 {
        ticks += 1;
        store.commit(full(ticks * 60)).await.unwrap_err();
    }
    more_room().await;
    ticks += 1;
    store.commit(full(ticks * 60)).await.unwrap();
    assert_eq!(store.health().borrow().trouble, None);
    let recalled = store.recall(&modem(), DATE).unwrap();
    assert_eq!(recalled.counters, [counter("received", &(ticks * 60).to_string())]);
    let used = recalled.days.iter().map(|day| day.amounts.total()).sum::<u64>();
    assert_eq!(used, ticks.unsigned_abs() * 11);
    assert!(store.document(&format!("document {}", ticks - 1)).is_none());
    assert!(store.document(&format!("document {}", ticks - 6)).is_some());
    trouble
}

#[tokio::test]
async fn a_full_file_loses_nothing_and_counts_nothing_twice() {
    let home = Home::new();
    let store = home.open();
    store.limit_pages(1500);
    let trouble = fill(&store, async || store.limit_pages(1_000_000)).await;
    assert_eq!(trouble.kind, TroubleKind::DiskFull);
    assert!(trouble.to_string().contains("the disk is full"), "{trouble}");
    let archive = Archive::open(&home.path()).unwrap();
    let all = Period { from: super::home::at(0), to: super::home::at(1_000_000) };
    let mut samples = 0;
    archive.samples(&archive.series().unwrap()[0], all, |_, _| samples += 1).unwrap();
    let counter = store.recall(&modem(), DATE).unwrap().counters[0].state.parse::<u64>().unwrap();
    assert_eq!(samples, counter / 60, "one series has one sample a tick");
}

/// With a real disk of two megabytes, which takes the rights to mount one.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_a_state() {
    let directory = tempfile::tempdir().unwrap();
    let mount = |command: &str, arguments: &[&str]| {
        let outcome = std::process::Command::new(command).args(arguments).arg(directory.path()).output();
        outcome.is_ok_and(|outcome| outcome.status.success())
    };
    if !mount("mount", &["-t", "tmpfs", "-o", "size=2m", "none"]) {
        println!("not run: it takes the rights to mount a disk");
        return;
    }
    let path = directory.path().join("history.db");
    let ballast = directory.path().join("ballast");
    std::fs::write(&ballast, vec![0; 500_000]).unwrap();
    let (store, _) = Store::open(&path, Retention::default(), super::home::at(0)).unwrap();
    let trouble = fill(&store, async || std::fs::remove_file(&ballast).unwrap()).await;
    drop(store);
    assert!(mount("umount", &[]));
    assert!(matches!(trouble.kind, TroubleKind::DiskFull | TroubleKind::Io), "{trouble}");
}

#[tokio::test]
async fn a_file_that_may_not_be_written_to_any_more_is_a_state() {
    let home = Home::new();
    let store = home.open();
    store.commit(full(0)).await.unwrap();
    store.forbid_writing(true);
    let trouble = store.commit(full(60)).await.unwrap_err();
    assert_eq!(trouble.kind, TroubleKind::ReadOnly);
    store.forbid_writing(false);
    store.commit(full(120)).await.unwrap();
    let recalled = store.recall(&modem(), DATE).unwrap();
    assert_eq!(recalled.days[0].amounts.total(), 33);
}
