use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::Value as Json;

use super::answer::{self, Answer};
use super::discovery::{Announcement, Choice, discover};
use super::login::{Login, another_box, is_another_box, log_in};
use crate::model::{Clock, Fault};
use crate::transport::{Reply, Request, Transport};

/// How long an endpoint is left alone that the box lacks or withholds. Services come up late after a restart, modules
/// are plugged in, and owners grant rights.
const LEFT_ALONE: SignedDuration = SignedDuration::from_mins(10);

/// The way to one Freebox, with the login it takes.
#[derive(Debug)]
pub struct Session {
    transport: Transport,
    clock: Clock,
    app_id: String,
    app_token: Option<SecretString>,
    /// The box of the first login. Should another one answer, it is not shown our credentials.
    uid: Option<String>,
    choice: Choice,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    announced: Announcement,
    login: Login,
    left_alone: BTreeMap<String, LeftAlone>,
}

#[derive(Debug)]
struct LeftAlone {
    until: Timestamp,
    /// The right that is missing, when that is the reason.
    right: Option<String>,
}

impl Session {
    /// Prepares; nothing is sent yet.
    pub const fn new(
        transport: Transport,
        clock: Clock,
        app_id: String,
        app_token: Option<SecretString>,
    ) -> Self {
        Self { transport, clock, app_id, app_token, uid: None, choice: Choice::Known, open: None }
    }

    /// Makes sure that there is a session, with one login at most. The box is asked anew what it is: it may have been
    /// updated since.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn open(&mut self) -> Result<(), Fault> {
        if self.open.is_none() {
            self.open = Some(self.log_in().await?);
        }
        Ok(())
    }

    /// What the box said of itself before the login.
    ///
    /// # Errors
    /// [`Fault::SessionExpired`] when there is no session.
    pub fn announced(&self) -> Result<&Announcement, Fault> {
        self.open.as_ref().map(|open| &open.announced).ok_or(Fault::SessionExpired)
    }

    async fn log_in(&mut self) -> Result<Open, Fault> {
        let token = self.app_token.as_ref().ok_or(Fault::CredentialsRejected)?;
        let announced = discover(&self.transport, self.choice).await?;
        if is_another_box(&announced, self.uid.as_deref()) {
            return Err(another_box());
        }
        let login = log_in(&self.transport, &announced, &self.app_id, token, &self.clock)
            .await
            .inspect_err(|fault| self.choice = choice_after(fault, self.choice))?;
        tracing::debug!(api = announced.major, model = announced.model_id, "logged in");
        self.uid = announced.uid.clone().or_else(|| self.uid.take());
        Ok(Open { announced, login, left_alone: BTreeMap::new() })
    }

    /// Asks an endpoint that every box has.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn need(&mut self, endpoint: &str) -> Result<Json, Fault> {
        let reply = self.send(Request::get, endpoint).await?;
        let result = answer::result(&reply, self.clock.now());
        self.heed(result)
    }

    /// Asks an endpoint that not every box has; `None` when this one lacks it.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(&mut self, endpoint: &str) -> Result<Option<Json>, Fault> {
        if let Some(known) = self.left_alone(endpoint) {
            return known.map_or(Ok(None), |right| Err(Fault::MissingRight(right)));
        }
        let reply = self.send(Request::get, endpoint).await?;
        let answer = answer::read(&reply, self.clock.now());
        match self.heed(answer) {
            Ok(Answer::Result(result)) => {
                self.reconsider(endpoint);
                Ok(Some(result))
            }
            Ok(Answer::Lacks(why)) => {
                tracing::debug!(endpoint, why, "the box lacks this");
                self.leave_alone(endpoint, None);
                Ok(None)
            }
            Err(Fault::MissingRight(right)) => {
                self.leave_alone(endpoint, Some(right.clone()));
                Err(Fault::MissingRight(right))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Notes that what an endpoint answers is of no interest on this box.
    pub fn leave_alone(&mut self, endpoint: &str, right: Option<String>) {
        let now = self.clock.now();
        let until = now.saturating_add(LEFT_ALONE).unwrap_or(Timestamp::MAX);
        if let Some(open) = &mut self.open {
            open.left_alone.retain(|_, known| now < known.until);
            open.left_alone.insert(endpoint.to_owned(), LeftAlone { until, right });
        }
    }

    /// Does not leave an endpoint alone any longer.
    pub fn reconsider(&mut self, endpoint: &str) {
        if let Some(open) = &mut self.open {
            open.left_alone.remove(endpoint);
        }
    }

    fn left_alone(&self, endpoint: &str) -> Option<Option<String>> {
        let known = self.open.as_ref()?.left_alone.get(endpoint)?;
        (self.clock.now() < known.until).then(|| known.right.clone())
    }

    /// The rights for lack of which something was left alone.
    pub fn missing_rights(&self) -> BTreeSet<String> {
        let left_alone = self.open.iter().flat_map(|open| open.left_alone.values());
        left_alone.filter_map(|endpoint| endpoint.right.clone()).collect()
    }

    /// Gives an order, logging in first when there is no session.
    ///
    /// # Errors
    /// Why it was not taken; [`Fault::NotSupported`] when this box has no such thing.
    pub async fn order(
        &mut self,
        endpoint: &str,
        request: impl FnOnce(String) -> Request + Send,
    ) -> Result<(), Fault> {
        self.open().await?;
        let reply = self.send(request, endpoint).await?;
        let answer = answer::read(&reply, self.clock.now());
        let result = self.heed(answer).and_then(|answer| match answer {
            Answer::Result(_) => Ok(()),
            Answer::Lacks(why) => Err(Fault::NotSupported(format!("do this: {why}"))),
        });
        if matches!(result, Err(Fault::MissingRight(_))) {
            // A right that is granted now counts from the next login on.
            self.close().await;
        }
        result
    }

    async fn send(
        &self,
        request: impl FnOnce(String) -> Request + Send,
        endpoint: &str,
    ) -> Result<Reply, Fault> {
        let open = self.open.as_ref().ok_or(Fault::SessionExpired)?;
        self.transport.send(open.login.sign(request(open.announced.path(endpoint)))).await
    }

    /// Forgets the session when an answer says that it is over.
    fn heed<T>(&mut self, answer: Result<T, Fault>) -> Result<T, Fault> {
        if let Err(fault @ (Fault::SessionExpired | Fault::CredentialsRejected | Fault::UnknownDialect(_))) =
            &answer
        {
            self.choice = choice_after(fault, self.choice);
            self.forget();
        }
        answer
    }

    /// Drops the session without a word to the box.
    pub fn forget(&mut self) {
        self.open = None;
    }

    /// Ends the session at the box.
    pub async fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.login.log_out(&self.transport, &open.announced).await;
        }
    }
}

/// A box that does not know the version we used may still know its own.
const fn choice_after(fault: &Fault, choice: Choice) -> Choice {
    if matches!(fault, Fault::UnknownDialect(_)) { Choice::Own } else { choice }
}
