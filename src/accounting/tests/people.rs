use jiff::SignedDuration;

use super::*;
use crate::model::{ItemId, Mac};

const TV: Mac = Mac::new([0x02, 0, 0x5e, 0x10, 0, 1]);
const PHONE: Mac = Mac::new([0x02, 0, 0x5e, 0x10, 0, 2]);
const GUEST: Mac = Mac::new([0x02, 0, 0x5e, 0x10, 0, 3]);

fn person(id: &str) -> Person {
    Person { id: ItemId::new(id).unwrap(), name: id.to_uppercase(), quota: None }
}

fn device(mac: Mac, windows: &[&str]) -> Device {
    Device { mac, hours: (!windows.is_empty()).then(|| hours(windows)) }
}

fn household() -> People {
    let mut people = People::default();
    people.add(person("alice"), vec![device(TV, &["16:00-20:00"]), device(PHONE, &[])]).unwrap();
    people.add(person("bob"), vec![device(TV, &["20:00-23:00"])]).unwrap();
    people.add(person("carol"), vec![device(TV, &[])]).unwrap();
    people
}

fn owner(mac: Mac, shown: &str) -> String {
    household().owner(mac, &oslo(), at(shown)).unwrap().as_str().to_owned()
}

#[test]
fn a_device_is_somebodys_at_any_time() {
    assert_eq!(owner(TV, "2026-11-20T15:59:59"), "carol");
    assert_eq!(owner(TV, "2026-11-20T16:00:00"), "alice");
    assert_eq!(owner(TV, "2026-11-20T20:00:00"), "bob");
    assert_eq!(owner(TV, "2026-11-20T23:00:00"), "carol");
    assert_eq!(owner(PHONE, "2026-11-20T03:00:00"), "alice");
    assert_eq!(owner(GUEST, "2026-11-20T03:00:00"), "others");
    assert_eq!(People::default().owner(TV, &oslo(), at("2026-11-20T16:00")), None);
}

#[test]
fn what_a_shared_device_used_is_shared_by_its_hours() {
    let (from, to) = (at("2026-11-20T15:00"), at("2026-11-20T21:00"));
    let passed = Interval { from, to, amounts: received(6001), gap: None };
    let people = household();
    let shares = people.share(TV, &oslo(), &passed);
    let shares: Vec<_> = shares.iter().map(|(id, part)| (id.as_str(), part.amounts.received)).collect();
    assert_eq!(shares, [("carol", 1000), ("alice", 4000), ("bob", 1001)]);
    let whole = people.share(PHONE, &oslo(), &passed);
    assert_eq!(whole, [(&ItemId::new("alice").unwrap(), passed)]);
    assert_eq!(people.share(GUEST, &oslo(), &passed)[0].0.as_str(), "others");
    assert!(People::default().share(TV, &oslo(), &passed).is_empty());
}

#[test]
fn shares_come_to_the_whole_when_the_clock_is_changed() {
    let people = household();
    for start in ["2026-03-28T12:00", "2026-10-24T12:00"] {
        let from = at(start);
        let to = from + SignedDuration::from_hours(62);
        let shares = people.share(TV, &oslo(), &Interval { from, to, amounts: received(99_999), gap: None });
        assert_eq!(shares.iter().map(|(_, part)| part.amounts.received).sum::<u64>(), 99_999);
        assert_eq!(shares.len(), 10);
    }
}

#[test]
fn everybody_is_listed_and_others_at_the_end() {
    let people = household();
    let names: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["ALICE", "BOB", "CAROL", "Others"]);
    assert!(People::default().is_empty() && People::default().iter().next().is_none());
    assert_eq!(people.get(&ItemId::new("bob").unwrap()), Some(&person("bob")));
    assert_eq!(people.devices_of(&ItemId::new("alice").unwrap()), [TV, PHONE].into());
}

#[test]
fn nobody_has_what_is_somebody_elses_at_the_time() {
    let mut people = household();
    assert_eq!(people.add(person("dave"), vec![device(PHONE, &[])]), Err(PeopleError::Shared(PHONE)));
    assert_eq!(people.add(person("erin"), vec![device(TV, &["19:30-20:30"])]), Err(PeopleError::Shared(TV)));
    assert_eq!(people.add(person("alice"), Vec::new()), Err(PeopleError::Twice));
    assert_eq!(people.add(person("others"), Vec::new()), Err(PeopleError::Others));
    let own = vec![device(GUEST, &["10:00-12:00"]), device(GUEST, &["11:00-13:00"])];
    assert_eq!(people.add(person("frank"), own), Ok(()));
}
