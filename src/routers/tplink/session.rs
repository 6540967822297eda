//! Our place at the box, which has room for one.

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use super::dialect::{Dialect, Found};
use super::grammar::{Act, Answer, blocks, kinds, variable};
use super::login::{self, Access};
use super::web::{Pass, Web, failed, is_failure_page, is_page, is_refusal, misunderstood};
use crate::model::{Clock, Fault};
use crate::routers::Credentials;
use crate::routers::trust::Trust;
use crate::transport::Reply;

/// Our place at the box.
#[derive(Debug)]
pub(super) struct Session {
    credentials: Credentials,
    clock: Clock,
    /// How we are let in at the moment.
    access: Option<Access>,
    /// What the box has shown of the credentials.
    trust: Trust,
    /// Whether something was answered since the login.
    answered: bool,
    /// Whether the session was lost since everything was read last.
    lost_before: bool,
}

impl Session {
    pub fn new(credentials: Credentials, clock: Clock) -> Self {
        Self {
            credentials,
            trust: Trust::new(clock.clone()),
            clock,
            access: None,
            answered: false,
            lost_before: false,
        }
    }

    /// Logs in, unless we are. Sends the credentials at most once.
    pub async fn open(&mut self, web: &Web, found: Found) -> Result<(), Fault> {
        if self.access.is_some() {
            return Ok(());
        }
        let Some(password) = &self.credentials.password else {
            return Err(Fault::NotSupported("be read without 'password'".to_owned()));
        };
        let who = login::Who {
            user: self.credentials.username.clone().unwrap_or_default(),
            password: password.expose_secret().to_owned(),
        };
        self.trust.check()?;
        let entered = login::enter(web, found, &who, self).await?;
        // With a cookie alone, only the first answer tells whether we are let in.
        if found.dialect != Dialect::Cookie {
            self.trust.confirm();
        }
        self.access = Some(entered);
        self.answered = false;
        Ok(())
    }

    /// Has the box do these acts.
    pub async fn ask(&mut self, web: &Web, acts: &[Act]) -> Result<Answer, Fault> {
        let Some(access) = &self.access else { return Err(Fault::SessionExpired) };
        let reply = access.send(web, acts).await?;
        let text = access.text(&reply);
        if let Some(answer) = text.as_deref().and_then(Answer::parse) {
            self.answered = true;
            self.trust.confirm();
            return Ok(answer);
        }
        if is_refusal(&reply) {
            return Err(self.turned_away(web, &reply).await);
        }
        Err(if reply.is_success() { misunderstood(&reply) } else { failed(&reply) })
    }

    /// What it means that the box, instead of an answer, says that it has none for us.
    async fn turned_away(&mut self, web: &Web, reply: &Reply) -> Fault {
        let by_cookie = self.access.as_ref().is_some_and(Access::is_cookie);
        let was_answered = self.answered;
        if by_cookie {
            return self.cookie_refused(reply);
        }
        if !was_answered {
            // A session that has just begun is not over: the box is not well.
            return if is_page(reply) && reply.is_success() { misunderstood(reply) } else { failed(reply) };
        }
        self.access = None;
        // Whoever pushes us out wants to be there; once may have been by chance.
        let again = std::mem::replace(&mut self.lost_before, true);
        if again || login::is_busy(web).await { Fault::BusyWithAnotherUser } else { Fault::SessionExpired }
    }

    /// What it means that the box refuses a cookie. It says the same to somebody with a wrong password and to somebody
    /// for whom there is no room. To credentials that were never accepted the page that means exactly this is a verdict.
    fn cookie_refused(&mut self, reply: &Reply) -> Fault {
        let is_verdict = reply.status == 401 || is_failure_page(reply) || reply.text().contains("incorrect");
        let unwell = if reply.is_success() { misunderstood(reply) } else { failed(reply) };
        match (self.trust.is_accepted(), is_verdict) {
            (true, false) => return unwell,
            (false, true) => {
                self.access = None;
                return Fault::CredentialsRejected;
            }
            (true, true) | (false, false) => {}
        }
        self.access = None;
        self.trust.refused(if is_verdict { Fault::BusyWithAnotherUser } else { unwell })
    }

    /// Notes that everything was read.
    pub const fn went_well(&mut self) {
        self.lost_before = false;
    }

    /// Whether the box says that it refuses logins for a while.
    pub fn locked_out(&self, said: &str) -> Option<Fault> {
        let seconds = |name| variable(said, name).and_then(|text| text.parse::<i64>().ok());
        let wait = seconds("currForbidTime").or_else(|| seconds("forbidTime")).filter(|wait| *wait > 0)?;
        let until = self.clock.now().checked_add(SignedDuration::from_secs(wait));
        Some(Fault::LockedOut { until: until.unwrap_or(Timestamp::MAX) })
    }

    /// Whether the box has ever accepted the credentials.
    pub const fn is_accepted(&self) -> bool {
        self.trust.is_accepted()
    }

    /// The box has answered a login in words that may mean a wrong password, or else this fault. Gives what to take it for.
    pub fn refused(&mut self, fault: Fault) -> Fault {
        self.trust.refused(fault)
    }

    /// Forgets the session: the box does so itself.
    pub fn forget(&mut self) {
        self.access = None;
    }

    /// Logs out. A session that is left behind would keep everybody out, its owner included.
    pub async fn close(&mut self, web: &Web) {
        if let Some(access) = self.access.take() {
            access.leave(web).await;
        }
        web.transport.forget_cookies();
    }
}

/// The acts as they are asked in plain text: where, and what.
pub(super) fn plain(acts: &[Act]) -> (String, String) {
    (format!("/cgi?{}", kinds(acts)), blocks(acts))
}

/// The acts as one text, to be encrypted.
pub(super) fn packed(acts: &[Act]) -> String {
    format!("{}\r\n{}", kinds(acts), blocks(acts))
}

/// The cookie of a session that has begun.
pub(super) fn pass_of(web: &Web, reply: &Reply) -> Pass {
    let value = reply.cookie("JSESSIONID").filter(|value| !value.is_empty() && *value != "deleted");
    if let Some(value) = value {
        web.transport.conceal(value);
    }
    Pass { cookie: value.map(|value| format!("JSESSIONID={value}")), token: None }
}
