//! Pairing, challenges and sessions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value as Json, json};
use sha1::Sha1;
use tokio::time::Instant;

use super::super::lock::Lock;
use super::super::{Noise, Trouble, Troubles};
use super::envelope::{Failure, Page};

const CHALLENGE_LASTS: Duration = Duration::from_secs(60);
const SESSION_LASTS: Duration = Duration::from_secs(1800);
/// How long somebody has to press the key.
const PAIRING_LASTS: Duration = Duration::from_secs(90);
/// After this time, or so many questions, somebody presses it.
const PRESSED_AFTER: Duration = Duration::from_secs(5);
const PRESSED_AFTER_POLLS: u32 = 2;
/// So many proofs may fail before all are refused for a while.
const PATIENCE: u32 = 10;
const LOCK_OUT: Duration = Duration::from_secs(300);
/// A box in the trouble of that name ends a session after so many requests; the shortest poll takes two.
const SHORT_SESSION: u32 = 1;

/// What an application may do, and whether a new one may at once.
const RIGHTS: [(&str, bool); 14] = [
    ("settings", false),
    ("calls", true),
    ("contacts", true),
    ("explorer", true),
    ("downloader", true),
    ("parental", true),
    ("pvr", true),
    ("profile", true),
    ("tv", true),
    ("player", true),
    ("camera", false),
    ("home", false),
    ("vm", true),
    ("wdo", true),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Pending,
    Granted,
    Denied,
    TimedOut,
}

impl Standing {
    const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::TimedOut => "timeout",
        }
    }
}

#[derive(Debug)]
struct Application {
    token: String,
    standing: Standing,
    asked: Instant,
    polls: u32,
    /// The application that was there before anybody asked has been given every right by its owner.
    trusted: bool,
}

#[derive(Debug)]
struct Session {
    ends: Instant,
    requests: u32,
    trusted: bool,
}

/// Who may do what.
#[derive(Debug)]
pub struct Auth {
    applications: Vec<Application>,
    sessions: BTreeMap<String, Session>,
    challenge: String,
    previous_challenge: String,
    challenge_since: Instant,
    lock: Lock,
    troubles: Troubles,
    noise: Arc<Noise>,
}

impl Auth {
    /// A box that one application, with this token, has been paired with.
    pub fn new(token: String, troubles: Troubles, noise: Arc<Noise>) -> Self {
        let now = Instant::now();
        let known = Application { token, standing: Standing::Granted, asked: now, polls: 0, trusted: true };
        Self {
            applications: vec![known],
            sessions: BTreeMap::new(),
            challenge: noise.token(32),
            previous_challenge: noise.token(32),
            challenge_since: now,
            lock: Lock::after(PATIENCE, LOCK_OUT),
            troubles,
            noise,
        }
    }

    /// What a restart ends.
    pub fn restart(&mut self) {
        self.sessions.clear();
        self.lock.open();
    }

    /// The challenge of the moment, as several answers carry it.
    pub fn greeting(&mut self) -> Json {
        if self.challenge_since.elapsed() > CHALLENGE_LASTS {
            self.previous_challenge = std::mem::replace(&mut self.challenge, self.noise.token(32));
            self.challenge_since = Instant::now();
        }
        json!({"challenge": self.challenge, "password_salt": "c2ltdWxhdGVkLXNhbHQtb2Ytbm8tdXNl"})
    }

    /// `GET login/`.
    pub fn hello(&mut self, session: Option<&str>) -> Json {
        let mut greeting = self.greeting();
        if let Some(fields) = greeting.as_object_mut() {
            fields.insert("logged_in".to_owned(), json!(session.is_some_and(|id| self.is_open(id))));
            fields.insert("password_set".to_owned(), json!(true));
        }
        greeting
    }

    /// `POST login/authorize/`.
    pub fn authorize(&mut self, request: Option<&Json>) -> Page {
        let said = |key| request.and_then(|json| json.get(key)).and_then(Json::as_str).is_some();
        if !["app_id", "app_name", "app_version", "device_name"].into_iter().all(said) {
            return Err(Failure::NO_JSON);
        }
        if self.troubles.has(Trouble::LockOut) {
            return Err(Failure::RATE_LIMITED);
        }
        let token = self.token();
        let track = self.applications.len();
        self.applications.push(Application {
            token: token.clone(),
            standing: Standing::Pending,
            asked: Instant::now(),
            polls: 0,
            trusted: false,
        });
        Ok(Some(json!({"app_token": token, "track_id": track})))
    }

    /// `GET login/authorize/{track_id}`.
    pub fn track(&mut self, track: &str) -> Json {
        let refuses = self.troubles.has(Trouble::WrongPassword);
        let application = track.parse::<usize>().ok().and_then(|track| self.applications.get_mut(track));
        let word = application.map_or("unknown", |application| {
            application.press(refuses);
            application.standing.word()
        });
        let mut answer = self.greeting();
        if let Some(fields) = answer.as_object_mut() {
            fields.insert("status".to_owned(), json!(word));
        }
        answer
    }

    /// `POST login/session/`.
    pub fn open(&mut self, request: Option<&Json>) -> Page {
        if self.is_locked() {
            return Err(Failure::RATE_LIMITED);
        }
        let said = |key| request.and_then(|json| json.get(key)).and_then(Json::as_str);
        let (Some(_), Some(password)) = (said("app_id"), said("password")) else {
            return Err(Failure::NO_JSON);
        };
        let application = self.applications.iter().find(|known| self.proves(known, password));
        let (standing, trusted) = match application {
            Some(known) if !self.troubles.has(Trouble::WrongPassword) => (known.standing, known.trusted),
            _ => return Err(self.rejected()),
        };
        match standing {
            Standing::Granted => {}
            Standing::Pending => return Err(Failure::PENDING_TOKEN),
            Standing::Denied | Standing::TimedOut => return Err(self.rejected()),
        }
        self.lock.open();
        let token = self.token();
        let session = Session { ends: Instant::now() + SESSION_LASTS, requests: 0, trusted };
        self.sessions.insert(token.clone(), session);
        let mut answer = self.greeting();
        if let Some(fields) = answer.as_object_mut() {
            fields.insert("session_token".to_owned(), json!(token));
            fields.insert("permissions".to_owned(), permissions(trusted));
        }
        Ok(Some(answer))
    }

    /// `POST login/logout/`; false when there was no such session.
    pub fn close(&mut self, session: Option<&str>) -> bool {
        session.is_some_and(|id| self.sessions.remove(id).is_some())
    }

    /// Lets a request through that carries a session, and counts it.
    pub fn check(&mut self, session: Option<&str>) -> Result<Rights, Failure> {
        let id = session.filter(|id| self.is_open(id)).ok_or(Failure::AUTH_REQUIRED)?;
        let short = self.troubles.has(Trouble::SessionExpires);
        let session = self.sessions.get_mut(id).ok_or(Failure::AUTH_REQUIRED)?;
        session.requests += 1;
        if short && session.requests > SHORT_SESSION {
            self.sessions.remove(id);
            return Err(Failure::AUTH_REQUIRED);
        }
        session.ends = Instant::now() + SESSION_LASTS;
        Ok(Rights { trusted: session.trusted })
    }

    fn is_open(&self, id: &str) -> bool {
        self.sessions.get(id).is_some_and(|session| Instant::now() < session.ends)
    }

    fn is_locked(&mut self) -> bool {
        let is_locked = self.lock.wait(&self.troubles).is_some();
        is_locked || self.troubles.has(Trouble::LockOut)
    }

    fn rejected(&mut self) -> Failure {
        self.lock.strike();
        Failure::INVALID_TOKEN
    }

    fn proves(&self, application: &Application, password: &str) -> bool {
        [&self.challenge, &self.previous_challenge]
            .into_iter()
            .any(|challenge| proof(&application.token, challenge).as_deref() == Some(password))
    }

    /// A token as Freeboxes make them: 64 characters that look like Base64, slashes included.
    fn token(&self) -> String {
        format!("{}/{}+{}", self.noise.token(9), self.noise.token(20), self.noise.token(33))
    }
}

impl Application {
    /// What somebody at the box has done since it was last asked.
    fn press(&mut self, refuses: bool) {
        self.polls += 1;
        let waited = self.asked.elapsed();
        if self.standing != Standing::Pending {
            return;
        }
        if waited >= PAIRING_LASTS {
            self.standing = Standing::TimedOut;
        } else if waited >= PRESSED_AFTER || self.polls > PRESSED_AFTER_POLLS {
            self.standing = if refuses { Standing::Denied } else { Standing::Granted };
        }
    }
}

fn proof(token: &str, challenge: &str) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).ok()?;
    mac.update(challenge.as_bytes());
    Some(hex::encode(mac.finalize().into_bytes()))
}

fn permissions(trusted: bool) -> Json {
    RIGHTS.into_iter().map(|(key, at_once)| (key.to_owned(), json!(trusted || at_once))).collect()
}

/// What the holder of a session may do.
#[derive(Clone, Copy, Debug)]
pub struct Rights {
    trusted: bool,
}

impl Rights {
    /// Refuses those who may not change anything.
    pub const fn need_settings(self) -> Result<(), Failure> {
        if self.trusted { Ok(()) } else { Err(Failure::missing_right("settings")) }
    }

    /// `GET login/perms/`.
    pub fn list(self) -> Json {
        let entry = |at_once: bool| json!({"granted": self.trusted || at_once, "desc": ""});
        RIGHTS.into_iter().map(|(key, at_once)| (key.to_owned(), entry(at_once))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth() -> Auth {
        Auth::new("token".to_owned(), Troubles::default(), Arc::new(Noise::new(1)))
    }

    fn challenge(auth: &mut Auth) -> String {
        auth.greeting()["challenge"].as_str().unwrap().to_owned()
    }

    fn open(auth: &mut Auth, challenge: &str) -> Page {
        auth.open(Some(&json!({"app_id": "any", "password": proof("token", challenge).unwrap()})))
    }

    #[tokio::test(start_paused = true)]
    async fn a_challenge_is_accepted_for_a_while_after_it_changed() {
        let mut auth = auth();
        let first = challenge(&mut auth);
        tokio::time::advance(CHALLENGE_LASTS + Duration::from_secs(1)).await;
        assert_ne!(challenge(&mut auth), first);
        assert!(open(&mut auth, &first).is_ok());
        tokio::time::advance(CHALLENGE_LASTS + Duration::from_secs(1)).await;
        challenge(&mut auth);
        assert_eq!(open(&mut auth, &first), Err(Failure::INVALID_TOKEN));
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_ends_when_nobody_uses_it() {
        let mut auth = auth();
        let challenge = challenge(&mut auth);
        let opened = open(&mut auth, &challenge).unwrap().unwrap();
        let session = opened["session_token"].as_str();
        tokio::time::advance(SESSION_LASTS - Duration::from_secs(1)).await;
        assert!(auth.check(session).is_ok());
        tokio::time::advance(SESSION_LASTS - Duration::from_secs(1)).await;
        assert!(auth.check(session).is_ok());
        tokio::time::advance(SESSION_LASTS + Duration::from_secs(1)).await;
        assert_eq!(auth.check(session).unwrap_err(), Failure::AUTH_REQUIRED);
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_wrong_proofs_lock_everybody_out_for_a_while() {
        let mut auth = auth();
        for _ in 0..PATIENCE {
            assert_eq!(open(&mut auth, "wrong"), Err(Failure::INVALID_TOKEN));
        }
        let right = challenge(&mut auth);
        assert_eq!(open(&mut auth, &right), Err(Failure::RATE_LIMITED));
        tokio::time::advance(LOCK_OUT + Duration::from_secs(1)).await;
        let right = challenge(&mut auth);
        assert!(open(&mut auth, &right).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_pairing_that_nobody_follows_times_out() {
        let mut auth = auth();
        let request = json!({"app_id": "a", "app_name": "b", "app_version": "c", "device_name": "d"});
        let track = auth.authorize(Some(&request)).unwrap().unwrap()["track_id"].to_string();
        tokio::time::advance(PAIRING_LASTS + Duration::from_secs(1)).await;
        assert_eq!(auth.track(&track)["status"], "timeout");
        assert_eq!(auth.track("99")["status"], "unknown");
    }
}
