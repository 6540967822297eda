use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{Guest, Host, Stranger};
use crate::engine::BoxView;
use crate::engine::policy::{self, Next};
use crate::model::{Clock, Deadline, Fault};

/// How long a visit may take, and how long the farewell when the bridge stops.
const LONGEST_VISIT: Duration = Duration::from_secs(60);
const FAREWELL: Duration = Duration::from_secs(2);

/// So many pairs of user name and password may be wrong: whoever guesses, guesses elsewhere.
const MOST_REJECTED: usize = 8;

/// So many different ways to ask one box are kept in mind.
const MOST_KNOWN: usize = 4;

/// What is the same for all boxes that are not configured.
#[derive(Clone, Debug)]
pub(super) struct Manner {
    pub host: Arc<dyn Host>,
    pub fresh_for: Duration,
    pub clock: Clock,
    pub stop: CancellationToken,
}

/// What is known of a box that is not configured.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The pairs that the box rejected, as digests. They are not shown to it again before the bridge restarts.
    rejected: BTreeSet<[u8; 32]>,
    /// Until when it is left alone, whoever asks, and why.
    closed: Option<(Instant, Fault)>,
    known: Vec<Known>,
}

/// What comes of asking the box in one way.
#[derive(Debug)]
struct Known {
    whole: [u8; 32],
    guest: Box<dyn Guest>,
    at: Instant,
    told: Result<Arc<BoxView>, Fault>,
}

type Told = Result<(Arc<BoxView>, Duration), String>;

impl Place {
    /// The answer that is known already.
    pub(super) fn told(&self, stranger: &Stranger, manner: &Manner) -> Option<Told> {
        let pair = pair(stranger);
        if self.rejected.contains(&pair) {
            return Some(Err(rejection()));
        }
        if let Some((_, fault)) = self.closed.as_ref().filter(|(until, _)| *until > Instant::now()) {
            return Some(Err(sentence(fault)));
        }
        let whole = whole(stranger, pair);
        let known = self.known.iter().find(|known| known.whole == whole);
        let fresh = known.filter(|known| known.at.elapsed() <= manner.fresh_for);
        if fresh.is_none() && self.rejected.len() >= MOST_REJECTED && known.is_none() {
            let words =
                "the box has rejected too many user names and passwords; restart the bridge to try others";
            return Some(Err(words.to_owned()));
        }
        fresh.map(|known| match &known.told {
            Ok(view) => Ok((Arc::clone(view), known.at.elapsed())),
            Err(fault) => Err(sentence(fault)),
        })
    }

    /// Reads the box, once, and remembers what came of it.
    pub(super) async fn visit(&mut self, stranger: Stranger, manner: &Manner) -> Told {
        let pair = pair(&stranger);
        let whole = whole(&stranger, pair);
        let known = self.known.iter().position(|known| known.whole == whole);
        let mut guest = match known {
            Some(at) => self.known.remove(at).guest,
            None => manner.host.receive(stranger),
        };
        let told = call_on(guest.as_mut(), manner).await.map(Arc::new);
        if let Err(fault) = &told {
            tracing::debug!(%fault, "cannot be read");
            self.learn(fault, pair, manner);
        }
        let answer = match &told {
            Ok(view) => Ok((Arc::clone(view), Duration::ZERO)),
            Err(Fault::CredentialsRejected) => Err(rejection()),
            Err(fault) => Err(sentence(fault)),
        };
        self.known.truncate(MOST_KNOWN - 1);
        self.known.insert(0, Known { whole, guest, at: Instant::now(), told });
        answer
    }

    /// What follows from a fault is what follows for every box.
    fn learn(&mut self, fault: &Fault, pair: [u8; 32], manner: &Manner) {
        let rest = match policy::response(fault).next {
            Next::Latch => {
                self.rejected.insert(pair);
                return;
            }
            Next::GiveWay(rest) => rest,
            Next::WaitUntil(until) => {
                let left = until.duration_since(manner.clock.now());
                manner.clock.wait(left.try_into().unwrap_or_default()).max(manner.fresh_for)
            }
            Next::BackOff | Next::LogInAgain => return,
        };
        self.closed = Some((Instant::now() + rest, fault.clone()));
    }

    /// Since when nobody has asked; `None` where forgetting would cost the box another login that can only fail.
    pub(super) fn forgettable_since(&self) -> Option<Instant> {
        let is_closed = self.closed.as_ref().is_some_and(|(until, _)| *until > Instant::now());
        if is_closed || !self.rejected.is_empty() {
            return None;
        }
        Some(self.known.first().map_or_else(Instant::now, |known| known.at))
    }
}

/// Reads a box and logs out of it, whatever happens; with one new login if the session turns out to have expired.
async fn call_on(guest: &mut dyn Guest, manner: &Manner) -> Result<BoxView, Fault> {
    let both = async {
        match guest.visit().await {
            Err(fault) if policy::response(&fault).next == Next::LogInAgain => guest.visit().await,
            outcome => outcome,
        }
    };
    let outcome = tokio::select! {
        outcome = timeout(LONGEST_VISIT, both) => outcome.unwrap_or(Err(Fault::TimedOut(Deadline::Poll))),
        () = manner.stop.cancelled() => Err(Fault::Unreachable("the bridge is stopping".to_owned())),
    };
    let hurried = async {
        manner.stop.cancelled().await;
        sleep(FAREWELL).await;
    };
    tokio::select! {
        () = guest.leave() => {}
        () = hurried => tracing::debug!("the box did not answer the farewell"),
    }
    outcome
}

fn rejection() -> String {
    "the box rejected the credentials; it is not shown the same ones again before the bridge restarts"
        .to_owned()
}

fn sentence(fault: &Fault) -> String {
    format!("the box cannot be read: {fault}")
}

/// Whose login it is.
fn pair(stranger: &Stranger) -> [u8; 32] {
    digest([stranger.username.as_bytes(), stranger.password.expose_secret().as_bytes()])
}

/// All that makes a difference to what the box is asked.
fn whole(stranger: &Stranger, pair: [u8; 32]) -> [u8; 32] {
    let pin = stranger.pin.map(|pin| pin.to_string()).unwrap_or_default();
    digest([&pair, pin.as_bytes(), &[u8::from(stranger.force)]])
}

/// It never leaves the process.
fn digest<const N: usize>(parts: [&[u8]; N]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        // The length keeps "ab" + "c" apart from "a" + "bc".
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}
