//! Gateways whose session is the cookie `userid`: a CGNM-2250 (`cgnm`), and a CODA-4582 with its first firmware
//! (`coda-4582`), which has no values to come with orders and wants its password in another field.

use std::time::Duration;

use serde_json::json;

use super::admin::{Admin, Verdict};
use super::cgnv4::{self, means_reboot};
use super::chassis::{Answer, Firmware, Place, html, login_page, not_found};
use super::coda;
use super::household;
use super::life;
use super::page::{Page, Row, Style};
use super::records;
use super::signal::in_bytes;
use crate::simulators::{HttpRequest, HttpResponse, Passed};

const COOKIES: [&str; 1] = ["userid"];

/// What differs between the two.
#[derive(Debug)]
pub(super) struct Model {
    name: &'static str,
    version: &'static str,
    password_field: &'static str,
    /// Whether orders have to come with a value that was handed out for them.
    has_tokens: bool,
}

/// As an operator in the west of Canada has it.
pub(super) const CGNM: Model =
    Model { name: "CGNM-2250-SHW", version: "4.5.11.9.1", password_field: "pwd", has_tokens: true };

/// As an operator in the east of Canada had it.
pub(super) const CODA_4582: Model =
    Model { name: "CODA-4582", version: "2.0.10.13", password_field: "pws", has_tokens: false };

/// The gateway.
#[derive(Debug)]
pub(super) struct Cgnm {
    model: &'static Model,
    admin: Admin,
}

impl Firmware for Cgnm {
    const UP: Duration = Duration::from_secs(265_202);

    fn answer(&mut self, request: &HttpRequest, at: Place<'_>) -> Answer {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/" | "/login.html") => login_page(),
            ("POST", "/goform/login") => self.log_in(request, at),
            ("GET", "/goform/logout") => self.log_out(request, at),
            ("POST", "/goform/Reboot") => return self.reboot(request),
            // Nobody has to be logged in for this one, so it is not among the pages that troubles spoil.
            ("GET", "/data/system_model.asp") => {
                let model = json!({ "modelName": self.model.name, "skipWizard": "1", "theme": "Default" });
                HttpResponse::new(200, "text/html", model.to_string())
            }
            ("GET", path) if path.starts_with("/data/") => self.data(request, at),
            _ => not_found(),
        }
        .into()
    }

    fn restart(&mut self) {
        *self = Self::new(self.model);
    }
}

impl Cgnm {
    pub fn new(model: &'static Model) -> Self {
        Self { model, admin: Admin::default() }
    }

    /// Right or wrong, the status is 200; only the cookie tells.
    fn log_in(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        let said = |text: &str| HttpResponse::new(200, "text/html", text);
        let is_right = request.field("user").as_deref() == Some(&at.parts.username)
            && request.field(self.model.password_field).as_deref() == Some(&at.parts.password);
        let id = at.parts.noise.whole(1_000_000_000, 9_999_999_999).to_string();
        match self.admin.log_in(is_right, false, id, at.parts) {
            Verdict::Welcome(id) => {
                said("index.htm#wizard_all/m/0/s/0").header("Set-Cookie", format!("userid={id}; path=/;"))
            }
            Verdict::Wrong => said("Your username or password is incorrect."),
            Verdict::Repeat => said("Up to the session limit: 1"),
            Verdict::Locked(words) => said(&words),
        }
    }

    fn log_out(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if self.admin.is_in(request, &COOKIES) {
            self.admin.log_out(at.parts);
        }
        HttpResponse::empty(302).header("Location", "/login.html")
    }

    fn data(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if !(self.admin.is_in(request, &COOKIES) && self.admin.read(at.parts)) {
            return login_page();
        }
        if self.model.has_tokens && request.path == "/data/getCsrfToken.asp" {
            let token = at.parts.noise.whole(0, u64::MAX);
            let token = self.admin.csrf(format!("{token:020}"));
            return HttpResponse::new(200, "text/html", json!({ "token": token }).to_string());
        }
        at.data(self.page(&request.path, at), "text/html", Style::Compact)
    }

    fn page(&self, path: &str, at: Place<'_>) -> Option<Page> {
        let uptime = at.life.uptime();
        Some(match path {
            "/data/getSysInfo.asp" => Page::one(self.sys_info(at)),
            "/data/getCMInit.asp" => Page::one(cgnv4::provisioning()),
            "/data/getCmDocsisWan.asp" => Page::one(cgnv4::docsis_wan(uptime)),
            "/data/dsinfo.asp" => Page::Rows(coda::downstream(uptime, at.parts)),
            "/data/usinfo.asp" => Page::Rows(cgnv4::upstream(uptime)),
            "/data/getConnectInfo.asp" => Page::Rows(household::rows(uptime)),
            "/data/status_log.asp" => Page::Rows(records::rows(at.life, records::Style::Words)),
            "/data/wireless_basic.asp" => Page::Rows(household::radios()),
            "/data/alive.asp" => Page::Object(vec![("session_status", json!("Alive"))]),
            _ => return None,
        })
    }

    fn sys_info(&self, at: Place<'_>) -> Row {
        let uptime = at.life.uptime();
        let Passed { received: down, sent: up } = at.life.traffic();
        vec![
            ("hwVersion", json!("1A")),
            ("swVersion", json!(self.model.version)),
            ("serialNumber", json!("SIM000000003")),
            ("rfMac", json!("00:00:5e:00:53:f3")),
            ("wanIp", json!("203.0.113.23/24")),
            ("lanIp", json!("192.168.0.1/24")),
            ("wanDlgtPrefix", json!("none")),
            ("WanDNSInfo", json!("192.0.2.53, 192.0.2.54")),
            ("systemLanUptime", json!(life::in_days_and_hours(uptime))),
            ("systemWanUptime", json!(life::in_days_and_hours(uptime.saturating_sub(WAN_IS_LATER)))),
            ("systemTime", json!(format!("{} -050", at.life.time("%a, %d %b %Y %H:%M:%S")))),
            ("timezone", json!("--")),
            ("WRecPkt", json!(in_bytes(down))),
            ("WSendPkt", json!(in_bytes(up))),
            ("LRecPkt", json!(in_bytes(up + up / 50))),
            ("LSendPkt", json!(in_bytes(down - down / 50))),
            ("gatewayOnOff", json!("Enabled")),
        ]
    }

    fn reboot(&mut self, request: &HttpRequest) -> Answer {
        if !self.admin.is_in(request, &COOKIES) {
            return login_page().into();
        }
        let is_allowed = !self.model.has_tokens || self.admin.allows(request, "csrf_token");
        if !is_allowed || !means_reboot(request) {
            return html(403, "Forbidden").into();
        }
        Answer::and_restart(HttpResponse::new(200, "text/html", ""))
    }
}

/// The way out takes its time after a start.
const WAN_IS_LATER: Duration = Duration::from_secs(90);
