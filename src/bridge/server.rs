//! What the HTTP server is told of the rest.

use std::sync::Arc;

use tokio::sync::watch;

use super::Vitals;
use super::guests::Reception;
use crate::engine::Handle;
use crate::metrics::Figures;
use crate::model::Clock;
use crate::mqtt::Broker;
use crate::web::{Begun, Life, Parts, Reporter};

pub(super) fn parts(
    handle: &Handle,
    broker: &watch::Receiver<Broker>,
    life: Life,
    vitals: &Vitals,
    clock: &Clock,
) -> Parts {
    Parts {
        handle: handle.clone(),
        reporter: Arc::new(vitals.clone()),
        life,
        begun: Begun::new(broker.clone()),
        host: Arc::new(Reception(clock.clone())),
        clock: clock.clone(),
    }
}

impl Reporter for Vitals {
    fn figures(&self) -> Figures {
        self.now()
    }
}
