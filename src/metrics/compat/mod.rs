//! The names of the exporters before this bridge, so that whoever used them keeps his dashboards and alerts: exactly their
//! names, labels, values and order, without their mistakes.

mod altibox;
mod freebox;
mod hitron;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::{BOX, Family, FamilyKind, label};
use crate::engine::{BoxView, World};
use crate::model::{Metric, Row, Section, Subject, Value};

/// An exporter whose names can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compat {
    /// `hitron-exporter`: Prometheus.
    Hitron,
    /// `altibox-network-exporter`: Prometheus.
    Altibox,
    /// `freebox-revolution-monitoring`: Graphite and InfluxDB.
    Freebox,
}

impl Compat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Hitron, Self::Altibox, Self::Freebox];

    /// The word for it: that of the family whose boxes it read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hitron => "hitron",
            Self::Altibox => "altibox",
            Self::Freebox => "freebox",
        }
    }

    /// Whether it read such boxes as this one.
    pub fn knows(self, view: &BoxView) -> bool {
        view.about.family == self.word()
    }
}

impl fmt::Display for Compat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// There is no such exporter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are no names of '{0}'; there are those of {list}", list = Compat::ALL.map(Compat::word).join(", "))]
pub struct CompatError(String);

impl FromStr for Compat {
    type Err = CompatError;

    fn from_str(word: &str) -> Result<Self, CompatError> {
        let known = Self::ALL.into_iter().find(|compat| compat.word() == word);
        known.ok_or_else(|| CompatError(word.to_owned()))
    }
}

/// What the exporter would show of a box to Prometheus. Nothing, of boxes that it did not know, and while the box is away.
pub fn families(compat: Compat, view: &BoxView) -> Vec<Family> {
    if !compat.knows(view) || !view.availability.is_online() {
        return Vec::new();
    }
    let mut families = match compat {
        Compat::Hitron => hitron::families(view),
        Compat::Altibox => altibox::families(view),
        Compat::Freebox => freebox::families(view),
    };
    families.retain(|family| !family.samples.is_empty());
    families
}

/// The same of all boxes. These names do not tell one box from another, so where there are several of a family, each sample has
/// the label `box` besides.
pub fn families_of_all(compat: Compat, world: &World) -> Vec<Family> {
    let several = world.boxes().filter(|view| compat.knows(view)).count() > 1;
    let mut all: Vec<Family> = Vec::new();
    for view in world.boxes() {
        for mut family in families(compat, view) {
            if several {
                let id = || label(BOX, view.about.id.as_str());
                family.samples.iter_mut().for_each(|sample| sample.labels.insert(0, id()));
            }
            match all.iter_mut().find(|known| known.name == family.name) {
                Some(known) => known.samples.append(&mut family.samples),
                None => all.push(family),
            }
        }
    }
    all
}

/// What the program would print of a box for Graphite; `None` if it cannot.
pub fn graphite(compat: Compat, view: &BoxView, at: Timestamp) -> Option<String> {
    (compat == Compat::Freebox).then(|| freebox::graphite(view, at))
}

/// What the program would print of a box for InfluxDB; `None` if it cannot.
pub fn influx(compat: Compat, view: &BoxView) -> Option<String> {
    (compat == Compat::Freebox).then(|| freebox::influx(view))
}

/// What a box tells of one of its subjects.
#[derive(Clone, Copy, Debug)]
struct Told<'a> {
    view: &'a BoxView,
    subject: &'a Subject,
}

impl<'a> Told<'a> {
    /// Of itself.
    const fn of_itself(view: &'a BoxView) -> Self {
        Self { view, subject: &Subject::Router }
    }

    /// Of each subject of a section.
    fn in_section(view: &'a BoxView, section: Section) -> impl Iterator<Item = Self> {
        let read = view.sections.get(&section).into_iter().flat_map(|section| section.readings.iter());
        read.map(move |(subject, _)| Self { view, subject })
    }

    fn get(self, row: &Row) -> Option<&'a Value> {
        self.view.value(self.subject, row)
    }

    #[expect(clippy::cast_precision_loss, reason = "exact up to 9 PB")]
    fn number<Q>(self, metric: Metric<Q>) -> Option<f64> {
        match self.get(metric.row())? {
            Value::Number(number) => Some(*number),
            Value::Count(count) => Some(*count as f64),
            _ => None,
        }
    }

    fn text<Q>(self, metric: Metric<Q>) -> Option<&'a str> {
        match self.get(metric.row())? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    fn flag(self, metric: Metric<bool>) -> Option<bool> {
        match self.get(metric.row())? {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }
}

fn gauge(name: impl Into<Cow<'static, str>>, help: &'static str) -> Family {
    Family::new(name, FamilyKind::Gauge, help)
}
