//! What discovery messages say there is, whatever their layout.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value as Json;

use crate::homeassistant::{health, held, tracker};
use crate::mqtt::Topics;

/// The devices of this bridge, by identifier.
#[derive(Debug, Default)]
pub(super) struct Announced(BTreeMap<String, Device>);

#[derive(Debug, Default)]
struct Device {
    name: String,
    /// The box that it is behind.
    via: Option<String>,
    things: BTreeMap<String, Thing>,
}

/// An entity.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Thing {
    /// What tells it from the others of its device.
    pub key: String,
    pub platform: String,
    pub entity_id: String,
    pub class: Option<String>,
    /// Its own name; nothing for one that is named after its device.
    pub name: Option<String>,
}

impl Announced {
    /// Reads all messages of this bridge.
    pub fn read(held: &BTreeMap<String, Bytes>, topics: &Topics) -> Self {
        let mut announced = Self::default();
        for (topic, payload) in held {
            let message = serde_json::from_slice::<Json>(payload);
            if let (Some(_), Ok(message)) = (held::recognise(payload, topics), message) {
                announced.add(topic, &message);
            }
        }
        announced
    }

    /// The boxes: what can have a problem, which neither the bridge's own device has nor what is behind a box.
    pub fn boxes(&self) -> impl Iterator<Item = &str> {
        let is_box = |device: &Device| device.things.contains_key(health::PROBLEM);
        self.0.iter().filter(move |(_, device)| is_box(device)).map(|(id, _)| id.as_str())
    }

    /// What people call a device.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, |device| device.name.as_str())
    }

    /// The entities of a device, in the order of their keys.
    pub fn things(&self, id: &str) -> impl Iterator<Item = &Thing> {
        self.0.get(id).into_iter().flat_map(|device| device.things.values())
    }

    /// One of them.
    pub fn thing(&self, id: &str, key: &str) -> Option<&Thing> {
        self.0.get(id)?.things.get(key)
    }

    /// One entity of each device behind a box, with the name of the device: of clients, which can be present, or of people.
    pub fn below<'a>(
        &'a self,
        id: &'a str,
        key: &'a str,
        clients: bool,
    ) -> impl Iterator<Item = (&'a Thing, &'a str)> {
        let behind = move |device: &&Device| {
            device.via.as_deref() == Some(id) && device.things.contains_key(tracker::KEY) == clients
        };
        let devices = self.0.values().filter(behind);
        devices.filter_map(move |device| Some((device.things.get(key)?, device.name.as_str())))
    }

    fn add(&mut self, topic: &str, message: &Json) -> Option<()> {
        let about = message.get("dev")?;
        let id = text(about.get("ids")?.get(0))?;
        let device = self.0.entry(id).or_default();
        device.name = text(about.get("name"))?;
        device.via = text(about.get("via_device"));
        if let Some(Json::Object(components)) = message.get("cmps") {
            components.iter().for_each(|(key, entity)| device.put(key, entity, None));
        } else {
            let mut segments = topic.rsplit('/').skip(1);
            let (key, platform) = (segments.next()?, segments.nth(1)?);
            device.put(key, message, Some(platform));
        }
        Some(())
    }
}

impl Device {
    /// Puts in an entity, if it is one with a state: neither on its way out, nor disabled.
    fn put(&mut self, key: &str, entity: &Json, platform: Option<&str>) {
        if entity.get("en") == Some(&Json::Bool(false)) {
            return;
        }
        let Some(entity_id) = text(entity.get("def_ent_id")) else { return };
        let platform = text(entity.get("p")).or_else(|| platform.map(str::to_owned)).unwrap_or_default();
        let name = text(entity.get("name"));
        let class = text(entity.get("dev_cla"));
        let thing = Thing { key: key.to_owned(), platform, entity_id, class, name };
        self.things.insert(key.to_owned(), thing);
    }
}

fn text(value: Option<&Json>) -> Option<String> {
    value?.as_str().map(str::to_owned)
}
