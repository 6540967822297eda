//! Our place at a box: how it is taken, and how it is given back.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::dialect::{Dialect, status};
use super::dialect::{Found, is_redirect};
use super::login::{self, Manners, Verdict};
use crate::model::{Clock, Fault, text};
use crate::routers::Credentials;
use crate::routers::tenure::Tenure;
use crate::routers::trust::Trust;
use crate::transport::{Reply, Request, Transport};

/// CGNM gateways take 30 logins in an hour; the owner may want some of them.
const MOST_LOGINS: usize = 25;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Our place at the box. Its cookies are in the transport, whatever their names.
#[derive(Debug)]
pub(super) struct Session {
    credentials: Credentials,
    manners: Manners,
    clock: Clock,
    /// What the box has shown of the credentials.
    trust: Trust,
    /// The language of the box that may hold a session of ours. When an answer to a login is lost, it may.
    held_at: Option<Dialect>,
    logged_in: bool,
    tenure: Tenure,
    /// What the box knows us by, where orders have to repeat it.
    user_id: Option<SecretString>,
    /// The logins of the last hour: some boxes count them.
    logins: VecDeque<Timestamp>,
}

impl Session {
    pub fn new(credentials: Credentials, manners: Manners, clock: Clock) -> Self {
        Self {
            credentials,
            manners,
            trust: Trust::new(clock.clone()),
            clock,
            held_at: None,
            logged_in: false,
            tenure: Tenure::default(),
            user_id: None,
            logins: VecDeque::new(),
        }
    }

    /// Logs in, unless we are. Sends the credentials to be judged at most once.
    pub async fn open(&mut self, found: &Found, transport: &Transport) -> Result<(), Fault> {
        if self.logged_in {
            return Ok(());
        }
        let (Some(username), Some(password)) = (&self.credentials.username, &self.credentials.password)
        else {
            return Err(Fault::NotSupported("be read without 'username' and 'password'".to_owned()));
        };
        let (username, password) = (username.clone(), password.expose_secret().to_owned());
        self.trust.check()?;
        self.check_ration(found.dialect)?;
        // A place that we may still hold would make the box take us for somebody else.
        self.close(transport).await;
        let attempt = login::Attempt { transport, manners: &self.manners, username, password };
        let prepared = attempt.prepare(found).await?;
        self.held_at = Some(found.dialect);
        let (verdict, reply) = attempt.make(found, prepared).await?;
        self.logins.push_back(self.clock.now());
        self.judge(verdict, &reply)
    }

    /// What the answer to a login means; the status is 200 whatever happened.
    fn judge(&mut self, verdict: Verdict, reply: &Reply) -> Result<(), Fault> {
        let fault = match verdict {
            Verdict::In(user_id) => {
                self.logged_in = true;
                self.user_id = user_id;
                self.trust.confirm();
                self.tenure.begin();
                return Ok(());
            }
            // The box may have let us in all the same. If it has said something, that may mean a wrong password.
            Verdict::Unclear => {
                let why = reply.instead_of("an answer", || text::shorten(reply.text().trim(), 80));
                let fault = Fault::BoxError { what: reply.what.clone(), why };
                let is_answer = reply.is_success() && !reply.text().trim().is_empty();
                return Err(if is_answer { self.trust.refused(fault) } else { fault });
            }
            Verdict::Rejected => Fault::CredentialsRejected,
            Verdict::Busy => Fault::BusyWithAnotherUser,
            Verdict::Locked(wait) => Fault::LockedOut { until: self.after(wait) },
            Verdict::Stranger => {
                Fault::UnknownDialect(format!("its login page answers with {}", status(reply)))
            }
        };
        self.held_at = None;
        Err(fault)
    }

    fn after(&self, wait: std::time::Duration) -> Timestamp {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        self.clock.now().checked_add(wait).unwrap_or(Timestamp::MAX)
    }

    /// Refuses a login that a box which counts them would not take.
    fn check_ration(&mut self, dialect: Dialect) -> Result<(), Fault> {
        let now = self.clock.now();
        self.logins.retain(|login| now.duration_since(*login) < HOUR);
        let first = self.logins.front().filter(|_| self.logins.len() >= MOST_LOGINS);
        match first {
            Some(first) if dialect == Dialect::UserId => {
                Err(Fault::LockedOut { until: first.checked_add(HOUR).unwrap_or(Timestamp::MAX) })
            }
            _ => Ok(()),
        }
    }

    /// Does not count on the session any longer. It has ended for certain when the box sends to its login; a page that
    /// merely looks like it may come from a box that is out of order, and still holds our place. Gives the fault to report.
    pub fn expired(&mut self, certainly: bool) -> Fault {
        self.logged_in = false;
        // Where a new login ends the one before, the owner's may have ended ours.
        let fault = match self.held_at {
            Some(Dialect::Rest) => self.tenure.lost(),
            _ => Fault::SessionExpired,
        };
        if certainly {
            self.held_at = None;
        }
        fault
    }

    /// The same, judged by the answer that says so.
    pub fn expired_by(&mut self, reply: &Reply) -> Fault {
        self.expired(is_redirect(reply))
    }

    /// What the box knows us by, where its login said.
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_ref().map(ExposeSecret::expose_secret)
    }

    /// Who we are, for an order that has to repeat it.
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Logs out. A session that is left behind would keep everybody out, its owner included.
    pub async fn close(&mut self, transport: &Transport) {
        if let Some(logout) = self.held_at.take().and_then(goodbye)
            && let Err(fault) = transport.send(logout).await
        {
            tracing::debug!(%fault, "could not log out");
        }
        self.logged_in = false;
        self.tenure.end();
        self.user_id = None;
        transport.forget_cookies();
    }
}

fn goodbye(dialect: Dialect) -> Option<Request> {
    Some(match dialect {
        Dialect::PreSession | Dialect::Legacy => {
            Request::post("/goform/logout").form([("data", "byebye".to_owned())])
        }
        Dialect::UserId => Request::get("/goform/logout"),
        Dialect::Rest => Request::post("/1/Device/Users/Logout"),
        Dialect::ModemOnly => return None,
    })
}
