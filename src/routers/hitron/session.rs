//! The login of the boxes that hand out `preSession`: one administrator at a time, and a lock-out for bad guesses.

use jiff::SignedDuration;
use secrecy::ExposeSecret;

use super::dialect::is_redirect;
use crate::model::{Clock, Fault, printed, text};
use crate::routers::Credentials;
use crate::transport::{Reply, Request, Transport};

const LOGIN: &str = "/goform/login";
const LOGOUT: &str = "/goform/logout";

/// Our place at the box, which has room for one. Its cookies are in the transport, whatever their names.
#[derive(Debug)]
pub(super) struct Session {
    credentials: Credentials,
    /// Whether to push out whoever is logged in.
    force: bool,
    clock: Clock,
    /// Whether the box may hold a session of ours. When an answer to a login is lost, it may.
    may_be_open: bool,
    logged_in: bool,
}

impl Session {
    pub const fn new(credentials: Credentials, force: bool, clock: Clock) -> Self {
        Self { credentials, force, clock, may_be_open: false, logged_in: false }
    }

    /// Logs in, unless we are. Sends the credentials at most once.
    pub async fn open(&mut self, transport: &Transport) -> Result<(), Fault> {
        if self.logged_in {
            return Ok(());
        }
        let (Some(username), Some(password)) = (&self.credentials.username, &self.credentials.password)
        else {
            return Err(Fault::NotSupported("be read without 'username' and 'password'".to_owned()));
        };
        let (username, password) = (username.clone(), password.expose_secret().to_owned());
        // A place that we may still hold would make the box take us for somebody else.
        self.close(transport).await;
        let ticket = self.ticket(transport).await?;
        let login = Request::post(LOGIN).form([
            ("usr", username),
            ("pwd", password),
            ("forcelogoff", u8::from(self.force).to_string()),
            ("preSession", ticket),
        ]);
        self.may_be_open = true;
        let reply = transport.send(login).await?;
        self.judge(&reply)
    }

    /// The box's one-time value that has to come back with the login.
    async fn ticket(&self, transport: &Transport) -> Result<String, Fault> {
        let front = transport.send(Request::get("/")).await?;
        let ticket = front.cookie("preSession").map(str::to_owned).ok_or_else(|| {
            if front.status >= 500 {
                Fault::BoxError { what: front.what, why: format!("status {}", front.status) }
            } else {
                Fault::UnknownDialect("it no longer hands out 'preSession' for a login".to_owned())
            }
        })?;
        transport.conceal(&ticket);
        Ok(ticket)
    }

    /// What the answer to a login means; the status is 200 whatever happened.
    fn judge(&mut self, reply: &Reply) -> Result<(), Fault> {
        let said = reply.text();
        let said = said.trim();
        if reply.is_success() && said == "success" {
            self.logged_in = true;
            return Ok(());
        }
        let fault = if said.contains("Wrong Credentials") {
            Fault::CredentialsRejected
        } else if said.contains("Repeat Login") {
            Fault::BusyWithAnotherUser
        } else if let Some(protect) = printed::login_protect(said) {
            self.locked_out(protect)
        } else if matches!(reply.status, 404 | 405) {
            Fault::UnknownDialect(format!("its login page answers with status {}", reply.status))
        } else {
            // Not a verdict: the box may have let us in all the same.
            return Err(Fault::BoxError { what: reply.what.clone(), why: verdict(reply, said) });
        };
        self.may_be_open = false;
        Err(fault)
    }

    fn locked_out(&self, protect: printed::LoginProtect) -> Fault {
        tracing::debug!(attempts = protect.attempts, "the box counts failed logins");
        let wait = SignedDuration::try_from(protect.wait).unwrap_or(SignedDuration::MAX);
        let now = self.clock.now();
        let until = now.checked_add(wait).unwrap_or(jiff::Timestamp::MAX);
        Fault::LockedOut { until }
    }

    /// Does not count on the session any longer. It has ended for certain when the box sends to its login; a page that
    /// merely looks like it may come from a box that is out of order, and still holds our place. Gives the fault to report.
    pub fn expired(&mut self, reply: &Reply) -> Fault {
        self.logged_in = false;
        self.may_be_open &= !is_redirect(reply);
        Fault::SessionExpired
    }

    /// Logs out. A session that is left behind would keep everybody out, its owner included.
    pub async fn close(&mut self, transport: &Transport) {
        if std::mem::take(&mut self.may_be_open) {
            let logout = Request::post(LOGOUT).form([("data", "byebye".to_owned())]);
            if let Err(fault) = transport.send(logout).await {
                tracing::debug!(%fault, "could not log out");
            }
        }
        self.logged_in = false;
        transport.forget_cookies();
    }
}

fn verdict(reply: &Reply, said: &str) -> String {
    if said.is_empty() {
        format!("an empty answer (status {})", reply.status)
    } else if said.starts_with('<') {
        format!("a web page instead of an answer (status {})", reply.status)
    } else {
        text::shorten(said, 80)
    }
}
