//! What one poll of each family costs: requests, bytes, and the processor time of the thread that asks. That time has
//! everything in it: HTTP, cryptography and understanding the answers. The aim is one millisecond for what is understood.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::time::Duration;

use router2mqtt::model::Sections;
use router2mqtt::routers::{self, Driver, Family};
use router2mqtt::simulators::{self, Options, Running};
use router2mqtt::{bridge, config, model};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

const ROUNDS: u32 = 50;

/// Nanoseconds that this thread has had the processor for.
fn processor_time() -> u64 {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    account.split_whitespace().next().unwrap().parse().unwrap()
}

/// A driver as the bridge wires it, that does not pause between requests.
fn driver(simulated: &Running) -> Box<dyn Driver> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("router2mqtt.json");
    let keys = json!({"mqtt": {"url": "mqtt://127.0.0.1"}, "routers": {"box": simulated.configuration()}});
    std::fs::write(&file, keys.to_string()).unwrap();
    let variables = BTreeMap::new();
    let inputs = config::Inputs { file: Some(file), variables, families: routers::FAMILIES };
    let mut router = config::load(&inputs).unwrap().routers.remove(0);
    router.transport.gap = Duration::ZERO;
    bridge::driver(&router, model::Clock::system(), None).unwrap()
}

/// Polls a few times, and prints what it took on average.
fn measure(family: &Family, model: &str, house: &Runtime, own: &Runtime) {
    let options = Options { model: Some(model.to_owned()), ..Options::default() };
    let simulated = house.block_on(simulators::start(family.name, options)).unwrap();
    let everything: Sections = family.sections.iter().map(|(section, _)| *section).collect();
    let mut driver = driver(&simulated);
    own.block_on(driver.poll(&everything)).unwrap();
    let tally = simulated.tally();
    let (requests, bytes, began) = (tally.requests(), tally.bytes(), processor_time());
    for _ in 0..ROUNDS {
        own.block_on(driver.poll(&everything)).unwrap();
    }
    let each = |total: u64| total as f64 / f64::from(ROUNDS);
    println!(
        "{:<40} {:>5.1} requests {:>7.1} kB {:>7.0} µs",
        format!("{} {model}", family.name),
        each(tally.requests() - requests),
        each(tally.bytes() - bytes) / 1e3,
        each(processor_time() - began) / 1e3,
    );
    own.block_on(driver.close());
}

fn main() {
    // The boxes have threads of their own, so that theirs is not counted.
    let house = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let own = Builder::new_current_thread().enable_all().build().unwrap();
    for simulated in simulators::FAMILIES {
        for model in simulated.models {
            measure(routers::family(simulated.name).unwrap(), model, &house, &own);
        }
    }
}
