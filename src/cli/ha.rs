//! `ha`: what helps with Home Assistant.

use clap::{Args, Subcommand};
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::{Common, log, print};
use crate::homeassistant::{Announcer, dashboard};
use crate::mqtt::{Declare as _, Topics, overhear};

/// What helps with Home Assistant
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print a dashboard for the boxes that the bridge has announced, as YAML
    ///
    /// It is made of what the broker holds, so the bridge must have run. Paste it into a new dashboard's raw configuration editor, or
    /// make it a file of 'lovelace: dashboards:'.
    Dashboard,
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    let config = common.load()?;
    let topics = Topics::new(&config.mqtt.prefix);
    let announcer = Announcer::new(config.discovery.clone(), topics.clone());
    let address = config.mqtt.address();
    let overheard = overhear(&config.mqtt, announcer.filters(), fastrand::Rng::new());
    let held = match Runtime::new()?.block_on(overheard) {
        Ok(held) => held,
        Err(unwelcome) => {
            print::complaint(&format!("broker {address}: {unwelcome}"));
            return Ok(Exit::of_broker(&unwelcome));
        }
    };
    let What::Dashboard = arguments.what;
    let Some(made) = dashboard(&held, &topics) else {
        print::complaint(&format!(
            "the broker {address} holds no announcement of this bridge; has it run, and may it read what it announces?"
        ));
        return Ok(Exit::Failure);
    };
    print::result(made.trim_end())?;
    Ok(Exit::Success)
}
