//! Who is known, who is logged in, and which tokens are still good.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::challenge::{Secret, Signatures};
use super::document::sent;
use super::profile::{Login, Profile, Rival};
use crate::simulators::lock::Lock;
use crate::simulators::{HttpRequest, Noise, Parts, Trouble};

/// How long a session lasts that nobody uses.
const IDLE: Duration = Duration::from_secs(300);
/// How many wrong passwords are taken.
const PATIENCE: u32 = 3;
/// How long logins are refused then.
const PENALTY: Duration = Duration::from_secs(900);
/// How many strangers and tokens are remembered.
const MOST_SESSIONS: usize = 32;
const MOST_TOKENS: usize = 64;
/// How many tokens come with a login.
const POOL: usize = 32;
/// How many reads a login lasts when sessions expire early.
const FEW_READS: u32 = 2;

/// The header of a token, as clients send it.
const TOKEN: &str = "__requestverificationtoken";

/// The door of the box.
#[derive(Debug)]
pub(super) struct Gate {
    sessions: BTreeMap<String, Session>,
    secret: Secret,
    lock: Lock,
}

#[derive(Debug)]
struct Session {
    used: Instant,
    logged_in: bool,
    tokens: VecDeque<String>,
    /// The nonces of a challenge that waits to be answered.
    challenge: Option<(String, String)>,
    reads: u32,
}

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    NoToken = 125_001,
    NoSession = 125_002,
    OldToken = 125_003,
}

/// What came of a login.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// In, under this session, with these tokens, and the box's proofs.
    Welcome { session: String, tokens: Vec<String>, signatures: Option<Signatures> },
    /// Wrong user name or password; so many failures so far.
    Wrong(u32),
    /// Somebody else is in.
    Occupied,
    /// No logins for so long.
    Locked(Duration),
}

impl Gate {
    pub fn new(parts: &Parts) -> Self {
        Self {
            sessions: BTreeMap::new(),
            secret: Secret::new(&parts.password, &parts.noise),
            lock: Lock::after(PATIENCE, PENALTY),
        }
    }

    /// Forgets everybody, as at a restart.
    pub fn restart(&mut self) {
        self.sessions.clear();
        self.lock.open();
    }

    /// A new session for somebody unknown.
    pub fn admit(&mut self, noise: &Noise) -> String {
        self.forget_idle();
        let strangers = || self.sessions.iter().filter(|(_, session)| !session.logged_in);
        if strangers().count() >= MOST_SESSIONS {
            let oldest = strangers().min_by_key(|(_, session)| session.used).map(|(id, _)| id.clone());
            oldest.map(|id| self.sessions.remove(&id));
        }
        self.begin(noise, false)
    }

    fn begin(&mut self, noise: &Noise, logged_in: bool) -> String {
        let id = noise.token(128);
        let session =
            Session { used: Instant::now(), logged_in, tokens: VecDeque::new(), challenge: None, reads: 0 };
        self.sessions.insert(id.clone(), session);
        id
    }

    fn forget_idle(&mut self) {
        self.sessions.retain(|_, session| session.used.elapsed() <= IDLE);
    }

    /// The session that a request belongs to.
    fn session(&mut self, request: &HttpRequest) -> Option<&mut Session> {
        self.forget_idle();
        let session = self.sessions.get_mut(request.cookie("SessionID")?)?;
        session.used = Instant::now();
        Some(session)
    }

    pub fn knows(&mut self, request: &HttpRequest) -> bool {
        self.session(request).is_some()
    }

    pub fn is_in(&mut self, request: &HttpRequest) -> bool {
        self.session(request).is_some_and(|session| session.logged_in)
    }

    /// Counts a read of whoever is logged in; with the trouble, the login does not last.
    pub fn note_read(&mut self, request: &HttpRequest, parts: &Parts) {
        if let Some(session) = self.session(request).filter(|session| session.logged_in) {
            session.reads += 1;
            session.logged_in = session.reads <= FEW_READS || !parts.troubles.has(Trouble::SessionExpires);
        }
    }

    /// A new token for the session of the request, or for this one.
    pub fn token(&mut self, request: &HttpRequest, noise: &Noise) -> Option<String> {
        self.session(request).map(|session| session.token(noise))
    }

    /// A new token for this session.
    pub fn token_for(&mut self, id: &str, noise: &Noise) -> Option<String> {
        self.sessions.get_mut(id).map(|session| session.token(noise))
    }

    /// Spends the token that a request comes with. Clients may send the whole pair, of which the second half counts.
    pub fn spend(&mut self, request: &HttpRequest) -> Result<(), Wrong> {
        let session = self.session(request).ok_or(Wrong::NoSession)?;
        let token = request.header(TOKEN).ok_or(Wrong::NoToken)?;
        let at =
            session.tokens.iter().position(|known| token.ends_with(known.as_str())).ok_or(Wrong::OldToken)?;
        session.tokens.remove(at);
        Ok(())
    }

    /// The box's answer to a challenge: nonce and salt.
    pub fn challenge(&mut self, request: &HttpRequest, noise: &Noise) -> Option<(String, String)> {
        let salt = hex::encode(&self.secret.salt);
        let first = sent(&request.body, "firstnonce").filter(|nonce| nonce.len() == 64)?;
        let nonce = format!("{first}{}", noise.token(32));
        self.session(request)?.challenge = Some((first, nonce.clone()));
        Some((nonce, salt))
    }

    /// The login that answers a challenge.
    pub fn answer(&mut self, request: &HttpRequest, profile: &Profile, parts: &Parts) -> Verdict {
        let nonces = self.session(request).and_then(|session| session.challenge.take());
        let proof = sent(&request.body, "clientproof");
        let finally = sent(&request.body, "finalnonce");
        let signatures = nonces.zip(proof).and_then(|((first, nonce), proof)| {
            let is_ours = finally.as_ref() == Some(&nonce);
            self.secret.verify(&proof, &first, &nonce).filter(|_| is_ours)
        });
        let right = signatures.is_some();
        self.judge(request, profile, parts, right, signatures)
    }

    /// The older logins.
    pub fn log_in(&mut self, request: &HttpRequest, profile: &Profile, parts: &Parts) -> Verdict {
        let said = |name| sent(&request.body, name).unwrap_or_default();
        let token = request.header(TOKEN).unwrap_or_default();
        let hash = |text: &str| STANDARD.encode(hex::encode(Sha256::digest(text.as_bytes())));
        let (kind, expected) = match profile.login {
            Login::Password(4) | Login::Both => {
                ("4", hash(&format!("{}{}{token}", parts.username, hash(&parts.password))))
            }
            Login::Password(_) => ("3", STANDARD.encode(&parts.password)),
            Login::Challenge | Login::None => ("", String::new()),
        };
        let right = !kind.is_empty()
            && said("password_type") == kind
            && said("Username") == parts.username
            && said("Password") == expected;
        self.judge(request, profile, parts, right, None)
    }

    fn judge(
        &mut self,
        request: &HttpRequest,
        profile: &Profile,
        parts: &Parts,
        right: bool,
        signatures: Option<Signatures>,
    ) -> Verdict {
        parts.tally.note_login();
        if let Some(wait) = self.locked_for(parts) {
            return Verdict::Locked(wait);
        }
        if !right || parts.troubles.has(Trouble::WrongPassword) {
            parts.tally.note_rejection();
            self.lock.strike();
            return Verdict::Wrong(self.lock.failed(&parts.troubles));
        }
        let id = request.cookie("SessionID").unwrap_or_default();
        let is_other = |(other, session): (&String, &Session)| session.logged_in && other.as_str() != id;
        let occupied = self.sessions.iter().any(is_other);
        if parts.troubles.has(Trouble::Busy) || (occupied && profile.rival == Rival::Refused) {
            return Verdict::Occupied;
        }
        self.sessions.retain(|other, session| other.as_str() != id && !session.logged_in);
        self.lock.open();
        let session = self.begin(&parts.noise, true);
        let count = if profile.login.by_challenge() { POOL } else { 2 };
        let tokens = (0..count).filter_map(|_| self.token_for(&session, &parts.noise)).collect();
        Verdict::Welcome { session, tokens, signatures }
    }

    /// How much longer logins are refused.
    pub fn locked_for(&mut self, parts: &Parts) -> Option<Duration> {
        self.lock.wait(&parts.troubles)
    }

    pub fn modulus(&self) -> &str {
        &self.secret.modulus
    }

    pub fn log_out(&mut self, request: &HttpRequest, parts: &Parts) {
        if let Some(session) = self.session(request)
            && std::mem::take(&mut session.logged_in)
        {
            parts.tally.note_logout();
        }
    }
}

impl Session {
    fn token(&mut self, noise: &Noise) -> String {
        let token = noise.token(32);
        self.tokens.push_back(token.clone());
        if self.tokens.len() > MOST_TOKENS {
            self.tokens.pop_front();
        }
        token
    }
}
