use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Deed, Fault, Kind, LogEntry, Mac, Metric, Quantity, Row, Section, Subject, Value};

/// What the box says it is. Every field is what the box printed, cleaned of placeholders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Who makes it.
    pub manufacturer: Option<String>,
    /// The model as people call it.
    pub model: Option<String>,
    /// The maker's exact name for it.
    pub model_id: Option<String>,
    /// The serial number.
    pub serial: Option<String>,
    /// The firmware it runs.
    pub firmware: Option<String>,
    /// The hardware revision.
    pub hardware: Option<String>,
    /// The hardware address it identifies itself with.
    pub mac: Option<Mac>,
}

impl Identity {
    /// Whether `newer` is what another box says of itself: one with another serial number, or where that is not known, with another
    /// hardware address. What firmware it runs says nothing.
    pub fn was_of_another_box_than(&self, newer: &Self) -> bool {
        let serials = self.serial.as_ref().zip(newer.serial.as_ref());
        let macs = || self.mac.zip(newer.mac);
        match serials {
            Some((old, new)) => old != new,
            None => macs().is_some_and(|(old, new)| old != new),
        }
    }

    /// Takes over what `newer` knows; keeps what it does not.
    pub fn update(&mut self, newer: Self) {
        fn keep<T>(field: &mut Option<T>, newer: Option<T>) {
            if newer.is_some() {
                *field = newer;
            }
        }
        keep(&mut self.manufacturer, newer.manufacturer);
        keep(&mut self.model, newer.model);
        keep(&mut self.model_id, newer.model_id);
        keep(&mut self.serial, newer.serial);
        keep(&mut self.firmware, newer.firmware);
        keep(&mut self.hardware, newer.hardware);
        keep(&mut self.mac, newer.mac);
    }
}

/// The readings of one subject, by metric.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// What the box, or its owner, calls the subject.
    pub label: Option<String>,
    values: BTreeMap<&'static str, (&'static Row, Option<Value>)>,
    parts: Vec<Part>,
}

/// One of the counters that a metric is put together of: each of them overflows and begins anew on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The metric.
    pub row: &'static Row,
    /// What tells it from the other parts.
    pub key: String,
    /// What it says; nothing when that is unknown.
    pub raw: Option<u64>,
}

impl Item {
    /// Records what was read. `None`, or a value that cannot be true, is recorded as unknown: **absent is not zero**.
    pub fn set<Q: Quantity>(&mut self, metric: Metric<Q>, quantity: impl Into<Option<Q>>) -> &mut Self {
        let value = quantity.into().and_then(|quantity| metric.read(quantity));
        self.put(metric.row(), value)
    }

    /// Records a value that already has the row's unit.
    pub fn put(&mut self, row: &'static Row, value: Option<Value>) -> &mut Self {
        self.values.insert(row.key, (row, value));
        self
    }

    /// Records one of several counters that make up a metric. What is read of the metric is their sum, unless one of them is unknown:
    /// half of a sum is no sum.
    pub fn count(
        &mut self,
        metric: Metric<impl Quantity>,
        part: impl Into<String>,
        raw: Option<u64>,
    ) -> &mut Self {
        let row = metric.row();
        let before = match self.values.get(row.key) {
            None => Some(0),
            Some((_, Some(Value::Count(sum)))) => Some(*sum),
            Some(_) => None,
        };
        let sum = before.zip(raw).and_then(|(sum, raw)| sum.checked_add(raw));
        self.parts.push(Part { row, key: part.into(), raw });
        self.put(row, sum.map(Value::Count))
    }

    /// Puts what `total` makes of each counter in the place of what was read; what is unknown stays so. It is given the parts of all
    /// metrics, too.
    pub fn recount(&mut self, mut total: impl FnMut(&'static Row, Option<u64>, &[Part]) -> Option<u64>) {
        for (row, value) in self.values.values_mut().filter(|(row, _)| row.kind == Kind::Counter) {
            let read = match value {
                Some(Value::Count(count)) => Some(*count),
                _ => None,
            };
            if let (Some(total), Some(_)) = (total(row, read, &self.parts), read) {
                *value = Some(Value::Count(total));
            }
        }
    }

    /// Names the subject; placeholders are ignored.
    pub fn label(&mut self, label: impl AsRef<str>) -> &mut Self {
        self.label = super::text::name(label.as_ref()).or_else(|| self.label.take());
        self
    }

    /// The value of a metric; `None` when it is unknown or was not read.
    pub fn get(&self, row: &Row) -> Option<&Value> {
        self.values.get(row.key).and_then(|(_, value)| value.as_ref())
    }

    /// The value of a metric as a number, whatever its unit.
    pub fn number(&self, row: &Row) -> Option<f64> {
        match self.get(row)? {
            Value::Number(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "for summaries, not for accounting")]
            Value::Count(count) => Some(*count as f64),
            _ => None,
        }
    }

    /// The metrics that were read, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Row, Option<&Value>)> {
        self.values.values().map(|(row, value)| (*row, value.as_ref()))
    }
}

/// The readings of one section, by subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readings {
    items: BTreeMap<Subject, Item>,
    /// What the box's own log holds, oldest first; of [`Section::Log`] only.
    pub log: Vec<LogEntry>,
}

impl Readings {
    /// The readings on the box itself.
    pub fn router(&mut self) -> &mut Item {
        self.subject(Subject::Router)
    }

    /// The readings on any subject.
    pub fn subject(&mut self, subject: Subject) -> &mut Item {
        self.items.entry(subject).or_default()
    }

    /// The subjects that were read, with their readings, to repair them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Subject, &mut Item)> {
        self.items.iter_mut()
    }

    /// The subjects that were read, with their readings.
    pub fn iter(&self) -> impl Iterator<Item = (&Subject, &Item)> {
        self.items.iter()
    }

    /// The readings on one subject, if there are any.
    pub fn get(&self, subject: &Subject) -> Option<&Item> {
        self.items.get(subject)
    }

    /// A number read on a subject, whatever its unit.
    pub fn number(&self, subject: &Subject, row: &Row) -> Option<f64> {
        self.get(subject)?.number(row)
    }
}

/// What one poll saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// When the poll ended.
    pub taken: Timestamp,
    /// What the box says it is.
    pub identity: Identity,
    /// All rights that the box is known to withhold from us, by the name its own pages use, whatever was asked for in
    /// this poll.
    pub missing_rights: BTreeSet<String>,
    /// What of the family's deeds this very box cannot do; nothing while that is not known.
    pub cannot: Option<BTreeSet<Deed>>,
    sections: BTreeMap<Section, Result<Readings, Fault>>,
}

impl Snapshot {
    /// An empty snapshot of this moment.
    pub fn new(taken: Timestamp) -> Self {
        Self { taken, ..Self::default() }
    }

    /// The readings of a section, to fill. A section that was opened counts as read, even when it stays empty.
    pub fn section(&mut self, section: Section) -> &mut Readings {
        let slot = self.sections.entry(section).or_insert_with(|| Ok(Readings::default()));
        if slot.is_err() {
            *slot = Ok(Readings::default());
        }
        match slot {
            Ok(readings) => readings,
            #[expect(clippy::unreachable, reason = "an error was replaced two lines above")]
            Err(_) => unreachable!("the slot was just filled"),
        }
    }

    /// Notes that one section could not be read, while others could.
    pub fn failed(&mut self, section: Section, fault: Fault) {
        self.sections.insert(section, Err(fault));
    }

    /// The sections that were read or failed.
    pub fn sections(&self) -> impl Iterator<Item = (Section, Result<&Readings, &Fault>)> {
        self.sections.iter().map(|(section, outcome)| (*section, outcome.as_ref()))
    }

    /// The sections that were read, to repair them.
    pub fn readings_mut(&mut self) -> impl Iterator<Item = (Section, &mut Readings)> {
        self.sections.iter_mut().filter_map(|(section, outcome)| Some((*section, outcome.as_mut().ok()?)))
    }

    /// The sections, given away.
    pub fn into_sections(self) -> impl Iterator<Item = (Section, Result<Readings, Fault>)> {
        self.sections.into_iter()
    }

    /// The snapshot, if there is anything in it but faults.
    ///
    /// # Errors
    /// The first fault, when every section failed.
    pub fn unless_all_failed(self) -> Result<Self, Fault> {
        let any_read = self.sections.values().any(Result::is_ok);
        match self.sections.values().find_map(|outcome| outcome.as_ref().err()) {
            Some(fault) if !any_read => Err(fault.clone()),
            _ => Ok(self),
        }
    }

    /// A number from whichever section holds it, whatever its unit.
    pub fn number<Q>(&self, subject: &Subject, metric: Metric<Q>) -> Option<f64> {
        self.sections.values().flatten().find_map(|readings| readings.number(subject, metric.row()))
    }

    /// A yes or no from whichever section holds it.
    pub fn flag(&self, subject: &Subject, metric: Metric<bool>) -> Option<bool> {
        match self.get(subject, metric)? {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// A value from whichever section holds it.
    pub fn get<Q>(&self, subject: &Subject, metric: Metric<Q>) -> Option<&Value> {
        self.sections.values().flatten().find_map(|readings| readings.get(subject)?.get(metric.row()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Bytes, Decibel, ItemId, catalog};
    use super::*;

    #[test]
    fn absent_is_not_zero() {
        let mut seen = Snapshot::new(Timestamp::UNIX_EPOCH);
        let readings = seen.section(Section::Line);
        readings.router().set(catalog::RECEIVED, None);
        let channel = Subject::Downstream(ItemId::new(9).unwrap());
        readings.subject(channel.clone()).set(catalog::SNR, Decibel(9999.0));
        assert_eq!(seen.get(&Subject::Router, catalog::RECEIVED), None);
        assert_eq!(seen.get(&channel, catalog::SNR), None);
        seen.section(Section::Line).router().set(catalog::RECEIVED, Bytes(0));
        assert_eq!(seen.get(&Subject::Router, catalog::RECEIVED), Some(&Value::Count(0)));
    }

    #[test]
    fn a_label_is_not_lost_to_a_placeholder() {
        let mut item = Item::default();
        item.label("Hall sensor").label("--");
        assert_eq!(item.label.as_deref(), Some("Hall sensor"));
    }
}
