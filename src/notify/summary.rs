//! The daily summary: at a set time, what the day before came to, once a day, box by box.

mod due;
mod figures;

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub(super) use self::figures::sample;
pub use self::figures::{sum_up, summary_fields, summary_samples};
use super::Template;
use crate::engine::{Availability, BoxView, Events, Memory, World};
use crate::model::{Clock, Event, EventKind};

/// How often to look at the clock: somebody may put it right.
const LOOK: Duration = Duration::from_secs(600);

/// When and how a day is summed up.
#[derive(Clone, Debug)]
pub struct Summary {
    /// At which time of the day, in the household's time zone.
    pub at: Time,
    /// The text, if it is not the usual one.
    pub text: Option<Template>,
}

/// Sums up each day.
#[derive(Debug)]
pub struct Summarist {
    summary: Summary,
    zone: TimeZone,
    world: watch::Receiver<World>,
    events: Events,
    memory: Arc<Memory>,
    clock: Clock,
    started: Timestamp,
}

impl Summarist {
    /// Sums up what is in this world from now on, and what an earlier run has missed in the last hours.
    pub fn new(
        summary: Summary,
        zone: TimeZone,
        world: watch::Receiver<World>,
        events: Events,
        memory: Arc<Memory>,
        clock: Clock,
    ) -> Self {
        let started = clock.now();
        Self { summary, zone, world, events, memory, clock, started }
    }

    /// Runs until told to stop.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let now = self.now();
            let is_complete = self.tell_what_is_due(&now).await;
            let pause = LOOK.min(due::until_next(self.summary.at, &now));
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause) => {}
                // The boxes have not been read yet.
                Ok(()) = self.world.changed(), if !is_complete => {}
            }
        }
    }

    /// Tells of each box whose time has come. Gives false when some of them have to be read first.
    async fn tell_what_is_due(&mut self, now: &Zoned) -> bool {
        let world = self.world.borrow_and_update().clone();
        let mut is_complete = true;
        for view in world.boxes() {
            let last = self.memory.recall(&view.about.id).summed_up;
            let Some(day) = due::due(self.summary.at, now, last, self.started) else {
                continue;
            };
            if view.availability == Availability::Unknown {
                is_complete = false;
                continue;
            }
            self.memory.update(&view.about.id, |remembered| remembered.summed_up = Some(day));
            self.memory.settled().await;
            self.tell(view, now);
        }
        is_complete
    }

    fn tell(&self, view: &BoxView, now: &Zoned) {
        let (usual, figures) = sum_up(view, now);
        let fields = summary_fields(view, &usual, &figures);
        let text = self.summary.text.as_ref().and_then(|template| template.fill(&fields)).unwrap_or(usual);
        tracing::info!(r#box = %view.about.id, "the day is summed up");
        let kind = EventKind::DailySummary { text, figures };
        self.events.tell(Event { box_id: view.about.id.clone(), at: now.timestamp(), kind });
    }

    fn now(&self) -> Zoned {
        self.clock.now().to_zoned(self.zone.clone())
    }
}
