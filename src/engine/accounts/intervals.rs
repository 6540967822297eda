use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::accounting::{Gap, Growth, Interval};
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
    /// Whether the clients, and so the people, are counted by direction.
    pub(super) by_direction: bool,
    /// Whether the box itself is counted, and so by direction.
    pub(super) counts_itself: bool,
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
        let mut by_direction = true;
        for one in counted {
            let Some(place) = SAY.iter().position(|key| *key == one.row.key) else { continue };
            let growths = match &one.subject {
                Subject::Router => {
                    *counts_itself = true;
                    &mut own
                }
                Subject::Client(mac) => {
                    by_direction &= one.row != catalog::TRAFFIC.row();
                    clients.entry(*mac).or_default()
                }
                _ => continue,
            };
            if let Some(slot) = growths.0.get_mut(place) {
                *slot = one.growth;
            }
        }
        Self {
            own: own.interval(),
            are_all: !*counts_itself,
            by_direction,
            counts_itself: *counts_itself,
            counted: clients.keys().copied().collect(),
            of_clients: clients
                .into_iter()
                .filter_map(|(mac, growths)| Some((mac, growths.interval()?)))
                .collect(),
        }
    }

    /// What passed at the box.
    pub(super) fn of_box(&self) -> Vec<Interval> {
        let of_clients = self.of_clients.iter().filter(|_| self.are_all).map(|(_, interval)| *interval);
        together(self.own.into_iter().chain(of_clients).collect())
    }
}

/// What passed at several devices of one party. A time in which something is missing at two of them is missing once.
pub(super) fn together(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_by_key(|interval| interval.gap.map(|gap| gap.from));
    let mut covered = Timestamp::MIN;
    for interval in &mut intervals {
        let Some(gap) = interval.gap else { continue };
        let from = gap.from.max(covered);
        interval.gap = (from < gap.to).then_some(Gap { from, to: gap.to });
        covered = covered.max(gap.to);
    }
    intervals
}

impl Growths {
    fn interval(self) -> Option<Interval> {
        let [received, sent, mixed] = self.0;
        Interval::of(received, sent, mixed)
    }
}
