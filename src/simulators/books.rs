//! What really passed through a simulated box, and what it said of it: for whoever checks what others make of that.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::habits::{Demand, Habits};
use super::meter::{Glance, Meter, Passed, flow};
use crate::model::{Clock, Subject};

/// How many answers are kept.
const MOST_ANSWERS: usize = 10_000;

/// The books of a simulated box.
#[derive(Debug)]
pub struct Books {
    clock: Clock,
    habits: Habits,
    seed: u64,
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    meters: Vec<Meter>,
    answers: VecDeque<Answered>,
}

/// What a box showed of a counter, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// When it answered.
    pub at: Timestamp,
    /// Whose counters.
    pub party: Subject,
    /// What they showed, in bytes; of a box that does not tell one direction from the other, all is received.
    pub shown: Passed,
}

impl Books {
    pub(super) fn new(clock: Clock, habits: Habits, seed: u64) -> Self {
        Self { clock, habits, seed, pages: Mutex::default() }
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Pages) -> T) -> T {
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(&mut pages)
    }

    /// A meter for a flow of this party, which may have several.
    pub(super) fn meter(&self, party: Subject, demand: Demand, glance: Glance) -> Meter {
        self.with(|pages| {
            let seed = self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ pages.meters.len() as u64;
            let flow = flow(self.habits.clone(), seed, demand);
            let meter = Meter::new(party, self.clock.clone(), flow, glance);
            pages.meters.push(meter.clone());
            meter
        })
    }

    /// Writes down what the box shows.
    pub(super) fn answered(&self, party: Subject, shown: Passed) {
        let at = self.clock.now();
        self.with(|pages| {
            pages.answers.push_back(Answered { at, party, shown });
            if pages.answers.len() > MOST_ANSWERS {
                pages.answers.pop_front();
            }
        });
    }

    /// The box has power, or has not, from now on: without, nothing passes.
    pub(super) fn light(&self, lit: bool) {
        self.with(|pages| pages.meters.iter().for_each(|meter| meter.light(lit)));
    }

    fn sum(&self, party: &Subject, of: impl Fn(&Meter) -> Passed) -> Passed {
        let mut sum = Passed::default();
        self.with(|pages| {
            pages.meters.iter().filter(|meter| meter.party() == party).for_each(|meter| sum += of(meter));
        });
        sum
    }

    /// Whose traffic the box counts: its own, or that of its clients.
    pub fn parties(&self) -> BTreeSet<Subject> {
        self.with(|pages| pages.meters.iter().map(|meter| meter.party().clone()).collect())
    }

    /// What has passed since the simulation began.
    pub fn passed(&self, party: &Subject) -> Passed {
        self.sum(party, Meter::passed)
    }

    /// What passed between two moments, which are full quarters of an hour.
    pub fn between(&self, party: &Subject, from: Timestamp, to: Timestamp) -> Passed {
        self.sum(party, |meter| meter.between(from, to))
    }

    /// What passed on each day of a time zone.
    pub fn days(&self, party: &Subject, zone: &TimeZone) -> BTreeMap<Date, Passed> {
        let mut days = BTreeMap::new();
        self.with(|pages| {
            for meter in pages.meters.iter().filter(|meter| meter.party() == party) {
                for (date, passed) in meter.days(zone) {
                    *days.entry(date).or_insert_with(Passed::default) += passed;
                }
            }
        });
        days
    }

    /// The latest answers with counters, oldest first.
    pub fn answers(&self) -> Vec<Answered> {
        self.with(|pages| pages.answers.iter().cloned().collect())
    }

    /// Everything as JSON, by the days of this time zone; amounts in bytes.
    pub fn to_json(&self, zone: &TimeZone) -> Json {
        let bytes = |passed: Passed| json!({ "received": passed.received, "sent": passed.sent });
        let parties = self.parties().into_iter().map(|party| {
            let days: BTreeMap<String, Json> = self
                .days(&party, zone)
                .into_iter()
                .map(|(date, day)| (date.to_string(), bytes(day)))
                .collect();
            let last =
                self.with(|pages| pages.answers.iter().rev().find(|answer| answer.party == party).cloned());
            let last = last.map(|last| json!({ "at": last.at, "shown": bytes(last.shown) }));
            let account = json!({ "passed": bytes(self.passed(&party)), "days": days, "last_answer": last });
            (party.to_string(), account)
        });
        json!({ "at": self.clock.now(), "parties": parties.collect::<BTreeMap<_, _>>() })
    }
}
