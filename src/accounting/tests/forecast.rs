use jiff::ToSpan;

use super::*;

const GB: u64 = 1_000_000_000;

/// The days before the 20th of November 2026, a Friday, with what was used on each of them.
fn days(count: i64, used: impl Fn(Date) -> u64) -> Vec<(Date, u64)> {
    let today = date("2026-11-20");
    (1..=count).rev().map(|ago| today - ago.days()).map(|day| (day, used(day))).collect()
}

fn weekend(day: Date) -> bool {
    day.weekday().to_monday_zero_offset() >= 5
}

#[test]
fn there_is_none_before_there_is_enough_to_go_by() {
    for count in 0..3 {
        assert_eq!(Forecast::from_days(&days(count, |_| GB)), None, "{count}");
    }
    assert!(Forecast::from_days(&days(3, |_| GB)).is_some());
}

#[test]
fn a_steady_household_goes_on() {
    for count in [3, 10, 28] {
        let forecast = Forecast::from_days(&days(count, |_| GB)).unwrap();
        // Half of Friday, and ten days.
        let by = forecast.by(&oslo(), at("2026-11-20T12:00"), 20 * GB, date("2026-12-01"));
        assert_eq!(by, Likely { low: 30_500_000_000, middle: 30_500_000_000, high: 30_500_000_000 });
        let reached = forecast.reaches(&oslo(), at("2026-11-20T12:00"), 3 * GB + 1, Some(date("2026-12-01")));
        let when = Some(at("2026-11-23T13:00"));
        assert_eq!(reached, Likely { low: when, middle: when, high: when });
    }
}

#[test]
fn weekends_are_known_after_two_weeks() {
    let used = |day| if weekend(day) { 4 * GB } else { GB };
    let forecast = Forecast::from_days(&days(14, used)).unwrap();
    // Friday to Sunday, and the week after it.
    let by = forecast.by(&oslo(), at("2026-11-20T00:00"), 0, date("2026-11-30"));
    assert_eq!(by, Likely { low: 22 * GB, middle: 22 * GB, high: 22 * GB });
    let earlier = Forecast::from_days(&days(13, used)).unwrap();
    let by = earlier.by(&oslo(), at("2026-11-20T00:00"), 0, date("2026-11-30"));
    assert!(by.low < 17 * GB && by.high > 19 * GB, "{by:?}");
}

#[test]
fn one_evening_of_films_is_not_a_habit() {
    let used = |day| if day == date("2026-11-12") { 60 * GB } else { GB };
    let forecast = Forecast::from_days(&days(28, used)).unwrap();
    let by = forecast.by(&oslo(), at("2026-11-20T00:00"), 0, date("2026-11-30"));
    assert_eq!(by.middle, 10 * GB);
    assert!(by.low < by.middle && by.high > 30 * GB, "{by:?}");
}

#[test]
fn the_range_holds_what_four_of_five_households_do() {
    let mut random = fastrand::Rng::with_seed(1);
    let mut within = 0;
    for _ in 0..1000 {
        let past: Vec<_> = days(28, |_| 0).into_iter().map(|(day, _)| (day, random.u64(0..2 * GB))).collect();
        let truth: u64 = (0..10).map(|_| random.u64(0..2 * GB)).sum();
        let by =
            Forecast::from_days(&past).unwrap().by(&oslo(), at("2026-11-20T00:00"), 0, date("2026-11-30"));
        within += u32::from((by.low..=by.high).contains(&truth));
    }
    assert!((760..=860).contains(&within), "{within}");
}

#[test]
fn what_lies_beyond_the_end_is_not_told() {
    let used = |day: Date| if day.day() % 2 == 0 { 0 } else { 2 * GB };
    let forecast = Forecast::from_days(&days(28, used)).unwrap();
    let (now, end) = (at("2026-11-20T00:00"), Some(date("2026-12-01")));
    let reached = forecast.reaches(&oslo(), now, 10 * GB, end);
    assert!(reached.low.unwrap() < reached.middle.unwrap());
    assert_eq!(reached.high, None);
    assert_eq!(forecast.reaches(&oslo(), now, 100 * GB, end), Likely { low: None, middle: None, high: None });
    assert!(forecast.reaches(&oslo(), now, 10 * GB, None).high.is_some());
    let idle = Forecast::from_days(&days(28, |_| 0)).unwrap();
    assert_eq!(idle.reaches(&oslo(), now, 1, None).middle, None);
}

#[test]
fn the_end_is_never_less_than_what_is_used() {
    let forecast =
        Forecast::from_days(&days(3, |day| u64::from(day == date("2026-11-19")) * 9 * GB)).unwrap();
    let by = forecast.by(&oslo(), at("2026-11-20T00:00"), 5 * GB, date("2026-11-30"));
    assert!(by.low >= 5 * GB && by.middle == 35 * GB);
    let over = forecast.by(&oslo(), at("2026-11-20T00:00"), 5 * GB, date("2026-11-20"));
    assert_eq!(over, Likely { low: 5 * GB, middle: 5 * GB, high: 5 * GB });
}
