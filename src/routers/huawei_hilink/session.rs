//! Our place at the box: a cookie, one-time tokens, and a login where there is one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::answer::{Answer, broken};
use super::login;
use super::tokens::{self, Tokens};
use super::xml::Element;
use crate::model::{Clock, Fault};
use crate::routers::Credentials;
use crate::transport::{Request, Transport};

/// The cookie that the session is.
const COOKIE: &str = "SessionID";

/// How long an endpoint is left alone that the box lacks or withholds. Services come up late after a restart.
const LEFT_ALONE: SignedDuration = SignedDuration::from_mins(10);

/// What is missing when the box tells strangers less than its owner.
const LOGIN: &str = "login ('password' in the configuration)";

/// Where we stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the door, and the box does not know us.
    Outside,
    /// In, as far as one gets without a login; many boxes have none.
    Guest,
    /// Credentials were sent, and what the box made of them is not known.
    Entering,
    /// Logged in.
    Owner,
}

/// The way to one box, with the login it takes.
#[derive(Debug)]
pub(super) struct Session {
    transport: Transport,
    clock: Clock,
    pub(super) credentials: Credentials,
    pub(super) tokens: Tokens,
    place: Place,
    pub(super) failures: login::Failures,
    left_alone: BTreeMap<&'static str, LeftAlone>,
    /// What has answered before, so that the box has it.
    answered: BTreeSet<&'static str>,
    /// Whether the box was asked in this poll if it still knows us.
    asked_if_known: bool,
}

#[derive(Debug)]
struct LeftAlone {
    until: Timestamp,
    /// Whether a login would help.
    withheld: bool,
}

impl Session {
    /// Prepares; nothing is sent yet.
    pub fn new(transport: Transport, clock: Clock, credentials: Credentials) -> Self {
        Self {
            transport,
            clock,
            credentials,
            tokens: Tokens::default(),
            place: Place::Outside,
            failures: login::Failures::default(),
            left_alone: BTreeMap::new(),
            answered: BTreeSet::new(),
            asked_if_known: false,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes sure that the box knows us, with one login at most.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn open(&mut self) -> Result<(), Fault> {
        self.asked_if_known = false;
        if matches!(self.place, Place::Guest | Place::Owner) {
            return Ok(());
        }
        // A place that we may still hold would make the box take us for somebody else.
        self.close().await;
        self.knock().await?;
        let state = match self.get("user/state-login").await? {
            Answer::Response(state) => Some(state),
            Answer::Lacks | Answer::Silent | Answer::Closed => None,
            Answer::Error(refusal) => return Err(refusal.fault(self.now())),
        };
        let state = state.filter(|state| state.integer("State") != Some(0));
        let (Some(state), Some(password)) = (state, self.credentials.password.clone()) else {
            self.place = Place::Guest;
            return Ok(());
        };
        login::log_in(self, &state, password.expose_secret()).await?;
        self.place = Place::Owner;
        // What was withheld from a guest is not from its owner.
        self.left_alone.retain(|_, known| !known.withheld);
        Ok(())
    }

    /// From now on the box may hold a session of ours.
    pub(super) const fn entering(&mut self) {
        self.place = Place::Entering;
    }

    /// It does not: there is nothing to log out of.
    pub(super) const fn refused(&mut self) {
        self.place = Place::Outside;
    }

    /// Gets a session and, on many boxes, the first tokens.
    async fn knock(&mut self) -> Result<(), Fault> {
        self.forget();
        let front = self.transport.send(Request::get("/")).await?;
        if front.status >= 500 {
            return Err(broken(&front.what, format!("status {}", front.status)));
        }
        let learned = self.tokens.learn_from_page(&front.text());
        self.conceal(learned);
        // Some set other cookies there, which are no session.
        if front.cookie(COOKIE).is_none()
            && let Answer::Response(info) = self.get("webserver/SesTokInfo").await?
        {
            self.learn_session(&info);
        }
        Ok(())
    }

    fn learn_session(&mut self, info: &Element) {
        if let Some(session) = info.text("SesInfo") {
            let id = session.strip_prefix("SessionID=").unwrap_or(session);
            self.transport.conceal(id);
            self.transport.keep_cookie(COOKIE, id);
            // Whatever was learned before is of another session.
            self.tokens.forget();
        }
        let learned = info.text("TokInfo").map(|token| self.tokens.learn(token));
        self.conceal(learned.unwrap_or_default());
    }

    pub(super) fn conceal(&self, secrets: impl IntoIterator<Item = String>) {
        for secret in secrets {
            self.transport.conceal(&secret);
        }
    }

    /// What an endpoint says; `None` when this box lacks it, or tells only its owner.
    ///
    /// # Errors
    /// Why there is no answer. [`Fault::SessionExpired`] when the box no longer knows us.
    pub async fn ask(&mut self, endpoint: &'static str) -> Result<Option<Element>, Fault> {
        let now = self.now();
        self.left_alone.retain(|_, known| now < known.until);
        if self.left_alone.contains_key(endpoint) {
            return Ok(None);
        }
        match self.get(endpoint).await? {
            Answer::Response(said) => {
                self.answered.insert(endpoint);
                return Ok(Some(said));
            }
            Answer::Silent if self.answered.contains(endpoint) => {
                return Err(broken(endpoint, "an empty answer"));
            }
            Answer::Lacks | Answer::Silent => self.leave_alone(endpoint, false),
            Answer::Closed if self.place == Place::Guest => self.leave_alone(endpoint, true),
            // Firmwares say the same of pages that they do not have.
            Answer::Closed if self.asked_if_known => {}
            Answer::Closed => {
                self.make_sure_that_we_are_known().await?;
                self.leave_alone(endpoint, false);
            }
            Answer::Error(refusal) => return Err(self.heed(refusal.fault(now))),
        }
        Ok(None)
    }

    fn leave_alone(&mut self, endpoint: &'static str, withheld: bool) {
        tracing::debug!(endpoint, withheld, "the box does not tell this");
        let until = self.now().saturating_add(LEFT_ALONE).unwrap_or(Timestamp::MAX);
        self.left_alone.insert(endpoint, LeftAlone { until, withheld });
    }

    /// What the box tells its owner only, while we are nobody to it.
    pub fn missing_rights(&self) -> BTreeSet<String> {
        let withheld = self.left_alone.values().any(|known| known.withheld);
        withheld.then(|| LOGIN.to_owned()).into_iter().collect()
    }

    async fn make_sure_that_we_are_known(&mut self) -> Result<(), Fault> {
        self.asked_if_known = true;
        match self.get("user/state-login").await? {
            Answer::Response(state) if state.integer("State") == Some(0) => Ok(()),
            _ => Err(self.heed(Fault::SessionExpired)),
        }
    }

    /// Gives an order.
    ///
    /// # Errors
    /// Why it was not taken; [`Fault::NotSupported`] names `what`.
    pub async fn order(&mut self, endpoint: &str, body: &str, what: &str) -> Result<(), Fault> {
        let token = self.token().await?;
        match self.post(endpoint, body, token.as_ref()).await? {
            Answer::Response(_) => Ok(()),
            Answer::Lacks | Answer::Silent => Err(Fault::NotSupported(what.to_owned())),
            Answer::Closed if self.place == Place::Guest => Err(Fault::MissingRight(LOGIN.to_owned())),
            Answer::Closed => {
                self.make_sure_that_we_are_known().await?;
                Err(Fault::NotSupported(what.to_owned()))
            }
            Answer::Error(refusal) => {
                let fault = refusal.fault(self.now());
                Err(self.heed(fault))
            }
        }
    }

    /// Makes sure that there is a token, so that the next order is a single request.
    pub async fn prepare_order(&mut self) -> Result<(), Fault> {
        if let Some(token) = self.token().await? {
            self.tokens.put_back(token);
        }
        Ok(())
    }

    /// Forgets the session when the box has.
    fn heed(&mut self, fault: Fault) -> Fault {
        if matches!(fault, Fault::SessionExpired) {
            self.forget();
        }
        fault
    }

    /// The token for the next order; none on boxes so old that they have none.
    pub(super) async fn token(&mut self) -> Result<Option<SecretString>, Fault> {
        if let Some(token) = self.tokens.take() {
            return Ok(Some(token));
        }
        for (endpoint, name) in [("webserver/token", "token"), ("webserver/SesTokInfo", "TokInfo")] {
            if let Answer::Response(said) = self.get(endpoint).await?
                && let Some(token) = said.text(name)
            {
                let learned = self.tokens.learn(token);
                self.conceal(learned);
                break;
            }
        }
        Ok(self.tokens.take())
    }

    async fn get(&mut self, endpoint: &str) -> Result<Answer, Fault> {
        Answer::read(&self.transport.send(Request::get(format!("/api/{endpoint}"))).await?)
    }

    pub(super) async fn post(
        &mut self,
        endpoint: &str,
        body: &str,
        token: Option<&SecretString>,
    ) -> Result<Answer, Fault> {
        let document = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><request>{body}</request>");
        let mut request = Request::post(format!("/api/{endpoint}")).text("application/xml", document);
        if let Some(token) = token {
            request = request.header(tokens::HEADER, token.expose_secret());
        }
        let reply = self.transport.send(request).await?;
        let learned = self.tokens.learn_from(&reply);
        self.conceal(learned);
        Answer::read(&reply)
    }

    /// Drops the session without a word to the box.
    pub fn forget(&mut self) {
        self.place = Place::Outside;
        self.tokens.forget();
        self.transport.forget_cookies();
    }

    /// Logs out: a session that is left behind may keep the owner from the web page.
    pub async fn close(&mut self) {
        if matches!(self.place, Place::Owner | Place::Entering)
            && let Err(fault) = self.order("user/logout", "<Logout>1</Logout>", "log out").await
        {
            tracing::debug!(%fault, "could not log out");
        }
        self.forget();
    }
}
