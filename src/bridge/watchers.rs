//! Whoever watches over the bridge from outside.

use std::path::Path;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::engine::{Handle, Pulse};
use crate::host::{Health, Manager, Progress};
use crate::mqtt::Broker;

/// Tells them how the bridge is until it stops.
pub(super) fn watch(
    data: &Path,
    handle: &Handle,
    broker: &watch::Receiver<Broker>,
    pulse: Pulse,
    stop: &CancellationToken,
) -> Vec<(&'static str, JoinHandle<()>)> {
    let progress = Progress::of(pulse);
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
