//! The server at which users log in: OAuth with a code, whose login page is found by two redirects.

use std::collections::VecDeque;

use serde_json::json as object;

use super::{BELOW, REDIRECT_URI, json, page};
use crate::simulators::{HttpRequest, HttpResponse, Noise, Parts, Trouble};
use crate::transport::pairs;

const SCOPE: &str = "openid altibox";

/// How many logins may be under way at once.
const MOST_VISITS: usize = 16;

#[derive(Debug)]
pub(super) struct Identity {
    client_id: String,
    client_secret: String,
    visits: VecDeque<Visit>,
    /// Codes that were not exchanged yet.
    codes: VecDeque<String>,
    /// The token that the portal takes.
    access_token: Option<String>,
}

/// A login under way.
#[derive(Debug)]
struct Visit {
    cookie: String,
    entity: String,
}

impl Identity {
    pub fn new(noise: &Noise) -> Self {
        Self {
            client_id: noise.token(20),
            client_secret: noise.token(32),
            visits: VecDeque::new(),
            codes: VecDeque::new(),
            access_token: None,
        }
    }

    /// The object in the portal's script.
    pub fn client(&self) -> String {
        format!(
            r#"{{baseUrl:"https://idconnect.cloud",client_id:"{}",scope:"{SCOPE}",client_secret:"{}",template:"altibox"}}"#,
            self.client_id, self.client_secret
        )
    }

    /// Whether this is the token that was handed out last.
    pub fn knows(&self, token: &str) -> bool {
        self.access_token.as_deref() == Some(token)
    }

    pub fn answer(&mut self, path: &str, request: &HttpRequest, parts: &Parts) -> HttpResponse {
        let submitted = path.strip_prefix("/uas/authn/").and_then(|rest| rest.strip_suffix("/submit"));
        match (request.method.as_str(), path, submitted) {
            ("GET", "/uas/oauth2/authorization", _) => self.authorize(request, parts),
            ("GET", "/uas/start", _) => self.start(request),
            ("GET", "/uas/authn", _) => self.login_page(request),
            ("POST", _, Some(entity)) => self.submit(entity, request, parts),
            ("POST", "/uas/oauth2/token", _) => self.token(request, &parts.noise),
            _ => page(404, "<html><body>Not found</body></html>"),
        }
    }

    fn authorize(&mut self, request: &HttpRequest, parts: &Parts) -> HttpResponse {
        let wanted = [
            ("client_id", self.client_id.as_str()),
            ("locale", "no"),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", SCOPE),
            ("state", "/mine-sider/"),
            ("template", "altibox"),
        ];
        let query = pairs::decode(&request.query);
        let given = |key: &str| query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        let is_wrong = wanted.iter().any(|(key, value)| given(key) != Some(value));
        if is_wrong || parts.troubles.has(Trouble::LoginChanged) {
            return page(400, "<html><body>invalid_request</body></html>");
        }
        let noise = &parts.noise;
        let visit = Visit { cookie: noise.token(32), entity: format!("_{}", noise.token(24)) };
        let cookie = format!("uas={}; Path={BELOW}; HttpOnly", visit.cookie);
        self.visits.push_back(visit);
        if self.visits.len() > MOST_VISITS {
            self.visits.pop_front();
        }
        to("/uas/start?locale=no").header("Set-Cookie", cookie)
    }

    fn start(&self, request: &HttpRequest) -> HttpResponse {
        match self.visit(request) {
            Some(visit) => to(&format!("/uas/authn?locale=no&_id={}&template=altibox", visit.entity)),
            None => no_session(),
        }
    }

    fn login_page(&self, request: &HttpRequest) -> HttpResponse {
        self.visit(request).map_or_else(no_session, |_| page(200, login_form("")))
    }

    fn visit(&self, request: &HttpRequest) -> Option<&Visit> {
        let cookie = request.cookie("uas")?;
        self.visits.iter().find(|visit| visit.cookie == cookie)
    }

    fn submit(&mut self, entity: &str, request: &HttpRequest, parts: &Parts) -> HttpResponse {
        let query = pairs::decode(&request.query);
        let says = |key: &str, value: &str| query.iter().any(|(name, given)| name == key && given == value);
        let is_complete = says("entityID", entity)
            && says("locale", "no")
            && request.field("method").as_deref() == Some("password.2");
        if self.visit(request).is_none_or(|visit| visit.entity != entity) || !is_complete {
            return no_session();
        }
        parts.tally.note_login();
        let right = request.field("username").as_deref() == Some(&parts.username)
            && request.field("password").as_deref() == Some(&parts.password);
        if !right || parts.troubles.has(Trouble::WrongPassword) {
            parts.tally.note_rejection();
            return page(200, login_form("<p class=\"error\">Feil brukernavn eller passord.</p>"));
        }
        let code = parts.noise.token(40);
        self.codes.push_back(code.clone());
        if self.codes.len() > MOST_VISITS {
            self.codes.pop_front();
        }
        page(200, welcome(&code))
    }

    fn token(&mut self, request: &HttpRequest, noise: &Noise) -> HttpResponse {
        let says = |key: &str, value: &str| request.field(key).as_deref() == Some(value);
        let is_client = says("client_id", &self.client_id) && says("client_secret", &self.client_secret);
        let is_exchange = says("grant_type", "authorization_code") && says("redirect_uri", REDIRECT_URI);
        let code = request.field("code").unwrap_or_default();
        let place = self.codes.iter().position(|known| *known == code);
        let Some(place) = place.filter(|_| is_client && is_exchange) else {
            return json(400, &object!({ "error": "invalid_grant" }));
        };
        self.codes.remove(place);
        let token = noise.token(48);
        self.access_token = Some(token.clone());
        json(200, &object!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 }))
    }
}

fn to(path: &str) -> HttpResponse {
    HttpResponse::empty(302).header("Location", format!("{BELOW}{path}"))
}

fn no_session() -> HttpResponse {
    page(400, "<html><body>Session not found</body></html>")
}

fn login_form(message: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"no\"><body>{message}<form method=\"post\"><input name=\"username\">\
         <input type=\"password\" name=\"password\"><button>Logg inn</button></form></body></html>"
    )
}

fn welcome(code: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"no\"><body onload=\"document.forms[0].submit()\"><p>Du er logget inn</p>\
         <form method=\"post\" action=\"{REDIRECT_URI}\"><input type=\"hidden\" name=\"code\" value=\"{code}\"/>\
         <input type=\"hidden\" name=\"state\" value=\"/mine-sider/\"/></form></body></html>"
    )
}
