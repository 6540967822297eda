use jiff::Timestamp;
use jiff::fmt::serde::timestamp::millisecond;
use serde::{Deserialize, Serialize};

use self::judgement::{Judgement, Reading};
use super::Growth;
use crate::model::{Counting, Subject};

mod judgement;
#[cfg(test)]
mod tests;

/// A counter of a box, made to last: it has 64 bits, goes on over restarts of the box, and is never less than before.
///
/// The first reading ever is the opening balance: what the box had counted before we came. From there on the total grows by what is
/// known to have passed, and no more: where a reading leaves a doubt, the least that it can mean is counted, and the time
/// in question is declared as a [`Gap`]. What passed between two readings without a gap is exact, and what is missing in one passed
/// within its gap.
///
/// There are things that figures alone cannot show, and then no gap is declared or it is too short: a counter that began anew, without a
/// sign of it, and has outgrown what it was; one that was cleared in the last quarter of its range, which looks like an overflow; more than
/// one new beginning between two readings that were believed; and a clock that was set while a narrow counter went over its end or the
/// box restarted.
///
/// What is stored is small, and tolerates fields that it does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetime {
    #[serde(rename = "t")]
    total: u64,
    /// The last reading that was believed, and when it was made.
    #[serde(rename = "r")]
    raw: u64,
    #[serde(rename = "a", with = "millisecond::required")]
    at: Timestamp,
    /// For how many seconds the box had been up when it last said so.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    uptime: Option<i64>,
    /// A reading since then that is not believed yet.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    held: Option<Held>,
    /// The last reading is that of another box.
    #[serde(rename = "f", default, skip_serializing_if = "is_false")]
    foreign: bool,
}

/// A reading that the next ones have to confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    #[serde(rename = "r")]
    raw: u64,
    #[serde(rename = "a", with = "millisecond::required")]
    at: Timestamp,
    /// It is not the first one in a row.
    #[serde(rename = "m", default, skip_serializing_if = "is_false")]
    again: bool,
}

/// What else is known of the time between two readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// When this reading was made.
    pub at: Timestamp,
    /// When the box started, if it said so together with this reading.
    pub boot: Option<Timestamp>,
    /// This is another box than before.
    pub replaced: bool,
    /// When the list that the subject is on was last read without it: what is new on the list has counted since then.
    pub listed: Option<Timestamp>,
}

impl Evidence {
    /// A reading of which nothing is known but when it was made.
    pub const fn at(at: Timestamp) -> Self {
        Self { at, boot: None, replaced: false, listed: None }
    }
}

/// A counter as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCounter {
    /// What it is about.
    pub subject: Subject,
    /// The key of its metric.
    pub metric: String,
    /// Which of the counters that the metric is put together of; empty when it is one.
    pub part: String,
    /// Where it stands.
    pub state: Lifetime,
}

impl Lifetime {
    /// Begins with the first reading. It is growth only where the subject is known to be new.
    pub fn begin(raw: u64, how: &Counting, evidence: &Evidence) -> (Self, Option<Growth>) {
        let now = Reading::new(raw, how, evidence);
        let begun = Self { total: raw, raw, at: now.at, uptime: now.uptime(), held: None, foreign: false };
        (begun, now.growth_of_a_new_subject())
    }

    /// Begins with the first reading of a counter that joins others: what it counted before it came is not part of what they
    /// come to.
    pub fn join(raw: u64, how: &Counting, evidence: &Evidence) -> (Self, Option<Growth>) {
        let (mut begun, growth) = Self::begin(raw, how, evidence);
        begun.total = growth.map_or(0, |growth| growth.amount);
        (begun, growth)
    }

    /// Takes in the next reading; gives what passed since the last one that was believed. Nothing while a reading has to be confirmed:
    /// what it means is then in the growth of the next ones.
    pub fn take(&mut self, raw: u64, how: &Counting, evidence: &Evidence) -> Option<Growth> {
        let now = Reading::new(raw, how, evidence);
        match now.judge(self) {
            Judgement::Hold(held) => {
                self.held = Some(held);
                None
            }
            Judgement::Count { amount, gap } => {
                let from = self.at.min(now.at);
                self.total = self.total.saturating_add(amount);
                self.raw = raw;
                self.at = now.at;
                self.uptime = now.uptime().or(self.uptime);
                self.held = None;
                self.foreign = false;
                Some(Growth { amount, from, to: now.at, gap })
            }
        }
    }

    /// Takes note that the box is another one than before: the next reading is a new beginning, whatever it is.
    pub const fn replace(&mut self) {
        self.foreign = true;
        self.held = None;
        self.uptime = None;
    }

    /// What counters that are gone have counted, for the total of those that are still there.
    pub const fn of_the_past(total: u64, at: Timestamp) -> Self {
        Self { total, raw: 0, at, uptime: None, held: None, foreign: true }
    }

    /// Takes over what another one has counted.
    pub const fn absorb(&mut self, other: &Self) {
        self.total = self.total.saturating_add(other.total);
    }

    /// Everything that was counted.
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// When the last reading was made that was believed.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether nothing has changed but the time of the reading.
    pub fn stands_as(&self, other: &Self) -> bool {
        (self.total, self.raw, self.held, self.foreign) == (other.total, other.raw, other.held, other.foreign)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}
