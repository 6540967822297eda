use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::topics::matches;
use super::{Rank, Retained, Topics, Wanted};

/// What the broker holds against what is wanted. Pure: it only computes what to send.
///
/// A topic is cleared only when it is provably ours: published by this run, listed in the file of an earlier
/// one, or named by a message that says who sent it. Whatever else is on the broker is never touched.
#[derive(Debug)]
pub struct Ledger {
    topics: Topics,
    held: BTreeMap<String, Held>,
    ours: BTreeSet<String>,
    /// The filters of a read-back that came to its end: what they match and did not bring is not on the
    /// broker.
    seen: Vec<String>,
}

/// A message that the broker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// What it holds.
    pub payload: Bytes,
    /// Whether this connection has sent it; otherwise it was found there.
    pub sent: bool,
    declared: Wanted,
}

/// A retained message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub topic: String,
    /// What; empty to clear the topic.
    pub payload: Bytes,
}

impl Change {
    /// Whether this takes a message away.
    pub fn clears(&self) -> bool {
        self.payload.is_empty()
    }
}

impl Ledger {
    /// A ledger that knows nothing of the broker, and that these topics are ours.
    pub const fn new(topics: Topics, ours: BTreeSet<String>) -> Self {
        Self { topics, held: BTreeMap::new(), ours, seen: Vec::new() }
    }

    /// Forgets what the broker holds: at each new connection it may be another broker, or one without memory.
    pub fn forget(&mut self) {
        self.held.clear();
        self.seen.clear();
    }

    /// Notes a retained message found on the broker.
    pub fn found(&mut self, topic: String, payload: Bytes) {
        let declared = Wanted { payload: payload.clone(), partial: false };
        self.held.insert(topic, Held { payload, sent: false, declared });
    }

    /// Notes that a topic is ours.
    pub fn claim(&mut self, topic: String) {
        self.ours.insert(topic);
    }

    /// Notes that everything these filters match has been found.
    pub fn saw_all(&mut self, filters: Vec<String>) {
        self.seen = filters;
    }

    /// The topics that are ours.
    pub const fn ours(&self) -> &BTreeSet<String> {
        &self.ours
    }

    /// The changes that bring the broker from what it holds to what is wanted, in the order to send them, and
    /// takes them for sent. `replace` gives the payload for a topic where the broker holds another. Nothing
    /// is cleared unless `sweep`.
    pub fn difference(
        &mut self,
        wanted: &Retained,
        sweep: bool,
        replace: impl Fn(&str, &Held, &Wanted) -> Bytes,
    ) -> Vec<Change> {
        let mut changes: Vec<_> =
            wanted.iter().filter_map(|(topic, want)| self.put(topic, want, &replace)).collect();
        self.put_in_order(&mut changes);
        if sweep {
            let mut cleared = self.sweep(wanted);
            self.put_in_order(&mut cleared);
            changes.extend(cleared);
        }
        changes
    }

    /// Notes that the broker has confirmed these changes.
    pub fn confirmed(&mut self, changes: &[Change]) {
        for change in changes.iter().filter(|change| change.clears()) {
            self.ours.remove(&change.topic);
        }
    }

    /// What the broker holds of the wanted messages of these ranks, to send once more.
    pub fn again(&self, wanted: &Retained, ranks: &[Rank]) -> Vec<Change> {
        let mut changes: Vec<_> = wanted
            .iter()
            .filter(|(topic, _)| ranks.contains(&self.topics.rank(topic)))
            .filter_map(|(topic, _)| {
                let payload = self.held.get(topic)?.payload.clone();
                Some(Change { topic: topic.to_owned(), payload })
            })
            .collect();
        self.put_in_order(&mut changes);
        changes
    }

    fn put_in_order(&self, changes: &mut [Change]) {
        changes.sort_by_cached_key(|change| self.topics.rank(&change.topic));
    }

    fn put(
        &mut self,
        topic: &str,
        want: &Wanted,
        replace: impl Fn(&str, &Held, &Wanted) -> Bytes,
    ) -> Option<Change> {
        self.ours.insert(topic.to_owned());
        let payload = match self.held.get_mut(topic) {
            Some(held) if held.declared == *want => return None,
            Some(held) => {
                let payload = replace(topic, held, want);
                if payload == held.payload {
                    held.declared = want.clone();
                    return None;
                }
                payload
            }
            None => want.payload.clone(),
        };
        let held = Held { payload: payload.clone(), sent: true, declared: want.clone() };
        self.held.insert(topic.to_owned(), held);
        Some(Change { topic: topic.to_owned(), payload })
    }

    fn sweep(&mut self, wanted: &Retained) -> Vec<Change> {
        let (held, seen) = (&mut self.held, &self.seen);
        let is_seen = |topic: &str| seen.iter().any(|filter| matches(filter, topic));
        let mut changes = Vec::new();
        self.ours.retain(|topic| {
            if wanted.get(topic).is_some() || wanted.spares(topic) {
                return true;
            }
            let there = held.remove(topic).is_some() || !is_seen(topic);
            if there {
                changes.push(Change { topic: topic.clone(), payload: Bytes::new() });
            }
            there
        });
        changes
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, btree_set};
    use proptest::prelude::*;

    use super::*;

    fn ledger(ours: &[&str]) -> Ledger {
        Ledger::new(Topics::new("r"), ours.iter().map(ToString::to_string).collect())
    }

    fn wanted(messages: &[(&str, &str)]) -> Retained {
        let mut wanted = Retained::default();
        for (topic, payload) in messages {
            wanted.put((*topic).to_owned(), (*payload).to_owned());
        }
        wanted
    }

    fn plain(_: &str, _: &Held, wanted: &Wanted) -> Bytes {
        wanted.payload.clone()
    }

    fn lines(changes: &[Change]) -> Vec<String> {
        changes.iter().map(|c| format!("{}={}", c.topic, String::from_utf8_lossy(&c.payload))).collect()
    }

    #[test]
    fn only_the_difference_is_sent() {
        let mut ledger = ledger(&[]);
        let first = ledger.difference(&wanted(&[("r/a/state", "1"), ("r/b/state", "1")]), true, plain);
        assert_eq!(lines(&first), ["r/a/state=1", "r/b/state=1"]);
        let second = ledger.difference(&wanted(&[("r/a/state", "1"), ("r/b/state", "2")]), true, plain);
        assert_eq!(lines(&second), ["r/b/state=2"]);
    }

    #[test]
    fn what_is_sent_comes_in_an_order_that_makes_sense_to_readers() {
        let all = [("r/a/state", "1"), ("r/a/availability", "online"), ("ha/device/z/config", "{}")];
        let mut ledger = ledger(&["r/old/state", "z/device/old/config"]);
        let changes = ledger.difference(&wanted(&all), true, plain);
        let first = ["ha/device/z/config={}", "r/a/availability=online", "r/a/state=1"];
        assert_eq!(lines(&changes)[..3], first);
        assert_eq!(lines(&changes)[3..], ["z/device/old/config=", "r/old/state="]);
    }

    #[test]
    fn what_the_broker_already_holds_is_not_sent_again() {
        let mut ledger = ledger(&[]);
        ledger.found("r/a/state".into(), "1".into());
        assert_eq!(ledger.difference(&wanted(&[("r/a/state", "1")]), true, plain), []);
        assert!(ledger.ours().contains("r/a/state"), "what is wanted is ours from now on");
        ledger.forget();
        assert_eq!(lines(&ledger.difference(&wanted(&[("r/a/state", "1")]), true, plain)), ["r/a/state=1"]);
    }

    #[test]
    fn what_is_spared_stays_until_something_is_known() {
        let mut ledger = ledger(&["r/a/state"]);
        let mut unknown = Retained::default();
        unknown.spare("r/a/".into());
        assert_eq!(ledger.difference(&unknown, true, plain), []);
        assert_eq!(lines(&ledger.difference(&Retained::default(), true, plain)), ["r/a/state="]);
    }

    #[test]
    fn nothing_is_swept_before_the_world_is_complete() {
        let mut ledger = ledger(&["r/a/state"]);
        assert_eq!(ledger.difference(&Retained::default(), false, plain), []);
        assert!(ledger.ours().contains("r/a/state"));
    }

    #[test]
    fn a_listed_topic_that_the_broker_lost_is_forgotten_and_one_out_of_sight_is_cleared() {
        let mut ledger = ledger(&["r/gone/state", "old/prefix/state"]);
        ledger.saw_all(vec!["r/+/state".into()]);
        let changes = ledger.difference(&Retained::default(), true, plain);
        assert_eq!(lines(&changes), ["old/prefix/state="]);
        ledger.confirmed(&changes);
        assert!(ledger.ours().is_empty());
    }

    #[test]
    fn a_cleared_topic_stays_on_the_list_until_the_broker_confirms() {
        let mut ledger = ledger(&["r/old/state"]);
        let changes = ledger.difference(&Retained::default(), true, plain);
        assert!(ledger.ours().contains("r/old/state"));
        ledger.confirmed(&changes);
        assert!(ledger.ours().is_empty());
    }

    fn messages() -> impl Strategy<Value = BTreeMap<String, String>> {
        btree_map("r/[a-e]/(state|availability)", "[a-z]{1,3}", 0..8)
    }

    proptest! {
        #[test]
        fn the_difference_applied_gives_what_is_wanted_and_touches_nothing_foreign(
            broker in messages(),
            rounds in proptest::collection::vec(messages(), 1..4),
            listed in btree_set("r/[a-e]/(state|availability)", 0..6),
        ) {
            let foreign: BTreeMap<_, _> = broker.iter().filter(|(topic, _)| !listed.contains(*topic)).collect();
            let mut ledger = Ledger::new(Topics::new("r"), listed.clone());
            let mut now = broker.clone();
            for (topic, payload) in &broker {
                ledger.found(topic.clone(), Bytes::from(payload.clone()));
            }
            ledger.saw_all(vec!["r/#".into()]);
            let mut declared = BTreeSet::new();
            for round in &rounds {
                declared.extend(round.keys().cloned());
                let list: Vec<_> = round.iter().map(|(t, p)| (t.as_str(), p.as_str())).collect();
                let changes = ledger.difference(&wanted(&list), true, plain);
                for change in &changes {
                    let before = now.get(&change.topic).map(String::as_bytes).unwrap_or_default();
                    prop_assert_ne!(before, &change.payload[..], "a change that changes nothing");
                    if change.clears() {
                        now.remove(&change.topic);
                    } else {
                        now.insert(change.topic.clone(), String::from_utf8(change.payload.to_vec()).unwrap());
                    }
                }
                ledger.confirmed(&changes);
                for (topic, payload) in round {
                    prop_assert_eq!(now.get(topic), Some(payload));
                }
                for (topic, payload) in &now {
                    let is_foreign = foreign.get(topic) == Some(&payload) && !round.contains_key(topic);
                    prop_assert!(round.contains_key(topic) || is_foreign, "{} is left over", topic);
                }
                for (topic, payload) in &foreign {
                    prop_assert!(declared.contains(*topic) || now.get(*topic) == Some(*payload));
                }
            }
        }
    }
}
