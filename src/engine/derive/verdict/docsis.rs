//! Cable: channels, by direction, kind and modulation.

use std::collections::BTreeMap;

use super::evidence::{Evidence, Figure, Group, Row};
use super::grade::{Grade, Marks};
use super::policy::DocsisScales;
use super::scale::Scale;
use crate::model::{Item, Metric, Readings, Subject, Value, catalog};

/// The judge of all channels of one section.
pub(super) struct Judge<'a> {
    pub(super) scales: &'a DocsisScales,
    pub(super) margin: f64,
    /// The share of uncorrected codewords since the last reading, in percent, where it is known.
    pub(super) lost: &'a BTreeMap<Subject, f64>,
    /// Whether channels of other sections stand beside these.
    pub(super) in_company: bool,
}

impl Judge<'_> {
    pub(super) fn judge(&self, readings: &Readings) -> Option<Evidence> {
        let down =
            self.group(readings, |subject| matches!(subject, Subject::Downstream(_)), Self::downstream);
        let up = self.group(readings, |subject| matches!(subject, Subject::Upstream(_)), Self::upstream);
        Evidence::of(&[down, up], Some("channel"))
    }

    fn group(
        &self,
        readings: &Readings,
        belongs: fn(&Subject) -> bool,
        figures: fn(&Self, &Subject, &Item) -> Vec<Option<Figure>>,
    ) -> Group {
        let channels: Vec<_> = readings.iter().filter(|(subject, _)| belongs(subject)).collect();
        let rows = channels.iter().filter(|(_, item)| !is_unlocked(item));
        let rows =
            rows.filter_map(|(subject, item)| Row::of(name(subject, item), figures(self, subject, item)));
        Group { rows: rows.collect(), alone: channels.len() == 1 && !self.in_company }
    }

    fn downstream(&self, subject: &Subject, item: &Item) -> Vec<Option<Figure>> {
        let wide = word(item, catalog::CHANNEL_TYPE) == Some("ofdm");
        let snr = self.snr_scale(item, wide).and_then(|(needs, scale)| {
            let snr = item.number(catalog::SNR.row())?;
            let says = format!("SNR {snr:.1} dB, {needs} needs {}", scale.aim());
            Some(Figure { marks: scale.judge(snr, self.margin), kind: "SNR", says })
        });
        let scale = if wide { self.scales.down_power_ofdm } else { self.scales.down_power };
        let power = item.number(catalog::POWER.row()).map(|power| {
            let says = format!("level {power:.1} dBmV, within ±{} is good", scale.aim());
            Figure { marks: scale.judge(power.abs(), self.margin), kind: "level", says }
        });
        let lost = self.lost.get(subject).map(|share| {
            let aim = self.scales.uncorrected.aim();
            let says = format!("{share:.1} % of damaged codewords lost, up to {aim} is good");
            Figure { marks: self.scales.uncorrected.judge(*share, self.margin), kind: "codewords", says }
        });
        let power = excused(power, snr.as_ref());
        vec![snr, lost, power]
    }

    fn snr_scale(&self, item: &Item, wide: bool) -> Option<(String, Scale)> {
        if wide {
            return Some(("OFDM".to_owned(), self.scales.snr_ofdm));
        }
        let order = order(word(item, catalog::MODULATION)?)?;
        let scale = match order {
            64 => self.scales.snr_64qam,
            256 => self.scales.snr_256qam,
            1024 => self.scales.snr_1024qam,
            4096 => self.scales.snr_4096qam,
            _ => return None,
        };
        Some((format!("{order}QAM"), scale))
    }

    /// Low power is never bad: it means that little is lost on the way.
    fn upstream(&self, _: &Subject, item: &Item) -> Vec<Option<Figure>> {
        let kind = word(item, catalog::CHANNEL_TYPE);
        // Only the power within 1.6 MHz of an OFDMA channel can be compared with anything.
        let (metric, scale) = match kind {
            Some("ofdma") => (catalog::POWER_1_6, self.scales.up_power_ofdma),
            _ => (catalog::POWER, self.scales.up_power),
        };
        let power = item.number(metric.row()).map(|power| {
            let says = format!("sends at {power:.1} dBmV, up to {} is good", scale.aim());
            Figure { marks: scale.judge(power, self.margin), kind: "power", says }
        });
        // The oldest kind of channel knows no better modulation.
        let steps = word(item, catalog::MODULATION).filter(|_| !matches!(kind, Some("ofdma" | "tdma")));
        let modulation = steps.and_then(order).map(|order| {
            let scale = self.scales.up_modulation;
            let [good, ..] = scale.bounds();
            let marks = scale.judge(f64::from(order), self.margin);
            Figure { marks, kind: "modulation", says: format!("{order}QAM, {good}QAM is good") }
        });
        vec![power, modulation]
    }
}

/// A level is a cause, and the SNR its effect: lines with a level outside every table are seen to run well. Where the SNR is
/// good, the level alone is not critical.
fn excused(level: Option<Figure>, snr: Option<&Figure>) -> Option<Figure> {
    let limit = |snr: Grade| if snr == Grade::Good { Grade::Marginal } else { Grade::Critical };
    let Some(snr) = snr else { return level };
    let limits = Marks { plain: limit(snr.marks.plain), firm: limit(snr.marks.firm) };
    level.map(|level| Figure { marks: level.marks.at_worst(limits), ..level })
}

/// A channel that is not locked carries nothing; its figures are no measurements.
fn is_unlocked(item: &Item) -> bool {
    item.get(catalog::LOCKED.row()) == Some(&Value::Flag(false))
}

fn name(subject: &Subject, item: &Item) -> String {
    let name = format!("{} {}", subject.kind().noun().to_ascii_lowercase(), subject.id());
    match item.number(catalog::FREQUENCY.row()) {
        Some(hertz) => format!("{name} at {} MHz", (hertz / 1e4).round() / 100.0),
        None => name,
    }
}

fn word<Q>(item: &Item, metric: Metric<Q>) -> Option<&str> {
    match item.get(metric.row()) {
        Some(Value::Text(word)) => Some(word),
        _ => None,
    }
}

/// How many symbols a modulation has: 256 of `256QAM` or `QAM-256`, 4 of `QPSK`.
fn order(modulation: &str) -> Option<u32> {
    let modulation = modulation.to_ascii_uppercase();
    if modulation.contains("QPSK") {
        return Some(4);
    }
    let from =
        modulation.contains("QAM").then(|| modulation.trim_start_matches(|c: char| !c.is_ascii_digit()))?;
    from.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modulations_are_read_however_they_are_written() {
        for (text, symbols) in [("256QAM", 256), ("QAM256", 256), ("64-qam", 64), ("QAM_16", 16), ("QPSK", 4)]
        {
            assert_eq!(order(text), Some(symbols), "{text}");
        }
        for text in ["", "OFDM PLC", "4K", "QAM", "unknown 9"] {
            assert_eq!(order(text), None, "{text}");
        }
    }
}
