use std::sync::Arc;

use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::courier::{Courier, Pace, Posted};
use super::{Notice, Target};
use crate::engine::{Handle, Listener, World};
use crate::model::{Clock, Event, Fault};

/// How many messages wait for a target that does not answer. When there are more, the oldest are dropped.
const WAITING: usize = 64;

/// Hands each event to the couriers of those who want to hear of it. It never waits for any of them.
#[derive(Debug)]
pub struct Notifier {
    events: Listener,
    world: watch::Receiver<World>,
    routes: Vec<(Target, broadcast::Sender<Arc<Posted>>)>,
    couriers: Vec<Courier>,
}

impl Notifier {
    /// Hears everything that happens from now on.
    ///
    /// # Errors
    /// [`Fault::Tls`] when the trust of a target cannot be made into a client.
    pub fn new(
        targets: &[Target],
        handle: &Handle,
        clock: &Clock,
        rng: fastrand::Rng,
    ) -> Result<Self, Fault> {
        Self::at_pace(Pace::default(), targets, handle, clock, rng)
    }

    pub(super) fn at_pace(
        pace: Pace,
        targets: &[Target],
        handle: &Handle,
        clock: &Clock,
        mut rng: fastrand::Rng,
    ) -> Result<Self, Fault> {
        let (mut routes, mut couriers) = (Vec::new(), Vec::new());
        for target in targets {
            let (sender, waiting) = broadcast::channel(WAITING);
            couriers.push(Courier::new(target.clone(), waiting, clock.clone(), pace, rng.fork())?);
            routes.push((target.clone(), sender));
        }
        let (events, world) = (handle.events(), handle.world());
        Ok(Self { events, world, routes, couriers })
    }

    /// Runs until told to stop; then what waits is still posted, as far as the couriers get in the little time they have.
    pub async fn run(mut self, stop: CancellationToken) {
        let couriers = std::mem::take(&mut self.couriers);
        let mut couriers: JoinSet<()> =
            couriers.into_iter().map(|courier| courier.run(stop.clone())).collect();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                event = self.events.next() => self.hand_out(event),
            }
        }
        while let Some(event) = self.events.waiting() {
            self.hand_out(event);
        }
        self.routes.clear();
        while couriers.join_next().await.is_some() {}
    }

    fn hand_out(&self, event: Event) {
        let box_name = self.world.borrow().get(&event.box_id).map(|view| view.about.name.clone());
        let box_name = box_name.unwrap_or_else(|| event.box_id.to_string());
        let posted = Arc::new(Posted { notice: Notice { event, box_name }, at: Instant::now() });
        for (target, courier) in &self.routes {
            if target.wants(&posted.notice) {
                // A courier that has ended has said why.
                courier.send(Arc::clone(&posted)).ok();
            }
        }
    }
}
