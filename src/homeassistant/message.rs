use std::collections::BTreeMap;

use super::config::{Availability, Device, DeviceMessage, Entity, EntityMessage, Origin};
use super::style::{Layout, Style};
use crate::mqtt::Retained;

/// The entities of one device, by component.
pub(super) type Entities = BTreeMap<String, Entity>;

/// What Home Assistant is told of one device.
#[derive(Debug)]
pub(super) struct Told<'a> {
    /// Its identifier.
    pub(super) node: &'a str,
    pub(super) device: &'a Device,
    /// What its entities depend on, unless they say so themselves.
    pub(super) availability: &'a [Availability],
    /// Whether it may have more entities than are known by now.
    pub(super) partial: bool,
    pub(super) entities: Entities,
}

impl Told<'_> {
    /// Declares the messages, in the layout that the owner wants.
    pub(super) fn put(self, style: &Style, all: &mut Retained) {
        match style.layout {
            Layout::Off => {}
            Layout::Device => self.put_whole(&style.prefix, all),
            Layout::Component => self.put_one_by_one(&style.prefix, all),
        }
    }

    fn put_whole(self, prefix: &str, all: &mut Retained) {
        let message = DeviceMessage {
            device: self.device,
            origin: Origin::US,
            availability: self.availability,
            availability_mode: "all",
            qos: 1,
            components: self
                .entities
                .iter()
                .map(|(component, entity)| (component.as_str(), entity))
                .collect(),
        };
        all.put_json_part(format!("{prefix}/device/{}/config", self.node), &message, self.partial);
    }

    fn put_one_by_one(self, prefix: &str, all: &mut Retained) {
        // Releases that need this layout may not know the key, and a device is closed to what they do not know.
        let device = &Device { model_id: None, ..self.device.clone() };
        for (component, entity) in self.entities {
            let topic = format!("{prefix}/{}/{}/{component}/config", entity.platform, self.node);
            let availability = entity.availability.clone().unwrap_or_else(|| self.availability.to_vec());
            let entity =
                Entity { availability: Some(availability), availability_mode: Some("all"), ..entity };
            all.put_json(topic, &EntityMessage { device, origin: Origin::US, qos: 1, entity: &entity });
        }
    }
}
