//! The wiring: builds the parts from a configuration, and starts and stops them in order.

mod beside;
mod boxes;
mod diary;
mod guests;
mod server;
mod vitals;
#[cfg(unix)]
mod watchers;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use beside::Beside;
use ring::rand::{SecureRandom as _, SystemRandom};
use server::Ports;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::engine::{Claim, Events, Handle, Keeper, Memory, MemoryError, Pulse, Shared, Shelf, World};
use crate::graphite;
use crate::history::{Store, StoreError};
use crate::homeassistant::Announcer;
use crate::model::{Clock, Fault};
use crate::mqtt::{Broker, Declare, Publisher, States, TlsError, Topics, understand_published};
use crate::notify::{Notifier, Summarist};
use crate::web::{Ingress, Life, ListenError, Port, Server};

pub use boxes::{about, driver};
pub use vitals::Vitals;

/// How long the keepers have to log out, and then the publisher to say goodbye and the readers beside it to end; five seconds
/// in all.
const KEEPERS_LEAVE: Duration = Duration::from_millis(2500);
const READERS_LEAVE: Duration = Duration::from_millis(2400);

/// Why the bridge cannot be built. What can go wrong later is a state of it, not an error.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// The data directory cannot be used.
    #[error("data")]
    Memory(#[from] MemoryError),
    /// The history cannot be used.
    #[error("history")]
    History(#[from] StoreError),
    /// The certificates for the broker cannot be used.
    #[error("mqtt.tls")]
    Broker(#[from] TlsError),
    /// Nobody can be answered.
    #[error("web.listen")]
    Web(#[from] ListenError),
    /// Nobody can be told anything.
    #[error("notify: {0}")]
    Notify(Fault),
    /// A box cannot be talked to at all.
    #[error("routers.{id}: {fault}")]
    Router {
        /// Which box.
        id: String,
        /// Why.
        fault: Fault,
    },
}

/// A bridge that is running.
#[derive(Debug)]
pub struct Bridge {
    handle: Handle,
    broker: watch::Receiver<Broker>,
    vitals: Vitals,
    /// With whoever sums up their days.
    keepers: JoinSet<()>,
    publisher: JoinHandle<()>,
    /// Where the HTTP server listens.
    listens: Option<SocketAddr>,
    beside: Beside,
    stop_keepers: CancellationToken,
    stop_readers: CancellationToken,
    store: Store,
}

impl Bridge {
    /// Builds every part and starts it.
    ///
    /// # Errors
    /// When a part cannot be built from the configuration.
    pub fn start(config: &Config, clock: &Clock) -> Result<Self, BridgeError> {
        let claim = Claim::on(&config.data)?;
        let ports = Ports::bind(config)?;
        let (store, _) = Store::open(&config.history.path, config.history.retention.clone(), clock.now())?;
        let published = published(&config.data, &store, clock)?;
        let memory = Arc::new(Memory::open(claim, store.clone(), random_bytes(), clock.now())?);
        memory.keep_only(&config.routers.iter().map(|router| &router.id).collect::<Vec<_>>());
        let (world, seen) = watch::channel(World::default());
        // The readers end after the keepers: what those tell at last is published and written, too.
        let (stop_keepers, stop_readers) = (CancellationToken::new(), CancellationToken::new());
        let shared = Shared {
            world,
            events: Events::new(),
            memory,
            store: store.clone(),
            clock: clock.clone(),
            pulse: Pulse::default(),
            stop: stop_keepers.clone(),
        };
        let diary =
            diary::keep(store.clone(), shared.world.clone(), shared.events.listen(), stop_readers.clone());
        let mut random = fastrand::Rng::with_seed(u64::from_le_bytes(random_bytes()));
        let (keepers, handle) = boxes::keepers(config, &shared, seen, &mut random)?;
        let publisher =
            Publisher::new(&config.mqtt, handle.clone(), readers(config), Some(published), random.fork())?;
        let notifier = Notifier::new(&config.notify.targets, &handle, clock, random.fork())
            .map_err(BridgeError::Notify)?;

        // Nothing can go wrong any more: everybody begins.
        let mut bridge = Self {
            broker: publisher.broker(),
            vitals: Vitals::of(&publisher, clock.now()),
            publisher: tokio::spawn(publisher.run(stop_readers.clone())),
            handle,
            keepers: JoinSet::new(),
            listens: ports.web.as_ref().map(Port::address),
            beside: Beside::new(stop_readers.clone()),
            stop_keepers,
            stop_readers,
            store,
        };
        bridge.beside.start("the diary", |_| diary);
        bridge.beside.start("the notifier", |stop| notifier.run(stop));
        bridge.start_logs(config, clock, random.fork());
        let mut living = vec![("the publisher".to_owned(), bridge.publisher.abort_handle())];
        living.extend(bridge.beside.living());
        living.extend(bridge.start_keepers(config, keepers, &shared));
        let life = Life::new(living, shared.pulse.clone(), bridge.store.clone());
        bridge.start_watchers(config, &life);
        bridge.start_servers(config, ports, life, clock);
        Ok(bridge)
    }

    /// Whoever writes down somewhere else what is read.
    fn start_logs(&mut self, config: &Config, clock: &Clock, random: fastrand::Rng) {
        if let Some(log) = beside::csv_log(config, &self.handle, clock) {
            self.beside.start("the CSV log", |stop| log.run(stop));
        }
        if let Some(settings) = &config.graphite {
            let sender = graphite::Sender::new(settings, self.handle.world(), clock.clone(), random);
            self.vitals.watch_graphite(sender.figures());
            self.beside.start("the sender to Graphite", |stop| sender.run(stop));
        }
    }

    /// The keepers, and with them whoever sums up their days.
    fn start_keepers(
        &mut self,
        config: &Config,
        keepers: Vec<(String, Keeper)>,
        shared: &Shared,
    ) -> Vec<(String, AbortHandle)> {
        let mut living: Vec<_> =
            keepers.into_iter().map(|(what, keeper)| (what, self.keepers.spawn(keeper.run()))).collect();
        if let Some(summary) = config.notify.summary.clone() {
            let Shared { events, memory, clock, .. } = shared.clone();
            let zone = config.notify.zone.clone();
            let summarist = Summarist::new(summary, zone, self.handle.world(), events, memory, clock);
            let summarist = self.keepers.spawn(summarist.run(self.stop_keepers.clone()));
            living.push(("the daily summary".to_owned(), summarist));
        }
        living
    }

    /// Whoever watches over the bridge from outside. They are told that it stops as soon as it does.
    #[cfg_attr(not(unix), expect(unused_variables, clippy::unused_self, reason = "there are none"))]
    fn start_watchers(&mut self, config: &Config, life: &Life) {
        #[cfg(unix)]
        watchers::inform(self, &config.data, life);
    }

    fn start_servers(&mut self, config: &Config, ports: Ports, life: Life, clock: &Clock) {
        if let Some((port, settings)) = ports.web.zip(config.web.clone()) {
            let parts = server::parts(&self.handle, &self.broker, life, &self.vitals, clock);
            let server = Server::new(port, settings, parts);
            self.beside.start("the HTTP server", |stop| server.run(stop));
        }
        if let Some((port, proxy)) = ports.ingress {
            let page = Ingress::new(port, proxy, self.handle.world(), self.broker.clone(), clock.clone());
            self.beside.start("the page for Home Assistant", |stop| page.run(stop));
        }
    }

    /// What is kept.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The world, and a way to pass commands.
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Where the HTTP server listens, if there is one.
    pub const fn listens(&self) -> Option<SocketAddr> {
        self.listens
    }

    /// Where the publisher stands with the broker.
    pub fn broker(&self) -> watch::Receiver<Broker> {
        self.broker.clone()
    }

    /// How the bridge itself is doing.
    pub const fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// Logs out of the boxes first, so that the end of every command is still published; then says goodbye to the
    /// broker. Takes five seconds at most.
    pub async fn stop(mut self) {
        self.stop_keepers.cancel();
        let all_left = async { while self.keepers.join_next().await.is_some() {} };
        if timeout(KEEPERS_LEAVE, all_left).await.is_err() {
            tracing::warn!("a box did not let go in time; its session ends by itself");
        }
        self.stop_readers.cancel();
        let publisher = async {
            if timeout(READERS_LEAVE, &mut self.publisher).await.is_err() {
                tracing::warn!("the broker did not confirm the goodbye in time; the last will speaks for us");
                self.publisher.abort();
            }
        };
        tokio::join!(publisher, self.beside.end(READERS_LEAVE));
    }
}

fn readers(config: &Config) -> Vec<Box<dyn Declare>> {
    let topics = Topics::new(&config.mqtt.prefix);
    vec![Box::new(Announcer::new(config.discovery.clone(), topics.clone())), Box::new(States::new(topics))]
}

/// Where the list of published topics is kept; what an earlier version kept is taken over.
fn published(data: &Path, store: &Store, clock: &Clock) -> Result<Shelf, MemoryError> {
    let shelf = Shelf::new(store.clone(), "published");
    let file = data.join("published.json");
    shelf
        .take_over(&file, clock.now(), understand_published)
        .map_err(|error| MemoryError::Unusable { path: file, error })?;
    Ok(shelf)
}

/// Bytes that nobody can guess; all zero where the system has none to give, which only makes digests less salty.
fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        tracing::warn!("the system has no randomness to give");
    }
    bytes
}
