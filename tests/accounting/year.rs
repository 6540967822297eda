//! A year of polls, on a stopped clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use tokio::sync::watch;
use tokio::time::{Duration, sleep};
use tokio_util::sync::CancellationToken;

use router2mqtt::accounting::{
    Amounts, Calendar, Cycle, DayRow, Device, Hours, People, Person, QuotaPolicy, Timetable,
};
use router2mqtt::engine::{
    About, BoxView, Charge, ClientPolicy, Events, Keeper, LinePolicy, Memory, Pulse, Rules, Shared, World,
};
use router2mqtt::history::Store;
use router2mqtt::model::{BoxId, Clock, ItemId, Row, Subject, Value, catalog};

use super::script::{self, AWAY, BEGIN, END, LOSSY, PHONE};

/// Seldom enough for a year in seconds, and often enough for nothing to be lost but at restarts.
const EVERY: Duration = Duration::from_secs(1800);

/// How long the bridge runs before it is started again.
const RUN: SignedDuration = SignedDuration::from_hours(24 * 25 + 11);

/// What is counted of a party on a day, and for how many seconds something may be missing.
type Day = (Amounts, u64);

fn days(book: &[DayRow], party: &Subject) -> BTreeMap<Date, Day> {
    let mut days = BTreeMap::<Date, Day>::new();
    for row in book.iter().filter(|row| row.party == *party) {
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

fn ada() -> ItemId {
    ItemId::new("ada").unwrap()
}

fn rules() -> Rules {
    let calendar = Calendar::new(script::zone());
    let on_peak: Hours = "mon-fri 08:00-20:00".parse().unwrap();
    let mut people = People::default();
    let person = Person { id: ada(), name: "Ada".to_owned(), quota: None, block: false };
    people.add(person, vec![Device { mac: PHONE, hours: None }]).unwrap();
    let cycle = Cycle::Monthly { day: 31 };
    let quota = QuotaPolicy { limit: Some(100_000_000_000), cycle, ..QuotaPolicy::default() };
    Rules { timetable: Timetable::new(calendar, on_peak, Hours::default()), people: Arc::new(people), quota }
}

fn charge(id: &BoxId, rules: Rules) -> Charge {
    let about = About {
        id: id.clone(),
        name: "Box".to_owned(),
        family: "scripted",
        manufacturer: "Nobody",
        url: "http://192.0.2.1".to_owned(),
        actions: Vec::new(),
    };
    Charge {
        about,
        every: EVERY,
        plan: script::PLAN,
        session: router2mqtt::routers::Session::None,
        allow: std::collections::BTreeSet::new(),
        counting: script::counting,
        clients: ClientPolicy { known: rules.people.devices(), ..ClientPolicy::default() },
        line: LinePolicy::default(),
        rules,
        digest: String::new(),
    }
}

/// Keeps the box until then, in runs that end and begin anew with what was written down; gives what is shown at the end.
async fn keep(id: &BoxId, store: &Store, clock: &Clock, end: Timestamp) -> BoxView {
    let memory = Arc::new(Memory::fleeting());
    let (world, _) = watch::channel(World::default());
    while clock.now() < end {
        let shared = Shared {
            world: world.clone(),
            events: Events::new(),
            memory: Arc::clone(&memory),
            store: store.clone(),
            clock: clock.clone(),
            pulse: Pulse::default(),
            stop: CancellationToken::new(),
        };
        let stop = shared.stop.clone();
        let driver = Box::new(script::Scripted(clock.clone()));
        let (keeper, _orders) = Keeper::new(charge(id, rules()), driver, shared, fastrand::Rng::with_seed(1));
        let keeper = tokio::spawn(keeper.run());
        sleep(RUN.min(end.duration_since(clock.now())).unsigned_abs()).await;
        stop.cancel();
        keeper.await.unwrap();
    }
    let view = world.borrow().get(id).cloned();
    view.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_year_of_polls_agrees_with_what_passed() {
    let id: BoxId = "box".parse().unwrap();
    let clock = Clock::starting_at(script::at(BEGIN.yesterday().unwrap().at(23, 0, 0, 0)));
    let store = Store::fleeting().unwrap();
    let view = keep(&id, &store, &clock, script::at(END.at(1, 30, 0, 0))).await;

    let book = store.recall(&id, BEGIN).unwrap().days;
    let house = days(&book, &Subject::Router);
    assert_days(&house, |amounts| amounts.received, |day| script::on(day)[0]);
    assert_days(&house, |amounts| amounts.sent, |day| script::on(day)[1]);
    for party in [Subject::Client(PHONE), Subject::Person(ada())] {
        assert_days(&days(&book, &party), Amounts::total, |day| script::on(day)[2]);
    }
    // The last cycle is clamped to the end of a month that has 30 days, and has no lossy day in it.
    let last = date(2028, 9, 30).series(1.day()).take_while(|day| *day < END);
    let truth: u64 = last.map(|day| script::on(day)[0] + script::on(day)[1]).sum();
    assert_eq!(shown(&view, &Subject::Router, catalog::USAGE_LAST_CYCLE.row()), truth);
    assert_eq!(shown(&view, &Subject::Router, catalog::USAGE_CYCLE.row()), 0);
}
