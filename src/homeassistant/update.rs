use super::config::Entity;
use super::entity::named;
use crate::engine::BoxView;
use crate::model::{Subject, catalog};
use crate::mqtt::Topics;

/// The component id of the update entity.
pub(super) const KEY: &str = "firmware_update";

/// Whether the box says which firmware is the newest: then the update entity takes the place of the firmware
/// sensor.
pub(super) fn is_known(view: &BoxView) -> bool {
    let latest = catalog::LATEST_FIRMWARE.row().key;
    view.shape.get(&Subject::Router).is_some_and(|known| known.rows.contains_key(latest))
}

/// Which firmware is installed, and which is the newest. It cannot be installed from here.
pub(super) fn entity(view: &BoxView, topics: &Topics) -> Entity {
    Entity {
        name: Some("Firmware".to_owned()),
        category: Some("diagnostic"),
        device_class: Some("firmware"),
        state_topic: Some(topics.firmware(&view.about.id)),
        ..named(view, "update", &Subject::Router, KEY)
    }
}
