//! The box's web server: which request is what, and who may ask it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::admin::Verdict;
use super::cipher::{EXPONENT, MODULUS, Padding, Signature};
use super::grammar::{self, Act, Answer, Code};
use super::page;
use super::profile::{Dialect, Insists, Profile};
use super::state::{Consequences, Manner, State};
use crate::simulators::{Appliance, HttpRequest, HttpResponse, Parts, Trouble};

/// What the page reads without encryption, even where everything else is encrypted. Seen in a capture.
const IN_THE_CLEAR: [&str; 5] = ["IGD_DEV_INFO", "ETH_SWITCH", "MULTIMODE", "SYS_MODE", "/cgi/info"];

/// The box.
#[derive(Debug)]
pub(super) struct Gateway {
    pub parts: Parts,
    state: Arc<Mutex<State>>,
}

#[async_trait]
impl Appliance for Gateway {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        if request.method == "POST" && !comes_from_here(&request) {
            return page::failure(403);
        }
        let dialect = self.state().profile.dialect;
        match (request.path.as_str(), dialect) {
            ("/", _) => self.front(&request),
            ("/js/lib.js", _) => page::library(dialect),
            ("/js/tpEncrypt.js", _) => match dialect.padding() {
                Some(padding) => page::encryption(padding),
                None => page::failure(404),
            },
            ("/cgi/getBusy", Dialect::SealedToken) => self.busy(&request),
            ("/cgi/login", Dialect::Token) => self.log_in_with_names(&request),
            ("/cgi/login", Dialect::SealedToken) => self.log_in_with_query(&request),
            ("/cgi", _) => self.plain(&request, dialect),
            ("/cgi_gdpr", _) => match dialect.padding() {
                Some(padding) => self.sealed(&request, padding),
                None => page::failure(404),
            },
            (path, _) if dialect.key_path() == Some(path) => page::text(self.key(dialect)),
            (path, Dialect::Cookie) if path.starts_with("/cgi") => page::failure(500),
            _ => page::failure(404),
        }
    }
}

/// Whether a request comes from one of the box's own pages.
fn comes_from_here(request: &HttpRequest) -> bool {
    let page = request.header("referer").and_then(|referer| referer.split_once("://"));
    let host = page.map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    host.is_some() && host == request.header("host")
}

impl Gateway {
    pub fn new(parts: Parts) -> Self {
        let state = State::new(Profile::of(parts.model.as_deref()), &parts);
        Self { parts, state: Arc::new(Mutex::new(state)) }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Name and password as the cookie of old boxes has them.
    fn credentials(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.parts.username, self.parts.password)))
    }

    fn front(&self, request: &HttpRequest) -> HttpResponse {
        let mut state = self.state();
        state.admin.greeted = true;
        let model = state.text("IGD_DEV_INFO", "modelName").to_owned();
        let cookie = request.cookie("Authorization");
        if let Some(cookie) = cookie.filter(|_| state.profile.dialect == Dialect::Cookie) {
            let right = cookie == self.credentials() && !self.parts.troubles.has(Trouble::WrongPassword);
            return page::front(&model, if right { "" } else { page::INCORRECT });
        }
        let dialect = state.profile.dialect;
        let id = request.cookie("JSESSIONID").map(str::to_owned);
        let session = state.admin.session(|session| Some(&session.id) == id.as_ref());
        let said = match session {
            Some(session) => {
                session.settled = true;
                if dialect.has_token() { page::token(&session.token) } else { String::new() }
            }
            None if dialect.counts_failures() => page::failures(state.admin.failures(&self.parts)),
            None => String::new(),
        };
        page::front(&model, &said)
    }

    /// The public key, as a script.
    fn key(&self, dialect: Dialect) -> String {
        let mut script = format!("var ee=\"{EXPONENT}\";\nvar nn=\"{MODULUS}\";\n");
        if dialect.padding().is_some() {
            let number = self.state().admin.next_number(&self.parts.noise);
            script.push_str(&format!("var seq=\"{number}\";\n"));
        }
        script + "$.ret=0;\n"
    }

    fn busy(&self, request: &HttpRequest) -> HttpResponse {
        let mut state = self.state();
        let id = request.cookie("JSESSIONID").map(str::to_owned);
        let own = state.admin.session(|session| Some(&session.id) == id.as_ref()).is_some();
        let taken = (state.admin.is_taken() && !own) || self.parts.troubles.has(Trouble::Busy);
        let taken = u8::from(taken);
        page::text(format!("var isLogined={taken};\nvar isBusy={taken};\n$.ret=0;\n"))
    }

    /// Acts that come as they are.
    fn plain(&self, request: &HttpRequest, dialect: Dialect) -> HttpResponse {
        let acts = grammar::parse(&request.query, &String::from_utf8_lossy(&request.body));
        if let (Dialect::Sealed(_), Ok([act])) = (dialect, acts.as_deref())
            && act.oid == "/cgi/getParm"
        {
            return self.key_as_act(act.index, dialect);
        }
        let goes = matches!(acts.as_deref(), Ok([act]) if act.oid == "/cgi/logout");
        let is_in = match dialect {
            Dialect::Cookie => self.knows_cookie(request, goes),
            Dialect::Token => self.is_in(request),
            Dialect::Sealed(_) => {
                let clear = |acts: &Vec<Act>| acts.iter().all(|act| IN_THE_CLEAR.contains(&act.oid.as_str()));
                acts.as_ref().is_ok_and(clear) && self.is_in(request)
            }
            Dialect::SealedToken | Dialect::SealedVr => false,
        };
        if !is_in {
            return page::failure(500);
        }
        let answer = match acts {
            Ok(acts) => self.run(&acts, request),
            Err(code) => Answer::default().end(code),
        };
        self.parts.troubles.spoil(page::text(answer))
    }

    fn key_as_act(&self, index: u32, dialect: Dialect) -> HttpResponse {
        let mut answer = Answer::default();
        answer.script(index, &self.key(dialect));
        page::text(answer.end(Code::OK)).header(
            "Set-Cookie",
            "JSESSIONID=deleted; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Path=/; HttpOnly",
        )
    }

    /// Whether the cookie has the right name and password, and nobody else is in. Whoever comes is in from then on,
    /// unless it is to leave.
    fn knows_cookie(&self, request: &HttpRequest, goes: bool) -> bool {
        let Some(cookie) = request.cookie("Authorization") else { return false };
        let right = cookie == self.credentials();
        let mut state = self.state();
        let troubled = [Trouble::WrongPassword, Trouble::Busy].iter().any(|t| self.parts.troubles.has(*t));
        let own = state.admin.session(|session| session.owner == request.peer).is_some();
        if right && (goes || (own && !troubled)) {
            return true;
        }
        let verdict = state.admin.log_in(&self.parts, Dialect::Cookie, right, request.peer, None);
        matches!(verdict, Verdict::Welcome(_))
    }

    /// Whether the request belongs to the session, which lasts.
    fn is_in(&self, request: &HttpRequest) -> bool {
        let mut state = self.state();
        let (profile, id) = (state.profile, request.cookie("JSESSIONID"));
        let token = request.header("tokenid");
        let session = state.admin.session(|session| Some(session.id.as_str()) == id);
        let is_in = session.is_some_and(|session| {
            let proven = !profile.dialect.has_token() || token == Some(&session.token);
            proven && (session.settled || profile.insists == Insists::Never)
        });
        is_in && state.admin.read(&self.parts)
    }

    /// Acts that come encrypted.
    fn sealed(&self, request: &HttpRequest, padding: Padding) -> HttpResponse {
        let body = String::from_utf8_lossy(&request.body);
        let field = |name: &str| body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        let (Some(sign), Some(data)) = (field("sign"), field("data")) else {
            return page::text(Answer::default().end(Code::FORMAT));
        };
        let Some(signature) = Signature::open(sign, padding) else { return page::failure(500) };
        if signature.cipher.is_some() {
            return self.log_in_with_act(request, data, sign, padding);
        }
        let id = request.cookie("JSESSIONID").map(str::to_owned);
        let seal = {
            let mut state = self.state();
            let session = state.admin.session(|session| Some(&session.id) == id.as_ref());
            session.and_then(|session| session.seal.clone())
        };
        let Some(seal) = seal
            .filter(|seal| signature.hash == seal.hash && signature.sum == seal.number + data.len() as u64)
        else {
            return page::failure(500);
        };
        if !self.is_in(request) {
            return page::failure(500);
        }
        let plain = seal.cipher.decrypt(data).unwrap_or_default();
        let plain = String::from_utf8_lossy(&plain);
        let (methods, acts) = plain.split_once("\r\n").unwrap_or((&plain, ""));
        let mut answer = match grammar::parse(methods, acts) {
            Ok(acts) => self.run(&acts, request),
            Err(code) => Answer::default().end(code),
        };
        answer.push(b'\n');
        self.parts.troubles.spoil(page::text(seal.cipher.encrypt(&answer)))
    }

    /// Does what is asked for, and what follows from it.
    fn run(&self, acts: &[Act], request: &HttpRequest) -> Vec<u8> {
        let manner = Manner { from: request.peer, hollow: self.parts.troubles.has(Trouble::MissingFields) };
        let mut state = self.state();
        let (answer, Consequences { reboot, logout }) = state.run(acts, manner);
        if logout {
            state.admin.log_out(&self.parts);
        }
        if reboot {
            let state = Arc::clone(&self.state);
            self.parts.restart(move || {
                state.lock().unwrap_or_else(PoisonError::into_inner).restart();
            });
        }
        answer
    }
}
