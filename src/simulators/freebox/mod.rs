//! A Freebox: pairing at a front panel that somebody presses, logins by challenge, sessions that end, and a line that
//! counts every five seconds.
//!
//! Models: `ultra` (the usual one), `bridge`, `revolution` (ADSL), `revolution-v3` (ADSL, firmware of long ago),
//! `delta` (two disks, two fans), `pop-4g` (the fibre is down, the 4G module carries on).

mod auth;
mod control;
mod envelope;
mod household;
mod life;
mod missing;
mod pages;
mod profile;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;

use self::auth::Auth;
use self::control::Profiles;
use self::envelope::{Failure, Page, success, write};
use self::household::{About, Stations};
use self::life::{Age, Traffic};
use self::pages::Moment;
use self::profile::Profile;
use super::uptime::Uptime;
use super::{Appliance, Family, HttpRequest, HttpResponse, Parts, Trouble};
use crate::model::Subject;

/// The Freebox family, simulated.
pub const FAMILY: Family = Family {
    name: "freebox",
    credentials: &[("app_token", "SimulatedFreebox/0123456789+ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij")],
    addresses: &[],
    models: &["ultra", "bridge", "revolution", "revolution-v3", "delta", "pop-4g"],
    build: |parts| Arc::new(Freebox::new(parts)),
};

const UID: &str = "0123456789abcdef0123456789abcdef";
/// How long the box has been on when the simulation starts: 46 days and a bit.
const ON_SINCE: Duration = Duration::from_secs(3_993_530);
/// How long the line takes to come up after a restart.
const UNTIL_ONLINE: Duration = Duration::from_secs(3);

#[derive(Debug)]
struct Freebox {
    parts: Parts,
    profile: &'static Profile,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    auth: Auth,
    traffic: Traffic,
    stations: Stations,
    powered: Uptime,
    /// Whether Wi-Fi is on; outlives a restart.
    wifi: bool,
    /// Who may reach the internet; outlives a restart, too.
    control: Profiles,
}

impl State {
    fn restart(&mut self) {
        self.auth.restart();
        self.traffic.restart();
        self.stations.restart();
        self.powered.restart();
    }

    fn is_up(&self) -> bool {
        self.powered.is_old() || self.powered.get() >= UNTIL_ONLINE
    }
}

#[async_trait]
impl Appliance for Freebox {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        // Slashes may be doubled, and there may be one at the end.
        let path: Vec<_> = request.path.split('/').filter(|segment| !segment.is_empty()).collect();
        match path.as_slice() {
            ["api_version"] => write(200, &self.announcement()),
            ["api", version, rest @ ..] => match self.version(version) {
                Ok(version) => self.api(version, rest, &request),
                Err(failure) => self.refuse(&failure),
            },
            _ => self.refuse(&Failure::NOT_FOUND),
        }
    }
}

impl Freebox {
    fn new(parts: Parts) -> Self {
        let profile = Profile::of(parts.model.as_deref());
        let state = State {
            auth: Auth::new(parts.password.clone(), parts.troubles.clone(), Arc::clone(&parts.noise)),
            traffic: Traffic::running(&parts),
            stations: Stations::new(&parts),
            powered: Uptime::of(&parts.clock, ON_SINCE),
            wifi: !profile.bridge,
            control: Profiles::new(),
        };
        Self { profile, state: Arc::new(Mutex::new(state)), parts }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announcement(&self) -> serde_json::Value {
        let (major, minor) = self.profile.api;
        json!({
            "uid": UID,
            "device_name": "Freebox Server",
            "box_model": self.profile.model,
            "box_model_name": self.profile.model_name,
            "api_version": format!("{major}.{minor}"),
            "api_base_url": "/api/",
            "api_domain": "simulated.example",
            "https_available": false,
            "https_port": self.parts.address.port(),
            "device_type": "FreeboxServer1,1",
        })
    }

    fn version(&self, segment: &str) -> Result<u64, Failure> {
        let own = self.profile.api.0;
        let asked = match segment.strip_prefix('v') {
            _ if segment == "latest" => own,
            Some(digits) => digits.parse().map_err(|_| Failure::NOT_FOUND)?,
            None => return Err(Failure::NOT_FOUND),
        };
        if (1..=own).contains(&asked) { Ok(asked) } else { Err(Failure::NO_SUCH_VERSION) }
    }

    fn api(&self, version: u64, path: &[&str], request: &HttpRequest) -> HttpResponse {
        match path {
            ["login", rest @ ..] if *rest != ["perms"] => self.login(rest, request),
            _ => {
                let rights = self.state().auth.check(session(request));
                match rights {
                    Ok(rights) if request.method == "GET" => self.data(version, path, rights),
                    Ok(rights) => self.finish(self.order(path, rights, request)),
                    Err(failure) => self.refuse(&failure),
                }
            }
        }
    }

    fn login(&self, path: &[&str], request: &HttpRequest) -> HttpResponse {
        let mut state = self.state();
        let page = match (request.method.as_str(), path) {
            ("GET", []) => Ok(Some(state.auth.hello(session(request)))),
            ("POST", ["authorize"]) => state.auth.authorize(request.json().as_ref()),
            ("GET", ["authorize", track]) => Ok(Some(state.auth.track(track))),
            ("POST", ["session"]) => {
                self.parts.tally.note_login();
                state.auth.open(request.json().as_ref()).inspect_err(|_| self.parts.tally.note_rejection())
            }
            ("POST", ["logout"]) if state.auth.close(session(request)) => {
                self.parts.tally.note_logout();
                Ok(None)
            }
            ("POST", ["logout"]) => Err(Failure::AUTH_REQUIRED),
            _ => Err(Failure::NOT_FOUND),
        };
        drop(state);
        self.finish(page)
    }

    fn data(&self, version: u64, path: &[&str], rights: auth::Rights) -> HttpResponse {
        let state = self.state();
        if path == ["connection"] {
            self.parts.books.answered(Subject::Router, state.traffic.bytes());
        }
        let age = Age(state.powered.simulated());
        let (now, wifi, control) = (self.parts.clock.now().as_second(), state.wifi, &state.control);
        let stations = &state.stations;
        let about = About { profile: self.profile, uid: UID, version, age, now, wifi, control, stations };
        let moment = Moment {
            about,
            traffic: &state.traffic,
            up: state.is_up(),
            uptime: state.powered.get().as_secs(),
            noise: &self.parts.noise,
            rights,
        };
        let mut page = moment.page(path);
        drop(state);
        if let (true, Ok(Some(result))) = (self.parts.troubles.has(Trouble::MissingFields), &mut page) {
            missing::lose_fields(result);
        }
        self.parts.troubles.spoil(self.finish(page))
    }

    fn order(&self, path: &[&str], rights: auth::Rights, request: &HttpRequest) -> Page {
        match path {
            ["wifi", "config"] if request.method == "PUT" => {
                rights.need_settings()?;
                self.turn_wifi(request.json().as_ref())
            }
            ["system", "reboot"] => {
                rights.need_settings()?;
                self.reboot();
                Ok(None)
            }
            ["network_control", id] if request.method == "PUT" && !self.profile.bridge => {
                self.state().control.put(id, request.json().as_ref())
            }
            ["lan", "wol", _] => rights.need_settings().map(|()| None),
            _ => Err(Failure::NOT_FOUND),
        }
    }

    /// Gives back the whole configuration, as it is now.
    fn turn_wifi(&self, request: Option<&serde_json::Value>) -> Page {
        if self.profile.bridge {
            return Err(Failure::SERVICE_DOWN);
        }
        let enabled = request.and_then(|json| json.get("enabled")?.as_bool()).ok_or(Failure::NO_JSON)?;
        self.state().wifi = enabled;
        Ok(Some(pages::wifi_config(enabled)))
    }

    fn reboot(&self) {
        let state = Arc::clone(&self.state);
        self.parts.restart(move || {
            state.lock().unwrap_or_else(PoisonError::into_inner).restart();
        });
    }

    fn finish(&self, page: Page) -> HttpResponse {
        match page {
            Ok(result) => success(result),
            Err(failure) => self.refuse(&failure),
        }
    }

    fn refuse(&self, failure: &Failure) -> HttpResponse {
        let greeting = self.state().auth.greeting();
        failure.response(UID, greeting)
    }
}

fn session(request: &HttpRequest) -> Option<&str> {
    request.header("x-fbx-app-auth")
}
