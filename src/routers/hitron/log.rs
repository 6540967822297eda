//! The modem's own log of DOCSIS events.

use jiff::civil::DateTime;

use super::wire::Row;
use crate::model::{LogEntry, Mac, Readings, Severity, printed, text};

/// Home Assistant refuses states of more than 255 characters.
const LONGEST: usize = 250;

/// How long a hardware address is when it is printed with colons or dashes.
const PRINTED_MAC: usize = 17;

/// The addresses and versions that DOCSIS puts behind each event: the same for all of them, and nobody's business.
const TAIL: [&str; 4] = ["cm-mac=", "cmts-mac=", "cm-qos=", "cm-ver="];

pub(super) fn read(rows: &[Row], out: &mut Readings) {
    let mut entries: Vec<_> = rows.iter().filter_map(entry).collect();
    if is_newest_first(&entries) {
        entries.reverse();
    }
    out.log = entries;
}

fn entry(row: &Row) -> Option<LogEntry> {
    Some(LogEntry {
        time: row.read("time", time),
        // Whatever has no level of its own is still worth telling, but nothing to worry about.
        severity: row.read("priority", severity).unwrap_or(Severity::Information),
        code: row.read("type", text::name),
        text: row.read("event", words)?,
    })
}

/// The time as it is printed. Before the operator has told the modem the time, its clock begins in 1970, or it says so
/// in words.
fn time(said: &str) -> Option<String> {
    let time = printed::clean(said)?;
    let is_time = time.starts_with(|c: char| c.is_ascii_digit());
    let began = moment(time).is_some_and(|moment| moment.year() <= 1970);
    (is_time && !began).then(|| text::shorten(time, 40))
}

/// The level: in words, or as the number that DOCSIS gives it, which begins at 1.
fn severity(said: &str) -> Option<Severity> {
    let said = said.trim();
    if let Some(number) = printed::count(said) {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        return Severity::ALL.get(place).copied();
    }
    let word = said.to_ascii_lowercase();
    let word = word.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    match word {
        "informational" | "info" => Some(Severity::Information),
        "warn" => Some(Severity::Warning),
        "crit" => Some(Severity::Critical),
        word => Severity::ALL.into_iter().find(|severity| severity.word() == word),
    }
}

/// What happened, without what could tell one household from another.
fn words(said: &str) -> Option<String> {
    let parts = said.split(';').map(str::trim).filter(|part| {
        let part = part.to_ascii_lowercase();
        !part.is_empty() && !TAIL.iter().any(|tail| part.starts_with(tail))
    });
    let words = parts.map(without_addresses).collect::<Vec<_>>().join("; ");
    let words: String = words.chars().filter(|c| !c.is_control()).collect();
    Some(text::shorten(printed::clean(&words)?, LONGEST))
}

fn without_addresses(part: &str) -> String {
    let mut told = String::with_capacity(part.len());
    let mut rest = part;
    while let Some(first) = rest.chars().next() {
        let is_address = rest.get(..PRINTED_MAC).is_some_and(|window| window.parse::<Mac>().is_ok());
        told.push(if is_address { '…' } else { first });
        rest = rest.get(if is_address { PRINTED_MAC } else { first.len_utf8() }..).unwrap_or_default();
    }
    told
}

/// Firmwares list their events in either order. Those without a time say nothing about it.
fn is_newest_first(entries: &[LogEntry]) -> bool {
    let mut times = entries.iter().filter_map(|entry| moment(entry.time.as_deref()?));
    let first = times.next();
    matches!((first, times.next_back()), (Some(first), Some(last)) if first > last)
}

/// The printed time, for comparing: its year has two or four digits.
fn moment(time: &str) -> Option<DateTime> {
    let year = time.split(['/', ' ']).nth(2)?;
    let form = if year.len() == 2 { "%m/%d/%y %H:%M:%S" } else { "%m/%d/%Y %H:%M:%S" };
    DateTime::strptime(form, time).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn log(rows: serde_json::Value) -> Vec<LogEntry> {
        let mut out = Readings::default();
        read(&Row::all_in(rows).unwrap(), &mut out);
        out.log
    }

    #[test]
    fn an_event_is_told_without_the_addresses_that_come_with_it() {
        let entries = log(json!([{
            "index": 1, "time": "01/03/26 15:02:11", "type": "82000500", "priority": "critical",
            "event": "Started Unicast Maintenance Ranging - No Response received - T3 time-out;CM-MAC=02:00:5e:00:53:01;\
                      CMTS-MAC=02:00:5e:00:53:02;CM-QOS=1.1;CM-VER=3.1;",
        }]));
        assert_eq!(
            entries,
            [LogEntry {
                time: Some("01/03/26 15:02:11".to_owned()),
                severity: Severity::Critical,
                code: Some("82000500".to_owned()),
                text: "Started Unicast Maintenance Ranging - No Response received - T3 time-out".to_owned(),
            }]
        );
    }

    #[test]
    fn an_address_within_the_words_is_taken_out() {
        assert_eq!(words("Login from 02:00:5e:00:53:10 (lan)").unwrap(), "Login from … (lan)");
        assert_eq!(words("TLV-11; MAC=02-00-5e-00-53-10, again").unwrap(), "TLV-11; MAC=…, again");
        assert_eq!(words("DHCP RENEW WARNING - Field invalid in response v4 option").unwrap().len(), 56);
        assert_eq!(words(" ;CM-QOS=1.1;"), None);
    }

    #[test]
    fn levels_are_words_or_numbers_from_one() {
        use Severity::{Critical, Debug, Emergency, Error, Information, Notice};
        let said = ["1", "3", "4", " 6 ", "8", "critical", "Error (4)", "Notice", "informational"];
        let meant = [Emergency, Critical, Error, Notice, Debug, Critical, Error, Notice, Information];
        assert_eq!(said.map(|said| severity(said).unwrap()), meant);
        for nothing in ["", "0", "9", "99999999999999999999", "grave", "--"] {
            assert_eq!(severity(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_modem_without_the_time_says_so_in_many_ways() {
        for never in ["Time Not Established", "01/01/70 00:00:34", "01/01/1970 00:00:34", "", "--", "****"] {
            assert_eq!(time(never), None, "{never}");
        }
        assert_eq!(time(" 11/15/2020 03:57:38 ").unwrap(), "11/15/2020 03:57:38");
    }

    #[test]
    fn the_oldest_comes_first_whatever_the_order_in_the_box() {
        let row = |time: &str, event: &str| json!({ "time": time, "priority": "6", "event": event });
        let texts = |rows| log(rows).into_iter().map(|entry| entry.text).collect::<Vec<_>>();
        let newest_first = json!([
            row("Time Not Established", "d"),
            row("02/01/26 00:00:00", "c"),
            row("12/31/25 23:00:00", "b"),
            row("12/31/25 22:00:00", "a"),
        ]);
        assert_eq!(texts(newest_first), ["a", "b", "c", "d"]);
        let oldest_first = json!([row("11/15/2020 03:57:38", "a"), row("01/02/2021 00:00:00", "b")]);
        assert_eq!(texts(oldest_first), ["a", "b"]);
        assert_eq!(texts(json!([row("--", "a"), row("", "b")])), ["a", "b"]);
    }

    proptest! {
        #[test]
        fn no_words_can_bring_it_down(time in ".{0,30}", priority in ".{0,12}", event in ".{0,400}") {
            for entry in log(json!([{ "time": time, "priority": priority, "event": event }])) {
                prop_assert!(entry.text.chars().count() <= LONGEST);
            }
        }

        #[test]
        fn no_address_gets_through(before in "[a-z ;=]{0,20}", mac in "([0-9a-f]{2}:){5}[0-9a-f]{2}", after in ".{0,9}") {
            let told = words(&format!("{before}{mac}{after}")).unwrap_or_default();
            prop_assert!(!told.contains(&mac), "{}", told);
        }
    }
}
