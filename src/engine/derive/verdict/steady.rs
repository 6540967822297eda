use super::evidence::{Evidence, Reason};
use super::grade::{Grade, Marks};
use super::policy::Patience;

/// A verdict that takes more than one reading to change.
#[derive(Debug, Default)]
pub(super) struct Steady {
    shown: Option<Grade>,
    reason: Option<Reason>,
    worse: Streak,
    /// Better with the margin to spare.
    firm: Streak,
    better: Streak,
    silent: u32,
}

/// Readings in a row that all ask for a change in one direction, and the least of what they ask for.
#[derive(Debug, Default)]
struct Streak {
    length: u32,
    least: Option<(Grade, Option<Reason>)>,
}

impl Streak {
    /// Takes in what a reading asks for; `None` ends the streak. `is_less` says that the first asks for less than the second.
    fn push(&mut self, asked: Option<(Grade, Option<Reason>)>, is_less: fn(Grade, Grade) -> bool) {
        let Some(asked) = asked else {
            *self = Self::default();
            return;
        };
        self.length += 1;
        if self.least.as_ref().is_none_or(|(least, _)| is_less(asked.0, *least)) {
            self.least = Some(asked);
        }
    }

    fn ripe(&self, after: u32) -> Option<(Grade, Option<Reason>)> {
        self.least.clone().filter(|_| self.length >= after)
    }
}

impl Steady {
    /// The verdict; `None` while there is none.
    pub(super) const fn shown(&self) -> Option<Grade> {
        self.shown
    }

    /// Whether readings speak of the line, although not yet enough of them for a verdict.
    pub(super) const fn is_open(&self) -> bool {
        self.shown.is_none() && self.worse.length > 0
    }

    /// Why it is not good.
    pub(super) fn reason(&self) -> Option<&str> {
        self.reason.as_ref().map(|reason| reason.text.as_str())
    }

    /// Takes in what one reading says.
    pub(super) fn observe(&mut self, evidence: Option<Evidence>, patience: &Patience) {
        let Some(Evidence { marks, reason }) = evidence else {
            self.hear_nothing(patience);
            return;
        };
        self.silent = 0;
        // A line is good until something else is shown of it; what was never seen to be good is not said to be so.
        if self.shown.is_none() && marks.plain == Grade::Good {
            self.shown = Some(Grade::Good);
        }
        self.count(marks, reason.as_ref());
        let due = self.worse.ripe(patience.worse_after);
        let due = due.or_else(|| self.firm.ripe(patience.worse_after));
        if let Some((grade, reason)) = due.or_else(|| self.better.ripe(patience.better_after)) {
            *self = Self { shown: Some(grade), reason, ..Self::default() };
        } else {
            self.refresh(marks.plain, reason);
        }
    }

    fn count(&mut self, marks: Marks, reason: Option<&Reason>) {
        let shown = self.shown.unwrap_or(Grade::Good);
        let asks = |grade: Grade, asks: bool| asks.then(|| (grade, reason.cloned()));
        self.worse.push(asks(marks.plain, marks.plain > shown), |a, b| a < b);
        self.firm.push(asks(marks.firm, marks.firm < shown), |a, b| a > b);
        self.better.push(asks(marks.plain, marks.plain < shown), |a, b| a > b);
    }

    /// The reason follows who is to blame, but not every tenth of a decibel.
    fn refresh(&mut self, seen: Grade, reason: Option<Reason>) {
        let holds = self.shown.is_some_and(|shown| shown > Grade::Good && seen >= shown);
        let blames = |reason: &Option<Reason>| reason.as_ref().map(|reason| reason.blames.clone());
        if holds && blames(&self.reason) != blames(&reason) {
            self.reason = reason;
        }
    }

    /// A reading without a figure neither confirms nor denies; when there are only such, nothing is known any more.
    fn hear_nothing(&mut self, patience: &Patience) {
        let silent = self.silent.saturating_add(1);
        *self = if silent >= patience.worse_after {
            Self::default()
        } else {
            Self { shown: self.shown, reason: self.reason.take(), silent, ..Self::default() }
        };
    }
}
