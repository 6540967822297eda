use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::{Common, duration, log, print, signals};
use crate::simulators::{self, Options, Trouble};

/// Be a router: a box with the real login, living values and, if wanted, faults
///
/// The first line it prints is what belongs under 'routers.ID' in the configuration.
/// Then it runs until it is stopped by Ctrl-C or SIGTERM.
///
/// Examples:
///   router2mqtt simulate hitron --listen 127.0.0.1:8080
///   router2mqtt simulate freebox --tls --fault session-expires
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// The family, as 'type' has it in the configuration
    family: String,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Speak TLS, with a certificate of its own making
    #[arg(long)]
    tls: bool,
    /// What the randomness starts from: the same seed gives the same values
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What is wrong with it; can be given several times
    #[arg(long, value_name = "NAME")]
    fault: Vec<Trouble>,
    /// The user name it accepts
    #[arg(long)]
    username: Option<String>,
    /// The password or token it accepts
    #[arg(long)]
    password: Option<String>,
    /// The model, where the family has several; any other word lists them
    #[arg(long)]
    model: Option<String>,
    /// How long a reboot takes
    #[arg(long, value_name = "DURATION", default_value = "8s", value_parser = duration)]
    reboot_takes: Duration,
}

pub(super) fn run(common: &Common, arguments: Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    Runtime::new()?.block_on(simulate(arguments))
}

async fn simulate(arguments: Arguments) -> anyhow::Result<Exit> {
    let options = Options {
        listen: arguments.listen,
        tls: arguments.tls,
        seed: arguments.seed,
        username: arguments.username,
        password: arguments.password,
        troubles: arguments.fault.into_iter().collect(),
        reboot: arguments.reboot_takes,
        model: arguments.model,
        ..Options::default()
    };
    let mut running = simulators::start(&arguments.family, options).await?;
    print::result(&running.configuration().to_string())?;
    tokio::select! {
        stopped = signals::stop() => stopped.map(|()| Exit::Success),
        () = running.ended() => Err(anyhow::anyhow!("the simulated box ended by itself")),
    }
}
