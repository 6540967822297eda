//! The connection, and the only file that knows which library makes it.
//!
//! One task owns the library's event loop and does nothing but poll it. At each end of a connection the loop
//! is thrown away with everything in it, and a new one is made: what is to be said again, the ledger knows
//! better than a queue. The library's own reconnection is not used.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, EventLoop, Incoming, LastWill, MqttOptions, Outgoing,
    PublishOptions, QoS, StateError, SubscribeFilterInput, SubscribeReasonCode, Transport,
};
use secrecy::ExposeSecret;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::pace::Pace;
use super::tls::{self, TlsError};
use super::wire::Wire;
use super::{Settings, Topics, Traffic};
use crate::engine::Pauses;
use crate::transport::Seen;

/// The longest message that is sent. Brokers have limits of their own from 2 MB on.
pub(super) const MAX_PACKET: usize = 1024 * 1024;

/// The longest message that is taken. A longer one would end the connection, again and again, and what others
/// leave on the broker is not ours to limit: so this is more than a broker takes by default.
const MAX_HEARD: usize = 8 * 1024 * 1024;

/// How many messages may wait for the event loop; more than are ever sent before one is confirmed.
const QUEUE: usize = 128;

/// How many messages may wait for the publisher. When it is full, the network waits.
const HEARD: usize = 256;

/// The connection is gone, or as good as gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lost;

/// What the broker confirmed. Resolves to [`Lost`] when it never will.
pub(super) type Confirmation<T> = Pin<Box<dyn Future<Output = Result<T, Lost>> + Send>>;

/// What happens on the connection.
#[derive(Debug)]
pub(super) enum Happening {
    /// The broker has accepted us.
    Up(Session),
    /// A message came.
    Heard(Message),
    /// The connection ended.
    Down,
}

/// A message from the broker.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) topic: String,
    pub(super) payload: Bytes,
    /// It was kept by the broker, not sent just now.
    pub(super) retained: bool,
}

/// One connection's life: every publish and subscription belongs to it, and ends with it.
#[derive(Clone, Debug)]
pub(super) struct Session {
    client: AsyncClient,
    abandoned: CancellationToken,
}

impl Session {
    /// Sends a message, to be confirmed by the broker (QoS 1).
    pub(super) fn publish(
        &self,
        topic: &str,
        payload: Bytes,
        retain: bool,
    ) -> Result<Confirmation<()>, Lost> {
        let options = PublishOptions::new(QoS::AtLeastOnce).retain(retain);
        let notice = self.client.try_publish_tracked(topic.to_owned(), payload, options).map_err(|_| Lost)?;
        Ok(Box::pin(async move { notice.wait_completion_async().await.map_err(|_| Lost) }))
    }

    /// Subscribes. The confirmation says whether the broker granted all of it.
    pub(super) fn subscribe(
        &self,
        filters: Vec<String>,
        confirmed: bool,
    ) -> Result<Confirmation<bool>, Lost> {
        let quality = if confirmed { QoS::AtLeastOnce } else { QoS::AtMostOnce };
        let filters = filters.into_iter().map(|filter| SubscribeFilterInput::new(filter, quality));
        let notice = self.client.try_subscribe_many_tracked(filters).map_err(|_| Lost)?;
        Ok(Box::pin(async move {
            let granted = notice.wait_async().await.map_err(|_| Lost)?;
            Ok(granted.return_codes.iter().all(|code| matches!(code, SubscribeReasonCode::Success(_))))
        }))
    }

    /// Ends subscriptions.
    pub(super) fn unsubscribe(&self, filters: Vec<String>) -> Result<Confirmation<()>, Lost> {
        let notice = self.client.try_unsubscribe_many_tracked(filters).map_err(|_| Lost)?;
        Ok(Box::pin(async move { notice.wait_completion_async().await.map_err(|_| Lost) }))
    }

    /// Ends the connection in good order: the broker drops the last will.
    pub(super) fn disconnect(&self) {
        if self.client.try_disconnect_now().is_err() {
            self.abandon();
        }
    }

    /// Drops the connection as it is, for a broker that no longer confirms anything.
    pub(super) fn abandon(&self) {
        self.abandoned.cancel();
    }
}

/// How to connect; checked, so that connecting can only fail at the broker.
#[derive(Debug, Clone)]
pub(super) struct Address {
    settings: Settings,
    tls: Option<Arc<rustls::ClientConfig>>,
    seen: Seen,
    /// The topic of the last will; a visitor leaves none.
    will: Option<String>,
}

impl Address {
    pub(super) fn new(settings: &Settings) -> Result<Self, TlsError> {
        let seen = Seen::default();
        let tls = settings.tls.as_ref().map(|tls| tls::config(tls, &seen)).transpose()?.map(Arc::new);
        let will = Some(Topics::new(&settings.prefix).bridge_availability());
        Ok(Self { settings: settings.clone(), tls, seen, will })
    }

    /// For somebody who only looks in, while a bridge may be connected: a broker throws out the first of two with
    /// the same name, and a will would speak for the bridge.
    pub(super) fn of_visitor(settings: &Settings) -> Result<Self, TlsError> {
        let client_id = format!("{}-check", settings.client_id);
        let address = Self::new(&Settings { client_id, ..settings.clone() })?;
        Ok(Self { will: None, ..address })
    }

    /// The address for the next attempt, where somebody has to be asked for it.
    pub(super) async fn current(&self) -> Result<Self, String> {
        let Some(guide) = &self.settings.guide else { return Ok(self.clone()) };
        let settings = self.settings.at(guide.broker().await?);
        let address = Self::new(&settings).map_err(|error| error.to_string())?;
        Ok(Self { will: self.will.clone(), ..address })
    }

    fn options(&self) -> MqttOptions {
        let Settings { host, port, username, password, client_id, .. } = &self.settings;
        // The library expects an IPv6 address without the brackets of URLs.
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let mut options = MqttOptions::new(client_id.clone(), (host, *port));
        options.set_keep_alive(20).set_max_packet_size(MAX_HEARD, MAX_PACKET).set_clean_session(true);
        if let Some(will) = &self.will {
            options.set_last_will(LastWill::new(will.clone(), "offline", QoS::AtLeastOnce, true));
        }
        // Mosquitto takes 20 at once from anybody; more brings no more speed.
        options.set_inflight(20);
        options.set_socket_connector(|host, _| Wire::connect(host));
        match (username, password) {
            (Some(name), Some(password)) => {
                options.set_credentials(name.clone(), password.expose_secret().to_owned());
            }
            (Some(name), None) => {
                options.set_username(name.clone());
            }
            (None, _) => {}
        }
        if let Some(tls) = &self.tls {
            options.set_transport(Transport::tls_with_config(rumqttc::TlsConfiguration::Rustls(Arc::clone(
                tls,
            ))));
        }
        options
    }

    fn shown(&self) -> String {
        self.settings.address()
    }
}

/// Why the broker did not let us in.
#[derive(Debug)]
pub(super) struct Refusal {
    /// It was the user name or the password.
    pub(super) login: bool,
    /// In words for the owner of the broker.
    pub(super) why: String,
}

/// Connects once, and leaves again in good order. Waits as long as the broker does.
pub(super) async fn visit(address: &Address) -> Result<(), Refusal> {
    let (client, mut event_loop) = AsyncClient::builder(address.options())
        .capacity(1)
        .try_build()
        .map_err(|error| Refusal { login: false, why: error.to_string() })?;
    loop {
        match event_loop.poll().await {
            Ok(rumqttc::Event::Incoming(Incoming::ConnAck(_))) => break,
            Ok(_) => {}
            Err(error) => {
                return Err(Refusal {
                    login: is_refused_login(&error),
                    why: explain(&error, false, address),
                });
            }
        }
    }
    // A broker that hears no farewell only waits a little longer; nothing depends on it.
    if client.try_disconnect_now().is_ok() {
        drop(tokio::time::timeout(Duration::from_secs(1), event_loop.poll()).await);
    }
    Ok(())
}

/// Keeps a connection for as long as it lives, and drops it, last will and all, when it is dropped.
#[derive(Debug)]
pub(super) struct Link {
    happenings: mpsc::Receiver<Happening>,
    keeper: JoinHandle<()>,
}

impl Link {
    /// Begins to connect.
    pub(super) fn start(address: Address, pace: Pace, random: fastrand::Rng, traffic: Traffic) -> Self {
        let (tell, happenings) = mpsc::channel(HEARD);
        let pauses = Pauses::between(pace.retry_least, pace.retry_most, random);
        let keeper = Keeper { address, pace, tell, pauses, traffic, said: None };
        Self { happenings, keeper: tokio::spawn(keeper.run()) }
    }

    /// What happens next; `None` after a disconnection that was asked for.
    pub(super) async fn next(&mut self) -> Option<Happening> {
        self.happenings.recv().await
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// Why a connection ended.
enum End {
    Asked,
    Abandoned,
    /// Nobody knows where the broker is.
    Lost(String),
    Failed {
        error: Box<ConnectionError>,
        was_up: bool,
    },
}

struct Keeper {
    address: Address,
    pace: Pace,
    tell: mpsc::Sender<Happening>,
    pauses: Pauses,
    traffic: Traffic,
    /// What was said of the present outage.
    said: Option<String>,
}

impl Keeper {
    async fn run(mut self) {
        loop {
            let began = Instant::now();
            let end = self.connect().await;
            if began.elapsed() >= self.pace.good_after {
                self.pauses.reset();
            }
            match end {
                End::Asked => return,
                End::Abandoned => self.complain("it no longer confirms messages", false),
                End::Lost(why) => self.complain(&why, true),
                End::Failed { error, was_up } => {
                    if is_refused_login(&error) {
                        self.pauses.at_the_longest();
                    }
                    let ours_to_mend = is_refused_login(&error) || matches!(*error, ConnectionError::Tls(_));
                    self.complain(&explain(&error, was_up, &self.address), ours_to_mend);
                }
            }
            if self.tell.send(Happening::Down).await.is_err() {
                return;
            }
            tokio::time::sleep(self.pauses.next()).await;
        }
    }

    async fn connect(&mut self) -> End {
        match self.address.current().await {
            Ok(address) => self.address = address,
            Err(why) => return End::Lost(why),
        }
        let Ok((client, mut event_loop)) =
            AsyncClient::builder(self.address.options()).capacity(QUEUE).try_build()
        else {
            return End::Abandoned;
        };
        // What we send is small and waited for. Otherwise each step costs the 40 ms of a delayed
        // acknowledgement.
        event_loop.network_options.set_tcp_nodelay(true);
        let abandoned = CancellationToken::new();
        let session = Session { client, abandoned: abandoned.clone() };
        tokio::select! {
            end = self.poll(event_loop, session) => end,
            () = abandoned.cancelled() => End::Abandoned,
        }
    }

    async fn poll(&mut self, mut event_loop: EventLoop, session: Session) -> End {
        let mut was_up = false;
        loop {
            let happening = match event_loop.poll().await {
                Ok(rumqttc::Event::Incoming(Incoming::ConnAck(_))) => {
                    was_up = true;
                    self.traffic.connected();
                    self.said = None;
                    tracing::info!("connected to the broker at {}", self.address.shown());
                    Happening::Up(session.clone())
                }
                Ok(rumqttc::Event::Incoming(Incoming::Publish(publish))) => Happening::Heard(Message {
                    topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                    payload: publish.payload,
                    retained: publish.retain,
                }),
                Ok(rumqttc::Event::Outgoing(Outgoing::Disconnect)) => return End::Asked,
                Ok(rumqttc::Event::Outgoing(Outgoing::Publish(_))) => {
                    self.traffic.sent();
                    continue;
                }
                Ok(_) => continue,
                Err(error) => return End::Failed { error: Box::new(error), was_up },
            };
            if self.tell.send(happening).await.is_err() {
                return End::Asked;
            }
        }
    }

    /// One line when the connection is lost, and one more only when it turns out that the owner has to do
    /// something.
    fn complain(&mut self, complaint: &str, ours_to_mend: bool) {
        let shown = self.address.shown();
        let is_news = self.said.as_deref().is_none_or(|said| ours_to_mend && said != complaint);
        if is_news {
            tracing::warn!("no connection to the broker at {shown}: {complaint}; trying again by itself");
            self.said = Some(complaint.to_owned());
        } else {
            tracing::debug!("still no connection to the broker at {shown}: {complaint}");
        }
    }
}

const fn is_refused_login(error: &ConnectionError) -> bool {
    use ConnectReturnCode::{BadUserNamePassword, NotAuthorized};
    matches!(error, ConnectionError::ConnectionRefused(BadUserNamePassword | NotAuthorized))
}

/// Whether it was the broker that ended the connection.
fn is_closed(error: &ConnectionError) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    let ended = |io: &std::io::Error| matches!(io.kind(), BrokenPipe | ConnectionAborted | ConnectionReset);
    matches!(error, ConnectionError::MqttState(StateError::ConnectionAborted))
        || causes.filter_map(|cause| cause.downcast_ref()).any(ended)
}

/// What went wrong, in words for the owner of the broker.
fn explain(error: &ConnectionError, was_up: bool, address: &Address) -> String {
    if is_refused_login(error) {
        let advice = match &address.settings.guide {
            Some(_) => "new ones are asked for",
            None => "correct 'username' and 'password'",
        };
        return format!("it refuses the user name or the password; {advice}");
    }
    if was_up {
        return if is_closed(error) {
            "it closed the connection; if that happens again and again, another client has the same 'client_id', or the broker's limits or access rules are too narrow"
                .to_owned()
        } else {
            error.to_string()
        };
    }
    match (error, &address.settings.tls) {
        (ConnectionError::Tls(error), Some(_)) => explain_tls(&error.to_string(), address),
        (ConnectionError::MqttState(_) | ConnectionError::NotConnAck(_), None) => {
            format!("{error}; if this is the broker's TLS port (often 8883), add 'tls'")
        }
        (ConnectionError::Io(error), tls) if error.kind() == std::io::ErrorKind::ConnectionReset => {
            let hint = if tls.is_some() {
                "if this is the broker's port without TLS (often 1883), remove 'tls'"
            } else {
                "if this is the broker's TLS port (often 8883), add 'tls'"
            };
            format!("{error}; {hint}")
        }
        (ConnectionError::NetworkTimeout, _) => "it does not answer in time".to_owned(),
        (other, _) => other.to_string(),
    }
}

fn explain_tls(error: &str, address: &Address) -> String {
    match address.seen.pin().filter(|_| error.contains("certificate")) {
        Some(pin) => {
            format!("{error}; its fingerprint is {pin}: compare it, then pin it, or name its authority")
        }
        None if error.contains("CaUsedAsEndEntity") => {
            format!("{error}; a certificate that is its own authority has to be pinned instead")
        }
        None if error.contains("certificate") => error.to_owned(),
        None => format!("{error}; if this is the broker's port without TLS (often 1883), remove 'tls'"),
    }
}
