use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Add;

use bytes::Bytes;
use serde::Serialize;

use super::Held;
use crate::engine::World;

/// What turns the world into retained messages.
pub trait Declare: Send + Sync + fmt::Debug {
    /// Every message that should be on the broker now.
    fn declare(&self, world: &World) -> Retained;

    /// The topic filters that find what an earlier run may have left on the broker.
    fn filters(&self) -> Vec<String>;

    /// Whether a message found on the broker is provably ours. If so, the topics of ours that it refers to.
    fn recognise(&self, topic: &str, payload: &[u8]) -> Option<Vec<String>> {
        let _ = (topic, payload);
        None
    }

    /// The payload to publish where the broker holds something else already.
    fn replace(&self, topic: &str, held: &Held, wanted: &Wanted) -> Bytes {
        let _ = (topic, held);
        wanted.payload.clone()
    }

    /// What to say, not retained, on a topic that is about to be cleared, before anything else is published.
    fn farewell(&self, topic: &str) -> Option<Bytes> {
        let _ = topic;
        None
    }

    /// Where a reader says `online` when it has started and wants to hear everything again.
    fn status_topic(&self) -> Option<&str> {
        None
    }
}

/// A declared message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The payload; never empty.
    pub payload: Bytes,
    /// Parts may be missing, because the box has not been read yet: nothing is to be taken away for their
    /// lack.
    pub partial: bool,
}

/// A set of retained messages, by topic, and the topics about which nothing can be said yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    messages: BTreeMap<String, Wanted>,
    spared: BTreeSet<String>,
}

impl Retained {
    /// Declares a message. An empty payload cannot be retained, so it declares nothing.
    pub fn put(&mut self, topic: String, payload: impl Into<Bytes>) {
        self.insert(topic, payload.into(), false);
    }

    /// Declares a JSON document.
    pub fn put_json(&mut self, topic: String, document: &impl Serialize) {
        self.insert(topic, json(document), false);
    }

    /// Declares a JSON document in which parts may be missing; see [`Wanted::partial`].
    pub fn put_json_part(&mut self, topic: String, document: &impl Serialize, partial: bool) {
        self.insert(topic, json(document), partial);
    }

    /// Leaves every topic that begins so as the broker has it, unless a message is declared for it.
    pub fn spare(&mut self, beginning: String) {
        self.spared.insert(beginning);
    }

    /// Whether the topic is to be left as it is.
    pub fn spares(&self, topic: &str) -> bool {
        self.spared.iter().any(|beginning| topic.starts_with(beginning.as_str()))
    }

    /// The message declared for a topic.
    pub fn get(&self, topic: &str) -> Option<&Wanted> {
        self.messages.get(topic)
    }

    /// The declared messages, by topic.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Wanted)> {
        self.messages.iter().map(|(topic, wanted)| (topic.as_str(), wanted))
    }

    /// How many messages are declared.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether no message is declared.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    fn insert(&mut self, topic: String, payload: Bytes, partial: bool) {
        if !payload.is_empty() {
            self.messages.insert(topic, Wanted { payload, partial });
        }
    }
}

/// The document as it is published; nothing when it cannot be written, which plain data never causes.
fn json(document: &impl Serialize) -> Bytes {
    serde_json::to_vec(document).map(Bytes::from).unwrap_or_default()
}

impl Extend<Self> for Retained {
    fn extend<I: IntoIterator<Item = Self>>(&mut self, others: I) {
        for other in others {
            self.messages.extend(other.messages);
            self.spared.extend(other.spared);
        }
    }
}

impl Add for Retained {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self.extend([other]);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_add_up() {
        let mut one = Retained::default();
        one.put("a".into(), "1");
        one.put("empty".into(), "");
        let mut two = Retained::default();
        two.put_json("b".into(), &[1, 2]);
        two.spare("c/".into());
        let both = one + two;
        assert_eq!(both.iter().map(|(topic, _)| topic).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(both.get("b").unwrap().payload, "[1,2]");
        assert!(both.spares("c/d") && !both.spares("d"));
    }
}
