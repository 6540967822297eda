//! Huawei HiLink boxes: one-time tokens, cookies that change, logins by challenge and by hash, and an answer of 200 to
//! everything.
//!
//! Models: `b525s-65a` (the usual one: both logins), `b525s-65a-ethernet` (the internet comes through a cable),
//! `b310s-22` (much is told to strangers, Base64 login, no uptime), `b618` (login by challenge only), `e8372` (hashed
//! login, tells no levels), `h122-373` (5G; gone at once when told to restart), `e3372` (a stick without a login).

mod challenge;
mod document;
mod gate;
mod household;
mod life;
mod pages;
mod profile;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use self::document::{Field, sent, value, without_values};
use self::gate::{Gate, Verdict, Wrong};
use self::life::Life;
use self::profile::{Login, Profile, Tokens, profile};
use super::{Appliance, Family, HttpRequest, HttpResponse, Parts, Trouble};
use crate::model::Subject;

/// Huawei HiLink boxes.
pub(super) const FAMILY: Family = Family {
    name: "huawei_hilink",
    credentials: &[("username", "admin"), ("password", "password")],
    addresses: &[],
    models: profile::MODELS,
    build: |parts| Arc::new(Hilink::new(parts)),
};

/// The header of the next token.
const TOKEN: &str = "__RequestVerificationToken";

/// How long a box takes to answer that has gone.
const NEVER: Duration = Duration::from_secs(3600);

const NOT_SUPPORTED: u32 = 100_002;
const NO_RIGHTS: u32 = 100_003;
const NOT_UNDERSTOOD: u32 = 100_005;

#[derive(Debug)]
struct Hilink {
    parts: Parts,
    profile: &'static Profile,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    life: Life,
    gate: Gate,
}

/// What an endpoint answers, before it is printed.
enum Said {
    Fields(Vec<Field>),
    Ok,
    Error(u32),
}

#[async_trait]
impl Appliance for Hilink {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        let endpoint = request.path.strip_prefix("/api/").map(str::to_owned);
        match (request.method.as_str(), endpoint.as_deref()) {
            ("GET", None) if matches!(request.path.as_str(), "/" | "/html/home.html") => self.front(&request),
            ("GET", Some("webserver/SesTokInfo")) => self.session_document(&request),
            ("GET", Some("webserver/token")) => self.token(&request),
            ("GET", Some("user/state-login")) => self.state_login(&request),
            ("GET", Some("user/hilink_login")) => {
                let wanted = u8::from(self.profile.login != Login::None);
                self.print(Said::Fields(vec![value("hilink_login", wanted)]))
            }
            ("GET", Some(endpoint)) => self.read(endpoint, &request),
            ("POST", Some(endpoint)) => self.post(endpoint, &request),
            _ => HttpResponse::empty(302).header("Location", "/html/home.html"),
        }
    }
}

impl Hilink {
    fn new(parts: Parts) -> Self {
        let profile = profile(parts.model.as_deref());
        let state = State { life: Life::of(profile, &parts), gate: Gate::new(&parts) };
        Self { parts, profile, state: Arc::new(Mutex::new(state)) }
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn print(&self, said: Said) -> HttpResponse {
        let style = self.profile.style;
        let text = match said {
            Said::Fields(fields) => style.print("response", fields),
            Said::Ok => "<?xml version=\"1.0\" encoding=\"UTF-8\"?><response>OK</response>".to_owned(),
            Said::Error(code) => style.print("error", vec![value("code", code), value("message", "")]),
        };
        HttpResponse::new(200, "text/html", text)
    }

    /// The front page; a byte-order mark precedes it, a new visitor gets a session, and two tokens on some models.
    fn front(&self, request: &HttpRequest) -> HttpResponse {
        let noise = &self.parts.noise;
        if self.profile.tokens == Tokens::Document {
            return HttpResponse::new(200, "text/html", page(&[]));
        }
        let (session, tokens) = self.with(|state| {
            let known = request.cookie("SessionID").filter(|_| state.gate.knows(request)).map(str::to_owned);
            let session = known.unwrap_or_else(|| state.gate.admit(noise));
            let count = if self.profile.tokens == Tokens::Page { 2 } else { 0 };
            let tokens: Vec<_> = (0..count).filter_map(|_| state.gate.token_for(&session, noise)).collect();
            (session, tokens)
        });
        cookie(HttpResponse::new(200, "text/html", page(&tokens)), &session)
    }

    fn session_document(&self, request: &HttpRequest) -> HttpResponse {
        let noise = &self.parts.noise;
        let (session, token) = self.with(|state| {
            let known = request.cookie("SessionID").filter(|_| state.gate.knows(request)).map(str::to_owned);
            let session = known.unwrap_or_else(|| state.gate.admit(noise));
            let token = state.gate.token_for(&session, noise).unwrap_or_default();
            (session, token)
        });
        self.print(Said::Fields(vec![
            value("SesInfo", format!("SessionID={session}")),
            value("TokInfo", token),
        ]))
    }

    fn token(&self, request: &HttpRequest) -> HttpResponse {
        let noise = &self.parts.noise;
        if self.profile.tokens == Tokens::Document {
            return self.print(Said::Error(NOT_SUPPORTED));
        }
        match self.with(|state| state.gate.token(request, noise)) {
            // The first half is of no use.
            Some(token) => self.print(Said::Fields(vec![value("token", noise.token(32) + &token)])),
            None => self.print(Said::Error(Wrong::NoSession as u32)),
        }
    }

    fn state_login(&self, request: &HttpRequest) -> HttpResponse {
        let (is_in, lock) =
            self.with(|state| (state.gate.is_in(request), state.gate.locked_for(&self.parts)));
        let kind = match self.profile.login {
            Login::None => return self.print(Said::Error(NOT_SUPPORTED)),
            Login::Password(kind) => kind,
            Login::Both | Login::Challenge => 4,
        };
        let mut fields = vec![
            value("username", if is_in { &self.parts.username } else { "" }),
            value("password_type", kind),
            value("firstlogin", 1),
            value("State", if is_in { 0 } else { -1 }),
            value("userlevel", if is_in { "2" } else { "" }),
        ];
        if self.profile.login.by_challenge() {
            fields.push(value("extern_password_type", 1));
        }
        if self.profile.tells_lock {
            let wait = lock.map_or(0, |wait| wait.as_secs());
            fields.extend([value("lockstatus", u8::from(wait > 0)), value("remainwaittime", wait)]);
        }
        self.print(Said::Fields(fields))
    }

    fn is_owner(&self, request: &HttpRequest) -> bool {
        self.profile.login == Login::None || self.with(|state| state.gate.is_in(request))
    }

    fn read(&self, endpoint: &str, request: &HttpRequest) -> HttpResponse {
        if !self.profile.open.contains(&endpoint) && !self.is_owner(request) {
            return self.print(Said::Error(NO_RIGHTS));
        }
        let said = self.with(|state| {
            state.gate.note_read(request, &self.parts);
            if endpoint == "monitoring/traffic-statistics" {
                self.parts.books.answered(Subject::Router, state.life.count().total);
            }
            pages::page(endpoint, self.profile, &mut state.life, &self.parts.noise)
        });
        let Some(mut fields) = said else {
            return self.print(Said::Error(NOT_SUPPORTED));
        };
        if self.parts.troubles.has(Trouble::MissingFields) {
            fields = without_values(fields);
        }
        self.parts.troubles.spoil(self.print(Said::Fields(fields)))
    }

    /// An order: with a session, a token that is still good, and a login where one is needed. The answer brings the next
    /// token, whatever came of it.
    fn post(&self, endpoint: &str, request: &HttpRequest) -> HttpResponse {
        if let Err(wrong) = self.with(|state| state.gate.spend(request)) {
            return self.print(Said::Error(wrong as u32));
        }
        let challenge = self.profile.login.by_challenge();
        let answer = match endpoint {
            "user/challenge_login" if challenge => self.challenge(request),
            "user/authentication_login" if challenge => {
                let verdict = self.with(|state| state.gate.answer(request, self.profile, &self.parts));
                self.tell(verdict)
            }
            "user/login" if self.profile.login != Login::None => {
                let verdict = self.with(|state| state.gate.log_in(request, self.profile, &self.parts));
                self.tell(verdict)
            }
            _ if !self.is_owner(request) => self.print(Said::Error(NO_RIGHTS)),
            _ => self.print(self.order(endpoint, request)),
        };
        if !self.parts.power.is_on() {
            return HttpResponse { delay: NEVER, ..answer };
        }
        if answer.headers.iter().any(|(name, _)| name.starts_with(TOKEN)) {
            return answer;
        }
        match self.with(|state| state.gate.token(request, &self.parts.noise)) {
            Some(token) => answer.header(TOKEN, token),
            None => answer,
        }
    }

    fn challenge(&self, request: &HttpRequest) -> HttpResponse {
        let answer = self.with(|state| state.gate.challenge(request, &self.parts.noise));
        self.print(answer.map_or(Said::Error(NOT_UNDERSTOOD), |(nonce, salt)| {
            Said::Fields(vec![
                value("iterations", challenge::ITERATIONS),
                value("servernonce", nonce),
                value("modeselected", 1),
                value("salt", salt),
                value("newType", 0),
            ])
        }))
    }

    fn tell(&self, verdict: Verdict) -> HttpResponse {
        let error = |fields| HttpResponse::new(200, "text/html", self.profile.style.print("error", fields));
        match verdict {
            Verdict::Wrong(failed) => {
                error(vec![value("message", ""), value("count", failed), value("code", 108_006)])
            }
            Verdict::Occupied => self.print(Said::Error(108_003)),
            Verdict::Locked(wait) => {
                error(vec![value("message", ""), value("waittime", wait.as_secs()), value("code", 108_007)])
            }
            Verdict::Welcome { session, tokens, signatures } => {
                let said = signatures.map_or(Said::Ok, |signatures| {
                    Said::Fields(vec![
                        value("rsan", self.with(|state| state.gate.modulus().to_owned())),
                        value("rsae", "010001"),
                        value("serversignature", signatures.server),
                        value("rsapubkeysignature", signatures.key),
                    ])
                });
                let mut answer = cookie(self.print(said), &session);
                for (name, token) in ["one", "two"].iter().zip(&tokens) {
                    answer = answer.header(&format!("{TOKEN}{name}"), token);
                }
                if tokens.len() > 2 { answer.header(TOKEN, tokens.join("#")) } else { answer }
            }
        }
    }

    fn order(&self, endpoint: &str, request: &HttpRequest) -> Said {
        match (endpoint, sent(&request.body, "Control").as_deref()) {
            ("user/logout", _) => {
                self.with(|state| state.gate.log_out(request, &self.parts));
                Said::Ok
            }
            ("dialup/mobile-dataswitch", _) => match sent(&request.body, "dataswitch").as_deref() {
                Some(word @ ("0" | "1")) => {
                    self.with(|state| state.life.switch_data(word == "1"));
                    Said::Ok
                }
                _ => Said::Error(NOT_UNDERSTOOD),
            },
            ("device/control", Some("1")) => {
                self.restart();
                Said::Ok
            }
            ("device/control", _) => Said::Error(NOT_UNDERSTOOD),
            _ => Said::Error(NOT_SUPPORTED),
        }
    }

    /// The box goes on for a moment, or not even that, and comes back with everything forgotten but its counts.
    fn restart(&self) {
        if self.profile.drops {
            self.parts.power.off();
        }
        let state = Arc::clone(&self.state);
        self.parts.restart(move || {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            state.life.restart();
            state.gate.restart();
        });
    }
}

fn cookie(response: HttpResponse, session: &str) -> HttpResponse {
    response.header("Set-Cookie", format!("SessionID={session}; path=/; HttpOnly;"))
}

fn page(tokens: &[String]) -> String {
    let metas: String =
        tokens.iter().map(|token| format!("<meta name=\"csrf_token\" content=\"{token}\">\r\n")).collect();
    format!(
        "\u{feff}<html><head>\r\n{metas}<script>window.location.href=\"/html/home.html\";</script></head><body></body></html>"
    )
}

#[cfg(test)]
mod tests;
