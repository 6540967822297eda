//! The logins, one for each language. Each sends the credentials to be judged once.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value as Json, json};

use super::dialect::{Dialect, Found};
use crate::model::{Fault, printed};
use crate::transport::{Reply, Request, Transport};

const LOGIN: &str = "/goform/login";
const REST_LOGIN: &str = "/1/Device/Users/Login";

/// How the owner wants us to log in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manners {
    /// Whether to push out whoever is logged in.
    pub force: bool,
    /// The field that the password goes into where firmwares differ.
    pub password_field: Option<&'static str>,
    /// Whether special characters are sent as the box's own page sends them.
    pub escape: bool,
}

/// What came of a login.
#[derive(Debug)]
pub(super) enum Verdict {
    /// We are in; the box may know us by this from now on.
    In(Option<SecretString>),
    /// Wrong user name or password.
    Rejected,
    /// Somebody else is in.
    Busy,
    /// No login is taken for so long.
    Locked(Duration),
    /// There is no such login here: the box speaks another language by now.
    Stranger,
    /// No verdict at all.
    Unclear,
}

/// One login.
pub(super) struct Attempt<'a> {
    pub transport: &'a Transport,
    pub manners: &'a Manners,
    pub username: String,
    pub password: String,
}

impl Attempt<'_> {
    /// Fetches the one-time value that has to come back with the login, where there is one.
    pub async fn prepare(&self, found: &Found) -> Result<Option<String>, Fault> {
        match found.dialect {
            Dialect::PreSession => self.ticket().await.map(Some),
            _ => Ok(None),
        }
    }

    /// Sends the credentials, and judges the answer.
    pub async fn make(&self, found: &Found, ticket: Option<String>) -> Result<(Verdict, Reply), Fault> {
        match found.dialect {
            Dialect::PreSession => self.pre_session(ticket.unwrap_or_default()).await,
            Dialect::UserId => self.user_id(found.model.as_deref().unwrap_or_default()).await,
            Dialect::Legacy => self.legacy().await,
            Dialect::Rest | Dialect::ModemOnly => self.rest().await,
        }
    }

    async fn ticket(&self) -> Result<String, Fault> {
        let front = self.transport.send(Request::get("/")).await?;
        let ticket = front.cookie("preSession").map(str::to_owned).ok_or_else(|| {
            if front.status >= 500 {
                Fault::BoxError { what: front.what, why: format!("status {}", front.status) }
            } else {
                Fault::UnknownDialect("it no longer hands out 'preSession' for a login".to_owned())
            }
        })?;
        self.transport.conceal(&ticket);
        Ok(ticket)
    }

    async fn pre_session(&self, ticket: String) -> Result<(Verdict, Reply), Fault> {
        let login = Request::post(LOGIN).form([
            ("usr", self.username.clone()),
            ("pwd", self.password.clone()),
            ("forcelogoff", u8::from(self.manners.force).to_string()),
            ("preSession", ticket),
        ]);
        let reply = self.transport.send(login).await?;
        let said = reply.text();
        let verdict = if reply.is_success() && said.trim() == "success" {
            Verdict::In(None)
        } else {
            refusal(&reply).unwrap_or(Verdict::Unclear)
        };
        Ok((verdict, reply))
    }

    /// Right or wrong, the answer has status 200; only the cookie tells.
    async fn user_id(&self, model: &str) -> Result<(Verdict, Reply), Fault> {
        let field = self.manners.password_field.unwrap_or_else(|| password_field(model));
        let login =
            Request::post(LOGIN).form([("user", self.username.clone()), (field, self.password.clone())]);
        let reply = self.transport.send(login).await?;
        Ok((self.by_user_id(&reply), reply))
    }

    fn by_user_id(&self, reply: &Reply) -> Verdict {
        let is_gone = |id: &&str| id.is_empty() || *id == "0" || *id == "deleted";
        let id = reply.cookie("userid").filter(|id| !is_gone(id));
        match id {
            Some(id) => {
                self.transport.conceal(id);
                Verdict::In(Some(id.to_owned().into()))
            }
            None => match refusal(reply) {
                Some(verdict) => verdict,
                None if reply.is_success() && !reply.text().trim().is_empty() => Verdict::Rejected,
                None => Verdict::Unclear,
            },
        }
    }

    /// Some firmware wants a one-time value back that it hands out with the answer to a first attempt without one.
    async fn legacy(&self) -> Result<(Verdict, Reply), Fault> {
        let fields = [("usernamehaha", self.username.clone()), ("passwordhaha", self.password.clone())];
        let first = self.transport.send(Request::post(LOGIN).form(fields.clone())).await?;
        let verdict = self.by_user_id(&first);
        let ticket = first.cookie("preSession").map(str::to_owned);
        let (Verdict::Rejected | Verdict::Unclear, Some(ticket)) = (&verdict, ticket) else {
            return Ok((verdict, first));
        };
        self.transport.conceal(&ticket);
        let fields = fields.into_iter().chain([("preSession", ticket)]);
        let second = self.transport.send(Request::post(LOGIN).form(fields)).await?;
        Ok((self.by_user_id(&second), second))
    }

    async fn rest(&self) -> Result<(Verdict, Reply), Fault> {
        let text = |text: &str| if self.manners.escape { escaped(text) } else { text.to_owned() };
        let mut model = json!({ "username": text(&self.username), "password": text(&self.password) });
        if let (true, Some(fields)) = (self.manners.force, model.as_object_mut()) {
            fields.insert("forcelogin".to_owned(), "1".into());
        }
        let login = Request::post(REST_LOGIN).form([("model", model.to_string())]);
        let reply = self.transport.send(login).await?;
        let verdict = match rest_verdict(&reply) {
            // Some firmware lets in without a word.
            None if reply.is_success() => self.confirmed().await?,
            None => Verdict::Unclear,
            Some(verdict) => verdict,
        };
        Ok((verdict, reply))
    }

    async fn confirmed(&self) -> Result<Verdict, Fault> {
        let version = self.transport.send(Request::get("/1/Device/CM/Version")).await?;
        let is_in =
            version.json::<Json>().is_ok_and(|said| said.get("errCode").is_some_and(|code| code == "000"));
        Ok(if is_in { Verdict::In(None) } else { Verdict::Unclear })
    }
}

/// What the languages that answer in words have in common.
fn refusal(reply: &Reply) -> Option<Verdict> {
    let said = reply.text();
    if said.contains("Wrong Credentials") {
        Some(Verdict::Rejected)
    } else if said.contains("Repeat Login") || said.contains("Up to the session limit") {
        Some(Verdict::Busy)
    } else if let Some(protect) = printed::login_protect(&said) {
        tracing::debug!(attempts = protect.attempts, "the box counts failed logins");
        Some(Verdict::Locked(protect.wait))
    } else {
        matches!(reply.status, 404 | 405).then_some(Verdict::Stranger)
    }
}

/// What a REST login says; `None` when it says nothing. The code is good for a wrong password, too.
fn rest_verdict(reply: &Reply) -> Option<Verdict> {
    if let Some(verdict) = refusal(reply) {
        return Some(verdict);
    }
    let text = reply.text();
    if text.trim().is_empty() {
        return None;
    }
    let Ok(Json::Object(said)) = reply.json() else {
        return Some(Verdict::Unclear);
    };
    let word = |key| said.get(key).and_then(Json::as_str).unwrap_or_default().to_ascii_lowercase();
    Some(match (word("errCode").as_str(), word("result").as_str()) {
        ("", "") => return None,
        ("000", "success") => Verdict::In(None),
        (_, "repeatlogin") => Verdict::Busy,
        (_, result) if result.contains("password_wrong") => Verdict::Rejected,
        _ if word("errMsg").contains("invalid username or password") => Verdict::Rejected,
        _ => Verdict::Unclear,
    })
}

/// Where this model wants its password. Which one a firmware takes cannot be seen, and a wrong one counts as a failure.
fn password_field(model: &str) -> &'static str {
    let model = model.to_ascii_uppercase();
    if ["CGNM", "CGNVM", "CODA-4589"].iter().any(|known| model.starts_with(known)) { "pwd" } else { "pws" }
}

/// The text as JavaScript's `escape()` makes it: `%XX`, and `%uXXXX` beyond Latin-1.
fn escaped(text: &str) -> String {
    let escape = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii_alphanumeric() || b"@*_+-./".contains(&byte) => {
            char::from(byte).to_string()
        }
        Ok(byte) => format!("%{byte:02X}"),
        Err(_) => format!("%u{unit:04X}"),
    };
    text.encode_utf16().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_browsers_do() {
        assert_eq!(escaped("aZ09@*_+-./"), "aZ09@*_+-./");
        assert_eq!(escaped("a b%&\"ä€"), "a%20b%25%26%22%E4%u20AC");
        assert_eq!(escaped("😀"), "%uD83D%uDE00");
    }

    #[test]
    fn the_field_of_the_password_follows_the_model() {
        for (model, field) in
            [("CGNM-2250-SHW", "pwd"), ("CODA-4589", "pwd"), ("CGN3-ACSMR", "pws"), ("", "pws")]
        {
            assert_eq!(password_field(model), field, "{model}");
        }
    }
}
