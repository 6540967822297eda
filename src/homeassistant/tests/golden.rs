//! What Home Assistant is told, as files one can read. A change here renames, removes or doubles somebody's
//! entities.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::household::{cable_modem, fibre_box, household};
use crate::engine::World;
use crate::homeassistant::{Layout, Style, announce};
use crate::mqtt::testing::{a_world, topics};

/// The messages, by topic, without the version of this program.
pub(super) fn told(world: &World, layout: Layout) -> BTreeMap<String, Json> {
    let style = Style { layout, ..Style::default() };
    let told = announce(world, &style, &topics());
    let message = |payload: &[u8]| {
        let mut message: Json = serde_json::from_slice(payload).unwrap();
        assert_eq!(message["o"]["sw"], env!("CARGO_PKG_VERSION"));
        message["o"]["sw"] = "VERSION".into();
        message
    };
    told.iter().map(|(topic, wanted)| (topic.to_owned(), message(&wanted.payload))).collect()
}

#[test]
fn a_fibre_box_and_its_household_look_like_this() {
    insta::assert_json_snapshot!(told(&a_world([fibre_box()]), Layout::Device));
}

#[test]
fn a_cable_modem_looks_like_this() {
    insta::assert_json_snapshot!(told(&a_world([cable_modem()]), Layout::Device));
}

#[test]
fn old_releases_are_told_one_entity_at_a_time() {
    let told = told(&household(), Layout::Component);
    insta::assert_json_snapshot!(told["homeassistant/sensor/router2mqtt_modem/down_9_snr/config"]);
    insta::assert_json_snapshot!(told.keys().collect::<Vec<_>>());
}
