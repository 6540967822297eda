use std::net::SocketAddr;

use anyhow::{Context as _, anyhow};
use mqtt5::broker::config::{BrokerConfig, StorageBackend, StorageConfig};
use mqtt5::broker::{BrokerShutdownHandle, MqttBroker};

/// How many ports after the wanted one are tried.
const TRIES: u16 = 20;

/// A broker inside this process, which forgets everything when it ends.
pub(super) struct Embedded {
    address: SocketAddr,
    shutdown: BrokerShutdownHandle,
}

impl Embedded {
    /// Starts one at this address, or at the next free port.
    pub(super) async fn start(wanted: SocketAddr) -> anyhow::Result<Self> {
        let mut last = None;
        for offset in 0..TRIES {
            let mut address = wanted;
            address.set_port(wanted.port().saturating_add(offset));
            match open(address).await {
                Ok(broker) => return Ok(broker),
                Err(error) => last = Some(error),
            }
        }
        Err(last
            .unwrap_or_else(|| anyhow!("no port was tried"))
            .context(format!("no free port from {wanted} on")))
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

async fn open(address: SocketAddr) -> anyhow::Result<Embedded> {
    // The library would take a port that somebody else holds on another address of this machine.
    drop(tokio::net::TcpListener::bind(address).await?);
    let storage = StorageConfig { backend: StorageBackend::Memory, ..StorageConfig::default() };
    let config = BrokerConfig::default().with_bind_address(address).with_storage(storage);
    let mut broker = MqttBroker::with_config(config).await?;
    let address = broker.local_addr().context("the broker has no address")?;
    let shutdown = broker.shutdown_handle();
    tokio::spawn(async move {
        if let Err(error) = broker.run().await {
            tracing::error!(%error, "the demo's broker ended");
        }
    });
    Ok(Embedded { address, shutdown })
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shutdown.shutdown();
    }
}
