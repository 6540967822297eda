use jiff::{SignedDuration, Timestamp};

use super::{Accounts, Booked, Rules, Samples, counters_to_forget, counters_to_keep, gaps_to_keep};
use crate::engine::counters::{Counters, Occasion};
use crate::history::{Recalled, Tick};
use crate::model::{BoxId, Counting, Mac, Row, Snapshot, Subject};

/// All that becomes of the counters of one box: lifetime totals, whose traffic it was, and what of that is kept.
#[derive(Debug)]
pub struct Books {
    box_id: BoxId,
    counting: fn(&Subject, &Row) -> Counting,
    counters: Counters,
    accounts: Accounts,
    samples: Samples,
}

impl Books {
    /// The books of a box of this name, as an earlier run left them.
    pub fn restore(
        (box_id, name): (BoxId, &str),
        counting: fn(&Subject, &Row) -> Counting,
        rules: Rules,
        recalled: Recalled,
        now: Timestamp,
    ) -> Self {
        let (accounts, counters) = Accounts::restore(rules, name, recalled, now);
        Self { box_id, counting, counters, accounts, samples: Samples::default() }
    }

    /// Makes the counters of a poll last, and books what passed: what follows from it, and what is to be kept. `operator` is
    /// what the box itself says was used in its month; `tracks` says which clients may be known by their address.
    pub fn take(
        &mut self,
        seen: &mut Snapshot,
        occasion: &Occasion,
        operator: Option<u64>,
        tracks: impl Fn(&Mac) -> bool,
    ) -> (Booked, Tick) {
        let counted = self.counters.take(seen, self.counting, occasion);
        let mut tick = Tick::new(self.box_id.clone(), occasion.at);
        let booked = self.accounts.book(&counted, operator, tracks, &mut tick);
        // Together: what parts of a counter came to that are gone is in the state of another one.
        tick.forgotten = counters_to_forget(&mut self.counters);
        tick.counters = counters_to_keep(&mut self.counters);
        tick.gaps = gaps_to_keep(&counted);
        tick.samples = self.samples.of(seen, &counted);
        (booked, tick)
    }

    /// Changes the quota at somebody's word.
    pub(in crate::engine) fn change(
        &mut self,
        now: Timestamp,
        change: impl FnOnce(&mut Accounts, Timestamp),
    ) -> (Booked, Tick) {
        change(&mut self.accounts, now);
        let mut tick = Tick::new(self.box_id.clone(), now);
        let booked = self.accounts.book(&[], None, |_| false, &mut tick);
        (booked, tick)
    }

    /// Forgets the counters that were not seen for so long.
    pub(in crate::engine) fn forget_unseen(&mut self, now: Timestamp, patience: SignedDuration) {
        self.counters.forget_unseen(now, patience);
    }
}
