//! What the HTTP server is told of the rest.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::watch;

use super::Vitals;
use super::guests::Reception;
use crate::config::Config;
use crate::engine::Handle;
use crate::metrics::Figures;
use crate::model::Clock;
use crate::mqtt::Broker;
use crate::web::{Begun, IngressSettings, Life, ListenError, Parts, Port, Reporter};

/// The ports of both servers. They are taken before anything runs: who cannot have them is told so at once.
#[derive(Debug)]
pub(super) struct Ports {
    pub(super) web: Option<Port>,
    /// With the only address that is answered.
    pub(super) ingress: Option<(Port, IpAddr)>,
}

impl Ports {
    pub(super) fn bind(config: &Config) -> Result<Self, ListenError> {
        let ingress = |page: IngressSettings| Ok::<_, ListenError>((Port::bind(page.listen)?, page.proxy));
        Ok(Self {
            web: config.web.as_ref().map(|web| Port::bind(web.listen)).transpose()?,
            ingress: config.ingress.map(ingress).transpose()?,
        })
    }
}

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
