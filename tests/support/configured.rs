//! A box as the configuration makes it.

use std::collections::BTreeMap;
use std::time::Duration;

use router2mqtt::config::{self, RouterConfig};
use router2mqtt::routers;
use serde_json::{Value as Json, json};

/// The box of this id with these keys, read from a file as any other; it is asked without pauses.
pub fn configured(id: &str, keys: &Json) -> RouterConfig {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("router2mqtt.json");
    let text = json!({"mqtt": {"url": "mqtt://127.0.0.1"}, "routers": {id: keys}});
    std::fs::write(&file, text.to_string()).expect("a file");
    let inputs = config::Inputs {
        file: Some(file),
        variables: BTreeMap::new(),
        families: routers::FAMILIES,
        zone: Some(jiff::tz::TimeZone::UTC),
    };
    let mut router = config::load(&inputs).expect("a configuration").routers.remove(0);
    router.transport.gap = Duration::ZERO;
    router
}
