use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::{Record, Shape};
use crate::history::StoreHealth;
use crate::model::{
    Action, BoxId, Deed, FaultClass, Identity, Item, Mac, Readings, Row, Section, Snapshot, Subject, Value,
};

/// Everything the bridge knows at this moment, by box. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct World {
    boxes: BTreeMap<BoxId, Arc<BoxView>>,
    history: Option<Arc<StoreHealth>>,
}

impl World {
    /// The boxes, in the order of their ids.
    pub fn boxes(&self) -> impl Iterator<Item = &BoxView> {
        self.boxes.values().map(AsRef::as_ref)
    }

    /// One box.
    pub fn get(&self, id: &BoxId) -> Option<&BoxView> {
        self.boxes.get(id).map(AsRef::as_ref)
    }

    /// Whether nothing has been put in since the one was cloned from the other. Costs next to nothing.
    pub fn is_as(&self, other: &Self) -> bool {
        let same_history = match (&self.history, &other.history) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            _ => false,
        };
        let same = |(one, other): (&Arc<BoxView>, &Arc<BoxView>)| Arc::ptr_eq(one, other);
        same_history
            && self.boxes.len() == other.boxes.len()
            && self.boxes.values().zip(other.boxes.values()).all(same)
    }

    /// How the history is doing; nothing where there is none.
    pub fn history(&self) -> Option<&StoreHealth> {
        self.history.as_deref()
    }

    /// Puts in how the history is doing now.
    pub fn put_history(&mut self, health: StoreHealth) {
        self.history = Some(Arc::new(health));
    }

    /// Puts in what is now known of a box.
    pub fn put(&mut self, view: BoxView) {
        self.boxes.insert(view.about.id.clone(), Arc::new(view));
    }
}

/// What is known of one box.
#[derive(Clone, Debug)]
pub struct BoxView {
    /// What the configuration says of it.
    pub about: About,
    /// What it says of itself.
    pub identity: Identity,
    /// Whether it can be read.
    pub availability: Availability,
    /// What is wrong, if anything is. Can be there while the box is still available, and is gone when all is well.
    pub problem: Option<Problem>,
    /// How its polls went since the bridge started.
    pub record: Record,
    /// Until when polling rests.
    pub paused_until: Option<Timestamp>,
    /// The rights it withholds from us, by the name its own pages use.
    pub missing_rights: BTreeSet<String>,
    /// What of its family's deeds it cannot do.
    pub cannot: BTreeSet<Deed>,
    /// What it has.
    pub shape: Shape,
    /// What was read last.
    pub sections: BTreeMap<Section, SectionView>,
    /// What the bridge counts itself: usage, and what is left of a quota. Stays true while the box is away.
    pub usage: Readings,
    /// Who is at home.
    pub presence: BTreeMap<Mac, Presence>,
}

/// What the configuration says of a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its id.
    pub id: BoxId,
    /// Its name for people.
    pub name: String,
    /// Its family's word.
    pub family: &'static str,
    /// Who makes it, unless it says so itself.
    pub manufacturer: &'static str,
    /// The address of its own pages.
    pub url: String,
    /// What may be asked of it.
    pub actions: Vec<Action>,
}

/// Whether a box can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Not known yet: nothing was tried since the bridge started.
    Unknown,
    /// It can.
    Online {
        /// Since when.
        since: Timestamp,
    },
    /// It cannot.
    Offline {
        /// Since when.
        since: Timestamp,
    },
}

impl Availability {
    /// Whether it can be read; what is not known is not there.
    pub const fn is_online(self) -> bool {
        matches!(self, Self::Online { .. })
    }
}

/// What is wrong with a box, in words for its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The class of the fault.
    pub class: FaultClass,
    /// What is wrong.
    pub summary: String,
    /// What to do about it.
    pub advice: String,
    /// Since when.
    pub since: Timestamp,
}

/// The readings of one section.
#[derive(Clone, Debug)]
pub struct SectionView {
    /// When they were read.
    pub at: Timestamp,
    /// What was read.
    pub readings: Readings,
}

/// Whether somebody's device is at home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presence {
    /// At home, away, or unknown.
    pub home: Option<bool>,
    /// When the box last saw the device.
    pub last_seen: Option<Timestamp>,
}

impl BoxView {
    /// A box of which nothing is known but the configuration.
    pub fn new(about: About) -> Self {
        Self {
            about,
            identity: Identity::default(),
            availability: Availability::Unknown,
            problem: None,
            record: Record::default(),
            paused_until: None,
            missing_rights: BTreeSet::new(),
            cannot: BTreeSet::new(),
            shape: Shape::default(),
            sections: BTreeMap::new(),
            usage: Readings::default(),
            presence: BTreeMap::new(),
        }
    }

    /// A box as a single visit saw it: what only time can tell, such as usage and presence, is not in it.
    pub fn visited(about: About, mut seen: Snapshot) -> Self {
        super::summarise(&mut seen);
        let at = seen.taken;
        let mut view = Self {
            identity: std::mem::take(&mut seen.identity),
            availability: Availability::Online { since: at },
            missing_rights: std::mem::take(&mut seen.missing_rights),
            cannot: seen.cannot.take().unwrap_or_default(),
            ..Self::new(about)
        };
        for (section, outcome) in seen.into_sections() {
            if let Ok(readings) = outcome {
                for (subject, item) in readings.iter() {
                    view.shape.learn(subject, item, at);
                }
                view.sections.insert(section, SectionView { at, readings });
            }
        }
        view
    }

    /// What may be asked of the box, as far as it can do it.
    pub fn actions(&self) -> impl Iterator<Item = Action> + '_ {
        let can = |action: &Action| !matches!(action, Action::Do(deed) if self.cannot.contains(deed));
        self.about.actions.iter().copied().filter(can)
    }

    /// Who makes the box: who it says, or who makes its family.
    pub fn manufacturer(&self) -> Option<&str> {
        let family = Some(self.about.manufacturer).filter(|name| !name.is_empty());
        self.identity.manufacturer.as_deref().or(family)
    }

    /// The latest value of a metric; `None` when it is unknown.
    pub fn value(&self, subject: &Subject, row: &Row) -> Option<&Value> {
        self.items(subject).find_map(|item| item.get(row))
    }

    /// The section in which a metric was last read.
    pub fn section_of(&self, subject: &Subject, row: &Row) -> Option<Section> {
        let reads = |view: &SectionView| {
            view.readings.get(subject).is_some_and(|item| item.iter().any(|(read, _)| read == row))
        };
        self.sections.iter().find(|(_, view)| reads(view)).map(|(section, _)| *section)
    }

    /// Whether any reading of the subject is at hand.
    pub fn has_readings(&self, subject: &Subject) -> bool {
        self.items(subject).next().is_some()
    }

    /// Everything known of a subject as payloads show it: each metric it has, `null` where the value is unknown.
    pub fn state(&self, subject: &Subject) -> Map<String, Json> {
        let rows = self.shape.get(subject).into_iter().flat_map(|known| known.rows.values());
        rows.map(|row| (row.key.to_owned(), row.show(self.value(subject, row)))).collect()
    }

    fn items(&self, subject: &Subject) -> impl Iterator<Item = &Item> {
        let read = self.sections.values().map(|section| &section.readings);
        read.chain([&self.usage]).filter_map(|readings| readings.get(subject))
    }
}
