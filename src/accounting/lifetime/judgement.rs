//! What a reading means, given the one before and everything else that is known.

use jiff::{SignedDuration, Timestamp};

use super::{Evidence, Held, Lifetime};
use crate::accounting::{Gap, Growth};
use crate::model::{Counting, Overflow, Renewal};

/// Readings are made a little before or after the moment that is noted for them, and boxes bring their figures up to date
/// every few seconds.
const READING_JITTER: i64 = 10;

/// Uptimes are whole seconds, answers take time, and boot times are held steady within a minute.
const UPTIME_JITTER: i64 = 120;

/// A counter that begins anew after it was cleared is far below what it was; one that went back to a copy is not.
const FAR_BELOW: u64 = 10;

/// One reading, with what is known besides.
pub(super) struct Reading<'a> {
    raw: u64,
    pub(super) at: Timestamp,
    how: &'a Counting,
    evidence: &'a Evidence,
}

/// What becomes of a reading.
pub(super) enum Judgement {
    /// It may be wrong: the next one will tell.
    Hold(Held),
    /// So much passed since the last reading that was believed.
    Count { amount: u64, gap: Option<Gap> },
}

impl<'a> Reading<'a> {
    pub(super) fn new(raw: u64, how: &'a Counting, evidence: &'a Evidence) -> Self {
        Self { raw, at: whole_milliseconds(evidence.at), how, evidence }
    }

    /// For how many seconds the box has been up, where it said so.
    pub(super) fn uptime(&self) -> Option<i64> {
        let boot = self.evidence.boot?;
        Some(self.at.duration_since(boot).as_secs().max(0))
    }

    /// What a subject has counted that was not there before.
    pub(super) fn growth_of_a_new_subject(&self) -> Option<Growth> {
        let since = self.listed_since()?;
        let is_new = since < self.at && self.is_possible(self.raw, since);
        let gap = self.may_have_wrapped(self.raw, since).then_some(Gap { from: since, to: self.at });
        is_new.then_some(Growth { amount: self.raw, from: since, to: self.at, gap })
    }

    pub(super) fn judge(&self, last: &Lifetime) -> Judgement {
        if last.foreign || self.evidence.replaced {
            return Judgement::Count { amount: 0, gap: self.whole(last) };
        }
        if self.how.overflow == Overflow::Saturates && self.raw == self.greatest() {
            return Judgement::Count { amount: self.raw.saturating_sub(last.raw), gap: self.whole(last) };
        }
        if let Some(since) = self.listed_since().filter(|since| *since >= last.at) {
            return self.returned(last, since);
        }
        if let Some(boot) = self.evidence.boot.filter(|boot| self.shows_restart(last, *boot)) {
            return self.restarted(last, boot);
        }
        if self.raw >= last.raw { self.rose(last) } else { self.fell(last) }
    }

    /// The subject was gone and is back, and has counted from zero since. If it has more than before, it may as well not have
    /// been gone: a list may have been incomplete.
    fn returned(&self, last: &Lifetime, since: Timestamp) -> Judgement {
        if self.raw < last.raw {
            return self.began_anew(last, since);
        }
        if self.is_possible(self.raw, since) {
            return Judgement::Count { amount: self.raw - last.raw, gap: self.whole(last) };
        }
        self.rose(last)
    }

    /// Whether the box has started since the last reading: it has been up for less than before, or began after it.
    fn shows_restart(&self, last: &Lifetime, boot: Timestamp) -> bool {
        self.how.renewal != Renewal::Never && (self.is_up_for_less(last) || boot > last.at)
    }

    /// That holds even when somebody has set the clock in between.
    fn is_up_for_less(&self, last: &Lifetime) -> bool {
        self.uptime().zip(last.uptime).is_some_and(|(now, before)| now + UPTIME_JITTER < before)
    }

    fn restarted(&self, last: &Lifetime, boot: Timestamp) -> Judgement {
        let growth = self.raw.checked_sub(last.raw);
        if self.how.renewal == Renewal::SavedCopy {
            return Judgement::Count { amount: growth.unwrap_or(0), gap: self.whole(last) };
        }
        let is_certain = self.is_up_for_less(last);
        match growth {
            // The box may have been up all the while, and the clock was set: then this is a glitch.
            None if self.raw == 0 && !is_certain => self.hold(last),
            None => self.began_anew(last, boot),
            Some(_) if is_certain && self.is_possible(self.raw, boot) => self.began_anew(last, boot),
            Some(growth) => Judgement::Count { amount: growth, gap: self.whole(last) },
        }
    }

    /// It has counted from zero since then.
    fn began_anew(&self, last: &Lifetime, since: Timestamp) -> Judgement {
        let until = if self.may_have_wrapped(self.raw, since) { self.at } else { since };
        Judgement::Count { amount: self.raw, gap: self.gap_until(last, until) }
    }

    fn rose(&self, last: &Lifetime) -> Judgement {
        let growth = self.raw - last.raw;
        let is_confirmed = last.held.is_some_and(|held| held.raw > last.raw && self.raw >= held.raw);
        if !is_confirmed && !self.is_possible(growth, last.at) {
            return self.hold(last);
        }
        let is_doubtful = last.held.is_some_and(|held| self.may_have_gone_back(last, held));
        let is_least = self.wraps(last) && self.may_have_wrapped(growth, last.at);
        let gap = if is_doubtful || is_least { self.whole(last) } else { None };
        Judgement::Count { amount: growth, gap }
    }

    /// Whether a low reading that was followed by a higher one may have been right after all: a single one is a glitch, unless it
    /// looks like the copy that a box has saved.
    fn may_have_gone_back(&self, last: &Lifetime, held: Held) -> bool {
        let is_copy = self.how.renewal == Renewal::SavedCopy && held.raw > last.raw / FAR_BELOW;
        held.raw < last.raw && (held.again || is_copy)
    }

    /// It is less than before, and nobody knows of a restart.
    fn fell(&self, last: &Lifetime) -> Judgement {
        if let Some(growth) = self.wrapped(last) {
            return Judgement::Count { amount: growth, gap: None };
        }
        let Some(held) = last.held.filter(|held| held.raw <= self.raw && held.raw < last.raw) else {
            return self.hold(last);
        };
        if self.raw == 0 {
            return self.hold(last);
        }
        let was_cleared = held.raw < last.raw / FAR_BELOW && self.how.renewal != Renewal::SavedCopy;
        // Not only until then: what was held may have been wrong, or have come after the end of the range, and the new beginning after it.
        let gap = self.whole(last);
        let since_held = self.raw - held.raw;
        let is_still_low = self.raw < last.raw / FAR_BELOW;
        match (was_cleared || held.raw == 0, is_still_low) {
            (true, true) => Judgement::Count { amount: self.raw, gap },
            (false, _) if since_held <= last.raw - self.raw => Judgement::Count { amount: since_held, gap },
            // Two readings that have nothing to do with each other.
            _ => self.hold(last),
        }
    }

    /// What passed if the counter went over its end once, where that is what must have happened.
    fn wrapped(&self, last: &Lifetime) -> Option<u64> {
        let (growth, range) = self.overflow(last).zip(self.range())?;
        let fits = match self.how.ceiling {
            Some(_) => self.is_possible(growth, last.at) && !self.may_have_wrapped(growth, last.at),
            None => growth < range / 4,
        };
        (self.raw > 0 && last.raw >= range / 4 * 3 && fits).then_some(growth)
    }

    /// What passed if the counter went over its end once.
    fn overflow(&self, last: &Lifetime) -> Option<u64> {
        let range = self.range().filter(|_| self.wraps(last))?;
        range.checked_sub(last.raw)?.checked_add(self.raw)
    }

    /// Whether so much time has passed that the counter may have gone around once more than its growth shows.
    fn may_have_wrapped(&self, growth: u64, since: Timestamp) -> bool {
        let more = self.range().and_then(|range| growth.checked_add(range));
        let is_known = self.how.ceiling.is_some() && self.at > since;
        is_known && more.is_some_and(|more| self.is_possible(more, since))
    }

    /// Whether it begins again after its last value. A counter that was seen above its range has a wider one.
    fn wraps(&self, last: &Lifetime) -> bool {
        self.range().is_some_and(|range| last.raw < range)
    }

    /// How many values it has, if it begins again after the last one.
    fn range(&self) -> Option<u64> {
        let range = 1_u64.checked_shl(self.how.bits)?;
        (self.how.overflow == Overflow::Wraps && self.raw < range).then_some(range)
    }

    fn greatest(&self) -> u64 {
        1_u64.checked_shl(self.how.bits).map_or(u64::MAX, |range| range - 1)
    }

    /// Whether so much can have passed since then. If the clock was set back, nobody knows how long it was.
    fn is_possible(&self, amount: u64, since: Timestamp) -> bool {
        let elapsed = self.at.duration_since(since);
        let Some(ceiling) = self.how.ceiling.filter(|_| elapsed > SignedDuration::ZERO) else {
            return true;
        };
        let seconds = u64::try_from(elapsed.as_secs().saturating_add(1 + READING_JITTER)).unwrap_or(u64::MAX);
        amount <= ceiling.saturating_mul(seconds)
    }

    fn hold(&self, last: &Lifetime) -> Judgement {
        // A row of zeros is one long glitch, or a counter that began anew when the first one was seen.
        let at = last.held.filter(|held| held.raw == self.raw).map_or(self.at, |held| held.at);
        Judgement::Hold(Held { raw: self.raw, at, again: last.held.is_some() })
    }

    fn listed_since(&self) -> Option<Timestamp> {
        self.evidence.listed.filter(|_| self.how.renewal == Renewal::Appearance).map(whole_milliseconds)
    }

    /// From the last reading to that moment, as far as it is between the two readings.
    fn gap_until(&self, last: &Lifetime, end: Timestamp) -> Option<Gap> {
        let from = last.at.min(self.at);
        Some(Gap { from, to: whole_milliseconds(end).clamp(from, self.at) })
    }

    fn whole(&self, last: &Lifetime) -> Option<Gap> {
        self.gap_until(last, self.at)
    }
}

/// As it is stored, so that an interval ends where the next one begins, also after a restart.
fn whole_milliseconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(moment.as_millisecond()).unwrap_or(moment)
}
