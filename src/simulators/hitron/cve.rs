//! A CVE-30360 with firmware 4.2: a login of its own, which has to be sent twice, and few pages.

use std::time::Duration;

use serde_json::json;

use super::admin::{Admin, Tickets, Verdict};
use super::cgnv4::{self, means_reboot};
use super::chassis::{Answer, Firmware, Place, html, not_found};
use super::page::{Page, Row, Style};
use super::signal::Signal;
use crate::simulators::{HttpRequest, HttpResponse};

const COOKIES: [&str; 1] = ["userid"];

/// The gateway.
#[derive(Debug, Default)]
pub(super) struct Cve {
    admin: Admin,
    tickets: Tickets,
}

impl Firmware for Cve {
    const UP: Duration = Duration::from_secs(509_624);

    fn answer(&mut self, request: &HttpRequest, at: Place<'_>) -> Answer {
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => to_login(),
            ("GET", "/login.asp") => {
                html(200, "<input name=\"usernamehaha\"><input name=\"passwordhaha\">RedirectLoginIdentify")
            }
            ("POST", "/goform/login") => self.log_in(request, at),
            ("POST", "/goform/logout") => self.log_out(request, at),
            ("POST", "/goform/Reboot") => return self.reboot(request),
            ("GET", path) if path.starts_with("/data/") => self.data(request, at),
            _ => not_found(),
        }
        .into()
    }

    fn restart(&mut self) {
        *self = Self::default();
    }
}

impl Cve {
    /// The first attempt is not judged: it only gets the value that has to come with the second one.
    fn log_in(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        let said = |text: &str| HttpResponse::new(200, "text/html", text);
        if !self.tickets.knows(request) {
            let ticket = self.tickets.hand_out(&at.parts.noise);
            return said("").header("Set-Cookie", format!("preSession={ticket}; path=/"));
        }
        let is_right = request.field("usernamehaha").as_deref() == Some(&at.parts.username)
            && request.field("passwordhaha").as_deref() == Some(&at.parts.password);
        let id = at.parts.noise.whole(1_000_000_000, 9_999_999_999).to_string();
        match self.admin.log_in(is_right, false, id, at.parts) {
            Verdict::Welcome(id) => said("success").header("Set-Cookie", format!("userid={id}; path=/;")),
            Verdict::Wrong => said("Wrong Credentials."),
            Verdict::Repeat => said("Repeat Login"),
            Verdict::Locked(words) => said(&words),
        }
    }

    fn log_out(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if self.admin.is_in(request, &COOKIES) {
            self.admin.log_out(at.parts);
        }
        to_login()
    }

    fn data(&mut self, request: &HttpRequest, at: Place<'_>) -> HttpResponse {
        if !(self.admin.is_in(request, &COOKIES) && self.admin.read(at.parts)) {
            return to_login();
        }
        at.data(page(&request.path, at), "text/html", Style::Compact)
    }

    /// The cookies have to be repeated within the order.
    fn reboot(&mut self, request: &HttpRequest) -> Answer {
        if !self.admin.is_in(request, &COOKIES) {
            return to_login().into();
        }
        let check = request.field("webcheck");
        if check.is_none() || check.as_deref() != request.header("cookie") || !means_reboot(request) {
            return html(403, "Forbidden").into();
        }
        Answer::and_restart(HttpResponse::new(200, "text/html", ""))
    }
}

fn to_login() -> HttpResponse {
    HttpResponse::empty(302).header("Location", "/login.asp")
}

fn page(path: &str, at: Place<'_>) -> Option<Page> {
    Some(match path {
        "/data/getSysInfo.asp" => Page::one(cgnv4::sys_info(at.life)),
        "/data/getCMInit.asp" => Page::one(cgnv4::provisioning()),
        "/data/dsinfo.asp" => Page::Rows(downstream(at)),
        "/data/usinfo.asp" => Page::Rows(upstream(at.life.uptime())),
        _ => return None,
    })
}

/// Eight channels, in MHz and dBµV.
fn downstream(at: Place<'_>) -> Vec<Row> {
    let row = |channel: u32| {
        let signal = Signal { place: channel, level: 62.0 + 0.3 * f64::from(channel) };
        vec![
            ("portId", json!(channel.to_string())),
            ("frequency", json!(format!("{}.000", 594 + 8 * channel))),
            ("symbolRate", json!("6.952")),
            ("modulation", json!("2")),
            ("signalStrength", json!(signal.received(at.life.uptime(), &at.parts.noise))),
            ("snr", json!(signal.snr(at.parts))),
            ("channelId", json!(channel.to_string())),
        ]
    };
    (1..=8).map(row).collect()
}

fn upstream(uptime: Duration) -> Vec<Row> {
    let row = |channel: u32| {
        let signal = Signal { place: channel, level: 103.0 + 0.5 * f64::from(channel) };
        vec![
            ("portId", json!(channel.to_string())),
            ("frequency", json!(format!("{}.000", 30 + 7 * channel))),
            ("bandwidth", json!("6400000")),
            ("scdmaMode", json!("ATDMA")),
            ("signalStrength", json!(signal.transmitted(uptime))),
            ("channelId", json!(channel.to_string())),
        ]
    };
    (1..=4).map(row).collect()
}
