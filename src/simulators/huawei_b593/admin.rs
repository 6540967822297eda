//! The one administrator whom the box puts up with.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::cipher::Login;
use super::profile::Profile;
use crate::simulators::lock::Lock;
use crate::simulators::{HttpRequest, Noise, Parts, Trouble};

/// How many wrong passwords lock the box.
const STRIKES: u32 = 3;
/// For how long.
const PENALTY: Duration = Duration::from_secs(60);

/// Who may come in, and who is in.
#[derive(Debug)]
pub(super) struct Admin {
    session: Option<Session>,
    lock: Lock,
    /// Whether the last login was refused because somebody else was in.
    pub was_occupied: bool,
    /// The latest values that pages were given for their forms.
    pairs: VecDeque<(String, String)>,
    /// The latest value for a login.
    token: Option<String>,
}

#[derive(Debug)]
struct Session {
    id: String,
    used: Instant,
}

/// What came of a login.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// In, under this number.
    Welcome(String),
    /// Out; the front page tells why.
    Rejected,
    /// What has to come with the login is missing, or was used before.
    BadParameters,
}

impl Default for Admin {
    fn default() -> Self {
        Self {
            session: None,
            lock: Lock::after(STRIKES, PENALTY),
            was_occupied: false,
            pairs: VecDeque::new(),
            token: None,
        }
    }
}

impl Admin {
    /// Values for the forms of a page.
    pub fn pair(&mut self, noise: &Noise) -> (String, String) {
        let pair = (noise.token(8), noise.token(32));
        self.pairs.push_back(pair.clone());
        if self.pairs.len() > 8 {
            self.pairs.pop_front();
        }
        pair
    }

    /// The pair that comes with a form, which is good once.
    pub fn take_pair(&mut self, request: &HttpRequest) -> Option<String> {
        let sent = (request.field("csrf_param")?, request.field("csrf_token")?);
        let place = self.pairs.iter().position(|pair| *pair == sent)?;
        self.pairs.remove(place).map(|(param, token)| format!("{param}{token}"))
    }

    /// Ten digits to log in with.
    pub fn token(&mut self, noise: &Noise) -> String {
        let token = noise.whole(1_000_000_000, 9_999_999_999).to_string();
        self.token = Some(token.clone());
        token
    }

    pub fn log_in(&mut self, request: &HttpRequest, profile: &Profile, parts: &Parts) -> Verdict {
        parts.tally.note_login();
        self.was_occupied = false;
        let Some(pair) = self.proof(request, profile) else { return Verdict::BadParameters };
        if self.lock.wait(&parts.troubles).is_some() {
            return Verdict::Rejected;
        }
        let field = request.field("Password").unwrap_or_default();
        let right = request.field("Username").as_deref() == Some(&parts.username)
            && profile.login.accepts(&field, &parts.username, &parts.password, &pair);
        if !right || parts.troubles.has(Trouble::WrongPassword) {
            parts.tally.note_rejection();
            self.lock.strike();
            return Verdict::Rejected;
        }
        // Old firmware takes another login from the same address, and everybody here comes from the same one.
        let is_theirs = profile.modern && self.is_live(profile.idle) && !self.is_in(request, profile.idle);
        if is_theirs || parts.troubles.has(Trouble::Busy) {
            self.was_occupied = true;
            return Verdict::Rejected;
        }
        self.lock.open();
        let id = parts.noise.whole(100_000_000, u64::from(u32::MAX)).to_string();
        self.session = Some(Session { id: id.clone(), used: Instant::now() });
        Verdict::Welcome(id)
    }

    /// What the login has to bring besides the password; empty where it needs nothing.
    fn proof(&mut self, request: &HttpRequest, profile: &Profile) -> Option<String> {
        match profile.login {
            Login::Base64 | Login::Rsa => Some(String::new()),
            Login::RsaToken => {
                let token = self.token.take()?;
                request.path.ends_with(&format!("&token={token};")).then(String::new)
            }
            Login::Hash | Login::DoubleHash => self.take_pair(request),
        }
    }

    /// How many logins have failed in a row.
    pub fn failures(&mut self, parts: &Parts) -> u32 {
        self.lock.failed(&parts.troubles)
    }

    fn is_live(&self, idle: Duration) -> bool {
        self.session.as_ref().is_some_and(|session| session.used.elapsed() <= idle)
    }

    /// Whether the request comes from whoever is logged in.
    pub fn is_in(&mut self, request: &HttpRequest, idle: Duration) -> bool {
        if !self.is_live(idle) {
            self.session = None;
        }
        let Some(session) = &mut self.session else { return false };
        let known = request.cookie("SessionID_R3") == Some(&session.id);
        if known {
            session.used = Instant::now();
        }
        known
    }

    /// The session is over, whatever anybody thinks of it.
    pub fn expire(&mut self) {
        self.session = None;
    }

    pub fn log_out(&mut self, parts: &Parts) {
        if self.session.take().is_some() {
            parts.tally.note_logout();
        }
    }
}
