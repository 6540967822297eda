use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::accounting::{Calendar, Device, Hours, People, Person, Timetable};
use crate::csvlog::row::HEADER;
use crate::model::{ItemId, Mac};

const KEEP: SignedDuration = SignedDuration::from_hours(40 * 24);

fn mac(last: u8) -> Mac {
    Mac::new([2, 0, 0x5e, 0x10, 0, last])
}

/// Alice has the first device; the nights are off-peak.
fn household() -> Household {
    let mut people = People::default();
    let alice = Person { id: ItemId::new("alice").unwrap(), name: "Alice".into(), quota: None, block: false };
    people.add(alice, vec![Device { mac: mac(1), hours: None }]).unwrap();
    let on_peak: Hours = "06:00-24:00".parse().unwrap();
    let calendar = Calendar::new(TimeZone::get("Europe/Oslo").unwrap());
    Household::new(people, Timetable::new(calendar, on_peak, Hours::default()))
}

fn seen(totals: &[(u8, u64)]) -> Vec<Seen> {
    let one = |(last, total): &(u8, u64)| Seen {
        mac: mac(*last),
        address: Some(format!("192.0.2.{last}")),
        total: *total,
    };
    totals.iter().map(one).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn read(root: &Path, file: &str) -> Vec<String> {
    fs::read_to_string(root.join("logs").join(file)).unwrap().lines().map(str::to_owned).collect()
}

/// The lines of a file without their times.
fn figures(root: &Path, file: &str) -> Vec<String> {
    let lines = read(root, file);
    assert_eq!(lines[0], HEADER);
    lines[1..].iter().map(|line| line.split_once(", ").unwrap().1.to_owned()).collect()
}

#[test]
fn each_device_each_user_and_the_household_have_a_file() {
    let home = tempfile::tempdir().unwrap();
    let household = household();
    let mut record = Record::new(home.path().into(), KEEP);
    record.write(&seen(&[(1, 1000), (2, 500)]), at("2026-11-20T03:00:00Z"), &household).unwrap();
    record.write(&seen(&[(1, 1100), (2, 550)]), at("2026-11-20T04:59:00Z"), &household).unwrap();
    record.write(&seen(&[(1, 1300), (2, 550)]), at("2026-11-20T05:00:00Z"), &household).unwrap();
    let device = "2026-11/devices/02-00-5E-10-00-01_192.0.2.1.csv";
    assert_eq!(read(home.path(), device)[1], "1795143600, 1000, 0, 0, 0");
    assert_eq!(figures(home.path(), device), ["1000, 0, 0, 0", "1100, 100, 0, 100", "1300, 200, 200, 100"]);
    let expected = ["1000, 0, 0, 0", "1100, 100, 0, 100", "1300, 200, 200, 100"];
    assert_eq!(figures(home.path(), "2026-11/users/Alice.csv"), expected);
    assert_eq!(
        figures(home.path(), "2026-11/users/UNKNOWN.csv"),
        ["500, 0, 0, 0", "550, 50, 0, 50", "550, 0, 0, 50"]
    );
    let total = ["1500, 0, 0, 0", "1650, 150, 0, 150", "1850, 200, 200, 150"];
    assert_eq!(figures(home.path(), "2026-11/users/TOTAL.csv"), total);
    assert_eq!(figures(home.path(), "2026-11/total.csv"), total);
}

#[test]
fn a_restart_goes_on_where_it_was_and_counts_what_passed_meanwhile() {
    let home = tempfile::tempdir().unwrap();
    let household = household();
    let mut record = Record::new(home.path().into(), KEEP);
    record.write(&seen(&[(1, 1000)]), at("2026-11-20T12:00:00Z"), &household).unwrap();
    record.write(&seen(&[(1, 1100)]), at("2026-11-20T12:01:00Z"), &household).unwrap();
    drop(record);
    let mut record = Record::new(home.path().into(), KEEP);
    record.write(&seen(&[(1, 1500)]), at("2026-11-20T13:00:00Z"), &household).unwrap();
    let expected = ["1000, 0, 0, 0", "1100, 100, 100, 0", "1500, 400, 500, 0"];
    assert_eq!(figures(home.path(), "2026-11/users/Alice.csv"), expected);
}

#[test]
fn a_device_at_another_address_has_another_file_and_is_not_counted_twice() {
    let home = tempfile::tempdir().unwrap();
    let household = household();
    let mut record = Record::new(home.path().into(), KEEP);
    record.write(&seen(&[(1, 1000)]), at("2026-11-20T12:00:00Z"), &household).unwrap();
    let mut moved = seen(&[(1, 1100)]);
    moved[0].address = None;
    record.write(&moved, at("2026-11-20T12:01:00Z"), &household).unwrap();
    let device = "2026-11/devices/02-00-5E-10-00-01_0.0.0.0.csv";
    assert_eq!(figures(home.path(), device), ["1100, 100, 100, 0"]);
    assert_eq!(figures(home.path(), "2026-11/users/Alice.csv")[1], "1100, 100, 100, 0");
}

#[test]
fn a_new_month_begins_at_zero_in_new_files_and_the_old_one_is_summed_up() {
    let home = tempfile::tempdir().unwrap();
    let household = household();
    let mut record = Record::new(home.path().into(), KEEP);
    record.write(&seen(&[(1, 1000)]), at("2026-11-30T22:50:00Z"), &household).unwrap();
    record.write(&seen(&[(1, 1100)]), at("2026-11-30T22:59:00Z"), &household).unwrap();
    record.write(&seen(&[(1, 1150)]), at("2026-11-30T23:00:00Z"), &household).unwrap();
    assert_eq!(figures(home.path(), "2026-11/users/Alice.csv")[1], "1100, 100, 100, 0");
    assert_eq!(figures(home.path(), "2026-12/users/Alice.csv"), ["1150, 50, 0, 50"]);
    let summary = ["Name, Total, On-Peak, Off-Peak", "Alice, 100, 100, 0", "TOTAL, 100, 100, 0"];
    assert_eq!(read(home.path(), "2026-11/summary.csv"), summary);
    assert!(home.path().join("logs/2026-12/summary.txt").exists());
}

#[test]
fn old_months_lose_their_rows_and_keep_their_summary() {
    let home = tempfile::tempdir().unwrap();
    let household = household();
    let mut record = Record::new(home.path().into(), KEEP);
    record.write(&seen(&[(1, 1000)]), at("2026-09-05T12:00:00Z"), &household).unwrap();
    record.write(&seen(&[(1, 1100)]), at("2026-09-05T13:00:00Z"), &household).unwrap();
    record.write(&seen(&[(1, 1200)]), at("2026-10-05T12:00:00Z"), &household).unwrap();
    fs::remove_file(home.path().join("logs/2026-9/summary.csv")).unwrap();
    fs::write(home.path().join("logs/2026-9/notes.txt"), "mine").unwrap();
    record.write(&seen(&[(1, 1300)]), at("2026-11-20T12:00:00Z"), &household).unwrap();
    let left: BTreeSet<_> = fs::read_dir(home.path().join("logs/2026-9"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, BTreeSet::from(["notes.txt", "summary.csv", "summary.txt"].map(str::to_owned)));
    assert_eq!(read(home.path(), "2026-9/summary.csv")[1], "Alice, 100, 100, 0");
    assert!(home.path().join("logs/2026-10/devices").exists());
}

#[test]
fn what_a_full_disk_refuses_is_made_up_for() {
    let home = tempfile::tempdir().unwrap();
    let household = household();
    let mut record = Record::new(home.path().into(), KEEP);
    record.write(&seen(&[(1, 1000)]), at("2026-11-20T12:00:00Z"), &household).unwrap();
    // A folder in the place of a file refuses as a full disk does.
    let alice = home.path().join("logs/2026-11/users/Alice.csv");
    let aside = home.path().join("aside");
    fs::rename(&alice, &aside).unwrap();
    fs::create_dir(&alice).unwrap();
    record.write(&seen(&[(1, 1100)]), at("2026-11-20T12:01:00Z"), &household).unwrap_err();
    fs::remove_dir(&alice).unwrap();
    fs::rename(&aside, &alice).unwrap();
    record.write(&seen(&[(1, 1150)]), at("2026-11-20T12:02:00Z"), &household).unwrap();
    assert_eq!(figures(home.path(), "2026-11/users/Alice.csv"), ["1000, 0, 0, 0", "1150, 150, 150, 0"]);
    let total = ["1000, 0, 0, 0", "1100, 100, 100, 0", "1150, 50, 150, 0"];
    assert_eq!(figures(home.path(), "2026-11/total.csv"), total);
}

#[test]
fn a_box_that_is_away_writes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut record = Record::new(home.path().into(), KEEP);
    record.write(&[], at("2026-11-20T12:00:00Z"), &household()).unwrap();
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

/// What a kill can leave: any file as it was before the last row, or with a part of it.
fn tear(root: &Path, cuts: &[(bool, usize)]) {
    let folder = root.join("logs/2026-11");
    let users =
        ["users/Alice.csv", "users/TOTAL.csv", "total.csv", "devices/02-00-5E-10-00-01_192.0.2.1.csv"];
    for (file, (is_torn, left)) in users.iter().zip(cuts) {
        if *is_torn {
            let path = folder.join(file);
            let text = fs::read_to_string(&path).unwrap();
            let before = text.trim_end().rfind('\n').unwrap() + 1;
            let kept = before + left % (text.len() - before);
            fs::write(&path, &text.as_bytes()[..kept]).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Wherever a kill strikes while rows are added, the next start writes what is missing, once.
    #[test]
    fn a_kill_loses_and_doubles_nothing(
        grown in prop::collection::vec(0..10_000_u64, 2..6),
        cuts in prop::collection::vec((any::<bool>(), any::<usize>()), 4),
    ) {
        let home = tempfile::tempdir().unwrap();
        let household = household();
        let mut total = 0;
        let mut second = at("2026-11-20T12:00:00Z").as_second();
        for amount in &grown {
            let mut record = Record::new(home.path().into(), KEEP);
            total += amount;
            let at = Timestamp::from_second(second).unwrap();
            record.write(&seen(&[(1, total)]), at, &household).unwrap();
            second += 60;
            drop(record);
            tear(home.path(), &cuts);
        }
        Record::new(home.path().into(), KEEP).write(&[], Timestamp::from_second(second).unwrap(), &household).unwrap();
        let passed = total - grown[0];
        for file in ["users/Alice.csv", "users/TOTAL.csv", "total.csv", "devices/02-00-5E-10-00-01_192.0.2.1.csv"] {
            let rows = figures(home.path(), &format!("2026-11/{file}"));
            prop_assert_eq!(rows.len(), grown.len());
            let deltas: u64 = rows.iter().map(|row| row.split(", ").nth(1).unwrap().parse::<u64>().unwrap()).sum();
            prop_assert_eq!(deltas, passed);
            let end = format!("{passed}, 0");
            prop_assert!(rows.last().unwrap().ends_with(&end));
        }
    }
}
