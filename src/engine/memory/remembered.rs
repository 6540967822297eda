use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::engine::access::Withheld;
use crate::engine::news::Told;
use crate::engine::trail::Trail;
use crate::engine::{Known, Problem, Shape};
use crate::model::{Deed, FaultClass, Identity, Subject, catalog};

/// What is remembered of one box.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) latch: Option<Latch>,
    /// Until when the next reboot has to wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reboot_after: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) boot: Option<Timestamp>,
    /// What of its own log has been seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) log: Option<Trail>,
    /// What was told of it.
    #[serde(default)]
    pub(crate) told: Told,
    /// The day on which it was last summed up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summed_up: Option<Date>,
    /// Whom the bridge itself keeps from the internet, by hardware address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) withheld: BTreeMap<String, Withheld>,
    /// What of its family's deeds it cannot do, by their words.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    cannot: BTreeSet<String>,
    #[serde(default)]
    identity: Passport,
    #[serde(default)]
    shape: BTreeMap<String, Silhouette>,
}

/// A latch that is closed: no login until the configuration changes or somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Latch {
    /// The credentials that it closed on, as a keyed digest.
    pub(crate) digest: String,
    class: String,
    summary: String,
    advice: String,
    since: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Passport {
    manufacturer: Option<String>,
    model: Option<String>,
    model_id: Option<String>,
    serial: Option<String>,
    firmware: Option<String>,
    hardware: Option<String>,
    mac: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Silhouette {
    label: Option<String>,
    metrics: Vec<String>,
    seen: Timestamp,
}

impl Latch {
    pub(crate) fn closed(digest: &str, problem: &Problem) -> Self {
        Self {
            digest: digest.to_owned(),
            class: problem.class.word().to_owned(),
            summary: problem.summary.clone(),
            advice: problem.advice.clone(),
            since: problem.since,
        }
    }

    pub(crate) fn problem(&self) -> Problem {
        let class = FaultClass::ALL.into_iter().find(|class| class.word() == self.class);
        Problem {
            class: class.unwrap_or(FaultClass::CredentialsRejected),
            summary: self.summary.clone(),
            advice: self.advice.clone(),
            since: self.since,
        }
    }
}

impl Remembered {
    pub(crate) fn identity(&self) -> Identity {
        let known = self.identity.clone();
        Identity {
            manufacturer: known.manufacturer,
            model: known.model,
            model_id: known.model_id,
            serial: known.serial,
            firmware: known.firmware,
            hardware: known.hardware,
            mac: known.mac.and_then(|mac| mac.parse().ok()),
        }
    }

    pub(crate) fn note_identity(&mut self, identity: &Identity) {
        let known = identity.clone();
        self.identity = Passport {
            manufacturer: known.manufacturer,
            model: known.model,
            model_id: known.model_id,
            serial: known.serial,
            firmware: known.firmware,
            hardware: known.hardware,
            mac: known.mac.map(|mac| mac.to_string()),
        };
    }

    pub(crate) fn cannot(&self) -> BTreeSet<Deed> {
        Deed::ALL.into_iter().filter(|deed| self.cannot.contains(deed.word())).collect()
    }

    pub(crate) fn note_cannot(&mut self, cannot: &BTreeSet<Deed>) {
        self.cannot = cannot.iter().map(|deed| deed.word().to_owned()).collect();
    }

    pub(crate) fn shape(&self) -> Shape {
        let mut shape = Shape::default();
        for (subject, known) in &self.shape {
            let Ok(subject) = subject.parse::<Subject>() else {
                continue;
            };
            let rows = known.metrics.iter().filter_map(|key| catalog::find(subject.kind(), key));
            let rows = rows.map(|row| (row.key, row)).collect();
            shape.remember(subject, Known { label: known.label.clone(), rows, seen: known.seen });
        }
        shape
    }

    /// Notes what a box has. A subject that is merely seen again is worth a line only once a day: flash memory wears out.
    pub(crate) fn note_shape(&mut self, shape: &Shape) {
        const DAY: SignedDuration = SignedDuration::from_hours(24);
        let mut next = BTreeMap::new();
        for (subject, known) in shape.iter() {
            let name = subject.to_string();
            let metrics = known.rows.keys().map(|key| (*key).to_owned()).collect();
            let mut silhouette = Silhouette { label: known.label.clone(), metrics, seen: known.seen };
            if let Some(before) = self.shape.get(&name)
                && known.seen.duration_since(before.seen) < DAY
            {
                silhouette.seen = before.seen;
            }
            next.insert(name, silhouette);
        }
        self.shape = next;
    }
}
