//! What is wrong with a box. These entities stay available when the box is not: that is when they are wanted.

use super::config::Entity;
use super::entity::{bridge_only, named};
use crate::engine::BoxView;
use crate::model::Subject;
use crate::mqtt::Topics;

/// The component id of the problem sensor.
pub(super) const PROBLEM: &str = "problem";

/// A problem sensor, and the problem in words.
pub(super) fn entities(view: &BoxView, topics: &Topics) -> [(&'static str, Entity); 2] {
    let topic = topics.problem(&view.about.id);
    let problem = Entity {
        name: Some("Problem".to_owned()),
        category: Some("diagnostic"),
        device_class: Some("problem"),
        state_topic: Some(topic.clone()),
        value_template: Some("{{ value_json.problem }}".to_owned()),
        payload_on: Some("True"),
        payload_off: Some("False"),
        attributes_topic: Some(topic.clone()),
        availability: Some(bridge_only(topics)),
        ..named(view, "binary_sensor", &Subject::Router, PROBLEM)
    };
    let error = Entity {
        name: Some("Last error".to_owned()),
        category: Some("diagnostic"),
        icon: Some("mdi:alert-circle-outline"),
        state_topic: Some(topic),
        // An empty state shows as nothing at all.
        value_template: Some("{{ value_json.error or 'none' }}".to_owned()),
        availability: Some(bridge_only(topics)),
        ..named(view, "sensor", &Subject::Router, "last_error")
    };
    [(PROBLEM, problem), ("last_error", error)]
}
