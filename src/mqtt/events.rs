//! Events as messages: not retained, so that nothing that is over happens again to whoever subscribes later.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;

use super::Topics;
use super::commands::Letter;
use crate::model::{Event, EventKind, LogEntry, text};

/// Home Assistant keeps attributes of 16 KiB in all.
const MAX_TEXT: usize = 1000;

/// `<prefix>/<box>/event`.
#[derive(Debug, Serialize)]
struct Report<'a> {
    /// What Home Assistant tells events apart by.
    event_type: &'static str,
    /// When the bridge learnt of it.
    at: Timestamp,
    #[serde(flatten)]
    details: Details<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Details<'a> {
    /// An entry of the box's own log.
    Entry {
        severity: &'static str,
        /// In the box's own clock and words.
        time: Option<&'a str>,
        code: Option<&'a str>,
        text: String,
    },
    Flood {
        left_out: usize,
    },
}

/// The message that tells of an event.
pub(super) fn letter(event: &Event, topics: &Topics) -> Letter {
    let report = Report { event_type: event.kind.word(), at: event.at, details: details(&event.kind) };
    Letter {
        topic: topics.event(&event.box_id),
        payload: serde_json::to_vec(&report).map(Bytes::from).unwrap_or_default(),
        retain: false,
    }
}

fn details(kind: &EventKind) -> Details<'_> {
    match kind {
        EventKind::BoxLog(LogEntry { time, severity, code, text }) => Details::Entry {
            severity: severity.word(),
            time: time.as_deref(),
            code: code.as_deref(),
            text: text::shorten(text, MAX_TEXT),
        },
        EventKind::LogFlood { left_out } => Details::Flood { left_out: *left_out },
    }
}
