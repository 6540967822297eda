//! What of a contract is used, what is left of it, and what is to be told.

mod figures;
mod policy;
mod state;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Calendar, Cycle, Dates, Day, Interval, Span, Tally};
use crate::model::{EventKind, Subject, Whose};
pub use figures::QuotaFigures;
pub use policy::QuotaPolicy;
pub use state::QuotaState;
use state::{Bucket, Chapter, Correction, Operator, TopUp};

/// What a quota comes to, and what is to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// The figures; none when there is no limit.
    pub figures: Option<QuotaFigures>,
    /// What happened, in the order in which it is to be told.
    pub events: Vec<EventKind>,
}

/// The quota of a box, or of a person.
#[derive(Clone, Debug)]
pub struct Quota {
    policy: QuotaPolicy,
    whose: Whose,
    state: QuotaState,
}

/// A threshold that was told is told again only after the share was so many points below it.
const HYSTERESIS: u32 = 5;
/// So many top-ups are remembered.
const TOP_UPS: usize = 50;
const EXHAUSTED: u32 = 100;

impl Quota {
    /// The quota with what was remembered of it.
    pub fn new(policy: QuotaPolicy, whose: Whose, state: QuotaState) -> Self {
        Self { policy, whose, state }
    }

    /// What has to be remembered.
    pub const fn state(&self) -> &QuotaState {
        &self.state
    }

    /// The policy.
    pub const fn policy(&self) -> &QuotaPolicy {
        &self.policy
    }

    /// The days that figures are about. Tallies are rolled to them before anything is added or judged.
    pub fn dates(&self, today: Date) -> Dates {
        self.policy.cycle.dates(today).unwrap_or_else(|| {
            let bucket = self.state.bucket;
            let since = bucket.map_or(today, |bucket| bucket.since);
            let before = bucket.and_then(|bucket| bucket.before);
            Dates {
                today,
                cycle: Span { from: since, until: None },
                last_cycle: before.map(|from| Span { from, until: Some(since) }),
            }
        })
    }

    /// Takes what passed at the box, and says when it is unusually much.
    pub fn passed(&mut self, passed: &Interval) -> Option<EventKind> {
        let policy = self.policy.burst?;
        self.state.burst.take(&policy, passed)
    }

    /// Takes over what the operator, or the owner, says is used now.
    pub fn set_used(&mut self, used: u64, now: Timestamp, tally: &Tally) {
        self.open(tally.dates());
        let counted = counted(tally);
        if let Some(chapter) = &mut self.state.chapter {
            chapter.correction = Some(Correction { at: now, used, counted });
        }
    }

    /// Adds what was bought. A prepaid contract begins anew with what is left and what is added; every other one may use more
    /// until its cycle ends. Afterwards the tallies are to be rolled to new dates.
    pub fn top_up(&mut self, bytes: u64, now: Timestamp, tally: &Tally) {
        let dates = *tally.dates();
        self.open(&dates);
        self.state.top_ups.push(TopUp { at: now, bytes });
        let surplus = self.state.top_ups.len().saturating_sub(TOP_UPS);
        self.state.top_ups.drain(..surplus);
        let left = self.limit().unwrap_or(0).saturating_sub(self.used(counted(tally)));
        match (&mut self.state.bucket, &mut self.state.chapter) {
            (Some(bucket), chapter) if self.policy.cycle == Cycle::Prepaid => {
                let before = if bucket.since < dates.today { Some(bucket.since) } else { bucket.before };
                *bucket = Bucket { size: left.saturating_add(bytes), since: dates.today, before };
                let counted = tally.day(dates.today).map_or(0, Day::counted);
                let correction = Some(Correction { at: now, used: 0, counted });
                *chapter = Some(Chapter { correction, ..Chapter::new(dates.today) });
                self.state.other = None;
            }
            (_, Some(chapter)) => chapter.extra = chapter.extra.saturating_add(bytes),
            _ => {}
        }
    }

    /// Judges what was used by now.
    ///
    /// The tally is that of the box or person, rolled to [`Quota::dates`]; `operator` is what the box itself says was used in its
    /// month, where it does.
    pub fn judge(
        &mut self,
        now: Timestamp,
        calendar: &Calendar,
        tally: &Tally,
        operator: Option<u64>,
    ) -> Ruling {
        let dates = *tally.dates();
        let mut events: Vec<_> = self.turn(calendar, tally).into_iter().collect();
        let counted = counted(tally);
        self.take_start(now, counted);
        self.take_operator(now, &dates, counted, operator);
        let Some(limit) = self.limit() else {
            return Ruling { figures: None, events };
        };
        let used = self.used(counted);
        events.extend(self.cross(now, used, limit));
        let since = self.state.chapter.as_ref().and_then(|chapter| chapter.exhausted);
        let figures = QuotaFigures::of(now, calendar, tally, used, limit, since);
        Ruling { figures: Some(figures), events }
    }

    fn limit(&self) -> Option<u64> {
        let extra = self.state.chapter.as_ref().map_or(0, |chapter| chapter.extra);
        match (self.policy.cycle, self.state.bucket) {
            (Cycle::Prepaid, Some(bucket)) => Some(bucket.size),
            _ => self.policy.limit.map(|limit| limit.saturating_add(extra)),
        }
    }

    fn used(&self, counted: u64) -> u64 {
        self.state.chapter.as_ref().map_or(counted, |chapter| chapter.used(counted))
    }

    /// Opens the chapter of the cycle that is running; says whether it is a new one.
    fn open(&mut self, dates: &Dates) -> bool {
        let state = &mut self.state;
        if self.policy.cycle == Cycle::Prepaid {
            let size = self.policy.limit.unwrap_or(0);
            state.bucket.get_or_insert(Bucket { size, since: dates.cycle.from, before: None });
        }
        let from = dates.cycle.from;
        if state.chapter.as_ref().is_some_and(|chapter| chapter.cycle == from) {
            return false;
        }
        let known = state.other.take_if(|other| other.cycle == from);
        let is_new = known.is_none() && state.chapter.is_some();
        let next = known.unwrap_or_else(|| Chapter::new(from));
        if let Some(last) = state.chapter.replace(next) {
            state.other = Some(last);
        }
        is_new
    }

    /// Turns to another cycle, and says that the last one ended.
    fn turn(&mut self, calendar: &Calendar, tally: &Tally) -> Option<EventKind> {
        let dates = tally.dates();
        let limit = self.limit();
        let is_new = self.open(dates);
        if !is_new {
            return None;
        }
        if let Some(operator) = &mut self.state.operator {
            operator.in_step = operator.figure == 0 || operator.fell_near(dates.cycle.from);
        }
        let last = self.state.other.as_ref()?;
        let from = dates.cycle.from;
        let is_told = self.state.announced.replace(from) == Some(from);
        // Another cycle can also begin because the owner configured another one.
        let was_one = self.policy.cycle.span_of(last.cycle).is_some_and(|span| span.from == last.cycle);
        if is_told || !was_one || last.cycle > from || self.whose.subject != Subject::Router {
            return None;
        }
        let span = dates.last_cycle?;
        let counted = tally.last_cycle().map_or(0, Day::counted);
        let used = if last.cycle == span.from { last.used(counted) } else { counted };
        Some(EventKind::CycleEnded { used, quota: limit, since: calendar.begin(from) })
    }

    /// Takes over what the configuration says was used, once for each figure that stands there.
    fn take_start(&mut self, now: Timestamp, counted: u64) {
        let Some(used) = self.policy.used.filter(|used| self.state.start != Some(*used)) else {
            return;
        };
        self.state.start = Some(used);
        if let Some(chapter) = &mut self.state.chapter {
            chapter.correction = Some(Correction { at: now, used, counted });
        }
    }

    fn take_operator(&mut self, now: Timestamp, dates: &Dates, counted: u64, figure: Option<u64>) {
        let Some(figure) = figure.filter(|_| self.policy.operator) else {
            return;
        };
        let operator = self.state.operator.get_or_insert(Operator { figure, fell: None, in_step: true });
        if figure < operator.figure {
            operator.fell = Some(dates.today);
            // At the end of a cycle, the month that begins is that of the next one.
            operator.in_step = operator.fell_near(dates.cycle.from);
        }
        operator.figure = figure;
        if let Some(chapter) = self.state.chapter.as_mut().filter(|_| operator.in_step) {
            chapter.correction = Some(Correction { at: now, used: figure, counted });
        }
    }

    /// Which thresholds were crossed since they were last looked at: the highest one is told for all of them.
    fn cross(&mut self, now: Timestamp, used: u64, limit: u64) -> Vec<EventKind> {
        let Some(chapter) = &mut self.state.chapter else {
            return Vec::new();
        };
        let has = |percent: u32| u128::from(used) * 100 >= u128::from(limit) * u128::from(percent);
        chapter.exhausted = if has(EXHAUSTED) { chapter.exhausted.or(Some(now)) } else { None };
        chapter.told.retain(|percent| has(percent.saturating_sub(HYSTERESIS)));
        let all = self.policy.thresholds.iter().copied().chain([EXHAUSTED]);
        let new: BTreeSet<u32> =
            all.filter(|percent| has(*percent) && !chapter.told.contains(percent)).collect();
        chapter.told.extend(&new);
        let whose = || self.whose.clone();
        let is_exhausted = new.contains(&EXHAUSTED);
        let exhausted =
            is_exhausted.then(|| EventKind::QuotaExhausted { whose: whose(), used, quota: limit });
        let highest = new.last().copied().filter(|percent| !is_exhausted || *percent > EXHAUSTED);
        let threshold =
            highest.map(|percent| EventKind::QuotaThreshold { whose: whose(), percent, used, quota: limit });
        exhausted.into_iter().chain(threshold).collect()
    }
}

/// What counts towards a quota in this cycle.
fn counted(tally: &Tally) -> u64 {
    tally.this_cycle().map_or(0, Day::counted)
}
