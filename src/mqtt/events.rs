//! Events as messages: not retained, so that nothing that is over happens again to whoever subscribes later.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::Topics;
use super::commands::Letter;
use crate::model::Event;

/// `<prefix>/<box>/event`.
#[derive(Debug, Serialize)]
struct Report {
    /// What Home Assistant tells events apart by.
    event_type: &'static str,
    /// When the bridge learnt of it.
    at: Timestamp,
    #[serde(flatten)]
    details: Map<String, Json>,
}

/// The message that tells of an event.
pub(super) fn letter(event: &Event, topics: &Topics) -> Letter {
    let report = Report { event_type: event.kind.word(), at: event.at, details: event.kind.details() };
    Letter {
        topic: topics.event(&event.box_id),
        payload: serde_json::to_vec(&report).map(Bytes::from).unwrap_or_default(),
        retain: false,
    }
}
