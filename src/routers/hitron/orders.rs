//! Telling the box to restart, in each of its languages.

use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};

use super::dialect::{Dialect, is_redirect, status};
use super::session::Session;
use crate::model::Fault;
use crate::transport::{Reply, Request, Transport};

/// Orders a restart.
pub(super) async fn reboot(
    dialect: Dialect,
    session: &mut Session,
    transport: &Transport,
) -> Result<(), Fault> {
    let mut desk = Desk { session, transport };
    let order = match dialect {
        Dialect::PreSession => desk.pre_session().await?,
        Dialect::UserId => desk.user_id().await?,
        Dialect::Legacy => desk.legacy(),
        Dialect::Rest => desk.rest().await?,
        // Whether a modem without a login takes orders is not known, and not for us to try out.
        Dialect::ModemOnly => return Err(Fault::NotSupported("reboot".to_owned())),
    };
    let reply = transport.send(order).await?;
    if says_session_is_over(&reply) {
        return Err(desk.session.expired_by(&reply));
    }
    let code = rest_code(&reply).filter(|code| code != "000");
    if reply.is_success() && code.is_none() {
        return Ok(());
    }
    let why = code.map_or_else(|| status(&reply), |code| format!("code {code}"));
    Err(Fault::BoxError { why, what: reply.what })
}

/// The box sends to the login page instead of answering, shows that page itself, or says that something is wrong.
pub(super) fn says_session_is_over(reply: &Reply) -> bool {
    is_redirect(reply) || reply.text().trim() == "Unknown error." || is_login_page(reply)
}

/// The login page, in place of what was asked for.
pub(super) fn is_login_page(reply: &Reply) -> bool {
    let said = reply.text();
    said.trim_start().starts_with('<') && said.contains("RedirectLoginIdentify")
}

fn rest_code(reply: &Reply) -> Option<String> {
    Some(reply.json::<Json>().ok()?.get("errCode")?.as_str()?.to_owned())
}

/// Where orders are written.
struct Desk<'a> {
    session: &'a mut Session,
    transport: &'a Transport,
}

impl Desk<'_> {
    fn restart(path: &'static str, fields: impl IntoIterator<Item = (&'static str, String)>) -> Request {
        let model = [("model", json!({ "reboot": "1" }).to_string())];
        Request::post(path).form(model.into_iter().chain(fields))
    }

    async fn pre_session(&mut self) -> Result<Request, Fault> {
        // Without a session the box gives none.
        let Some(token) = self.token("/data/getCsrf.asp", "Csrf_token").await? else {
            return Err(self.session.expired(false));
        };
        let fields = [("CsrfToken", token), ("CsrfTokenFlag", "1".to_owned())];
        Ok(Self::restart("/goform/Reboot", fields))
    }

    /// Older firmware has no such values, and takes the order without one.
    async fn user_id(&mut self) -> Result<Request, Fault> {
        let token = self.token("/data/getCsrfToken.asp", "token").await?;
        Ok(Self::restart("/goform/Reboot", token.map(|token| ("csrf_token", token))))
    }

    async fn rest(&mut self) -> Result<Request, Fault> {
        let Some(token) = self.token("/1/Device/Users/CSRF", "CSRF").await? else {
            return Err(self.session.expired(false));
        };
        Ok(Self::restart("/1/Device/CM/Reboot", [("csrf", token)]))
    }

    /// This generation keeps name and password in cookies, and wants all of its cookies repeated.
    fn legacy(&self) -> Request {
        let credentials = self.session.credentials();
        let name = credentials.username.as_deref().unwrap_or_default();
        let password = credentials.password.as_ref().map_or("", |password| password.expose_secret());
        let id = self.session.user_id().unwrap_or_default();
        let cookies = format!("userName={name}; password={password}; userid={id}");
        Self::restart("/goform/Reboot", [("webcheck", cookies.clone())]).header("Cookie", cookies)
    }

    /// The value that has to come with the order, if the box has one to give.
    async fn token(&mut self, path: &str, key: &str) -> Result<Option<String>, Fault> {
        let reply = self.transport.send(Request::get(path)).await?;
        if says_session_is_over(&reply) {
            return Err(self.session.expired_by(&reply));
        }
        if matches!(reply.status, 404 | 405) {
            return Ok(None);
        }
        let said: Json = reply.json()?;
        let token = said.get(key).and_then(Json::as_str).filter(|token| !token.is_empty());
        Ok(token.map(|token| {
            self.transport.conceal(token);
            token.to_owned()
        }))
    }
}
