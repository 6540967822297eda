use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::Value as Json;

use super::*;
use crate::accounting::{Cycle, DayRow, Device, Gap, Growth, Person};
use crate::engine::counters::Occasion;
use crate::history::Store;
use crate::model::{BoxId, Bytes, Counting, Metric, Section, Snapshot, Value, catalog};

const PHONE: Mac = Mac::new([0x02, 0, 0x5e, 0x10, 0, 1]);
const LAPTOP: Mac = Mac::new([0x02, 0, 0x5e, 0x10, 0, 2]);
const EVERYBODY: fn(&Mac) -> bool = |_| true;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn anna() -> Subject {
    Subject::Person(ItemId::new("anna").unwrap())
}

/// A household in Oslo with an expensive day, free nights, and a plan of 10,000 bytes that begins on the 17th. The phone is
/// Anna's, who may use 2,000 of them.
fn rules() -> Rules {
    let mut people = People::default();
    let person =
        Person { id: ItemId::new("anna").unwrap(), name: "Anna".into(), quota: Some(2_000), block: true };
    people.add(person, vec![Device { mac: PHONE, hours: None }]).unwrap();
    let calendar = Calendar::new(TimeZone::get("Europe/Oslo").unwrap());
    let (on_peak, free) = ("08:00-20:00".parse().unwrap(), "02:00-04:00".parse::<Hours>().unwrap());
    Rules {
        timetable: Timetable::new(calendar, on_peak, free.clone()),
        people: Arc::new(people),
        quota: QuotaPolicy {
            limit: Some(10_000),
            cycle: Cycle::Monthly { day: 17 },
            free,
            ..QuotaPolicy::default()
        },
    }
}

/// The books, and what was written of them.
struct House {
    accounts: Accounts,
    days: BTreeMap<(Subject, Date, crate::accounting::Band, bool), DayRow>,
    quota: Option<Json>,
    now: Timestamp,
    shown: Readings,
}

impl House {
    fn new(now: &str) -> Self {
        let (accounts, _) = Accounts::restore(rules(), "Box", Recalled::default(), at(now));
        let (days, shown) = (BTreeMap::new(), Readings::default());
        Self { accounts, days, quota: None, now: at(now), shown }
    }

    /// The bridge ends, and begins anew from what was written.
    fn restart(&mut self) {
        let days = self.days.values().cloned().collect();
        let recalled = Recalled { days, quota: self.quota.clone(), ..Recalled::default() };
        (self.accounts, _) = Accounts::restore(rules(), "Box", recalled, self.now);
    }

    /// So much passed until then; gives what is told.
    fn passes(&mut self, until: &str, amounts: &[(Subject, Metric<Bytes>, u64)]) -> Vec<&'static str> {
        let (from, to) = (self.now, at(until));
        let counted: Vec<_> = amounts
            .iter()
            .map(|(subject, metric, amount)| {
                let growth = Some(Growth { amount: *amount, from, to, gap: None });
                Counted { subject: subject.clone(), row: metric.row(), total: *amount, growth }
            })
            .collect();
        self.book(&counted, to, EVERYBODY)
    }

    fn book(&mut self, counted: &[Counted], now: Timestamp, tracks: fn(&Mac) -> bool) -> Vec<&'static str> {
        let box_id: BoxId = "box".parse().unwrap();
        let mut tick = Tick::new(box_id.clone(), now);
        let booked = self.accounts.book(counted, None, tracks, &mut tick);
        for (party, piece) in &tick.pieces {
            let key = (party.clone(), piece.date, piece.band, piece.free);
            let row = self.days.entry(key).or_insert_with(|| DayRow {
                box_id: box_id.clone(),
                party: party.clone(),
                name: None,
                date: piece.date,
                band: piece.band,
                free: piece.free,
                amounts: Default::default(),
                gap_seconds: 0,
            });
            row.amounts += piece.amounts;
            row.gap_seconds += piece.gap_seconds;
        }
        self.quota = tick.quota.or(self.quota.take());
        (self.now, self.shown) = (now, booked.usage);
        booked.events.iter().map(EventKind::word).collect()
    }

    fn shows(&self, party: &Subject, metric: Metric<Bytes>) -> Option<u64> {
        match self.shown.get(party)?.get(metric.row())? {
            Value::Count(bytes) => Some(*bytes),
            _ => None,
        }
    }
}

fn box_uses(amount: u64) -> [(Subject, Metric<Bytes>, u64); 2] {
    [(Subject::Router, catalog::RECEIVED, amount), (Subject::Router, catalog::SENT, 0)]
}

#[test]
fn what_a_box_counts_itself_is_its_usage_and_what_its_clients_use_is_theirs() {
    let mut house = House::new("2026-11-20T11:00:00Z");
    house.passes(
        "2026-11-20T11:01:00Z",
        &[
            (Subject::Router, catalog::RECEIVED, 500),
            (Subject::Router, catalog::SENT, 100),
            (Subject::Client(PHONE), catalog::RECEIVED, 300),
            (Subject::Client(PHONE), catalog::SENT, 50),
            (Subject::Client(LAPTOP), catalog::RECEIVED, 10),
        ],
    );
    let today = |party: &Subject| house.shows(party, catalog::USAGE_TODAY);
    assert_eq!(today(&Subject::Router), Some(600));
    assert_eq!(house.shows(&Subject::Router, catalog::SENT_TODAY), Some(100));
    assert_eq!(today(&Subject::Client(PHONE)), Some(350));
    assert_eq!(today(&anna()), Some(350));
    assert_eq!(today(&Subject::Person(ItemId::new("others").unwrap())), Some(10));
    assert_eq!(house.shown.get(&anna()).unwrap().label.as_deref(), Some("Anna"));
}

#[test]
fn the_usage_of_a_box_that_counts_only_its_clients_is_theirs() {
    let mut house = House::new("2026-11-20T11:00:00Z");
    let clients =
        [(Subject::Client(PHONE), catalog::TRAFFIC, 70), (Subject::Client(LAPTOP), catalog::TRAFFIC, 7)];
    house.passes("2026-11-20T11:01:00Z", &clients);
    assert_eq!(house.shows(&Subject::Router, catalog::USAGE_CYCLE), Some(77));
    assert_eq!(house.shows(&Subject::Router, catalog::RECEIVED_CYCLE), None, "directions are not known");
    assert_eq!(house.shows(&Subject::Router, catalog::QUOTA_LEFT), Some(9_923));
}

#[test]
fn time_in_which_several_clients_are_in_doubt_is_declared_once() {
    let mut house = House::new("2026-11-20T11:00:00Z");
    let (from, to) = (house.now, at("2026-11-20T11:10:00Z"));
    let counted = [PHONE, LAPTOP].map(|mac| Counted {
        subject: Subject::Client(mac),
        row: catalog::TRAFFIC.row(),
        total: 100,
        growth: Some(Growth { amount: 100, from, to, gap: Some(Gap { from, to }) }),
    });
    house.book(&counted, to, EVERYBODY);
    let sums = |party: Subject| {
        let rows = house.days.iter().filter(|((whose, ..), _)| *whose == party).map(|(_, row)| row);
        rows.fold((0, 0), |(bytes, gap), row| (bytes + row.amounts.total(), gap + row.gap_seconds))
    };
    assert_eq!(sums(Subject::Client(PHONE)), (100, 600));
    assert_eq!(sums(Subject::Router), (200, 600));
}

#[test]
fn days_bands_and_free_hours_are_told_apart_to_the_byte() {
    // Midnight in Oslo is at 23:00 UTC; on-peak ends at 19:00 UTC; nothing is counted from 01:00 to 03:00 UTC.
    let mut house = House::new("2026-11-20T18:00:00Z");
    house.passes("2026-11-20T20:00:00Z", &box_uses(1_001));
    house.passes("2026-11-21T03:00:00Z", &box_uses(7_000));
    let shows = |metric| house.shows(&Subject::Router, metric);
    assert_eq!(shows(catalog::USAGE_YESTERDAY), Some(1_001 + 3_000));
    assert_eq!(shows(catalog::USAGE_TODAY), Some(4_000));
    assert_eq!(shows(catalog::ON_PEAK_CYCLE), Some(500));
    assert_eq!(shows(catalog::OFF_PEAK_CYCLE), Some(501 + 7_000));
    assert_eq!(shows(catalog::QUOTA_USED), Some(8_001 - 2_000));
    let booked: u64 = house.days.values().map(|row| row.amounts.total()).sum();
    assert_eq!(booked, 8_001);
}

#[test]
fn a_restart_changes_no_figure_and_tells_nothing_again() {
    let mut house = House::new("2026-11-19T10:00:00Z");
    assert_eq!(house.passes("2026-11-19T11:00:00Z", &box_uses(8_500)), ["quota_threshold"]);
    house.restart();
    assert_eq!(house.passes("2026-11-19T12:00:00Z", &box_uses(1_000)), ["quota_threshold"]);
    let before = house.shown.clone();
    house.restart();
    assert_eq!(house.passes("2026-11-19T12:00:00Z", &[]), [""; 0]);
    assert_eq!(house.shown.get(&Subject::Router), before.get(&Subject::Router));
    assert_eq!(house.passes("2026-11-19T13:00:00Z", &box_uses(1_000)), ["quota_exhausted"]);
}

#[test]
fn a_new_cycle_begins_on_its_day_in_the_households_zone() {
    let mut house = House::new("2026-12-16T22:00:00Z");
    house.passes("2026-12-16T22:30:00Z", &box_uses(9_000));
    assert_eq!(house.passes("2026-12-16T23:30:00Z", &box_uses(22)), ["cycle_ended"]);
    assert_eq!(house.shows(&Subject::Router, catalog::QUOTA_USED), Some(11));
    assert_eq!(house.shows(&Subject::Router, catalog::USAGE_LAST_CYCLE), Some(9_011));
}

#[test]
fn a_quota_follows_what_is_bought_and_what_the_operator_says() {
    let mut house = House::new("2026-11-20T11:00:00Z");
    house.passes("2026-11-20T12:00:00Z", &box_uses(4_000));
    house.accounts.top_up(5_000, house.now);
    house.accounts.set_used(6_000, house.now);
    house.book(&[], house.now, EVERYBODY);
    assert_eq!(house.shows(&Subject::Router, catalog::QUOTA), Some(15_000));
    assert_eq!(house.shows(&Subject::Router, catalog::QUOTA_USED), Some(6_000));
    house.restart();
    house.passes("2026-11-20T13:00:00Z", &box_uses(500));
    assert_eq!(house.shows(&Subject::Router, catalog::QUOTA_LEFT), Some(8_500));
}

#[test]
fn whose_quota_is_used_up_is_known_by_name() {
    let mut house = House::new("2026-11-20T11:00:00Z");
    let used = [(Subject::Client(PHONE), catalog::TRAFFIC, 2_500)];
    assert_eq!(house.passes("2026-11-20T12:00:00Z", &used), ["quota_exhausted"]);
    let booked = house.accounts.judge(Vec::new(), None, house.now);
    assert_eq!(booked.exhausted, BTreeSet::from([ItemId::new("anna").unwrap()]));
}

#[test]
fn who_is_not_tracked_is_not_in_the_books_by_address() {
    let mut house = House::new("2026-11-20T11:00:00Z");
    let growth = Some(Growth { amount: 5, from: house.now, to: at("2026-11-20T12:00:00Z"), gap: None });
    let counted = Counted { subject: Subject::Client(PHONE), row: catalog::TRAFFIC.row(), total: 5, growth };
    house.book(&[counted], at("2026-11-20T12:00:00Z"), |_| false);
    assert!(house.days.keys().all(|(party, ..)| !matches!(party, Subject::Client(_))));
    assert_eq!(house.shows(&anna(), catalog::USAGE_TODAY), Some(5));
}

#[test]
fn the_state_of_a_quota_is_written_when_it_has_changed_and_for_good_when_it_is_told_of() {
    let mut house = House::new("2026-11-19T10:00:00Z");
    let mut written = |until: &str, amount: u64| {
        let growth = Some(Growth { amount, from: at("2026-11-19T10:00:00Z"), to: at(until), gap: None });
        let row = catalog::RECEIVED.row();
        let counted = [Counted { subject: Subject::Router, row, total: amount, growth }];
        let mut tick = Tick::new("box".parse().unwrap(), at(until));
        house.accounts.book(&counted, None, EVERYBODY, &mut tick);
        (tick.quota.is_some(), tick.is_durable)
    };
    assert_eq!(written("2026-11-19T10:01:00Z", 100), (true, false), "there was none");
    assert_eq!(written("2026-11-19T10:02:00Z", 100), (false, false));
    assert_eq!(written("2026-11-19T10:03:00Z", 9_000), (true, true), "a threshold");
    assert_eq!(written("2026-11-19T10:04:00Z", 1), (false, false));
    house.restart();
}

#[tokio::test]
async fn what_a_part_that_is_gone_has_counted_is_counted_once_after_a_restart_too() {
    let (store, id) = (Store::fleeting().unwrap(), "box".parse::<BoxId>().unwrap());
    let mut counters = Counters::default();
    let read = |counters: &mut Counters, now: &str, parts: &[(&str, u64)]| {
        let mut seen = Snapshot::new(at(now));
        let item = seen.section(Section::Clients).subject(Subject::Client(PHONE));
        for (part, raw) in parts {
            item.count(catalog::TRAFFIC, *part, Some(*raw));
        }
        let occasion = Occasion { at: at(now), boot: None, replaced: false };
        counters.take(&mut seen, |_, _| Counting::USUAL, &occasion)[0].total
    };
    let kept = async |counters: &mut Counters, now: &str| {
        let mut tick = Tick::new(id.clone(), at(now));
        tick.forgotten = counters_to_forget(counters);
        tick.counters = counters_to_keep(counters);
        store.commit(tick).await.unwrap();
    };
    read(&mut counters, "2026-10-01T00:00:00Z", &[("a", 100), ("b", 40)]);
    kept(&mut counters, "2026-10-01T00:00:00Z").await;
    let later = "2026-11-19T00:00:00Z";
    assert_eq!(read(&mut counters, later, &[("a", 100)]), 140);
    counters.forget_unseen(at(later), SignedDuration::from_hours(30 * 24));
    kept(&mut counters, later).await;
    let recalled = store.recall(&id, Date::MIN).unwrap();
    let (_, mut counters) = Accounts::restore(rules(), "Box", recalled, at(later));
    assert_eq!(read(&mut counters, "2026-11-19T00:01:00Z", &[("a", 107)]), 147);
}

#[test]
fn a_time_that_is_missing_at_several_devices_is_missing_once() {
    let mut house = House::new("2026-11-20T11:00:00Z");
    let (from, to) = (house.now, at("2026-11-20T12:00:00Z"));
    let counted = |mac, gap_from: &str| {
        let growth = Growth { amount: 1, from, to, gap: Some(Gap { from: at(gap_from), to }) };
        Counted { subject: Subject::Client(mac), row: catalog::TRAFFIC.row(), total: 1, growth: Some(growth) }
    };
    let both = [counted(PHONE, "2026-11-20T11:30:00Z"), counted(LAPTOP, "2026-11-20T11:20:00Z")];
    house.book(&both, to, EVERYBODY);
    let missing = |party: &Subject| -> u64 {
        let rows = house.days.values().filter(|row| row.party == *party);
        rows.map(|row| row.gap_seconds).sum()
    };
    assert_eq!(missing(&Subject::Router), 40 * 60);
    assert_eq!(missing(&Subject::Client(PHONE)), 30 * 60);
    assert_eq!(missing(&Subject::Client(LAPTOP)), 40 * 60);
    assert_eq!(house.shows(&Subject::Router, catalog::USAGE_TODAY), Some(2));
}
