use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::Mac;

/// How many devices are remembered. A household has fewer; one that lets everybody in forgets those that were met first.
const REMEMBERED: usize = 2000;

/// The devices that a box has ever listed, in the order in which they were met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub(crate) struct Met(Vec<Mac>);

impl Met {
    /// Takes in who is listed. Gives those that were never met before, each once.
    pub(super) fn meet(&mut self, listed: &BTreeSet<Mac>) -> BTreeSet<Mac> {
        let known: BTreeSet<_> = self.0.iter().copied().collect();
        let fresh: BTreeSet<_> = listed.difference(&known).copied().collect();
        self.0.extend(&fresh);
        self.forget_beyond(listed);
        fresh
    }

    /// Forgets the first ones that are not listed now: those that are would be strangers again at once.
    fn forget_beyond(&mut self, listed: &BTreeSet<Mac>) {
        let mut surplus = self.0.len().saturating_sub(REMEMBERED.max(listed.len()));
        self.0.retain(|mac| {
            let goes = surplus > 0 && !listed.contains(mac);
            surplus -= usize::from(goes);
            !goes
        });
    }
}

impl From<Met> for String {
    fn from(met: Met) -> Self {
        met.0.iter().map(Mac::compact).collect()
    }
}

/// What cannot be read is forgotten.
impl From<String> for Met {
    fn from(text: String) -> Self {
        let bytes = hex::decode(text).unwrap_or_default();
        Self(bytes.as_chunks().0.iter().copied().map(Mac::new).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn macs(numbers: std::ops::Range<u16>) -> BTreeSet<Mac> {
        let mac = |number: u16| Mac::new([0, 0, 0x5e, 0, number.to_be_bytes()[0], number.to_be_bytes()[1]]);
        numbers.map(mac).collect()
    }

    #[test]
    fn nobody_is_met_twice() {
        let mut met = Met::default();
        assert_eq!(met.meet(&macs(0..3)), macs(0..3));
        assert_eq!(met.meet(&macs(1..5)), macs(3..5));
        assert_eq!(met.meet(&macs(0..5)), macs(0..0));
        assert_eq!(met.meet(&macs(0..0)), macs(0..0));
        let again = Met::from(String::from(met.clone()));
        assert_eq!(again, met);
        assert_eq!(Met::from("no digits".to_owned()), Met::default());
    }

    #[test]
    fn only_those_who_are_away_are_forgotten() {
        let mut met = Met::default();
        met.meet(&macs(0..2000));
        let listed: BTreeSet<_> = macs(0..10).into_iter().chain(macs(2000..2020)).collect();
        assert_eq!(met.meet(&listed), macs(2000..2020));
        assert_eq!(met.0.len(), 2000);
        assert_eq!(met.meet(&macs(0..10)), macs(0..0), "who is there is known");
        assert_eq!(met.meet(&macs(10..31)), macs(10..30), "the first of the others are strangers again");
    }
}
