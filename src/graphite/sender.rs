use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::collector::Collector;
use super::courier::{Courier, Pace, Shared};
use super::outbox::Outbox;
use super::wire::{Deadlines, Dial, Dialler};
use super::{Figures, Settings};
use crate::engine::World;
use crate::model::Clock;

/// The task that sends readings to Graphite.
#[derive(Debug)]
pub struct Sender(Task<Dialler>);

impl Sender {
    /// A sender of everything in this world.
    pub fn new(settings: &Settings, world: watch::Receiver<World>, clock: Clock, rng: fastrand::Rng) -> Self {
        let dialler = Dialler::new(settings.address.clone(), Deadlines::default());
        Self(Task::new(settings, dialler, Pace::default(), world, clock, rng))
    }

    /// How it goes.
    pub fn figures(&self) -> watch::Receiver<Figures> {
        self.0.shared.figures()
    }

    /// Sends until it is stopped; then once more what is new, and what waits, as far as it gets in the little time it has.
    pub async fn run(self, stop: CancellationToken) {
        self.0.run(stop).await;
    }
}

/// The same, whatever it sends with.
#[derive(Debug)]
pub(super) struct Task<D> {
    collector: Collector,
    courier: Courier<D>,
    pub(super) shared: Shared,
}

impl<D: Dial> Task<D> {
    pub(super) fn new(
        settings: &Settings,
        dial: D,
        pace: Pace,
        world: watch::Receiver<World>,
        clock: Clock,
        rng: fastrand::Rng,
    ) -> Self {
        let shared = Shared::new(Outbox::new(settings.buffer));
        Self {
            collector: Collector::new(settings, world, clock, shared.clone()),
            courier: Courier::new(dial, settings.address.clone(), shared.clone(), pace, rng),
            shared,
        }
    }

    pub(super) async fn run(self, stop: CancellationToken) {
        let Self { mut collector, courier, .. } = self;
        // The courier ends when it has the last report.
        let collected = CancellationToken::new();
        let collect = async {
            collector.run(&stop).await;
            collected.cancel();
        };
        tokio::join!(collect, courier.run(collected.clone()));
    }
}
