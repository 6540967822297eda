//! The bridge itself: how its history is doing.

use super::config::{Availability, Device, Entity};
use super::message::{Entities, Told};
use super::style::Style;
use crate::engine::World;
use crate::model::text;
use crate::mqtt::{Retained, Topics};

/// Declares the device of the bridge, once there is something to say of it.
pub(super) fn put(world: &World, style: &Style, topics: &Topics, all: &mut Retained) {
    if world.history().is_none() {
        return;
    }
    // Two bridges at one Home Assistant have two prefixes.
    let node = format!("{}_bridge", text::slug(topics.prefix()));
    let device = Device {
        identifiers: vec![node.clone()],
        name: "router2mqtt".to_owned(),
        software: Some(env!("CARGO_PKG_VERSION").to_owned()),
        ..Device::default()
    };
    let availability = [Availability { topic: topics.bridge_availability() }];
    let told = Told {
        node: &node,
        device: &device,
        availability: &availability,
        partial: false,
        entities: entities(&node, topics),
    };
    told.put(style, all);
}

fn entities(node: &str, topics: &Topics) -> Entities {
    let topic = topics.bridge_history();
    let problem = Entity {
        name: Some("History problem".to_owned()),
        device_class: Some("problem"),
        value_template: Some("{{ value_json.problem }}".to_owned()),
        payload_on: Some("True"),
        payload_off: Some("False"),
        attributes_topic: Some(topic.clone()),
        ..entity(node, "binary_sensor", "history_problem", &topic)
    };
    let size = Entity {
        name: Some("History size".to_owned()),
        device_class: Some("data_size"),
        state_class: Some("measurement"),
        unit: Some("MB"),
        display_precision: Some(1),
        value_template: Some("{{ value_json.size }}".to_owned()),
        ..entity(node, "sensor", "history_size", &topic)
    };
    [("history_problem", problem), ("history_size", size)]
        .map(|(key, entity)| (key.to_owned(), entity))
        .into()
}

fn entity(node: &str, platform: &'static str, key: &str, topic: &str) -> Entity {
    let id = format!("{node}_{key}");
    Entity {
        platform,
        unique_id: id.clone(),
        default_entity_id: format!("{platform}.{id}"),
        object_id: id,
        category: Some("diagnostic"),
        state_topic: Some(topic.to_owned()),
        ..Entity::default()
    }
}
