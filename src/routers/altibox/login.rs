//! The portal's login, as its own page does it: six steps over two servers, part of them read off web pages.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value as Json;

use super::devices;
use super::hosts::{Host, Hosts, Landing, Lost, Patience};
use super::pages::{self, Pages};
use crate::model::{Fault, printed};
use crate::transport::{Reply, Request, pairs};

/// How many redirects one login follows; one or two have been seen.
pub(super) const MOST_REDIRECTS: u32 = 6;

/// Who the portal itself is to the server at which its users log in. Public, but different after each of its updates.
#[derive(Clone, Debug)]
pub(super) struct Client {
    id: String,
    scope: String,
    secret: SecretString,
}

/// What a login gives.
#[derive(Debug)]
pub(super) struct Ticket {
    pub ticket: SecretString,
    /// The ids of the customer's addresses; at least one.
    pub sites: Vec<String>,
}

/// A login under way.
#[derive(Debug)]
pub(super) struct Login<'a> {
    hosts: &'a Hosts,
    pages: &'a Pages,
    patience: Patience,
}

/// A step, for messages.
#[derive(Clone, Copy, Debug)]
struct Step {
    name: &'static str,
    /// The option that says where it is.
    path: &'static str,
}

const SCRIPT: Step = Step { name: "the portal's script", path: pages::SCRIPT.key };
const AUTHORIZATION: Step = Step { name: "the way to the login page", path: pages::AUTHORIZATION.key };
const SUBMIT: Step = Step { name: "the page after the login", path: pages::SUBMIT.key };
const TOKEN: Step = Step { name: "the exchange of the code", path: pages::TOKEN.key };
const TICKET: Step = Step { name: "the exchange of the access token", path: pages::TICKET.key };
const SITES: Step = Step { name: "the list of addresses", path: pages::SITES.key };

impl Step {
    /// The portal is not as it was.
    fn changed(self, key: &str) -> Fault {
        Fault::UnknownDialect(format!(
            "the login is no longer the one that is known: {} does not fit '{key}'",
            self.name
        ))
    }

    fn astray(self, why: impl std::fmt::Display) -> Fault {
        Fault::UnknownDialect(format!("the login is no longer the one that is known: {}: {why}", self.name))
    }

    fn lost(self, lost: Lost) -> Fault {
        match lost {
            Lost::Fault(fault) => fault,
            Lost::Astray(astray) => self.astray(astray),
        }
    }

    /// The answer, if it is a good one.
    fn checked(self, reply: Reply) -> Result<Reply, Fault> {
        if reply.is_success() { Ok(reply) } else { Err(self.failed(reply.status)) }
    }

    fn failed(self, status: u16) -> Fault {
        match status {
            404 | 405 | 410 => self.changed(self.path),
            status => Fault::BoxError { what: self.name.to_owned(), why: format!("status {status}") },
        }
    }

    fn json(self, reply: Reply) -> Result<Json, Fault> {
        self.checked(Reply { what: self.name.to_owned(), ..reply })?.json()
    }

    /// What goes into a header, and must not break out of it.
    fn token(self, token: Option<&str>) -> Result<String, Fault> {
        let fits = |token: &&str| {
            !token.is_empty()
                && token.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b';' | b',' | b'"'))
        };
        token.filter(fits).map(str::to_owned).ok_or_else(|| self.changed(self.path))
    }
}

impl<'a> Login<'a> {
    pub const fn new(hosts: &'a Hosts, pages: &'a Pages) -> Self {
        Self { hosts, pages, patience: Patience(MOST_REDIRECTS) }
    }

    /// Who the portal is, from its own script.
    pub async fn client(&mut self) -> Result<Client, Fault> {
        let landing = self.go(SCRIPT, Host::Portal, Request::get(&self.pages.script)).await?;
        let reply = SCRIPT.checked(landing.reply)?;
        let text = reply.text();
        let found = self.pages.client.groups(&text);
        let [id, scope, secret] = found.ok_or_else(|| SCRIPT.changed(pages::CLIENT.key))?;
        self.hosts.portal.conceal(secret);
        Ok(Client { id: id.to_owned(), scope: scope.to_owned(), secret: secret.into() })
    }

    /// Everything that follows. Sends the credentials once, and to the login server only.
    pub async fn enter(
        &mut self,
        client: &Client,
        username: &str,
        password: &SecretString,
    ) -> Result<Ticket, Fault> {
        let entity = self.entity(client).await?;
        let code = self.code(&entity, username, password).await?;
        let token = self.token(client, code).await?;
        self.hosts.portal.keep_cookie("sso_access_token", &token);
        let ticket = self.ticket(&token).await?;
        self.hosts.portal.keep_cookie("sessionTicketApi", &ticket);
        let sites = self.sites(&ticket).await?;
        Ok(Ticket { ticket: ticket.into(), sites })
    }

    async fn go(&mut self, step: Step, host: Host, request: Request) -> Result<Landing, Fault> {
        self.hosts.follow(host, request, &mut self.patience).await.map_err(|lost| step.lost(lost))
    }

    /// The id of this login, which only the redirect to its page tells.
    async fn entity(&mut self, client: &Client) -> Result<String, Fault> {
        let query = pairs::encode([
            ("client_id", client.id.as_str()),
            ("locale", "no"),
            ("redirect_uri", &self.pages.redirect_uri),
            ("response_type", "code"),
            ("scope", &client.scope),
            ("state", "/mine-sider/"),
            ("template", "altibox"),
        ]);
        let request = Request::get(format!("{}?{query}", self.pages.authorization));
        let landing = self.go(AUTHORIZATION, Host::Identity, request).await?;
        AUTHORIZATION.checked(landing.reply)?;
        let redirect = landing.redirect.unwrap_or_default();
        let found = self.pages.entity.groups(&redirect).map(|[id]| id);
        // It becomes a part of a path.
        let fits = |id: &&str| {
            id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'%'))
        };
        let id = found.filter(fits).ok_or_else(|| AUTHORIZATION.changed(pages::ENTITY.key))?;
        self.hosts.identity.conceal(id);
        Ok(id.to_owned())
    }

    /// Sends the credentials. The page that follows holds the code in a form that a browser would submit by itself.
    async fn code(&mut self, entity: &str, username: &str, password: &SecretString) -> Result<String, Fault> {
        let query = pairs::encode([("entityID", entity), ("locale", "no")]);
        let request = Request::post(format!("{}?{query}", self.pages.submit(entity))).form([
            ("username", username.to_owned()),
            ("password", password.expose_secret().to_owned()),
            ("method", "password.2".to_owned()),
        ]);
        let landing = match self.hosts.follow(Host::Identity, request, &mut self.patience).await {
            Ok(landing) => landing,
            Err(Lost::Fault(fault)) => return Err(fault),
            Err(Lost::Astray(astray)) => return Err(not_welcome(&astray.to_string())),
        };
        let page = landing.reply.text();
        match landing.reply.status {
            200..=299 if self.pages.welcome.is_in(&page) => {
                let [code] = self.pages.code.groups(&page).ok_or_else(|| SUBMIT.changed(pages::CODE.key))?;
                self.hosts.identity.conceal(code);
                Ok(code.to_owned())
            }
            status @ (404 | 405 | 410 | 500..=599) => Err(SUBMIT.failed(status)),
            _ if asks_for_password(&page) => Err(Fault::CredentialsRejected),
            status => Err(not_welcome(&format!(
                "it does not fit '{}', and has no field for a password (status {status})",
                pages::WELCOME.key
            ))),
        }
    }

    async fn token(&self, client: &Client, code: String) -> Result<String, Fault> {
        let request = Request::post(&self.pages.token).form([
            ("client_id", client.id.clone()),
            ("client_secret", client.secret.expose_secret().to_owned()),
            ("code", code),
            ("grant_type", "authorization_code".to_owned()),
            ("redirect_uri", self.pages.redirect_uri.clone()),
        ]);
        let answer = TOKEN.json(self.hosts.identity.send(request).await?)?;
        let token = TOKEN.token(answer.get("access_token").and_then(Json::as_str))?;
        self.hosts.identity.conceal(&token);
        Ok(token)
    }

    async fn ticket(&self, token: &str) -> Result<String, Fault> {
        // An empty form: the portal's own page sends nothing, but says that it is one.
        let request =
            Request::post(&self.pages.ticket).header("Authorization", format!("Bearer {token}")).form([]);
        let answer = TICKET.json(self.hosts.portal.send(request).await?)?;
        let ticket = TICKET.token(answer.pointer("/data/sessionTicket/identifier").and_then(Json::as_str))?;
        self.hosts.portal.conceal(&ticket);
        Ok(ticket)
    }

    async fn sites(&self, ticket: &str) -> Result<Vec<String>, Fault> {
        let request = Request::get(&self.pages.sites).header("SessionTicket", ticket);
        let answer = SITES.json(self.hosts.portal.send(request).await?)?;
        if devices::is_not_authenticated(&answer) {
            return Err(Fault::SessionExpired);
        }
        let sites: Vec<_> =
            answer.get("value").and_then(Json::as_array).into_iter().flatten().filter_map(site).collect();
        if sites.is_empty() {
            return Err(SITES.changed(pages::SITES.key));
        }
        sites.iter().for_each(|site| self.hosts.portal.conceal(site));
        // Who lives there, and where.
        each_text(&answer, &|text| self.hosts.portal.conceal(text));
        Ok(sites)
    }
}

/// A site id: digits, as a number or in quotes.
fn site(entry: &Json) -> Option<String> {
    let id = match entry.get("siteId")? {
        Json::String(text) => printed::clean(text)?.to_owned(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    id.bytes().all(|b| b.is_ascii_digit()).then_some(id)
}

/// Goes through the texts of an answer.
fn each_text(answer: &Json, tell: &impl Fn(&str)) {
    match answer {
        Json::String(text) => tell(text),
        Json::Array(items) => items.iter().for_each(|item| each_text(item, tell)),
        Json::Object(fields) => fields.values().for_each(|field| each_text(field, tell)),
        _ => {}
    }
}

/// Whether a page has a field for a password, as the login page has that comes back after a wrong one.
fn asks_for_password(page: &str) -> bool {
    let page = page.to_ascii_lowercase();
    ["type=\"password\"", "type='password'", "name=\"password\""].iter().any(|field| page.contains(field))
}

/// The portal did not let us in, and does not say why in words that are known: a wrong password, an account that is
/// locked, a second factor, terms to accept, or pages that have changed. Trying again could lock the account, so it
/// counts as a rejection, which is never tried again by itself.
fn not_welcome(why: &str) -> Fault {
    tracing::warn!(
        "{}: {why}; if the account asks for more than a password, or if the portal has changed, another password will not help",
        SUBMIT.name
    );
    Fault::CredentialsRejected
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_site_id_is_digits_quoted_or_not() {
        assert_eq!(site(&json!({"siteId": 1_234_567})), Some("1234567".into()));
        assert_eq!(site(&json!({"siteId": "1234567"})), Some("1234567".into()));
        for odd in
            [json!({}), json!({"siteId": null}), json!({"siteId": "12a"}), json!({"siteId": -1}), json!(7)]
        {
            assert_eq!(site(&odd), None, "{odd}");
        }
    }

    #[test]
    fn what_would_break_out_of_a_header_is_no_token() {
        for token in ["", "a b", "a;b", "a\r\nb", "å"] {
            assert!(TOKEN.token(Some(token)).is_err(), "{token:?}");
        }
        assert!(TOKEN.token(None).is_err());
        assert_eq!(TOKEN.token(Some("eyJ.x_-=")).as_deref(), Ok("eyJ.x_-="));
    }

    #[test]
    fn a_form_for_a_password_is_recognised() {
        assert!(asks_for_password("<INPUT TYPE=\"password\">"));
        assert!(asks_for_password("<input name=\"password\" id=p>"));
        assert!(!asks_for_password("<p>Forgotten your password?</p>"));
    }
}
