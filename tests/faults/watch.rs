//! Somebody who knows what a box said last, and does not believe everything it says next.

use std::collections::BTreeMap;

use router2mqtt::model::{Kind, Row, Subject, SubjectKind, catalog};
use serde_json::{Map, Value as Json};

use crate::support::observer::Message;

/// What stands in place of a value on the pages of boxes, and has no place in a state.
const PLACEHOLDERS: [&str; 8] = ["", "-", "--", "NA", "N/A", "TODO", "null", "NaN"];

/// What was published of one box so far.
pub struct Watch {
    box_: String,
    last: BTreeMap<String, String>,
    /// What should not have been published.
    pub wrong: Vec<String>,
}

impl Watch {
    /// Knows what the broker holds of a box.
    pub fn new(box_: &str, held: BTreeMap<String, String>) -> Self {
        let mut watch = Self { box_: box_.to_owned(), last: BTreeMap::new(), wrong: Vec::new() };
        watch.last = held.into_iter().filter(|(topic, _)| watch.is_about_it(topic)).collect();
        watch
    }

    fn is_about_it(&self, topic: &str) -> bool {
        topic.starts_with(&format!("router2mqtt/{}/", self.box_))
            || topic.starts_with(&format!("homeassistant/device/router2mqtt_{}/", self.box_))
            || topic.starts_with(&format!("homeassistant/device/router2mqtt_{}_", self.box_))
    }

    /// Looks at what was published next.
    pub fn see(&mut self, message: Message) {
        let Message { topic, payload, .. } = message;
        // What happens is no state: that the box went and came back is to be told.
        let is_passing = topic.ends_with("/result") || topic.ends_with("/event");
        if !self.is_about_it(&topic) || is_passing || topic.contains("/command") {
            return;
        }
        let Some(last) = self.last.insert(topic.clone(), payload.clone()) else {
            self.wrong.push(format!("{topic} is new: {payload}"));
            return;
        };
        let last_segment = topic.rsplit('/').next().unwrap_or_default().to_owned();
        match last_segment.as_str() {
            "availability" | "problem" => {}
            "state" => self.compare(&topic, &last, &payload),
            // Who is no longer seen may be anywhere; what is unknown, of them or of newer firmware, is left out.
            "presence" if payload == "None" => drop(self.last.insert(topic, last)),
            "attributes" | "firmware" if is_part_of(&payload, &last) => drop(self.last.insert(topic, last)),
            // Discovery, identity, firmware, whereabouts: none of it changes because a box has a bad day.
            _ if last == payload => {}
            _ => self.wrong.push(format!("{topic} was {last} and became {payload}")),
        }
    }

    fn compare(&mut self, topic: &str, last: &str, now: &str) {
        let (Some(last), Some(now)) = (object(last), object(now)) else {
            self.wrong.push(format!("{topic} is no object: {now}"));
            return;
        };
        if last.keys().ne(now.keys()) {
            let added: Vec<_> = now.keys().filter(|key| !last.contains_key(*key)).collect();
            let gone: Vec<_> = last.keys().filter(|key| !now.contains_key(*key)).collect();
            self.wrong.push(format!("{topic} has other keys than before: {added:?} more, {gone:?} less"));
        }
        for (key, value) in &now {
            let row = row(topic, &self.box_, key);
            if let Some(why) = why_wrong(row, last.get(key).unwrap_or(&Json::Null), value) {
                self.wrong.push(format!("{topic} {key}: {why} ({:?} became {value})", last.get(key)));
            }
        }
        self.keep_what_was_known(topic, last, now);
    }

    /// A value that is unknown for a while is compared with what it was before.
    fn keep_what_was_known(&mut self, topic: &str, mut last: Map<String, Json>, now: Map<String, Json>) {
        last.extend(now.into_iter().filter(|(_, value)| !value.is_null()));
        self.last.insert(topic.to_owned(), Json::Object(last).to_string());
    }
}

fn is_part_of(part: &str, whole: &str) -> bool {
    let (Some(part), Some(whole)) = (object(part), object(whole)) else { return false };
    part.iter().all(|(key, value)| whole.get(key) == Some(value))
}

fn object(payload: &str) -> Option<Map<String, Json>> {
    serde_json::from_str(payload).ok()
}

fn row(topic: &str, box_: &str, key: &str) -> &'static Row {
    let inside = topic.strip_prefix(&format!("router2mqtt/{box_}/")).unwrap();
    let kinds = SubjectKind::ALL.into_iter();
    let kind = kinds
        .filter(|kind| *kind != Subject::Router.kind())
        .find(|kind| inside.starts_with(&format!("{}/", kind.path())))
        .unwrap_or(SubjectKind::Router);
    catalog::find(kind, key).unwrap_or_else(|| panic!("{topic}: {key} is not in the catalog"))
}

/// Why a value cannot follow the one before it.
fn why_wrong(row: &Row, last: &Json, now: &Json) -> Option<&'static str> {
    match (last, now) {
        (_, Json::Null) => None,
        (Json::Number(last), Json::Number(now)) => {
            let (last, now) = (last.as_f64()?, now.as_f64()?);
            if row.kind == Kind::Counter && now < last {
                return Some("a counter fell");
            }
            (now == 0.0 && last != 0.0).then_some("it became zero")
        }
        (_, Json::String(text)) if PLACEHOLDERS.contains(&text.as_str()) => Some("it is a placeholder"),
        (_, Json::String(text)) if text.contains(['<', '\u{fffd}']) || text.contains("NaN") => {
            Some("it is garbage")
        }
        (Json::Bool(last), Json::Bool(now)) if last != now => Some("it changed its mind"),
        (Json::Null, _) => None,
        _ if std::mem::discriminant(last) != std::mem::discriminant(now) => Some("it is of another type"),
        _ => None,
    }
}
