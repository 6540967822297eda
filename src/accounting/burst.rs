use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Interval;
use crate::model::EventKind;

/// When traffic is unusually much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurstPolicy {
    /// How many bytes are too many.
    pub over: u64,
    /// In how long.
    pub within: SignedDuration,
}

/// What passed lately, and whether it was told that it is much.
///
/// It is told when more than the limit passed, and told again only after less than four fifths of it had.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burst {
    #[serde(default)]
    recent: VecDeque<Slot>,
    #[serde(default)]
    told: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Slot {
    from: Timestamp,
    to: Timestamp,
    bytes: u64,
}

/// So many slots are kept at most.
const SLOTS: i32 = 30;

impl Burst {
    /// Takes what passed between two readings, and says when it is too much.
    pub fn take(&mut self, policy: &BurstPolicy, passed: &Interval) -> Option<EventKind> {
        self.add(policy, passed);
        let since = passed.to.saturating_sub(policy.within).unwrap_or(Timestamp::MIN);
        // A clock that was put back leaves slots in the future.
        self.recent.retain(|slot| slot.to > since && slot.to <= passed.to);
        let used = self.recent.iter().map(|slot| slot.after(since)).fold(0, u64::saturating_add);
        let is_much = used > policy.over;
        let is_new = is_much && !self.told;
        if is_much || used < policy.over / 5 * 4 {
            self.told = is_much;
        }
        is_new.then(|| EventKind::Burst { used, within: policy.within.as_secs().unsigned_abs() })
    }

    fn add(&mut self, policy: &BurstPolicy, passed: &Interval) {
        let new = Slot { from: passed.from.min(passed.to), to: passed.to, bytes: passed.amounts.total() };
        match self.recent.back_mut().filter(|last| last.can_take(new, policy.within / SLOTS)) {
            Some(last) => {
                let bytes = last.bytes.saturating_add(new.bytes);
                *last = Slot { from: last.from, to: new.to.max(last.to), bytes };
            }
            None => self.recent.push_back(new),
        }
    }
}

impl Slot {
    /// Whether another one goes on from this one and both are no longer than this, or it lies within this one: the devices
    /// of a box are read at the same time.
    fn can_take(&self, other: Self, longest: SignedDuration) -> bool {
        let joins = self.from <= other.from && other.from <= self.to;
        joins && (other.to <= self.to || other.to.duration_since(self.from) <= longest)
    }

    /// What of it passed after a moment, if it passed evenly.
    fn after(&self, since: Timestamp) -> u64 {
        let nanos = |from: Timestamp| self.to.duration_since(from).as_nanos().unsigned_abs();
        let passed = u128::from(self.bytes) * nanos(self.from.max(since));
        let share = passed.checked_div(nanos(self.from)).and_then(|bytes| u64::try_from(bytes).ok());
        share.unwrap_or(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounting::Amounts;

    #[test]
    fn the_devices_of_a_box_share_what_is_remembered() {
        let policy = BurstPolicy { over: 9_000, within: SignedDuration::from_mins(10) };
        let mut burst = Burst::default();
        let at = |minute: i64| Timestamp::from_second(1_800_000_000 + 60 * minute).unwrap();
        let mut told = Vec::new();
        for minute in 0..20 {
            for _ in 0..100 {
                let amounts = Amounts { received: 10, sent: 0, mixed: 0 };
                let passed = Interval { from: at(minute), to: at(minute + 1), amounts, gap: None };
                told.extend(burst.take(&policy, &passed).map(|_| minute));
            }
        }
        assert_eq!(told, [9], "once, with the tenth thousand");
        assert_eq!(burst.recent.len(), 10);
    }
}
