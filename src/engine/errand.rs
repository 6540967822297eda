//! A deed with proof: ordered once, then looked at until the box shows that it has happened.

use std::time::Duration;

use tokio::time::Instant;

use super::keeper::Keeper;
use super::orders::{STOPPED, Story};
use super::policy::{self, Next};
use super::{reboot, switch};
use crate::model::{Clock, Deadline, Fault, Proof, Sections, Snapshot, Stage, Task};

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
#[derive(Clone, Debug)]
pub(super) struct Course {
    pub(super) task: Task,
    /// What shows that it is done, and how that stood before; a reboot is shown by other things.
    proof: Option<(Proof, Option<bool>)>,
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
    const fn patience(&self) -> Duration {
        if self.proof.is_some() { switch::FIRST_LOOK } else { WATCH }
    }

    fn judge(&self, clock: &Clock, seen: &Snapshot) -> Verdict {
        match &self.proof {
            None => reboot::judge(self, clock.shown(self.sent.elapsed()), seen),
            Some((proof, _)) => switch::judge(self, proof, seen.flag(&proof.subject, proof.metric)),
        }
    }

    /// Whether the box shows something else than before.
    pub(super) fn made_a_difference(&self) -> bool {
        self.proof.as_ref().is_some_and(|(proof, before)| *before != Some(proof.wanted))
    }

    fn judge_absence(&self, fault: &Fault) -> Verdict {
        let (limit, hint) = match self.proof {
            None => (reboot::TO_COME_BACK, ""),
            Some(_) => (switch::TO_COME_BACK, switch::hint(self.task)),
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
    const fn is_absence(&self, fault: &Fault) -> bool {
        match fault {
            Fault::Unreachable(_) | Fault::TimedOut(Deadline::Connect) => true,
            Fault::TimedOut(_) => self.has_uptime,
            _ => false,
        }
    }
}

impl Keeper {
    /// Gives the order, and begins to watch what becomes of it.
    pub(super) async fn begin_errand(&mut self, task: Task, story: Story) {
        if task == Task::Reboot {
            // Before the order: a bridge that dies in the middle must not give another one when it is back.
            self.begin_cool_down();
        }
        self.memory().settled().await;
        match self.give_order(task).await {
            // Nobody knows whether the order arrived.
            None => story.fail(STOPPED).await,
            Some(Ok(())) => self.watch(task, story).await,
            // The order went out, and a box that obeys at once may never answer it: the watch will tell.
            Some(Err(Fault::TimedOut(Deadline::FirstByte | Deadline::Whole))) => {
                self.watch(task, story).await;
            }
            Some(Err(fault)) => {
                // What never ended may have arrived.
                if task == Task::Reboot && !matches!(fault, Fault::TimedOut(Deadline::Poll)) {
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
    async fn give_order(&mut self, task: Task) -> Option<Result<(), Fault>> {
        match self.order(task).await {
            Some(Err(fault)) if policy::response(&fault).next == Next::LogInAgain => self.order(task).await,
            outcome => outcome,
        }
    }

    /// From now on it is seen, not believed, what becomes of the order.
    async fn watch(&mut self, task: Task, story: Story) {
        tracing::info!(r#box = %self.charge.about.id, action = task.deed().word(), "the box was told");
        story.tell(Stage::Sent).await;
        let proof = task.proof().map(|proof| {
            let before = self.shown(&proof.subject, proof.metric);
            (proof, before)
        });
        let course =
            Course { task, proof, sent: Instant::now(), gone: None, has_uptime: self.shows_uptime() };
        self.schedule.pause(course.patience());
        self.errand = Some(Errand { story, course });
    }

    /// Looks once, and draws the conclusion.
    pub(super) async fn look(&mut self) {
        let Some(course) = self.errand.as_ref().map(|errand| errand.course.clone()) else {
            return;
        };
        let wanted = self.sections_that_prove(&course);
        let clock = self.clock().clone();
        let verdict = self.poll(&wanted, |seen| course.judge(&clock, seen)).await;
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
                let action = course.task.deed().word();
                tracing::warn!(r#box = %self.charge.about.id, action, %reason, "failed");
                errand.story.fail(reason).await;
                self.poll_soon();
            }
        }
        self.release().await;
    }

    /// What to read to see whether it has happened; of a switch, besides what is due anyway.
    fn sections_that_prove(&self, course: &Course) -> Sections {
        match &course.proof {
            None => reboot::sections_that_prove(course),
            Some((proof, _)) => match self.view.section_of(&proof.subject, proof.metric.row()) {
                Some(section) => self.schedule.wanted().iter().chain([section]).collect(),
                None => self.schedule.everything(),
            },
        }
    }

    async fn end_errand(&mut self, Errand { story, course }: Errand) {
        let down = course.gone.map(|gone| gone.elapsed());
        let action = course.task.deed().word();
        tracing::info!(r#box = %self.charge.about.id, action, after = ?course.sent.elapsed(), "done, as the box shows");
        // An uptime that began after the order proves that the box was gone, even when nobody looked at the time.
        if down.is_some() || course.task == Task::Reboot {
            story.send(Stage::Up, None, down).await;
        }
        story.send(Stage::Done, None, down).await;
        if let Task::Access { client, blocked } = course.task {
            self.access_changed(client, blocked, story.cause, course.made_a_difference());
            self.memory().settled().await;
            self.tell_news();
        }
        self.schedule.pause(Duration::ZERO);
    }

    /// The bridge stops before the box has shown anything.
    pub(super) async fn abandon_errand(&mut self) {
        if let Some(errand) = self.errand.take() {
            errand.story.fail("the bridge stopped before the end of it was seen").await;
        }
    }
}
