//! One figure for many channels: what a household can look at instead of thirty rows.

use crate::model::{
    Count, Decibel, DecibelMillivolt, Item, Metric, Quantity, Readings, Subject, Text, Value, catalog,
};

/// Adds the summaries over the single-carrier channels. OFDM channels are left out: their figures mean other things.
///
/// A direction without channels may be one that could not be read; that there are none is for the driver to say.
pub(super) fn channels(readings: &mut Readings) {
    let down = Direction::of(readings, |subject| matches!(subject, Subject::Downstream(_)));
    let up = Direction::of(readings, |subject| matches!(subject, Subject::Upstream(_)));
    if down.count == 0 && up.count == 0 {
        return;
    }
    let router = readings.router();
    for (metric, count) in [(catalog::DOWN_CHANNELS, down.count), (catalog::UP_CHANNELS, up.count)] {
        if count > 0 {
            router.set(metric, Count(count));
        }
    }
    spread(
        router,
        &down.power,
        DecibelMillivolt,
        [catalog::DOWN_POWER_MIN, catalog::DOWN_POWER_MEAN, catalog::DOWN_POWER_MAX],
    );
    spread(
        router,
        &up.power,
        DecibelMillivolt,
        [catalog::UP_POWER_MIN, catalog::UP_POWER_MEAN, catalog::UP_POWER_MAX],
    );
    spread(
        router,
        &down.snr,
        Decibel,
        [catalog::DOWN_SNR_MIN, catalog::DOWN_SNR_MEAN, catalog::DOWN_SNR_MAX],
    );
    if let Some((channel, _)) = down.worst {
        router.set(catalog::WORST_CHANNEL, Text(channel));
    }
    // Of each channel on its own: the sum goes on when one of them is given up, and does not know the past of a new one. It is
    // unknown while a channel does not say its part.
    for (metric, counts) in
        [(catalog::CORRECTED_SUM, down.corrected), (catalog::UNCORRECTED_SUM, down.uncorrected)]
    {
        if counts.iter().any(|(_, count)| count.is_some()) {
            for (channel, count) in counts {
                router.count(metric, channel, count);
            }
        }
    }
}

/// What the channels of one direction come to.
#[derive(Default)]
struct Direction {
    count: u64,
    power: Vec<f64>,
    snr: Vec<f64>,
    worst: Option<(String, f64)>,
    /// What each channel counts, if it does.
    corrected: Vec<(String, Option<u64>)>,
    uncorrected: Vec<(String, Option<u64>)>,
}

impl Direction {
    fn of(readings: &Readings, belongs: impl Fn(&Subject) -> bool) -> Self {
        let mut all = Self::default();
        for (subject, item) in readings.iter().filter(|(subject, item)| belongs(subject) && !is_wide(item)) {
            all.add(subject.id(), item);
        }
        all
    }

    fn add(&mut self, channel: String, item: &Item) {
        self.count += 1;
        self.power.extend(item.number(catalog::POWER.row()));
        if let Some(snr) = item.number(catalog::SNR.row()) {
            self.snr.push(snr);
            if self.worst.as_ref().is_none_or(|(_, least)| snr < *least) {
                self.worst = Some((channel.clone(), snr));
            }
        }
        self.corrected.push((channel.clone(), count(item, catalog::CORRECTED)));
        self.uncorrected.push((channel, count(item, catalog::UNCORRECTED)));
    }
}

fn is_wide(item: &Item) -> bool {
    matches!(item.get(catalog::CHANNEL_TYPE.row()), Some(Value::Text(kind)) if kind == "ofdm" || kind == "ofdma")
}

fn count(item: &Item, metric: Metric<Count>) -> Option<u64> {
    match item.get(metric.row()) {
        Some(Value::Count(count)) => Some(*count),
        _ => None,
    }
}

fn spread<Q: Quantity>(
    router: &mut Item,
    values: &[f64],
    unit: fn(f64) -> Q,
    [min, mean, max]: [Metric<Q>; 3],
) {
    if values.is_empty() {
        return;
    }
    #[expect(clippy::cast_precision_loss, reason = "a box has fewer channels than 2^52")]
    let average = values.iter().sum::<f64>() / values.len() as f64;
    router
        .set(min, unit(values.iter().copied().fold(f64::INFINITY, f64::min)))
        .set(mean, unit(average))
        .set(max, unit(values.iter().copied().fold(f64::NEG_INFINITY, f64::max)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ItemId, State};

    fn line() -> Readings {
        let mut line = Readings::default();
        for (id, power, snr, uncorrected) in [("1", 1.0, 38.0, 5), ("2", 3.0, 35.5, 7), ("3", 5.0, 40.0, 0)] {
            line.subject(Subject::Downstream(ItemId::new(id).unwrap()))
                .set(catalog::POWER, DecibelMillivolt(power))
                .set(catalog::SNR, Decibel(snr))
                .set(catalog::UNCORRECTED, Count(uncorrected));
        }
        line
    }

    #[test]
    fn channels_come_to_lowest_mean_highest_and_worst() {
        let mut line = line();
        channels(&mut line);
        let read = |metric: Metric<DecibelMillivolt>| line.number(&Subject::Router, metric.row());
        assert_eq!(read(catalog::DOWN_POWER_MIN), Some(1.0));
        assert_eq!(read(catalog::DOWN_POWER_MEAN), Some(3.0));
        assert_eq!(read(catalog::DOWN_POWER_MAX), Some(5.0));
        let router = line.get(&Subject::Router).unwrap();
        assert_eq!(router.get(catalog::WORST_CHANNEL.row()), Some(&Value::Text("2".into())));
        assert_eq!(router.get(catalog::UNCORRECTED_SUM.row()), Some(&Value::Count(12)));
    }

    #[test]
    fn what_no_channel_reports_has_no_summary() {
        let mut line = line();
        channels(&mut line);
        let router = line.get(&Subject::Router).unwrap();
        assert_eq!(router.get(catalog::CORRECTED_SUM.row()), None);
        assert_eq!(router.get(catalog::UP_POWER_MEAN.row()), None);
    }

    #[test]
    fn a_channel_that_does_not_say_its_count_leaves_the_sum_unknown() {
        let mut line = line();
        line.subject(Subject::Downstream(ItemId::new("2").unwrap())).set(catalog::UNCORRECTED, None);
        channels(&mut line);
        let router = line.get(&Subject::Router).unwrap();
        assert_eq!(router.get(catalog::UNCORRECTED_SUM.row()), None);
        assert!(
            router.iter().any(|(row, _)| row == catalog::UNCORRECTED_SUM.row()),
            "unknown, not forgotten"
        );
    }

    #[test]
    fn a_direction_that_was_not_read_has_no_channels_to_count() {
        let mut line = line();
        channels(&mut line);
        assert_eq!(line.number(&Subject::Router, catalog::DOWN_CHANNELS.row()), Some(3.0));
        assert_eq!(line.number(&Subject::Router, catalog::UP_CHANNELS.row()), None);
    }

    #[test]
    fn wide_channels_are_not_mixed_in() {
        let mut line = line();
        line.subject(Subject::Downstream(ItemId::new("ofdm1").unwrap()))
            .set(catalog::CHANNEL_TYPE, State::new("ofdm"))
            .set(catalog::POWER, DecibelMillivolt(-30.0));
        channels(&mut line);
        assert_eq!(line.number(&Subject::Router, catalog::DOWN_POWER_MIN.row()), Some(1.0));
    }

    #[test]
    fn a_box_without_channels_gets_no_summary() {
        let mut line = Readings::default();
        channels(&mut line);
        assert_eq!(line, Readings::default());
    }
}
