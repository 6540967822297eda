use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Duration, sleep};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::{HttpRequest, HttpResponse, Tally, Trouble, Troubles, http};

/// What answers the requests of a simulated box.
#[async_trait]
pub trait Appliance: Send + Sync + fmt::Debug + 'static {
    /// Answers one request.
    async fn answer(&self, request: HttpRequest) -> HttpResponse;
}

/// The plug: a box without power has nobody at its port.
#[derive(Clone, Debug)]
pub struct Power(watch::Sender<bool>);

impl Default for Power {
    fn default() -> Self {
        Self(watch::Sender::new(true))
    }
}

impl Power {
    /// Pulls the plug.
    pub fn off(&self) {
        self.0.send_replace(false);
    }

    /// Puts it back.
    pub fn on(&self) {
        self.0.send_replace(true);
    }

    async fn wait_for(&self, on: bool) {
        let mut plug = self.0.subscribe();
        // The sender is part of self, so this can only end well.
        drop(plug.wait_for(|now| *now == on).await);
    }
}

/// Serves an appliance until told to stop, and closes the port while the power is off.
pub(super) struct Server {
    pub appliance: Arc<dyn Appliance>,
    pub tls: Option<Tls>,
    pub troubles: Troubles,
    pub power: Power,
    pub tally: Arc<Tally>,
    pub stop: CancellationToken,
}

/// The certificates of a simulated box.
pub(super) struct Tls {
    current: watch::Receiver<Arc<ServerConfig>>,
    /// What is shown instead while there is [`Trouble::CertificateChange`].
    other: Arc<ServerConfig>,
    met: AtomicBool,
}

impl Tls {
    pub(super) const fn new(current: watch::Receiver<Arc<ServerConfig>>, other: Arc<ServerConfig>) -> Self {
        Self { current, other, met: AtomicBool::new(false) }
    }

    async fn accept(&self, stream: TcpStream, troubles: &Troubles) -> Option<TlsStream<TcpStream>> {
        let changed = self.met.load(Ordering::SeqCst) && troubles.has(Trouble::CertificateChange);
        let config = if changed { Arc::clone(&self.other) } else { Arc::clone(&self.current.borrow()) };
        let stream = TlsAcceptor::from(config).accept(stream).await.ok()?;
        self.met.store(true, Ordering::SeqCst);
        Some(stream)
    }
}

impl Server {
    pub(super) async fn run(self, first: TcpListener, address: SocketAddr) {
        let stop = self.stop.clone();
        let server = Arc::new(self);
        let mut listener = Some(first);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = Arc::clone(&server).session(&mut listener, address) => {}
            }
        }
    }

    /// From power on to power off.
    async fn session(self: Arc<Self>, listener: &mut Option<TcpListener>, address: SocketAddr) {
        self.power.wait_for(true).await;
        let Some(port) = open(listener.take(), address).await else {
            return;
        };
        let plug = self.stop.child_token();
        tokio::select! {
            () = self.power.wait_for(false) => {}
            () = Arc::clone(&self).accept(port, &plug) => {}
        }
        // Cancels every open connection, as a box without power does.
        plug.cancel();
    }

    async fn accept(self: Arc<Self>, port: TcpListener, plug: &CancellationToken) {
        loop {
            let Ok((stream, _)) = port.accept().await else {
                sleep(Duration::from_millis(50)).await;
                continue;
            };
            let server = Arc::clone(&self);
            let plug = plug.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = plug.cancelled() => {}
                    () = server.welcome(stream) => {}
                }
            });
        }
    }

    async fn welcome(&self, stream: TcpStream) {
        match &self.tls {
            None => self.talk(stream).await,
            Some(tls) => {
                if let Some(stream) = tls.accept(stream, &self.troubles).await {
                    self.talk(stream).await;
                }
            }
        }
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin + Send>(&self, mut stream: S) {
        let mut buffer = Vec::new();
        while let Some(request) = http::read(&mut stream, &mut buffer).await {
            self.tally.began();
            let response = self.appliance.answer(request.clone()).await;
            sleep(response.delay).await;
            let staying = http::write(&mut stream, &request, &response).await;
            self.tally.ended(response.body.len());
            if !staying {
                break;
            }
        }
        drop(tokio::io::AsyncWriteExt::shutdown(&mut stream).await);
    }
}

/// The port, opened again after a power cut; somebody else may hold it for a moment.
async fn open(first: Option<TcpListener>, address: SocketAddr) -> Option<TcpListener> {
    if first.is_some() {
        return first;
    }
    match TcpListener::bind(address).await {
        Ok(port) => Some(port),
        Err(error) => {
            tracing::warn!(%address, %error, "the simulated box cannot open its port again yet");
            sleep(Duration::from_millis(200)).await;
            None
        }
    }
}
