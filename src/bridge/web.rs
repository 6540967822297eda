//! What the HTTP server is told of the rest.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

use super::guests::Reception;
use crate::engine::Handle;
use crate::metrics::figures::Figures;
use crate::model::Clock;
use crate::mqtt::Broker;
use crate::web::{Begun, Parts, Reporter, Vitals};

pub(super) fn parts(
    handle: &Handle,
    broker: &watch::Receiver<Broker>,
    vitals: Vitals,
    clock: &Clock,
) -> Parts {
    Parts {
        handle: handle.clone(),
        reporter: Arc::new(Desk { started: clock.now() }),
        vitals,
        begun: Begun::new(broker.clone()),
        host: Arc::new(Reception(clock.clone())),
        clock: clock.clone(),
    }
}

/// Fills in the figures of the bridge itself.
#[derive(Debug)]
struct Desk {
    started: Timestamp,
}

impl Reporter for Desk {
    fn figures(&self) -> Figures {
        Figures { started: self.started }
    }
}
