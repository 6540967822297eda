use jiff::SignedDuration;

use super::*;
use crate::accounting::{Band, BurstPolicy, Cycle, QuotaPolicy, Timetable};
use crate::model::Mac;

const BOX: &str = "routers: {box: {type: acme, password: xyzzy}}\n";

fn quota(quota: &str) -> Home {
    Home::yaml(&format!("routers:\n  box:\n    type: acme\n    password: xyzzy\n    quota: {quota}\n"))
}

fn policy(written: &str) -> QuotaPolicy {
    quota(written).loaded().routers.remove(0).quota
}

fn top(text: &str) -> Home {
    Home::yaml(&format!("{text}\n{BOX}"))
}

fn problems(home: &Home) -> String {
    home.problems().replace("r.yaml:5: routers.box.", "").replace("r.yaml:1: ", "")
}

#[test]
fn the_calendar_is_the_machines_unless_the_owner_knows_better() {
    let mut home = top("timezone: Europe/Oslo");
    let zone = |home: &Home| home.loaded().calendar.zone().iana_name().map(str::to_owned);
    assert_eq!(zone(&home).as_deref(), Some("Europe/Oslo"));
    home = Home::yaml(BOX);
    home.inputs.zone = Some(TimeZone::get("Asia/Kolkata").unwrap());
    assert_eq!(zone(&home).as_deref(), Some("Asia/Kolkata"));
    home.inputs.zone = None;
    assert_eq!(zone(&home).as_deref(), Some("UTC"));
    let warnings = home.loaded().warnings;
    assert_eq!((warnings.len(), warnings[0].key.as_str()), (1, "timezone"));
}

#[test]
fn hours_are_one_window_or_several() {
    for (written, windows) in [
        ("mon-fri 08:00-20:00", 1),
        ("[mon-fri 08:00-20:00, 'sat,sun 10:00-24:00']", 2),
        ("[mon-fri 08:00-20:00, sat,sun 10:00-24:00]", 2),
        ("'mon-fri 08:00-20:00, sat,sun 10:00-24:00'", 2),
    ] {
        let config = top(&format!("on_peak: {written}")).loaded();
        let timetable = Timetable::new(config.calendar, config.on_peak, Hours::default());
        let band = |at: &str| timetable.band(at.parse().unwrap());
        assert_eq!(band("2026-11-20T08:00Z"), Band::OnPeak, "{written}");
        assert_eq!(band("2026-11-22T23:00Z") == Band::OnPeak, windows == 2, "{written}");
        assert_eq!(band("2026-11-20T07:59Z"), Band::OffPeak, "{written}");
    }
    let variable = Home::yaml(BOX).variable("ROUTER2MQTT__ON_PEAK", "sat,sun 10:00-24:00").loaded();
    assert!(!variable.on_peak.is_empty());
    assert!(Home::yaml(BOX).loaded().on_peak.is_empty());
}

#[test]
fn a_quota_is_a_size_or_a_group() {
    assert_eq!(Home::yaml(BOX).loaded().routers[0].quota, QuotaPolicy::default());
    assert_eq!(policy("40 GB"), QuotaPolicy { limit: Some(40_000_000_000), ..QuotaPolicy::default() });
    let all = "{limit: 40 GiB, cycle: {day: 17}, free: [00:00-06:00], thresholds: [50, 90], used: 3.2 GB, operator: true, burst: {over: 1 GB, within: 1h}}";
    assert_eq!(
        policy(all),
        QuotaPolicy {
            limit: Some(42_949_672_960),
            cycle: Cycle::Monthly { day: 17 },
            free: "00:00-06:00".parse().unwrap(),
            thresholds: [50, 90].into(),
            used: Some(3_200_000_000),
            operator: true,
            burst: Some(BurstPolicy { over: 1_000_000_000, within: SignedDuration::from_hours(1) }),
        }
    );
    let first = "2026-11-01".parse().unwrap();
    assert_eq!(policy("{cycle: {every: 28, from: 2026-11-01}}").cycle, Cycle::Days { count: 28, first });
    assert_eq!(policy("{limit: 0 GB, cycle: prepaid}").cycle, Cycle::Prepaid);
}

#[test]
fn what_is_wrong_with_a_quota_is_said() {
    for (written, expected) in [
        ("40", "quota: a size such as 500 MB, 1.5 GB or 40 GiB is expected"),
        ("{limit: lots}", "quota.limit: a size such as 500 MB, 1.5 GB or 40 GiB is expected"),
        (
            "{limit: 1 GB, cycle: monthly}",
            "quota.cycle: {day: 17}, {every: 28, from: 2026-11-01} or prepaid is expected",
        ),
        ("{limit: 1 GB, cycle: {day: 32}}", "quota.cycle.day: a day of the month from 1 to 31 is expected"),
        ("{limit: 1 GB, cycle: {day: 1.5}}", "quota.cycle.day: a day of the month from 1 to 31 is expected"),
        (
            "{limit: 1 GB, cycle: {every: 0, from: 2026-11-01}}",
            "quota.cycle.every: a number of days from 1 to 366 is expected",
        ),
        (
            "{limit: 1 GB, cycle: {every: 28, from: 2026-02-30}}",
            "quota.cycle.from: a date such as 2026-11-01 is expected",
        ),
        (
            "{limit: 1 GB, thresholds: [0]}",
            "quota.thresholds: shares from 1 to 1000 per cent are expected, such as [80, 95, 100]",
        ),
        ("0 GB", "quota: more than 0 is expected; leave it out where there is no limit"),
        ("{limit: 0 B}", "quota.limit: more than 0 is expected; leave it out where there is no limit"),
        (
            "{cycle: prepaid}",
            "quota.limit: is missing; with 'cycle: prepaid' it is what there is at the beginning, such as 10 GB",
        ),
        ("{used: 1 GB}", "quota.used: has no effect without 'limit'"),
        (
            "{limit: 1 GB, cycle: prepaid, operator: true}",
            "quota.operator: a box counts by the month: 'cycle' has to be a day of the month",
        ),
        ("{burst: {over: 1 GB}}", "quota.burst.within: is missing; such as burst: {over: 1 GB, within: 1h}"),
        ("{burst: {over: 1 GB, within: 1s}}", "quota.burst.within: a duration of 1m to 7d is expected"),
        (
            "{limit: 1 GB, free: [midnight]}",
            "quota.free: hours such as 08:00-20:00, mon-fri 08:00-20:00 or sat,sun 22:00-06:00 are expected",
        ),
        (
            "{limit: 1 GB, free: ['25:00-26:00']}",
            "quota.free: hours such as 08:00-20:00, mon-fri 08:00-20:00 or sat,sun 22:00-06:00 are expected",
        ),
        ("{limit: 1 GB, threshold: 80}", "quota.threshold: there is no such key; did you mean 'thresholds'?"),
    ] {
        assert_eq!(problems(&quota(written)), expected, "{written}");
    }
    let half = problems(&quota("{limit: 1 GB, cycle: {every: 28}}"));
    assert!(half.starts_with("quota.cycle: either 'day', or 'every' and 'from', are expected"), "{half}");
}

#[test]
fn people_have_devices() {
    let people = top(
        "people: {alice: {name: Alice B., devices: [02:00:5e:10:00:01, {mac: 02-00-5e-10-00-02, hours: 16:00-20:00}], quota: 50 GB}, bob_c: {devices: 02:00:5e:10:00:02}}",
    )
    .loaded()
    .people;
    let listed: Vec<_> =
        people.iter().map(|person| (person.id.as_str(), person.name.as_str(), person.quota)).collect();
    assert_eq!(
        listed,
        [("alice", "Alice B.", Some(50_000_000_000)), ("bob_c", "Bob c", None), ("others", "Others", None)]
    );
    let calendar = Home::yaml(BOX).loaded().calendar;
    let owner = |at: &str| {
        let shared: Mac = "02:00:5e:10:00:02".parse().unwrap();
        people.owner(shared, &calendar, at.parse().unwrap()).unwrap().as_str().to_owned()
    };
    assert_eq!((owner("2026-11-20T16:00Z"), owner("2026-11-20T20:00Z")), ("alice".into(), "bob_c".into()));
    assert!(Home::yaml(BOX).loaded().people.is_empty());
}

#[test]
fn what_is_wrong_with_time_and_people_is_said() {
    const HOURS: &str = "hours such as 08:00-20:00, mon-fri 08:00-20:00 or sat,sun 22:00-06:00 are expected";
    for (written, expected) in [
        (
            "timezone: Europe/Olso",
            "timezone: the name of a time zone such as Europe/Oslo is expected; did you mean 'Europe/Oslo'?",
        ),
        ("timezone: CET+1:hunter2", "timezone: the name of a time zone such as Europe/Oslo is expected"),
        ("on_peak: 8-20", &format!("on_peak: {HOURS}")),
        ("on_peak: []", &format!("on_peak: {HOURS}")),
        ("on_peak: [mon-fri 08:00-20:00, sat]", &format!("on_peak: {HOURS}")),
        ("people: [alice]", "people: a group of keys is expected"),
        (
            "people: {Alice: {}}",
            "people.Alice: an id of a-z, 0-9 and '_' is expected; the name can be given as 'name'",
        ),
        (
            "people: {others: {}}",
            "people.others: 'others' are all devices that belong to nobody: choose another id",
        ),
        (
            "people: {alice: {devices: [laptop]}}",
            "people.alice.devices: hardware addresses such as 02:00:5e:10:00:01 are expected",
        ),
        (
            "people: {alice: {devices: [{hours: 16:00-20:00}]}}",
            "people.alice.devices.mac: is missing; a hardware address such as 02:00:5e:10:00:01 is expected",
        ),
        (
            "people: {alice: {devices: [{mac: 02:00:5e:10:00:01, hours: late}]}}",
            &format!("people.alice.devices.hours: {HOURS}"),
        ),
        (
            "people: {alice: {device: 02:00:5e:10:00:01}}",
            "people.alice.device: there is no such key; did you mean 'devices'?",
        ),
        (
            "people: {alice: {quota: {limit: 1 GB}}}",
            "people.alice.quota: text is expected, not a group of keys",
        ),
        (
            "people: {alice: {devices: 02:00:5e:10:00:01}, bob: {devices: 02:00:5e:10:00:01}}",
            "people.bob: the device with the address 02:00:5e:10:00:01 belongs to two people at the same time",
        ),
    ] {
        assert_eq!(problems(&top(written)), expected, "{written}");
    }
}
