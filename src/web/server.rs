use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Settings;
use super::adhoc::{Guests, Host};
use super::boxes::Boxes;
use super::health::{Begun, Life};
use super::outlet::Outlet;
use super::probe::Probes;
use super::routes::{self, House};
use crate::engine::Handle;
use crate::metrics::Figures;
use crate::model::Clock;

/// How many connections there may be; the others wait until the system takes no more of them.
const CONNECTIONS: usize = 128;

/// How long a request may take to arrive, and an answer to be taken.
const ARRIVAL: Duration = Duration::from_secs(5);
const DELIVERY: Duration = Duration::from_secs(15);

/// The most that the head of a request may hold.
const HEADERS: usize = 64;
const HEAD_BYTES: usize = 16 * 1024;

/// How long answers that are on their way may take when the bridge stops.
const FAREWELL: Duration = Duration::from_millis(1500);

/// How long to wait when the system has no connection to give, as when too many files are open.
const BREATH: Duration = Duration::from_millis(100);

/// What the server needs of the rest of the bridge.
#[derive(Debug)]
pub struct Parts {
    /// The world, and a way to have a box read.
    pub handle: Handle,
    /// Who tells how the bridge is doing, in figures.
    pub reporter: Arc<dyn Reporter>,
    /// What has to go on.
    pub life: Life,
    /// What has to have happened before the bridge is ready.
    pub begun: Begun,
    /// Who reads boxes that are not configured.
    pub host: Arc<dyn Host>,
    /// What time it is.
    pub clock: Clock,
}

/// Tells how the bridge is doing, in figures.
pub trait Reporter: Send + Sync + fmt::Debug {
    /// The figures of this moment.
    fn figures(&self) -> Figures;
}

/// There can be no server at this address.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address}: {error}; give 'web.listen' a port that is free, and an address of this machine"
)]
pub struct ListenError {
    /// Which address.
    pub address: SocketAddr,
    /// Why.
    pub error: io::Error,
}

/// A port that is ours, at which nobody answers yet.
#[derive(Debug)]
pub struct Port {
    listener: TcpListener,
    address: SocketAddr,
}

impl Port {
    /// Takes the port.
    ///
    /// # Errors
    /// When it is taken, or not ours to take.
    pub fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        let failed = |error| ListenError { address, error };
        let listener = std::net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener: TcpListener::from_std(listener).map_err(failed)?, address })
    }

    /// Where it is.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

/// The HTTP server.
#[derive(Debug)]
pub struct Server {
    port: Port,
    settings: Settings,
    parts: Parts,
}

impl Server {
    /// A server at this port.
    pub fn new(port: Port, settings: Settings, parts: Parts) -> Self {
        tracing::info!("listening on http://{}", port.address);
        Self { port, settings, parts }
    }

    /// Serves until told to stop. What is on its way then has a moment to arrive.
    pub async fn run(self, stop: CancellationToken) {
        let Self { port, settings, parts } = self;
        let Parts { handle, reporter, life, begun, host, clock } = parts;
        let fresh_for = settings.fresh_for;
        let guests =
            settings.adhoc.map(|allowed| Guests::new(allowed, host, fresh_for, clock.clone(), stop.clone()));
        let house = Arc::new(House {
            probes: Probes::new(handle.clone(), fresh_for, clock),
            handle,
            reporter,
            life,
            begun,
            boxes: Boxes::new(settings.names),
            guests,
        });
        let welcome = house.begun.watch(stop.clone());
        let router = routes::router(Arc::clone(&house));
        let (_, ()) = tokio::join!(welcome, serve(port, |_| router.clone(), &stop));
        if let Some(guests) = &house.guests {
            guests.gone().await;
        }
    }
}

/// Serves, to whoever comes, what is meant for them, until told to stop.
pub(super) async fn serve(port: Port, choose: impl Fn(Option<IpAddr>) -> Router, stop: &CancellationToken) {
    let Port { listener, .. } = port;
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &seats) => accepted,
        };
        if let Some((stream, seat)) = accepted {
            let peer = stream.peer_addr().ok().map(|peer| peer.ip());
            let (router, stop) = (choose(peer), stop.clone());
            connections.spawn(async move {
                converse(stream, router, &stop).await;
                drop(seat);
            });
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let all_left = async { while connections.join_next().await.is_some() {} };
    if timeout(FAREWELL, all_left).await.is_err() {
        connections.shutdown().await;
    }
}

/// The next connection, as soon as there is room for it.
async fn accept(listener: &TcpListener, seats: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let seat = Arc::clone(seats).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, seat)),
        Err(error) => {
            tracing::debug!(%error, "no connection");
            sleep(BREATH).await;
            None
        }
    }
}

/// One request and its answer: scrapers come so seldom that connections are not worth keeping.
async fn converse(stream: TcpStream, router: Router, stop: &CancellationToken) {
    let mut manners = http1::Builder::new();
    manners
        .timer(TokioTimer::new())
        .header_read_timeout(ARRIVAL)
        .keep_alive(false)
        .max_headers(HEADERS)
        .max_buf_size(HEAD_BYTES);
    let io = TokioIo::new(Outlet::new(stream, DELIVERY));
    let mut connection = Box::pin(manners.serve_connection(io, TowerToHyperService::new(router)));
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        // It speaks of the kind of mistake, never of what was sent.
        tracing::debug!(%error, "a connection ended badly");
    }
}
