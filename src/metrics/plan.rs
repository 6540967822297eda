//! Every family that there can be in our own names, worked out once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{Family, FamilyKind, PREFIX, Sample, Shown, info, shown};
use crate::model::{Row, SubjectKind, catalog};

/// How a row is shown on a kind of subject, and in which family.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// As a number.
    Number(Slot),
    /// As a sample for each of its words.
    States(Slot),
    /// As a label, in a family of its own.
    Info(Slot),
    /// As a label of the family that describes the subject.
    Label,
}

/// Which family.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot(usize);

/// The families, by their names, and what belongs into which.
pub(super) struct Plan {
    families: Vec<(String, FamilyKind, String)>,
    rows: BTreeMap<SubjectKind, Vec<(&'static Row, Place)>>,
    infos: BTreeMap<SubjectKind, Slot>,
    /// Who is at home.
    pub(super) home: Slot,
    /// What is wrong with a box.
    pub(super) problem: Slot,
    /// What a box withholds from us.
    pub(super) missing_right: Slot,
}

/// The only one.
pub(super) static PLAN: LazyLock<Plan> = LazyLock::new(Plan::new);

const HOME: &str = "client_home";
const PROBLEM: &str = "problem";
const MISSING_RIGHT: &str = "missing_right";

impl Plan {
    fn new() -> Self {
        let families: Vec<_> = all().into_iter().map(|(name, (kind, help))| (name, kind, help)).collect();
        // What is looked for here was put in by `all`.
        let slot = |name: &str| Slot(families.partition_point(|(known, ..)| known.as_str() < name));
        let place = |kind, row: &'static Row| {
            Some(match shown(kind, row) {
                Shown::Number { family, .. } => Place::Number(slot(&family)),
                Shown::States { family } => Place::States(slot(&family)),
                Shown::Info { family } => Place::Info(slot(&family)),
                Shown::Label => Place::Label,
                Shown::Nowhere => return None,
            })
        };
        let rows = |kind| {
            let mut rows: Vec<_> = on(kind).filter_map(|row| Some((row, place(kind, row)?))).collect();
            rows.sort_by_key(|(row, _)| row.key);
            (kind, rows)
        };
        Self {
            rows: SubjectKind::ALL.into_iter().map(rows).collect(),
            infos: SubjectKind::ALL.into_iter().map(|kind| (kind, slot(&info(kind)))).collect(),
            home: slot(&named(HOME)),
            problem: slot(&named(PROBLEM)),
            missing_right: slot(&named(MISSING_RIGHT)),
            families,
        }
    }

    /// The rows that are shown on a kind of subject, in the order of their keys, which is the order of an item's.
    pub(super) fn rows(&self, kind: SubjectKind) -> &[(&'static Row, Place)] {
        self.rows.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The family that describes subjects of a kind.
    pub(super) fn info(&self, kind: SubjectKind) -> Option<Slot> {
        self.infos.get(&kind).copied()
    }
}

/// Samples on their way into the families of the plan.
pub(super) struct Gathered(Vec<Vec<Sample>>);

impl Gathered {
    pub(super) fn new() -> Self {
        Self(PLAN.families.iter().map(|_| Vec::new()).collect())
    }

    pub(super) fn put(&mut self, slot: Slot, sample: Sample) {
        if let Some(samples) = self.0.get_mut(slot.0) {
            samples.push(sample);
        }
    }

    /// The families that have samples, by name.
    pub(super) fn into_families(self) -> Vec<Family> {
        let filled = PLAN.families.iter().zip(self.0).filter(|(_, samples)| !samples.is_empty());
        let family = |((name, kind, help), samples): (&'static (String, FamilyKind, String), _)| Family {
            samples,
            ..Family::new(name.as_str(), *kind, help.as_str())
        };
        filled.map(family).collect()
    }
}

fn on(kind: SubjectKind) -> impl Iterator<Item = &'static Row> {
    catalog::ALL.iter().copied().filter(move |row| row.on.contains(&kind))
}

fn named(name: &str) -> String {
    format!("{PREFIX}_{name}")
}

/// The families, by name, with what they are taken for and what they mean.
fn all() -> BTreeMap<String, (FamilyKind, String)> {
    let gauge = |name, help: &str| (named(name), (FamilyKind::Gauge, help.to_owned()));
    let mut all = BTreeMap::from([
        gauge(HOME, "Whether the device is at home: there at once, away only after a while."),
        gauge(PROBLEM, "What is wrong with the box; nothing while all is well."),
        gauge(MISSING_RIGHT, "A right that the box withholds from the bridge."),
    ]);
    for kind in SubjectKind::ALL {
        let what = match kind {
            SubjectKind::Router => "The box: its name in the configuration, and what it is.".to_owned(),
            _ => format!("{}: the name, and what is known in words.", kind.noun()),
        };
        all.insert(info(kind), (FamilyKind::Info, what));
        for row in on(kind) {
            let help = row.doc.trim();
            match shown(kind, row) {
                Shown::Number { family, kind } => all.insert(family, (kind, help.to_owned())),
                Shown::States { family } => {
                    let help = format!("{help} 1 for the state that it is in, 0 for the others.");
                    all.insert(family, (FamilyKind::Gauge, help))
                }
                Shown::Info { family } => all.insert(family, (FamilyKind::Info, help.to_owned())),
                Shown::Label | Shown::Nowhere => None,
            };
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_looked_for_is_there() {
        let name = |slot: Slot| PLAN.families[slot.0].0.as_str();
        assert_eq!(name(PLAN.home), "router2mqtt_client_home");
        assert_eq!(name(PLAN.problem), "router2mqtt_problem");
        assert_eq!(name(PLAN.missing_right), "router2mqtt_missing_right");
        for kind in SubjectKind::ALL {
            assert_eq!(name(PLAN.info(kind).unwrap()), info(kind));
            for (row, place) in PLAN.rows(kind) {
                match (shown(kind, row), place) {
                    (Shown::Number { family, .. }, Place::Number(slot))
                    | (Shown::States { family }, Place::States(slot))
                    | (Shown::Info { family }, Place::Info(slot)) => assert_eq!(name(*slot), family),
                    (Shown::Label, Place::Label) => {}
                    (shown, place) => panic!("{}: {shown:?} is not {place:?}", row.key),
                }
            }
        }
    }
}
