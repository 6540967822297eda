//! `import`, `export` and the running CSV log, as processes.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;

use jiff::Timestamp;
use router2mqtt::accounting::{Amounts, Band, Piece};
use router2mqtt::history::{Retention, Store, Tick};
use router2mqtt::model::Subject;
use router2mqtt::simulators::{Options, start};
use serde_json::{Map, Value as Json, json};
use tokio::process::Command;

use support::eventually;
use support::program::{Home, Outcome, keys, terminate};

const HEADER: &str = "Time, Total Bytes, Delta, On-Peak, Off-Peak\n";
/// The first of September 2016, at noon in Oslo.
const NOON: u64 = 1_472_724_000;

fn home() -> Home {
    let home = Home::empty();
    let all = json!({
        "mqtt": {"url": "mqtt://127.0.0.1:1"},
        "timezone": "Europe/Oslo",
        "routers": {"router": {"type": "tplink", "url": "http://127.0.0.1:1", "password": "x"}},
    });
    home.write("router2mqtt.json", &all.to_string());
    home
}

/// What the logger wrote in two days: Alice's phone and a device of nobody, a row each minute for a while.
fn logger(home: &Home, grown: u64) {
    let devices = home.path("old/logs/2016-9/devices");
    fs::create_dir_all(&devices).unwrap();
    for (mac, step) in [("02-00-5E-10-00-01", grown), ("02-00-5E-10-00-02", 10)] {
        let row = |minute: u64| {
            let day = minute / 100 * 24 * 60;
            format!("{}, {}, 0, 0, 0\n", NOON + (day + minute % 100) * 60, 1000 + minute * step)
        };
        let rows: String = (0..200).map(row).collect();
        fs::write(devices.join(format!("{mac}_192.168.1.100.csv")), format!("{HEADER}{rows}")).unwrap();
    }
    home.write("old/user-map.csv", "Name, MAC\nAlice, 02:00:5E:10:00:01\n");
}

async fn import(home: &Home) -> Outcome {
    let outcome = home.run(&["import", "tplink", "old", "--box", "router"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

/// Every row of the tables that an import may touch, in words.
fn dump(home: &Home) -> Vec<String> {
    let db = rusqlite::Connection::open(home.path("data/history.db")).unwrap();
    let mut rows = Vec::new();
    for (table, columns) in [
        ("subject", "box || subject || coalesce(name, '')"),
        (
            "hour",
            "day || ' ' || series || ' ' || hour || ' ' || samples || ' ' || low || ' ' || high || ' ' || total",
        ),
        (
            "book",
            "date || ' ' || subject || on_peak || free || source || ' ' || received || ' ' || sent || ' ' || mixed || ' ' || gap",
        ),
        ("mark", "name || value"),
    ] {
        let mut query = db.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
        let found = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.extend(found.map(|row| format!("{table}: {}", row.unwrap())));
    }
    rows.sort();
    rows
}

/// The rows of an export, by the names of their columns.
async fn export(home: &Home, arguments: &[&str]) -> Vec<Map<String, Json>> {
    let all: Vec<&str> =
        ["export", "--format", "json"].into_iter().chain(arguments.iter().copied()).collect();
    let outcome = home.run(&all).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    serde_json::from_str(&outcome.out).unwrap()
}

/// What each party used in each step.
async fn totals(home: &Home, by: &str, step: &str) -> BTreeMap<(String, String), u64> {
    let range = ["--from", "2016-08-01", "--to", "2016-10-31", "--by", by, "--step", step];
    let rows = export(home, &range).await;
    let key = |row: &Map<String, Json>| {
        let text = |column: &str| row[column].as_str().unwrap().to_owned();
        (text("start"), text("id"))
    };
    rows.iter().map(|row| (key(row), row["total"].as_u64().unwrap())).collect()
}

fn of(rows: &[(&str, &str, u64)]) -> BTreeMap<(String, String), u64> {
    rows.iter().map(|(start, id, total)| (((*start).to_owned(), (*id).to_owned()), *total)).collect()
}

/// What the bridge itself has counted on the first of the two days.
async fn count_ourselves(home: &Home) {
    let path = home.path("data/history.db");
    let at: Timestamp = "2016-09-01T10:00:00Z".parse().unwrap();
    let (store, _) = Store::open(&path, Retention::default(), at).unwrap();
    let mut tick = Tick::new("router".parse().unwrap(), at);
    let piece = Piece {
        date: jiff::civil::date(2016, 9, 1),
        band: Band::OffPeak,
        free: false,
        from: at,
        to: at,
        amounts: Amounts { mixed: 42, ..Amounts::default() },
        gap_seconds: 0,
    };
    tick.pieces.push((Subject::Router, piece));
    store.commit(tick).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_imported_can_be_exported_by_whoever_and_whatever_step() {
    let home = home();
    logger(&home, 100);
    let outcome = import(&home).await;
    assert!(outcome.out.contains("400 rows taken from 2 files"), "{outcome:?}");
    assert!(
        outcome.out.contains("router: 21890 bytes from 2016-09-01 to 2016-09-02 imported"),
        "{outcome:?}"
    );
    let (one, two) = ("02:00:5e:10:00:01", "02:00:5e:10:00:02");
    let months = of(&[("2016-09", one, 19_900), ("2016-09", two, 1990)]);
    assert_eq!(totals(&home, "client", "month").await, months);
    assert_eq!(totals(&home, "person", "month").await, of(&[("2016-09", "alice", 19_900)]));
    assert_eq!(totals(&home, "box", "month").await, of(&[("2016-09", "router", 21_890)]));
    let days = totals(&home, "box", "day").await;
    assert_eq!(days.len(), 2);
    assert_eq!(days.values().sum::<u64>(), 21_890);
    let hours = totals(&home, "client", "hour").await;
    assert_eq!(hours.values().sum::<u64>(), 21_890);
    assert_eq!(hours[&("2016-09-01T12:00:00+02:00".to_owned(), one.to_owned())], 6000);
    assert_eq!(totals(&home, "box", "hour").await.values().sum::<u64>(), 21_890);
    let rows = export(&home, &["--from", "2016-09-01", "--to", "2016-09-30", "--by", "person"]).await;
    assert_eq!(rows[0]["name"], "Alice");
    for row in rows {
        let number = |column: &str| row[column].as_u64().unwrap();
        assert_eq!(number("on_peak") + number("off_peak") + number("free"), number("total"));
        assert_eq!(number("received") + number("sent") + number("mixed"), number("total"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_twice_changes_nothing_and_a_changed_record_replaces_what_it_gave() {
    let home = home();
    logger(&home, 100);
    import(&home).await;
    let once = dump(&home);
    import(&home).await;
    assert_eq!(dump(&home), once);
    logger(&home, 50);
    import(&home).await;
    assert_eq!(totals(&home, "box", "month").await, of(&[("2016-09", "router", 11_940)]));
    assert_eq!(totals(&home, "client", "hour").await.values().sum::<u64>(), 11_940);
    logger(&home, 100);
    import(&home).await;
    assert_eq!(dump(&home), once);
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_the_bridge_has_counted_are_left_as_they_are() {
    let home = home();
    logger(&home, 100);
    count_ourselves(&home).await;
    let outcome = import(&home).await;
    assert!(outcome.out.contains("refused 1 day: the bridge has counted at this box itself"), "{outcome:?}");
    let days = totals(&home, "box", "day").await;
    assert_eq!(days[&("2016-09-01".to_owned(), "router".to_owned())], 42);
    assert!(days[&("2016-09-02".to_owned(), "router".to_owned())] > 10_000);
    let once = dump(&home);
    import(&home).await;
    assert_eq!(dump(&home), once);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_changes_nothing() {
    let home = home();
    logger(&home, 100);
    let outcome = home.run(&["import", "tplink", "old", "--dry-run"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.out.contains("would be imported; nothing was changed"), "{outcome:?}");
    assert!(!home.path("data").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn import_waits_for_the_bridge_to_stop_and_export_does_not() {
    let home = home();
    logger(&home, 100);
    import(&home).await;
    let path = home.path("data/history.db");
    let _bridge = Store::open(&path, Retention::default(), Timestamp::UNIX_EPOCH).unwrap();
    let refused = home.run(&["import", "tplink", "old", "--box", "router"]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.err.contains("in use by another router2mqtt that is running; stop that one"),
        "{refused:?}"
    );
    assert_eq!(totals(&home, "box", "month").await, of(&[("2016-09", "router", 21_890)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_says_what_it_has_not() {
    let home = home();
    let missing = home.run(&["export"]).await;
    assert_eq!((missing.code, missing.out.as_str()), (1, ""));
    assert!(missing.err.contains("there is no history yet"), "{missing:?}");
    logger(&home, 100);
    import(&home).await;
    let empty = home.run(&["export", "--from", "2015-01-01", "--to", "2015-01-31"]).await;
    assert_eq!(empty.code, 0);
    assert_eq!(
        empty.out,
        "start,box,party,id,name,received,sent,mixed,total,on_peak,off_peak,free,gap_seconds\n"
    );
    assert!(empty.err.contains("nothing is known of the time from 2015-01-01 to 2015-01-31"), "{empty:?}");
    assert_eq!(home.run(&["export", "--from", "2016-02-01", "--to", "2016-01-01"]).await.code, 2);
    assert_eq!(home.run(&["export", "--from", "yesterday"]).await.code, 2);
    let unknown = home.run(&["export", "--box", "other"]).await;
    assert!(unknown.err.contains("there is no box 'other'; there are router"), "{unknown:?}");
    let nobody = home.run(&["export", "--by", "person", "--step", "hour"]).await;
    assert!(nobody.err.contains("there are no people in the configuration"), "{nobody:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_replaced_as_a_whole() {
    let home = home();
    logger(&home, 100);
    import(&home).await;
    home.write("usage.csv", "what was there");
    let range = ["--from", "2016-09-01", "--to", "2016-09-02"];
    let written = home.run(&[&["export", "--out", "usage.csv"], &range[..]].concat()).await;
    assert_eq!((written.code, written.out.as_str()), (0, ""));
    assert!(written.err.contains("usage.csv: 2 rows"), "{written:?}");
    let text = home.read("usage.csv");
    assert!(text.starts_with("start,box,") && text.ends_with('\n') && text.lines().count() == 3, "{text}");
    assert!(!home.path("usage.csv.part").exists());
    let failed = home.run(&[&["export", "--out", "nowhere/usage.csv"], &range[..]].concat()).await;
    assert!(failed.code == 1 && failed.err.contains("cannot write nowhere/usage.csv"), "{failed:?}");
}

#[tokio::test]
async fn what_is_not_a_plain_file_is_written_to_and_not_replaced() {
    let home = home();
    logger(&home, 100);
    import(&home).await;
    let pipe = home.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = tokio::task::spawn_blocking({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).unwrap()
    });
    let by_box = ["export", "--from", "2016-09-01", "--to", "2016-09-30", "--out"];
    let outcome = home.run(&[&by_box[..], &["pipe"]].concat()).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(reader.await.unwrap().starts_with("start,box,party"));
    assert!(!fs::symlink_metadata(&pipe).unwrap().is_file(), "it is still a pipe");
    home.write("kept.csv", "");
    std::os::unix::fs::symlink("kept.csv", home.path("link.csv")).unwrap();
    assert_eq!(home.run(&[&by_box[..], &["link.csv"]].concat()).await.code, 0);
    assert!(home.read("kept.csv").starts_with("start,box,party"), "a link leads to where it did");
    let outcome = home.run(&[&by_box[..], &["old"]].concat()).await;
    assert!(outcome.code == 1 && outcome.err.contains("cannot write old: "), "{outcome:?}");
}

#[tokio::test]
async fn usage_and_export_say_alike_what_they_cannot_do() {
    let home = home();
    fs::create_dir_all(home.path("data")).unwrap();
    home.write("data/history.db", "");
    for command in ["usage", "export"] {
        let outcome = home.run(&[command]).await;
        assert!(outcome.code == 1 && outcome.err.contains("there is no history yet"), "{outcome:?}");
        let outcome = home.run(&[command, "--from", "2026-11-20", "--to", "2026-11-01"]).await;
        assert!(outcome.code == 2 && outcome.err.contains("--from is later than --to"), "{outcome:?}");
        let outcome = home.run(&[command, "--box", "kitchen"]).await;
        assert!(outcome.code == 1 && outcome.err.contains("there is no box 'kitchen'"), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_import_says_when_nothing_could_be_read_and_when_the_history_was_damaged() {
    let home = home();
    fs::create_dir_all(home.path("data")).unwrap();
    home.write("data/history.db", "neither SQLite nor ours");
    home.write("samples.json", "neither JSON nor CSV\n");
    let outcome = home.run(&["import", "b593", "samples.json"]).await;
    assert!(outcome.code == 1 && outcome.out.contains("refused 1"), "{outcome:?}");
    assert!(outcome.err.contains("history.db was damaged"), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_map_becomes_a_part_of_the_configuration() {
    let home = home();
    logger(&home, 100);
    let people = home.run(&["import", "tplink", "old", "--people"]).await;
    assert_eq!(people.code, 0, "{people:?}");
    assert_eq!(people.out, "people:\n  alice: {name: \"Alice\", devices: [\"02:00:5e:10:00:01\"]}\n");
    let yaml = format!(
        "mqtt: {{url: 'mqtt://127.0.0.1:1'}}\ntimezone: Europe/Oslo\n\
         routers: {{router: {{type: tplink, url: 'http://127.0.0.1:1', password: x}}}}\n{}",
        people.out
    );
    fs::remove_file(home.path("router2mqtt.json")).unwrap();
    home.write("router2mqtt.yaml", &yaml);
    let checked = home.run(&["check"]).await;
    assert_eq!(checked.code, 0, "{checked:?}");
    import(&home).await;
    let expected = of(&[("2016-09", "alice", 19_900), ("2016-09", "others", 1990)]);
    assert_eq!(totals(&home, "person", "month").await, expected);
    let hours = totals(&home, "person", "hour").await;
    assert_eq!(hours.values().sum::<u64>(), 21_890);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_of_the_collector_become_hours_and_days() {
    let home = home();
    let sample = |hour: u64, up: u64, down: u64| {
        let time = (1_439_416_800 + hour * 3600) * 1000;
        format!(
            "{{\"_id\":{{\"$oid\":\"55cbc6ac\"}},\"Time\":{time}.0,\"UplinkVolume\":{up}.0,\"DownlinkVolume\":{{\"$numberLong\":\"{down}\"}}}}\n"
        )
    };
    let zeros = sample(2, 0, 0);
    home.write("samples.json", &[sample(0, 10, 100), sample(1, 20, 300), zeros, sample(3, 30, 700)].concat());
    let imported = home.run(&["import", "b593", "samples.json", "--units", "kilo"]).await;
    assert_eq!(imported.code, 0, "{imported:?}");
    assert!(imported.out.contains("3 rows taken from 1 file"), "{imported:?}");
    assert!(imported.out.contains("refused 1: a failed read, all zero (samples.json:3)"), "{imported:?}");
    let once = dump(&home);
    assert_eq!(home.run(&["import", "b593", "samples.json", "--units", "kilo"]).await.code, 0);
    assert_eq!(dump(&home), once);
    let range = ["--from", "2015-08-12", "--to", "2015-08-13"];
    let days = export(&home, &range).await;
    let sum = |column: &str| days.iter().map(|row| row[column].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("received"), sum("sent")), (600 * 1024, 20 * 1024));
    let hours = export(&home, &[&range[..], &["--step", "hour"]].concat()).await;
    assert_eq!(hours[0]["received"], 200 * 1024);
    let missing = home.run(&["import", "b593", "nothing.json"]).await;
    assert!(missing.code == 1 && missing.err.contains("cannot read nothing.json"), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_bridge_keeps_a_log_in_the_loggers_layout() {
    let simulated = start("tplink", Options::default()).await.unwrap();
    let home = Home::empty();
    let all = json!({
        "mqtt": {"url": "mqtt://127.0.0.1:1"},
        "timezone": "UTC",
        "csv": {"path": "usage", "every": "10s"},
        "routers": {"router": keys(&simulated, &json!({}))},
    });
    home.write("router2mqtt.json", &all.to_string());
    let mut command = Command::new(env!("CARGO_BIN_EXE_router2mqtt"));
    command.arg("run").current_dir(home.folder()).env_clear().kill_on_drop(true);
    let bridge = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let logs = home.path("usage/logs");
    let month = eventually("the log appears", || {
        let folders = fs::read_dir(&logs).ok()?.flatten().map(|entry| entry.path());
        folders.into_iter().find(|path| path.join("total.csv").exists())
    })
    .await;
    assert_eq!(terminate(bridge).await, Some(0));
    for file in ["total.csv", "users/TOTAL.csv", "users/UNKNOWN.csv"] {
        let text = fs::read_to_string(month.join(file)).unwrap();
        assert!(text.starts_with(HEADER) && text.ends_with('\n'), "{file}: {text}");
        assert!(text.lines().count() >= 2, "{file}: {text}");
    }
    assert!(fs::read_dir(month.join("devices")).unwrap().count() > 0);
    assert!(month.join("summary.txt").exists());
    // What was written can be imported: into another bridge, or after the history was lost.
    let imported = home.run(&["import", "tplink", "usage", "--dry-run"]).await;
    assert_eq!(imported.code, 0, "{imported:?}");
    assert!(!imported.out.contains("refused"), "{imported:?}");
}
