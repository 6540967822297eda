mod calendar;
mod cycle;
mod forecast;
mod hours;
mod judging;
mod people;
mod split;
mod tally;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::*;

/// Zones with clocks that are put forward and back, by an hour or by half an hour, on both halves of the world, one whose
/// clocks are not changed and stand half an hour beside the others, and one that left out a day.
const ZONES: [&str; 5] =
    ["Europe/Oslo", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"];

fn calendar(zone: &str) -> Calendar {
    Calendar::new(TimeZone::get(zone).unwrap())
}

fn oslo() -> Calendar {
    calendar("Europe/Oslo")
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What the clock in Oslo shows, as a moment.
fn at(text: &str) -> Timestamp {
    oslo().at(text.parse().unwrap())
}

fn hours(windows: &[&str]) -> Hours {
    windows.iter().fold(Hours::default(), |all, text| all.and(text.parse().unwrap()))
}

fn received(received: u64) -> Amounts {
    Amounts { received, ..Amounts::default() }
}
