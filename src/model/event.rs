use jiff::Timestamp;

use super::{BoxId, LogEntry, Severity};

/// Something that happened at a box: told once, to whoever listens, and not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Where.
    pub box_id: BoxId,
    /// When the bridge learnt of it.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The box wrote this into its own log.
    BoxLog(LogEntry),
    /// The box wrote so many more entries at once that they are not told one by one.
    LogFlood {
        /// How many are left out.
        left_out: usize,
    },
}

impl EventKind {
    /// The words of all kinds.
    pub const WORDS: [&'static str; 9] = [
        "log_emergency",
        "log_alert",
        "log_critical",
        "log_error",
        "log_warning",
        "log_notice",
        "log_information",
        "log_debug",
        "log_flood",
    ];

    /// The word in payloads: what readers choose events by.
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_of_its_own_on_the_list() {
        let entry =
            |severity| EventKind::BoxLog(LogEntry { time: None, severity, code: None, text: "x".into() });
        let kinds = Severity::ALL.into_iter().map(entry).chain([EventKind::LogFlood { left_out: 1 }]);
        let words: Vec<_> = kinds.map(|kind| kind.word()).collect();
        assert_eq!(words, EventKind::WORDS);
        for (word, severity) in words.iter().zip(Severity::ALL) {
            assert_eq!(*word, format!("log_{}", severity.word()));
        }
    }
}
