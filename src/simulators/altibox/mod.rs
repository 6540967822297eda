//! The Altibox customer portal and the server at which its users log in, in one: the portal at `/`, the other below
//! `/idp`. A household with one address (`fibre`, unless told otherwise) or with two (`several-sites`).

mod household;
mod identity;
mod portal;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use self::identity::Identity;
use self::portal::Portal;
use super::uptime::Uptime;
use super::{Appliance, Family, HttpRequest, HttpResponse, Parts, Trouble};

/// The portal.
pub(super) const FAMILY: Family = Family {
    name: "altibox",
    credentials: &[("username", "user@example.com"), ("password", "password")],
    addresses: &[("identity_url", BELOW)],
    models: &["fibre", "several-sites"],
    build: |parts| std::sync::Arc::new(Cloud::new(parts)),
};

/// Where the pages of the login server begin.
const BELOW: &str = "/idp";

/// What the portal is registered with at the login server, whatever its own address.
const REDIRECT_URI: &str = "https://www.altibox.no/auth/callback/";

/// Both servers.
#[derive(Debug)]
struct Cloud {
    parts: Parts,
    up: Uptime,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    identity: Identity,
    portal: Portal,
}

#[async_trait]
impl Appliance for Cloud {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match request.path.strip_prefix(BELOW) {
            Some(path) => state.identity.answer(path, &request, &self.parts),
            None => self.portal(&mut state, &request),
        }
    }
}

impl Cloud {
    fn new(parts: Parts) -> Self {
        let several = parts.model.as_deref() == Some("several-sites");
        let state = State { identity: Identity::new(&parts.noise), portal: Portal::new(several) };
        let up = Uptime::of(&parts.clock, Duration::ZERO);
        Self { parts, up, state: Mutex::new(state) }
    }

    fn portal(&self, state: &mut State, request: &HttpRequest) -> HttpResponse {
        let State { identity, portal } = state;
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/altibox/js/altibox.min.js") => self.script(identity),
            ("POST", "/api/authentication/token") => portal.ticket(request, identity, &self.parts),
            ("GET", "/api/customer/servicelocations") => portal.sites(request),
            ("GET", "/api/wifi/getlandevices") => portal.devices(request, self.up.get(), &self.parts),
            ("GET", "/api/wifi/getwifibylocation") => portal.configuration(request, &self.parts),
            _ => page(404, "<html><body>Siden finnes ikke</body></html>"),
        }
    }

    /// The portal's minified script, of which nobody needs more than the object with its client data.
    fn script(&self, identity: &Identity) -> HttpResponse {
        let client = if self.parts.troubles.has(Trouble::LoginChanged) {
            // As after an update of the portal; what its script said before is no longer valid, either.
            "{authority:\"https://idconnect.cloud\"}".to_owned()
        } else {
            identity.client()
        };
        let script = format!("!function(t){{var e={{locale:\"no\"}},n={client};t.idp=n,t.env=e}}(window);");
        HttpResponse::new(200, "application/javascript", script)
    }
}

fn page(status: u16, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse::new(status, "text/html; charset=utf-8", body)
}

fn json(status: u16, body: &serde_json::Value) -> HttpResponse {
    HttpResponse::new(status, "application/json; charset=utf-8", body.to_string())
}

#[cfg(test)]
mod tests;
