//! Huawei B593 and its relatives, each with the login and the units of its firmware.

mod admin;
mod cipher;
mod pages;
mod profile;
mod traffic;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use self::admin::{Admin, Verdict};
use self::cipher::Login;
use self::pages::{Front, Showing};
use self::profile::{Profile, profile};
use self::traffic::Traffic;
use super::{Appliance, Family, HttpRequest, HttpResponse, Parts, Passed, Trouble};
use crate::model::Subject;

/// Huawei B593 and its relatives.
pub(super) const FAMILY: Family = Family {
    name: "huawei_b593",
    credentials: &[("username", "admin"), ("password", "admin")],
    addresses: &[],
    models: profile::NAMES,
    build: |parts| Arc::new(B593::new(parts)),
};

/// The box.
#[derive(Debug)]
struct B593 {
    parts: Parts,
    profile: &'static Profile,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    traffic: Traffic,
    admin: Admin,
}

#[async_trait]
impl Appliance for B593 {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        let path = request.path.as_str();
        match (request.method.as_str(), path) {
            ("GET", "/") => self.front(),
            ("GET", "/js/rsa.js") if self.profile.login != Login::Base64 => script(pages::rsa_script()),
            ("GET", "/js/index.js") => script(pages::login_script(self.profile.login)),
            ("GET", "/html/status/tokenselete.asp") if self.profile.login == Login::RsaToken => {
                html(format!("{};\n", self.with(|state| state.admin.token(&self.parts.noise))))
            }
            ("POST", path) if path.starts_with("/index/login.cgi") => self.log_in(&request),
            ("POST", "/index/logout.cgi") => self.log_out(&request),
            ("POST", "/index/getStatusByAjax.cgi") => self.data(|box_, showing| {
                HttpResponse::new(200, "text/xml", pages::status(box_.profile, showing, &box_.parts.noise))
            }),
            ("POST", "/index/getRebootRes.cgi") => html("0".to_owned()),
            ("GET", "/html/status/waninforefresh.asp") if self.profile.modern => {
                self.data(|box_, showing| html(box_.traffic(showing).join("\r\n")))
            }
            _ if !self.knows(&request) => {
                HttpResponse::new(404, "text/html", "<html><body>404 Not Found</body></html>")
            }
            _ if !self.with(|state| state.admin.is_in(&request, self.profile.idle)) => to_front(),
            _ if self.parts.troubles.has(Trouble::SessionExpires) => {
                self.with(|state| state.admin.expire());
                to_front()
            }
            (_, "/html/management/reboot.cgi") => self.reboot(&request),
            (_, "/html/status/cleanWanStatisticsData.cgi") => {
                self.with(|state| state.traffic.clear());
                html(pages::replacement("/html/status/overview.asp"))
            }
            (_, path) => self.inside(path),
        }
    }
}

impl B593 {
    fn new(parts: Parts) -> Self {
        let state = State { traffic: Traffic::running(&parts), admin: Admin::default() };
        Self { profile: profile(parts.model.as_deref()), parts, state: Arc::new(Mutex::new(state)) }
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether there is such a page behind the login.
    fn knows(&self, request: &HttpRequest) -> bool {
        let old = ["/html/management/reset.asp"];
        let modern = [
            "/html/main/refresh.asp",
            "/html/management/diagnose.asp",
            "/html/management/maintenance.asp",
            "/index/getmodemsts.cgi",
        ];
        let own: &[&str] = if self.profile.modern { &modern } else { &old };
        let everywhere = [
            "/html/status/waninfo.asp",
            "/html/status/overview.asp",
            "/html/status/cleanWanStatisticsData.cgi",
            "/html/management/reboot.cgi",
        ];
        everywhere.iter().chain(own).any(|path| *path == request.path)
    }

    fn showing(&self) -> Showing {
        let troubles = &self.parts.troubles;
        if troubles.has(Trouble::Zeros) {
            Showing::Zeros
        } else if troubles.has(Trouble::MissingFields) {
            Showing::CountersOnly
        } else {
            Showing::All
        }
    }

    fn data(&self, print: impl FnOnce(&Self, Showing) -> HttpResponse) -> HttpResponse {
        self.parts.troubles.spoil(print(self, self.showing()))
    }

    fn traffic(&self, showing: Showing) -> [String; 2] {
        let counts = self.with(|state| state.traffic.now());
        let [sent, received] = counts.volumes;
        self.parts.books.answered(Subject::Router, Passed { received, sent });
        pages::traffic(self.profile, counts, showing)
    }

    fn pair(&self) -> Option<(String, String)> {
        let new = || self.with(|state| state.admin.pair(&self.parts.noise));
        self.profile.login.has_pairs().then(new)
    }

    fn front(&self) -> HttpResponse {
        let pair = self.pair();
        let front = self.with(|state| Front {
            pair,
            failures: state.admin.failures(&self.parts),
            was_occupied: state.admin.was_occupied,
        });
        html(pages::front(self.profile, &front))
    }

    fn log_in(&self, request: &HttpRequest) -> HttpResponse {
        match self.with(|state| state.admin.log_in(request, self.profile, &self.parts)) {
            Verdict::Welcome(id) => html(pages::replacement("/html/status/overview.asp"))
                .header("Set-Cookie", format!("SessionID_R3={id}; path=/")),
            Verdict::Rejected => to_front(),
            Verdict::BadParameters => refused(),
        }
    }

    fn log_out(&self, request: &HttpRequest) -> HttpResponse {
        self.with(|state| {
            if state.admin.is_in(request, self.profile.idle) {
                state.admin.log_out(&self.parts);
            }
        });
        to_front()
    }

    /// A page for whoever is logged in.
    fn inside(&self, path: &str) -> HttpResponse {
        match path {
            "/html/status/waninfo.asp" | "/html/status/overview.asp" => {
                self.data(|box_, showing| html(pages::page(&box_.traffic(showing), box_.pair().as_ref())))
            }
            "/index/getmodemsts.cgi" => {
                self.data(|box_, showing| html(pages::modem(showing, &box_.parts.noise)))
            }
            "/html/main/refresh.asp" => html("E5172.Refresh.Time.Out".to_owned()),
            _ => html(pages::page(&[], self.pair().as_ref())),
        }
    }

    fn reboot(&self, request: &HttpRequest) -> HttpResponse {
        let is_meant =
            !self.profile.login.has_pairs() || self.with(|state| state.admin.take_pair(request).is_some());
        if !is_meant {
            return refused();
        }
        let state = Arc::clone(&self.state);
        self.parts.restart(move || forget(&state));
        let back = request.query.split_once("RequestFile=").map_or("success", |(_, page)| page);
        html(pages::replacement(back))
    }
}

/// The box comes back with everything forgotten but its last saved counters.
fn forget(state: &Mutex<State>) {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.traffic.restart();
    state.admin = Admin::default();
}

fn html(page: String) -> HttpResponse {
    HttpResponse::new(200, "text/html", page)
}

fn script(code: String) -> HttpResponse {
    HttpResponse::new(200, "application/javascript", code)
}

fn to_front() -> HttpResponse {
    html(pages::replacement("/"))
}

fn refused() -> HttpResponse {
    html(pages::replacement("/html/msgerrcode.asp"))
}

#[cfg(test)]
mod tests;
