use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::commands::Desk;
use super::conversation::Conversation;
use super::ledger::Ledger;
use super::link::{Address, Happening, Link};
use super::pace::Pace;
use super::published::Published;
use super::rebirth::Rebirth;
use super::{Declare, Held, Retained, Settings, TlsError, Topics, Traffic, Wanted, events};
use crate::engine::{Handle, Listener, Shelf, World};
use crate::model::Event;

/// How many events are sent before anything else gets its turn.
const EVENTS_AT_ONCE: usize = 32;

/// Where the publisher stands with the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broker {
    /// No connection.
    Away,
    /// Connected; the broker is being brought up to date.
    Connected,
    /// The broker has confirmed everything that was to be said.
    Settled,
}

/// The only publisher: keeps the broker's retained messages equal to what the readers declare, tells events, and
/// takes commands.
///
/// A broker that is absent is a state, not an error; so is one that has forgotten everything.
#[derive(Debug)]
pub struct Publisher {
    pub(super) address: Address,
    pub(super) topics: Topics,
    pub(super) handle: Handle,
    pub(super) world: watch::Receiver<World>,
    /// What happens while the broker is away waits here.
    pub(super) events: Listener,
    pub(super) declares: Vec<Box<dyn Declare>>,
    pub(super) ledger: Ledger,
    pub(super) published: Published,
    pub(super) desk: Desk,
    pub(super) rebirth: Rebirth,
    pub(super) random: fastrand::Rng,
    pub(super) pace: Pace,
    pub(super) broker: watch::Sender<Broker>,
    traffic: Traffic,
}

impl Publisher {
    /// A publisher for this broker and this engine, of what these readers declare. `published` is where
    /// the list of our topics is kept; without one, topics of earlier runs are known only by what they
    /// say of themselves. `random` spreads reconnections and announcements.
    ///
    /// # Errors
    /// When a certificate or a key cannot be used.
    pub fn new(
        settings: &Settings,
        handle: Handle,
        declares: Vec<Box<dyn Declare>>,
        published: Option<Shelf>,
        random: fastrand::Rng,
    ) -> Result<Self, TlsError> {
        let topics = Topics::new(&settings.prefix);
        let published = Published::open(published);
        Ok(Self {
            address: Address::new(settings)?,
            world: handle.world(),
            events: handle.events(),
            declares,
            ledger: Ledger::new(topics.clone(), published.topics().clone()),
            published,
            desk: Desk::new(topics.clone(), handle.clone()),
            rebirth: Rebirth::default(),
            random,
            pace: Pace::default(),
            broker: watch::Sender::new(Broker::Away),
            traffic: Traffic::default(),
            topics,
            handle,
        })
    }

    /// Where it stands with the broker, to read and to wait on.
    pub fn broker(&self) -> watch::Receiver<Broker> {
        self.broker.subscribe()
    }

    /// What passes between it and the broker.
    pub fn traffic(&self) -> Traffic {
        self.traffic.clone()
    }

    /// Publishes until told to stop; then says that boxes and bridge are offline, and disconnects.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut link = Link::start(self.address.clone(), self.pace, self.random.fork(), self.traffic());
        loop {
            let happening = tokio::select! {
                () = stop.cancelled() => return,
                () = self.desk.listen() => continue,
                happening = link.next() => happening,
            };
            match happening {
                Some(Happening::Up(session)) => {
                    self.broker.send_replace(Broker::Connected);
                    Conversation::new(&mut self, &mut link, session).hold(&stop).await;
                    self.broker.send_replace(Broker::Away);
                }
                Some(_) => {}
                None => return,
            }
        }
    }

    /// Everything that should be on the broker.
    pub(super) fn wanted(&self) -> Retained {
        let world = self.world.borrow().clone();
        let mut wanted = Retained::default();
        wanted.extend(self.declares.iter().map(|reader| reader.declare(&world)));
        wanted.put(self.topics.bridge_availability(), "online");
        wanted
    }

    /// Whether the engine has put every box into the world; before that, what is missing there is not gone.
    pub(super) fn world_is_complete(&self) -> bool {
        let world = self.world.borrow();
        self.handle.boxes().all(|id| world.get(id).is_some())
    }

    /// Puts what has happened into the outbox, in order, and not all at once when it is much.
    pub(super) fn post_events(&mut self, first: Option<Event>) {
        let waiting = std::iter::from_fn(|| self.events.waiting());
        for event in first.into_iter().chain(waiting).take(EVENTS_AT_ONCE) {
            self.desk.post(events::letter(&event, &self.topics));
        }
    }

    /// The changes from what the broker holds to what is wanted.
    pub(super) fn difference(&mut self) -> Vec<super::Change> {
        let (wanted, sweep) = (self.wanted(), self.world_is_complete());
        let declares = &self.declares;
        self.ledger.difference(&wanted, sweep, |topic, held, wanted| replace(declares, topic, held, wanted))
    }
}

fn replace(declares: &[Box<dyn Declare>], topic: &str, held: &Held, wanted: &Wanted) -> bytes::Bytes {
    let replaced = declares.iter().map(|reader| reader.replace(topic, held, wanted));
    replaced.into_iter().find(|payload| *payload != wanted.payload).unwrap_or_else(|| wanted.payload.clone())
}
