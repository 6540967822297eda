//! The logins of a family that changed its mind several times: plain, hashed, by challenge.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use quick_xml::escape::escape;
use ring::digest;
use secrecy::ExposeSecret;

use super::USERNAME;
use super::answer::{Answer, broken, wait_of};
use super::scram::{Challenge, Proof};
use super::session::Session;
use super::xml::Element;
use crate::model::Fault;
use crate::routers::rsa::os_random;

/// How long a box that says it is locked is left alone at least.
const LOCKED: SignedDuration = SignedDuration::from_mins(1);

/// Boxes lock everybody out after three to five failures. The third is left to the owner.
const MOST_FAILURES: u64 = 2;
/// How long it is left to them.
const RESERVE: SignedDuration = SignedDuration::from_mins(10);

/// The failed logins that the box has counted, whoever's they were.
#[derive(Debug, Default)]
pub(super) struct Failures(Option<(u64, Timestamp)>);

impl Failures {
    fn note(&mut self, count: Option<u64>, now: Timestamp) {
        self.0 = count.map(|count| (count, now)).or_else(|| self.0.take());
    }

    /// Keeps the last attempts in reserve for a while.
    fn allow(&self, now: Timestamp) -> Result<(), Fault> {
        let until =
            self.0.filter(|(count, _)| *count >= MOST_FAILURES).map(|(_, at)| at.saturating_add(RESERVE));
        match until {
            Some(Ok(until)) if now < until => Err(Fault::LockedOut { until }),
            _ => Ok(()),
        }
    }
}

/// Logs in, as the box's `user/state-login` says it should be done. The credentials are sent at most once.
pub(super) async fn log_in(session: &mut Session, state: &Element, password: &str) -> Result<(), Fault> {
    let now = session.now();
    if state.integer("lockstatus") == Some(1) {
        let wait = state.count("remainwaittime").map(wait_of).unwrap_or_default().max(LOCKED);
        return Err(Fault::LockedOut { until: now.saturating_add(wait).unwrap_or(now) });
    }
    session.failures.allow(now)?;
    let username = session.credentials.username.clone().unwrap_or_else(|| USERNAME.to_owned());
    let by_challenge = match state.integer("extern_password_type") {
        Some(1) => by_challenge(session, &username, password).await?,
        _ => None,
    };
    let answer = match by_challenge {
        Some(answer) => answer,
        None => by_password(session, &username, password, state.integer("password_type")).await?,
    };
    if !matches!(answer, Answer::Response(_)) {
        session.refused();
    }
    match answer {
        Answer::Response(_) => {
            session.failures = Failures::default();
            Ok(())
        }
        Answer::Lacks | Answer::Silent | Answer::Closed => {
            Err(broken("user/login", "it does not take this kind of login"))
        }
        Answer::Error(refusal) => {
            session.failures.note(refusal.failures, now);
            Err(refusal.fault(now))
        }
    }
}

/// The login by challenge; `None` when the box has none after all, and nothing was shown to it.
async fn by_challenge(
    session: &mut Session,
    username: &str,
    password: &str,
) -> Result<Option<Answer>, Fault> {
    const CHALLENGE: &str = "user/challenge_login";
    let nonce = nonce()?;
    let body =
        format!("<username>{}</username><firstnonce>{nonce}</firstnonce><mode>1</mode>", escape(username));
    let token = session.token().await?;
    let said = match session.post(CHALLENGE, &body, token.as_ref()).await? {
        Answer::Response(said) => said,
        Answer::Lacks | Answer::Silent | Answer::Closed => return Ok(None),
        error @ Answer::Error(_) => return Ok(Some(error)),
    };
    let proof = challenge(nonce, &said).and_then(|challenge| {
        let proof = challenge.prove(password)?;
        Some((challenge, proof))
    });
    let Some((challenge, proof)) = proof else {
        return Err(Fault::malformed(CHALLENGE, "a challenge that cannot be answered"));
    };
    session.conceal([proof.client.clone(), proof.server.clone()]);
    let body = format!(
        "<clientproof>{}</clientproof><finalnonce>{}</finalnonce>",
        proof.client,
        escape(&challenge.server_nonce)
    );
    let token = session.token().await?;
    session.entering();
    session.tokens.forget();
    let answer = session.post("user/authentication_login", &body, token.as_ref()).await?;
    notice_impostors(&answer, &proof);
    Ok(Some(answer))
}

fn nonce() -> Result<String, Fault> {
    let mut bytes = [0; 32];
    os_random(&mut bytes)?;
    Ok(hex::encode(bytes))
}

fn challenge(client_nonce: String, said: &Element) -> Option<Challenge> {
    Some(Challenge {
        client_nonce,
        server_nonce: said.text("servernonce")?.to_owned(),
        salt: said.read_with("salt", |salt| hex::decode(salt).ok())?,
        iterations: said.read_with("iterations", |count| count.parse().ok())?,
    })
}

/// The box can prove that it knows the password, too. Not all firmwares are known, so a wrong proof is only told.
fn notice_impostors(answer: &Answer, proof: &Proof) {
    if let Answer::Response(said) = answer
        && said.text("serversignature").is_some_and(|shown| !shown.eq_ignore_ascii_case(&proof.server))
    {
        tracing::debug!("the box's own proof is not the expected one");
    }
}

/// The older logins.
async fn by_password(
    session: &mut Session,
    username: &str,
    password: &str,
    kind: Option<i64>,
) -> Result<Answer, Fault> {
    let token = session.token().await?;
    let kind = kind.unwrap_or(0);
    let shown = match (kind, &token) {
        (4, token) => hashed(username, password, token.as_ref().map_or("", |token| token.expose_secret())),
        _ => STANDARD.encode(password),
    };
    session.conceal([shown.clone()]);
    let body = format!(
        "<Username>{}</Username><Password>{shown}</Password><password_type>{kind}</password_type>",
        escape(username)
    );
    session.entering();
    session.tokens.forget();
    session.post("user/login", &body, token.as_ref()).await
}

/// Type 4: the token makes it good for one login only.
fn hashed(username: &str, password: &str, token: &str) -> String {
    let hash = |text: &str| STANDARD.encode(hex::encode(digest::digest(&digest::SHA256, text.as_bytes())));
    hash(&format!("{username}{}{token}", hash(password)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_of_real_boxes() {
        assert_eq!(
            hashed("admin", "passwd", "token"),
            "NDg4OTM0YjUyOGU2MTE2ZDczNTE4ZGVkMzM2ZjczNmQxYzYzNTU3N2U0ZDkxZmI2ZDhiMDgxNGQ4ZDA4MjYxMA=="
        );
        assert_eq!(
            hashed("admin", "Passw0rd!", "0123456789abcdef0123456789ABCDEF"),
            "YWM4NDliODdjMTNlNzE3MDA5MGI0OTcxN2VhZDQyOWUyMTdjMjUxODc4OTNhY2JhYTkwNzhhZDQ3NjRjNjZmMQ=="
        );
    }

    #[test]
    fn the_last_attempts_are_not_ours() {
        let at = |minutes: i64| Timestamp::from_second(minutes * 60).unwrap();
        let mut failures = Failures::default();
        failures.note(Some(1), at(0));
        assert_eq!(failures.allow(at(0)), Ok(()));
        failures.note(Some(2), at(0));
        assert_eq!(failures.allow(at(9)), Err(Fault::LockedOut { until: at(10) }));
        assert_eq!(failures.allow(at(10)), Ok(()));
        failures.note(None, at(11));
        assert_eq!(failures.allow(at(5)), Err(Fault::LockedOut { until: at(10) }));
    }
}
