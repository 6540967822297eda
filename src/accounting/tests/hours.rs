use jiff::{SignedDuration, ToSpan};

use super::*;

/// Each change in a time, as the clock in Oslo shows it.
fn changes(windows: &[&str], from: &str, until: &str) -> Vec<String> {
    let (oslo, hours) = (oslo(), hours(windows));
    let end = at(until);
    let changes =
        std::iter::successors(hours.next_change(&oslo, at(from)), |at| hours.next_change(&oslo, *at));
    changes
        .take_while(|at| *at < end)
        .map(|at| format!("{} {}", oslo.clock(at), if hours.contain(&oslo, at) { "in" } else { "out" }))
        .collect()
}

#[test]
fn windows_return_on_their_days() {
    // The 20th of November 2026 is a Friday.
    assert_eq!(
        changes(&["mon-fri 08:00-20:00", "sat,sun 10:00-24:00"], "2026-11-20T00:00", "2026-11-24T00:00"),
        [
            "2026-11-20T08:00:00 in",
            "2026-11-20T20:00:00 out",
            "2026-11-21T10:00:00 in",
            "2026-11-22T00:00:00 out",
            "2026-11-22T10:00:00 in",
            "2026-11-23T00:00:00 out",
            "2026-11-23T08:00:00 in",
            "2026-11-23T20:00:00 out",
        ]
    );
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
    assert_eq!(
        changes(&["fri,sun 22:00-06:00"], "2026-11-19T00:00", "2026-11-27T12:00"),
        [
            "2026-11-20T22:00:00 in",
            "2026-11-21T06:00:00 out",
            "2026-11-22T22:00:00 in",
            "2026-11-23T06:00:00 out",
        ]
    );
}

#[test]
fn windows_that_touch_are_one() {
    let night = changes(&["22:00-24:00", "00:00-06:00"], "2026-11-22T12:00", "2026-11-23T12:00");
    assert_eq!(night, ["2026-11-22T22:00:00 in", "2026-11-23T06:00:00 out"]);
    assert_eq!(hours(&["22:00-24:00", "00:00-06:00"]).and(hours(&["05:00-05:30"])), hours(&["22:00-06:00"]));
    assert!(!hours(&["08:00-10:00"]).overlap(&hours(&["10:00-12:00"])));
    assert!(hours(&["sun 22:00-06:00"]).overlap(&hours(&["mon 05:00-07:00"])));
}

#[test]
fn always_and_never_do_not_change() {
    let always = hours(&["00:00-24:00"]);
    assert_eq!(always.next_change(&oslo(), at("2026-11-20T00:00")), None);
    assert!(always.contain(&oslo(), at("2026-11-20T00:00")));
    assert_eq!(Hours::default().next_change(&oslo(), at("2026-11-20T00:00")), None);
}

#[test]
fn the_clock_decides_when_it_is_changed() {
    // It leaps from two to three on the 29th of March, and shows two to three twice on the 25th of October.
    assert_eq!(changes(&["02:00-03:00"], "2026-03-29T00:00", "2026-03-30T00:00"), Vec::<String>::new());
    assert_eq!(
        changes(&["02:30-04:00"], "2026-03-29T00:00", "2026-03-30T00:00"),
        ["2026-03-29T03:00:00 in", "2026-03-29T04:00:00 out"]
    );
    assert_eq!(
        changes(&["02:15-02:45"], "2026-10-25T00:00", "2026-10-26T00:00"),
        [
            "2026-10-25T02:15:00 in",
            "2026-10-25T02:45:00 out",
            "2026-10-25T02:15:00 in",
            "2026-10-25T02:45:00 out",
        ]
    );
    let twice = hours(&["02:00-03:00"]);
    let begins = twice.next_change(&oslo(), at("2026-10-25T00:00")).unwrap();
    let ends = twice.next_change(&oslo(), begins).unwrap();
    assert_eq!(ends.duration_since(begins), SignedDuration::from_hours(2));
}

#[test]
fn changes_are_where_looking_at_each_quarter_finds_them() {
    let windows = hours(&["mon-fri 08:00-20:00", "sat 23:30-02:15", "sun 01:45-02:30"]);
    for zone in ZONES {
        let calendar = calendar(zone);
        for from in [
            "2026-03-27T00:00Z",
            "2026-04-03T00:00Z",
            "2026-10-02T00:00Z",
            "2026-10-24T00:00Z",
            "2011-12-28T00:00Z",
        ] {
            let (mut at, end) = (time(from), time(from) + 240.hours());
            let mut next = windows.next_change(&calendar, at);
            while at < end {
                let then = at + 15.minutes();
                if windows.contain(&calendar, at) != windows.contain(&calendar, then) {
                    assert_eq!(next, Some(then), "{zone}");
                    next = windows.next_change(&calendar, then);
                }
                at = then;
            }
            assert!(next.is_some_and(|next| next > end), "{zone}: there is a change that nobody sees");
        }
    }
}

#[test]
fn days_and_hours_are_written_in_many_ways() {
    let same = |one: &str, other: &str| assert_eq!(hours(&[one]), hours(&[other]), "{one}");
    same("mon-sun 8:00-20:00", "08:00-20:00");
    same("Monday-Friday 08:00-20:00", "mon,tue,wed,thu,fri 08:00-20:00");
    same("fri-mon 08:00-20:00", "sat, sun, mon, fri 08:00-20:00");
    same("  sat 10:00-00:00 ", "sat 10:00-24:00");
}

#[test]
fn what_is_no_window_is_refused() {
    for text in [
        "",
        "mon",
        "mon-fri",
        "8-20",
        "08:00",
        "08:00-08:00",
        "24:00-06:00",
        "08:00-25:00",
        "08:60-09:00",
        "8:0-9:00",
        "moon 08:00-09:00",
        "mon- 08:00-09:00",
        "mo 08:00-09:00",
        "mon,,tue 08:00-09:00",
        "+8:00-09:00",
        "008:00-09:00",
    ] {
        assert_eq!(text.parse::<Hours>(), Err(HoursError), "{text}");
    }
}
