//! The command line: one file per subcommand, and one that prints.

mod check;
mod completions;
#[cfg(feature = "demo")]
mod demo;
mod exit;
mod export;
mod ha;
#[cfg(unix)]
mod health;
mod import;
mod log;
mod pin;
mod print;
mod probe;
mod register;
mod run;
mod signals;
mod simulate;
mod table;
mod usage;
mod visit;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::{Args, Parser, Subcommand};
use jiff::SignedDuration;

use crate::bridge::BridgeError;
use crate::config::{self, Config, ConfigError, Inputs, RouterConfig};
use crate::history::Archive;
use exit::Exit;

const EXAMPLES: &str = "\
Examples:
  router2mqtt demo                     see everything at work, on nothing but this machine
  router2mqtt run                      run the bridge
  router2mqtt check --connect          is the configuration right, and does every box answer?
  router2mqtt probe modem              everything that a box tells, as a table
  router2mqtt probe modem --format json
  router2mqtt usage --month            who used how much
  router2mqtt simulate hitron          a modem to try things with
  router2mqtt export --by person --step month --from 2026-01-01
  router2mqtt ha dashboard             a dashboard for these boxes, to paste into Home Assistant
  router2mqtt import tplink ~/dalla-stats --box router --dry-run

Every key of the file can be overridden by a variable, such as ROUTER2MQTT__MQTT__PASSWORD.

Exit codes:
   0  all is well
   2  the command line is wrong
  69  a box or the broker cannot be reached
  77  a box or the broker rejects the credentials
  78  the configuration is wrong
   1  anything else";

/// Brings home routers and modems to MQTT and Home Assistant.
#[derive(Debug, Parser)]
#[command(name = "router2mqtt", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Commands,
}

/// What every subcommand takes.
#[derive(Debug, Args)]
struct Common {
    /// The configuration file [default: router2mqtt.yaml here, or /etc/router2mqtt/router2mqtt.yaml]
    #[arg(
        long,
        short,
        global = true,
        env = "ROUTER2MQTT_CONFIG",
        value_name = "FILE",
        hide_env_values = true
    )]
    config: Option<PathBuf>,
    /// What to log: error, warn, info, debug or trace, or a filter such as info,router2mqtt::transport=debug
    #[arg(long, global = true, env = "ROUTER2MQTT_LOG", value_name = "LEVEL", hide_env_values = true, value_parser = log::level)]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Commands {
    Run(run::Arguments),
    Check(check::Arguments),
    #[cfg(unix)]
    Health(health::Arguments),
    Probe(probe::Arguments),
    Register(register::Arguments),
    Pin(pin::Arguments),
    Simulate(simulate::Arguments),
    #[cfg(feature = "demo")]
    Demo(demo::Arguments),
    Usage(usage::Arguments),
    Export(export::Arguments),
    Ha(ha::Arguments),
    Import(import::Arguments),
    Completions(completions::Arguments),
}

impl Common {
    /// The checked configuration.
    fn load(&self) -> Result<Config, ConfigError> {
        config::load(&self.inputs())
    }

    fn inputs(&self) -> Inputs {
        Inputs::of_process(self.config.clone())
    }
}

/// The box of this id, or the only one there is.
fn chosen<'a>(config: &'a Config, id: Option<&str>) -> anyhow::Result<&'a RouterConfig> {
    let ids = || config.routers.iter().map(|router| router.id.as_str()).collect::<Vec<_>>().join(", ");
    match (id, config.routers.as_slice()) {
        (None, [only]) => Ok(only),
        (None, _) => bail!("which box? there are {}", ids()),
        (Some(id), routers) => match routers.iter().find(|router| router.id.as_str() == id) {
            Some(router) => Ok(router),
            None => bail!("there is no box '{id}'; there are {}", ids()),
        },
    }
}

/// The history, to be read. A file with nothing in it is one that the bridge has not begun yet.
fn archive(config: &Config) -> anyhow::Result<Archive> {
    let file = &config.history.path;
    if !file.exists() || file.metadata().is_ok_and(|known| known.is_file() && known.len() == 0) {
        bail!("there is no history yet: {} is made when the bridge runs", file.display());
    }
    Ok(Archive::open(file)?)
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => run(cli).unwrap_or_else(|error| failed(&error)).into(),
        Err(error) => {
            // Help is an error, too, for the library; what cannot be printed cannot be complained about either.
            drop(error.print());
            if error.use_stderr() { Exit::Usage } else { Exit::Success }.into()
        }
    }
}

/// A span of time as people write it.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = |_| "a duration such as 8s or 2m is expected".to_owned();
    let duration: SignedDuration = text.parse().map_err(wrong)?;
    duration.try_into().map_err(|_| "a duration cannot be negative".to_owned())
}

fn run(cli: Cli) -> anyhow::Result<Exit> {
    let Cli { common, command } = cli;
    match command {
        Commands::Run(arguments) => run::run(&common, &arguments),
        Commands::Check(arguments) => check::run(&common, &arguments),
        #[cfg(unix)]
        Commands::Health(arguments) => health::run(&common, &arguments),
        Commands::Probe(arguments) => probe::run(&common, &arguments),
        Commands::Register(arguments) => register::run(&common, &arguments),
        Commands::Pin(arguments) => pin::run(&common, &arguments),
        #[cfg(feature = "demo")]
        Commands::Demo(arguments) => demo::run(&common, &arguments),
        Commands::Simulate(arguments) => simulate::run(&common, arguments),
        Commands::Usage(arguments) => usage::run(&common, &arguments),
        Commands::Export(arguments) => export::run(&common, &arguments),
        Commands::Ha(arguments) => ha::run(&common, &arguments),
        Commands::Import(arguments) => import::run(&common, &arguments),
        Commands::Completions(arguments) => completions::run(&arguments),
    }
}

fn failed(error: &anyhow::Error) -> Exit {
    if let Some(io) = error.downcast_ref::<std::io::Error>()
        && io.kind() == std::io::ErrorKind::BrokenPipe
    {
        // Somebody who has read enough, such as `head`.
        return Exit::Success;
    }
    print::complaint(&format!("{error:#}"));
    let is_configuration = error.is::<ConfigError>() || error.is::<BridgeError>();
    if is_configuration { Exit::Configuration } else { Exit::Failure }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
