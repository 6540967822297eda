//! The three ways in, besides a cookie: names that are encrypted one by one, a query, and an act like others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::admin::{Failures, Seal, Session, Verdict};
use super::cipher::{self, Padding, Signature};
use super::gateway::Gateway;
use super::grammar::{self, Act, Method};
use super::page;
use super::profile::{Dialect, Insists};
use crate::simulators::{HttpRequest, HttpResponse};
use crate::transport::pairs;

/// What a login is answered with.
const WRONG_PASSWORD: u32 = 71_233;
const BAD_ARGUMENTS: u32 = 71_234;

impl Gateway {
    fn is_right(&self, username: &str, password: &str) -> bool {
        username == self.parts.username && password == self.parts.password
    }

    /// A login whose name and password are encrypted one by one.
    pub(super) fn log_in_with_names(&self, request: &HttpRequest) -> HttpResponse {
        let query = pairs::decode(&request.query);
        let field = |name: &str| {
            let (_, value) = query.iter().find(|(key, _)| key == name)?;
            cipher::open(value, Padding::Pkcs1)
        };
        let (Some(name), Some(password)) = (field("UserName"), field("Passwd")) else {
            return page::text(format!("$.ret={BAD_ARGUMENTS};\n"));
        };
        let password = STANDARD.decode(password).ok().and_then(|text| String::from_utf8(text).ok());
        let right = password.is_some_and(|password| self.is_right(&name, &password));
        self.welcome(request, right, None, page::text)
    }

    /// A login whose name and password are encrypted and signed in the query.
    pub(super) fn log_in_with_query(&self, request: &HttpRequest) -> HttpResponse {
        let refused = || page::text(format!("$.ret={BAD_ARGUMENTS};\n"));
        let query = pairs::decode(&request.query);
        let field = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let (Some(data), Some(sign)) = (field("data"), field("sign")) else { return refused() };
        let Some((seal, plain)) = self.unseal_login(data, sign, Padding::Zeros) else { return refused() };
        let (name, password) = plain.split_once('\n').unwrap_or((&plain, ""));
        let right = self.is_right(name, password);
        self.welcome(request, right, Some(seal), page::text)
    }

    /// Opens a login: what the session is to be encrypted with, and what was encrypted with it.
    fn unseal_login(&self, data: &str, sign: &str, padding: Padding) -> Option<(Seal, String)> {
        let number = self.state().admin.number;
        let signature = Signature::open(sign, padding)?;
        let cipher = signature.cipher?;
        let plain = String::from_utf8(cipher.decrypt(data)?).ok()?;
        let is_signed = signature.sum == number + data.len() as u64 && number > 0;
        is_signed.then_some((Seal { cipher, hash: signature.hash, number }, plain))
    }

    /// Lets somebody in, or not; `wrap` makes the page from what the login script says.
    fn welcome(
        &self,
        request: &HttpRequest,
        right: bool,
        seal: Option<Seal>,
        wrap: impl FnOnce(String) -> HttpResponse,
    ) -> HttpResponse {
        let mut state = self.state();
        let dialect = state.profile.dialect;
        let right = right && seal.as_ref().is_none_or(|seal| seal.hash == self.hash());
        match state.admin.log_in(&self.parts, dialect, right, request.peer, seal) {
            Verdict::Welcome(Session { id, .. }) => wrap("$.ret=0;\n".to_owned())
                .header("Set-Cookie", format!("JSESSIONID={id}; Path=/; HttpOnly")),
            Verdict::Wrong(Failures { count, wait }) => {
                let mut script = format!("$.ret={WRONG_PASSWORD};\n");
                if dialect.counts_failures() {
                    let wait = wait.as_secs();
                    script = format!("var currAuthTimes={count};\nvar currForbidTime={wait};\n{script}");
                }
                wrap(script)
            }
            Verdict::Busy => page::failure(500),
        }
    }

    fn hash(&self) -> String {
        cipher::hash(&self.parts.username, &self.parts.password)
    }

    /// A login that is an act like others, encrypted with what its own signature brings.
    pub(super) fn log_in_with_act(
        &self,
        request: &HttpRequest,
        data: &str,
        sign: &str,
        padding: Padding,
    ) -> HttpResponse {
        let (dialect, insists, greeted) = {
            let state = self.state();
            (state.profile.dialect, state.profile.insists, state.admin.greeted)
        };
        if dialect == Dialect::SealedToken || (insists == Insists::BeforeAndAfterLogin && !greeted) {
            return page::failure(500);
        }
        let Some((seal, plain)) = self.unseal_login(data, sign, padding) else {
            return page::text(format!("[cgi]0\n$.ret={BAD_ARGUMENTS};\n[error]0\n"));
        };
        let cipher = seal.cipher.clone();
        let acts = plain.split_once("\r\n").and_then(|(methods, acts)| grammar::parse(methods, acts).ok());
        let right = acts.as_deref().is_some_and(|acts| self.is_login(acts, dialect));
        self.welcome(request, right, Some(seal), |script| {
            page::text(cipher.encrypt(format!("[cgi]0\n{script}[error]0\n").as_bytes()))
        })
    }

    fn is_login(&self, acts: &[Act], dialect: Dialect) -> bool {
        let [act] = acts else { return false };
        let given = if dialect == Dialect::SealedVr {
            let password = act.value("Passwd").and_then(|text| STANDARD.decode(text).ok());
            act.value("UserName").zip(password.and_then(|text| String::from_utf8(text).ok()))
        } else {
            act.value("username").zip(act.value("password").map(str::to_owned))
        };
        act.method == Method::Call
            && act.oid == "/cgi/login"
            && given.is_some_and(|(name, password)| self.is_right(name, &password))
    }
}
