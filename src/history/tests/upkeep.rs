//! What becomes of samples.

use std::time::Duration;

use super::home::{DATE, Home, at, gauge, grown, modem, piece, tick};
use crate::history::{Archive, Bucket, DayFilter, Import, ImportedHour, Period, Retention, Sampled, Series};
use crate::history::{Step, Store, Tick};
use crate::model::Subject;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn all() -> Period {
    Period { from: at(-1000 * DAY), to: at(1000 * DAY) }
}

fn readings(second: i64) -> Tick {
    let samples = vec![grown(10), gauge(f64::from(i32::try_from(second / 60 % 60).unwrap()))];
    Tick { samples, pieces: vec![(Subject::Router, piece(10, 0))], ..tick(second) }
}

fn series(archive: &Archive, metric: &str) -> Series {
    archive.series().unwrap().into_iter().find(|series| series.metric == metric).unwrap()
}

fn buckets(archive: &Archive, metric: &str, step: Step) -> Vec<Bucket> {
    let mut found = Vec::new();
    archive.buckets(&series(archive, metric), step, all(), |bucket| found.push(bucket)).unwrap();
    found
}

fn samples(archive: &Archive, metric: &str) -> usize {
    let mut found = 0;
    archive.samples(&series(archive, metric), all(), |_, _| found += 1).unwrap();
    found
}

async fn hours_of(store: &Store, hours: std::ops::Range<i64>) {
    for minute in hours.start * 60..hours.end * 60 {
        store.commit(readings(minute * 60)).await.unwrap();
    }
    // What the last one led to is done, too.
    store.settled().await.unwrap();
}

#[tokio::test]
async fn hours_and_days_are_what_their_samples_come_to() {
    let home = Home::new();
    let store = home.open();
    hours_of(&store, 0..37).await;
    let archive = Archive::open(&home.path()).unwrap();
    let hours = buckets(&archive, "snr", Step::Hour);
    assert_eq!(hours.len(), 37, "the one that is not over included");
    let mean = Bucket { from: at(5 * HOUR), samples: 60, low: 0.0, high: 59.0, total: 1770.0 };
    assert_eq!((hours[5], hours[5].mean()), (mean, 29.5));
    let days = buckets(&archive, "received", Step::Day);
    let totals: Vec<_> = days.iter().map(|day| (day.from, day.samples, day.total)).collect();
    assert_eq!(totals[..2], [(at(-12 * HOUR), 720, 7200.0), (at(12 * HOUR), 1440, 14_400.0)]);
}

#[tokio::test]
async fn after_a_time_without_readings_it_goes_on() {
    let home = Home::new();
    let store = home.open();
    hours_of(&store, 0..2).await;
    drop(store);
    let store = home.open();
    hours_of(&store, 700..702).await;
    let archive = Archive::open(&home.path()).unwrap();
    let hours = buckets(&archive, "received", Step::Hour);
    let totals: Vec<_> = hours.iter().map(|hour| (hour.from, hour.total)).collect();
    let full = |hour: i64| (at(hour * HOUR), 600.0);
    assert_eq!(totals, [full(0), full(1), full(700), full(701)]);
}

#[tokio::test]
async fn a_reading_that_comes_late_is_in_its_hour_all_the_same() {
    let home = Home::new();
    let store = home.open();
    hours_of(&store, 0..3).await;
    store.commit(Tick { samples: vec![grown(5)], ..tick(90) }).await.unwrap();
    let archive = Archive::open(&home.path()).unwrap();
    assert_eq!(buckets(&archive, "received", Step::Hour).len(), 3);
    assert_eq!(buckets(&archive, "received", Step::Hour)[0].total, 605.0);
    hours_of(&store, 3..5).await;
    assert_eq!(buckets(&archive, "received", Step::Hour)[0].total, 605.0);
}

#[tokio::test]
async fn samples_go_after_days_and_hours_after_years_and_the_book_never() {
    let home = Home::new();
    let days = |days: u64| Duration::from_secs(days * 24 * 3600);
    let retention = Retention { samples: Some(days(2)), hours: days(4), ..Retention::default() };
    let (store, _) = Store::open(&home.path(), retention, at(0)).unwrap();
    for hour in 0..10 * 24 {
        store.commit(readings(hour * HOUR)).await.unwrap();
    }
    store.settled().await.unwrap();
    let archive = Archive::open(&home.path()).unwrap();
    assert_eq!(samples(&archive, "received"), 48 + 1, "two days, and the hour that they end in");
    assert_eq!(buckets(&archive, "received", Step::Day).len(), 11, "all days");
    let hours = buckets(&archive, "received", Step::Hour).len();
    assert!((4 * 24..=5 * 24).contains(&hours), "{hours}");
    let used = store.recall(&modem(), DATE).unwrap().days[0].amounts.total();
    assert_eq!(used, 2400);
}

#[tokio::test]
async fn a_clock_that_is_wrong_for_a_moment_costs_little() {
    let home = Home::new();
    let store = home.open();
    hours_of(&store, 0..1).await;
    for day in 1..5 {
        store.commit(readings(day * DAY)).await.unwrap();
    }
    store.commit(Tick { samples: vec![grown(1)], ..tick(500 * DAY) }).await.unwrap();
    store.settled().await.unwrap();
    let archive = Archive::open(&home.path()).unwrap();
    assert!(samples(&archive, "received") >= 5, "more than the oldest day is there");
}

#[tokio::test]
async fn a_file_that_is_too_large_gives_up_samples_first_and_stays_within_its_bound() {
    let home = Home::new();
    let retention = Retention { max_size: 60_000, ..Retention::default() };
    let (store, _) = Store::open(&home.path(), retention, at(0)).unwrap();
    hours_of(&store, 0..48).await;
    let size = store.health().borrow().size;
    let archive = Archive::open(&home.path()).unwrap();
    assert!(size <= 60_000 && samples(&archive, "received") < 48 * 60, "{size}");
    let total: f64 = buckets(&archive, "received", Step::Hour).iter().map(|hour| hour.total).sum();
    assert_eq!(total, 48.0 * 600.0, "no hour is given up while there are samples");
}

#[tokio::test]
async fn without_history_there_is_still_the_book() {
    let home = Home::new();
    let retention = Retention { samples: None, ..Retention::default() };
    let (store, _) = Store::open(&home.path(), retention, at(0)).unwrap();
    hours_of(&store, 0..3).await;
    assert!(Archive::open(&home.path()).unwrap().series().unwrap().is_empty());
    assert_eq!(store.recall(&modem(), DATE).unwrap().days[0].amounts.total(), 1800);
}

#[tokio::test]
async fn an_import_twice_is_the_same_as_once_and_takes_nothing_away() {
    let home = Home::new();
    let store = home.open();
    hours_of(&store, 0..3).await;
    let mut row = store.recall(&modem(), DATE).unwrap().days.remove(0);
    row.amounts = crate::accounting::Amounts { received: 7, sent: 0, mixed: 0 };
    let hour = |second, amount| ImportedHour {
        subject: Subject::Router,
        metric: "received".into(),
        at: at(second),
        values: vec![Sampled::Growth(amount), Sampled::Growth(1)],
    };
    let import = Import {
        source: "logger".into(),
        box_id: modem(),
        hours: vec![hour(-5 * HOUR, 9), hour(0, 1_000_000)],
        days: vec![row],
    };
    for _ in 0..2 {
        store.import(import.clone()).await.unwrap();
    }
    hours_of(&store, 3..5).await;
    let archive = Archive::open(&home.path()).unwrap();
    let totals: Vec<_> = buckets(&archive, "received", Step::Hour).iter().map(|hour| hour.total).collect();
    assert_eq!(totals, [10.0, 600.0, 600.0, 600.0, 600.0, 600.0]);
    let filter = DayFilter { box_id: None, party: None, from: DATE, to: DATE };
    assert_eq!(archive.totals(&filter).unwrap()[0].all().total(), 5 * 600 + 7);
}
