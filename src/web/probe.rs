use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, timeout};

use super::page::Page;
use super::routes::{House, text};
use crate::engine::{BoxView, Handle, Order, Scope, World};
use crate::metrics::{self, Compat, Family, FamilyKind, compat};
use crate::model::{Action, BoxId, Clock, Command, FaultClass, Stage};

/// How long a box is waited for, unless the scraper says that it waits less long.
const PATIENCE: Duration = Duration::from_secs(60);

/// What Prometheus tells of its own patience, in seconds, and what is kept of that for the way back.
const SCRAPE_TIMEOUT: &str = "x-prometheus-scrape-timeout-seconds";
const WAY_BACK: f64 = 0.5;

/// How many answers a command has at most.
const REPLIES: usize = 8;

/// How long to wait for a box, given what the scraper says.
pub(super) fn patience(headers: &HeaderMap) -> Duration {
    let said = headers.get(SCRAPE_TIMEOUT).and_then(|value| value.to_str().ok()?.parse::<f64>().ok());
    let left = said.map(|seconds| Duration::try_from_secs_f64((seconds - WAY_BACK).max(WAY_BACK)));
    left.and_then(Result::ok).map_or(PATIENCE, |left| left.min(PATIENCE))
}

/// A value of the query; an empty one is none.
pub(super) fn field<'a>(asked: &'a [(String, String)], name: &str) -> Option<&'a str> {
    asked.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

/// What every probe tells of itself.
pub(super) fn about(began: Instant, age: Duration) -> Vec<Family> {
    let gauge = |name: &'static str, help: &'static str, value: f64| {
        let mut family = Family::new(name, FamilyKind::Gauge, help);
        family.push(Vec::new(), value);
        family
    };
    vec![
        gauge("probe_success", "Whether the box could be read.", 1.0),
        gauge("probe_duration_seconds", "How long the answer took.", began.elapsed().as_secs_f64()),
        gauge("probe_age_seconds", "How old the readings are.", age.as_secs_f64()),
    ]
}

/// The configured box that is meant, if it is one.
pub(super) fn wanted(house: &House, asked: &[(String, String)]) -> Option<BoxId> {
    let id = field(asked, "target")?.parse().ok()?;
    house.handle.has(&id).then_some(id)
}

/// What a configured box says now.
pub(super) async fn answer(
    house: &House,
    id: &BoxId,
    asked: &[(String, String)],
    headers: &HeaderMap,
) -> Response {
    let chosen = match field(asked, "compat").map(str::parse::<Compat>).transpose() {
        Ok(chosen) => chosen,
        Err(error) => return text(StatusCode::BAD_REQUEST, format!("{error}\n")),
    };
    let (began, patience) = (Instant::now(), patience(headers));
    let read = timeout(patience, house.probes.look(id)).await.unwrap_or_else(|_| {
        Err(format!("'{id}' did not answer within {:.1} s; it is still being asked", patience.as_secs_f64()))
    });
    let (world, age) = match read {
        Ok(read) => read,
        Err(why) => return text(StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    };
    let mut page = Page::for_whom(headers, asked);
    let Some(view) = world.get(id) else {
        return text(StatusCode::SERVICE_UNAVAILABLE, format!("'{id}' is not known yet\n"));
    };
    match chosen {
        Some(compat) if !compat.knows(view) => {
            return text(
                StatusCode::BAD_REQUEST,
                format!("'{id}' is no box that had the names of '{compat}'\n"),
            );
        }
        Some(compat) => page.add(compat::families(compat, view)),
        None => {
            if house.boxes.names().own {
                page.add(metrics::families_of(view));
                page.add(metrics::of_polls(&[view]));
            }
            house.boxes.names().compat.iter().for_each(|compat| page.add(compat::families(*compat, view)));
        }
    }
    page.add(about(began, age));
    page.show()
}

/// The configured boxes, each of which is read once for all who ask at the same time.
#[derive(Debug)]
pub(super) struct Probes {
    handle: Handle,
    fresh_for: Duration,
    clock: Clock,
    /// Whoever holds the lock reads the box. In it is what went wrong last.
    boxes: BTreeMap<BoxId, Arc<Mutex<Option<Failure>>>>,
}

#[derive(Debug)]
struct Failure {
    at: Instant,
    why: String,
}

impl Probes {
    pub(super) fn new(handle: Handle, fresh_for: Duration, clock: Clock) -> Self {
        let boxes = handle.boxes().map(|id| (id.clone(), Arc::default())).collect();
        Self { handle, fresh_for, clock, boxes }
    }

    /// The world with fresh readings of a box in it, and how old they are; or why there are none.
    async fn look(&self, id: &BoxId) -> Result<(World, Duration), String> {
        let Some(lock) = self.boxes.get(id) else {
            return Err(format!("there is no '{id}'"));
        };
        let mut last = Arc::clone(lock).lock_owned().await;
        if let Some(fresh) = self.fresh(id) {
            return Ok(fresh);
        }
        if let Some(failure) = last.as_ref().filter(|failure| failure.at.elapsed() < self.fresh_for) {
            return Err(failure.why.clone());
        }
        if let Some(why) = self.handle.world().borrow().get(id).and_then(|view| rests(view, self.clock.now()))
        {
            return Err(format!("'{id}' is left alone: {why}"));
        }
        let (handle, named) = (self.handle.clone(), id.clone());
        // A scraper that goes away does not end the poll, which others may wait for.
        let poll = tokio::spawn(async move {
            let outcome = refresh(&handle, &named).await;
            *last = outcome.as_ref().err().map(|why| Failure { at: Instant::now(), why: why.clone() });
            outcome
        });
        poll.await.unwrap_or_else(|_| Err(format!("'{id}' could not be asked")))?;
        self.fresh(id).ok_or_else(|| format!("'{id}' was asked, and told nothing"))
    }

    /// What was read within the bound.
    fn fresh(&self, id: &BoxId) -> Option<(World, Duration)> {
        let world = self.handle.world().borrow().clone();
        let view = world.get(id).filter(|view| view.availability.is_online())?;
        // A clock that was put back makes nothing fresh.
        let age = Duration::try_from(self.clock.now().duration_since(view.record.last_success?)).ok()?;
        (age <= self.fresh_for).then_some((world, age))
    }
}

/// Why a box is not to be asked now, whoever asks: its owner has paused it, or another login would do harm.
fn rests(view: &BoxView, now: Timestamp) -> Option<String> {
    if let Some(until) = view.paused_until.filter(|until| *until > now) {
        return Some(format!("its polling is paused until {until:.0}"));
    }
    let problem = view.problem.as_ref()?;
    let is_busy = problem.class == FaultClass::BusyWithAnotherUser;
    let is_grave = !view.availability.is_online() && !is_harmless(problem.class);
    (is_busy || is_grave).then(|| format!("{}; {}", problem.summary, problem.advice))
}

/// Whether a box with such a fault can be asked at any time. The others are for the keeper to try again, when it is time.
const fn is_harmless(class: FaultClass) -> bool {
    matches!(
        class,
        FaultClass::Unreachable
            | FaultClass::TimedOut
            | FaultClass::SessionExpired
            | FaultClass::Malformed
            | FaultClass::BoxError
    )
}

/// Has a box read by its keeper, and waits for the end of that.
async fn refresh(handle: &Handle, id: &BoxId) -> Result<(), String> {
    let (replies, mut answers) = mpsc::channel(REPLIES);
    let order = Order { command: Command::new(Action::Refresh), scope: Scope::Due, replies };
    match handle.order(id, order) {
        None => return Err(format!("there is no '{id}'")),
        Some(Err(refusal)) => return Err(format!("'{id}' cannot be asked: {refusal}")),
        Some(Ok(())) => {}
    }
    while let Some(progress) = answers.recv().await {
        let why = progress.reason.unwrap_or_default();
        match progress.state {
            Stage::Done => return Ok(()),
            Stage::Failed => return Err(format!("'{id}' cannot be read: {why}")),
            Stage::Refused => return Err(format!("'{id}' cannot be asked: {why}")),
            _ => {}
        }
    }
    Err(format!("'{id}' cannot be asked: the bridge is stopping"))
}
