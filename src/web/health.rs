use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::engine::{Availability, Handle, Pulse};
use crate::history::Store;
use crate::mqtt::Broker;

/// How long the history may take to write what waits: disks that are slow are not stuck.
const LONGEST_WRITE: Duration = Duration::from_secs(120);

/// What has to go on for the bridge to be alive. Boxes and the broker are not part of it: they may be away for as long as they like, and no
/// restart of the bridge brings them back.
#[derive(Clone, Debug)]
pub struct Life {
    living: Vec<(String, AbortHandle)>,
    pulse: Pulse,
    store: Store,
    writing: Arc<Mutex<Option<Instant>>>,
}

impl Life {
    /// These tasks, by what they are; the keepers that show this pulse; whoever writes into this history.
    pub fn new(living: Vec<(String, AbortHandle)>, pulse: Pulse, store: Store) -> Self {
        Self { living, pulse, store, writing: Arc::default() }
    }

    /// What does not go on, if anything does not.
    pub fn trouble(&self) -> Option<String> {
        if let Some((what, _)) = self.living.iter().find(|(_, task)| task.is_finished()) {
            return Some(format!("{what} has ended"));
        }
        if let Some((id, late)) = self.pulse.missed() {
            return Some(format!(
                "the keeper of '{id}' has not moved for {} s longer than it meant to",
                late.as_secs()
            ));
        }
        self.unwritten()
            .filter(|waits| *waits > LONGEST_WRITE)
            .map(|waits| format!("the history has not been written for {} s", waits.as_secs()))
    }

    /// For how long the history has been asked to write what waits, without an answer. Asks it, unless that is the case.
    fn unwritten(&self) -> Option<Duration> {
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(since) = *writing {
            return Some(since.elapsed());
        }
        *writing = Some(Instant::now());
        let (store, writing) = (self.store.clone(), Arc::clone(&self.writing));
        tokio::spawn(async move {
            // That it cannot write, as on a full disk, is an answer, too.
            store.settled().await.ok();
            *writing.lock().unwrap_or_else(PoisonError::into_inner) = None;
        });
        None
    }
}

/// What has to have happened once.
#[derive(Debug)]
pub struct Begun {
    broker: watch::Receiver<Broker>,
    reached: AtomicBool,
}

impl Begun {
    /// The broker has to have been reached, and each box to have been tried.
    pub const fn new(broker: watch::Receiver<Broker>) -> Self {
        Self { broker, reached: AtomicBool::new(false) }
    }

    /// Waits for the broker: that it is away later on does not matter.
    pub(super) async fn watch(&self, stop: CancellationToken) {
        let mut broker = self.broker.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            Ok(_) = broker.wait_for(|broker| *broker != Broker::Away) => self.reached.store(true, Ordering::Relaxed),
        }
    }

    /// What has not happened yet, in sentences.
    pub(super) fn missing(&self, handle: &Handle) -> Vec<String> {
        let world = handle.world().borrow().clone();
        let is_tried = |view: &crate::engine::BoxView| {
            view.record.polls > 0 || view.availability != Availability::Unknown
        };
        let mut missing: Vec<String> = handle
            .boxes()
            .filter(|id| !world.get(id).is_some_and(is_tried))
            .map(|id| format!("'{id}' has not been tried yet"))
            .collect();
        if !self.reached.load(Ordering::Relaxed) {
            missing.push("the broker has not been reached yet".to_owned());
        }
        missing
    }
}
