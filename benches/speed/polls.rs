//! What one poll of each family costs: requests, bytes, and the processor time of the thread that asks. That time has
//! everything in it: HTTP, cryptography and understanding the answers. The column after it is what remains without as many
//! requests that nobody looks at; the aim is one millisecond.
//!
//! The last two are what accounting adds: counters made to last and traffic booked, and all of it put into the history, by
//! all threads. As the bridge does it: with a minute between polls, a quota, and everybody tracked.

use std::time::Duration;

use crate::configured::configured;
use jiff::{SignedDuration, Timestamp};
use router2mqtt::accounting::QuotaPolicy;
use router2mqtt::engine::{Books, Occasion, Rules, summarise};
use router2mqtt::history::{Recalled, Retention, Store};
use router2mqtt::model::{BoxId, Sections};
use router2mqtt::routers::{self, Driver, Family};
use router2mqtt::simulators::{self, Options, Running};
use router2mqtt::transport::{Request, Settings, Transport};
use router2mqtt::{bridge, model};
use tokio::runtime::{Builder, Runtime};

const ROUNDS: u32 = 50;

/// Nanoseconds that this thread has had the processor for.
fn processor_time() -> u64 {
    let account = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    account.split_whitespace().next().unwrap().parse().unwrap()
}

/// Nanoseconds that all threads of this process have had the processor for.
fn time_of_all() -> u64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let accounts = tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap());
    accounts.map(|account| account.split_whitespace().next().unwrap().parse::<u64>().unwrap()).sum()
}

/// A driver as the bridge wires it, that does not pause between requests.
fn driver(simulated: &Running) -> Box<dyn Driver> {
    let router = configured("box", &simulated.configuration());
    bridge::driver(&router, model::Clock::system(), None).unwrap()
}

/// Nanoseconds for a request whose answer is only taken.
fn bare_request(simulated: &Running, own: &Runtime) -> f64 {
    let mut settings = Settings::new(simulated.url().parse().unwrap());
    settings.gap = Duration::ZERO;
    let transport = Transport::new(settings, None).unwrap();
    let began = processor_time();
    for _ in 0..ROUNDS {
        own.block_on(transport.send(Request::get("/"))).unwrap();
    }
    (processor_time() - began) as f64 / f64::from(ROUNDS)
}

/// Nanoseconds for booking what a poll counted, and for writing that down. The simulated boxes are idle meanwhile.
fn accounting(family: &Family, driver: &mut dyn Driver, own: &Runtime) -> (f64, f64) {
    let everything: Sections = family.sections.iter().map(|(section, _)| *section).collect();
    let (begin, folder) = (model::Clock::system().now(), tempfile::tempdir().unwrap());
    let store = Store::open(&folder.path().join("history.db"), Retention::default(), begin).unwrap().0;
    let quota = QuotaPolicy { limit: Some(40_000_000_000), ..QuotaPolicy::default() };
    let rules = Rules { quota, ..Rules::plain() };
    let box_id: BoxId = "box".parse().unwrap();
    let mut books = Books::restore((box_id, "Box"), family.counting, rules, Recalled::default(), begin);
    let (mut booking, mut writing) = (0, 0);
    for round in 0..=ROUNDS {
        let mut seen = own.block_on(driver.poll(&everything)).unwrap();
        summarise(&mut seen);
        let at: Timestamp = begin + SignedDuration::from_mins(round.into());
        seen.taken = at;
        let occasion = Occasion { at, boot: None, replaced: false };
        let began = processor_time();
        let (_, tick) = books.take(&mut seen, &occasion, None, |_| true);
        let (booked, all) = (processor_time(), time_of_all());
        own.block_on(store.commit(tick)).unwrap();
        // The first one makes everything known.
        if round > 0 {
            booking += booked - began;
            writing += time_of_all() - all;
        }
    }
    (booking as f64 / f64::from(ROUNDS), writing as f64 / f64::from(ROUNDS))
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
    let took = processor_time() - began;
    let each = |total: u64| total as f64 / f64::from(ROUNDS);
    let asked = each(tally.requests() - requests);
    let sent = each(tally.bytes() - bytes);
    let rest = (each(took) - asked * bare_request(&simulated, own)).max(0.0);
    let (booking, writing) = accounting(family, driver.as_mut(), own);
    println!(
        "{:<40} {asked:>5.1} requests {:>7.1} kB {:>7.0} µs {:>7.0} µs {:>5.0} µs {:>5.0} µs",
        format!("{} {model}", family.name),
        sent / 1e3,
        each(took) / 1e3,
        rest / 1e3,
        booking / 1e3,
        writing / 1e3,
    );
    own.block_on(driver.close());
}

pub fn run() {
    // The boxes have threads of their own, so that theirs is not counted.
    let house = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let own = Builder::new_current_thread().enable_all().build().unwrap();
    for simulated in simulators::FAMILIES {
        for model in simulated.models {
            measure(routers::family(simulated.name).unwrap(), model, &house, &own);
        }
    }
}
