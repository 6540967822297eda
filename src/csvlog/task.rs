use std::collections::BTreeSet;
use std::io;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Settings;
use super::meter::{Household, Seen};
use super::record::Record;
use crate::engine::{BoxView, World};
use crate::model::{BoxId, Clock, Subject, Value, catalog};

/// The task that writes the log.
#[derive(Debug)]
pub struct CsvLog {
    settings: Settings,
    household: Household,
    records: Vec<(BoxId, Record)>,
    world: watch::Receiver<World>,
    clock: Clock,
    /// Whether the last attempt failed, and the log of the bridge says so.
    failing: bool,
}

impl CsvLog {
    /// A log of these boxes: in the root itself when there is one of them, and below it, each in a folder of its id, when there are more.
    pub fn new(
        settings: Settings,
        boxes: &[BoxId],
        household: Household,
        world: watch::Receiver<World>,
        clock: Clock,
    ) -> Self {
        let root = |id: &BoxId| {
            if boxes.len() > 1 { settings.path.join(id.as_str()) } else { settings.path.clone() }
        };
        let keep = SignedDuration::try_from(settings.keep).unwrap_or(SignedDuration::MAX);
        let records = boxes.iter().map(|id| (id.clone(), Record::new(root(id), keep))).collect();
        Self { settings, household, records, world, clock, failing: false }
    }

    /// Writes until it is stopped, and once more then.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut ticks = interval(self.settings.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first tick comes at once, before anything is known.
        ticks.tick().await;
        loop {
            let is_last = tokio::select! {
                () = stop.cancelled() => true,
                _ = ticks.tick() => false,
            };
            self = match self.write(is_last).await {
                Some(log) => log,
                None => return,
            };
            if is_last {
                return;
            }
        }
    }

    /// The disk may be slow, and nobody else has to wait for it.
    async fn write(mut self, is_last: bool) -> Option<Self> {
        let now = self.clock.now();
        let written = spawn_blocking(move || {
            let outcome = self.write_all(now, is_last);
            self.tell(outcome);
            self
        });
        written.await.inspect_err(|error| tracing::error!("the CSV log has ended: {error}")).ok()
    }

    fn write_all(&mut self, now: Timestamp, is_last: bool) -> io::Result<()> {
        let world = self.world.borrow().clone();
        let mut outcome = Ok(());
        for (id, record) in &mut self.records {
            let seen = world.get(id).map(seen).unwrap_or_default();
            let mut written = record.write(&seen, now, &self.household);
            if is_last && written.is_ok() {
                written = record.summarise(now, &self.household);
            }
            if written.is_err() {
                outcome = written;
            }
        }
        outcome
    }

    fn tell(&mut self, outcome: io::Result<()>) {
        let path = self.settings.path.display();
        match outcome {
            Ok(()) if self.failing => tracing::info!("the CSV log in {path} can be written again"),
            Err(error) if !self.failing => {
                tracing::warn!(
                    "the CSV log in {path} cannot be written: {error}; trying again, nothing is lost"
                );
                self.failing = true;
                return;
            }
            Ok(()) => {}
            Err(_) => return,
        }
        self.failing = false;
    }
}

/// The devices of a box that counts for each of them; none while it cannot be read.
fn seen(view: &BoxView) -> Vec<Seen> {
    if !view.availability.is_online() {
        return Vec::new();
    }
    let subjects =
        view.sections.values().flat_map(|section| section.readings.iter()).map(|(subject, _)| subject);
    let clients: BTreeSet<&Subject> =
        subjects.filter(|subject| matches!(subject, Subject::Client(_))).collect();
    clients.into_iter().filter_map(|subject| device(view, subject)).collect()
}

fn device(view: &BoxView, subject: &Subject) -> Option<Seen> {
    let Subject::Client(mac) = subject else {
        return None;
    };
    let count = |row| match view.value(subject, row) {
        Some(Value::Count(count)) => Some(*count),
        _ => None,
    };
    let directions = || count(catalog::RECEIVED.row())?.checked_add(count(catalog::SENT.row())?);
    let address = match view.value(subject, catalog::IPV4.row()) {
        Some(Value::Text(address)) => Some(address.clone()),
        _ => None,
    };
    Some(Seen { mac: *mac, address, total: count(catalog::TRAFFIC.row()).or_else(directions)? })
}

#[cfg(test)]
mod tests;
