//! The wiring: builds the parts from a configuration, and starts and stops them in order.

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

use futures_util::future::join_all;
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::accounting::{Hours, People, Timetable};
use crate::config::{Config, RouterConfig};
use crate::csvlog::{self, CsvLog, Household};
use crate::engine::{
    About, Charge, Claim, ClientPolicy, Events, Handle, Keeper, Memory, MemoryError, Pulse, Rules, Shared,
    Shelf, World,
};
use crate::graphite;
use crate::history::{Store, StoreError};
use crate::homeassistant::Announcer;
use crate::model::{Action, BoxId, Clock, Fault, Section};
use crate::mqtt::{Broker, Declare, Publisher, States, TlsError, Topics, understand_published};
use crate::notify::{Notifier, Summarist};
use crate::routers::{Driver, Wiring};
use crate::transport::{Recorder, Transport};
use crate::web::{Ingress, Life, ListenError, Port, Server};

pub use vitals::Vitals;

/// How long the keepers have to log out, and then the publisher to say goodbye, and the readers beside it to end; five seconds
/// in all.
const KEEPERS_LEAVE: Duration = Duration::from_millis(2500);
const PUBLISHER_LEAVES: Duration = Duration::from_millis(2400);

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
    /// The readers beside the publisher, by what they do.
    beside: Vec<(&'static str, JoinHandle<()>)>,
    stop_keepers: CancellationToken,
    stop_publisher: CancellationToken,
    store: Store,
}

impl Bridge {
    /// Builds every part and starts it.
    ///
    /// # Errors
    /// When a part cannot be built from the configuration.
    pub fn start(config: &Config, clock: &Clock) -> Result<Self, BridgeError> {
        let claim = Claim::on(&config.data)?;
        let port = config.web.as_ref().map(|web| Port::bind(web.listen)).transpose()?;
        let ingress =
            config.ingress.map(|page| Port::bind(page.listen).map(|port| (port, page.proxy))).transpose()?;
        let (store, _) = Store::open(&config.history.path, config.history.retention.clone(), clock.now())?;
        let published = published(&config.data, &store, clock)?;
        let memory = Arc::new(Memory::open(claim, store.clone(), random_bytes(), clock.now())?);
        memory.keep_only(&config.routers.iter().map(|router| &router.id).collect::<Vec<_>>());
        let (world, seen) = watch::channel(World::default());
        let stop_keepers = CancellationToken::new();
        let events = Events::new();
        let shared = Shared {
            world,
            events: events.clone(),
            memory,
            store: store.clone(),
            clock: clock.clone(),
            pulse: Pulse::default(),
            stop: stop_keepers.clone(),
        };
        let mut random = fastrand::Rng::with_seed(u64::from_le_bytes(random_bytes()));

        // It ends after the keepers: what they tell at last is written, too.
        let stop_publisher = CancellationToken::new();
        let diary = diary::keep(store.clone(), shared.world.clone(), events.listen(), stop_publisher.clone());
        let people = Arc::new(config.people.clone());
        let mut keepers = Vec::new();
        let mut orders = std::collections::BTreeMap::new();
        for router in &config.routers {
            let driver = driver(router, clock.clone(), None)
                .map_err(|fault| BridgeError::Router { id: router.id.to_string(), fault })?;
            let charge = charge(router, rules(config, router, &people), &shared.memory.salt());
            let (keeper, sender) = Keeper::new(charge, driver, shared.clone(), random.fork());
            orders.insert(router.id.clone(), sender);
            keepers.push(keeper);
        }
        let handle = Handle::new(seen.clone(), events.clone(), orders);
        let notifier = Notifier::new(&config.notify.targets, &handle, clock, random.fork())
            .map_err(BridgeError::Notify)?;
        let summarist = config.notify.summary.clone().map(|summary| {
            let zone = config.notify.zone.clone();
            Summarist::new(summary, zone, seen, events, Arc::clone(&shared.memory), clock.clone())
        });
        let publisher =
            Publisher::new(&config.mqtt, handle.clone(), readers(config), Some(published), random.fork())?;
        let broker = publisher.broker();
        let mut vitals = Vitals::of(&publisher, clock.now());
        let mut beside = vec![
            ("the diary", tokio::spawn(diary)),
            ("the notifier", tokio::spawn(notifier.run(stop_publisher.clone()))),
        ];
        if let Some(log) = csv_log(config, &handle, clock) {
            beside.push(("the CSV log", tokio::spawn(log.run(stop_publisher.clone()))));
        }
        if let Some(settings) = &config.graphite {
            let sender = graphite::Sender::new(settings, handle.world(), clock.clone(), random.fork());
            vitals = vitals.with_graphite(sender.figures());
            beside.push(("the sender to Graphite", tokio::spawn(sender.run(stop_publisher.clone()))));
        }
        let publisher = tokio::spawn(publisher.run(stop_publisher.clone()));
        let mut living = vec![("the publisher".to_owned(), publisher.abort_handle())];
        living.extend(beside.iter().map(|(what, reader)| ((*what).to_owned(), reader.abort_handle())));
        let mut tasks = JoinSet::new();
        for (router, keeper) in config.routers.iter().zip(keepers) {
            living.push((format!("the keeper of '{}'", router.id), tasks.spawn(keeper.run())));
        }
        if let Some(summarist) = summarist {
            living.push(("the daily summary".to_owned(), tasks.spawn(summarist.run(stop_keepers.clone()))));
        }
        let listens = port.as_ref().map(Port::address);
        let life = Life::new(living, shared.pulse.clone(), store.clone());
        #[cfg(unix)]
        beside.extend(watchers::inform(&config.data, &handle, &broker, life.clone(), &stop_keepers));
        if let Some((port, settings)) = port.zip(config.web.clone()) {
            let server = Server::new(port, settings, server::parts(&handle, &broker, life, &vitals, clock));
            beside.push(("the HTTP server", tokio::spawn(server.run(stop_publisher.clone()))));
        }
        if let Some((port, proxy)) = ingress {
            let page = Ingress::new(port, proxy, handle.world(), broker.clone(), clock.clone());
            beside.push(("the page for Home Assistant", tokio::spawn(page.run(stop_publisher.clone()))));
        }
        Ok(Self {
            handle,
            broker,
            keepers: tasks,
            publisher,
            listens,
            vitals,
            beside,
            stop_keepers,
            stop_publisher,
            store,
        })
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
        self.stop_publisher.cancel();
        let publisher = async {
            if timeout(PUBLISHER_LEAVES, &mut self.publisher).await.is_err() {
                tracing::warn!("the broker did not confirm the goodbye in time; the last will speaks for us");
                self.publisher.abort();
            }
        };
        let beside = self.beside.iter_mut().map(|(what, reader)| async move {
            if timeout(PUBLISHER_LEAVES, &mut *reader).await.is_err() {
                tracing::warn!(
                    "{what} did not come to its end in time; what it had to do, it does the next time"
                );
                reader.abort();
            }
        });
        tokio::join!(publisher, join_all(beside));
    }
}

/// The running CSV log, if there is to be one: of the boxes that tell of clients.
fn csv_log(config: &Config, handle: &Handle, clock: &Clock) -> Option<CsvLog> {
    let settings = config.csv.clone()?;
    let tells_of_clients = |router: &&RouterConfig| {
        router.family.sections.iter().any(|(section, _)| *section == Section::Clients)
    };
    let boxes: Vec<BoxId> =
        config.routers.iter().filter(tells_of_clients).map(|router| router.id.clone()).collect();
    let on_peak = if config.on_peak.is_empty() {
        csvlog::USUAL_ON_PEAK.parse().unwrap_or_default()
    } else {
        config.on_peak.clone()
    };
    let timetable = Timetable::new(config.calendar.clone(), on_peak, Hours::default());
    let household = Household::new(config.people.clone(), timetable);
    Some(CsvLog::new(settings, &boxes, household, handle.world(), clock.clone()))
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

/// How the traffic of a box is booked.
fn rules(config: &Config, router: &RouterConfig, people: &Arc<People>) -> Rules {
    Rules {
        timetable: Timetable::new(config.calendar.clone(), config.on_peak.clone(), router.quota.free.clone()),
        people: Arc::clone(people),
        quota: router.quota.clone(),
    }
}

/// What the configuration says of a box, as readers know it.
pub fn about(router: &RouterConfig) -> About {
    About {
        id: router.id.clone(),
        name: router.name.clone(),
        family: router.family.name,
        manufacturer: router.family.manufacturer,
        url: router.transport.url.to_string(),
        actions: actions(router),
    }
}

fn charge(router: &RouterConfig, rules: Rules, salt: &[u8]) -> Charge {
    Charge {
        about: about(router),
        every: router.every,
        plan: router.family.sections,
        session: router.family.session,
        allow: router.allow.clone(),
        counting: router.family.counting,
        clients: ClientPolicy { known: rules.people.devices(), ..router.clients.clone() },
        line: router.line.clone(),
        rules,
        digest: router.digest(salt),
    }
}

/// What readers offer: what needs no leave, and what the configuration allows.
fn actions(router: &RouterConfig) -> Vec<Action> {
    Action::all()
        .filter(|action| match action {
            Action::Do(deed) => router.allow.contains(deed),
            Action::TopUp | Action::SetUsed => router.quota.limit.is_some(),
            _ => true,
        })
        .collect()
}

/// The driver of a configured box.
///
/// # Errors
/// [`Fault::Tls`] when its certificates cannot be used.
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

/// Bytes that nobody can guess; all zero where the system has none to give, which only makes digests less salty.
fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        tracing::warn!("the system has no randomness to give");
    }
    bytes
}
