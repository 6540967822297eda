//! The certificate that a simulated box shows, and the one that it shows instead when something is wrong.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;

use super::{Certificate, StartError, Trouble, Troubles};
use crate::transport::Pin;

/// Who a simulated box is to those who connect by TLS.
#[derive(Debug)]
pub(super) struct Identity {
    own: RwLock<Shown>,
    /// What it shows while [`Trouble::CertificateChange`] lasts.
    other: Shown,
    troubles: Troubles,
    /// Whether anybody has connected yet.
    met: AtomicBool,
}

#[derive(Clone, Debug)]
struct Shown {
    pin: Pin,
    config: Arc<ServerConfig>,
}

impl Shown {
    fn new() -> Result<Self, StartError> {
        let certificate =
            Certificate::new("02:00:00:00:00:00").map_err(|e| StartError::Certificate(e.to_string()))?;
        let config = certificate.server().map_err(|e| StartError::Certificate(e.to_string()))?;
        Ok(Self { pin: certificate.pin(), config })
    }
}

impl Identity {
    pub(super) fn new(troubles: Troubles) -> Result<Self, StartError> {
        let own = RwLock::new(Shown::new()?);
        Ok(Self { own, other: Shown::new()?, troubles, met: AtomicBool::new(false) })
    }

    /// The fingerprint of its own certificate.
    pub(super) fn pin(&self) -> Pin {
        self.own().pin
    }

    /// What it shows to the next client.
    pub(super) fn shown(&self) -> Arc<ServerConfig> {
        let met = self.met.swap(true, Ordering::Relaxed);
        if met && self.troubles.has(Trouble::CertificateChange) {
            return Arc::clone(&self.other.config);
        }
        self.own().config
    }

    /// Gets a new certificate of its own.
    pub(super) fn renew(&self) -> Result<(), StartError> {
        *self.own.write().unwrap_or_else(PoisonError::into_inner) = Shown::new()?;
        Ok(())
    }

    fn own(&self) -> Shown {
        self.own.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
