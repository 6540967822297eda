//! One task per box: it alone talks to the box, so a slow or dead one never delays another.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::access::Withholding;
use super::accounts::Books;
use super::backoff::Pauses;
use super::derive::{BootTime, LineQuality};
use super::errand::Errand;
use super::health::Health;
use super::news::{Told, Uptime};
use super::orders::Story;
use super::policy::{self, Next};
use super::schedule::Schedule;
use super::trail::Trail;
use super::{About, BoxView, ClientPolicy, Events, LinePolicy, Memory, Order, Pulse, Rules, World};
use crate::history::{Recalled, Store, Tick};
use crate::model::{
    BoxId, Clock, Counting, Deadline, Deed, Event, EventKind, Fault, Metric, Refusal, Row, Section, Sections,
    Snapshot, Subject, Task, Value,
};
use crate::routers::{Cadence, Driver, Session};

/// How long the whole of one poll, or of one order, may take, however patient its single requests are.
const POLL_DEADLINE: Duration = Duration::from_secs(120);

/// How long a box is waited for when the bridge stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// How many commands may wait for a box that is busy.
const QUEUE: usize = 8;

/// The first and the longest pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// What a keeper has to know of its box.
#[derive(Clone, Debug)]
pub struct Charge {
    /// What the configuration says of it.
    pub about: About,
    /// How often to poll.
    pub every: Duration,
    /// What can be read, and how often it is worth reading.
    pub plan: &'static [(Section, Cadence)],
    /// What becomes of the login between two polls.
    pub session: Session,
    /// What it may be made to do.
    pub allow: BTreeSet<Deed>,
    /// How it counts.
    pub counting: fn(&Subject, &Row) -> Counting,
    /// Whose devices are tracked.
    pub clients: ClientPolicy,
    /// When its line is good.
    pub line: LinePolicy,
    /// How its traffic is booked.
    pub rules: Rules,
    /// A keyed digest of the credentials, to notice that they changed.
    pub digest: String,
}

/// What all keepers share.
#[derive(Clone, Debug)]
pub struct Shared {
    /// Where each keeper puts what it knows.
    pub world: watch::Sender<World>,
    /// Where each keeper tells what happened.
    pub events: Events,
    /// What survives a restart.
    pub memory: Arc<Memory>,
    /// Where usage, readings and counters are kept.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Where each keeper shows that it moves.
    pub pulse: Pulse,
    /// Ends every keeper.
    pub stop: CancellationToken,
}

/// The keeper of one box.
#[derive(Debug)]
pub struct Keeper {
    pub(super) charge: Charge,
    pub(super) driver: Box<dyn Driver>,
    pub(super) view: BoxView,
    pub(super) schedule: Schedule,
    pub(super) pauses: Pauses,
    pub(super) health: Health,
    pub(super) boot: BootTime,
    pub(super) line: LineQuality,
    pub(super) books: Books,
    /// What the last poll added, to be written down.
    pub(super) tick: Option<Tick>,
    pub(super) latched: bool,
    pub(super) errand: Option<Errand>,
    pub(super) withholding: Withholding,
    /// What of the box's own log has been seen; nothing before it was read for the first time.
    pub(super) trail: Option<Trail>,
    /// What was told of the box.
    pub(super) told: Told,
    /// Since the bridge started.
    pub(super) uptime: Option<Uptime>,
    /// What happened, to be told when what is known is in the world.
    pub(super) news: Vec<EventKind>,
    orders: mpsc::Receiver<Order>,
    pub(super) shared: Shared,
}

/// How a poll ended.
pub(super) enum Outcome {
    Seen(Snapshot),
    Failed(Fault),
    Stopped,
}

impl Keeper {
    /// A keeper, and the way to pass it commands. What is remembered of the box is in the world at once.
    pub fn new(
        charge: Charge,
        driver: Box<dyn Driver>,
        shared: Shared,
        mut rng: fastrand::Rng,
    ) -> (Self, mpsc::Sender<Order>) {
        let (sender, orders) = mpsc::channel(QUEUE);
        let remembered = shared.memory.recall(&charge.about.id);
        let mut view = BoxView::new(charge.about.clone());
        view.identity = remembered.identity();
        view.shape = remembered.shape();
        view.cannot = remembered.cannot();
        let clients = charge.clients.clone();
        view.shape.retain(|subject, _| match subject {
            Subject::Client(mac) => clients.tracks(mac),
            _ => true,
        });
        let now = shared.clock.now();
        let recalled = recall(&shared.store, &charge, now);
        let whose = (charge.about.id.clone(), charge.about.name.as_str());
        let books = Books::restore(whose, charge.counting, charge.rules.clone(), recalled, now);
        let mut keeper = Self {
            schedule: Schedule::new(charge.every, charge.plan, &shared.clock, rng.fork()),
            pauses: Pauses::between(
                FIRST_PAUSE.min(shared.clock.wait(charge.every)),
                LONGEST_PAUSE,
                rng.fork(),
            ),
            health: Health::default(),
            boot: BootTime::remembered(remembered.boot),
            line: LineQuality::default(),
            books,
            tick: None,
            latched: false,
            errand: None,
            withholding: Withholding::default(),
            trail: remembered.log,
            told: remembered.told,
            uptime: None,
            news: Vec::new(),
            charge,
            driver,
            view,
            orders,
            shared,
        };
        keeper.recall_latch(remembered.latch.as_ref());
        keeper.publish();
        (keeper, sender)
    }

    /// Keeps the box until told to stop, then logs out.
    pub async fn run(mut self) {
        let stop = self.shared.stop.clone();
        loop {
            let wake_at = self.wake_at();
            self.shared.pulse.beat(&self.charge.about.id, wake_at);
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(order) = self.orders.recv() => self.obey(order).await,
                () = due(wake_at) => self.wake().await,
            }
        }
        self.leave().await;
    }

    /// The next moment at which something has to be done; `None` when only a command can change anything.
    fn wake_at(&self) -> Option<Instant> {
        match (self.latched, self.pause_ends()) {
            (true, _) => None,
            (false, Some(end)) => Some(self.health.stale_at(&self.view).map_or(end, |stale| stale.min(end))),
            (false, None) => Some(self.schedule.next()),
        }
    }

    async fn wake(&mut self) {
        match self.pause_ends() {
            Some(end) if Instant::now() < end => {
                self.rest_too_long();
                self.memory().settled().await;
                self.publish();
            }
            Some(_) => self.end_pause(),
            None if self.errand.is_some() => self.look().await,
            None => {
                let wanted = self.schedule.wanted();
                if self.poll(&wanted, |_| ()).await.is_ok() {
                    self.settle_access().await;
                }
            }
        }
    }

    fn pause_ends(&self) -> Option<Instant> {
        // A box that was told to do something is watched, whatever else was agreed.
        let until = self.view.paused_until.filter(|_| self.errand.is_none())?;
        Some(Instant::now() + self.left(until, self.now()))
    }

    pub(super) fn end_pause(&mut self) {
        self.view.paused_until = None;
        self.poll_soon();
        self.publish();
    }

    /// Polls, and takes in the outcome. Gives back the fault, or what somebody noticed in what was read.
    pub(super) async fn poll<T>(
        &mut self,
        wanted: &Sections,
        notice: impl FnOnce(&Snapshot) -> T,
    ) -> Result<T, Fault> {
        let began = Instant::now();
        let result = match self.read(wanted).await {
            Outcome::Seen(seen) => {
                let noticed = notice(&seen);
                self.accept(seen, wanted, began);
                self.keep().await;
                // After the counters: those of a box that was replaced must not be taken for its own.
                self.note();
                Ok(noticed)
            }
            Outcome::Failed(fault) => {
                self.suffer(&fault);
                Err(fault)
            }
            Outcome::Stopped => return Err(Fault::Unreachable("the bridge is stopping".to_owned())),
        };
        // Nothing is told that a bridge which dies now would tell again.
        self.memory().settled().await;
        self.publish();
        self.release().await;
        if result.is_ok() {
            self.schedule.after(began);
        }
        result
    }

    /// One poll, with one new login if the session turns out to have expired.
    async fn read(&mut self, wanted: &Sections) -> Outcome {
        match self.attempt(wanted).await {
            Outcome::Failed(fault) if policy::response(&fault).next == Next::LogInAgain => {
                tracing::debug!(r#box = %self.charge.about.id, "the session expired; logging in again");
                self.attempt(wanted).await
            }
            outcome => outcome,
        }
    }

    async fn attempt(&mut self, wanted: &Sections) -> Outcome {
        match within_limits(&self.charge.about.id, &self.shared.stop, self.driver.poll(wanted)).await {
            Some(Ok(seen)) => Outcome::Seen(seen),
            Some(Err(fault)) => Outcome::Failed(fault),
            None => Outcome::Stopped,
        }
    }

    /// Tells the box to do something, once; `None` when the bridge stops before the box has answered.
    pub(super) async fn order(&mut self, task: Task) -> Option<Result<(), Fault>> {
        within_limits(&self.charge.about.id, &self.shared.stop, self.driver.act(task)).await
    }

    /// What becomes of the login between two polls.
    pub(super) fn session(&self) -> Session {
        self.driver.session().unwrap_or(self.charge.session)
    }

    /// Gives our place back to a box that has room for one. Not while it is watched: a login every few seconds is what
    /// boxes lock people out for.
    pub(super) async fn release(&mut self) {
        if self.errand.is_none() && self.session() == Session::Released {
            self.close().await;
        }
    }

    /// Logs out. A box may take its time, since a login that is left behind keeps its owner out; but not when the
    /// bridge stops.
    async fn close(&mut self) {
        let stop = self.shared.stop.clone();
        let hurried = async {
            stop.cancelled().await;
            sleep(FAREWELL).await;
        };
        tokio::select! {
            () = self.driver.close() => {}
            () = hurried => tracing::debug!(r#box = %self.charge.about.id, "the box did not answer the farewell"),
        }
    }

    async fn leave(&mut self) {
        self.abandon_errand().await;
        // Before the farewell, which may take a while: whoever waits for an answer can still be told.
        self.orders.close();
        while let Ok(order) = self.orders.try_recv() {
            Story::of(&order).refuse(Refusal::Stopping).await;
        }
        self.close().await;
        self.note();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.shared.stop.is_cancelled()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    pub(super) const fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    pub(super) fn memory(&self) -> &Memory {
        &self.shared.memory
    }

    /// How a flag stood when it was last read.
    pub(super) fn shown(&self, subject: &Subject, metric: Metric<bool>) -> Option<bool> {
        match self.view.value(subject, metric.row())? {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Puts what is known into the world, and then tells what happened.
    pub(super) fn publish(&mut self) {
        let view = self.view.clone();
        self.shared.world.send_modify(|world| world.put(view));
        self.tell_news();
    }

    /// Tells what happened, after the world and the memory know of it.
    pub(super) fn tell_news(&mut self) {
        let (box_id, at) = (&self.charge.about.id, self.now());
        let news = std::mem::take(&mut self.news);
        for kind in news {
            self.shared.events.tell(Event { box_id: box_id.clone(), at, kind });
        }
    }

    /// Writes down what has to survive a restart.
    pub(super) fn note(&self) {
        let boot = self.boot.get();
        self.memory().update(&self.charge.about.id, |remembered| {
            remembered.log.clone_from(&self.trail);
            remembered.told.clone_from(&self.told);
            remembered.note_identity(&self.view.identity);
            remembered.note_shape(&self.view.shape);
            remembered.note_cannot(&self.view.cannot);
            remembered.boot = boot;
        });
    }
}

/// What was counted before. A history that cannot be read is a new one: what is there stays, and is added to.
fn recall(store: &Store, charge: &Charge, now: Timestamp) -> Recalled {
    let id = &charge.about.id;
    store.recall(id, charge.rules.needed_since(now)).unwrap_or_else(|trouble| {
        tracing::error!(r#box = %id, %trouble, advice = trouble.advice(), "cannot read what was counted before");
        Recalled::default()
    })
}

/// What comes of talking to the box within the deadline; `None` when the bridge stops before that.
async fn within_limits<T>(
    id: &BoxId,
    stop: &CancellationToken,
    talk: impl Future<Output = Result<T, Fault>>,
) -> Option<Result<T, Fault>> {
    // What drivers and the transport log is about this box, which they do not know by name.
    let named = tracing::error_span!("box", %id);
    tokio::select! {
        () = stop.cancelled() => None,
        said = timeout(POLL_DEADLINE, talk).instrument(named) => {
            Some(said.unwrap_or(Err(Fault::TimedOut(Deadline::Poll))))
        }
    }
}

async fn due(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
