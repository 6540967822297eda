//! The wiring: what the configuration describes, built.

use std::sync::Arc;

use crate::config::RouterConfig;
use crate::model::{Clock, Fault};
use crate::routers::{Driver, Wiring};
use crate::transport::{Recorder, Transport};

/// The driver of a box; nothing is sent yet.
///
/// # Errors
/// [`Fault::Tls`] when the settings cannot be made into a client.
pub fn driver(
    router: &RouterConfig,
    clock: Clock,
    recorder: Option<Arc<dyn Recorder>>,
) -> Result<Box<dyn Driver>, Fault> {
    let transport = Transport::new(router.transport.clone(), recorder)?;
    Ok((router.family.build)(Wiring {
        transport,
        credentials: router.credentials.clone(),
        options: router.options.clone(),
        clock,
    }))
}
