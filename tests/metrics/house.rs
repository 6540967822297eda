//! All simulated boxes, visited once as the bridge does it.

use router2mqtt::bridge;
use router2mqtt::engine::{BoxView, World};
use router2mqtt::model::Clock;
use router2mqtt::simulators::{self, Options, Running};

use crate::configured::configured;

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
    let router = configured(id, &simulated.configuration());
    let mut driver = bridge::driver(&router, Clock::system(), None).unwrap();
    let everything = router.family.sections.iter().map(|(section, _)| *section).collect();
    let seen = driver.poll(&everything).await.unwrap();
    driver.close().await;
    BoxView::visited(bridge::about(&router), seen)
}
