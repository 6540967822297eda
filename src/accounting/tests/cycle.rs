use super::*;

fn monthly(day: i8, today: &str) -> (Date, Date) {
    let span = Cycle::Monthly { day }.span_of(date(today)).unwrap();
    (span.from, span.until.unwrap())
}

#[test]
fn months_are_clamped_to_their_length() {
    let is = |day, today: &str, from: &str, until: &str| {
        assert_eq!(monthly(day, today), (date(from), date(until)), "{day} {today}");
    };
    is(1, "2026-11-20", "2026-11-01", "2026-12-01");
    is(17, "2026-11-16", "2026-10-17", "2026-11-17");
    is(17, "2026-11-17", "2026-11-17", "2026-12-17");
    is(31, "2026-02-27", "2026-01-31", "2026-02-28");
    is(31, "2026-02-28", "2026-02-28", "2026-03-31");
    is(31, "2028-02-28", "2028-01-31", "2028-02-29");
    is(31, "2028-02-29", "2028-02-29", "2028-03-31");
    is(31, "2026-04-29", "2026-03-31", "2026-04-30");
    is(31, "2026-04-30", "2026-04-30", "2026-05-31");
    is(30, "2026-03-01", "2026-02-28", "2026-03-30");
    is(29, "2027-12-31", "2027-12-29", "2028-01-29");
    is(17, "2027-01-05", "2026-12-17", "2027-01-17");
}

#[test]
fn days_are_counted_from_a_date_in_both_directions() {
    let cycle = Cycle::Days { count: 28, first: date("2026-11-01") };
    let from = |today| cycle.span_of(date(today)).unwrap().from;
    assert_eq!(from("2026-11-01"), date("2026-11-01"));
    assert_eq!(from("2026-11-28"), date("2026-11-01"));
    assert_eq!(from("2026-11-29"), date("2026-11-29"));
    assert_eq!(from("2026-10-31"), date("2026-10-04"));
    assert_eq!(from("2028-03-01"), date("2028-02-20"));
}

#[test]
fn every_day_belongs_to_one_cycle() {
    let cycles = (1..=31)
        .map(|day| Cycle::Monthly { day })
        .chain([1, 7, 28, 30, 366].map(|count| Cycle::Days { count, first: date("2026-11-01") }));
    for cycle in cycles {
        let mut today = date("2023-12-01");
        let mut before: Option<Dates> = None;
        while today < date("2029-01-01") {
            let dates = cycle.dates(today).unwrap();
            let (this, last) = (dates.cycle, dates.last_cycle.unwrap());
            assert!(this.contains(today) && !last.contains(today), "{cycle:?} {today}");
            assert_eq!(last.until, Some(this.from), "{cycle:?} {today}");
            if let Some(before) = before {
                let is_same = before.cycle == this && before.last_cycle == Some(last);
                let is_next =
                    before.cycle.until == Some(this.from) && this.from == today && last == before.cycle;
                assert!(is_same || is_next, "{cycle:?} {today}");
            }
            before = Some(dates);
            today = today.tomorrow().unwrap();
        }
    }
}

#[test]
fn what_is_prepaid_has_no_calendar() {
    assert_eq!(Cycle::Prepaid.dates(date("2026-11-20")), None);
}

#[test]
fn the_ends_of_the_calendar_are_no_trouble() {
    for cycle in [Cycle::Monthly { day: 31 }, Cycle::Days { count: 366, first: date("2026-11-01") }] {
        for today in [Date::MIN, Date::MAX] {
            assert!(cycle.dates(today).unwrap().earliest() <= today);
        }
    }
}
