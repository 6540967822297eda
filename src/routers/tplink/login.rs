//! The five ways to be let in, and how one speaks once inside.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::crypto::{Carries, Seal, hidden};
use super::dialect::{Dialect, Found, key_call};
use super::grammar::{Act, Kind, returned, variable};
use super::session::{Session, packed, pass_of, plain};
use super::web::{Pass, Web, failed, is_failure_page, is_unwell, misunderstood};
use crate::model::Fault;
use crate::routers::rsa::{Padding, PublicKey};
use crate::transport::{Reply, pairs};

/// Where encrypted text goes.
const SEALED: &str = "/cgi_gdpr";

/// The name is wrong, its kind is wrong, or the password is.
const REJECTED: [u32; 3] = [71_230, 71_231, 71_233];

/// The form of the login is wrong.
const MISSHAPEN: [u32; 2] = [71_232, 71_234];

/// Who wants to be let in. Boxes that know only a password take an empty name.
pub(super) struct Who {
    pub user: String,
    pub password: String,
}

/// How one speaks to a box that has let us in.
pub(super) struct Access {
    pass: Pass,
    seal: Option<Seal>,
    is_cookie: bool,
}

impl fmt::Debug for Access {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Access").field("seal", &self.seal).finish_non_exhaustive()
    }
}

impl Access {
    /// Whether user and password themselves are shown with every request.
    pub const fn is_cookie(&self) -> bool {
        self.is_cookie
    }

    /// Sends acts.
    pub async fn send(&self, web: &Web, acts: &[Act]) -> Result<Reply, Fault> {
        match &self.seal {
            None => {
                let (path, body) = plain(acts);
                web.post(&path, &body, &self.pass).await
            }
            Some(seal) => sealed(web, seal, &packed(acts), Carries::Nothing, &self.pass).await,
        }
    }

    /// Logs out.
    pub async fn leave(&self, web: &Web) {
        if let Err(fault) = self.send(web, &[Act::new(Kind::Call, "/cgi/logout")]).await {
            tracing::debug!(%fault, "could not log out");
        }
    }

    /// Adds the number that is in the front page of whoever is logged in.
    async fn with_token(mut self, web: &Web) -> Result<Self, Fault> {
        let token = match web.get("/", &self.pass).await {
            Ok(front) if is_unwell(&front) => Err(failed(&front)),
            Ok(front) => variable(&front.text(), "token")
                .filter(|token| !token.is_empty())
                .map(str::to_owned)
                .ok_or_else(|| Fault::UnknownDialect("it gives no token after a login".to_owned())),
            Err(fault) => Err(fault),
        };
        match token {
            Ok(token) => {
                web.transport.conceal(&token);
                self.pass.token = Some(token);
                Ok(self)
            }
            Err(fault) => Err(self.given_back(web, fault).await),
        }
    }

    /// Gives back a place that is of no use, for the reason given.
    async fn given_back(self, web: &Web, fault: Fault) -> Fault {
        self.leave(web).await;
        fault
    }

    /// What an answer says; `None` when it was not meant for us.
    pub fn text(&self, reply: &Reply) -> Option<String> {
        text(self.seal.as_ref(), reply)
    }
}

fn text(seal: Option<&Seal>, reply: &Reply) -> Option<String> {
    let bytes = match seal {
        // Firmware that encrypts does not encrypt everything.
        Some(seal) if !reply.body.starts_with(b"[") => seal.open(&reply.body)?,
        _ => reply.body.clone(),
    };
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

async fn sealed(web: &Web, seal: &Seal, text: &str, carries: Carries, pass: &Pass) -> Result<Reply, Fault> {
    let closed = seal.close(text, carries)?;
    let body = format!("sign={}\r\ndata={}\r\n", closed.sign, closed.data);
    web.post_sealed(SEALED, &body, text, pass, |reply| seal.open(&reply.body)).await
}

/// Is let in. Sends the credentials at most once.
pub(super) async fn enter(
    web: &Web,
    found: Found,
    who: &Who,
    session: &mut Session,
) -> Result<Access, Fault> {
    match found.dialect {
        Dialect::Cookie => Ok(by_cookie(web, who)),
        Dialect::PlainText => in_plain_text(web, who, session).await,
        Dialect::Sealed => inside(web, found.padding, who, session).await,
        Dialect::SealedQuery => by_address(web, found.padding, who, session).await,
        Dialect::SealedVr => inside_vr(web, found.padding, who, session).await,
    }
}

/// Whether the box says that somebody else is logged in; not every box can.
pub(super) async fn is_busy(web: &Web) -> bool {
    match web.post("/cgi/getBusy", "", &Pass::default()).await {
        Ok(reply) => reply.is_success() && variable(&reply.text(), "isBusy") == Some("1"),
        Err(_) => false,
    }
}

/// There is no login: what would be sent is sent with every request.
fn by_cookie(web: &Web, who: &Who) -> Access {
    let word =
        if who.user.is_empty() { who.password.clone() } else { format!("{}:{}", who.user, who.password) };
    let word = STANDARD.encode(word);
    web.transport.conceal(&word);
    let pass = Pass { cookie: Some(format!("Authorization=Basic {word}")), token: None };
    Access { pass, seal: None, is_cookie: true }
}

async fn in_plain_text(web: &Web, who: &Who, session: &mut Session) -> Result<Access, Fault> {
    open_front(web, session).await?;
    let key = Key::ask(web, "/cgi/getParm").await?;
    if is_busy(web).await {
        return Err(Fault::BusyWithAnotherUser);
    }
    let user = hidden(&key.rsa, &who.user, Padding::Pkcs1)?;
    let password = hidden(&key.rsa, &STANDARD.encode(&who.password), Padding::Pkcs1)?;
    let path = format!("/cgi/login?UserName={user}&Passwd={password}&Action=1&LoginStatus=0");
    let reply = web.post(&path, "", &Pass::default()).await?;
    judge(&reply, &reply.text(), session)?;
    Access { pass: pass_of(web, &reply), seal: None, is_cookie: false }.with_token(web).await
}

async fn inside(web: &Web, padding: Padding, who: &Who, session: &mut Session) -> Result<Access, Fault> {
    // Some answer a login with nothing but a status 500 unless their front page was read before.
    open_front(web, session).await?;
    let seal = Key::ask(web, "/cgi/getParm").await?.seal(padding, who)?;
    let login = Act::new(Kind::Call, "/cgi/login")
        .with([format!("username={}", who.user), format!("password={}", who.password)]);
    let pass = log_in_sealed(web, &seal, login, session).await?;
    let access = Access { pass, seal: Some(seal), is_cookie: false };
    // And some begin the session only when it is read again.
    match web.get("/", &access.pass).await {
        Ok(_) => Ok(access),
        Err(fault) => Err(access.given_back(web, fault).await),
    }
}

async fn inside_vr(web: &Web, padding: Padding, who: &Who, session: &mut Session) -> Result<Access, Fault> {
    open_front(web, session).await?;
    let seal = Key::ask(web, "/cgi/getGDPRParm").await?.seal(padding, who)?;
    if is_busy(web).await {
        return Err(Fault::BusyWithAnotherUser);
    }
    let password = STANDARD.encode(&who.password);
    let login = Act::new(Kind::Call, "/cgi/login")
        .with([format!("UserName={}", who.user), format!("Passwd={password}")]);
    let pass = log_in_sealed(web, &seal, login, session).await?;
    Access { pass, seal: Some(seal), is_cookie: false }.with_token(web).await
}

async fn log_in_sealed(web: &Web, seal: &Seal, login: Act, session: &mut Session) -> Result<Pass, Fault> {
    let reply = sealed(web, seal, &packed(&[login]), Carries::Key, &Pass::default()).await?;
    let said = text(Some(seal), &reply).unwrap_or_else(|| reply.text().into_owned());
    judge(&reply, &said, session)?;
    Ok(pass_of(web, &reply))
}

async fn by_address(web: &Web, padding: Padding, who: &Who, session: &mut Session) -> Result<Access, Fault> {
    open_front(web, session).await?;
    let seal = Key::ask(web, "/cgi/getParm").await?.seal(padding, who)?;
    // A login here pushes out whoever is in.
    if is_busy(web).await {
        return Err(Fault::BusyWithAnotherUser);
    }
    let closed = seal.close(&format!("{}\n{}", who.user, who.password), Carries::Key)?;
    let fields = pairs::encode([("data", closed.data.as_str()), ("sign", closed.sign.as_str())]);
    let path = format!("/cgi/login?{fields}&Action=1&LoginStatus=0&isMobile=0");
    let reply = web.post_sealed(&path, "", "", &Pass::default(), |_| None).await?;
    judge(&reply, &reply.text(), session)?;
    Access { pass: pass_of(web, &reply), seal: Some(seal), is_cookie: false }.with_token(web).await
}

/// Reads the front page, which may say that logins are refused for a while.
async fn open_front(web: &Web, session: &Session) -> Result<(), Fault> {
    let front = web.get("/", &Pass::default()).await?;
    if is_unwell(&front) {
        return Err(failed(&front));
    }
    session.locked_out(&front.text()).map_or(Ok(()), Err)
}

/// What the answer to a login means. A wrong password has a code of its own, but not every firmware gives it.
fn judge(reply: &Reply, said: &str, session: &mut Session) -> Result<(), Fault> {
    if let Some(locked) = session.locked_out(said) {
        return Err(locked);
    }
    let may_mean = match returned(said) {
        Some(0) => return Ok(()),
        Some(code) if REJECTED.contains(&code) => return Err(Fault::CredentialsRejected),
        Some(code) if MISSHAPEN.contains(&code) => {
            let why = format!("it does not understand the login (code {code})");
            return Err(Fault::UnknownDialect(why));
        }
        Some(code) => Fault::BoxError { what: reply.what.clone(), why: format!("code {code}") },
        None if matches!(reply.status, 404 | 405) => {
            return Err(Fault::UnknownDialect(format!("its login answers with status {}", reply.status)));
        }
        // This is how a box answers that has no room for us.
        None if is_failure_page(reply) || reply.status == 406 => Fault::BusyWithAnotherUser,
        None if reply.is_success() => misunderstood(reply),
        None => failed(reply),
    };
    Err(session.refused(may_mean))
}

/// What a box gives to log in with.
struct Key {
    rsa: PublicKey,
    sequence: Option<u64>,
}

impl Key {
    /// Asks for the key, as a page of its own or, where there is none, among acts.
    async fn ask(web: &Web, path: &str) -> Result<Self, Fault> {
        let reply = web.post(path, "", &Pass::default()).await?;
        if let Some(key) = Self::parse(&reply.text()) {
            return Ok(key);
        }
        let reply = web.post("/cgi?8", &key_call(), &Pass::default()).await?;
        Self::parse(&reply.text())
            .ok_or_else(|| if is_unwell(&reply) { failed(&reply) } else { misunderstood(&reply) })
    }

    fn parse(said: &str) -> Option<Self> {
        let rsa = PublicKey::from_hex(variable(said, "nn")?, variable(said, "ee")?)?;
        Some(Self { rsa, sequence: variable(said, "seq").and_then(|sequence| sequence.parse().ok()) })
    }

    fn seal(self, padding: Padding, who: &Who) -> Result<Seal, Fault> {
        let sequence = self.sequence.ok_or_else(|| {
            Fault::UnknownDialect("its key comes without the number of a session".to_owned())
        })?;
        Seal::new(self.rsa, padding, sequence, Seal::hash(&who.user, &who.password))
    }
}
