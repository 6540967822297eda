//! From handles of the catalog to PromQL: nothing else here knows what a metric is called.

use router2mqtt::metrics::{self, BOX, FamilyKind, Shown};
use router2mqtt::model::{Kind, Metric, Row, SubjectKind, Unit};

/// A metric on a kind of subject.
#[derive(Clone, Copy, Debug)]
pub struct Series {
    pub kind: SubjectKind,
    pub row: &'static Row,
}

/// The metric on the box itself.
pub fn router<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Router, metric)
}

pub fn down<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Downstream, metric)
}

pub fn up<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Upstream, metric)
}

pub fn client<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Client, metric)
}

pub fn person<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Person, metric)
}

pub fn radio<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Radio, metric)
}

pub fn port<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Port, metric)
}

pub fn sensor<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Sensor, metric)
}

pub fn fan<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Fan, metric)
}

pub fn disk<Q>(metric: Metric<Q>) -> Series {
    of(SubjectKind::Disk, metric)
}

fn of<Q>(kind: SubjectKind, metric: Metric<Q>) -> Series {
    let row = metric.row();
    assert!(row.on.contains(&kind), "{} cannot be read on {kind:?}", row.key);
    Series { kind, row }
}

/// How a dashboard shows a unit: Grafana's id of it, and by what the sample is multiplied for that.
pub fn grafana(unit: Unit) -> (&'static str, f64) {
    match unit {
        // Lines are sold in bits.
        Unit::BitRate => ("bps", metrics::scale(unit)),
        Unit::Bytes => ("decbytes", 1.0),
        Unit::Decibel => ("dB", 1.0),
        Unit::DecibelMilliwatt => ("dBm", 1.0),
        Unit::DecibelMillivolt => ("suffix: dBmV", 1.0),
        Unit::Celsius => ("celsius", 1.0),
        Unit::Rpm => ("rotrpm", 1.0),
        Unit::Frequency => ("hertz", 1.0),
        Unit::Seconds | Unit::Days => ("s", 1.0),
        Unit::Percent | Unit::Share => ("percentunit", 1.0),
        Unit::Moment => ("dateTimeFromNow", 1000.0),
        Unit::Count | Unit::Flag | Unit::Text => ("none", 1.0),
    }
}

/// Only the boxes that are chosen above the dashboard.
pub const CHOSEN: &str = r#"box=~"$box""#;

impl Series {
    /// The name of its samples.
    pub fn name(self) -> String {
        match metrics::shown(self.kind, self.row) {
            Shown::Number { family, kind } => format!("{family}{}", kind.suffix()),
            Shown::States { family } => family,
            Shown::Info { family } => format!("{family}{}", FamilyKind::Info.suffix()),
            other => panic!("{} on {:?} is {other:?}", self.row.key, self.kind),
        }
    }

    /// The name of its label in the family that describes its subject.
    pub fn label(self) -> &'static str {
        assert_eq!(metrics::shown(self.kind, self.row), Shown::Label, "{}", self.row.key);
        self.row.key
    }

    /// The same as a column of a table: the label, and its title.
    pub fn column(self) -> (&'static str, &'static str) {
        (self.label(), self.row.name)
    }

    /// Its samples as they are.
    pub fn raw(self) -> String {
        format!("{}{{{CHOSEN}}}", self.name())
    }

    /// Its value, as Grafana's unit has it; a state is the number of its word.
    pub fn now(self) -> String {
        match self.row.kind {
            Kind::State => self.number_of_state(),
            _ => self.scaled(&self.raw()),
        }
    }

    /// How fast it grows, per second.
    pub fn rate(self) -> String {
        self.scaled(&format!("rate({}[$__rate_interval])", self.raw()))
    }

    /// By how much it grew within a time.
    pub fn growth(self, time: &str) -> String {
        self.scaled(&format!("increase({}[{time}])", self.raw()))
    }

    /// The same with the name of each subject as the label `name`.
    pub fn named(self, expression: &str) -> String {
        let label = metrics::label_of(self.kind).expect("a box has its name in its own family");
        format!("({expression}) * on ({BOX}, {label}) group_left (name) {}", self.described(&["name"]))
    }

    /// 1 for each subject of the kind, with these of the labels that describe it.
    pub fn described(self, labels: &[&str]) -> String {
        described(self.kind, labels)
    }

    /// Grafana's id of its unit.
    pub fn unit(self) -> &'static str {
        grafana(self.row.unit).0
    }

    fn scaled(self, expression: &str) -> String {
        let (_, factor) = grafana(self.row.unit);
        if factor > 1.0 { format!("{factor} * {expression}") } else { expression.to_owned() }
    }

    /// A sample for each word becomes one that says which word it is, counted from 0.
    fn number_of_state(self) -> String {
        let word = |(number, word): (usize, &&str)| {
            format!(r#"{number} * {}{{{CHOSEN}, state="{word}"}}"#, self.name())
        };
        let words: Vec<_> = self.row.options.iter().enumerate().map(word).collect();
        format!("sum by ({BOX}) ({})", words.join(" or "))
    }
}

/// 1 for each subject of a kind, with these of the labels that describe it.
pub fn described(kind: SubjectKind, labels: &[&str]) -> String {
    let family = format!("{}{}", metrics::info(kind), FamilyKind::Info.suffix());
    let labels: Vec<_> =
        [BOX].into_iter().chain(metrics::label_of(kind)).chain(labels.iter().copied()).collect();
    format!("max by ({}) ({family}{{{CHOSEN}}})", labels.join(", "))
}
