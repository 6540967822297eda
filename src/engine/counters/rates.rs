use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::Counted;
use crate::accounting::Growth;
use crate::model::{BitRate, Item, Metric, Row, Snapshot, Subject, catalog};

/// Over more time than this, a mean says nothing of the present.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);

/// What each rate is the rate of.
const OF: [(&Row, Metric<BitRate>); 3] = [
    (catalog::RECEIVED.row(), catalog::DOWNLOAD_RATE),
    (catalog::SENT.row(), catalog::UPLOAD_RATE),
    (catalog::TRAFFIC.row(), catalog::TRAFFIC_RATE),
];

/// Rates that follow from counters, where the box gives none.
#[derive(Debug, Default)]
pub(super) struct Rates {
    /// The rates that the box itself gives, for all of its traffic, perhaps in another section and not at every poll.
    given: BTreeSet<&'static str>,
}

impl Rates {
    /// Finds out what the box itself gives.
    pub(super) fn learn(&mut self, seen: &Snapshot) {
        let read = seen.sections().filter_map(|(_, outcome)| outcome.ok()?.get(&Subject::Router));
        for item in read {
            self.given.extend(OF.iter().map(|(_, rate)| rate.key()).filter(|key| has(item, key)));
        }
    }

    /// Adds the rates of one subject. Across a gap there is none, nor from figures that are rounded.
    pub(super) fn add(
        &self,
        subject: &Subject,
        item: &mut Item,
        counted: &[Counted],
        is_rounded: impl Fn(&Row) -> bool,
    ) {
        for one in counted {
            let Some((_, rate)) = OF.iter().find(|(row, _)| *row == one.row) else {
                continue;
            };
            let is_given =
                has(item, rate.key()) || *subject == Subject::Router && self.given.contains(rate.key());
            if !is_given && !is_rounded(one.row) && rate.row().on.contains(&subject.kind()) {
                item.set(*rate, one.growth.and_then(mean).map(BitRate::bytes));
            }
        }
    }
}

fn has(item: &Item, key: &str) -> bool {
    item.iter().any(|(row, _)| row.key == key)
}

/// In bytes per second.
fn mean(growth: Growth) -> Option<f64> {
    let time = growth.to.duration_since(growth.from);
    let is_known = growth.gap.is_none() && time > SignedDuration::ZERO && time <= LONGEST;
    #[expect(clippy::cast_precision_loss, reason = "a rate, not an account")]
    is_known.then(|| growth.amount as f64 / time.as_secs_f64())
}
