//! The one administrator whom a box puts up with.

use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::cipher::Cipher;
use super::profile::Dialect;
use crate::simulators::lock::Lock;
use crate::simulators::{Noise, Parts, Trouble};

/// How many wrong passwords are taken before logins are refused for a while.
const PATIENCE: u32 = 5;
/// How long logins are refused.
const PENALTY: Duration = Duration::from_secs(600);
/// How long a session lasts that nobody uses.
const IDLE: Duration = Duration::from_secs(600);
/// How many reads a session lasts when sessions expire early.
const FEW_READS: u32 = 1;

/// Who may come in, and who is in.
#[derive(Debug)]
pub(super) struct Admin {
    /// The number that was last given out for signatures.
    pub number: u64,
    /// Whether the page was fetched since the last login.
    pub greeted: bool,
    session: Option<Session>,
    lock: Lock,
}

/// What a session is recognised by.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub owner: Option<IpAddr>,
    pub id: String,
    pub token: String,
    pub seal: Option<Seal>,
    /// Whether its page was fetched.
    pub settled: bool,
    used: Instant,
    reads: u32,
}

/// What a session's requests are encrypted and signed with.
#[derive(Clone, Debug)]
pub(super) struct Seal {
    pub cipher: Cipher,
    pub hash: String,
    /// The number that signatures count from.
    pub number: u64,
}

/// What came of a login.
#[derive(Debug)]
pub(super) enum Verdict {
    Welcome(Session),
    Wrong(Failures),
    /// Somebody else is in, and stays.
    Busy,
}

/// What a box that counts wrong passwords tells of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Failures {
    pub count: u32,
    /// How long logins are refused.
    pub wait: Duration,
}

impl Default for Admin {
    fn default() -> Self {
        Self { number: 0, greeted: false, session: None, lock: Lock::after(PATIENCE, PENALTY) }
    }
}

impl Admin {
    /// A new number for signatures.
    pub fn next_number(&mut self, noise: &Noise) -> u64 {
        self.number = noise.whole(100_000_000, 999_999_999);
        self.number
    }

    /// A login. Whoever comes in puts out who was in before, unless the box leaves a session to whom it belongs.
    pub fn log_in(
        &mut self,
        parts: &Parts,
        dialect: Dialect,
        right: bool,
        from: Option<IpAddr>,
        seal: Option<Seal>,
    ) -> Verdict {
        parts.tally.note_login();
        self.forget_idle();
        let elsewhere = self.session.as_ref().is_some_and(|session| session.owner != from);
        if dialect.has_one_owner() && (elsewhere || parts.troubles.has(Trouble::Busy)) {
            return Verdict::Busy;
        }
        let failures = self.failures(parts);
        if dialect.counts_failures() && !failures.wait.is_zero() {
            return Verdict::Wrong(failures);
        }
        if !right || parts.troubles.has(Trouble::WrongPassword) {
            parts.tally.note_rejection();
            self.lock.strike();
            return Verdict::Wrong(self.failures(parts));
        }
        self.lock.open();
        self.greeted = false;
        let session = Session {
            owner: from,
            id: hexadecimal(&parts.noise),
            token: hexadecimal(&parts.noise),
            seal,
            settled: false,
            used: Instant::now(),
            reads: 0,
        };
        self.session = Some(session.clone());
        Verdict::Welcome(session)
    }

    /// How many logins failed, and how long none is taken.
    pub fn failures(&mut self, parts: &Parts) -> Failures {
        let wait = self.lock.wait(&parts.troubles).unwrap_or_default();
        Failures { count: self.lock.failed(&parts.troubles), wait }
    }

    /// The session, if it is this one's.
    pub fn session(&mut self, is_his: impl FnOnce(&Session) -> bool) -> Option<&mut Session> {
        self.forget_idle();
        let session = self.session.as_mut().filter(|session| is_his(session))?;
        session.used = Instant::now();
        Some(session)
    }

    /// Whether somebody is in.
    pub fn is_taken(&mut self) -> bool {
        self.forget_idle();
        self.session.is_some()
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

/// 30 digits, as sessions and tokens have.
fn hexadecimal(noise: &Noise) -> String {
    let half = || noise.whole(0, (1 << 60) - 1);
    format!("{:015x}{:015x}", half(), half())
}
