//! The portal's own pages: one session per user, whose end shows in an answer with status 200.

use std::time::Duration;

use serde_json::{Value as Json, json as object};

use super::household;
use super::identity::Identity;
use super::json;
use crate::simulators::{HttpRequest, HttpResponse, Parts, Trouble};
use crate::transport::pairs;

/// The customer's addresses.
const SITES: [&str; 2] = ["1234567", "7654321"];

#[derive(Debug)]
pub(super) struct Portal {
    several: bool,
    /// What the one session needs that is open.
    session: Option<Session>,
}

#[derive(Debug)]
struct Session {
    access_token: String,
    ticket: String,
}

impl Portal {
    pub const fn new(several: bool) -> Self {
        Self { several, session: None }
    }

    /// A new session ends the one before, whoever had it.
    pub fn ticket(&mut self, request: &HttpRequest, identity: &Identity, parts: &Parts) -> HttpResponse {
        let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let cookie = request.cookie("sso_access_token");
        let Some(token) = bearer.filter(|token| identity.knows(token) && cookie == Some(token)) else {
            return json(401, &object!({ "status": "error", "message": "Unauthorized" }));
        };
        if !request.body.is_empty() {
            return json(400, &object!({ "status": "error", "message": "Bad request" }));
        }
        let ticket = parts.noise.token(36);
        self.session = Some(Session { access_token: token.to_owned(), ticket: ticket.clone() });
        let data = object!({
            "sessionTicket": { "identifier": ticket },
            "user": { "firstName": "Example", "lastName": "User" },
        });
        json(200, &object!({ "status": "success", "data": data }))
    }

    pub fn sites(&self, request: &HttpRequest) -> HttpResponse {
        let header = request.header("sessionticket").filter(|ticket| self.is_ticket(ticket));
        if header.is_none() && !self.is_in(request) {
            return not_authenticated();
        }
        let mut sites = vec![object!({ "siteId": 1_234_567, "address": "Eksempelveien 1" })];
        if self.several {
            sites.push(object!({ "siteId": SITES[1], "address": "Eksempelveien 2" }));
        }
        json(200, &object!({ "value": sites }))
    }

    pub fn devices(&mut self, request: &HttpRequest, up: Duration, parts: &Parts) -> HttpResponse {
        if self.is_in(request) && parts.troubles.has(Trouble::SessionExpires) {
            self.session = None;
        }
        let site = asked(request, "siteid").filter(|_| self.is_in(request));
        let Some(site) = site.and_then(|site| self.site(&site)) else {
            return not_authenticated();
        };
        let mut devices = household::devices(site, up, &parts.noise);
        if asked(request, "activeOnly").as_deref() == Some("true") {
            devices.retain(|device| device["connectionType"] != "DISCONNECTED");
        }
        if parts.troubles.has(Trouble::MissingFields) {
            devices = household::emptied(devices);
        }
        parts.troubles.spoil(json(200, &object!({ "status": "success", "networkClients": devices })))
    }

    /// The gateway's own configuration. The real one may hold passphrases; this one has none to give.
    pub fn configuration(&self, request: &HttpRequest, parts: &Parts) -> HttpResponse {
        let site = asked(request, "siteid").filter(|site| self.is_in(request) && self.site(site).is_some());
        let Some(site) = site else {
            return not_authenticated();
        };
        let mut sites = serde_json::Map::new();
        sites.insert(site, household::configuration());
        parts.troubles.spoil(json(200, &object!({ "status": "success", "data": sites })))
    }

    /// Which of the customer's addresses this is.
    fn site(&self, id: &str) -> Option<usize> {
        let sites = if self.several { 2 } else { 1 };
        SITES.iter().take(sites).position(|site| *site == id)
    }

    /// Whether the request comes with the cookies that programs make themselves: those alone are enough, and needed.
    fn is_in(&self, request: &HttpRequest) -> bool {
        let token = request.cookie("sso_access_token");
        let is_token = self.session.as_ref().is_some_and(|session| token == Some(&session.access_token));
        is_token && request.cookie("sessionTicketApi").is_some_and(|ticket| self.is_ticket(ticket))
    }

    fn is_ticket(&self, ticket: &str) -> bool {
        self.session.as_ref().is_some_and(|session| session.ticket == ticket)
    }
}

fn asked(request: &HttpRequest, key: &str) -> Option<String> {
    pairs::decode(&request.query).into_iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

fn not_authenticated() -> HttpResponse {
    let answer: Json = object!({ "status": "notAuthenticated" });
    json(200, &answer)
}
