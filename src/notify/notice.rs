use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::phrases;
use crate::model::Event;

/// An event, with everything that can be said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What happened.
    pub event: Event,
    /// What people call the box.
    pub box_name: String,
}

impl Notice {
    /// What templates and receivers can make use of: the message of the event topic, the box, and what to say.
    pub fn fields(&self) -> Map<String, Json> {
        let (title, message) = self.phrase();
        let mut fields = self.event.kind.details();
        let besides = [
            ("event_type", json!(self.event.kind.word())),
            ("at", json!(self.event.at)),
            ("box", json!(self.event.box_id.as_str())),
            ("box_name", json!(self.box_name)),
            ("title", json!(title)),
            ("message", json!(message)),
        ];
        fields.extend(besides.map(|(key, value)| (key.to_owned(), value)));
        fields
    }

    /// What it is, and what there is to say of it.
    pub fn phrase(&self) -> (String, String) {
        phrases::phrase(&self.event.kind, &self.box_name, self.event.at)
    }

    /// When it happened.
    pub const fn at(&self) -> Timestamp {
        self.event.at
    }
}
