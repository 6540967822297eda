use jiff::{SignedDuration, ToSpan};

use super::*;
use crate::model::{BoxId, Item, ItemId, Subject, SubjectKind, Value, catalog};

fn plain() -> Timetable {
    Timetable::new(oslo(), Hours::default(), Hours::default())
}

fn dates(today: &str) -> Dates {
    Cycle::default().dates(date(today)).unwrap()
}

fn piece(day: &str, amounts: Amounts) -> Piece {
    let from = oslo().begin(date(day));
    Piece { date: date(day), band: Band::OffPeak, free: false, from, to: from, amounts, gap_seconds: 0 }
}

fn shown(tally: &Tally, kind: SubjectKind, timetable: &Timetable) -> Vec<String> {
    let mut item = Item::default();
    tally.put(&mut item, kind, timetable);
    item.iter()
        .filter(|(row, _)| row.key != "today_since" && !row.key.starts_with("cycle_"))
        .map(|(row, value)| match value {
            Some(Value::Count(count)) => format!("{} {count}", row.key),
            Some(Value::Number(number)) => format!("{} {number}", row.key),
            other => format!("{} {other:?}", row.key),
        })
        .collect()
}

/// A byte each second for a year, read at odd times: then bytes are seconds, which a clock can count.
fn a_steady_year(zone: &str, first: &str) {
    let timetable = Timetable::new(calendar(zone), hours(&["mon-fri 08:00-20:00"]), hours(&["00:30-02:30"]));
    let calendar = timetable.calendar();
    let cycle = Cycle::Monthly { day: 31 };
    let mut at = calendar.begin(date(first));
    let end = at + SignedDuration::from_hours(24 * 366);
    let mut tally = Tally::new(cycle.dates(calendar.day_of(at)).unwrap());
    let mut expected: std::collections::BTreeMap<Date, Day> = std::collections::BTreeMap::new();
    let mut random = fastrand::Rng::with_seed(7);
    while at < end {
        let to = at + SignedDuration::from_mins(10 * random.i64(1..60));
        let bytes = to.duration_since(at).as_secs().unsigned_abs();
        tally.roll(cycle.dates(calendar.day_of(to)).unwrap());
        for piece in split(&Interval { from: at, to, amounts: received(bytes), gap: None }, &timetable) {
            tally.add(&piece);
        }
        while at < to {
            let clock = calendar.clock(at);
            let day = expected.entry(calendar.day_of(at)).or_default();
            let is_on_peak = clock.weekday().to_monday_zero_offset() < 5 && (8..20).contains(&clock.hour());
            *if is_on_peak { &mut day.on_peak } else { &mut day.off_peak } += received(600);
            if ((0, 30)..(2, 30)).contains(&(clock.hour(), clock.minute())) {
                day.free += received(600);
            }
            at = at + 10.minutes();
        }
        let sum = |span: Span| {
            expected.iter().filter(|(date, _)| span.contains(**date)).fold(
                Day::default(),
                |mut sum, (_, day)| {
                    sum += *day;
                    sum
                },
            )
        };
        let Dates { today, cycle, last_cycle } = *tally.dates();
        assert_eq!(tally.day(today), Some(expected.get(&today).copied().unwrap_or_default()), "{zone} {at}");
        assert_eq!(tally.this_cycle(), Some(sum(cycle)), "{zone} {at}");
        if let Some(last) = tally.last_cycle() {
            assert_eq!(last, sum(last_cycle.unwrap()), "{zone} {at}");
        }
    }
}

#[test]
fn a_year_comes_to_what_the_clocks_showed() {
    for (zone, first) in
        ZONES.into_iter().zip(["2026-01-01", "2027-06-15", "2026-01-01", "2026-03-01", "2011-02-01"])
    {
        a_steady_year(zone, first);
    }
}

#[test]
fn what_was_never_counted_is_not_zero() {
    let tally = Tally::new(dates("2026-11-20"));
    assert!(shown(&tally, SubjectKind::Router, &plain()).iter().all(|figure| figure.ends_with("None")));
    assert_eq!((tally.day(date("2026-11-20")), tally.this_cycle(), tally.last_cycle()), (None, None, None));
}

#[test]
fn a_known_zero_is_zero() {
    let mut tally = Tally::new(dates("2026-11-20"));
    tally.begin(date("2026-11-20"));
    assert_eq!(
        shown(&tally, SubjectKind::Client, &plain()),
        ["unaccounted 0", "usage_cycle 0", "usage_last_cycle None", "usage_today 0", "usage_yesterday None"]
    );
    tally.roll(dates("2026-12-02"));
    assert_eq!(
        shown(&tally, SubjectKind::Client, &plain()),
        ["unaccounted 0", "usage_cycle 0", "usage_last_cycle 0", "usage_today 0", "usage_yesterday 0"]
    );
}

#[test]
fn figures_have_their_rows() {
    let mut tally = Tally::new(dates("2026-11-20"));
    tally.add(&piece("2026-10-31", Amounts { received: 1, sent: 2, mixed: 0 }));
    tally.add(&piece("2026-11-19", Amounts { received: 10, sent: 20, mixed: 0 }));
    tally.add(&Piece {
        gap_seconds: 90,
        ..piece("2026-11-20", Amounts { received: 100, sent: 200, mixed: 0 })
    });
    tally.add(&Piece { band: Band::OnPeak, free: true, ..piece("2026-11-20", received(1000)) });
    assert_eq!(
        shown(&tally, SubjectKind::Person, &plain()),
        [
            "received_cycle 1110",
            "received_last_cycle 1",
            "received_today 1100",
            "received_yesterday 10",
            "sent_cycle 220",
            "sent_last_cycle 2",
            "sent_today 200",
            "sent_yesterday 20",
            "unaccounted 90",
            "usage_cycle 1330",
            "usage_last_cycle 3",
            "usage_today 1300",
            "usage_yesterday 30",
        ]
    );
    let timetable = Timetable::new(oslo(), hours(&["08:00-20:00"]), Hours::default());
    assert_eq!(
        shown(&tally, SubjectKind::Client, &timetable),
        [
            "off_peak_cycle 330",
            "off_peak_today 300",
            "on_peak_cycle 1000",
            "on_peak_today 1000",
            "unaccounted 90",
            "usage_cycle 1330",
            "usage_last_cycle 3",
            "usage_today 1300",
            "usage_yesterday 30",
        ]
    );
    assert_eq!(tally.this_cycle().map(Day::counted), Some(330));
    let mut item = Item::default();
    tally.put(&mut item, SubjectKind::Router, &plain());
    let moment = |metric: crate::model::Metric<crate::model::Moment>| match item.get(metric.row()) {
        Some(Value::Moment(at)) => at.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(moment(catalog::TODAY_SINCE), "2026-11-19T23:00:00Z");
    assert_eq!(moment(catalog::CYCLE_SINCE), "2026-10-31T23:00:00Z");
    assert_eq!(moment(catalog::CYCLE_UNTIL), "2026-11-30T23:00:00Z");
}

#[test]
fn directions_are_for_boxes_that_tell_them_apart() {
    let mut tally = Tally::new(dates("2026-11-20"));
    tally.add(&piece("2026-11-20", Amounts { received: 1, sent: 2, mixed: 4 }));
    let figures = shown(&tally, SubjectKind::Router, &plain());
    assert!(figures.contains(&"usage_today 7".to_owned()));
    assert!(!figures.iter().any(|figure| figure.contains("received") || figure.contains("sent")));
}

#[test]
fn a_tally_is_the_same_after_a_restart() {
    let timetable = Timetable::new(oslo(), hours(&["08:00-20:00"]), hours(&["00:00-06:00"]));
    let passed = Interval {
        from: at("2026-09-20T10:00"),
        to: at("2026-11-20T10:00"),
        amounts: received(987_654_321),
        gap: None,
    };
    let mut tally = Tally::new(dates("2026-11-20"));
    let mut rows: Vec<DayRow> = Vec::new();
    for Piece { date, band, free, amounts, gap_seconds, .. } in split(&passed, &timetable) {
        let box_id: BoxId = "modem".parse().unwrap();
        let party = Subject::Person(ItemId::new("alice").unwrap());
        rows.push(DayRow { box_id, party, name: None, date, band, free, amounts, gap_seconds });
    }
    for piece in split(&passed, &timetable) {
        tally.add(&piece);
    }
    assert_eq!(Tally::restore(dates("2026-11-20"), &rows), tally);
    let earliest = dates("2026-11-20").earliest();
    rows.retain(|row| row.date >= earliest);
    let restored = Tally::restore(dates("2026-11-20"), rows);
    assert_eq!((restored.this_cycle(), restored.last_cycle()), (tally.this_cycle(), tally.last_cycle()));
    assert_eq!(restored.whole_days().last(), tally.whole_days().last());
}

#[test]
fn a_clock_that_leaps_ahead_and_is_put_back_costs_nothing() {
    let mut tally = Tally::new(dates("2026-11-20"));
    for day in ["2026-10-31", "2026-11-19", "2026-11-20"] {
        tally.add(&piece(day, received(100)));
    }
    let before = tally.clone();
    tally.roll(dates("2031-01-01"));
    assert_eq!(tally.this_cycle().map(Day::counted), Some(0));
    tally.roll(dates("2026-11-20"));
    assert_eq!(tally, before);
    tally.roll(dates("2026-10-31"));
    assert_eq!(tally.this_cycle().map(Day::counted), Some(100));
}

#[test]
fn old_days_are_forgotten() {
    let mut tally = Tally::new(dates("2026-01-01"));
    let mut day = date("2026-01-01");
    while day < date("2028-01-01") {
        tally.roll(dates(&day.to_string()));
        tally.add(&piece(&day.to_string(), received(1)));
        day = day.tomorrow().unwrap();
    }
    assert_eq!(tally.last_cycle().map(Day::counted), Some(30));
    assert_eq!(tally.day(date("2027-10-20")), None);
    assert_eq!(tally.day(date("2027-11-20")).map(Day::counted), Some(1));
}

#[test]
fn days_that_were_counted_from_midnight_to_midnight() {
    let mut tally = Tally::new(dates("2026-11-20"));
    tally.add(&piece("2026-11-15", received(1)));
    tally.add(&Piece { free: true, ..piece("2026-11-16", received(2)) });
    tally.add(&Piece { gap_seconds: 30_000, ..piece("2026-11-17", received(4)) });
    tally.add(&Piece { gap_seconds: 600, ..piece("2026-11-18", received(8)) });
    tally.add(&piece("2026-11-20", received(16)));
    let whole = [("2026-11-16", 0), ("2026-11-18", 8), ("2026-11-19", 0)];
    assert_eq!(tally.whole_days(), whole.map(|(day, bytes)| (date(day), bytes)));
    tally.roll(dates("2027-11-20"));
    assert_eq!(tally.whole_days().len(), 28);
}
