use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::habits::{Demand, Flow, QUARTER, start};
use crate::model::{Clock, Subject};

/// How many quarters of an hour a meter keeps: more than a year.
const MOST_QUARTERS: usize = 40_000;

/// What has passed, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Towards the house, or the device.
    pub received: u64,
    /// Out of the house, or from the device.
    pub sent: u64,
}

impl Passed {
    /// Both directions.
    pub const fn total(self) -> u64 {
        self.received + self.sent
    }

    /// What has passed since it was this much.
    pub(super) const fn since(self, before: Self) -> Self {
        Self {
            received: self.received.saturating_sub(before.received),
            sent: self.sent.saturating_sub(before.sent),
        }
    }
}

impl AddAssign for Passed {
    fn add_assign(&mut self, other: Self) {
        self.received += other.received;
        self.sent += other.sent;
    }
}

/// How a box looks at what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glance {
    /// At each second.
    Steady,
    /// Once in so many seconds; its counters stand still in between.
    Every(i64),
}

/// How long a rate lasts where the box does not say, in seconds.
const GRAIN: i64 = 5;

/// The truth about one flow through a simulated box: it never runs backwards and never forgets, whatever the box does. What
/// the box shows are differences of it.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    party: Subject,
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    flow: Flow,
    glance: Glance,
    /// Up to which second it has counted.
    until: i64,
    /// Whether the box has power, and whether its line is up.
    lit: bool,
    open: bool,
    passed: Passed,
    quarters: BTreeMap<i64, Passed>,
}

impl State {
    fn count_to(&mut self, second: i64) {
        let end = match self.glance {
            Glance::Steady => second,
            Glance::Every(seconds) => start(second, seconds),
        };
        while self.until < end {
            let quarter = start(self.until, QUARTER);
            let to = (quarter + QUARTER).min(end);
            if self.lit && self.open {
                let [received, sent] = self.flow.between(self.until, to);
                let passed = Passed { received, sent };
                self.passed += passed;
                *self.quarters.entry(quarter).or_default() += passed;
            }
            self.until = to;
        }
        while self.quarters.len() > MOST_QUARTERS {
            self.quarters.pop_first();
        }
    }
}

impl Meter {
    pub fn new(party: Subject, clock: Clock, mut flow: Flow, glance: Glance) -> Self {
        if let Glance::Every(seconds) = glance {
            flow.grain = seconds;
        }
        let until = match glance {
            Glance::Steady => clock.now().as_second(),
            Glance::Every(seconds) => start(clock.now().as_second(), seconds),
        };
        let (passed, quarters) = (Passed::default(), BTreeMap::new());
        let state = State { flow, glance, until, lit: true, open: true, passed, quarters };
        Self { party, clock, state: Arc::new(Mutex::new(state)) }
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(&mut state)
    }

    /// Whose traffic it is.
    pub const fn party(&self) -> &Subject {
        &self.party
    }

    /// What has passed by now.
    pub fn passed(&self) -> Passed {
        self.passed_by(self.clock.now())
    }

    /// What has passed by this moment, or by a later one that was asked for before.
    pub fn passed_by(&self, at: Timestamp) -> Passed {
        self.with(|state| {
            state.count_to(at.as_second());
            state.passed
        })
    }

    /// Bytes per second, in the last stretch of time that was counted as a whole.
    pub fn rate(&self) -> Passed {
        self.passed();
        self.with(|state| {
            let [received, sent] = state.flow.rates(state.until - 1);
            if state.lit && state.open { Passed { received, sent } } else { Passed::default() }
        })
    }

    /// The line is up, or is not, from now on.
    pub fn open(&self, open: bool) {
        self.passed();
        self.with(|state| state.open = open);
    }

    /// The box has power, or has not, from now on.
    pub fn light(&self, lit: bool) {
        self.passed();
        self.with(|state| state.lit = lit);
    }

    /// What passed between these moments, in whole quarters of an hour.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Passed {
        self.passed();
        self.with(|state| {
            let mut sum = Passed::default();
            for (_, passed) in state.quarters.range(from.as_second()..to.as_second().max(from.as_second())) {
                sum += *passed;
            }
            sum
        })
    }

    /// What passed on each day of this time zone.
    pub fn days(&self, zone: &TimeZone) -> BTreeMap<Date, Passed> {
        self.passed();
        let mut days = BTreeMap::new();
        self.with(|state| {
            for (quarter, passed) in &state.quarters {
                let moment = Timestamp::from_second(*quarter).unwrap_or_default();
                let date = moment.to_zoned(zone.clone()).date();
                *days.entry(date).or_insert_with(Passed::default) += *passed;
            }
        });
        days
    }
}

/// A flow with the usual grain.
pub(super) const fn flow(habits: super::Habits, seed: u64, demand: Demand) -> Flow {
    Flow { habits, seed, grain: GRAIN, demand }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::super::Habits;
    use super::*;

    fn meter(glance: Glance) -> Meter {
        let clock = Clock::starting_at(Timestamp::from_second(1_800_000_002).unwrap());
        let demand = Demand { received: 1000, sent: 100 };
        Meter::new(Subject::Router, clock, flow(Habits::Restless, 1, demand), glance)
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_passes_without_power_or_line() {
        let meter = meter(Glance::Steady);
        advance(Duration::from_secs(60)).await;
        let first = meter.passed();
        assert!(first.received > first.sent && first.sent > 0 && meter.rate().sent > 0);
        for switch in [Meter::open, Meter::light] {
            switch(&meter, false);
            advance(Duration::from_secs(60)).await;
            assert_eq!((meter.passed(), meter.rate()), (first, Passed::default()));
            switch(&meter, true);
        }
        advance(Duration::from_secs(60)).await;
        assert!(meter.passed().received > first.received);
    }

    #[tokio::test(start_paused = true)]
    async fn quarters_and_days_add_up_to_everything() {
        let meter = meter(Glance::Every(8));
        advance(Duration::from_secs(3 * 86_400)).await;
        let all = meter.passed();
        assert_eq!(meter.between(Timestamp::UNIX_EPOCH, Timestamp::MAX), all);
        let days = meter.days(&TimeZone::get("Europe/Oslo").unwrap());
        let mut sum = Passed::default();
        days.values().for_each(|day| sum += *day);
        assert_eq!((days.len(), sum), (4, all));
    }

    #[tokio::test(start_paused = true)]
    async fn who_looks_seldom_sees_steps() {
        let meter = meter(Glance::Every(5));
        for _ in 0..20 {
            let before = meter.passed();
            assert_eq!(meter.passed(), before);
            advance(Duration::from_secs(5)).await;
            assert_eq!(meter.passed().since(before).received, 5 * meter.rate().received);
        }
    }
}
