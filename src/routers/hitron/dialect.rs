//! The family looks uniform in a browser, and speaks languages that have nothing in common.

use serde_json::Value as Json;

use super::pages::Page;
use crate::model::{Fault, text};
use crate::transport::{Reply, Request, Transport};

/// Which of its languages a Hitron box speaks. The model name does not tell: one model changes with its firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// CGNV4, CGN5-AP: a login that begins with the cookie `preSession`, for one administrator at a time.
    PreSession,
    /// CODA-45 to CODA-57, modems without a router: data pages without any login.
    ModemOnly,
    /// CGN3, CGNM and older CODA gateways: the session is the cookie `userid`.
    UserId,
    /// Newer CODA gateways and the Virgin hub: a REST tree below `/1/Device`.
    Rest,
    /// CVE-30360 and its relatives: data inside web pages.
    Legacy,
}

impl Dialect {
    /// Finds out without any login, one request at a time, and stops at the first certain sign.
    pub async fn detect(transport: &Transport) -> Result<Self, Fault> {
        transport.forget_cookies();
        let front = transport.send(Request::get("/")).await?;
        if front.status >= 500 {
            return Err(Fault::BoxError { what: front.what, why: format!("status {}", front.status) });
        }
        if front.cookie("preSession").is_some() {
            return Ok(Self::PreSession);
        }
        if is_redirect(&front) && front.header("location").is_some_and(|to| to.ends_with("/home.html")) {
            return Ok(Self::ModemOnly);
        }
        let model = transport.send(Request::get(Page::Model.path())).await?;
        if object(&model).is_some_and(|model| model.contains_key("modelName")) {
            let info = transport.send(Request::get(Page::SysInfo.path())).await?;
            return Ok(if says_uptime(&info) { Self::ModemOnly } else { Self::UserId });
        }
        Self::detect_without_data_pages(transport, &front).await
    }

    async fn detect_without_data_pages(transport: &Transport, front: &Reply) -> Result<Self, Fault> {
        for path in ["/1/Device/CM/Basicinfo", "/1/Device/CM/Version"] {
            let reply = transport.send(Request::get(path)).await?;
            if object(&reply).is_some_and(|said| said.contains_key("errCode")) || leads_to_web_pages(&reply) {
                return Ok(Self::Rest);
            }
        }
        let login = transport.send(Request::get("/login.asp")).await?;
        if login.status == 200 {
            return Ok(Self::Legacy);
        }
        Err(Fault::UnknownDialect(format!(
            "none of the signs of a Hitron box; its front page answers with {}",
            status(front)
        )))
    }

    /// The dialect, if the driver can speak it.
    pub fn supported(self) -> Result<Self, Fault> {
        let recognised = |which: &str| {
            Err(Fault::UnknownDialect(format!("this is a Hitron box {which}, which cannot be read yet")))
        };
        match self {
            Self::PreSession | Self::ModemOnly => Ok(self),
            Self::UserId => {
                recognised("whose session is the cookie 'userid' (CGN3, CGNM, older CODA gateways)")
            }
            Self::Rest => recognised("that speaks REST below /1/Device (newer CODA gateways, Virgin hub)"),
            Self::Legacy => recognised("of the CVE-30360 generation"),
        }
    }

    /// Whether data pages want a session.
    pub const fn has_login(self) -> bool {
        !matches!(self, Self::ModemOnly)
    }

    /// Whether the dialect has this page.
    pub const fn has(self, page: Page) -> bool {
        match page {
            Page::WideDownstream | Page::WideUpstream | Page::Links => matches!(self, Self::ModemOnly),
            Page::Hosts | Page::TunedFrequency => !matches!(self, Self::ModemOnly),
            _ => true,
        }
    }
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
