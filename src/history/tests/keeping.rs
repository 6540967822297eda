//! What is committed is there, once.

use super::home::{DATE, Home, at, counter, gauge, grown, modem, phone, piece, tick};
use crate::accounting::Gap;
use crate::history::{Archive, DayFilter, ForgottenCounter, Period, SavedGap, Tick};
use crate::model::{Event, EventKind, Subject};

fn everything(second: i64) -> Tick {
    Tick {
        samples: vec![grown(100), gauge(1.5)],
        counters: vec![counter("received", "{\"total\":1}"), counter("sent", "2")],
        pieces: vec![(Subject::Router, piece(70, 30)), (phone(), piece(7, 3))],
        gaps: vec![SavedGap {
            subject: Subject::Router,
            metric: "received".into(),
            gap: Gap { from: at(second - 60), to: at(second) },
        }],
        quota: Some(serde_json::json!({"topped_up": 5})),
        names: vec![(phone(), "A phone".into())],
        events: vec![Event {
            box_id: modem(),
            at: at(second),
            kind: EventKind::Burst { used: 1, within: 2 },
        }],
        ..tick(second)
    }
}

#[tokio::test]
async fn what_is_committed_is_there_after_a_restart() {
    let home = Home::new();
    let store = home.open();
    store.commit(everything(0)).await.unwrap();
    store.commit(everything(60)).await.unwrap();
    drop(store);

    let recalled = home.open().recall(&modem(), DATE).unwrap();
    assert_eq!(recalled.counters, [counter("received", "{\"total\":1}"), counter("sent", "2")]);
    assert_eq!(recalled.quota, Some(serde_json::json!({"topped_up": 5})));
    let days: Vec<_> =
        recalled.days.iter().map(|day| (&day.party, day.name.as_deref(), day.amounts)).collect();
    let [router, client] = [piece(140, 60).amounts, piece(14, 6).amounts];
    assert_eq!(days, [(&Subject::Router, None, router), (&phone(), Some("A phone"), client)]);
    assert!(recalled.days.iter().all(|day| day.date == DATE && day.gap_seconds == 2));
}

#[tokio::test]
async fn an_archive_reads_while_the_store_writes() {
    let home = Home::new();
    let store = home.open();
    store.commit(everything(0)).await.unwrap();
    let archive = Archive::open(&home.path()).unwrap();
    let all = Period { from: at(-3600), to: at(3600) };
    let series = archive.series().unwrap();
    let names: Vec<_> = series.iter().map(|series| (series.metric.as_str(), series.grows)).collect();
    assert_eq!(names, [("received", true), ("snr", false)]);
    let hour = archive.hours(&series[0], all).unwrap();
    assert_eq!((hour[0].from, hour[0].samples, hour[0].total), (at(0), 1, 100.0));

    store.commit(everything(60)).await.unwrap();
    assert_eq!(archive.hours(&series[0], all).unwrap()[0].total, 200.0);
    assert_eq!(archive.gaps(&modem(), all).unwrap().len(), 2);
    let filter = DayFilter { box_id: None, party: Some(phone()), from: DATE, to: DATE };
    let totals = archive.totals(&filter).unwrap();
    assert_eq!((totals.len(), totals[0].on_peak.total()), (1, 20));
    let mut told = Vec::new();
    archive.events(all, |event| told.push(event.kind)).unwrap();
    assert_eq!(told, ["burst", "burst"]);
}

#[tokio::test]
async fn a_document_is_there_at_once_and_after_a_restart() {
    let home = Home::new();
    let store = home.open();
    store.note_document("a/1", "one".into());
    store.note_document("a/2", "two".into());
    store.note_document("b", "three".into());
    assert_eq!(store.document("a/1").as_deref(), Some("one"));
    store.settled().await.unwrap();
    store.drop_document("a/1");
    assert_eq!(store.document("a/1"), None);
    assert_eq!(store.documents("a/"), [("a/2".to_owned(), "two".to_owned())]);
    drop(store);
    assert_eq!(home.open().documents(""), [("a/2".into(), "two".into()), ("b".into(), "three".into())]);
}

#[tokio::test]
async fn a_counter_that_is_forgotten_is_kept_no_longer() {
    let home = Home::new();
    let store = home.open();
    let gone = |metric: &str| ForgottenCounter {
        subject: Subject::Router,
        metric: metric.into(),
        part: String::new(),
    };
    let counters = vec![counter("received", "1"), counter("sent", "2")];
    store.commit(Tick { counters, ..tick(0) }).await.unwrap();
    store.forbid_writing(true);
    store.commit(Tick { forgotten: vec![gone("received")], ..tick(60) }).await.unwrap_err();
    // What comes back is kept again, even when the disk has not heard yet that it was gone.
    let forgotten = vec![gone("received"), gone("sent")];
    let back = Tick { forgotten, counters: vec![counter("sent", "3")], ..tick(120) };
    store.commit(back).await.unwrap_err();
    store.forbid_writing(false);
    store.commit(tick(180)).await.unwrap();
    drop(store);
    assert_eq!(home.open().recall(&modem(), DATE).unwrap().counters, [counter("sent", "3")]);
}

#[tokio::test]
async fn what_was_counted_twice_in_a_second_is_all_there() {
    let home = Home::new();
    let store = home.open();
    for (growth, value) in [(100, 1.5), (23, 2.5)] {
        store.commit(Tick { samples: vec![grown(growth), gauge(value)], ..tick(0) }).await.unwrap();
    }
    let archive = Archive::open(&home.path()).unwrap();
    let all = Period { from: at(-3600), to: at(3600) };
    let series = archive.series().unwrap();
    let totals = series.iter().map(|series| archive.hours(series, all).unwrap()[0].total);
    assert_eq!(totals.collect::<Vec<_>>(), [123.0, 2.5]);
}
