mod broker;
mod cast;
mod household;
mod ledger;
mod pace;
mod screen;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Map, Value as Json, json};
use tokio::runtime::Runtime;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use self::broker::Embedded;
use self::cast::Cast;
use self::ledger::Ledger;
use self::pace::Pace;
use self::screen::Screen;
use super::exit::Exit;
use super::{Common, duration, log, print, signals};
use crate::bridge::Bridge;
use crate::config::{self, Config, Inputs};
use crate::engine::World;
use crate::mqtt::Broker;
use crate::routers::{self, FAMILIES};
use crate::simulators::Running;

/// The file with the demo's configuration.
const CONFIGURATION: &str = "router2mqtt.json";

/// What an owner of such a box knows, and the bridge could not find out within the time of a demo.
const KNOWN: &[(&str, &str, &str)] = &[("huawei_b593", "units", "kilobytes")];

/// Show everything at work, on nothing but this machine
///
/// Starts a broker, a simulated box of each family, and the bridge between them; shows what the bridge knows as it changes.
/// Connect Home Assistant, or any MQTT client, to the broker that it names.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// End by itself after this time, such as 20s
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    time: Option<Duration>,
    /// Where the broker listens; the next free port is taken when this one is in use
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1883")]
    listen: SocketAddr,
    /// Show the boxes of these families only, such as freebox,hitron
    #[arg(long, value_name = "FAMILY,…", value_delimiter = ',', value_parser = PossibleValuesParser::new(cast::families()))]
    only: Vec<String>,
    /// How many times as fast as usual time passes: at 1000, a month takes 43 minutes, and begins when the demo does
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed)]
    speed: NonZeroU32,
    /// Write what really passed through the boxes into this file, as JSON: whenever a month is over, and at the end
    #[arg(long, value_name = "FILE")]
    books: Option<PathBuf>,
    /// Post what happens to this address
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Keep the demo's configuration and data in this folder, for other commands to look at
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

/// Beyond this, boxes could not be asked often enough for anything to be right.
const FASTEST: u32 = 50_000;

fn speed(text: &str) -> Result<NonZeroU32, String> {
    let speed = text.parse().ok().filter(|speed: &NonZeroU32| speed.get() <= FASTEST);
    speed.ok_or_else(|| format!("a whole number from 1 to {FASTEST} is expected"))
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    Runtime::new()?.block_on(demo(arguments))
}

async fn demo(arguments: &Arguments) -> anyhow::Result<Exit> {
    let end = arguments.time.map(|time| Instant::now() + time);
    let broker = Embedded::start(arguments.listen).await?;
    let pace = Pace::new(arguments.speed)?;
    let cast = Cast::chosen(&arguments.only, &pace)?;
    let boxes = cast.start(&pace).await?;
    let temporary = tempfile::tempdir().context("cannot make a temporary folder")?;
    let folder = arguments.data.as_deref().unwrap_or(temporary.path());
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let more = household::keys(&pace, arguments.webhook.as_deref());
    let config = configuration(folder, &broker, &boxes, more, &pace)?;
    let bridge = Bridge::start(&config, &pace.clock)?;
    print::result(&welcome(&broker, &cast, arguments.data.as_deref(), end.is_none()))?;

    let mut ledger = Ledger::new(arguments.books.as_deref(), &boxes, &pace);
    let shown = watch(&bridge, end, &pace, &mut ledger).await;
    let missing = missing(&bridge);
    bridge.stop().await;
    // Also when nobody looks any more.
    ledger.write()?;
    shown?;
    if !missing.is_empty() {
        bail!("the demo ended before {} was published", missing.join(" and "));
    }
    print::result("Stopped. Everything was announced and published.")?;
    Ok(Exit::Success)
}

/// Everything that a family can be made to do.
fn permissions(family: &str) -> Vec<&'static str> {
    let deeds = routers::family(family).into_iter().flat_map(|family| family.deeds);
    let permissions: BTreeSet<_> = deeds.map(|deed| deed.permission()).collect();
    permissions.into_iter().collect()
}

/// A configuration like any other.
fn configuration(
    folder: &Path,
    broker: &Embedded,
    boxes: &[(&str, Running)],
    mut document: Map<String, Json>,
    pace: &Pace,
) -> anyhow::Result<Config> {
    let mut routers = Map::new();
    let (every, gap) = pace.manners();
    for (id, simulated) in boxes {
        let mut keys = simulated.configuration();
        if let Json::Object(keys) = &mut keys {
            keys.insert("every".to_owned(), json!(every));
            keys.insert("clients".to_owned(), household::clients());
            household::quota(id).map(|quota| keys.insert("quota".to_owned(), quota));
            gap.map(|gap| keys.insert("gap".to_owned(), json!(gap)));
            keys.insert("name".to_owned(), json!(routers::family(id).map(|family| family.title)));
            for (_, key, value) in KNOWN.iter().filter(|(family, ..)| family == id) {
                keys.insert((*key).to_owned(), json!(value));
            }
            let permissions = permissions(id);
            if !permissions.is_empty() {
                keys.insert("allow".to_owned(), permissions.into());
            }
        }
        routers.insert((*id).to_owned(), keys);
    }
    document.insert("mqtt".to_owned(), json!({ "url": format!("mqtt://{}", broker.address()) }));
    document.insert("routers".to_owned(), Json::Object(routers));
    let file = folder.join(CONFIGURATION);
    std::fs::write(&file, Json::Object(document).to_string())
        .context("cannot write the demo's configuration")?;
    Ok(config::load(&Inputs {
        file: Some(file),
        variables: BTreeMap::new(),
        families: FAMILIES,
        zone: config::system_zone(),
    })?)
}

fn welcome(broker: &Embedded, cast: &Cast, data: Option<&Path>, endless: bool) -> String {
    let (host, port) = (broker.address().ip(), broker.address().port());
    let ids = &cast.shown;
    let (count, all) = (ids.len(), ids.join(", "));
    let number = if count == 1 { "a simulated box".to_owned() } else { format!("{count} simulated boxes") };
    let restart = ids.iter().find(|id| permissions(id).contains(&"reboot")).map_or_else(String::new, |id| {
        format!("Restart a box:  mosquitto_pub -h {host} -p {port} -t router2mqtt/{id}/command -m reboot\n")
    });
    let usage = data.map_or_else(String::new, |folder| {
        format!("Who used what:  router2mqtt usage --config {}\n", folder.join(CONFIGURATION).display())
    });
    let left_out = if cast.left_out.is_empty() {
        String::new()
    } else {
        format!("Left out:       {}; {}\n", cast.left_out.join(", "), cast::TOO_FAST)
    };
    let end = if endless { "\nCtrl-C ends it." } else { "" };
    format!(
        "A broker, {number} ({all}) and the bridge are running.\n\n\
         Watch:          mosquitto_sub -h {host} -p {port} -v -t 'router2mqtt/#'\n\
         {restart}\
         {usage}\
         Home Assistant: add the MQTT integration with broker {host}, port {port}; the devices appear by themselves\n{left_out}{end}"
    )
}

/// Shows the world as it changes, until somebody or the time ends it.
async fn watch(
    bridge: &Bridge,
    end: Option<Instant>,
    pace: &Pace,
    ledger: &mut Ledger<'_>,
) -> anyhow::Result<()> {
    let mut screen = Screen::new(pace.clone());
    let mut ticks = interval(Duration::from_secs(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            stopped = signals::stop() => return stopped,
            () = ending(end) => {
                screen.last(&world(bridge))?;
                return Ok(());
            }
            _ = ticks.tick() => {
                ledger.keep()?;
                screen.show(&world(bridge))?;
            }
        }
    }
}

fn world(bridge: &Bridge) -> World {
    bridge.handle().world().borrow().clone()
}

async fn ending(end: Option<Instant>) {
    match end {
        Some(end) => sleep_until(end).await,
        None => std::future::pending().await,
    }
}

/// What should be on the broker by now, and is not.
fn missing(bridge: &Bridge) -> Vec<String> {
    let world = world(bridge);
    let mut missing: Vec<String> = world
        .boxes()
        .filter(|view| !view.availability.is_online())
        .map(|view| view.about.id.to_string())
        .collect();
    if *bridge.broker().borrow() != Broker::Settled {
        missing.push("the discovery".to_owned());
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_configuration_of_all_boxes_is_right() {
        let broker = Embedded::start("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let pace = Pace::new(NonZeroU32::MIN).unwrap();
        let cast = Cast::chosen(&[], &pace).unwrap();
        let boxes = cast.start(&pace).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let more = household::keys(&pace, None);
        let config = configuration(folder.path(), &broker, &boxes, more, &pace).unwrap();
        assert!(!config.people.is_empty());
        assert_eq!(config.routers.len(), cast::families().count());
        assert!(welcome(&broker, &cast, None, true).contains("router2mqtt/freebox/command -m reboot"));
        for router in config.routers {
            assert_eq!(router.allow.len(), router.family.deeds.len(), "{}", router.family.name);
        }
    }
}
