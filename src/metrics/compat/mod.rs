//! The names of the exporters before this bridge, so that whoever used them keeps his dashboards and alerts: exactly their
//! names, labels, values and order, without their mistakes.

mod altibox;
mod freebox;
mod hitron;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::{Family, FamilyKind, Point};
use crate::engine::BoxView;
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

    /// Whether it printed lines for Graphite and InfluxDB; the others served Prometheus.
    pub const fn has_lines(self) -> bool {
        matches!(self, Self::Freebox)
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
///
/// These names do not tell one box from another: several of a family cannot be on one page.
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

/// What the exporter would print of a box for Graphite; `None` if it did not know Graphite.
pub fn graphite(compat: Compat, view: &BoxView, at: Timestamp) -> Option<String> {
    let points = points(compat, view)?;
    Some(points.iter().filter_map(|point| freebox::graphite(point, at)).collect())
}

/// What the exporter would print of a box for InfluxDB; `None` if it did not know InfluxDB.
pub fn influx(compat: Compat, view: &BoxView) -> Option<String> {
    let points = points(compat, view)?;
    let endpoint = freebox::endpoint(view);
    Some(points.iter().map(|point| freebox::influx(point, &endpoint)).collect())
}

fn points(compat: Compat, view: &BoxView) -> Option<Vec<Point>> {
    let is_there = compat.knows(view) && view.availability.is_online();
    compat.has_lines().then(|| if is_there { freebox::points(view) } else { Vec::new() })
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
