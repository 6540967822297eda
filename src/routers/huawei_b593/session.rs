//! Our place at the box, which has room for one administrator, and locks everybody out for a minute after three wrong
//! passwords.

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use super::USERNAME;
use super::front::Front;
use super::scheme::{Choice, Scheme, Token};
use super::wire::{self, Seen};
use crate::model::{Clock, Fault};
use crate::routers::Credentials;
use crate::transport::{Reply, Request, Transport};

const LOGIN: &str = "/index/login.cgi";
const LOGOUT: &str = "/index/logout.cgi";
const TOKEN: &str = "/html/status/tokenselete.asp";
/// Where a login leads whose fields are missing or out of date.
const REFUSED: &str = "/html/msgerrcode.asp";
const COOKIE: &str = "SessionID_R3";

/// So many failures lock the box.
const STRIKES: u32 = 3;
/// How long it stays locked.
const LOCK: SignedDuration = SignedDuration::from_secs(60);

/// The session, and what is known about getting one.
#[derive(Debug)]
pub(super) struct Session {
    credentials: Credentials,
    choice: Choice,
    clock: Clock,
    /// The number of our session.
    id: Option<SecretString>,
    /// Whether the box may hold a session of ours. When an answer to a login is lost, it may.
    may_be_open: bool,
    /// What worked, and what the front page looked like then.
    known: Option<((bool, bool), Scheme)>,
    /// Until when the box refuses logins, as far as we know; it stays here until the page counts fewer failures.
    locked_until: Option<Timestamp>,
    /// The firmware, on builds whose front page prints it.
    pub firmware: Option<String>,
}

impl Session {
    pub const fn new(credentials: Credentials, choice: Choice, clock: Clock) -> Self {
        Self {
            credentials,
            choice,
            clock,
            id: None,
            may_be_open: false,
            known: None,
            locked_until: None,
            firmware: None,
        }
    }

    /// Whether there is something to log in with.
    pub const fn is_possible(&self) -> bool {
        self.credentials.password.is_some()
    }

    /// The scheme of the login, once it was needed.
    pub fn scheme(&self) -> Option<&Scheme> {
        self.known.as_ref().map(|(_, scheme)| scheme)
    }

    /// The request with what a browser would send along. Some firmware wants to see where it comes from.
    pub fn dress(&self, request: Request, transport: &Transport) -> Request {
        let id = self.id.as_ref().map_or("0", ExposeSecret::expose_secret);
        let menu = "FirstMenu=Admin_0; SecondMenu=Admin_0_0; ThirdMenu=Admin_0_0_0";
        let address = transport.url().as_str().trim_end_matches('/');
        request
            .header("Cookie", format!("Language=en; {COOKIE}={id}; {menu}"))
            .header("Referer", format!("{address}{LOGIN}"))
    }

    /// Logs in, unless we are. Sends the password at most once.
    pub async fn open(&mut self, transport: &Transport) -> Result<(), Fault> {
        if self.id.is_some() {
            return Ok(());
        }
        let Some(password) = self.credentials.password.clone() else {
            return Err(Fault::NotSupported("be read without 'password'".to_owned()));
        };
        let username = self.credentials.username.clone().unwrap_or_else(|| USERNAME.to_owned());
        // A place that we may still hold could make the box take us for somebody else.
        self.close(transport).await;
        let front = Front::read(transport).await?;
        self.firmware.clone_from(&front.firmware);
        self.heed_lock(&front)?;
        let scheme = self.find_scheme(transport, &front).await?;
        let fields = scheme.form(&username, &password, front.pair.as_ref())?;
        for (_, wrapped) in fields.iter().filter(|(name, _)| *name == "Password") {
            transport.conceal(wrapped);
        }
        let path = self.login_path(transport).await?;
        let login = self.dress(Request::post(path).form(fields), transport);
        self.may_be_open = true;
        let reply = transport.send(login).await?;
        self.judge(transport, &front, &reply).await
    }

    /// A lock is waited for before the next attempt. It is believed for its minute and no longer, since nobody knows
    /// whether the page forgets the failures before the next login.
    fn heed_lock(&mut self, front: &Front) -> Result<(), Fault> {
        if front.failures.is_none_or(|failures| failures < STRIKES) {
            self.locked_until = None;
            return Ok(());
        }
        let until = self.locked_until.unwrap_or_else(|| self.lock());
        if self.clock.now() < until { Err(Fault::LockedOut { until }) } else { Ok(()) }
    }

    fn lock(&mut self) -> Timestamp {
        let until = self.clock.now().checked_add(LOCK).unwrap_or(Timestamp::MAX);
        self.locked_until = Some(until);
        until
    }

    async fn find_scheme(&mut self, transport: &Transport, front: &Front) -> Result<Scheme, Fault> {
        let signs = front.signs();
        if let Some((then, scheme)) = &self.known
            && *then == signs
            && scheme.is_certain()
        {
            return Ok(scheme.clone());
        }
        let scheme = self.choice.find(transport, front).await?;
        if self.scheme() != Some(&scheme) {
            tracing::info!(login = scheme.word(), "found out how the box wants its password");
        }
        self.known = Some((signs, scheme.clone()));
        Ok(scheme)
    }

    /// Where the login goes: on some firmware with a fresh value, behind a `&` and with its semicolon, as its own page
    /// does it.
    async fn login_path(&mut self, transport: &Transport) -> Result<String, Fault> {
        let Some((_, Scheme::Rsa(_, needs))) = &mut self.known else { return Ok(LOGIN.to_owned()) };
        if *needs == Token::None {
            return Ok(LOGIN.to_owned());
        }
        let token = match Seen::of(transport.send(Request::get(TOKEN)).await?)? {
            Seen::Page(reply) => digits(&reply.text()),
            Seen::Closed | Seen::Absent => None,
        };
        match token {
            Some(token) => {
                transport.conceal(&token);
                *needs = Token::Wanted;
                Ok(format!("{LOGIN}&token={token};"))
            }
            None if *needs == Token::Wanted => Err(Fault::malformed(TOKEN, "no token")),
            None => {
                *needs = Token::None;
                Ok(LOGIN.to_owned())
            }
        }
    }

    /// What the answer to a login means. The sign of success is the cookie.
    async fn judge(&mut self, transport: &Transport, front: &Front, reply: &Reply) -> Result<(), Fault> {
        if let Some(id) = reply.cookie(COOKIE).filter(|id| !id.is_empty() && *id != "0") {
            transport.conceal(id);
            self.id = Some(id.into());
            return Ok(());
        }
        let page = reply.text();
        let leads_to = wire::variable(&page, "pageName");
        // What the login wants may have changed; the next one begins with finding out.
        if leads_to == Some(REFUSED) {
            return Err(self.no_verdict("its parameters were refused".to_owned()));
        }
        // Every page that a login is known to be answered with is a rejection when it brings no cookie.
        if reply.is_success() && (leads_to.is_some() || wire::is_front(&page)) {
            self.may_be_open = false;
            let after = Front::read(transport).await;
            return Err(self.why_rejected(front, after.ok().as_ref()));
        }
        Err(self.no_verdict(format!("neither let in nor rejected (status {})", reply.status)))
    }

    fn no_verdict(&mut self, why: String) -> Fault {
        self.known = None;
        Fault::BoxError { what: LOGIN.to_owned(), why }
    }

    /// The box rejects in the same way for three reasons, and its front page tells which; when it does not, it is taken to
    /// be the one that must not be tried again. While the box is locked it does not count, so an attempt that was counted
    /// was one with a wrong password.
    fn why_rejected(&mut self, before: &Front, after: Option<&Front>) -> Fault {
        if after.is_some_and(|after| after.is_occupied) {
            return Fault::BusyWithAnotherUser;
        }
        // A firmware that changed meanwhile would reject as well: look again before the next attempt.
        self.known = None;
        let failures = after.and_then(|after| after.failures).unwrap_or(0);
        let was_counted = failures == before.failures.unwrap_or(0) + 1;
        if failures >= STRIKES && !was_counted && self.locked_until.is_none() {
            return Fault::LockedOut { until: self.lock() };
        }
        self.locked_until = None;
        Fault::CredentialsRejected
    }

    /// Does not count on the session any longer; gives the fault to report.
    pub fn expired(&mut self) -> Fault {
        self.gone();
        Fault::SessionExpired
    }

    /// The box has forgotten everything.
    pub fn gone(&mut self) {
        self.id = None;
        self.may_be_open = false;
    }

    /// Logs out. A session that is left behind keeps everybody out until it has been idle for minutes.
    pub async fn close(&mut self, transport: &Transport) {
        if std::mem::take(&mut self.may_be_open) {
            let logout = self.dress(Request::post(LOGOUT), transport);
            if let Err(fault) = transport.send(logout).await {
                tracing::debug!(%fault, "could not log out");
            }
        }
        self.id = None;
        transport.forget_cookies();
    }
}

/// The digits at the beginning of `0123456789;`.
fn digits(page: &str) -> Option<String> {
    let (digits, _) = page.trim_start().split_once(';')?;
    let is_token = (4..=32).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_token.then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_digits_and_a_semicolon() {
        assert_eq!(digits("0123456789;\n").as_deref(), Some("0123456789"));
        for page in ["", "0123456789", "<html>;", "12;", ";"] {
            assert_eq!(digits(page), None, "{page}");
        }
    }
}
