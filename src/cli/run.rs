use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use reqwest::Url;
use secrecy::SecretString;
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::{Common, log, signals};
use crate::bridge::Bridge;
use crate::config::{self, App, Config};
use crate::model::Clock;
use crate::model::text::counted;
use crate::supervisor::{self, Supervisor};
use crate::web::IngressSettings;

/// Run the bridge
///
/// Polls every box, publishes what they tell, and takes commands, until it is stopped by Ctrl-C or SIGTERM. Then it logs out of
/// the boxes and says goodbye to the broker, within five seconds. A box or a broker that is not there is waited for.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Run as an app (add-on) of Home Assistant: with the options in this folder, and the broker that the Supervisor knows
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, require_equals = true, default_missing_value = "/data")]
    addon: Option<PathBuf>,
    /// Where the files of the app's owner are
    #[arg(long, hide = true, requires = "addon", default_value = "/config")]
    addon_files: PathBuf,
    /// Where its page for Home Assistant listens
    #[arg(long, hide = true, requires = "addon", default_value = "0.0.0.0:8099")]
    ingress: SocketAddr,
    /// Who may fetch that page: the Supervisor's proxy
    #[arg(long, hide = true, requires = "addon", default_value = supervisor::PROXY)]
    ingress_proxy: IpAddr,
    /// Where the Supervisor is
    #[arg(long, hide = true, requires = "addon", default_value = supervisor::ADDRESS)]
    supervisor: Url,
    /// What it knows us by
    #[arg(long, hide = true, env = "SUPERVISOR_TOKEN", hide_env_values = true)]
    supervisor_token: Option<SecretString>,
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    let config = configuration(common, arguments)?;
    log::start(common.log.as_deref(), &config.log)?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    Runtime::new()?.block_on(bridge(&config))
}

fn configuration(common: &Common, arguments: &Arguments) -> anyhow::Result<Config> {
    let Some(folder) = &arguments.addon else { return Ok(common.load()?) };
    let supervisor = Supervisor::new(arguments.supervisor.clone(), arguments.supervisor_token.clone())?;
    let app = App {
        data: folder.clone(),
        files: arguments.addon_files.clone(),
        guide: Arc::new(supervisor),
        ingress: IngressSettings { listen: arguments.ingress, proxy: arguments.ingress_proxy },
    };
    Ok(config::load_app(&common.inputs(), &app)?)
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
