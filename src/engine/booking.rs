//! From what was counted at a poll to what is shown of it, and kept.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::accounts::{Accounts, Booked};
use super::counters::Occasion;
use super::keeper::Keeper;
use crate::history::Tick;
use crate::model::{Bytes, ItemId, Mac, Metric, Readings, Snapshot, Subject, Value, Whose, catalog};

impl Keeper {
    /// Makes the counters last, and books what passed. What is to be kept of the poll waits for [`Keeper::keep`].
    pub(super) fn book(&mut self, seen: &mut Snapshot, occasion: &Occasion) {
        let operator = self.operators_count(seen);
        let clients = &self.charge.clients;
        let (booked, mut tick) = self.books.take(seen, occasion, operator, |mac| clients.tracks(mac));
        self.show_usage(booked, occasion.at);
        tick.names.extend(self.names_of_clients(&tick));
        self.tick = Some(tick);
    }

    /// Writes down what the last poll added, before anybody hears of it: nothing that was shown is taken back by a
    /// crash. What cannot be written now is written later.
    pub(super) async fn keep(&mut self) {
        let Some(tick) = self.tick.take() else { return };
        if let Err(trouble) = self.shared().store.commit(tick).await {
            tracing::debug!(r#box = %self.charge.about.id, %trouble, "not written yet");
        }
    }

    /// Changes the quota at somebody's word, and shows at once what follows.
    pub(super) async fn change_quota(&mut self, change: impl FnOnce(&mut Accounts, Timestamp)) {
        let now = self.now();
        let (booked, mut tick) = self.books.change(now, change);
        self.show_usage(booked, now);
        tick.is_durable = true;
        self.tick = Some(tick);
        self.keep().await;
        self.publish();
    }

    fn show_usage(&mut self, booked: Booked, now: Timestamp) {
        let Booked { events, usage, exhausted } = booked;
        self.news.extend(events);
        self.learn_usage(&usage, now);
        self.view.usage = usage;
        let wanted = self.to_withhold(&exhausted.into_iter().collect::<Vec<_>>());
        self.withhold(wanted);
    }

    /// A device is not there because something is known of what it used.
    fn learn_usage(&mut self, usage: &Readings, now: Timestamp) {
        for (subject, item) in usage.iter() {
            let seen = match (subject, self.view.shape.get(subject)) {
                (Subject::Client(_), known) => known.map(|known| known.seen),
                _ => Some(now),
            };
            if let Some(seen) = seen {
                self.view.shape.learn(subject, item, seen);
            }
        }
    }

    /// The devices of those who used up their quota, as far as that is to have consequences.
    fn to_withhold(&self, exhausted: &[ItemId]) -> BTreeMap<Mac, Whose> {
        let people = &self.charge.rules.people;
        let persons = exhausted.iter().filter_map(|id| people.get(id)).filter(|person| person.block);
        let devices = persons.flat_map(|person| {
            let whose = Whose { subject: Subject::Person(person.id.clone()), name: person.name.clone() };
            people.devices_of(&person.id).into_iter().map(move |mac| (mac, whose.clone()))
        });
        devices.collect()
    }

    /// What the operator has counted in its month, where the box says so.
    fn operators_count(&self, seen: &Snapshot) -> Option<u64> {
        let read = |metric: Metric<Bytes>| {
            let value = seen
                .get(&Subject::Router, metric)
                .or_else(|| self.view.value(&Subject::Router, metric.row()));
            match value {
                Some(Value::Count(count)) => Some(*count),
                _ => None,
            }
        };
        read(catalog::MONTH_RECEIVED)?.checked_add(read(catalog::MONTH_SENT)?)
    }

    /// What the clients in a tick are called.
    fn names_of_clients(&self, tick: &Tick) -> Vec<(Subject, String)> {
        let parties = tick.pieces.iter().map(|(party, _)| party);
        let clients = parties.filter(|party| matches!(party, Subject::Client(_)));
        let name = |client: &Subject| {
            let label = self.view.shape.get(client)?.label.clone()?;
            Some((client.clone(), label))
        };
        clients.filter_map(name).collect()
    }
}
