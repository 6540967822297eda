use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;

use super::config::{Availability, Device};
use super::message::{Entities, Told};
use super::{
    Layout, Style, bridge, buttons, device, entity, events, health, held, names, switches, tracker, update,
};
use crate::engine::{About, BoxView, Shape, World};
use crate::model::{BoxId, Deed, Identity, Row, Section, Subject, catalog};
use crate::mqtt::{Declare, Held, Retained, Topics, Wanted};

/// The platforms that we use: the second segment of single-entity topics.
pub(super) const PLATFORMS: [&str; 7] =
    ["binary_sensor", "button", "device_tracker", "event", "sensor", "switch", "update"];

/// Tells Home Assistant what there is.
#[derive(Debug)]
pub struct Announcer {
    style: Style,
    topics: Topics,
    /// What was last told of each box. The world changes with every command, and what there is hardly ever.
    told: Mutex<BTreeMap<BoxId, (Basis, Retained)>>,
}

/// All that an announcement of a box follows from. Readings are told apart by when they were read.
#[derive(Debug, PartialEq)]
struct Basis {
    about: About,
    identity: Identity,
    shape: Shape,
    cannot: BTreeSet<Deed>,
    read: Vec<(Section, Timestamp)>,
}

impl Basis {
    fn of(view: &BoxView) -> Self {
        Self {
            about: view.about.clone(),
            identity: view.identity.clone(),
            shape: view.shape.clone(),
            cannot: view.cannot.clone(),
            read: read(view).collect(),
        }
    }

    fn is_of(&self, view: &BoxView) -> bool {
        self.about == view.about
            && self.identity == view.identity
            && self.read.iter().copied().eq(read(view))
            && self.shape == view.shape
            && self.cannot == view.cannot
    }
}

fn read(view: &BoxView) -> impl Iterator<Item = (Section, Timestamp)> {
    view.sections.iter().map(|(section, seen)| (*section, seen.at))
}

impl Announcer {
    /// Announces in this style what is published on these topics.
    pub const fn new(style: Style, topics: Topics) -> Self {
        Self { style, topics, told: Mutex::new(BTreeMap::new()) }
    }

    /// What is to be told of a box; worked out anew when anything it follows from has changed.
    fn tell(&self, view: &BoxView) -> Retained {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.get(&view.about.id) {
            Some((basis, all)) if basis.is_of(view) => all.clone(),
            _ => {
                let all = announce_box(view, &self.style, &self.topics);
                told.insert(view.about.id.clone(), (Basis::of(view), all.clone()));
                all
            }
        }
    }
}

impl Declare for Announcer {
    fn declare(&self, world: &World) -> Retained {
        let mut all = Retained::default();
        bridge::put(world, &self.style, &self.topics, &mut all);
        all.extend(world.boxes().map(|view| self.tell(view)));
        all
    }

    fn filters(&self) -> Vec<String> {
        let prefix = &self.style.prefix;
        match self.style.layout {
            Layout::Device | Layout::Off => vec![format!("{prefix}/device/+/config")],
            Layout::Component => PLATFORMS.map(|platform| format!("{prefix}/{platform}/+/+/config")).to_vec(),
        }
    }

    fn recognise(&self, topic: &str, payload: &[u8]) -> Option<Vec<String>> {
        self.layout_of(topic)?;
        held::recognise(payload, &self.topics)
    }

    fn replace(&self, topic: &str, held: &Held, wanted: &Wanted) -> Bytes {
        match self.layout_of(topic) {
            Some(Layout::Device) => held::replace(held, wanted),
            _ => wanted.payload.clone(),
        }
    }

    /// When the layout changes, Home Assistant keeps the entities of a message that says so before it is
    /// cleared.
    fn farewell(&self, topic: &str) -> Option<Bytes> {
        let layout = self.layout_of(topic)?;
        (self.style.layout != Layout::Off && self.style.layout != layout)
            .then(|| Bytes::from_static(br#"{"migrate_discovery":true}"#))
    }

    fn status_topic(&self) -> Option<&str> {
        (self.style.layout != Layout::Off).then_some(self.style.status_topic.as_str())
    }
}

impl Announcer {
    /// Which layout a discovery topic belongs to; `None` for any other topic.
    fn layout_of(&self, topic: &str) -> Option<Layout> {
        let rest = topic.strip_prefix(self.style.prefix.as_str())?.strip_prefix('/')?;
        match *rest.split('/').collect::<Vec<_>>().as_slice() {
            ["device", _, "config"] => Some(Layout::Device),
            [platform, _, _, "config"] if PLATFORMS.contains(&platform) => Some(Layout::Component),
            _ => None,
        }
    }
}

/// Everything Home Assistant is to be told of this world.
pub fn announce(world: &World, style: &Style, topics: &Topics) -> Retained {
    let mut all = Retained::default();
    bridge::put(world, style, topics, &mut all);
    all.extend(world.boxes().map(|view| announce_box(view, style, topics)));
    all
}

fn announce_box(view: &BoxView, style: &Style, topics: &Topics) -> Retained {
    let mut all = Retained::default();
    if style.layout != Layout::Off {
        Announcement { style, topics, view }.put(&mut all);
    }
    all
}

/// Whether a subject is a part of the box, and not somebody of the household.
const fn is_of_box(subject: &Subject) -> bool {
    !matches!(subject, Subject::Client(_) | Subject::Person(_))
}

/// What is told of one box.
struct Announcement<'a> {
    style: &'a Style,
    topics: &'a Topics,
    view: &'a BoxView,
}

/// A device with its entities, by component id.
impl Announcement<'_> {
    fn put(&self, all: &mut Retained) {
        self.spare(all);
        let node = names::of_box(&self.view.about.id);
        self.put_device(all, &node, &device::of_box(self.view), self.box_entities());
        for (subject, known) in self.view.shape.iter() {
            if let Subject::Client(mac) = subject {
                let node = names::of_client(&self.view.about.id, mac);
                let client = device::of_client(self.view, mac, known);
                let mut entities = self.metrics(subject);
                entities.insert(tracker::KEY.to_owned(), tracker::entity(self.view, self.topics, mac));
                if switches::governs(self.view, mac) {
                    entities.remove(catalog::BLOCKED.key());
                    let switch = switches::access(self.view, self.topics, mac);
                    entities.insert(switches::ACCESS.to_owned(), switch);
                }
                self.put_device(all, &node, &client, entities);
            } else if let Subject::Person(_) = subject {
                let node = names::of_person(&self.view.about.id, subject);
                self.put_device(
                    all,
                    &node,
                    &device::of_person(self.view, subject, known),
                    self.metrics(subject),
                );
            }
        }
    }

    fn box_entities(&self) -> Entities {
        let of_box = self.view.shape.iter().filter(|(subject, _)| is_of_box(subject));
        let mut entities: Entities = of_box.flat_map(|(subject, _)| self.metrics(subject)).collect();
        let fixed = health::entities(self.view, self.topics).into_iter();
        let fixed = fixed.chain(buttons::entities(self.view, self.topics));
        entities.extend(fixed.map(|(key, entity)| (key.to_owned(), entity)));
        for switch in switches::known(self.view) {
            entities.remove(switch.metric().key());
            entities.insert(switches::key(switch), switches::entity(self.view, self.topics, switch));
        }
        entities.insert(events::KEY.to_owned(), events::entity(self.view, self.topics));
        if update::is_known(self.view) {
            entities.remove(catalog::FIRMWARE.row().key);
            entities.insert(update::KEY.to_owned(), update::entity(self.view, self.topics));
        }
        entities
    }

    fn metrics(&self, subject: &Subject) -> Entities {
        let Some(known) = self.view.shape.get(subject) else { return Entities::new() };
        let metric = |row: &'static Row| {
            let entity = entity::of_metric(self.view, self.topics, subject, known, row)?;
            let component = match subject {
                Subject::Client(_) | Subject::Person(_) => row.key.to_owned(),
                other => names::key(other, row.key),
            };
            Some((component, entity))
        };
        known.rows.values().filter_map(|row| metric(row)).collect()
    }

    fn put_device(&self, all: &mut Retained, node: &str, device: &Device, entities: Entities) {
        let availability = [self.topics.bridge_availability(), self.topics.availability(&self.view.about.id)]
            .map(|topic| Availability { topic });
        let told = Told { node, device, availability: &availability, partial: self.is_unread(), entities };
        told.put(self.style, all);
    }

    /// Nothing has been read from the box in this run, so what it has is known from memory at best.
    fn is_unread(&self) -> bool {
        self.view.sections.is_empty()
    }

    /// While nothing has been read, what is announced already stays.
    fn spare(&self, all: &mut Retained) {
        if !self.is_unread() {
            return;
        }
        let (prefix, node) = (&self.style.prefix, names::of_box(&self.view.about.id));
        match self.style.layout {
            Layout::Device => all.spare(format!("{prefix}/device/{node}_")),
            Layout::Component => {
                for platform in PLATFORMS {
                    all.spare(format!("{prefix}/{platform}/{node}/"));
                    all.spare(format!("{prefix}/{platform}/{node}_"));
                }
            }
            Layout::Off => {}
        }
    }
}
