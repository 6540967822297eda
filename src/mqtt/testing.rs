//! A broker, an engine and a household for tests: real sockets on free ports, everything else by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mqtt5::QoS;
use mqtt5::broker::auth::{AllowAllAuthProvider, AuthProvider, AuthResult};
use mqtt5::broker::config::{StorageBackend, StorageConfig, TlsConfig};
use mqtt5::broker::events::{BrokerEventHandler, ClientPublishEvent, PublishAction, RetainedSetEvent};
use mqtt5::broker::router::MessageRouter;
use mqtt5::broker::{BrokerConfig, BrokerShutdownHandle, MqttBroker};
use mqtt5::packet::connect::ConnectPacket;
use mqtt5::packet::publish::PublishPacket;
use mqtt5::types::ReasonCode;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::pace::Pace;
use super::{Broker, Declare, Publisher, Settings, Topics, Traffic};
use crate::engine::{About, Availability, BoxView, Events, Handle, Order, SectionView, World};
use crate::model::{Action, BoxId, Deed, Identity, Readings, Section};

/// How long anything may take before a test gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A message that a client has published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) topic: String,
    pub(crate) payload: String,
    pub(crate) retain: bool,
}

/// Notes what clients publish, and wakes whoever waits for something.
#[derive(Default)]
struct Ear {
    said: Mutex<Vec<Said>>,
    heard: watch::Sender<()>,
}

impl BrokerEventHandler for Ear {
    fn on_client_publish<'a>(&'a self, event: ClientPublishEvent) -> Answer<'a, PublishAction> {
        let payload = String::from_utf8_lossy(&event.payload).into_owned();
        self.said.lock().unwrap().push(Said {
            topic: event.topic.to_string(),
            payload,
            retain: event.retain,
        });
        self.heard.send_replace(());
        Box::pin(async { PublishAction::Continue })
    }

    fn on_retained_set<'a>(&'a self, _event: RetainedSetEvent) -> Answer<'a, ()> {
        self.heard.send_replace(());
        Box::pin(async {})
    }
}

/// A broker in memory.
pub(crate) struct TestBroker {
    pub(crate) port: u16,
    router: Arc<MessageRouter>,
    ear: Arc<Ear>,
    shutdown: BrokerShutdownHandle,
    task: JoinHandle<()>,
}

impl TestBroker {
    pub(crate) async fn start() -> Self {
        Self::start_on(0).await
    }

    pub(crate) async fn start_on(port: u16) -> Self {
        Self::start_with(port, |config| config, Arc::new(AllowAllAuthProvider)).await
    }

    /// A broker that speaks TLS, with this certificate and key (PEM files).
    pub(crate) async fn start_tls(certificate: &Path, key: &Path) -> Self {
        let tls = TlsConfig::new(certificate.into(), key.into())
            .with_bind_address(SocketAddr::from(([127, 0, 0, 1], 0)));
        Self::start_with(0, |config| config.with_tls(tls), Arc::new(AllowAllAuthProvider)).await
    }

    /// A broker that keeps this doorman.
    pub(crate) async fn start_guarded(doorman: Arc<dyn AuthProvider>) -> Self {
        Self::start_with(0, |config| config, doorman).await
    }

    async fn start_with(
        port: u16,
        more: impl FnOnce(BrokerConfig) -> BrokerConfig,
        doorman: Arc<dyn AuthProvider>,
    ) -> Self {
        let ear = Arc::new(Ear::default());
        let config = BrokerConfig::default()
            .with_bind_address(SocketAddr::from(([127, 0, 0, 1], port)))
            .with_storage(StorageConfig::new().with_backend(StorageBackend::Memory))
            .with_sys_topics_enabled(false)
            .with_event_handler(ear.clone());
        let mut broker = MqttBroker::with_config(more(config)).await.unwrap().with_auth_provider(doorman);
        let port = broker.tls_local_addr().or_else(|| broker.local_addr()).unwrap().port();
        let (router, shutdown) = (broker.router(), broker.shutdown_handle());
        let mut ready = broker.ready_receiver();
        let task = tokio::spawn(async move {
            broker.run().await.unwrap();
        });
        ready.wait_for(|ready| *ready).await.unwrap();
        Self { port, router, ear, shutdown, task }
    }

    /// Stops it; it takes everything retained with it.
    pub(crate) async fn stop(self) -> u16 {
        self.shutdown.shutdown();
        self.task.await.unwrap();
        self.port
    }

    /// Publishes as somebody else.
    pub(crate) async fn say(&self, topic: &str, payload: &str, retain: bool) {
        let mut packet = PublishPacket::new(topic, payload.as_bytes().to_vec(), QoS::AtLeastOnce);
        packet.retain = retain;
        self.router.route_message(&packet, None).await;
    }

    /// What it holds on the topics that match.
    pub(crate) async fn held(&self, filter: &str) -> BTreeMap<String, String> {
        let packets = self.router.get_retained_messages(filter).await;
        let line =
            |p: PublishPacket| (p.topic_name.clone(), String::from_utf8_lossy(&p.payload).into_owned());
        packets.into_iter().map(line).collect()
    }

    /// What it holds on one topic.
    pub(crate) async fn on(&self, topic: &str) -> Option<String> {
        self.held(topic).await.remove(topic)
    }

    /// Waits until a topic holds this.
    pub(crate) async fn until_on(&self, topic: &str, payload: Option<&str>) {
        let mut heard = self.ear.heard.subscribe();
        let wait = async {
            while self.on(topic).await.as_deref() != payload {
                heard.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(PATIENCE, wait).await.is_err() {
            panic!("{topic} never became {payload:?}; it is {:?}", self.on(topic).await);
        }
    }

    /// Waits until something has been said since `from`, and gives where it stands.
    pub(crate) async fn until_said(&self, from: usize, what: impl Fn(&Said) -> bool) -> usize {
        let mut heard = self.ear.heard.subscribe();
        let wait = async {
            loop {
                if let Some(found) = self.said(from).iter().position(&what) {
                    return from + found;
                }
                heard.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(found) => found,
            Err(_) => panic!("not said in {:#?}", self.said(from)),
        }
    }

    /// What has been published by clients since `from`.
    pub(crate) fn said(&self, from: usize) -> Vec<Said> {
        self.ear.said.lock().unwrap()[from..].to_vec()
    }

    /// How much has been said so far.
    pub(crate) fn now(&self) -> usize {
        self.ear.said.lock().unwrap().len()
    }
}

/// The engine as the publisher sees it.
pub(crate) struct TestEngine {
    pub(crate) world: watch::Sender<World>,
    pub(crate) orders: mpsc::Receiver<Order>,
    pub(crate) events: Events,
    handle: Handle,
}

impl TestEngine {
    pub(crate) fn new(world: World) -> Self {
        let (world, seen) = watch::channel(world);
        let (keeper, orders) = mpsc::channel(4);
        let ids: BTreeSet<BoxId> = seen.borrow().boxes().map(|view| view.about.id.clone()).collect();
        let keepers = ids.into_iter().map(|id| (id, keeper.clone())).collect();
        let events = Events::new();
        Self { world, orders, handle: Handle::new(seen, events.clone(), keepers), events }
    }

    /// Changes a box.
    pub(crate) fn change(&self, id: &str, change: impl FnOnce(&mut BoxView)) {
        self.world.send_modify(|world| {
            let mut view = world.get(&id.parse().unwrap()).unwrap().clone();
            change(&mut view);
            world.put(view);
        });
    }
}

/// A running publisher.
pub(crate) struct TestBridge {
    pub(crate) broker: watch::Receiver<Broker>,
    pub(crate) traffic: Traffic,
    pub(crate) stop: CancellationToken,
    pub(crate) task: JoinHandle<()>,
}

impl TestBridge {
    pub(crate) fn start(port: u16, engine: &TestEngine, declares: Vec<Box<dyn Declare>>) -> Self {
        Self::remembering(port, engine, declares, None)
    }

    pub(crate) fn remembering(
        port: u16,
        engine: &TestEngine,
        declares: Vec<Box<dyn Declare>>,
        list: Option<crate::engine::Shelf>,
    ) -> Self {
        Self::with(&settings(port), hurried(), engine, declares, list)
    }

    pub(super) fn with(
        settings: &Settings,
        pace: Pace,
        engine: &TestEngine,
        declares: Vec<Box<dyn Declare>>,
        list: Option<crate::engine::Shelf>,
    ) -> Self {
        let random = fastrand::Rng::with_seed(1);
        let mut publisher = Publisher::new(settings, engine.handle.clone(), declares, list, random).unwrap();
        publisher.pace = pace;
        let stop = CancellationToken::new();
        let (broker, traffic) = (publisher.broker(), publisher.traffic());
        let task = tokio::spawn(publisher.run(stop.clone()));
        Self { broker, traffic, stop, task }
    }

    /// Waits until the broker has everything.
    pub(crate) async fn settled(&mut self) {
        let settled = self.broker.wait_for(|broker| *broker == Broker::Settled);
        tokio::time::timeout(PATIENCE, settled).await.expect("never settled").unwrap();
    }

    /// Waits until the connection is lost.
    pub(crate) async fn away(&mut self) {
        let away = self.broker.wait_for(|broker| *broker == Broker::Away);
        tokio::time::timeout(PATIENCE, away).await.expect("never away").unwrap();
    }

    /// Stops it in good order.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.expect("never stopped").unwrap();
    }
}

/// Everything as it is, only sooner.
pub(super) fn hurried() -> Pace {
    Pace {
        retry_least: Duration::from_millis(20),
        retry_most: Duration::from_millis(200),
        birth: (Duration::from_millis(10), Duration::from_millis(30)),
        settle: Duration::from_millis(50),
        ..Pace::default()
    }
}

pub(crate) fn settings(port: u16) -> Settings {
    Settings {
        host: "127.0.0.1".into(),
        port,
        tls: None,
        username: None,
        password: None,
        prefix: "router2mqtt".into(),
        client_id: "router2mqtt".into(),
        guide: None,
    }
}

pub(crate) fn topics() -> Topics {
    Topics::new("router2mqtt")
}

pub(crate) fn at(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

/// An invented box that has been read: `readings` fills one section.
pub(crate) fn a_box(id: &str, section: Section, readings: impl FnOnce(&mut Readings)) -> BoxView {
    let mut view = BoxView::new(About {
        id: id.parse().unwrap(),
        name: "Cable modem".into(),
        family: "hitron",
        manufacturer: "Hitron",
        url: "http://192.0.2.1".into(),
        actions: vec![Action::Refresh, Action::RetryLogin, Action::Do(Deed::Reboot)],
    });
    view.identity = Identity { model: Some("CODA-45".into()), ..Identity::default() };
    view.availability = Availability::Online { since: at("2026-11-01T12:00:00Z") };
    read(&mut view, section, readings);
    view
}

/// Reads a section of a box anew.
pub(crate) fn read(view: &mut BoxView, section: Section, fill: impl FnOnce(&mut Readings)) {
    let now = at("2026-11-01T12:00:00Z");
    let mut readings = Readings::default();
    fill(&mut readings);
    for (subject, item) in readings.iter() {
        view.shape.learn(subject, item, now);
    }
    view.sections.insert(section, SectionView { at: now, readings });
}

/// A world of these boxes.
pub(crate) fn a_world(boxes: impl IntoIterator<Item = BoxView>) -> World {
    let mut world = World::default();
    boxes.into_iter().for_each(|view| world.put(view));
    world
}

/// A doorman who knows one user, and lets nobody listen.
pub(crate) struct WriteOnly;

impl AuthProvider for WriteOnly {
    fn authenticate<'a>(
        &'a self,
        connect: &'a ConnectPacket,
        _address: SocketAddr,
    ) -> Answer<'a, mqtt5::Result<AuthResult>> {
        let known =
            connect.username.as_deref() == Some("bridge") && connect.password.as_deref() == Some(b"right");
        let refused = || AuthResult::fail(ReasonCode::BadUsernameOrPassword);
        Box::pin(async move { Ok(if known { AuthResult::success() } else { refused() }) })
    }

    fn authorize_publish<'a>(&'a self, _: &str, _: Option<&'a str>, _: &'a str) -> Answer<'a, bool> {
        Box::pin(async { true })
    }

    fn authorize_subscribe<'a>(&'a self, _: &str, _: Option<&'a str>, _: &'a str) -> Answer<'a, bool> {
        Box::pin(async { false })
    }
}
