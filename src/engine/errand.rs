//! A deed with proof: ordered once, then looked at until the box shows that it has happened.

use std::time::Duration;

use tokio::time::Instant;

use super::keeper::Keeper;
use super::orders::{STOPPED, Story};
use super::policy::{self, Next};
use super::{reboot, switch};
use crate::model::{Deadline, Deed, Fault, Sections, Snapshot, Stage, Subject};

/// How often to look.
const WATCH: Duration = Duration::from_secs(3);

/// A deed that is under way. While there is one, no other command is taken: so no flood of orders reaches a box faster
/// than it is looked at.
#[derive(Debug)]
pub(super) struct Errand {
    story: Story,
    course: Course,
}

/// What is known of the course of an errand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    deed: Deed,
    /// When the box was given the order.
    pub(super) sent: Instant,
    /// When it was first seen to be gone.
    pub(super) gone: Option<Instant>,
    /// Whether the box shows its uptime.
    pub(super) has_uptime: bool,
}

/// What one look at the box says.
pub(super) enum Verdict {
    Wait,
    Gone,
    Done,
    Failed(String),
}

impl Course {
    /// How long to wait before the first look.
    const fn patience(self) -> Duration {
        match self.deed {
            Deed::Reboot => WATCH,
            Deed::Turn(..) => switch::FIRST_LOOK,
        }
    }

    fn judge(self, seen: &Snapshot) -> Verdict {
        match self.deed {
            Deed::Reboot => reboot::judge(self, seen),
            Deed::Turn(switch, on) => {
                switch::judge(self, switch, on, seen.flag(&Subject::Router, switch.metric()))
            }
        }
    }

    fn judge_absence(self, fault: &Fault) -> Verdict {
        let (limit, hint) = match self.deed {
            Deed::Reboot => (reboot::TO_COME_BACK, ""),
            Deed::Turn(_, on) => (switch::TO_COME_BACK, switch::hint(on)),
        };
        match fault {
            fault if policy::response(fault).next.forbids_logins() => {
                Verdict::Failed(format!("the box took the order, but now: {fault}"))
            }
            fault if self.sent.elapsed() > limit => {
                let minutes = limit.as_secs() / 60;
                Verdict::Failed(format!("the box is not back after {minutes} minutes: {fault}{hint}"))
            }
            fault if self.gone.is_none() && self.is_absence(fault) => Verdict::Gone,
            _ => Verdict::Wait,
        }
    }

    /// Whether the box is gone. One that answers too slowly is there; that is of no harm where its uptime says the rest.
    const fn is_absence(self, fault: &Fault) -> bool {
        match fault {
            Fault::Unreachable(_) | Fault::TimedOut(Deadline::Connect) => true,
            Fault::TimedOut(_) => self.has_uptime,
            _ => false,
        }
    }
}

impl Keeper {
    /// Gives the order, and begins to watch what becomes of it.
    pub(super) async fn begin_errand(&mut self, deed: Deed, story: Story) {
        if deed == Deed::Reboot {
            // Before the order: a bridge that dies in the middle must not give another one when it is back.
            self.begin_cool_down();
            self.memory().settled().await;
        }
        match self.give_order(deed).await {
            // Nobody knows whether the order arrived.
            None => story.fail(STOPPED).await,
            Some(Ok(())) => self.watch(deed, story).await,
            // The order went out, and a box that obeys at once may never answer it: the watch will tell.
            Some(Err(Fault::TimedOut(Deadline::FirstByte | Deadline::Whole))) => {
                self.watch(deed, story).await;
            }
            Some(Err(fault)) => {
                // What never ended may have arrived.
                if deed == Deed::Reboot && !matches!(fault, Fault::TimedOut(Deadline::Poll)) {
                    self.end_cool_down();
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

    /// Gives the order, with one new login if the session turns out to have expired.
    async fn give_order(&mut self, deed: Deed) -> Option<Result<(), Fault>> {
        match self.order(deed).await {
            Some(Err(fault)) if policy::response(&fault).next == Next::LogInAgain => self.order(deed).await,
            outcome => outcome,
        }
    }

    /// From now on it is seen, not believed, what becomes of the order.
    async fn watch(&mut self, deed: Deed, story: Story) {
        tracing::info!(r#box = %self.charge.about.id, action = deed.word(), "the box was told");
        story.tell(Stage::Sent).await;
        let course = Course { deed, sent: Instant::now(), gone: None, has_uptime: self.shows_uptime() };
        self.schedule.pause(course.patience());
        self.errand = Some(Errand { story, course });
    }

    /// Looks once, and draws the conclusion.
    pub(super) async fn look(&mut self) {
        let Some(course) = self.errand.as_ref().map(|errand| errand.course) else {
            return;
        };
        let wanted = self.sections_that_prove(course);
        let verdict = self.poll(&wanted, |seen| course.judge(seen)).await;
        if self.is_stopping() {
            // A look that was cut short shows nothing.
            return;
        }
        self.schedule.pause(WATCH);
        let verdict = verdict.unwrap_or_else(|fault| course.judge_absence(&fault));
        let Some(mut errand) = self.errand.take() else {
            return;
        };
        match verdict {
            Verdict::Wait => self.errand = Some(errand),
            Verdict::Gone => {
                errand.course.gone = Some(Instant::now());
                errand.story.tell(Stage::Down).await;
                self.errand = Some(errand);
            }
            Verdict::Done => self.end_errand(errand).await,
            Verdict::Failed(reason) => {
                let action = course.deed.word();
                tracing::warn!(r#box = %self.charge.about.id, action, %reason, "failed");
                errand.story.fail(reason).await;
                self.poll_soon();
            }
        }
        self.release().await;
    }

    /// What to read to see whether it has happened; of a switch, besides what is due anyway.
    fn sections_that_prove(&self, course: Course) -> Sections {
        match course.deed {
            Deed::Reboot => reboot::sections_that_prove(course),
            Deed::Turn(switch, _) => match self.view.section_of(&Subject::Router, switch.metric().row()) {
                Some(section) => self.schedule.wanted().iter().chain([section]).collect(),
                None => self.schedule.everything(),
            },
        }
    }

    async fn end_errand(&mut self, Errand { story, course }: Errand) {
        let down = course.gone.map(|gone| gone.elapsed());
        let action = course.deed.word();
        tracing::info!(r#box = %self.charge.about.id, action, after = ?course.sent.elapsed(), "done, as the box shows");
        // An uptime that began after the order proves that the box was gone, even when nobody looked at the time.
        if down.is_some() || course.deed == Deed::Reboot {
            story.send(Stage::Up, None, down).await;
        }
        story.send(Stage::Done, None, down).await;
        self.schedule.pause(Duration::ZERO);
    }

    /// The bridge stops before the box has shown anything.
    pub(super) async fn abandon_errand(&mut self) {
        if let Some(errand) = self.errand.take() {
            errand.story.fail("the bridge stopped before the end of it was seen").await;
        }
    }
}
