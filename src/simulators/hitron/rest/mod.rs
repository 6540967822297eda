//! Gateways that speak REST: a CODA-4680 (`coda-4680`), and a CODA-4582 whose firmware was updated to an early version
//! of it (`coda-4582-rest`).

mod pages;

use std::time::Duration;

use serde_json::json;

use super::admin::{Admin, Verdict};
use super::chassis::{Answer, Firmware, Place, login_page, not_found};
use super::page::Style;
use crate::simulators::{HttpRequest, HttpResponse};

const COOKIES: [&str; 1] = ["PHPSESSID"];
const ROOT: &str = "/1/Device/";

/// What differs between the two.
#[derive(Debug)]
pub(super) struct Model {
    name: &'static str,
    version: &'static str,
    /// Newer firmware has names of their own for the lists of wide channels, and tells more about them.
    is_new: bool,
    /// Whether a right login is answered with nothing at all.
    is_silent: bool,
}

/// The newer one.
pub(super) const CODA_4680: Model =
    Model { name: "CODA-4680", version: "7.2.4.5.2b8", is_new: true, is_silent: false };

/// The older one.
pub(super) const CODA_4582: Model =
    Model { name: "CODA-4582", version: "7.1.1.2.8b4", is_new: false, is_silent: true };

/// The gateway.
#[derive(Debug)]
pub(super) struct Rest {
    model: &'static Model,
    admin: Admin,
}

impl Firmware for Rest {
    const UP: Duration = Duration::from_secs(468_117);

    fn answer(&mut self, request: &HttpRequest, at: Place<'_>) -> Answer {
        let (method, path) = (request.method.as_str(), request.path.as_str());
        match (method, path, path.strip_prefix(ROOT)) {
            ("GET", "/", _) => HttpResponse::empty(302).header("Location", "/webpages/login.html"),
            ("GET", "/webpages/login.html", _) => login_page(),
            // These two need no login, and are not among the pages that troubles spoil.
            ("GET", _, Some("CM/Basicinfo")) => {
                said(&json!({ "errCode": "000", "errMsg": "", "modelName": self.model.name }))
            }
            ("GET", _, Some("CM/Version")) => self.version(request),
            ("POST", _, Some("Users/Login")) => self.log_in(request, at),
            ("POST", _, Some("Users/Logout")) => self.log_out(request, at),
            ("GET", _, Some("Users/CSRF")) => self.csrf(request, at),
            ("POST", _, Some("CM/Reboot")) => return self.reboot(request),
            ("GET", _, Some(page)) => self.data(page, request, at),
            _ => not_found(),
        }
        .into()
    }

    fn restart(&mut self) {
        *self = Self::new(self.model);
    }
}

fn said(answer: &serde_json::Value) -> HttpResponse {
    HttpResponse::new(200, "text/html", answer.to_string())
}

impl Rest {
    pub fn new(model: &'static Model) -> Self {
        Self { model, admin: Admin::default() }
    }

    fn version(&mut self, request: &HttpRequest) -> HttpResponse {
        if !self.admin.is_in(request, &COOKIES) {
            return login_page();
        }
        said(&json!({
            "errCode": "000", "errMsg": "", "modelName": self.model.name, "HwVersion": "1A",
            "vendorName": "Hitron Technologies", "SoftwareVersion": self.model.version, "ApiVersion": "1.12.1",
        }))
    }

    /// The code is good whatever happens. Each login ends the session before it.
    fn log_in(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        let model: serde_json::Value =
            request.field("model").and_then(|model| serde_json::from_str(&model).ok()).unwrap_or_default();
        let is = |key: &str, value: &str| model.get(key).and_then(serde_json::Value::as_str) == Some(value);
        let is_right = is("username", &at.parts.username) && is("password", &at.parts.password);
        let result = |word: &str| said(&json!({ "errCode": "000", "errMsg": "", "result": word }));
        match self.admin.log_in(is_right, true, at.parts.noise.token(26), at.parts) {
            Verdict::Welcome(id) => {
                if self.model.is_silent { HttpResponse::new(200, "text/html", "") } else { result("success") }
                    .header("Set-Cookie", format!("PHPSESSID={id}; path=/; HttpOnly"))
            }
            Verdict::Wrong => result("Error_Password_Wrong"),
            Verdict::Repeat => result("repeatlogin"),
            Verdict::Locked(words) => result(&words),
        }
    }

    fn log_out(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if self.admin.is_in(request, &COOKIES) {
            self.admin.log_out(at.parts);
        }
        let id = at.parts.noise.token(26);
        HttpResponse::new(200, "text/html", "")
            .header("Set-Cookie", format!("PHPSESSID={id}; path=/; HttpOnly"))
    }

    fn csrf(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if !self.admin.is_in(request, &COOKIES) {
            return login_page();
        }
        let token = self.admin.csrf(at.parts.noise.token(32));
        said(&json!({ "errCode": "000", "errMsg": "", "CSRF": token }))
    }

    fn data(&mut self, page: &str, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if !(self.admin.is_in(request, &COOKIES) && self.admin.read(at.parts)) {
            return login_page();
        }
        at.data(pages::page(page, self.model, at), "text/html", Style::Compact)
    }

    fn reboot(&mut self, request: &HttpRequest) -> Answer {
        if !self.admin.is_in(request, &COOKIES) {
            return login_page().into();
        }
        let means_it = request
            .field("model")
            .is_some_and(|model| [r#"{"reboot":"1"}"#, r#"{"reboot":1}"#].contains(&model.as_str()));
        if !self.admin.allows(request, "csrf") || !means_it {
            return said(&json!({ "errCode": "002", "errMsg": "CSRF" })).into();
        }
        Answer::and_restart(said(&json!({ "errCode": "000", "errMsg": "" })))
    }
}
