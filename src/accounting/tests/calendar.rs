use jiff::{SignedDuration, ToSpan};

use super::*;

/// How long a day is, in minutes.
fn minutes_of(calendar: &Calendar, day: &str) -> i64 {
    calendar.day(date(day)).length().as_mins()
}

#[test]
fn days_have_as_many_hours_as_their_clocks_show() {
    let oslo = oslo();
    assert_eq!(minutes_of(&oslo, "2026-03-28"), 1440);
    assert_eq!(minutes_of(&oslo, "2026-03-29"), 1380);
    assert_eq!(minutes_of(&oslo, "2026-10-25"), 1500);
    assert_eq!(minutes_of(&calendar("Australia/Lord_Howe"), "2026-04-05"), 1470);
    assert_eq!(minutes_of(&calendar("Australia/Lord_Howe"), "2026-10-04"), 1410);
    assert_eq!(minutes_of(&calendar("Asia/Kolkata"), "2026-03-29"), 1440);
}

#[test]
fn a_day_that_was_left_out_is_empty() {
    let apia = calendar("Pacific/Apia");
    assert_eq!(minutes_of(&apia, "2011-12-29"), 1440);
    assert_eq!(minutes_of(&apia, "2011-12-30"), 0);
    assert_eq!(minutes_of(&apia, "2011-12-31"), 1440);
    assert_eq!(apia.day_of(time("2011-12-30T09:59:59Z")), date("2011-12-29"));
    assert_eq!(apia.day_of(time("2011-12-30T10:00:00Z")), date("2011-12-31"));
}

#[test]
fn a_day_without_midnight_begins_when_its_clock_does() {
    let santiago = calendar("America/Santiago");
    let day = santiago.day(date("2024-09-08"));
    assert_eq!(day.from, time("2024-09-08T04:00:00Z"));
    assert_eq!(santiago.clock(day.from).to_string(), "2024-09-08T01:00:00");
    assert_eq!(day.length(), SignedDuration::from_hours(23));
    // Half past eleven in the evening was followed by half past midnight.
    let toronto = calendar("America/Toronto");
    let from = toronto.begin(date("1919-03-31"));
    assert_eq!(toronto.clock(from).to_string(), "1919-03-31T00:30:00");
    assert_eq!(toronto.day_of(from), date("1919-03-31"));
    assert_eq!(toronto.day_of(from - 1.second()), date("1919-03-30"));
}

#[test]
fn a_day_that_began_does_not_begin_again() {
    // Until 2011, the clocks of Newfoundland were put back at a minute past midnight.
    let calendar = calendar("America/St_Johns");
    let began = calendar.begin(date("2010-11-07"));
    assert_eq!(calendar.clock(began + 30.minutes()).date(), date("2010-11-06"));
    assert_eq!(calendar.day_of(began + 30.minutes()), date("2010-11-07"));
    assert_eq!(minutes_of(&calendar, "2010-11-07"), 1500);
}

#[test]
fn days_tile_the_years_of_every_zone_there_is() {
    for zone in jiff::tz::db().available() {
        let calendar = calendar(zone.as_str());
        let mut day = date("2011-01-01");
        while day < date("2012-01-03") {
            let Period { from, until } = calendar.day(day);
            assert!(from <= until, "{zone} {day}");
            if from < until {
                assert_eq!(calendar.day_of(from), day, "{zone}");
                assert_eq!(calendar.day_of(until - 1.nanosecond()), day, "{zone}");
            }
            day = day.tomorrow().unwrap();
        }
    }
}

#[test]
fn hours_are_those_of_the_clock() {
    let lord_howe = calendar("Australia/Lord_Howe");
    // At two in the morning the clock is put back to half past one.
    let change = time("2026-04-04T15:00:00Z");
    let before = lord_howe.hour(change - 1.second());
    assert_eq!((before.until, before.length()), (change, SignedDuration::from_hours(1)));
    let after = lord_howe.hour(change);
    assert_eq!((after.from, after.length()), (change, SignedDuration::from_mins(30)));
    let kolkata = calendar("Asia/Kolkata").hour(time("2026-06-01T10:00:00Z"));
    assert_eq!(kolkata.from, time("2026-06-01T09:30:00Z"));
    assert!(kolkata.contains(time("2026-06-01T10:29:59Z")) && !kolkata.contains(kolkata.until));
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    for zone in ZONES {
        let calendar = calendar(zone);
        for at in [Timestamp::MIN, Timestamp::MAX] {
            assert!(calendar.day(calendar.day_of(at)).length() >= SignedDuration::ZERO);
            assert!(calendar.hour(at).length() >= SignedDuration::ZERO);
            assert!((0.0..=1.0).contains(&calendar.share_of_day(at)));
        }
    }
}
