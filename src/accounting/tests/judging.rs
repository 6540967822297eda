use jiff::SignedDuration;

use super::*;
use crate::model::{EventKind, Item, ItemId, Subject, SubjectKind, Value, Whose, catalog};

const GB: u64 = 1_000_000_000;

/// A box with a quota, and what passes through it.
struct House {
    quota: Quota,
    tally: Tally,
    operator: Option<u64>,
}

impl House {
    fn new(policy: QuotaPolicy) -> Self {
        let whose = Whose { subject: Subject::Router, name: "Modem".to_owned() };
        let quota = Quota::new(policy, whose, QuotaState::default());
        let dates = quota.dates(date("2026-11-02"));
        let mut tally = Tally::new(dates);
        tally.begin(dates.today);
        Self { quota, tally, operator: None }
    }

    fn limited(limit: u64) -> Self {
        Self::new(QuotaPolicy { limit: Some(limit), ..QuotaPolicy::default() })
    }

    fn judge(&mut self, now: &str) -> Ruling {
        let now = at(now);
        self.tally.roll(self.quota.dates(oslo().day_of(now)));
        self.quota.judge(now, &oslo(), &self.tally, self.operator)
    }

    /// So much passes at a moment; what is told then.
    fn use_up(&mut self, now: &str, bytes: u64) -> Vec<String> {
        self.pass(now, bytes, false);
        words(&self.judge(now))
    }

    fn pass(&mut self, now: &str, bytes: u64, free: bool) {
        let now = at(now);
        let date = oslo().day_of(now);
        self.tally.roll(self.quota.dates(date));
        let amounts = received(bytes);
        self.tally.add(&Piece {
            date,
            band: Band::OffPeak,
            free,
            from: now,
            to: now,
            amounts,
            gap_seconds: 0,
        });
    }

    fn figures(&mut self, now: &str) -> QuotaFigures {
        self.judge(now).figures.unwrap()
    }

    fn used(&mut self, now: &str) -> u64 {
        self.figures(now).used
    }

    /// The bridge is restarted: what was remembered comes back as text.
    fn restart(&mut self) {
        let text = serde_json::to_string(self.quota.state()).unwrap();
        let state = serde_json::from_str(&text).unwrap();
        assert_eq!(&state, self.quota.state());
        let whose = Whose { subject: Subject::Router, name: "Modem".to_owned() };
        self.quota = Quota::new(self.quota.policy().clone(), whose, state);
    }

    fn set_used(&mut self, now: &str, bytes: u64) {
        self.quota.set_used(bytes, at(now), &self.tally);
    }

    fn top_up(&mut self, now: &str, bytes: u64) {
        self.quota.top_up(bytes, at(now), &self.tally);
    }
}

fn words(ruling: &Ruling) -> Vec<String> {
    let word = |event: &EventKind| match event {
        EventKind::QuotaThreshold { percent, .. } => format!("{percent} %"),
        EventKind::QuotaExhausted { .. } => "exhausted".to_owned(),
        EventKind::CycleEnded { used, quota, .. } => format!("ended {used} of {quota:?}"),
        other => other.word().to_owned(),
    };
    ruling.events.iter().map(word).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn each_threshold_is_told_once_in_a_cycle() {
    let mut house = House::limited(100);
    assert_eq!(house.use_up("2026-11-02T10:00", 79), NOTHING);
    assert_eq!(house.use_up("2026-11-02T11:00", 1), ["80 %"]);
    house.restart();
    assert_eq!(house.use_up("2026-11-02T12:00", 14), NOTHING);
    assert_eq!(house.use_up("2026-11-02T13:00", 1), ["95 %"]);
    assert_eq!(house.use_up("2026-11-03T13:00", 5), ["exhausted"]);
    house.restart();
    assert_eq!(house.use_up("2026-11-04T13:00", 50), NOTHING);
    assert_eq!(house.use_up("2026-12-01T00:00", 85), ["ended 150 of Some(100)", "80 %"]);
}

#[test]
fn of_several_the_highest_is_told() {
    let mut house = House::limited(100);
    assert_eq!(house.use_up("2026-11-02T10:00", 97), ["95 %"]);
    assert_eq!(house.use_up("2026-11-02T11:00", 1), NOTHING);
    let thresholds = [50, 80, 120].into();
    let mut house = House::new(QuotaPolicy { limit: Some(100), thresholds, ..QuotaPolicy::default() });
    assert_eq!(house.use_up("2026-11-02T10:00", 130), ["exhausted", "120 %"]);
    assert_eq!(house.use_up("2026-11-02T11:00", 900), NOTHING);
}

#[test]
fn corrections_are_told_only_when_they_are_large() {
    let mut house = House::limited(100);
    assert_eq!(house.use_up("2026-11-02T10:00", 81), ["80 %"]);
    house.set_used("2026-11-02T11:00", 76);
    assert_eq!(house.used("2026-11-02T11:00"), 76);
    assert_eq!(house.use_up("2026-11-02T12:00", 5), NOTHING);
    house.set_used("2026-11-02T13:00", 60);
    assert_eq!(house.use_up("2026-11-02T14:00", 10), NOTHING);
    assert_eq!(house.use_up("2026-11-02T15:00", 10), ["80 %"]);
    house.set_used("2026-11-02T16:00", 99);
    assert_eq!(words(&house.judge("2026-11-02T16:00")), ["95 %"]);
    house.restart();
    assert_eq!(house.used("2026-11-02T17:00"), 99);
    assert_eq!(house.used("2026-12-01T00:00"), 0);
}

#[test]
fn the_first_figure_is_taken_over_once() {
    let policy = QuotaPolicy { limit: Some(100), used: Some(30), ..QuotaPolicy::default() };
    let mut house = House::new(policy);
    assert_eq!(house.used("2026-11-02T10:00"), 30);
    house.use_up("2026-11-02T11:00", 5);
    house.restart();
    assert_eq!(house.used("2026-11-02T12:00"), 35);
    assert_eq!(house.used("2026-12-02T12:00"), 0);
    house.quota = Quota::new(
        QuotaPolicy { used: Some(40), ..house.quota.policy().clone() },
        Whose { subject: Subject::Router, name: "Modem".to_owned() },
        house.quota.state().clone(),
    );
    assert_eq!(house.used("2026-12-02T13:00"), 40);
}

#[test]
fn free_hours_do_not_count() {
    let mut house = House::limited(100);
    house.pass("2026-11-02T03:00", 500, true);
    house.pass("2026-11-02T12:00", 10, false);
    let figures = house.figures("2026-11-02T12:00");
    assert_eq!((figures.used, figures.left, figures.percent), (10, 90, Some(10.0)));
    assert_eq!(house.tally.this_cycle().unwrap().amounts().total(), 510);
}

#[test]
fn a_cycle_ends_once_even_if_nothing_was_polled_for_long() {
    let mut house = House::limited(100);
    assert_eq!(house.use_up("2026-11-30T23:00", 10), NOTHING);
    assert_eq!(words(&house.judge("2027-02-03T10:00")), ["ended 0 of Some(100)"]);
    house.restart();
    assert_eq!(words(&house.judge("2027-02-03T11:00")), NOTHING);
    let mut plain = House::new(QuotaPolicy::default());
    plain.use_up("2026-11-30T23:00", 10);
    assert_eq!(words(&plain.judge("2026-12-01T00:00")), ["ended 10 of None"]);
    assert_eq!(plain.judge("2026-12-01T00:00").figures, None);
}

#[test]
fn a_clock_that_leaps_back_and_forth_tells_nothing_twice() {
    let mut house = House::limited(100);
    house.set_used("2026-11-29T10:00", 80);
    assert_eq!(house.use_up("2026-11-30T23:59:55", 5), ["80 %"]);
    assert_eq!(house.use_up("2026-12-01T00:00:05", 81), ["ended 85 of Some(100)", "80 %"]);
    assert_eq!(words(&house.judge("2026-11-30T23:59:50")), NOTHING);
    assert_eq!(house.used("2026-11-30T23:59:51"), 85);
    assert_eq!(words(&house.judge("2026-12-01T00:00:01")), NOTHING);
    // Then the machine believes for a while that it is years later.
    house.judge("2031-05-05T12:00");
    assert_eq!(house.use_up("2026-12-02T12:00", 0), NOTHING);
    assert_eq!(house.used("2026-12-02T12:00"), 81);
    assert_eq!(words(&house.judge("2027-01-01T12:00")), ["ended 81 of Some(100)"]);
}

#[test]
fn another_cycle_in_the_configuration_is_no_end_of_one() {
    let mut house = House::limited(100);
    house.use_up("2026-11-20T10:00", 10);
    let policy = QuotaPolicy { cycle: Cycle::Monthly { day: 17 }, ..house.quota.policy().clone() };
    let whose = Whose { subject: Subject::Router, name: "Modem".to_owned() };
    house.quota = Quota::new(policy, whose, house.quota.state().clone());
    assert_eq!(words(&house.judge("2026-11-20T11:00")), NOTHING);
}

#[test]
fn a_prepaid_bucket_is_filled_up() {
    let mut house =
        House::new(QuotaPolicy { limit: Some(100), cycle: Cycle::Prepaid, ..QuotaPolicy::default() });
    assert_eq!(house.use_up("2026-11-02T10:00", 60), NOTHING);
    assert_eq!(house.use_up("2027-03-05T10:00", 30), ["80 %"]);
    house.top_up("2027-03-05T12:00", 50);
    let figures = house.figures("2027-03-05T12:00");
    assert_eq!((figures.limit, figures.used, figures.left), (60, 0, 60));
    assert_eq!((figures.days_left, figures.safe_daily, figures.projected), (None, None, None));
    assert_eq!(house.tally.dates().cycle, Span { from: date("2027-03-05"), until: None });
    assert_eq!(house.use_up("2027-03-05T13:00", 50), ["80 %"]);
    house.restart();
    house.top_up("2027-03-05T14:00", 20);
    let figures = house.figures("2027-03-05T14:00");
    assert_eq!((figures.limit, figures.used, figures.left), (30, 0, 30));
    assert_eq!(house.use_up("2027-03-06T13:00", 40), ["exhausted"]);
    house.top_up("2027-03-07T14:00", 20);
    assert_eq!(house.figures("2027-03-07T14:00").left, 20);
    assert_eq!(words(&house.judge("2027-06-07T14:00")), NOTHING);
}

#[test]
fn what_is_bought_besides_lasts_until_the_cycle_ends() {
    let mut house = House::limited(100);
    assert_eq!(house.use_up("2026-11-10T10:00", 100), ["exhausted"]);
    house.top_up("2026-11-10T11:00", 100);
    let figures = house.figures("2026-11-10T11:00");
    assert_eq!((figures.limit, figures.left, figures.is_exhausted()), (200, 100, false));
    assert_eq!(house.use_up("2026-11-11T11:00", 60), ["80 %"]);
    assert_eq!(words(&house.judge("2026-12-01T00:00")), ["ended 160 of Some(200)"]);
    assert_eq!(house.figures("2026-12-01T00:00").limit, 100);
}

#[test]
fn the_operators_month_is_believed() {
    let policy = QuotaPolicy { limit: Some(1000), operator: true, ..QuotaPolicy::default() };
    let mut house = House::new(policy);
    house.operator = Some(300);
    assert_eq!(house.used("2026-11-02T10:00"), 300);
    // Between its figures, ours go on.
    house.operator = None;
    house.use_up("2026-11-02T11:00", 20);
    assert_eq!(house.used("2026-11-02T11:00"), 320);
    house.operator = Some(310);
    house.restart();
    assert_eq!(house.used("2026-11-02T12:00"), 310);
    // At the turn, its old month is not taken for the new one; when it falls, it is.
    assert_eq!(house.used("2026-12-01T00:00:10"), 0);
    house.use_up("2026-12-01T00:05", 7);
    assert_eq!(house.used("2026-12-01T00:05"), 7);
    house.operator = Some(9);
    assert_eq!(house.used("2026-12-01T00:10"), 9);
}

#[test]
fn the_operators_next_month_is_not_this_cycle() {
    let policy = QuotaPolicy { limit: Some(1000), operator: true, ..QuotaPolicy::default() };
    let mut house = House::new(policy);
    house.operator = Some(900);
    assert_eq!(house.used("2026-11-30T20:00"), 900);
    // Its clock is an hour ahead.
    house.operator = Some(3);
    assert_eq!(house.used("2026-11-30T23:10"), 900);
    assert_eq!(house.used("2026-12-01T00:00"), 3);
    // Somebody cleared it: it is no longer the count of the month.
    house.operator = Some(500);
    assert_eq!(house.used("2026-12-15T00:00"), 500);
    house.operator = Some(0);
    assert_eq!(house.used("2026-12-15T01:00"), 500);
    house.operator = Some(40);
    assert_eq!(house.used("2026-12-15T02:00"), 500);
}

#[test]
fn nothing_is_forecast_on_the_first_days() {
    let mut house = House::limited(100 * GB);
    house.use_up("2026-11-02T18:00", 3 * GB);
    let figures = house.figures("2026-11-02T18:00");
    assert_eq!((figures.projected, figures.exhausted.middle), (None, None));
    assert_eq!(figures.days_left, Some(28.25));
    assert_eq!(figures.safe_daily, Some(3_433_000_000));
    for day in 3..7 {
        house.use_up(&format!("2026-11-{day:02}T18:00"), 4 * GB);
    }
    let figures = house.figures("2026-11-06T18:00");
    assert_eq!(figures.projected.map(|likely| likely.middle), Some(116 * GB));
    assert_eq!(figures.exhausted.middle, Some(at("2026-11-27T01:00")));
}

#[test]
fn days_left_are_days_whatever_the_clock() {
    let cycle = Cycle::Days { count: 2, first: date("2026-10-25") };
    let mut house = House::new(QuotaPolicy { limit: Some(100), cycle, ..QuotaPolicy::default() });
    // Of the 25 hours of that day, 12.5 are over half past eleven.
    assert_eq!(house.figures("2026-10-25T11:30").days_left, Some(1.5));
    assert_eq!(house.figures("2026-10-26T12:00").days_left, Some(0.5));
    // On the last day, what is left can be used.
    assert_eq!(house.figures("2026-10-26T18:00").safe_daily, Some(0));
}

#[test]
fn a_quota_of_nothing_is_used_up() {
    let mut house = House::limited(0);
    let figures = house.figures("2026-11-02T10:00");
    assert_eq!((figures.percent, figures.left, figures.is_exhausted()), (None, 0, true));
}

#[test]
fn figures_have_their_rows() {
    let mut house = House::limited(100 * GB);
    house.pass("2026-11-02T18:00", 100 * GB, false);
    let figures = house.figures("2026-11-02T18:00");
    let mut item = Item::default();
    figures.put(&mut item, SubjectKind::Router);
    assert_eq!(item.get(catalog::QUOTA.row()), Some(&Value::Count(100 * GB)));
    assert_eq!(item.get(catalog::QUOTA_LEFT.row()), Some(&Value::Count(0)));
    assert_eq!(item.get(catalog::QUOTA_PERCENT.row()), Some(&Value::Number(100.0)));
    assert_eq!(item.get(catalog::QUOTA_PROBLEM.row()), Some(&Value::Flag(true)));
    assert_eq!(item.get(catalog::QUOTA_EXHAUSTED.row()), Some(&Value::Moment(at("2026-11-02T18:00"))));
    assert_eq!(item.iter().count(), 13);
    let mut item = Item::default();
    figures.put(&mut item, SubjectKind::Person);
    assert!(item.iter().all(|(row, _)| row.on.contains(&SubjectKind::Person)));
}

#[test]
fn a_person_has_a_quota_without_what_only_a_box_has() {
    let burst = Some(BurstPolicy { over: 1, within: SignedDuration::from_hours(1) });
    let policy =
        QuotaPolicy { limit: Some(100), used: Some(3), operator: true, burst, ..QuotaPolicy::default() };
    let whose = Whose { subject: Subject::Person(ItemId::new("alice").unwrap()), name: "Alice".to_owned() };
    let mut quota = Quota::new(policy.of_person(Some(10)), whose.clone(), QuotaState::default());
    let mut tally = Tally::new(quota.dates(date("2026-11-30")));
    let amounts = received(9);
    let from = at("2026-11-30T10:00");
    tally.add(&Piece {
        date: date("2026-11-30"),
        band: Band::OnPeak,
        free: false,
        from,
        to: from,
        amounts,
        gap_seconds: 0,
    });
    let ruling = quota.judge(from, &oslo(), &tally, Some(77));
    assert_eq!(ruling.events, [EventKind::QuotaThreshold { whose, percent: 80, used: 9, quota: 10 }]);
    tally.roll(quota.dates(date("2026-12-01")));
    assert_eq!(quota.judge(at("2026-12-01T00:00"), &oslo(), &tally, None).events, []);
}

#[test]
fn a_burst_is_told_once() {
    let within = SignedDuration::from_hours(1);
    let burst = Some(BurstPolicy { over: 1000, within });
    let mut house = House::new(QuotaPolicy { burst, ..QuotaPolicy::default() });
    let mut told = Vec::new();
    let mut pass = |house: &mut House, from: &str, to: &str, bytes| {
        let passed = Interval { from: at(from), to: at(to), amounts: received(bytes), gap: None };
        told.extend(house.quota.passed(&passed));
        house.restart();
        told.len()
    };
    assert_eq!(pass(&mut house, "2026-11-02T10:00", "2026-11-02T10:10", 600), 0);
    assert_eq!(pass(&mut house, "2026-11-02T10:10", "2026-11-02T10:20", 500), 1);
    assert_eq!(pass(&mut house, "2026-11-02T10:20", "2026-11-02T10:30", 900), 1);
    // Not little enough in between, then little, then much again.
    assert_eq!(pass(&mut house, "2026-11-02T10:30", "2026-11-02T11:25", 0), 1);
    assert_eq!(pass(&mut house, "2026-11-02T11:25", "2026-11-02T11:30", 1001), 2);
    assert_eq!(told[0], EventKind::Burst { used: 1100, within: 3600 });
}

#[test]
fn what_passed_slowly_is_no_burst() {
    let burst = Some(BurstPolicy { over: 1000, within: SignedDuration::from_hours(1) });
    let mut house = House::new(QuotaPolicy { burst, ..QuotaPolicy::default() });
    // After a day without the bridge, and in many small steps.
    let day = Interval {
        from: at("2026-11-02T00:00"),
        to: at("2026-11-03T00:00"),
        amounts: received(20_000),
        gap: None,
    };
    assert_eq!(house.quota.passed(&day), None);
    let mut from = day.to;
    for _ in 0..10_000 {
        let to = from + SignedDuration::from_secs(10);
        assert_eq!(house.quota.passed(&Interval { from, to, amounts: received(2), gap: None }), None);
        from = to;
    }
    let text = serde_json::to_string(house.quota.state()).unwrap();
    assert!(text.len() < 4000, "{}", text.len());
}
