//! When to poll, and what to ask for.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Clock, Section, Sections};
use crate::routers::Cadence;

/// The share of the interval that chance may add, so that several boxes do not march in step.
const JITTER: f64 = 0.05;

/// The schedule of one box.
#[derive(Debug)]
pub(crate) struct Schedule {
    every: Duration,
    periods: BTreeMap<Section, Duration>,
    due: BTreeMap<Section, Instant>,
    next: Instant,
    rng: fastrand::Rng,
}

impl Schedule {
    /// Everything is due at once. The intervals are those of `clock`, and pass as fast as it runs.
    pub(crate) fn new(
        every: Duration,
        plan: &[(Section, Cadence)],
        clock: &Clock,
        rng: fastrand::Rng,
    ) -> Self {
        let now = Instant::now();
        let period = |cadence: Cadence| clock.wait(cadence.period(every));
        Self {
            every: clock.wait(every),
            periods: plan.iter().map(|(section, cadence)| (*section, period(*cadence))).collect(),
            due: plan.iter().map(|(section, _)| (*section, now)).collect(),
            next: now,
            rng,
        }
    }

    /// When the next poll is due.
    pub(crate) const fn next(&self) -> Instant {
        self.next
    }

    /// The sections that are due now, or will be before the poll after this one. A poll out of turn, such as one
    /// after a failed command, asks for what regular polls ask for: without a question there is no proof of life.
    pub(crate) fn wanted(&self) -> Sections {
        let horizon = Instant::now() + self.every / 2;
        let due: Sections =
            self.due.iter().filter(|(_, due)| **due <= horizon).map(|(section, _)| *section).collect();
        if due.is_empty() { self.regular() } else { due }
    }

    fn regular(&self) -> Sections {
        let shortest = self.periods.values().min();
        self.periods
            .iter()
            .filter(|(_, period)| Some(*period) == shortest)
            .map(|(section, _)| *section)
            .collect()
    }

    /// Every section.
    pub(crate) fn everything(&self) -> Sections {
        self.periods.keys().copied().collect()
    }

    /// How long the readings of a section may be shown before they count as lost.
    pub(crate) fn patience(&self, section: Section) -> Duration {
        self.periods.get(&section).copied().unwrap_or(self.every).max(self.every) * 3
    }

    /// A poll that began then has read these sections.
    pub(crate) fn read(&mut self, began: Instant, sections: impl Iterator<Item = Section>) {
        for section in sections {
            let period = self.periods.get(&section).copied().unwrap_or(self.every);
            self.due.insert(section, began + period);
        }
    }

    /// Leaves a section alone for this long.
    pub(crate) fn defer(&mut self, section: Section, by: Duration) {
        self.due.insert(section, Instant::now() + by);
    }

    /// The regular next poll after one that began then: never more than half of the time is spent polling.
    pub(crate) fn after(&mut self, began: Instant) {
        let now = Instant::now();
        let regular = began + self.every.mul_f64(1.0 + JITTER * self.rng.f64());
        self.next = regular.max(now + (now - began));
    }

    /// The next poll is due after this pause.
    pub(crate) fn pause(&mut self, pause: Duration) {
        self.next = Instant::now() + pause;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: [(Section, Cadence); 2] =
        [(Section::Connection, Cadence::Every), (Section::Clients, Cadence::AtMostEvery(60))];

    fn schedule() -> Schedule {
        Schedule::new(Duration::from_secs(10), &PLAN, &Clock::system(), fastrand::Rng::with_seed(1))
    }

    #[tokio::test(start_paused = true)]
    async fn slow_sections_are_read_at_their_own_pace() {
        let mut schedule = schedule();
        let mut clients = 0;
        for _ in 0..60 {
            tokio::time::sleep_until(schedule.next()).await;
            let wanted = schedule.wanted();
            assert!(wanted.wants(Section::Connection));
            clients += u32::from(wanted.wants(Section::Clients));
            schedule.read(Instant::now(), wanted.iter());
            schedule.after(Instant::now());
        }
        assert!((9..=11).contains(&clients), "{clients} times in ten minutes");
    }

    #[tokio::test(start_paused = true)]
    async fn a_poll_out_of_turn_asks_for_something() {
        let mut schedule = schedule();
        schedule.read(Instant::now(), schedule.everything().iter());
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(schedule.wanted(), [Section::Connection].into_iter().collect());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_box_is_asked_less_often() {
        let mut schedule = schedule();
        let began = Instant::now();
        tokio::time::advance(Duration::from_secs(25)).await;
        schedule.after(began);
        assert_eq!(schedule.next() - Instant::now(), Duration::from_secs(25));
    }
}
