//! The one administrator whom a CGNV4 puts up with.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::simulators::{HttpRequest, Noise, Parts, Trouble};

/// How many wrong passwords are taken before logins are refused for a while.
const PATIENCE: u32 = 5;
/// How long logins are refused.
const PENALTY: Duration = Duration::from_secs(3501);
/// How long a session lasts that nobody uses.
const IDLE: Duration = Duration::from_secs(600);
/// How many reads a session lasts when sessions expire early.
const FEW_READS: u32 = 2;

/// Who may come in, and who is in.
#[derive(Debug, Default)]
pub(super) struct Admin {
    /// The latest values of `preSession` that were handed out.
    tickets: VecDeque<String>,
    session: Option<Session>,
    failed: u32,
    locked_until: Option<Instant>,
    /// Whether the lock is there because of a trouble, and goes with it.
    lock_is_trouble: bool,
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
    /// The `preSession` is not one of ours.
    Stale,
    /// Wrong user name or password.
    Wrong,
    /// Somebody else is in.
    Repeat,
    /// No logins for so long, after so many failures.
    Locked {
        /// How many logins have failed.
        failed: u32,
        /// How long to wait.
        wait: Duration,
    },
}

impl Admin {
    /// A new value for `preSession`.
    pub fn ticket(&mut self, noise: &Noise) -> String {
        let ticket = noise.token(24);
        self.tickets.push_back(ticket.clone());
        if self.tickets.len() > 8 {
            self.tickets.pop_front();
        }
        ticket
    }

    pub fn log_in(&mut self, request: &HttpRequest, parts: &Parts) -> Verdict {
        parts.tally.note_login();
        self.forget_idle();
        if !self.knows_ticket(request) {
            return Verdict::Stale;
        }
        if let Some(wait) = self.lock(parts) {
            return Verdict::Locked { failed: self.failed, wait };
        }
        let right = request.field("usr").as_deref() == Some(&parts.username)
            && request.field("pwd").as_deref() == Some(&parts.password);
        if !right || parts.troubles.has(Trouble::WrongPassword) {
            parts.tally.note_rejection();
            self.failed += 1;
            if self.failed >= PATIENCE {
                self.locked_until = Some(Instant::now() + PENALTY);
            }
            return Verdict::Wrong;
        }
        let occupied = self.session.is_some() || parts.troubles.has(Trouble::Busy);
        if occupied && request.field("forcelogoff").as_deref() != Some("1") {
            return Verdict::Repeat;
        }
        self.failed = 0;
        let id = parts.noise.token(16);
        self.session = Some(Session { id: id.clone(), used: Instant::now(), reads: 0 });
        Verdict::Welcome(id)
    }

    fn knows_ticket(&self, request: &HttpRequest) -> bool {
        let (field, cookie) = (request.field("preSession"), request.cookie("preSession"));
        field.is_some()
            && field.as_deref() == cookie
            && field.is_some_and(|ticket| self.tickets.contains(&ticket))
    }

    /// How much longer logins are refused.
    fn lock(&mut self, parts: &Parts) -> Option<Duration> {
        let trouble = parts.troubles.has(Trouble::LockOut);
        if trouble != self.lock_is_trouble {
            self.lock_is_trouble = trouble;
            self.failed = if trouble { 9 } else { 0 };
            self.locked_until = trouble.then(|| Instant::now() + PENALTY);
        }
        let wait = self.locked_until?.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero());
        if wait.is_none() {
            self.locked_until = None;
            self.failed = 0;
        }
        wait
    }

    /// Whether the request comes from whoever is logged in.
    pub fn is_in(&mut self, request: &HttpRequest) -> bool {
        self.forget_idle();
        let Some(session) = &mut self.session else { return false };
        let known = ["session", "sessionindex"].iter().any(|name| request.cookie(name) == Some(&session.id));
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

    /// A new value to come with the next order.
    pub fn csrf(&mut self, noise: &Noise) -> String {
        let token = noise.token(24);
        self.csrf = Some(token.clone());
        token
    }

    /// Whether the order comes with the value that was handed out for it.
    pub fn allows(&mut self, request: &HttpRequest) -> bool {
        let token = self.csrf.take();
        token.is_some() && request.field("CsrfToken") == token && request.field("CsrfTokenFlag").is_some()
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
