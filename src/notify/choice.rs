use std::collections::BTreeSet;

use crate::model::EventKind;

/// The words for several kinds of events at once.
const GROUPS: [(&str, &[&str]); 7] = [
    ("all", &EventKind::WORDS),
    ("log", LOG),
    ("log_errors", &["log_emergency", "log_alert", "log_critical", "log_error"]),
    ("box", &["box_down", "box_up", "box_rebooted", "firmware_changed"]),
    ("line", &["wan_address_changed", "line_quality_changed"]),
    (
        "quota",
        &["quota_threshold", "quota_exhausted", "cycle_ended", "client_blocked", "client_unblocked", "burst"],
    ),
    ("household", HOUSEHOLD),
];

/// How many kinds of log entries there are; their words come first.
const OF_LOGS: usize = 9;

/// What boxes write into their logs.
const LOG: &[&str] = EventKind::WORDS.split_at(OF_LOGS).0;

/// What a household cares about: everything else.
const HOUSEHOLD: &[&str] = EventKind::WORDS.split_at(OF_LOGS).1;

/// Every word that a choice can be made of: groups first.
pub const WORDS: [&str; GROUPS.len() + EventKind::WORDS.len()] = {
    let mut words = [""; GROUPS.len() + EventKind::WORDS.len()];
    let mut place = 0;
    #[expect(clippy::indexing_slicing, reason = "checked by the compiler, which runs this")]
    while place < words.len() {
        words[place] =
            if place < GROUPS.len() { GROUPS[place].0 } else { EventKind::WORDS[place - GROUPS.len()] };
        place += 1;
    }
    words
};

/// The kinds of events that somebody wants to hear of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice(BTreeSet<&'static str>);

impl Choice {
    /// What these words stand for; words that are not on the list of [`WORDS`] stand for nothing.
    pub fn of(words: impl IntoIterator<Item: AsRef<str>>) -> Self {
        Self(words.into_iter().flat_map(|word| meant(word.as_ref())).collect())
    }

    /// The words for several kinds at once.
    pub fn groups() -> [&'static str; GROUPS.len()] {
        GROUPS.map(|(group, _)| group)
    }

    /// Whether a kind of event, by its word, is among them.
    pub fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

impl Default for Choice {
    fn default() -> Self {
        Self::of(["household"])
    }
}

fn meant(word: &str) -> impl Iterator<Item = &'static str> + use<> {
    let group = GROUPS.iter().find(|(name, _)| *name == word).map(|(_, words)| *words);
    let single = EventKind::WORDS.iter().position(|known| *known == word);
    let single = single.and_then(|place| EventKind::WORDS.get(place..=place));
    group.or(single).unwrap_or_default().iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_of_the_household_or_of_a_log() {
        for word in EventKind::WORDS {
            let of = |group| Choice::of([group]).has(word);
            assert!(of("all") && of(word));
            assert_eq!(of("log"), word.starts_with("log_"), "{word}");
            assert_ne!(of("log"), of("household"), "{word}");
            assert_eq!(of("household"), Choice::default().has(word));
        }
    }

    #[test]
    fn words_and_groups_stand_for_events_and_nothing_else() {
        for (_, words) in GROUPS {
            assert!(words.iter().all(|word| EventKind::WORDS.contains(word)));
        }
        assert!(WORDS.iter().all(|word| !Choice::of([*word]).0.is_empty()));
        assert!(Choice::of(["everything"]).0.is_empty());
        let choice = Choice::of(["new_client", "quota"]);
        assert!(choice.has("new_client") && choice.has("burst") && !choice.has("box_down"));
    }
}
