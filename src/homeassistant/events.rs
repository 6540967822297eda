use super::config::Entity;
use super::entity::{bridge_only, named};
use crate::engine::BoxView;
use crate::model::{EventKind, Subject};
use crate::mqtt::Topics;

/// The component id of the event entity.
pub(super) const KEY: &str = "event";

/// What happens at the box, one thing after the other. It stays available when the box is not: Home Assistant takes an
/// entity that comes back for one to which something happened.
pub(super) fn entity(view: &BoxView, topics: &Topics) -> Entity {
    Entity {
        name: Some("Event".to_owned()),
        icon: Some("mdi:text-box-outline"),
        event_types: &EventKind::WORDS,
        state_topic: Some(topics.event(&view.about.id)),
        availability: Some(bridge_only(topics)),
        ..named(view, "event", &Subject::Router, KEY)
    }
}
