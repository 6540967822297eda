//! Whoever watches over the bridge from outside.

use std::path::Path;

use super::Bridge;
use crate::host::{Health, Manager, Progress};
use crate::web::Life;

/// Tells them how the bridge is until it stops.
pub(super) fn inform(bridge: &mut Bridge, data: &Path, life: &Life) {
    let (life, stop) = (life.clone(), bridge.stop_keepers.clone());
    let progress = Progress::of(move || life.trouble().map_or(Ok(()), Err));
    match Health::listen(data, progress.clone()) {
        Ok(health) => bridge.beside.start("the answer to 'health'", |_| health.run(stop.clone())),
        Err(error) => tracing::warn!(%error, "'router2mqtt health' will not be answered"),
    }
    let (world, broker) = (bridge.handle.world(), bridge.broker.clone());
    if let Some(manager) = Manager::of_process(world, broker, progress) {
        bridge.beside.start("the word to the service manager", |_| manager.run(stop));
    }
}
