//! The family looks uniform in a browser, and speaks languages that have nothing in common.

use serde_json::Value as Json;

use crate::model::{Deed, Fault, text};
use crate::transport::{Reply, Request, Transport};

const MODEL: &str = "/data/system_model.asp";
const BASIC_INFO: &str = "/1/Device/CM/Basicinfo";
const SYS_INFO: &str = "/data/getSysInfo.asp";

/// Which of its languages a Hitron box speaks. The model name does not tell: one model changes with its firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// CGNV4, CGN5-AP: a login that begins with the cookie `preSession`, for one administrator at a time.
    PreSession,
    /// CODA-45 to CODA-57, modems without a router: data pages without any login.
    ModemOnly,
    /// CGN3, CGNM and older CODA gateways: the session is the cookie `userid`.
    UserId,
    /// Newer CODA gateways: a REST tree below `/1/Device`.
    Rest,
    /// CVE-30360 with firmware 4.2: a login with field names of its own, few data pages.
    Legacy,
}

/// What the box turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub dialect: Dialect,
    /// Its model, where it was told without a login.
    pub model: Option<String>,
}

impl From<Dialect> for Found {
    fn from(dialect: Dialect) -> Self {
        Self { dialect, model: None }
    }
}

impl Dialect {
    /// Finds out without any login, one request at a time, and stops at the first certain sign.
    pub async fn detect(transport: &Transport) -> Result<Found, Fault> {
        transport.forget_cookies();
        let front = ask(transport, "/").await?;
        match Self::of_front_page(&front) {
            // The page before the login tells the model.
            Some(Self::Rest) => return Self::of_rest(&ask(transport, BASIC_INFO).await?),
            Some(dialect) => return Ok(dialect.into()),
            None => {}
        }
        let model = ask(transport, MODEL).await?;
        match model_name(&model) {
            // The first generation has this page, too, and another login.
            Some(name) if !is_first_generation(&name) => {
                let info = ask(transport, SYS_INFO).await?;
                let dialect = if says_uptime(&info) { Self::ModemOnly } else { Self::UserId };
                Ok(Found { dialect, model: Some(name) })
            }
            _ => Self::detect_without_model(transport, &front).await,
        }
    }

    fn of_front_page(front: &Reply) -> Option<Self> {
        let leads_to =
            |page| is_redirect(front) && front.header("location").is_some_and(|to| to.ends_with(page));
        if front.cookie("preSession").is_some() && !leads_to("/login.asp") {
            Some(Self::PreSession)
        } else if leads_to("/home.html") {
            Some(Self::ModemOnly)
        } else {
            leads_to_web_pages(front).then_some(Self::Rest)
        }
    }

    async fn detect_without_model(transport: &Transport, front: &Reply) -> Result<Found, Fault> {
        for path in [BASIC_INFO, "/1/Device/CM/Version"] {
            let reply = ask(transport, path).await?;
            if object(&reply).is_some_and(|said| said.contains_key("errCode")) || leads_to_web_pages(&reply) {
                return Self::of_rest(&reply);
            }
        }
        let login = ask(transport, "/login.asp").await?;
        if login.status == 200 && login.text().contains("usernamehaha") {
            return Ok(Self::Legacy.into());
        }
        Err(Fault::UnknownDialect(if login.status == 200 {
            "this is a Hitron box with firmware 3.1, whose data are in web pages only".to_owned()
        } else {
            format!("none of the signs of a Hitron box; its front page answers with {}", status(front))
        }))
    }

    /// A box that speaks REST, unless it wants its password encrypted.
    fn of_rest(info: &Reply) -> Result<Found, Fault> {
        let model = model_name(info);
        if model.as_deref().is_some_and(|model| model.starts_with("CHITA")) {
            return Err(Fault::UnknownDialect(
                "this is the hub that Hitron builds for Virgin, whose login is encrypted".to_owned(),
            ));
        }
        Ok(Found { dialect: Self::Rest, model })
    }

    /// Whether data pages want a session.
    pub const fn has_login(self) -> bool {
        !matches!(self, Self::ModemOnly)
    }

    /// What of the family's deeds such boxes are not made to do. Whether a modem without a login takes orders is not known,
    /// and not for us to try out.
    pub fn refuses(self) -> impl Iterator<Item = Deed> {
        (self == Self::ModemOnly).then_some(Deed::Reboot).into_iter()
    }

    /// Whether reading the OFDM page wears the box out.
    pub const fn wears_out(self) -> bool {
        matches!(self, Self::ModemOnly)
    }

    /// Whether the session is worth keeping between two polls. CGNM gateways take 30 logins in an hour, and for the
    /// newest ones each login ends the session before it; the others have room for one administrator only.
    pub const fn keeps_session(self) -> bool {
        matches!(self, Self::UserId | Self::Rest)
    }
}

/// Asks for a page. A box that is ill is not to be taken for a stranger.
async fn ask(transport: &Transport, path: &str) -> Result<Reply, Fault> {
    let reply = transport.send(Request::get(path)).await?;
    if reply.status >= 500 {
        return Err(Fault::BoxError { why: status(&reply), what: reply.what });
    }
    Ok(reply)
}

fn model_name(reply: &Reply) -> Option<String> {
    Some(object(reply)?.get("modelName")?.as_str()?.to_owned())
}

fn is_first_generation(model: &str) -> bool {
    ["CVE", "CGNF"].iter().any(|generation| model.trim().to_ascii_uppercase().starts_with(generation))
}

/// The status for a message, with where it sends: boxes that only speak HTTPS tell so in this way.
pub(super) fn status(reply: &Reply) -> String {
    let elsewhere = reply.header("location").filter(|_| is_redirect(reply));
    let elsewhere = elsewhere.map_or_else(String::new, |to| format!(", to {}", text::shorten(to, 60)));
    format!("status {}{elsewhere}", reply.status)
}

pub(super) const fn is_redirect(reply: &Reply) -> bool {
    matches!(reply.status, 301 | 302 | 303 | 307 | 308)
}

fn object(reply: &Reply) -> Option<serde_json::Map<String, Json>> {
    reply.is_success().then(|| reply.json().ok())?
}

fn says_uptime(info: &Reply) -> bool {
    let Ok(Json::Array(rows)) = info.json() else {
        return false;
    };
    rows.first()
        .and_then(|row| row.get("systemUptime"))
        .and_then(Json::as_str)
        .is_some_and(|up| !up.is_empty())
}

fn leads_to_web_pages(reply: &Reply) -> bool {
    reply.header("location").is_some_and(|to| to.contains("/webpages/"))
        || (reply.text().trim_start().starts_with('<') && reply.text().contains("/webpages/"))
}
