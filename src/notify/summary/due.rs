//! When a day is to be summed up. Days are told apart by their dates, so that none is summed up twice, whatever the clocks do.

use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};

/// How late is better than never.
const TOO_LATE: SignedDuration = SignedDuration::from_hours(12);

/// The day whose time has come, unless it was told already. `last` is the day that was told last; before the first one,
/// nothing was missed that lies before the start.
pub(super) fn due(at: Time, now: &Zoned, last: Option<Date>, started: Timestamp) -> Option<Date> {
    let today = now.date();
    let days = [Some(today), today.yesterday().ok()];
    let (day, moment) = days.into_iter().flatten().find_map(|day| {
        let moment = moment(day, at, now)?;
        (moment <= now.timestamp()).then_some((day, moment))
    })?;
    if now.timestamp().duration_since(moment) > TOO_LATE {
        return None;
    }
    let is_new = match last {
        None => moment >= started,
        // A day that is yet to come was noted when the clock was wrong.
        Some(last) => last < day || last > today.saturating_add(1.day()),
    };
    is_new.then_some(day)
}

/// How long until the next day is to be summed up.
pub(super) fn until_next(at: Time, now: &Zoned) -> Duration {
    let today = now.date();
    let days = [Some(today), today.tomorrow().ok()];
    let moments = days.into_iter().flatten().filter_map(|day| moment(day, at, now));
    let left = moments.map(|moment| moment.duration_since(now.timestamp())).find(SignedDuration::is_positive);
    left.and_then(|left| left.try_into().ok()).unwrap_or(Duration::MAX)
}

/// The moment at which it is that time on a day. A time that a clock change leaves out is as much later; one that comes
/// twice is the first of the two.
fn moment(day: Date, at: Time, now: &Zoned) -> Option<Timestamp> {
    let moment = day.to_datetime(at).to_zoned(now.time_zone().clone()).ok()?;
    Some(moment.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    const AT: Time = time(7, 30, 0, 0);

    fn oslo(text: &str) -> Zoned {
        format!("{text}[Europe/Oslo]").parse().unwrap()
    }

    fn due_at(now: &str, last: Option<Date>) -> Option<Date> {
        due(AT, &oslo(now), last, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_day_is_due_from_its_time_on_for_half_a_day() {
        let before = Some(date(2026, 11, 19));
        assert_eq!(due_at("2026-11-20T07:29:59", before), None);
        for now in ["2026-11-20T07:30:00", "2026-11-20T19:30:00"] {
            assert_eq!(due_at(now, before), Some(date(2026, 11, 20)), "{now}");
            assert_eq!(due_at(now, Some(date(2026, 11, 20))), None, "{now}");
        }
        assert_eq!(due_at("2026-11-20T19:30:01", before), None);
    }

    #[test]
    fn what_was_missed_before_midnight_is_told_after_it() {
        let late = time(22, 0, 0, 0);
        let now = oslo("2026-11-21T05:00:00");
        let last = Some(date(2026, 11, 19));
        assert_eq!(due(late, &now, last, now.timestamp()), Some(date(2026, 11, 20)));
    }

    #[test]
    fn before_the_first_summary_nothing_was_missed() {
        let now = oslo("2026-11-20T12:00:00");
        assert_eq!(due(AT, &now, None, now.timestamp()), None);
        let started = oslo("2026-11-20T07:00:00").timestamp();
        assert_eq!(due(AT, &now, None, started), Some(date(2026, 11, 20)));
    }

    #[test]
    fn a_day_from_the_future_was_noted_by_a_clock_that_was_wrong() {
        assert_eq!(due_at("2026-11-20T08:00:00", Some(date(2031, 1, 1))), Some(date(2026, 11, 20)));
        assert_eq!(due_at("2026-11-20T08:00:00", Some(date(2026, 11, 21))), None, "it was put back a little");
    }

    #[test]
    fn a_time_that_is_left_out_or_comes_twice_is_one_moment() {
        let at = time(2, 30, 0, 0);
        // In spring, 02:00 is 03:00; in autumn, 03:00 is 02:00 again.
        for (day, moment) in
            [(date(2026, 3, 29), "2026-03-29T01:30:00Z"), (date(2026, 10, 25), "2026-10-25T00:30:00Z")]
        {
            let moment: Timestamp = moment.parse().unwrap();
            let noon = day.at(12, 0, 0, 0).in_tz("Europe/Oslo").unwrap();
            assert_eq!(super::moment(day, at, &noon), Some(moment));
            let zone = noon.time_zone().clone();
            let mut told = Vec::new();
            let midnight = day.at(0, 0, 0, 0).to_zoned(zone.clone()).unwrap().timestamp();
            for minutes in 0..24 * 60 {
                let now = (midnight + SignedDuration::from_mins(minutes)).to_zoned(zone.clone());
                if let Some(day) = due(at, &now, told.last().copied(), midnight) {
                    told.push(day);
                }
            }
            assert_eq!(told, [day]);
        }
    }

    #[test]
    fn the_next_time_is_awaited() {
        let hours = |now: &str| until_next(AT, &oslo(now)).as_secs_f64() / 3600.0;
        assert!((hours("2026-11-20T06:30:00") - 1.0).abs() < 1e-6);
        assert!((hours("2026-11-20T07:30:00") - 24.0).abs() < 1e-6);
        assert!((hours("2026-03-28T07:30:00") - 23.0).abs() < 1e-6);
    }
}
