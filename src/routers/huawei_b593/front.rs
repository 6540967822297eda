//! The front page: the login form, and what went wrong the last time.

use super::wire;
use crate::model::Fault;
use crate::transport::{Reply, Request, Transport};

/// What the front page says.
#[derive(Debug)]
pub(super) struct Front {
    /// The values that a form of this page has to send back, where the firmware wants that.
    pub pair: Option<Pair>,
    /// Whether the page loads the script with the key.
    pub mentions_rsa: bool,
    /// How many logins have failed in a row.
    pub failures: Option<u32>,
    /// Whether the last login was refused because somebody else is in.
    pub is_occupied: bool,
    /// The firmware, on builds that print it.
    pub firmware: Option<String>,
}

/// Two values that come with each page and have to come back with each of its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub param: String,
    pub token: String,
}

impl Pair {
    /// The pair of a page, if it has one.
    pub fn of(page: &str, transport: &Transport) -> Option<Self> {
        let value = |name| wire::variable(page, name).filter(|value| !value.is_empty()).map(str::to_owned);
        let pair = Self { param: value("csrf_param")?, token: value("csrf_token")? };
        transport.conceal(&pair.token);
        Some(pair)
    }

    /// The fields of a form.
    pub fn fields(&self) -> [(&'static str, String); 2] {
        [("csrf_param", self.param.clone()), ("csrf_token", self.token.clone())]
    }
}

impl Front {
    /// Reads the page.
    ///
    /// # Errors
    /// [`Fault::UnknownDialect`] when it is not the front page of this family: no password is sent to strangers.
    pub async fn read(transport: &Transport) -> Result<Self, Fault> {
        let reply = transport.send(Request::get("/")).await?;
        if reply.status >= 500 {
            return Err(Fault::BoxError { why: format!("status {}", reply.status), what: reply.what });
        }
        if let Some(fault) = wire::sends_to_tls(&reply) {
            return Err(fault);
        }
        let page = reply.text();
        let has_form =
            ["/index/login.cgi", "js/index.js", "LoginError"].iter().any(|sign| page.contains(sign));
        if !reply.is_success() || !has_form {
            return Err(Fault::UnknownDialect(format!(
                "its front page has no login form of this family (status {})",
                reply.status
            )));
        }
        Ok(Self::of(&reply, transport))
    }

    fn of(reply: &Reply, transport: &Transport) -> Self {
        let page = reply.text();
        let failures =
            wire::variable(&page, "LoginError").and_then(|said| said.split(':').next()?.parse().ok());
        Self {
            pair: Pair::of(&page, transport),
            mentions_rsa: page.contains("rsa.js"),
            failures,
            is_occupied: wire::variable(&page, "Cookieflag") == Some("2"),
            firmware: wire::firmware(&page),
        }
    }

    /// What of the page would change if the login did.
    pub const fn signs(&self) -> (bool, bool) {
        (self.pair.is_some(), self.mentions_rsa)
    }
}
