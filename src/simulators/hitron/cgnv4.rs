//! A CGNV4 gateway: login with `preSession`, one administrator, reboot on order.

use std::time::Duration;

use serde_json::json;

use super::admin::{Admin, Tickets, Verdict};
use super::chassis::{Answer, Firmware, Place, html, login_page, not_found};
use super::household;
use super::life::{self, Life};
use super::page::{Page, Row, Style};
use super::records;
use super::signal::{Signal, in_bytes};
use crate::simulators::{HttpRequest, HttpResponse, Parts, Passed};

/// Firmwares differ in which of these they set.
const COOKIES: [&str; 2] = ["session", "sessionindex"];

/// The gateway.
#[derive(Debug, Default)]
pub(super) struct Cgnv4 {
    admin: Admin,
    tickets: Tickets,
}

impl Firmware for Cgnv4 {
    const UP: Duration = Duration::from_secs(13_734);

    fn effort(path: &str) -> Duration {
        Duration::from_millis(match path {
            "/data/getConnectInfo.asp" => 18,
            "/goform/login" => 9,
            "/data/getSysInfo.asp" => 6,
            _ => 2,
        })
    }

    fn answer(&mut self, request: &HttpRequest, at: Place<'_>) -> Answer {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/" | "/index.html") => self.front(request, at),
            ("GET", "/login.html") => self.hand_out_ticket(login_page(), at),
            ("POST", "/goform/login") => self.log_in(request, at),
            ("POST", "/goform/logout") => self.log_out(request, at),
            ("POST", "/goform/Reboot") => return self.reboot(request),
            ("GET", "/data/getCsrf.asp") => self.csrf(request, at),
            ("GET", path) if path.starts_with("/data/") => self.data(request, at),
            _ => not_found(),
        }
        .into()
    }

    fn restart(&mut self) {
        *self = Self::default();
    }
}

impl Cgnv4 {
    fn front(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if self.admin.is_in(request, &COOKIES) {
            return html(200, "CGNV4");
        }
        self.hand_out_ticket(to_login(), at)
    }

    fn hand_out_ticket(&mut self, response: HttpResponse, at: Place<'_>) -> HttpResponse {
        let ticket = self.tickets.hand_out(&at.parts.noise);
        response.header("Set-Cookie", format!("preSession={ticket}; path=/"))
    }

    fn log_in(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        let said = |text: &str| HttpResponse::new(200, "text/html", text);
        if !self.tickets.knows(request) {
            at.parts.tally.note_login();
            return self.hand_out_ticket(said("The session has expired. Please try again."), at);
        }
        let is_right = request.field("usr").as_deref() == Some(&at.parts.username)
            && request.field("pwd").as_deref() == Some(&at.parts.password);
        let force = request.field("forcelogoff").as_deref() == Some("1");
        match self.admin.log_in(is_right, force, at.parts.noise.token(16), at.parts) {
            Verdict::Welcome(id) => COOKIES.iter().fold(said("success"), |response, cookie| {
                response.header("Set-Cookie", format!("{cookie}={id}; path=/; HttpOnly"))
            }),
            Verdict::Wrong => self.hand_out_ticket(said("Wrong Credentials."), at),
            Verdict::Repeat => self.hand_out_ticket(said("Repeat Login"), at),
            Verdict::Locked(words) => said(&words),
        }
    }

    fn log_out(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if self.admin.is_in(request, &COOKIES) {
            self.admin.log_out(at.parts);
        }
        let gone = "deleted; expires=Thu, 01-Jan-1970 00:00:00 GMT; path=/";
        let response = COOKIES
            .iter()
            .fold(to_login(), |response, cookie| response.header("Set-Cookie", format!("{cookie}={gone}")));
        self.hand_out_ticket(response, at)
    }

    fn csrf(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        let token = self.admin.is_in(request, &COOKIES).then(|| self.admin.csrf(at.parts.noise.token(24)));
        let token = token.map_or_else(|| json!({}), |token| json!({ "Csrf_token": token }));
        HttpResponse::new(200, "application/json", token.to_string())
    }

    fn data(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if !(self.admin.is_in(request, &COOKIES) && self.admin.read(at.parts)) {
            return to_login();
        }
        at.data(page(&request.path, at.life, at.parts), "application/json", Style::Compact)
    }

    fn reboot(&mut self, request: &HttpRequest) -> Answer {
        if !self.admin.is_in(request, &COOKIES) {
            return to_login().into();
        }
        let is_allowed = self.admin.allows(request, "CsrfToken") && request.field("CsrfTokenFlag").is_some();
        if !is_allowed || !means_reboot(request) {
            return html(403, "Forbidden").into();
        }
        Answer::and_restart(HttpResponse::new(200, "text/html", ""))
    }
}

/// Whether the order has the words of a restart.
pub(super) fn means_reboot(request: &HttpRequest) -> bool {
    let model: Option<serde_json::Value> =
        request.field("model").and_then(|model| serde_json::from_str(&model).ok());
    model == Some(json!({ "reboot": "1" }))
}

fn to_login() -> HttpResponse {
    HttpResponse::empty(302).header("Location", "/login.html")
}

fn page(path: &str, life: &Life, parts: &Parts) -> Option<Page> {
    let uptime = life.uptime();
    Some(match path {
        "/data/system_model.asp" => {
            Page::Object(vec![("modelName", json!("CGNV4-FX4")), ("skipWizard", json!("1"))])
        }
        "/data/user_type.asp" => Page::Object(vec![("UserType", json!("1"))]),
        "/data/getSysInfo.asp" => Page::one(sys_info(life)),
        "/data/getCMInit.asp" => Page::one(provisioning()),
        "/data/getCmDocsisWan.asp" => Page::one(docsis_wan(uptime)),
        "/data/getTuneFreq.asp" => Page::one(vec![("tunefreq", json!("426.250"))]),
        "/data/dsinfo.asp" => Page::Rows(downstream(uptime, parts)),
        "/data/usinfo.asp" => Page::Rows(upstream(uptime)),
        "/data/getConnectInfo.asp" => Page::Rows(household::rows(uptime)),
        "/data/status_log.asp" => Page::Rows(records::rows(life, records::Style::Words)),
        "/data/wireless_basic.asp" => Page::Rows(household::radios()),
        _ => return None,
    })
}

pub(super) fn sys_info(life: &Life) -> Row {
    let uptime = life.uptime();
    let Passed { received: down, sent: up } = life.traffic();
    vec![
        ("hwVersion", json!("2D")),
        ("swVersion", json!("4.5.10.201-CD-UPC")),
        ("serialNumber", json!("SIM0000001")),
        ("rfMac", json!("00:00:5E:00:53:F1")),
        ("wanIp", json!("203.0.113.17/24")),
        ("aftrName", json!("")),
        ("aftrAddr", json!("")),
        ("delegatedPrefix", json!("")),
        ("lanIPv6Addr", json!("")),
        ("systemUptime", json!(life::in_days(uptime))),
        ("systemTime", json!(life.time("%a %b %d, %Y, %H:%M:%S"))),
        ("timezone", json!("1")),
        ("WRecPkt", json!(in_bytes(down))),
        ("WSendPkt", json!(in_bytes(up))),
        ("lanIp", json!("192.168.0.1/24")),
        ("LRecPkt", json!(in_bytes(up + up / 50))),
        ("LSendPkt", json!(in_bytes(down - down / 50))),
    ]
}

pub(super) fn provisioning() -> Row {
    vec![
        ("hwInit", json!("Success")),
        ("findDownstream", json!("Success")),
        ("ranging", json!("Success")),
        ("dhcp", json!("Success")),
        ("timeOfday", json!("Secret")),
        ("downloadCfg", json!("Success")),
        ("registration", json!("Success")),
        ("eaeStatus", json!("Secret")),
        ("bpiStatus", json!("AUTH:authorized, TEK:operational")),
        ("networkAccess", json!("Permitted")),
        ("trafficStatus", json!("Enable")),
    ]
}

pub(super) fn docsis_wan(uptime: Duration) -> Row {
    const LEASE: Duration = Duration::from_secs(7 * 86_400);
    let lease = LEASE.saturating_sub(Duration::from_secs(uptime.as_secs() % LEASE.as_secs()));
    vec![
        ("Configname", json!("Secret")),
        ("NetworkAccess", json!("Permitted")),
        ("CmIpAddress", json!("192.0.2.125")),
        ("CmNetMask", json!("255.255.252.0")),
        ("CmGateway", json!("192.0.2.1")),
        ("CmIpLeaseDuration", json!(life::in_days(lease))),
    ]
}

/// 24 channels of 8 MHz; the primary one comes first.
pub(super) fn downstream(uptime: Duration, parts: &Parts) -> Vec<Row> {
    let others = (1..=24_u32).filter(|channel| *channel != 9);
    let row = |(port, channel): (u32, u32)| {
        let signal = Signal { place: channel, level: 4.0 + 0.1 * f64::from(channel % 7) };
        vec![
            ("portId", json!(port.to_string())),
            ("frequency", json!((354_250_000 + 8_000_000 * u64::from(channel)).to_string())),
            ("modulation", json!("2")),
            ("signalStrength", json!(signal.received(uptime, &parts.noise))),
            ("snr", json!(signal.snr(parts))),
            ("channelId", json!(channel.to_string())),
        ]
    };
    (1..).zip(std::iter::once(9).chain(others)).map(row).collect()
}

pub(super) fn upstream(uptime: Duration) -> Vec<Row> {
    const CHANNELS: [(u32, u32); 4] = [(2, 39_400_000), (1, 46_200_000), (3, 32_600_000), (4, 25_800_000)];
    let row = |(port, (channel, frequency)): (u32, (u32, u32))| {
        let signal = Signal { place: channel, level: 36.0 + 0.5 * f64::from(channel) };
        vec![
            ("portId", json!(port.to_string())),
            ("frequency", json!(frequency.to_string())),
            ("bandwidth", json!("6400000")),
            ("scdmaMode", json!("ATDMA")),
            ("signalStrength", json!(signal.transmitted(uptime))),
            ("channelId", json!(channel.to_string())),
        ]
    };
    (1..).zip(CHANNELS).map(row).collect()
}
