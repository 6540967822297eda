//! What becomes of a command: accepted or refused at once, and exactly one end.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::keeper::Keeper;
use super::reboot::is_cooling_down;
use super::{Order, Scope};
use crate::model::{Action, Cause, Command, Deed, Mac, Progress, Refusal, Stage, Task};

/// How long a pause lasts unless the command says otherwise, and at most; in minutes.
const PAUSE_MINUTES: u32 = 15;
const LONGEST_PAUSE_MINUTES: u32 = 24 * 60;

/// More than any contract has, in bytes: a slip, which could not be taken back.
const MOST_BYTES: u64 = 1_000_000_000_000_000;

/// Why a command fails that the bridge does not live to see the end of.
pub(super) const STOPPED: &str = "the bridge stopped before the box had answered";

/// A reader that does not take its answers must not hold up the box.
const PATIENCE: Duration = Duration::from_secs(5);

/// The story of one accepted command, or of what the bridge does by itself.
#[derive(Debug)]
pub(super) struct Story {
    /// Who waits for the answers; nobody where nobody has asked.
    replies: Option<mpsc::Sender<Progress>>,
    action: Action,
    id: Option<String>,
    client: Option<Mac>,
    pub(super) cause: Cause,
    began: Instant,
}

impl Story {
    /// The story of this order, which begins now.
    pub(super) fn of(order: &Order) -> Self {
        let Order { command, replies, .. } = order;
        Self {
            replies: Some(replies.clone()),
            action: command.action,
            id: command.id.clone(),
            client: command.client,
            cause: Cause::Command,
            began: Instant::now(),
        }
    }

    /// The story of what the bridge does for a reason of its own.
    pub(super) fn untold(deed: Deed, cause: Cause) -> Self {
        Self { replies: None, action: Action::Do(deed), id: None, client: None, cause, began: Instant::now() }
    }

    pub(super) async fn tell(&self, state: Stage) {
        self.send(state, None, None).await;
    }

    pub(super) async fn done(self) {
        self.send(Stage::Done, None, None).await;
    }

    pub(super) async fn fail(self, reason: impl ToString) {
        self.send(Stage::Failed, Some(reason.to_string()), None).await;
    }

    pub(super) async fn refuse(self, refusal: Refusal) {
        self.send(Stage::Refused, Some(refusal.to_string()), None).await;
    }

    pub(super) async fn send(&self, state: Stage, reason: Option<String>, down: Option<Duration>) {
        let Some(replies) = &self.replies else { return };
        let progress = Progress {
            id: self.id.clone(),
            action: self.action.word().to_owned(),
            client: self.client.map(|client| client.to_string()),
            state,
            reason,
            after_s: Some(milliseconds(self.began.elapsed())),
            down_s: down.map(milliseconds),
        };
        if timeout(PATIENCE, replies.send(progress)).await.is_err() {
            tracing::warn!(action = %self.action, "nobody took the answer to a command");
        }
    }
}

fn milliseconds(span: Duration) -> f64 {
    (span.as_secs_f64() * 1000.0).round() / 1000.0
}

impl Keeper {
    pub(super) async fn obey(&mut self, order: Order) {
        let story = Story::of(&order);
        let Order { command, scope, .. } = order;
        if let Err(refusal) = self.admit(&command).await {
            self.note_order(scope, &command, &format!("refused: {refusal}"));
            return story.refuse(refusal).await;
        }
        self.note_order(scope, &command, "accepted");
        story.tell(Stage::Accepted).await;
        match command.action {
            Action::Refresh => self.refresh(scope, story).await,
            Action::RetryLogin => {
                self.open_latch();
                self.refresh(scope, story).await;
            }
            Action::Pause => {
                let minutes = command.minutes.unwrap_or(PAUSE_MINUTES).clamp(1, LONGEST_PAUSE_MINUTES);
                let pause = Duration::from_secs(u64::from(minutes) * 60);
                self.view.paused_until = self.now().checked_add(pause).ok();
                self.publish();
                story.done().await;
            }
            Action::Resume => {
                self.end_pause();
                story.done().await;
            }
            Action::TopUp | Action::SetUsed => self.settle_quota(&command, story).await,
            Action::Do(deed) => match Task::new(deed, command.client) {
                Some(task) => self.begin_errand(task, story).await,
                None => story.refuse(Refusal::NoClient(deed.word())).await,
            },
        }
    }

    fn note_order(&self, scope: Scope, command: &Command, what: &str) {
        let (id, action) = (&self.charge.about.id, command.action);
        match scope {
            Scope::Everything => tracing::info!(r#box = %id, %action, "{what}"),
            // What programs ask for several times a minute is no news.
            Scope::Due => tracing::debug!(r#box = %id, %action, "{what}"),
        }
    }

    async fn admit(&mut self, command: &Command) -> Result<(), Refusal> {
        if self.errand.is_some() {
            return Err(Refusal::Busy);
        }
        if let Action::Do(deed) = command.action {
            self.admit_deed(deed)?;
            let task = Task::new(deed, command.client).ok_or(Refusal::NoClient(deed.word()))?;
            self.admit_access(task).await?;
        }
        if matches!(command.action, Action::TopUp | Action::SetUsed) {
            let amount = command.amount.ok_or(Refusal::NoAmount(command.action.word()))?;
            if amount > MOST_BYTES || (amount == 0 && command.action == Action::TopUp) {
                return Err(Refusal::Amount);
            }
            self.charge.rules.quota.limit.ok_or(Refusal::NoQuota)?;
        }
        match (&self.view.problem, command.action) {
            (Some(problem), Action::Refresh | Action::Do(_)) if self.may_not_log_in() => {
                Err(Refusal::Latched(problem.summary.clone()))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn may_not_log_in(&self) -> bool {
        self.latched || self.health.locked_until.is_some_and(|until| until > self.now())
    }

    fn admit_deed(&self, deed: Deed) -> Result<(), Refusal> {
        if !self.charge.allow.contains(&deed) {
            return Err(Refusal::NotAllowed(deed.permission()));
        }
        let after = self.memory().recall(&self.charge.about.id).reboot_after;
        match after {
            Some(after) if deed == Deed::Reboot && is_cooling_down(after, self.now()) => {
                Err(Refusal::CoolingDown(after))
            }
            _ => Ok(()),
        }
    }

    /// Changes what is known of the quota, which needs no box.
    async fn settle_quota(&mut self, command: &Command, story: Story) {
        let amount = command.amount.unwrap_or_default();
        let is_top_up = command.action == Action::TopUp;
        self.change_quota(|accounts, now| {
            if is_top_up {
                accounts.top_up(amount, now);
            } else {
                accounts.set_used(amount, now);
            }
        })
        .await;
        story.done().await;
    }

    /// Polls out of turn.
    async fn refresh(&mut self, scope: Scope, story: Story) {
        let wanted = match scope {
            Scope::Everything => self.schedule.everything(),
            Scope::Due => self.schedule.wanted(),
        };
        match self.poll(&wanted, |_| ()).await {
            Ok(()) => story.done().await,
            Err(_) if self.is_stopping() => story.fail(STOPPED).await,
            Err(fault) => story.fail(format!("{fault}; {}", fault.advice())).await,
        }
    }
}
