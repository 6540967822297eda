//! Brings lines to Carbon: in order, again after a failure, and never waiting for it longer than agreed.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::outbox::Outbox;
use super::wire::{Dial, Wire};
use super::{Address, Figures};
use crate::engine::Pauses;

/// How long things may take. One set of values in use; tests hurry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The first and the longest pause after a failure.
    pub(super) pauses: (Duration, Duration),
    /// A connection that stands this long after a line was written has delivered it: longer than the system waits for the other
    /// machine's word before it breaks the connection.
    pub(super) arrived: Duration,
    /// How long what waits may still be sent when the bridge stops.
    pub(super) farewell: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            pauses: (Duration::from_secs(1), Duration::from_secs(60)),
            arrived: Duration::from_secs(15),
            farewell: Duration::from_secs(2),
        }
    }
}

/// The outbox, for whoever fills it and whoever empties it.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    outbox: Arc<Mutex<Outbox>>,
    more: Arc<Notify>,
    figures: watch::Sender<Figures>,
}

impl Shared {
    pub(super) fn new(outbox: Outbox) -> Self {
        Self { outbox: Arc::new(Mutex::new(outbox)), more: Arc::default(), figures: watch::Sender::default() }
    }

    pub(super) fn figures(&self) -> watch::Receiver<Figures> {
        self.figures.subscribe()
    }

    /// Puts lines behind the others; says how many were given up so far.
    pub(super) fn push(&self, lines: Vec<String>) -> u64 {
        let lost = self.change(|outbox| {
            lines.into_iter().for_each(|line| outbox.push(line));
            outbox.lost()
        });
        self.more.notify_one();
        lost
    }

    fn change<T>(&self, change: impl FnOnce(&mut Outbox) -> T) -> T {
        let mut outbox = self.outbox();
        let outcome = change(&mut outbox);
        let (sent, lost, waiting) = (outbox.sent(), outbox.lost(), outbox.waiting());
        drop(outbox);
        self.figures.send_if_modified(|figures| {
            let before = *figures;
            *figures = Figures { sent, lost, waiting, ..before };
            *figures != before
        });
        outcome
    }

    fn connected(&self, connected: bool) {
        self.figures.send_modify(|figures| figures.connected = connected);
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever brings the lines there.
#[derive(Debug)]
pub(super) struct Courier<D> {
    dial: D,
    address: Address,
    shared: Shared,
    pace: Pace,
    pauses: Pauses,
    /// What was said of the failures since the last success: each thing once.
    told: BTreeSet<String>,
}

impl<D: Dial> Courier<D> {
    pub(super) fn new(dial: D, address: Address, shared: Shared, pace: Pace, rng: fastrand::Rng) -> Self {
        let pauses = Pauses::between(pace.pauses.0, pace.pauses.1, rng);
        Self { dial, address, shared, pace, pauses, told: BTreeSet::new() }
    }

    /// Sends what comes until it is stopped; then what waits, as far as it gets in the little time it has.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let farewell = self.pace.farewell;
        let hurried = async {
            stop.cancelled().await;
            sleep(farewell).await;
        };
        tokio::select! {
            () = self.work(&stop) => {}
            () = hurried => {}
        }
        self.shared.connected(false);
        let left = self.shared.outbox().waiting();
        if left > 0 {
            tracing::warn!(to = %self.address, left, "not all readings have reached Graphite before the end");
        }
    }

    async fn work(&mut self, stop: &CancellationToken) {
        loop {
            let is_last = stop.is_cancelled();
            let outcome = self.converse(stop).await;
            self.shared.connected(false);
            self.shared.change(Outbox::again);
            match outcome {
                Ok(()) if stop.is_cancelled() => return,
                Ok(()) => {}
                Err(_) if is_last => return,
                Err(error) => {
                    self.tell(&error);
                    let pause = self.pauses.next();
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = sleep(pause) => {}
                    }
                }
            }
        }
    }

    /// One connection, from the first line that waits to its end.
    async fn converse(&mut self, stop: &CancellationToken) -> io::Result<()> {
        if !self.wait_for_lines(stop).await {
            return Ok(());
        }
        let mut wire = self.dial.dial().await?;
        self.shared.connected(true);
        loop {
            self.settle();
            let batch = self.shared.outbox().batch(self.dial.batch());
            if let Some(batch) = batch {
                wire.write(&batch).await?;
                self.shared.outbox().wrote(Instant::now());
                continue;
            }
            if stop.is_cancelled() {
                wire.finish().await?;
                self.shared.change(|outbox| outbox.arrived(Instant::now()));
                return Ok(());
            }
            let settled = self.shared.outbox().oldest_written().map(|written| written + self.pace.arrived);
            let settles = async {
                match settled {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.shared.more.notified() => {}
                () = settles => {}
                () = stop.cancelled() => {}
                // Who hangs up when everything has arrived is not missed.
                ended = wire.ended() => return match settled {
                    None => Ok(()),
                    Some(_) => ended.and(Err(io::Error::other("it closed the connection"))),
                },
            }
        }
    }

    /// False when it is the end, and nothing waits.
    async fn wait_for_lines(&self, stop: &CancellationToken) -> bool {
        loop {
            if self.shared.outbox().unwritten() > 0 {
                return true;
            }
            tokio::select! {
                biased;
                () = self.shared.more.notified() => {}
                () = stop.cancelled() => return false,
            }
        }
    }

    /// What was written long enough ago has arrived.
    fn settle(&mut self) {
        let Some(until) = Instant::now().checked_sub(self.pace.arrived) else {
            return;
        };
        let before = self.shared.outbox().sent();
        let sent = self.shared.change(|outbox| {
            outbox.arrived(until);
            outbox.sent()
        });
        if sent > before {
            self.pauses.reset();
            if !self.told.is_empty() {
                tracing::info!(to = %self.address, "Graphite takes readings again");
                self.told.clear();
            }
        }
    }

    /// Says what is wrong, once.
    fn tell(&mut self, error: &io::Error) {
        let (why, waiting) = (error.to_string(), self.shared.outbox().waiting());
        if self.told.contains(&why) {
            tracing::debug!(to = %self.address, why, waiting, "Graphite does not take readings");
        } else {
            tracing::warn!(to = %self.address, why, waiting, "Graphite does not take readings; they wait for it");
            self.told.insert(why);
        }
    }
}
