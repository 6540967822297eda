//! Whoever watches over the bridge from outside.

use std::path::Path;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::engine::Handle;
use crate::host::{Health, Manager, Progress};
use crate::mqtt::Broker;
use crate::web::Life;

/// Tells them how the bridge is until it stops.
pub(super) fn inform(
    data: &Path,
    handle: &Handle,
    broker: &watch::Receiver<Broker>,
    life: Life,
    stop: &CancellationToken,
) -> Vec<(&'static str, JoinHandle<()>)> {
    let progress = Progress::of(move || life.trouble().map_or(Ok(()), Err));
    let mut running = Vec::new();
    match Health::listen(data, progress.clone()) {
        Ok(health) => running.push(("the answer to 'health'", tokio::spawn(health.run(stop.clone())))),
        Err(error) => tracing::warn!(%error, "'router2mqtt health' will not be answered"),
    }
    if let Some(manager) = Manager::of_process(handle.world(), broker.clone(), progress) {
        running.push(("the word to the service manager", tokio::spawn(manager.run(stop.clone()))));
    }
    running
}
