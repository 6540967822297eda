//! kill -9 at any moment: nothing that was acknowledged is lost, nothing is counted twice, and the file is sound.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![allow(clippy::float_cmp, clippy::cast_precision_loss, reason = "sums of whole numbers")]

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::date;
use router2mqtt::accounting::{Amounts, Band, Piece};
use router2mqtt::history::{Archive, Period, Retention, Sample, Sampled, SavedCounter, Store, Tick};
use router2mqtt::model::{BoxId, Subject};
use rusqlite::Connection;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

/// Where the child writes.
const FILE: &str = "ROUTER2MQTT_TEST_HISTORY";

/// How often it is killed.
const KILLS: u32 = 200;

/// A poll every ten minutes, so that hours and days end while it runs.
const STEP: i64 = 600;
const BEGIN: i64 = 1_790_000_000;

const BOXES: [&str; 2] = ["attic", "cellar"];

fn box_id(name: &str) -> BoxId {
    name.parse().unwrap()
}

fn at(number: u64) -> Timestamp {
    Timestamp::from_second(BEGIN + i64::try_from(number).unwrap() * STEP).unwrap()
}

/// What the ticks up to this one come to.
const fn sum(number: u64) -> u64 {
    number * (number + 1) / 2
}

fn open(path: &Path) -> Store {
    let samples = Some(Duration::from_secs(24 * 3600));
    Store::open(path, Retention { samples, ..Retention::default() }, at(0)).unwrap().0
}

/// The number of the last tick of a box that is in the file, and what the book says.
fn state(store: &Store, name: &str) -> (u64, u64) {
    let recalled = store.recall(&box_id(name), date(2026, 1, 1)).unwrap();
    let number = recalled.counters.first().map_or(0, |counter| counter.state.parse().unwrap());
    (number, recalled.days.iter().map(|day| day.amounts.total()).sum())
}

fn tick(name: &str, number: u64) -> Tick {
    let day = i8::try_from(number / 144 % 28).unwrap() + 1;
    let piece = Piece {
        date: date(2026, 11, day),
        band: if number.is_multiple_of(2) { Band::OnPeak } else { Band::OffPeak },
        free: number.is_multiple_of(3),
        from: at(number - 1),
        to: at(number),
        amounts: Amounts { received: number, sent: 0, mixed: 0 },
        gap_seconds: 0,
    };
    let counter = SavedCounter {
        subject: Subject::Router,
        metric: "received".into(),
        part: String::new(),
        state: number.to_string(),
    };
    let sample = Sample { subject: Subject::Router, metric: "received", value: Sampled::Growth(number) };
    Tick {
        samples: vec![sample],
        counters: vec![counter],
        pieces: vec![(Subject::Router, piece)],
        ..Tick::new(box_id(name), at(number))
    }
}

/// Whoever is behind catches up first, then both go on together: a box that is a day behind the other has its samples
/// given up for their age before they are written, which is right, and not what this is about.
async fn write(store: Store) {
    let mut numbers = BOXES.map(|name| state(&store, name).0);
    loop {
        let behind = numbers[0].min(numbers[1]);
        let write = async |index: usize| {
            if numbers[index] == behind {
                write_one(&store, BOXES[index], behind + 1).await;
            }
        };
        tokio::join!(write(0), write(1));
        numbers = numbers.map(|number| number.max(behind + 1));
    }
}

async fn write_one(store: &Store, name: &str, number: u64) {
    if number.is_multiple_of(7) {
        store.note_document(name, number.to_string());
    }
    store.commit(tick(name, number)).await.unwrap();
    let mut out = std::io::stdout().lock();
    writeln!(out, "acknowledged {name} {number}").unwrap();
    out.flush().unwrap();
}

/// Not a test, but the child of the one below.
#[tokio::test]
#[ignore = "it is what another test starts, and ends only when it is killed"]
async fn the_child_that_is_killed() {
    write(open(std::env::var_os(FILE).expect("started by hand").as_ref())).await;
}

/// Starts a child, kills it after a while, and gives back what was acknowledged last, box by box.
async fn run_and_kill(path: &Path, after: Duration) -> [u64; 2] {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "the_child_that_is_killed", "--nocapture"])
        .env(FILE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = [0; 2];
    let listen = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            note(&line, &mut last);
        }
    };
    assert!(timeout(after, listen).await.is_err(), "the child ended by itself");
    child.kill().await.unwrap();
    while let Some(line) = lines.next_line().await.unwrap() {
        note(&line, &mut last);
    }
    last
}

fn note(line: &str, last: &mut [u64; 2]) {
    let words: Vec<_> = line.split(' ').collect();
    if let ["acknowledged", name, number] = words.as_slice() {
        last[BOXES.iter().position(|known| known == name).unwrap()] = number.parse().unwrap();
    }
}

fn assert_sound(path: &Path) {
    let db = Connection::open(path).unwrap();
    let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}

/// Every hour of every series, made of whatever is left of it, comes to what was written.
fn assert_complete(path: &Path, numbers: [u64; 2]) {
    let archive = Archive::open(path).unwrap();
    let all = Period { from: Timestamp::UNIX_EPOCH, to: at(1_000_000) };
    for series in archive.series().unwrap() {
        let number = numbers[BOXES.iter().position(|name| *name == series.box_id.as_str()).unwrap()];
        let total: f64 = archive.hours(&series, all).unwrap().iter().map(|hour| hour.total).sum();
        assert_eq!(total, sum(number) as f64, "{}: the hours of {number} ticks", series.box_id);
        let mut last = None;
        archive.samples(&series, all, |at, sampled| last = Some((at, sampled))).unwrap();
        assert_eq!(last, Some((at(number), Sampled::Growth(number))));
    }
}

#[tokio::test]
async fn nothing_that_was_acknowledged_is_lost_and_nothing_is_counted_twice() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.db");
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let mut acknowledged = [0; 2];
    for round in 0..KILLS {
        let after = Duration::from_millis(random.u64(1..150));
        let last = run_and_kill(&path, after).await;
        for (known, last) in acknowledged.iter_mut().zip(last) {
            *known = last.max(*known);
        }
        if !path.exists() {
            continue;
        }
        if random.bool() {
            // Otherwise the next child is the one who finds the journal.
            assert_sound(&path);
        }
        let store = open(&path);
        assert_eq!(store.health().borrow().set_aside, None, "round {round}");
        let mut numbers = [0; 2];
        for (index, name) in BOXES.iter().enumerate() {
            let (number, book) = state(&store, name);
            assert!(number >= acknowledged[index], "round {round}: {number} of {acknowledged:?}");
            assert_eq!(book, sum(number), "round {round}: the book of {number} ticks");
            let document = store.document(name).map_or(0, |text| text.parse().unwrap());
            assert!(document >= number / 7 * 7, "round {round}: document {document} of {number} ticks");
            numbers[index] = number;
        }
        drop(store);
        if round % 10 == 0 || round + 1 == KILLS {
            assert_complete(&path, numbers);
        }
    }
    println!("{acknowledged:?} ticks were acknowledged in {KILLS} lives");
    assert!(
        acknowledged.iter().all(|number| *number > u64::from(KILLS)),
        "{acknowledged:?}: too few to mean anything"
    );
}
