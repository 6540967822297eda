use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
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

    /// Whether it is in.
    pub fn is_on(&self) -> bool {
        *self.0.borrow()
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
        while !self.power.is_on() {
            // Without power there is no port, from the very beginning: one that is merely not served takes connections
            // all the same. So none is held while waiting, whenever the plug is pulled.
            *listener = None;
            self.power.wait_for(true).await;
        }
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
            // Otherwise a small answer waits for the other side's delayed word that it has the one before.
            stream.set_nodelay(true).ok();
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
        let peer = stream.peer_addr().ok().map(|address| address.ip());
        match &self.tls {
            None => self.talk(stream, peer).await,
            Some(tls) => {
                if let Some(stream) = tls.accept(stream, &self.troubles).await {
                    self.talk(stream, peer).await;
                }
            }
        }
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin + Send>(&self, mut stream: S, peer: Option<IpAddr>) {
        let mut buffer = Vec::new();
        while let Some(request) = http::read(&mut stream, &mut buffer).await {
            let request = HttpRequest { peer, ..request };
            let in_flight = self.tally.began();
            let response = self.appliance.answer(request.clone()).await;
            if !think(&mut stream, &mut buffer, response.delay).await {
                break;
            }
            // Before the last byte leaves: the next request may be here sooner than we are back.
            in_flight.answered(response.body.len());
            if !http::write(&mut stream, &request, &response).await {
                think(&mut stream, &mut buffer, response.stall).await;
                break;
            }
        }
        drop(tokio::io::AsyncWriteExt::shutdown(&mut stream).await);
    }
}

/// Lets the client wait; false when it hangs up meanwhile, so that nothing is left to answer.
async fn think<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>, delay: Duration) -> bool {
    if delay.is_zero() {
        return true;
    }
    let mut end = std::pin::pin!(sleep(delay));
    loop {
        tokio::select! {
            () = &mut end => return true,
            read = stream.read_buf(buffer) => if !matches!(read, Ok(1..)) {
                return false;
            }
        }
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

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::time::timeout;

    use super::super::{Options, Running, Trouble, start};
    use super::*;

    /// Sends a request that is answered slowly, and gives the connection on which the answer would come.
    async fn ask(modem: &Running) -> TcpStream {
        modem.troubles().begin(Trouble::Slow);
        let mut stream = TcpStream::connect(modem.address()).await.unwrap();
        stream.write_all(b"GET /data/getSysInfo.asp HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        stream
    }

    async fn modem() -> Running {
        start("hitron", Options { model: Some("coda".to_owned()), ..Options::default() }).await.unwrap()
    }

    async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        let looking = async {
            while !is_so().await {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(Duration::from_secs(20), looking).await.unwrap_or_else(|_| panic!("never happened: {what}"));
    }

    /// Waits for requests to have ended, answered or not.
    async fn ended(modem: &Running, requests: u64) {
        until("the requests end", async || modem.tally().requests() >= requests).await;
    }

    #[tokio::test]
    async fn a_client_that_hangs_up_is_not_waited_for() {
        let modem = modem().await;
        for asked in 1..=3 {
            drop(ask(&modem).await);
            ended(&modem, asked).await;
        }
        assert_eq!(modem.tally().most_in_flight(), 1);
    }

    #[tokio::test]
    async fn a_power_cut_ends_what_was_asked() {
        let modem = modem().await;
        let mut waiting = ask(&modem).await;
        until("it is asked", async || modem.tally().most_in_flight() > 0).await;
        modem.power().off();
        assert_eq!(waiting.read(&mut [0; 1]).await.unwrap_or(0), 0);
        ended(&modem, 1).await;
    }

    #[tokio::test]
    async fn a_box_that_never_had_power_has_no_port() {
        let modem = modem().await;
        modem.power().off();
        tokio::task::yield_now().await;
        until("its port closes", async || TcpStream::connect(modem.address()).await.is_err()).await;
        modem.power().on();
        until("its port opens", async || TcpStream::connect(modem.address()).await.is_ok()).await;
    }
}
