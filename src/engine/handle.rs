use std::collections::BTreeMap;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};

use super::{Events, Listener, World};
use crate::model::{BoxId, Command, Progress, Refusal};

/// What readers hold of the engine: the world to read, events to hear, and a way to pass commands to the one task that
/// owns a box.
#[derive(Clone, Debug)]
pub struct Handle {
    world: watch::Receiver<World>,
    events: Events,
    keepers: BTreeMap<BoxId, mpsc::Sender<Order>>,
}

/// A command, and where its story goes.
#[derive(Debug)]
pub struct Order {
    /// What to do.
    pub command: Command,
    /// How much is read, where it is to read.
    pub scope: Scope,
    /// Receives every [`Progress`] of the command; exactly one of them is terminal.
    pub replies: mpsc::Sender<Progress>,
}

/// How much a [refresh](crate::model::Action::Refresh) reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything: somebody wants to know.
    Everything,
    /// What a regular poll would read now. A program asks, again and again, and some parts of a box wear out.
    Due,
}

impl Handle {
    /// A handle on these keepers.
    pub const fn new(
        world: watch::Receiver<World>,
        events: Events,
        keepers: BTreeMap<BoxId, mpsc::Sender<Order>>,
    ) -> Self {
        Self { world, events, keepers }
    }

    /// The world, to read and to wait on.
    pub fn world(&self) -> watch::Receiver<World> {
        self.world.clone()
    }

    /// Hears every event from now on.
    pub fn events(&self) -> Listener {
        self.events.listen()
    }

    /// The boxes that take orders.
    pub fn boxes(&self) -> impl Iterator<Item = &BoxId> {
        self.keepers.keys()
    }

    /// Whether there is such a box.
    pub fn has(&self, id: &BoxId) -> bool {
        self.keepers.contains_key(id)
    }

    /// Passes a command to the keeper of a box; `None` when there is no such box.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when too many commands wait already, [`Refusal::Stopping`] when the keeper has gone.
    pub fn order(&self, id: &BoxId, order: Order) -> Option<Result<(), Refusal>> {
        let keeper = self.keepers.get(id)?;
        Some(keeper.try_send(order).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::Busy,
            TrySendError::Closed(_) => Refusal::Stopping,
        }))
    }
}
