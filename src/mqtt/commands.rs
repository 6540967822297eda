//! From a message on a command topic to an order for the engine, and from the engine's answers to results.

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::Topics;
use super::link::Message;
use crate::engine::{Handle, Order, Scope};
use crate::model::{Action, BoxId, Command, Mac, Progress, Refusal, Refused, Stage};

/// How many answers of one command may wait.
const REPLIES: usize = 16;

/// How many answers of all commands may wait.
const TOLD: usize = 64;

/// How many messages are kept for a broker that is away. A router that restarts may take the broker with it,
/// and the answer is worth having when both are back.
const OUTBOX: usize = 256;

/// A message to send once, that no ledger knows of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Letter {
    pub(super) topic: String,
    pub(super) payload: Bytes,
    pub(super) retain: bool,
}

/// Takes commands in and hands results out.
#[derive(Debug)]
pub(super) struct Desk {
    topics: Topics,
    handle: Handle,
    told: mpsc::Receiver<(BoxId, Progress)>,
    tell: mpsc::Sender<(BoxId, Progress)>,
    /// One task for each command that the engine has taken and not ended.
    following: JoinSet<()>,
    outbox: VecDeque<Letter>,
    /// How many of the outbox this connection has been given already.
    given: usize,
}

impl Desk {
    pub(super) fn new(topics: Topics, handle: Handle) -> Self {
        let (tell, told) = mpsc::channel(TOLD);
        Self { topics, handle, told, tell, following: JoinSet::new(), outbox: VecDeque::new(), given: 0 }
    }

    /// Handles a message, if it is a command.
    ///
    /// An empty payload is how a retained message is cleared, by us or by anybody: it is never a command.
    pub(super) fn take(&mut self, message: &Message) {
        let Some(to) = self.topics.read_command(&message.topic) else { return };
        if message.payload.is_empty() {
            return;
        }
        if !self.handle.has(&to.box_id) {
            tracing::debug!("a command for '{}', which is no box of ours", to.box_id);
            return;
        }
        let command = Command::read(&message.payload, to.action.as_deref());
        let command = match to.client {
            Some(client) => command.and_then(|command| command.to_client(client)),
            None => command,
        };
        if message.retained {
            self.refuse_retained(&to.box_id, &message.topic, command);
            return;
        }
        let refused = match command {
            Ok(command) => self.order(&to.box_id, command).err(),
            Err(refused) => Some(refused),
        };
        if let Some(refused) = refused {
            self.refuse(&to.box_id, &refused);
        }
    }

    /// Waits for the next answer and puts it into the outbox. Safe to drop.
    pub(super) async fn listen(&mut self) {
        if let Some((id, progress)) = self.told.recv().await {
            self.report(&id, &progress);
        }
    }

    /// Puts what has been answered already into the outbox.
    pub(super) fn collect(&mut self) {
        while let Ok((id, progress)) = self.told.try_recv() {
            self.report(&id, &progress);
        }
    }

    /// Waits until every command has been answered to its end. When the engine has gone that is soon; while a command
    /// is under way it is not. Safe to drop.
    pub(super) async fn finish(&mut self) {
        while !self.following.is_empty() {
            tokio::select! {
                Some((id, progress)) = self.told.recv() => self.report(&id, &progress),
                _ = self.following.join_next() => {}
            }
        }
        self.collect();
    }

    /// Adds a letter.
    pub(super) fn post(&mut self, letter: Letter) {
        if self.outbox.len() >= OUTBOX {
            self.outbox.pop_front();
            self.given = self.given.saturating_sub(1);
        }
        self.outbox.push_back(letter);
    }

    /// A new connection has been given nothing yet.
    pub(super) const fn reconnected(&mut self) {
        self.given = 0;
    }

    /// What this connection has not been given yet. It stays until [`Desk::delivered`], so that a lost
    /// connection loses no answer.
    pub(super) fn give(&mut self) -> Vec<Letter> {
        let letters = self.outbox.iter().skip(self.given).cloned().collect();
        self.given = self.outbox.len();
        letters
    }

    /// The broker has confirmed everything that was given.
    pub(super) fn delivered(&mut self) {
        self.outbox.drain(..self.given.min(self.outbox.len()));
        self.given = 0;
    }

    fn order(&mut self, id: &BoxId, command: Command) -> Result<(), Refused> {
        let (replies, answers) = mpsc::channel(REPLIES);
        let (action, client, named) = (command.action, command.client, command.id.clone());
        tracing::debug!("{id}: command {action}");
        match self.handle.order(id, Order { command, scope: Scope::Everything, replies }) {
            Some(Err(why)) => Err(Refused { id: named, action: action.word().to_owned(), why }),
            None => Ok(()),
            Some(Ok(())) => {
                while self.following.try_join_next().is_some() {}
                let asked = Asked { action, named, client };
                self.following.spawn(follow(id.clone(), asked, answers, self.tell.clone()));
                Ok(())
            }
        }
    }

    fn refuse_retained(&mut self, id: &BoxId, topic: &str, command: Result<Command, Refused>) {
        let (named, action) = match command {
            Ok(command) => (command.id, command.action.word().to_owned()),
            Err(refused) => (refused.id, refused.action),
        };
        self.refuse(id, &Refused { id: named, action, why: Refusal::Retained });
        self.post(Letter { topic: topic.to_owned(), payload: Bytes::new(), retain: true });
    }

    fn refuse(&mut self, id: &BoxId, refused: &Refused) {
        tracing::warn!("{id}: command '{}' refused: {}", refused.action, refused.why);
        self.report(id, &Progress::refused(refused));
    }

    fn report(&mut self, id: &BoxId, progress: &Progress) {
        let payload = serde_json::to_vec(progress).map(Bytes::from).unwrap_or_default();
        self.post(Letter { topic: self.topics.result(id), payload, retain: false });
    }
}

/// What is said of a command with each of its answers.
struct Asked {
    action: Action,
    named: Option<String>,
    client: Option<Mac>,
}

/// Passes a command's answers on. Should the engine end before the command does, that is said, too: nobody is
/// left waiting for an end.
async fn follow(
    id: BoxId,
    asked: Asked,
    mut answers: mpsc::Receiver<Progress>,
    tell: mpsc::Sender<(BoxId, Progress)>,
) {
    let mut ended = false;
    while let Some(progress) = answers.recv().await {
        ended |= progress.state.is_terminal();
        if tell.send((id.clone(), progress)).await.is_err() {
            return;
        }
    }
    if !ended {
        let progress = Progress {
            id: asked.named,
            action: asked.action.word().to_owned(),
            client: asked.client.map(|client| client.to_string()),
            state: Stage::Failed,
            reason: Some("the bridge stopped before the outcome was known".to_owned()),
            after_s: None,
            down_s: None,
        };
        // The publisher has gone, too, when this fails.
        tell.send((id, progress)).await.ok();
    }
}
