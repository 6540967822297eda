use std::path::PathBuf;

use clap::Args;
use tokio::runtime::Builder;

use super::exit::Exit;
use super::{Common, print};
use crate::{config, host};

/// Ask the running bridge whether it makes progress
///
/// Ends with 0 when it does, and with 1 when it does not, or when none is running: what a container's health check wants. That
/// a router or the broker cannot be reached is no illness of the bridge.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where the bridge keeps its data [default: as configured]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    let verdict = match arguments.data.clone().map_or_else(|| config::data(&common.inputs()), Ok) {
        Ok(data) => Builder::new_current_thread().enable_all().build()?.block_on(host::ask(&data)),
        Err(error) => Err(error.to_string()),
    };
    match verdict {
        Ok(()) => print::result("ok")?,
        Err(why) => {
            print::complaint(&why);
            return Ok(Exit::Failure);
        }
    }
    Ok(Exit::Success)
}
