use std::collections::{BTreeMap, BTreeSet};

use crate::accounting::{Amounts, Gap, Growth, Interval};
use crate::engine::counters::Counted;
use crate::model::{Mac, Subject, catalog};

/// What passed since the last poll, at the box and at each of its clients.
#[derive(Debug)]
pub(super) struct Intervals {
    own: Option<Interval>,
    /// Whether what passed at the clients is all that passed at the box.
    are_all: bool,
    pub(super) of_clients: Vec<(Mac, Interval)>,
    /// The clients that are counted, whether or not anything passed.
    pub(super) counted: BTreeSet<Mac>,
}

/// What grew, by what it says: received, sent, or both without a difference.
#[derive(Debug, Default)]
struct Growths([Option<Growth>; 3]);

/// The metrics that say what passed.
const SAY: [&str; 3] = [catalog::RECEIVED.key(), catalog::SENT.key(), catalog::TRAFFIC.key()];

/// Whether a counter says what passed at the box itself.
pub(super) fn is_own(subject: &Subject, metric: &str) -> bool {
    *subject == Subject::Router && SAY.contains(&metric)
}

impl Intervals {
    /// What these counters say. Once a box was seen to count its own traffic, it does.
    pub(super) fn of(counted: &[Counted], counts_itself: &mut bool) -> Self {
        let mut own = Growths::default();
        let mut clients: BTreeMap<Mac, Growths> = BTreeMap::new();
        for one in counted {
            let Some(place) = SAY.iter().position(|key| *key == one.row.key) else { continue };
            let growths = match &one.subject {
                Subject::Router => {
                    *counts_itself = true;
                    &mut own
                }
                Subject::Client(mac) => clients.entry(*mac).or_default(),
                _ => continue,
            };
            if let Some(slot) = growths.0.get_mut(place) {
                *slot = one.growth;
            }
        }
        Self {
            own: own.interval(),
            are_all: !*counts_itself,
            counted: clients.keys().copied().collect(),
            of_clients: clients
                .into_iter()
                .filter_map(|(mac, growths)| Some((mac, growths.interval()?)))
                .collect(),
        }
    }

    /// What passed at the box. Time in which several clients may have used something uncounted is declared once.
    pub(super) fn of_box(&self) -> Vec<Interval> {
        let mut all: Vec<_> = self.own.into_iter().collect();
        if self.are_all {
            all.extend(self.of_clients.iter().map(|(_, interval)| Interval { gap: None, ..*interval }));
            all.extend(self.gap_of_clients());
        }
        all
    }

    /// The time from the first to the last doubt about any of the clients, in which nothing more passed than is booked.
    fn gap_of_clients(&self) -> Option<Interval> {
        let gaps = || self.of_clients.iter().filter_map(|(_, interval)| interval.gap);
        let from = gaps().map(|gap| gap.from).min()?;
        let to = gaps().map(|gap| gap.to).max()?;
        Some(Interval { from, to, amounts: Amounts::default(), gap: Some(Gap { from, to }) })
    }
}

impl Growths {
    fn interval(self) -> Option<Interval> {
        let [received, sent, mixed] = self.0;
        Interval::of(received, sent, mixed)
    }
}
