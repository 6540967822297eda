//! All simulated boxes, visited once as the bridge does it.

use std::collections::BTreeMap;
use std::time::Duration;

use router2mqtt::engine::{BoxView, World};
use router2mqtt::model::Clock;
use router2mqtt::simulators::{self, Options, Running};
use router2mqtt::{bridge, config, routers};
use serde_json::json;

pub async fn world() -> World {
    let mut world = World::default();
    let models =
        simulators::FAMILIES.iter().flat_map(|family| family.models.iter().map(move |model| (family, model)));
    for (number, (family, model)) in models.enumerate() {
        let options = Options { model: Some((*model).to_owned()), ..Options::default() };
        let simulated = simulators::start(family.name, options).await.unwrap();
        world.put(visited(&simulated, &format!("box-{number}")).await);
    }
    world
}

async fn visited(simulated: &Running, id: &str) -> BoxView {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("router2mqtt.json");
    let keys = json!({"mqtt": {"url": "mqtt://127.0.0.1"}, "routers": {id: simulated.configuration()}});
    std::fs::write(&file, keys.to_string()).unwrap();
    let inputs = config::Inputs {
        file: Some(file),
        variables: BTreeMap::new(),
        families: routers::FAMILIES,
        zone: Some(jiff::tz::TimeZone::UTC),
    };
    let mut router = config::load(&inputs).unwrap().routers.remove(0);
    router.transport.gap = Duration::ZERO;
    let mut driver = bridge::driver(&router, Clock::system(), None).unwrap();
    let everything = router.family.sections.iter().map(|(section, _)| *section).collect();
    let seen = driver.poll(&everything).await.unwrap();
    driver.close().await;
    BoxView::visited(bridge::about(&router), seen)
}
