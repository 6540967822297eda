//! The modem's log of DOCSIS events, which grows with the clock.

use std::time::Duration;

use serde_json::json;

use super::life::Life;
use super::page::Row;

/// How often something happens.
const EVERY: Duration = Duration::from_secs(600);
/// How many events the modem keeps.
const KEPT: u64 = 12;

/// What happens, again and again: the number of the event, its level, and its words.
const EVENTS: [(&str, Level, &str); 4] = [
    ("68010300", Level::Error, "DHCP RENEW WARNING - Field invalid in response v4 option"),
    ("82000500", Level::Critical, "Started Unicast Maintenance Ranging - No Response received - T3 time-out"),
    ("84000500", Level::Critical, "SYNC Timing Synchronization failure - Loss of Sync"),
    ("74010100", Level::Notice, "CM-STATUS message sent. Event Type Code: 5; Chan ID: 9; DSID: N/A"),
];

#[derive(Clone, Copy, Debug)]
enum Level {
    Critical,
    Error,
    Notice,
}

/// How the firmware prints its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Levels in words, years with two digits.
    Words,
    /// Levels as the numbers of DOCSIS, which begin at 1, and whole years.
    Numbers,
}

/// The events since the modem started, the newest first. The first of them comes before the modem has the time.
pub(super) fn rows(life: &Life, style: Style) -> Vec<Row> {
    let happened = life.uptime().as_secs() / EVERY.as_secs();
    let first = (happened + 1).saturating_sub(KEPT);
    let events = (first..=happened).rev().map(|number| event(number, life, style));
    (1_u64..)
        .zip(events)
        .map(|(index, mut row)| {
            row.insert(0, ("index", json!(index)));
            row
        })
        .collect()
}

fn event(number: u64, life: &Life, style: Style) -> Row {
    let kind = usize::try_from(number % 4).unwrap_or_default();
    let (code, level, words) = EVENTS.get(kind).copied().unwrap_or(("", Level::Notice, ""));
    let ago = life.uptime().saturating_sub(EVERY * u32::try_from(number).unwrap_or(u32::MAX));
    let (form, priority) = match (style, level) {
        (Style::Words, Level::Critical) => ("%m/%d/%y %H:%M:%S", "critical"),
        (Style::Words, Level::Error) => ("%m/%d/%y %H:%M:%S", "error"),
        (Style::Words, Level::Notice) => ("%m/%d/%y %H:%M:%S", "notice"),
        (Style::Numbers, Level::Critical) => ("%m/%d/%Y %H:%M:%S", "3"),
        (Style::Numbers, Level::Error) => ("%m/%d/%Y %H:%M:%S", "4"),
        (Style::Numbers, Level::Notice) => ("%m/%d/%Y %H:%M:%S", "6"),
    };
    let time = if number == 0 { "01/01/70 00:00:21".to_owned() } else { life.time_ago(ago, form) };
    let tail = "CM-MAC=00:00:5e:00:53:f1;CMTS-MAC=00:00:5e:00:53:f9;CM-QOS=1.1;CM-VER=3.1;";
    vec![
        ("time", json!(time)),
        ("type", json!(code)),
        ("priority", json!(priority)),
        ("event", json!(format!("{words};{tail}"))),
    ]
}
