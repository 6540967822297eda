//! A year of polls, on a stopped clock.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde_json::json;
use tokio::time::{Duration, sleep};

use router2mqtt::accounting::Amounts;
use router2mqtt::bridge::Bridge;
use router2mqtt::config::{self, Inputs};
use router2mqtt::engine::BoxView;
use router2mqtt::history::{Archive, DayFilter};
use router2mqtt::model::{Clock, ItemId, Row, Subject, Value, catalog};

use super::script::{self, AWAY, BEGIN, END, LOSSY, PHONE};

/// What is counted of a party on a day, and for how many seconds something may be missing.
type Day = (Amounts, u64);

fn days(archive: &Archive, party: &Subject) -> BTreeMap<Date, Day> {
    let filter = DayFilter { box_id: None, party: Some(party.clone()), from: BEGIN, to: END };
    let mut days = BTreeMap::<Date, Day>::new();
    for row in archive.days(&filter).unwrap() {
        let (amounts, gap) = days.entry(row.date).or_default();
        *amounts += row.amounts;
        *gap += row.gap_seconds;
    }
    days
}

fn is_away(day: Date) -> bool {
    AWAY.0 <= day && day <= AWAY.1
}

fn all_days() -> impl Iterator<Item = Date> {
    BEGIN.series(1.day()).take_while(|day| *day < END)
}

/// The days agree: to the byte, but for what was lost at restarts, which is declared.
fn assert_days(counted: &BTreeMap<Date, Day>, used: impl Fn(Amounts) -> u64, truth: impl Fn(Date) -> u64) {
    let on = |day: Date| counted.get(&day).copied().unwrap_or_default();
    for day in all_days().filter(|day| !is_away(*day)) {
        let (amounts, gap) = on(day);
        if LOSSY.contains(&day) {
            assert!(used(amounts) < truth(day) && gap > 0, "{day}: {amounts:?}, {gap}");
            assert!(used(amounts) > truth(day) * 9 / 10, "{day}: no more is lost than since the last poll");
        } else {
            assert_eq!(used(amounts), truth(day), "{day}, with {gap} seconds unaccounted");
        }
    }
    // Nobody knows on which of these days it was, but all of it is there.
    let away = || all_days().filter(|day| is_away(*day));
    assert_eq!(away().map(|day| used(on(day).0)).sum::<u64>(), away().map(truth).sum::<u64>());
}

fn shown(view: &BoxView, subject: &Subject, row: &'static Row) -> u64 {
    match view.value(subject, row) {
        Some(Value::Count(bytes)) => *bytes,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
#[ignore = "needs the integration"]
async fn a_year_of_polls_agrees_with_what_passed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("router2mqtt.json");
    let configuration = json!({
        "timezone": "Europe/Oslo",
        "on_peak": ["mon-fri 08:00-20:00"],
        "people": {"ada": {"name": "Ada", "devices": [PHONE.to_string()]}},
        "mqtt": {"url": "mqtt://127.0.0.1:9"},
        "routers": {"box": {
            "type": "scripted",
            "url": "http://127.0.0.1:9",
            "every": "55m",
            "quota": {"limit": "100 GB", "cycle": {"day": 31}},
        }},
    });
    std::fs::write(&file, configuration.to_string()).unwrap();
    let families = Box::leak(Box::new([script::family()]));
    let inputs = Inputs { file: Some(file), variables: BTreeMap::new(), families, zone: None };
    let config = config::load(&inputs).unwrap();

    let begin = script::at(BEGIN.yesterday().unwrap().at(23, 0, 0, 0));
    let clock = Clock::starting_at(begin);
    let bridge = Bridge::start(&config, &clock).unwrap();
    let end = script::at(END.at(1, 30, 0, 0));
    while clock.now() < end {
        let left = end.duration_since(clock.now()).unsigned_abs();
        sleep(left.min(Duration::from_secs(86_400))).await;
    }
    let view = bridge.handle().world().borrow().boxes().next().unwrap().clone();
    bridge.stop().await;

    let archive = Archive::open(&config.data.join("history.db")).unwrap();
    let house = days(&archive, &Subject::Router);
    assert_days(&house, |amounts| amounts.received, |day| script::on(day)[0]);
    assert_days(&house, |amounts| amounts.sent, |day| script::on(day)[1]);
    let ada = Subject::Person(ItemId::new("ada").unwrap());
    for party in [Subject::Client(PHONE), ada] {
        assert_days(&days(&archive, &party), Amounts::total, |day| script::on(day)[2]);
    }
    // The last cycle is clamped to the end of a month that has 30 days, and has no lossy day in it.
    let last = date(2028, 9, 30).series(1.day()).take_while(|day| *day < END);
    let truth: u64 = last.map(|day| script::on(day)[0] + script::on(day)[1]).sum();
    assert_eq!(shown(&view, &Subject::Router, catalog::USAGE_LAST_CYCLE.row()), truth);
    assert_eq!(shown(&view, &Subject::Router, catalog::USAGE_CYCLE.row()), 0);
}
