use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Item, Metric, Readings, Subject, Value, catalog};

/// Fewer damaged codewords than this between two readings say nothing of their share.
const ENOUGH: u64 = 1000;

/// The codeword counters of each channel at its last reading.
#[derive(Debug, Default)]
pub(super) struct Codewords {
    booted: Option<Timestamp>,
    seen: BTreeMap<Subject, Counters>,
}

#[derive(Clone, Copy, Debug)]
struct Counters {
    corrected: u64,
    uncorrected: u64,
}

impl Codewords {
    /// Takes in the counters; gives the percentage of damaged codewords that could not be repaired since the last reading, of
    /// each channel whose counters have moved far enough and did not begin anew.
    pub(super) fn lost(&mut self, readings: &Readings, booted: Option<Timestamp>) -> BTreeMap<Subject, f64> {
        let now = readings.iter().filter(|(subject, _)| matches!(subject, Subject::Downstream(_)));
        let now: BTreeMap<_, _> =
            now.filter_map(|(subject, item)| Some((subject.clone(), Counters::of(item)?))).collect();
        let before = std::mem::replace(self, Self { booted, seen: now });
        if before.booted != booted {
            return BTreeMap::new();
        }
        let share = |(subject, now): (&Subject, &Counters)| {
            Some((subject.clone(), now.lost_since(before.seen.get(subject)?)?))
        };
        self.seen.iter().filter_map(share).collect()
    }
}

impl Counters {
    fn of(item: &Item) -> Option<Self> {
        Some(Self {
            corrected: count(item, catalog::CORRECTED)?,
            uncorrected: count(item, catalog::UNCORRECTED)?,
        })
    }

    fn lost_since(self, before: &Self) -> Option<f64> {
        let corrected = self.corrected.checked_sub(before.corrected)?;
        let uncorrected = self.uncorrected.checked_sub(before.uncorrected)?;
        let damaged = corrected.saturating_add(uncorrected);
        #[expect(clippy::cast_precision_loss, reason = "a percentage")]
        (damaged >= ENOUGH).then(|| 100.0 * uncorrected as f64 / damaged as f64)
    }
}

fn count<Q>(item: &Item, metric: Metric<Q>) -> Option<u64> {
    match item.get(metric.row()) {
        Some(Value::Count(count)) => Some(*count),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Count, ItemId};

    fn share(codewords: &mut Codewords, corrected: u64, uncorrected: u64, booted: i64) -> Option<f64> {
        let mut readings = Readings::default();
        let channel = Subject::Downstream(ItemId::new(1).unwrap());
        readings
            .subject(channel.clone())
            .set(catalog::CORRECTED, Count(corrected))
            .set(catalog::UNCORRECTED, Count(uncorrected));
        let booted = Timestamp::from_second(booted).ok();
        codewords.lost(&readings, booted).get(&channel).copied()
    }

    #[test]
    fn the_share_is_that_between_two_readings() {
        let mut codewords = Codewords::default();
        assert_eq!(share(&mut codewords, 1_000_000, 1_000_000, 0), None, "the past is no reading");
        assert_eq!(share(&mut codewords, 1_000_990, 1_000_010, 0), Some(1.0));
        assert_eq!(share(&mut codewords, 1_000_990, 1_000_200, 0), None, "too few to say");
    }

    #[test]
    fn counters_that_began_anew_say_nothing() {
        let mut codewords = Codewords::default();
        share(&mut codewords, 5000, 10, 0);
        assert_eq!(share(&mut codewords, 9000, 2, 0), None, "one of them fell");
        assert_eq!(share(&mut codewords, 10_000, 1002, 0), Some(50.0), "from there on");
        assert_eq!(share(&mut codewords, 20_000, 5000, 60), None, "the box has restarted");
    }
}
