use super::config::Entity;
use super::entity::named;
use crate::engine::BoxView;
use crate::model::{Mac, Subject};
use crate::mqtt::Topics;

/// The component id of a tracker.
pub(super) const KEY: &str = "presence";

/// Whether a device of the household is at home: the main entity of its device, so it has no name of its own.
pub(super) fn entity(view: &BoxView, topics: &Topics, client: &Mac) -> Entity {
    let id = &view.about.id;
    let subject = Subject::Client(*client);
    let platform = "device_tracker";
    let object_id = super::names::object_id(view, &subject, "");
    Entity {
        name: None,
        state_topic: Some(topics.presence(id, client)),
        attributes_topic: Some(topics.attributes(id, client)),
        source_type: Some("router"),
        default_entity_id: format!("{platform}.{object_id}"),
        object_id,
        ..named(view, platform, &subject, KEY)
    }
}
