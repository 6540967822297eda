//! `ha`: what helps with Home Assistant.

use clap::{Args, Subcommand};
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::{Common, log, print};
use crate::homeassistant::{Announcer, dashboard};
use crate::mqtt::{Declare as _, Topics, Unwelcome, overhear};

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
    let held = Runtime::new()?.block_on(overhear(&config.mqtt, announcer.filters(), fastrand::Rng::new()));
    match (&arguments.what, held) {
        (What::Dashboard, Ok(held)) => match dashboard(&held, &topics) {
            Some(made) => {
                print::result(made.trim_end())?;
                Ok(Exit::Success)
            }
            None => {
                print::complaint(&format!(
                    "the broker {} holds no announcement of this bridge; has it run, and may it read what it announces?",
                    config.mqtt.address()
                ));
                Ok(Exit::Failure)
            }
        },
        (_, Err(unwelcome)) => Ok(refused(&config.mqtt.address(), &unwelcome)),
    }
}

fn refused(address: &str, unwelcome: &Unwelcome) -> Exit {
    print::complaint(&format!("broker {address}: {unwelcome}"));
    Exit::of_broker(unwelcome)
}
