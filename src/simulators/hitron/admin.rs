//! Who may come in, and who is in.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::simulators::lock::Lock;
use crate::simulators::{HttpRequest, Noise, Parts, Trouble};

/// How many wrong passwords are taken before logins are refused for a while.
const PATIENCE: u32 = 5;
/// How long logins are refused.
const PENALTY: Duration = Duration::from_secs(3501);
/// How long a session lasts that nobody uses.
const IDLE: Duration = Duration::from_secs(600);
/// How many reads a session lasts when sessions expire early.
const FEW_READS: u32 = 2;

/// The one administrator whom a box puts up with.
#[derive(Debug)]
pub(super) struct Admin {
    session: Option<Session>,
    lock: Lock,
    csrf: Option<String>,
}

#[derive(Debug)]
struct Session {
    id: String,
    used: Instant,
    reads: u32,
}

/// What came of a login.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// In, under this session id.
    Welcome(String),
    /// Wrong user name or password.
    Wrong,
    /// Somebody else is in.
    Repeat,
    /// No logins for now, in the firmware's words.
    Locked(String),
}

impl Default for Admin {
    fn default() -> Self {
        Self { session: None, lock: Lock::after(PATIENCE, PENALTY), csrf: None }
    }
}

impl Admin {
    /// Takes a login of somebody who `is_right`, and gets a session of this id. Whoever is in already is pushed out by
    /// `force`.
    pub fn log_in(&mut self, is_right: bool, force: bool, id: String, parts: &Parts) -> Verdict {
        parts.tally.note_login();
        self.forget_idle();
        if let Some(wait) = self.lock.wait(&parts.troubles) {
            let (failed, wait) = (self.lock.failed(&parts.troubles), wait.as_secs());
            return Verdict::Locked(format!("LoginProtect={failed}|{}|{}", wait / 60, wait % 60));
        }
        if !is_right || parts.troubles.has(Trouble::WrongPassword) {
            parts.tally.note_rejection();
            self.lock.strike();
            return Verdict::Wrong;
        }
        let occupied = self.session.is_some() || parts.troubles.has(Trouble::Busy);
        if occupied && !force {
            return Verdict::Repeat;
        }
        self.lock.open();
        self.session = Some(Session { id: id.clone(), used: Instant::now(), reads: 0 });
        Verdict::Welcome(id)
    }

    /// Whether the request comes from whoever is logged in: the session's id is in one of these cookies.
    pub fn is_in(&mut self, request: &HttpRequest, cookies: &[&str]) -> bool {
        self.forget_idle();
        let Some(session) = &mut self.session else { return false };
        let known = cookies.iter().any(|name| request.cookie(name) == Some(&session.id));
        if known {
            session.used = Instant::now();
        }
        known
    }

    /// Counts a read of the session; `false` when it has had its share.
    pub fn read(&mut self, parts: &Parts) -> bool {
        let Some(session) = &mut self.session else { return false };
        session.reads += 1;
        if parts.troubles.has(Trouble::SessionExpires) && session.reads > FEW_READS {
            self.session = None;
            return false;
        }
        true
    }

    /// Keeps a new value that has to come with the next order.
    pub fn csrf(&mut self, token: String) -> String {
        self.csrf = Some(token.clone());
        token
    }

    /// Whether the order comes with the value that was handed out for it, in this field.
    pub fn allows(&mut self, request: &HttpRequest, field: &str) -> bool {
        let token = self.csrf.take();
        token.is_some() && request.field(field) == token
    }

    pub fn log_out(&mut self, parts: &Parts) {
        if self.session.take().is_some() {
            parts.tally.note_logout();
        }
    }

    fn forget_idle(&mut self) {
        if self.session.as_ref().is_some_and(|session| session.used.elapsed() > IDLE) {
            self.session = None;
        }
    }
}

/// The latest values of `preSession` that were handed out.
#[derive(Debug, Default)]
pub(super) struct Tickets(VecDeque<String>);

impl Tickets {
    /// A new one.
    pub fn hand_out(&mut self, noise: &Noise) -> String {
        let ticket = noise.token(24);
        self.0.push_back(ticket.clone());
        if self.0.len() > 8 {
            self.0.pop_front();
        }
        ticket
    }

    /// Whether a login comes with one of ours, in its field and in its cookie.
    pub fn knows(&self, request: &HttpRequest) -> bool {
        let (field, cookie) = (request.field("preSession"), request.cookie("preSession"));
        field.is_some() && field.as_deref() == cookie && field.is_some_and(|ticket| self.0.contains(&ticket))
    }
}
