//! A CGNV4 gateway: login with `preSession`, one administrator, reboot on order.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio::time::sleep;

use super::admin::{Admin, Verdict};
use super::household;
use super::life::{self, Life};
use super::page::{Page, Row, Style};
use super::signal::{Signal, in_bytes};
use crate::simulators::flow::total;
use crate::simulators::{Appliance, HttpRequest, HttpResponse, Parts, Trouble};

/// The box.
#[derive(Debug)]
pub(super) struct Cgnv4 {
    parts: Parts,
    state: Arc<Mutex<State>>,
    /// The web server does one thing at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    life: Life,
    admin: Admin,
}

#[async_trait]
impl Appliance for Cgnv4 {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        let _turn = self.turn.lock().await;
        sleep(effort(&request.path)).await;
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/" | "/index.html") => self.front(&request),
            ("GET", "/login.html") => self.login_page(),
            ("POST", "/goform/login") => self.log_in(&request),
            ("POST", "/goform/logout") => self.log_out(&request),
            ("POST", "/goform/Reboot") => self.reboot(&request),
            ("GET", "/data/getCsrf.asp") => self.csrf(&request),
            ("GET", path) if path.starts_with("/data/") => self.data(&request),
            _ => HttpResponse::new(404, "text/html", "<html><body>Not found</body></html>"),
        }
    }
}

/// A hundredth of what the real box takes.
const fn effort(path: &str) -> Duration {
    Duration::from_millis(match path.as_bytes() {
        b"/data/getConnectInfo.asp" => 18,
        b"/goform/login" => 9,
        b"/data/getSysInfo.asp" => 6,
        _ => 2,
    })
}

impl Cgnv4 {
    pub fn new(parts: Parts) -> Self {
        let state = State { life: Life::since(Duration::from_secs(13_734)), admin: Admin::default() };
        Self { parts, state: Arc::new(Mutex::new(state)), turn: tokio::sync::Mutex::new(()) }
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn front(&self, request: &HttpRequest) -> HttpResponse {
        if self.with(|state| state.admin.is_in(request)) {
            return HttpResponse::new(200, "text/html", "<html><body>CGNV4</body></html>");
        }
        self.hand_out_ticket(to_login())
    }

    fn login_page(&self) -> HttpResponse {
        let page = "<html><body><form id=\"login\">RedirectLoginIdentify</form></body></html>";
        self.hand_out_ticket(HttpResponse::new(200, "text/html", page))
    }

    fn hand_out_ticket(&self, response: HttpResponse) -> HttpResponse {
        let ticket = self.with(|state| state.admin.ticket(&self.parts.noise));
        response.header("Set-Cookie", format!("preSession={ticket}; path=/"))
    }

    fn log_in(&self, request: &HttpRequest) -> HttpResponse {
        let verdict = self.with(|state| state.admin.log_in(request, &self.parts));
        let said = |text: &str| HttpResponse::new(200, "text/html", text);
        match verdict {
            Verdict::Welcome(id) => said("success")
                .header("Set-Cookie", format!("session={id}; path=/; HttpOnly"))
                .header("Set-Cookie", format!("sessionindex={id}; path=/; HttpOnly")),
            Verdict::Stale => self.hand_out_ticket(said("The session has expired. Please try again.")),
            Verdict::Wrong => self.hand_out_ticket(said("Wrong Credentials.")),
            Verdict::Repeat => self.hand_out_ticket(said("Repeat Login")),
            Verdict::Locked { failed, wait } => {
                let wait = wait.as_secs();
                said(&format!("LoginProtect={failed}|{}|{}", wait / 60, wait % 60))
            }
        }
    }

    fn log_out(&self, request: &HttpRequest) -> HttpResponse {
        self.with(|state| {
            if state.admin.is_in(request) {
                state.admin.log_out(&self.parts);
            }
        });
        let gone = "deleted; expires=Thu, 01-Jan-1970 00:00:00 GMT; path=/";
        self.hand_out_ticket(
            to_login()
                .header("Set-Cookie", format!("session={gone}"))
                .header("Set-Cookie", format!("sessionindex={gone}")),
        )
    }

    fn csrf(&self, request: &HttpRequest) -> HttpResponse {
        let token =
            self.with(|state| state.admin.is_in(request).then(|| state.admin.csrf(&self.parts.noise)));
        let token = token.map_or_else(|| json!({}), |token| json!({ "Csrf_token": token }));
        HttpResponse::new(200, "application/json", token.to_string())
    }

    fn data(&self, request: &HttpRequest) -> HttpResponse {
        if !self.with(|state| state.admin.is_in(request) && state.admin.read(&self.parts)) {
            return to_login();
        }
        let Some(mut page) = self.with(|state| page(&request.path, &state.life, &self.parts)) else {
            return HttpResponse::new(404, "text/html", "<html><body>Not found</body></html>");
        };
        if self.parts.troubles.has(Trouble::MissingFields) {
            page = page.without_values();
        }
        let response = HttpResponse::new(200, "application/json", page.print(Style::Compact));
        self.parts.troubles.spoil(response)
    }

    fn reboot(&self, request: &HttpRequest) -> HttpResponse {
        if !self.with(|state| state.admin.is_in(request)) {
            return to_login();
        }
        let meant = request.field("model").and_then(|model| serde_json::from_str(&model).ok())
            == Some(json!({ "reboot": "1" }));
        if !self.with(|state| state.admin.allows(request)) || !meant {
            return HttpResponse::new(403, "text/html", "<html><body>Forbidden</body></html>");
        }
        let state = Arc::clone(&self.state);
        self.parts.restart(self.parts.reboot / 8, move || {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.life.restart();
            state.admin = Admin::default();
        });
        HttpResponse::new(200, "text/html", "")
    }
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
        _ => return None,
    })
}

fn sys_info(life: &Life) -> Row {
    let uptime = life.uptime();
    let (down, up) = (total(uptime, 60_000.0), total(uptime, 9_000.0));
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

fn provisioning() -> Row {
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

fn docsis_wan(uptime: Duration) -> Row {
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
fn downstream(uptime: Duration, parts: &Parts) -> Vec<Row> {
    let others = (1..=24_u32).filter(|channel| *channel != 9);
    let row = |(port, channel): (u32, u32)| {
        let signal = Signal { place: channel, level: 4.0 + 0.1 * f64::from(channel % 7) };
        vec![
            ("portId", json!(port.to_string())),
            ("frequency", json!((354_250_000 + 8_000_000 * u64::from(channel)).to_string())),
            ("modulation", json!("2")),
            ("signalStrength", json!(signal.received(uptime, &parts.noise))),
            ("snr", json!(signal.snr(&parts.noise))),
            ("channelId", json!(channel.to_string())),
        ]
    };
    (1..).zip(std::iter::once(9).chain(others)).map(row).collect()
}

fn upstream(uptime: Duration) -> Vec<Row> {
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
