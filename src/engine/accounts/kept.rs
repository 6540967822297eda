//! What of the accounts goes into the history, and comes back from it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};

use crate::accounting::{Quota, SavedCounter};
use crate::engine::counters::{Counted, Counters};
use crate::history::{self, ForgottenCounter, Sample, Sampled, SavedGap};
use crate::model::{ItemId, Kind, Readings, Shows, Snapshot, Subject};

/// The counters as they were kept. One that cannot be understood begins anew.
pub(super) fn counters(kept: Vec<history::SavedCounter>) -> Vec<SavedCounter> {
    let read = |kept: history::SavedCounter| {
        let state = serde_json::from_str(&kept.state);
        if let Err(error) = &state {
            tracing::warn!(subject = %kept.subject, metric = kept.metric, %error, "a counter in the history makes no sense");
        }
        Some(SavedCounter { subject: kept.subject, metric: kept.metric, part: kept.part, state: state.ok()? })
    };
    kept.into_iter().filter_map(read).collect()
}

/// The counters that changed, to be kept.
pub(super) fn counters_to_keep(counters: &mut Counters) -> Vec<history::SavedCounter> {
    let write = |counter: SavedCounter| {
        let state = serde_json::to_string(&counter.state).ok()?;
        Some(history::SavedCounter {
            subject: counter.subject,
            metric: counter.metric,
            part: counter.part,
            state,
        })
    };
    counters.changed().into_iter().filter_map(write).collect()
}

/// The counters that are kept no longer.
pub(in crate::engine) fn counters_to_forget(counters: &mut Counters) -> Vec<ForgottenCounter> {
    let gone =
        |(subject, metric, part): (_, &str, _)| ForgottenCounter { subject, metric: metric.to_owned(), part };
    counters.forgotten().into_iter().map(gone).collect()
}

/// Where something may have passed uncounted.
pub(super) fn gaps_to_keep(counted: &[Counted]) -> Vec<SavedGap> {
    let gap = |one: &Counted| {
        let gap = one.growth?.gap?;
        Some(SavedGap { subject: one.subject.clone(), metric: one.row.key.to_owned(), gap })
    };
    counted.iter().filter_map(gap).collect()
}

/// The states of the quotas of a box and of people as one document.
pub(super) fn quota_document(own: &Quota, of_people: &BTreeMap<ItemId, Quota>) -> Option<Json> {
    let people = of_people.iter().map(|(id, quota)| (Subject::Person(id.clone()), quota));
    let states = std::iter::once((Subject::Router, own)).chain(people);
    let states: Option<Map<_, _>> = states
        .map(|(whose, quota)| Some((whose.to_string(), serde_json::to_value(quota.state()).ok()?)))
        .collect();
    states.map(Json::Object)
}

/// How often what goes up and down is worth a sample.
const EVERY: SignedDuration = SignedDuration::from_secs(55);

/// Decides which readings are kept.
#[derive(Debug, Default)]
pub(super) struct Samples {
    last: Option<Timestamp>,
}

impl Samples {
    /// What of a poll is kept: all that was counted, and about once a minute what goes up and down. Of clients, only
    /// what they used: a house has many.
    pub(super) fn of(&mut self, seen: &Snapshot, counted: &[Counted]) -> Vec<Sample> {
        let mut samples: Vec<_> = counted.iter().filter_map(growth).collect();
        // A clock that was put back must not stop the samples.
        let is_due = self.last.is_none_or(|last| seen.taken.duration_since(last).abs() >= EVERY);
        if is_due {
            self.last = Some(seen.taken);
            samples.extend(gauges(seen));
        }
        samples
    }
}

fn growth(one: &Counted) -> Option<Sample> {
    let amount = one.growth?.amount;
    let is_idle = amount == 0 && one.subject != Subject::Router;
    (!is_idle).then(|| Sample {
        subject: one.subject.clone(),
        metric: one.row.key,
        value: Sampled::Growth(amount),
    })
}

fn gauges(seen: &Snapshot) -> impl Iterator<Item = Sample> {
    let items = seen.sections().filter_map(|(_, outcome)| outcome.ok()).flat_map(Readings::iter);
    items.filter(|(subject, _)| !matches!(subject, Subject::Client(_))).flat_map(|(subject, item)| {
        let kept = item
            .iter()
            .filter(|(row, _)| row.kind == Kind::Gauge && row.shows_on(subject.kind()) != Shows::Attribute);
        kept.filter_map(|(row, _)| {
            let value = Sampled::Gauge(item.number(row)?);
            Some(Sample { subject: subject.clone(), metric: row.key, value })
        })
    })
}
