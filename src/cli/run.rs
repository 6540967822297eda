use clap::Args;
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::{Common, log, signals};
use crate::bridge::Bridge;
use crate::config::Config;
use crate::model::Clock;
use crate::model::text::counted;

/// Run the bridge
///
/// Polls every box, publishes what they tell, and takes commands, until it is stopped by Ctrl-C or SIGTERM. Then it logs out of
/// the boxes and says goodbye to the broker, within five seconds. A box or a broker that is not there is waited for.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) fn run(common: &Common, _: &Arguments) -> anyhow::Result<Exit> {
    let config = common.load()?;
    log::start(common.log.as_deref(), &config.log)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    Runtime::new()?.block_on(bridge(&config))
}

async fn bridge(config: &Config) -> anyhow::Result<Exit> {
    let bridge = Bridge::start(config, &Clock::system())?;
    let source = config.source.as_ref().map_or("the environment".into(), |path| path.to_string_lossy());
    let boxes = counted(config.routers.len(), "router");
    tracing::info!(version = env!("CARGO_PKG_VERSION"), configuration = %source, "started with {boxes}");
    signals::stop().await?;
    tracing::info!("stopping");
    bridge.stop().await;
    tracing::info!("stopped");
    Ok(Exit::Success)
}
