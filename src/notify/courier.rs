//! Brings messages to one target: one after the other, again after a failure, but not for ever.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{Notice, Target};
use crate::engine::Pauses;
use crate::model::{Clock, Fault};
use crate::transport::{Postbox, Receipt};

/// How long things may take. One set of values in use; tests hurry.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The first and the longest pause after a failure.
    pub(super) pauses: (Duration, Duration),
    /// What is older than this is no news any more.
    pub(super) kept: Duration,
    /// How long what waits may still be posted when the bridge stops.
    pub(super) farewell: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            pauses: (Duration::from_secs(2), Duration::from_secs(300)),
            kept: Duration::from_secs(3600),
            farewell: Duration::from_secs(2),
        }
    }
}

/// A message on its way.
#[derive(Debug)]
pub(super) struct Posted {
    pub(super) notice: Notice,
    pub(super) at: Instant,
}

/// The courier of one target.
#[derive(Debug)]
pub(super) struct Courier {
    target: Target,
    postbox: Postbox,
    waiting: broadcast::Receiver<Arc<Posted>>,
    clock: Clock,
    pace: Pace,
    pauses: Pauses,
    /// What was said of the failures since the last success: each thing once.
    told: BTreeSet<String>,
    /// How many messages were lost since then.
    lost: u64,
}

/// Why a message was not taken.
enum Failure {
    /// It may be taken later, after the time that the target asks for.
    ForNow { why: String, after: Option<Duration> },
    /// It never will be.
    ForGood { why: String, advice: &'static str },
}

impl Courier {
    pub(super) fn new(
        target: Target,
        waiting: broadcast::Receiver<Arc<Posted>>,
        clock: Clock,
        pace: Pace,
        rng: fastrand::Rng,
    ) -> Result<Self, Fault> {
        let postbox = Postbox::new(target.trust.clone(), target.timeout)?;
        let pauses = Pauses::between(pace.pauses.0, pace.pauses.1, rng);
        Ok(Self { target, postbox, waiting, clock, pace, pauses, told: BTreeSet::new(), lost: 0 })
    }

    /// Posts what comes, until nothing can come any more.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let in_time = {
            let farewell = self.pace.farewell;
            let hurried = async {
                stop.cancelled().await;
                sleep(farewell).await;
            };
            tokio::select! {
                () = self.work(&stop) => true,
                () = hurried => false,
            }
        };
        let left = self.lost + self.waiting.len() as u64 + u64::from(!in_time);
        if left > 0 {
            tracing::warn!(to = %self.target, lost = left, "notifications were not delivered before the end");
        }
    }

    async fn work(&mut self, stop: &CancellationToken) {
        loop {
            match self.waiting.recv().await {
                Ok(posted) => self.deliver(&posted, stop).await,
                Err(RecvError::Lagged(dropped)) => {
                    self.lost += dropped;
                    if self.told.is_empty() {
                        tracing::warn!(to = %self.target, dropped, "notifications came faster than they are taken; the oldest were dropped");
                    }
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Posts one message, as often as it takes, and as long as it is of any use.
    async fn deliver(&mut self, posted: &Posted, stop: &CancellationToken) {
        loop {
            match self.post(&posted.notice).await {
                Ok(()) => return self.recover(),
                Err(Failure::ForGood { why, advice }) => {
                    self.lost += 1;
                    return self.tell(why, advice);
                }
                Err(Failure::ForNow { why, after }) => {
                    self.tell(why, "it is tried again for an hour; check that 'url' is right");
                    let pause = self.pause(after);
                    if posted.at.elapsed() + pause > self.pace.kept || !waited(pause, stop).await {
                        self.lost += 1;
                        return;
                    }
                }
            }
        }
    }

    /// How long to wait: as long as the target asks for, as long as that is reasonable.
    fn pause(&mut self, asked: Option<Duration>) -> Duration {
        let ours = self.pauses.next();
        asked.map_or(ours, |asked| asked.min(self.pace.pauses.1).max(ours))
    }

    async fn post(&self, notice: &Notice) -> Result<(), Failure> {
        let letter = self.target.write(notice);
        let url = self.target.address.url().clone();
        match self.postbox.post(url, letter.headers, letter.body).await {
            Ok(receipt) => judge(&receipt, self.clock.now()),
            Err(fault) => Err(Failure::ForNow { why: fault.to_string(), after: None }),
        }
    }

    fn recover(&mut self) {
        self.pauses.reset();
        if !self.told.is_empty() {
            tracing::info!(to = %self.target, lost = self.lost, "notifications are taken again");
        }
        self.told.clear();
        self.lost = 0;
    }

    /// Says what is wrong, once.
    fn tell(&mut self, why: String, advice: &str) {
        if self.told.contains(&why) {
            tracing::debug!(to = %self.target, %why, "a notification was not taken");
        } else {
            tracing::warn!(to = %self.target, %why, advice, "notifications are not taken");
            self.told.insert(why);
        }
    }
}

/// Waits; false when there is no time for that.
async fn waited(pause: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        biased;
        () = stop.cancelled() => false,
        () = sleep(pause) => true,
    }
}

fn judge(receipt: &Receipt, now: Timestamp) -> Result<(), Failure> {
    let why = format!("it answers with status {}", receipt.status);
    let advice = match receipt.status {
        200..=299 => return Ok(()),
        429 | 500..=599 => {
            let after = receipt.retry_after.as_deref().and_then(|text| retry_after(text, now));
            return Err(Failure::ForNow { why, after });
        }
        300..=399 => "it has moved; write the address that it leads to in 'url'",
        401 | 403 => "correct 'token', or 'username' and 'password'",
        404 | 405 | 410 => "nobody takes messages there; correct 'url'",
        413 => "the message is too long for it; shorten 'text'",
        _ => "it does not understand the message; correct 'text' and 'headers', and see what it expects",
    };
    Err(Failure::ForGood { why, advice })
}

/// How long to stay away: seconds, or until a date.
fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(until.duration_since(now).try_into().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_says_when_to_come_back_in_seconds_or_with_a_date() {
        let now = "2026-11-20T12:00:00Z".parse().unwrap();
        assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Fri, 20 Nov 2026 12:01:00 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(retry_after("Fri, 20 Nov 2026 11:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
