//! The login: a challenge, answered with what only the holder of the application's token can compute.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha1::Sha1;

use super::answer;
use super::discovery::Announcement;
use super::rights::Rights;
use super::wire::Node;
use crate::model::{Clock, Fault};
use crate::transport::{Request, Transport};

/// The header that carries the session.
const SESSION_HEADER: &str = "X-Fbx-App-Auth";

/// A login that was accepted.
#[derive(Debug)]
pub struct Login {
    token: SecretString,
    /// What it may do.
    pub rights: Rights,
}

/// Logs in, with a single attempt: the box counts rejected ones and refuses all after a few.
///
/// The challenge is fetched just before it is used, so a rejection means the token and not a stale challenge.
///
/// # Errors
/// [`Fault::CredentialsRejected`] when the pairing is not, or no longer, valid.
pub async fn log_in(
    transport: &Transport,
    announced: &Announcement,
    app_id: &str,
    app_token: &SecretString,
    clock: &Clock,
) -> Result<Login, Fault> {
    // The box shows applications and browsers different challenges, and knows browsers by their cookie.
    transport.forget_cookies();
    let reply = transport.send(Request::get(announced.path("login/"))).await?;
    let greeting = answer::result(&reply, clock.now())?;
    let Some(challenge) = Node::of(&greeting).text("challenge") else {
        return Err(Fault::UnknownDialect("the login shows no challenge for applications".to_owned()));
    };
    let password = password(app_token.expose_secret(), challenge)?;
    transport.conceal(&password);
    let request = Request::post(announced.path("login/session/"))
        .json(json!({"app_id": app_id, "app_version": env!("CARGO_PKG_VERSION"), "password": password}));
    let reply = transport.send(request).await?;
    let session = answer::result(&reply, clock.now()).map_err(|fault| match fault {
        Fault::CredentialsRejected if is_another_box(announced, answer::uid(&reply).as_deref()) => {
            another_box()
        }
        other => other,
    })?;
    let Some(token) = Node::of(&session).text("session_token") else {
        return Err(Fault::malformed(&reply.what, "a login without a session"));
    };
    conceal(transport, token);
    Ok(Login { token: token.into(), rights: Rights::read(session.get("permissions")) })
}

/// What proves that we have the token without showing it: the token signs the challenge, both as they are written.
fn password(app_token: &str, challenge: &str) -> Result<String, Fault> {
    let mut mac =
        Hmac::<Sha1>::new_from_slice(app_token.as_bytes()).map_err(|_| Fault::CredentialsRejected)?;
    mac.update(challenge.as_bytes());
    Ok(hex::encode(mac.finalize().into_bytes()))
}

/// Keeps a token out of recordings, also in the spelling that the box itself uses in JSON.
pub fn conceal(transport: &Transport, token: &str) {
    transport.conceal(token);
    transport.conceal(&token.replace('/', "\\/"));
}

/// Whether an answer came from a box other than the one that announced itself.
pub fn is_another_box(announced: &Announcement, uid: Option<&str>) -> bool {
    matches!((&announced.uid, uid), (Some(expected), Some(seen)) if expected != seen)
}

/// Not a matter of credentials: trying them on each box that comes along would get them rejected.
pub fn another_box() -> Fault {
    Fault::BoxError { what: "login".to_owned(), why: "another Freebox answers at this address".to_owned() }
}

impl Login {
    /// Adds the session to a request.
    pub fn sign(&self, request: Request) -> Request {
        request.header(SESSION_HEADER, self.token.expose_secret())
    }

    /// Ends the session. That it may have ended already is no matter.
    pub async fn log_out(self, transport: &Transport, announced: &Announcement) {
        let request = self.sign(Request::post(announced.path("login/logout/")));
        if let Err(fault) = transport.send(request).await {
            tracing::debug!(%fault, "the box did not hear the logout");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_challenge_signed_with_the_token() {
        assert_eq!(
            password("app_token_xyz", "challenge_abc").unwrap(),
            "be7b5e38f88c5c286deaa71b6de3c38f11765f3e"
        );
        // The token is used as it is written, although it looks like Base64.
        assert_eq!(
            password(
                "xXXyyX9999wwwwwwwwxxx99999XXYYYYYYWWW000000000999999XXXXX9999Yx",
                "9Va31tSgQWM853j0kSCtBUyzYNhPN7IY"
            )
            .unwrap(),
            "c3464d210c1be4f1ef6f34c578d463fc28d40a61"
        );
    }
}
