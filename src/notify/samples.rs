use jiff::{SignedDuration, Timestamp};

use super::{Notice, summary};
use crate::model::{BoxId, Cause, Event, EventKind, LogEntry, Mac, Severity, Subject, Whose};

/// Events such as there may be, each kind once with everything and once with no more than there always is: what templates
/// are tried on.
pub fn samples(box_id: &BoxId) -> Vec<Notice> {
    let at = Timestamp::UNIX_EPOCH;
    let logs = Severity::ALL.into_iter().flat_map(|severity| [true, false].map(|full| log(severity, full)));
    let kinds = logs.chain([true, false].into_iter().flat_map(|full| others(at, full)));
    let notice =
        |kind| Notice { event: Event { box_id: box_id.clone(), at, kind }, box_name: "Box".to_owned() };
    kinds.map(notice).collect()
}

fn log(severity: Severity, full: bool) -> EventKind {
    let words = |text: &str| full.then(|| text.to_owned());
    let (time, code) = (words("11/01/2026 12:00:00"), words("82000200"));
    EventKind::BoxLog(LogEntry { time, severity, code, text: "T3 time-out".to_owned() })
}

fn others(at: Timestamp, full: bool) -> [EventKind; 15] {
    let words = |text: &str| full.then(|| text.to_owned());
    let change = |before: &str, now: &str| (before.to_owned(), now.to_owned());
    let (before, now) = change("192.0.2.1", "192.0.2.2");
    let (old, new) = change("4.8.1", "4.8.2");
    let (good, critical) = change("good", "critical");
    let earlier = at - SignedDuration::from_secs(760);
    let whose = || Whose { subject: Subject::Router, name: "Box".to_owned() };
    let client = || Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, 1]));
    let cause = || if full { Cause::Quota(whose()) } else { Cause::Command };
    let quota = 40_000_000_000;
    [
        EventKind::LogFlood { left_out: 30 },
        EventKind::Down { reason: "not reachable: connection refused".to_owned() },
        EventKind::Up { since: earlier },
        EventKind::Rebooted { boot: earlier },
        EventKind::WanAddress { before, now },
        EventKind::LineQuality {
            before: good,
            now: critical,
            reason: words("SNR margin down 1.0 dB, 6 dB is good"),
        },
        EventKind::Firmware { before: old, now: new },
        EventKind::NewClient {
            client: client(),
            name: words("laptop"),
            vendor: words("Acme"),
            ip: words("192.168.1.20"),
        },
        EventKind::QuotaThreshold { whose: whose(), percent: 80, used: 32_000_000_000, quota },
        EventKind::QuotaExhausted { whose: whose(), used: 41_000_000_000, quota },
        EventKind::CycleEnded { used: 38_000_000_000, quota: full.then_some(quota), since: at },
        EventKind::ClientBlocked { client: client(), name: words("laptop"), cause: cause() },
        EventKind::ClientUnblocked { client: client(), name: words("laptop"), cause: cause() },
        EventKind::Burst { used: 2_000_000_000, within: 3600 },
        EventKind::DailySummary { text: "A day.".to_owned(), figures: summary::sample(full) },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::phrases;

    #[test]
    fn there_is_a_sample_of_every_kind_and_something_to_say_of_it() {
        let samples = samples(&"box".parse().unwrap());
        for word in EventKind::WORDS {
            let of_kind: Vec<_> = samples.iter().filter(|notice| notice.event.kind.word() == word).collect();
            assert_eq!(of_kind.len(), 2, "{word}");
            for notice in of_kind {
                let (title, message) = notice.phrase();
                assert!(title.contains("Box") && !message.is_empty(), "{title}: {message}");
                assert!((1..=5).contains(&phrases::priority(&notice.event.kind)));
                assert!(!phrases::tag(&notice.event.kind).is_empty());
            }
        }
    }

    /// Home Assistant makes attributes of all keys but these, which it takes for its own.
    #[test]
    fn no_key_is_lost_on_home_assistant() {
        const ITS_OWN: [&str; 14] = [
            "available",
            "assumed_state",
            "attribution",
            "device_class",
            "device_info",
            "entity_id",
            "entity_picture",
            "event_types",
            "friendly_name",
            "icon",
            "restored",
            "state",
            "unique_id",
            "unit_of_measurement",
        ];
        for notice in samples(&"box".parse().unwrap()) {
            let details = notice.event.kind.details();
            assert!(details.values().all(|value| !value.is_object()), "attributes are flat: {details:?}");
            assert!(ITS_OWN.iter().all(|own| !details.contains_key(*own)), "{details:?}");
        }
    }

    #[test]
    fn what_is_said_reads_like_words() {
        let said: Vec<_> = samples(&"box".parse().unwrap())
            .iter()
            .skip(16)
            .take(13)
            .map(|notice| {
                let (title, message) = notice.phrase();
                format!("{title} | {message}")
            })
            .collect();
        insta::assert_snapshot!(said.join("\n"));
    }
}
