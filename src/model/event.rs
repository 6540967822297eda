use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::{BoxId, LogEntry, Severity, Subject, text};

/// Something that happened, and will not be true again at the next look.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// At which box.
    pub box_id: BoxId,
    /// When it was seen.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// The box wrote something into its own log.
    BoxLog(LogEntry),
    /// The box wrote more than is worth telling one by one.
    LogFlood {
        /// How many entries were left out.
        left_out: usize,
    },
    /// The box cannot be read any more.
    Down {
        /// Why.
        reason: String,
    },
    /// The box can be read again.
    Up {
        /// Since when it could not.
        since: Timestamp,
    },
    /// The box restarted.
    Rebooted {
        /// When.
        boot: Timestamp,
    },
    /// The public address is another one.
    WanAddress {
        /// What it was.
        before: String,
        /// What it is.
        now: String,
    },
    /// The line runs better, or worse.
    LineQuality {
        /// What it was.
        before: String,
        /// What it is.
        now: String,
        /// Why it is not good.
        reason: Option<String>,
    },
    /// The box runs another firmware.
    Firmware {
        /// What it was.
        before: String,
        /// What it is.
        now: String,
    },
    /// A device that was never seen before.
    NewClient {
        /// The device.
        client: Subject,
        /// What it calls itself.
        name: Option<String>,
        /// Who made it.
        vendor: Option<String>,
        /// Its address at home.
        ip: Option<String>,
    },
    /// A share of the quota is used.
    QuotaThreshold {
        /// Whose quota: that of the box, or of a person.
        whose: Whose,
        /// The share that was passed, in per cent.
        percent: u32,
        /// What is used, in bytes.
        used: u64,
        /// What may be used, in bytes.
        quota: u64,
    },
    /// The quota is used up.
    QuotaExhausted {
        /// Whose quota.
        whose: Whose,
        /// What is used, in bytes.
        used: u64,
        /// What may be used, in bytes.
        quota: u64,
    },
    /// A billing cycle ended, and the next one began.
    CycleEnded {
        /// What was used in it, in bytes.
        used: u64,
        /// What could be used in it, in bytes, where there was a quota.
        quota: Option<u64>,
        /// When the next one began.
        since: Timestamp,
    },
    /// A client is kept from the internet.
    ClientBlocked {
        /// The client.
        client: Subject,
        /// What it is called.
        name: Option<String>,
        /// Why.
        cause: Cause,
    },
    /// A client is let into the internet again.
    ClientUnblocked {
        /// The client.
        client: Subject,
        /// What it is called.
        name: Option<String>,
        /// Why.
        cause: Cause,
    },
    /// Much traffic in a short time.
    Burst {
        /// How much, in bytes.
        used: u64,
        /// In how long, in seconds.
        within: u64,
    },
    /// What happened on a day, at the time the owner wants to hear of it.
    DailySummary {
        /// The summary in words, one line each.
        text: String,
        /// The same as figures, which stand beside the text.
        figures: Map<String, Json>,
    },
}

/// Whose quota it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    /// The box, or a person.
    pub subject: Subject,
    /// The name.
    pub name: String,
}

/// Why a client is blocked, or let in again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Somebody ordered it.
    Command,
    /// The quota of somebody is used up, or no longer is.
    Quota(Whose),
}

impl Cause {
    fn details(&self, client: &Subject, name: Option<&str>) -> Json {
        let (why, whose) = match self {
            Self::Command => ("command", None),
            Self::Quota(whose) => ("quota", Some(whose)),
        };
        json!({
            "mac": client.id(),
            "name": name,
            "why": why,
            "whose": whose.map(|whose| whose.subject.to_string()),
            "whose_name": whose.map(|whose| &whose.name),
        })
    }
}

/// The longest text that is told; a box can write more.
const MAX_TEXT: usize = 1000;

impl EventKind {
    /// Every word that [`Self::word`] can be, in the order documents list them.
    pub const WORDS: [&'static str; 23] = [
        "log_emergency",
        "log_alert",
        "log_critical",
        "log_error",
        "log_warning",
        "log_notice",
        "log_information",
        "log_debug",
        "log_flood",
        "box_down",
        "box_up",
        "box_rebooted",
        "wan_address_changed",
        "line_quality_changed",
        "firmware_changed",
        "new_client",
        "quota_threshold",
        "quota_exhausted",
        "cycle_ended",
        "client_blocked",
        "client_unblocked",
        "burst",
        "daily_summary",
    ];

    /// The kind as one word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::BoxLog(entry) => match entry.severity {
                Severity::Emergency => "log_emergency",
                Severity::Alert => "log_alert",
                Severity::Critical => "log_critical",
                Severity::Error => "log_error",
                Severity::Warning => "log_warning",
                Severity::Notice => "log_notice",
                Severity::Information => "log_information",
                Severity::Debug => "log_debug",
            },
            Self::LogFlood { .. } => "log_flood",
            Self::Down { .. } => "box_down",
            Self::Up { .. } => "box_up",
            Self::Rebooted { .. } => "box_rebooted",
            Self::WanAddress { .. } => "wan_address_changed",
            Self::LineQuality { .. } => "line_quality_changed",
            Self::Firmware { .. } => "firmware_changed",
            Self::NewClient { .. } => "new_client",
            Self::QuotaThreshold { .. } => "quota_threshold",
            Self::QuotaExhausted { .. } => "quota_exhausted",
            Self::CycleEnded { .. } => "cycle_ended",
            Self::ClientBlocked { .. } => "client_blocked",
            Self::ClientUnblocked { .. } => "client_unblocked",
            Self::Burst { .. } => "burst",
            Self::DailySummary { .. } => "daily_summary",
        }
    }

    /// What is told besides the word and the time. Amounts are bytes, and times seconds.
    pub fn details(&self) -> Map<String, Json> {
        let details = match self {
            Self::BoxLog(entry) => json!({
                "severity": entry.severity.word(),
                "time": entry.time,
                "code": entry.code,
                "text": text::shorten(&entry.text, MAX_TEXT),
            }),
            Self::LogFlood { left_out } => json!({ "left_out": left_out }),
            Self::Down { reason } => json!({ "reason": reason }),
            Self::Up { since } => json!({ "since": since }),
            Self::Rebooted { boot } => json!({ "boot": boot }),
            Self::WanAddress { before, now } | Self::Firmware { before, now } => {
                json!({ "before": before, "now": now })
            }
            Self::LineQuality { before, now, reason } => {
                json!({ "before": before, "now": now, "reason": reason })
            }
            Self::NewClient { client, name, vendor, ip } => {
                json!({ "mac": client.id(), "name": name, "vendor": vendor, "ip": ip })
            }
            Self::QuotaThreshold { whose, percent, used, quota } => {
                json!({ "whose": whose.subject.to_string(), "name": whose.name, "percent": percent, "used": used, "quota": quota })
            }
            Self::QuotaExhausted { whose, used, quota } => {
                json!({ "whose": whose.subject.to_string(), "name": whose.name, "used": used, "quota": quota })
            }
            Self::CycleEnded { used, quota, since } => {
                json!({ "used": used, "quota": quota, "since": since })
            }
            Self::ClientBlocked { client, name, cause } | Self::ClientUnblocked { client, name, cause } => {
                cause.details(client, name.as_deref())
            }
            Self::Burst { used, within } => json!({ "used": used, "within": within }),
            Self::DailySummary { text, .. } => json!({ "text": text }),
        };
        let Json::Object(mut details) = details else {
            return Map::new();
        };
        if let Self::DailySummary { figures, .. } = self {
            details.extend(figures.clone());
        }
        details
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_kind() -> Vec<EventKind> {
        let entry =
            |severity| EventKind::BoxLog(LogEntry { time: None, severity, code: None, text: "x".into() });
        let (at, now, before) = (Timestamp::UNIX_EPOCH, "b".to_owned(), "a".to_owned());
        let whose = || Whose { subject: Subject::Router, name: "Box".to_owned() };
        let others = [
            EventKind::LogFlood { left_out: 1 },
            EventKind::Down { reason: "gone".to_owned() },
            EventKind::Up { since: at },
            EventKind::Rebooted { boot: at },
            EventKind::WanAddress { before: before.clone(), now: now.clone() },
            EventKind::LineQuality { before: before.clone(), now: now.clone(), reason: None },
            EventKind::Firmware { before, now },
            EventKind::NewClient { client: Subject::Router, name: None, vendor: None, ip: None },
            EventKind::QuotaThreshold { whose: whose(), percent: 80, used: 8, quota: 10 },
            EventKind::QuotaExhausted { whose: whose(), used: 11, quota: 10 },
            EventKind::CycleEnded { used: 11, quota: None, since: at },
            EventKind::ClientBlocked { client: Subject::Router, name: None, cause: Cause::Command },
            EventKind::ClientUnblocked { client: Subject::Router, name: None, cause: Cause::Quota(whose()) },
            EventKind::Burst { used: 1, within: 3600 },
            EventKind::DailySummary { text: String::new(), figures: Map::new() },
        ];
        Severity::ALL.into_iter().map(entry).chain(others).collect()
    }

    #[test]
    fn every_kind_has_a_word_of_its_own_on_the_list() {
        let words: Vec<_> = every_kind().iter().map(EventKind::word).collect();
        assert_eq!(words, EventKind::WORDS);
        for (word, severity) in words.iter().zip(Severity::ALL) {
            assert_eq!(*word, format!("log_{}", severity.word()));
        }
    }

    #[test]
    fn every_kind_has_details_and_none_is_called_as_the_message_is() {
        for kind in every_kind() {
            let details = kind.details();
            assert!(!details.is_empty(), "{}", kind.word());
            assert!(!details.contains_key("event_type") && !details.contains_key("at"), "{}", kind.word());
        }
    }
}
