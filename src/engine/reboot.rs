//! A reboot with proof: ordered, seen to be gone, back, and with its uptime restarted.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::keeper::Keeper;
use super::orders::{STOPPED, Story};
use super::policy::{self, Next};
use crate::model::{Deadline, Deed, Fault, Section, Sections, Stage};

/// How often to look whether the box is gone, or back.
const WATCH: Duration = Duration::from_secs(3);

/// How long a box that keeps answering may take to go.
const TO_GO: Duration = Duration::from_secs(180);

/// How long the whole of it may take.
const TO_COME_BACK: Duration = Duration::from_secs(600);

/// How long the next reboot has to wait.
const COOL_DOWN: Duration = Duration::from_secs(600);

/// A reboot that is under way.
#[derive(Debug)]
pub(super) struct Reboot {
    pub(super) story: Story,
    sent: Instant,
    gone: Option<Instant>,
}

/// What one look at the box says.
enum Verdict {
    Wait,
    Gone,
    Back,
    Failed(String),
}

impl Reboot {
    fn judge(&self, look: &Result<Option<f64>, Fault>) -> Verdict {
        let elapsed = self.sent.elapsed();
        match look {
            Ok(Some(uptime)) if *uptime < elapsed.as_secs_f64() => Verdict::Back,
            Ok(Some(_)) if elapsed > TO_GO => {
                Verdict::Failed("the box took the order, but did not restart: its uptime goes on".to_owned())
            }
            Ok(None) if self.gone.is_some() => Verdict::Failed(
                "the box went away and came back, but shows no uptime to prove a restart".to_owned(),
            ),
            Err(fault) if policy::response(fault).next.forbids_logins() => {
                Verdict::Failed(format!("the box is back, but: {fault}"))
            }
            Err(fault) if elapsed > TO_COME_BACK => Verdict::Failed(format!(
                "the box is not back after {} minutes: {fault}",
                TO_COME_BACK.as_secs() / 60
            )),
            Err(Fault::Unreachable(_) | Fault::TimedOut(_)) if self.gone.is_none() => Verdict::Gone,
            Ok(None) if elapsed > TO_GO => {
                Verdict::Failed("the box took the order, but never went away".to_owned())
            }
            _ => Verdict::Wait,
        }
    }
}

/// Whether the next reboot has to wait. A moment that is further away than the longest wait was written by a clock that
/// was wrong at the time, and means nothing.
pub(super) fn is_cooling_down(until: Timestamp, now: Timestamp) -> bool {
    until > now && until.duration_since(now).unsigned_abs() <= COOL_DOWN
}

impl Keeper {
    /// Orders the reboot, and begins to watch.
    pub(super) async fn begin_reboot(&mut self, story: Story) {
        // The cool-down is written first: a bridge that dies in the middle must not order another one when it is back.
        let after = self.now().checked_add(COOL_DOWN).ok();
        self.memory().update(&self.charge.about.id, |remembered| remembered.reboot_after = after);
        match self.order_reboot().await {
            // Nobody knows whether the order arrived, so the cool-down stays.
            None => story.fail(STOPPED).await,
            Some(Ok(())) => self.watch(story).await,
            // The order went out, and a box that restarts at once may never answer it: the watch will tell.
            Some(Err(Fault::TimedOut(Deadline::FirstByte | Deadline::Whole))) => {
                self.watch(story).await;
            }
            Some(Err(fault)) => {
                // What never ended may have arrived.
                if !matches!(fault, Fault::TimedOut(Deadline::Poll)) {
                    self.memory().update(&self.charge.about.id, |remembered| remembered.reboot_after = None);
                }
                if policy::response(&fault).next.forbids_logins() {
                    self.suffer(&fault);
                    self.publish();
                }
                story.fail(format!("{fault}; {}", fault.advice())).await;
                self.release().await;
            }
        }
    }

    /// From now on it is seen, not believed, what becomes of the order.
    async fn watch(&mut self, story: Story) {
        tracing::info!(r#box = %self.charge.about.id, "the box was told to restart");
        story.tell(Stage::Sent).await;
        self.reboot = Some(Reboot { story, sent: Instant::now(), gone: None });
        self.schedule.pause(WATCH);
    }

    /// Gives the order, with one new login if the session turns out to have expired.
    async fn order_reboot(&mut self) -> Option<Result<(), Fault>> {
        match self.order(Deed::Reboot).await {
            Some(Err(fault)) if policy::response(&fault).next == Next::LogInAgain => {
                self.order(Deed::Reboot).await
            }
            outcome => outcome,
        }
    }

    /// Looks once, and draws the conclusion.
    pub(super) async fn watch_reboot(&mut self) {
        let system: Sections = [Section::System].into_iter().collect();
        let look = self.poll(&system).await;
        if self.is_stopping() {
            // A look that was cut short shows nothing.
            return;
        }
        self.schedule.pause(WATCH);
        let Some(mut reboot) = self.reboot.take() else {
            return;
        };
        match reboot.judge(&look) {
            Verdict::Wait => self.reboot = Some(reboot),
            Verdict::Gone => {
                reboot.gone = Some(Instant::now());
                reboot.story.tell(Stage::Down).await;
                self.reboot = Some(reboot);
            }
            Verdict::Back => self.end_reboot(reboot).await,
            Verdict::Failed(reason) => {
                tracing::warn!(r#box = %self.charge.about.id, %reason, "the restart failed");
                reboot.story.fail(reason).await;
                self.poll_soon();
            }
        }
    }

    async fn end_reboot(&mut self, reboot: Reboot) {
        // An uptime that began after the order proves that the box was gone, even when nobody looked at the time.
        let down = reboot.gone.map(|gone| gone.elapsed());
        tracing::info!(r#box = %self.charge.about.id, after = ?reboot.sent.elapsed(), "restarted");
        reboot.story.send(Stage::Up, None, down).await;
        reboot.story.send(Stage::Done, None, down).await;
        self.schedule.pause(Duration::ZERO);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_wrong_forbids_no_reboot_for_years() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let in_ = |time: Duration| now.checked_add(time).unwrap();
        assert!(is_cooling_down(in_(Duration::from_secs(1)), now));
        assert!(is_cooling_down(in_(COOL_DOWN), now));
        assert!(!is_cooling_down(now, now));
        assert!(!is_cooling_down(in_(Duration::from_secs(5 * 365 * 86_400)), now));
    }
}
