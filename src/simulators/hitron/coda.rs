//! A CODA modem without a router: no login, HTTP/1.0, and a page that must not be read too often.

use std::time::Duration;

use serde_json::json;

use super::chassis::{Answer, Firmware, Place, html, not_found};
use super::life::{self, Life};
use super::page::{Page, Row, Style};
use super::records;
use super::signal::Signal;
use crate::simulators::flow::total;
use crate::simulators::{Framing, HttpRequest, HttpResponse, Parts};

/// After so many reads of the OFDM page its counters are gone.
const COUNTERS_GONE: u32 = 200;
/// After so many the modem crashes.
const CRASH: u32 = 400;

/// The modem.
#[derive(Debug, Default)]
pub(super) struct Coda {
    /// How often the OFDM page was read since the modem started.
    wide_reads: u32,
}

impl Firmware for Coda {
    const UP: Duration = Duration::from_secs(1_726_838);

    fn answer(&mut self, request: &HttpRequest, at: Place<'_>) -> Answer {
        let response = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => {
                HttpResponse::empty(302).header("Location", format!("https://{}/home.html", at.parts.address))
            }
            ("GET", "/home.html") => {
                html(200, "RedirectLoginIdentify").header("Last-modified", "Wed Dec 31 17:00:00 1969")
            }
            ("POST", "/goform/home") => {
                let id = at.parts.noise.whole(1_000_000_000, 9_999_999_999);
                let status = r#"{"status":"1","result":"index.html#status_overview/m/1/s/0"}"#;
                HttpResponse::new(200, "text/html", status)
                    .header("Set-Cookie", format!("userid={id}; path=/;"))
            }
            ("POST", "/goform/ResetFECCnt") => HttpResponse::new(200, "text/html", ""),
            ("GET", path) if path.starts_with("/data/") => return self.data(path, at),
            _ => not_found(),
        };
        dress(response, at).into()
    }

    fn restart(&mut self) {
        *self = Self::default();
    }
}

impl Coda {
    fn data(&mut self, path: &str, at: Place<'_>) -> Answer {
        let wears = path == "/data/dsofdminfo.asp";
        self.wide_reads += u32::from(wears);
        let page = page(path, self.wide_reads, at);
        let style = page.as_ref().map_or(Style::Compact, |(_, style)| *style);
        let response = dress(at.data(page.map(|(page, _)| page), "text/html", style), at);
        if wears && self.wide_reads == CRASH { Answer::and_crash(response) } else { response.into() }
    }
}

/// Adds what this firmware puts around every answer: HTTP/1.0, no length, and a date that is none.
fn dress(mut response: HttpResponse, at: Place<'_>) -> HttpResponse {
    if response.framing == Framing::Length {
        response.framing = Framing::Close;
    }
    response
        .header("Server", "GoAhead-Webs")
        .header("Date", at.life.time("%a %b %e %H:%M:%S %Y"))
        .header("Cache-Control", "no-cache")
        .header("Pragma", "no-cache")
        .header("Content-Security-Policy", "frame-ancestors 'self';")
        .header("x-frame-options", "SAMEORIGIN")
        .header("x-content-type-option", "nosniff")
        .header("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        .header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
}

fn page(path: &str, wide_reads: u32, at: Place<'_>) -> Option<(Page, Style)> {
    let uptime = at.life.uptime();
    Some(match path {
        "/data/system_model.asp" => (
            Page::Object(vec![("modelName", json!("CODA")), ("vendorname", json!("HITRON"))]),
            Style::Compact,
        ),
        "/data/getSysInfo.asp" => (Page::one(sys_info(at.life)), Style::Lines),
        "/data/getCMInit.asp" => (Page::one(provisioning()), Style::Lines),
        "/data/getCmDocsisWan.asp" => (Page::one(docsis_wan()), Style::Lines),
        "/data/dsinfo.asp" => (Page::Rows(downstream(uptime, at.parts)), Style::Compact),
        "/data/usinfo.asp" => (Page::Rows(upstream(uptime)), Style::Compact),
        "/data/dsofdminfo.asp" => {
            let rows = vec![unused_ofdm(), ofdm(uptime, wide_reads < COUNTERS_GONE)];
            (Page::Rows(rows), Style::Compact)
        }
        "/data/usofdminfo.asp" => (Page::Rows(vec![ofdma(uptime), disabled_ofdma()]), Style::Compact),
        "/data/status_log.asp" => (Page::Rows(records::rows(at.life, records::Style::Words)), Style::Compact),
        "/data/getLinkStatus.asp" => (Page::Rows(links()), Style::Compact),
        _ => return None,
    })
}

fn sys_info(life: &Life) -> Row {
    vec![
        ("hwVersion", json!("2A")),
        ("swVersion", json!("7.2.4.7.1b4")),
        ("serialNumber", json!("SIM000000002")),
        ("rfMac", json!("00:00:5E:00:53:F2")),
        ("wanIp", json!("TODO")),
        ("systemUptime", json!(life::in_hours(life.uptime()))),
        ("systemTime", json!(life.time("%a %b %d, %Y, %H:%M:%S"))),
        ("timezone", json!("--")),
        ("WRecPkt", json!("TODO")),
        ("WSendPkt", json!("TODO")),
        ("lanIp", json!("TODO")),
        ("LRecPkt", json!("TODO")),
        ("LSendPkt", json!("TODO")),
    ]
}

fn provisioning() -> Row {
    vec![
        ("hwInit", json!("Success")),
        ("findDownstream", json!("Success")),
        ("ranging", json!("Success")),
        ("dhcp", json!("Success")),
        ("timeOfday", json!("Success")),
        ("downloadCfg", json!("Success")),
        ("registration", json!("Success")),
        ("eaeStatus", json!("Disable")),
        ("bpiStatus", json!("AUTH:authorized, TEK:operational")),
        ("networkAccess", json!("Permitted")),
        ("trafficStatus", json!("Enable")),
    ]
}

fn docsis_wan() -> Row {
    vec![
        ("Configname", json!("00-00-5e-00-53-02.bin")),
        ("ConfignameDisplay", json!("0")),
        ("NetworkAccess", json!("Permitted")),
        ("CmIpAddress", json!("2001:db8::2")),
        ("CmNetMask", json!("")),
        ("CmGateway", json!("")),
        ("CmIpLeaseDuration", json!("D: -- H: -- M: -- S: --")),
    ]
}

/// 31 channels of 6 MHz; receiver 2 is missing, as on the real thing.
pub(super) fn downstream(uptime: Duration, parts: &Parts) -> Vec<Row> {
    let ports = std::iter::once(1).chain(3..);
    let row = |(port, channel): (u32, u32)| {
        let signal = Signal { place: channel, level: 5.0 - 0.1 * f64::from(channel) };
        vec![
            ("portId", json!(port.to_string())),
            ("frequency", json!((495_000_000 - 6_000_000 * u64::from(channel)).to_string())),
            ("modulation", json!("2")),
            ("signalStrength", json!(signal.received(uptime, &parts.noise))),
            ("snr", json!(signal.snr(parts))),
            ("dsoctets", json!(signal.octets(uptime))),
            ("correcteds", json!(signal.corrected(uptime))),
            ("uncorrect", json!("0")),
            ("channelId", json!(channel.to_string())),
        ]
    };
    ports.zip(1..=31_u32).map(row).collect()
}

pub(super) fn upstream(uptime: Duration) -> Vec<Row> {
    let row = |channel: u32| {
        let signal = Signal { place: channel, level: 38.0 + 0.5 * f64::from(channel) };
        let narrow = channel == 1;
        vec![
            ("portId", json!((channel + 1).to_string())),
            ("frequency", json!((10_400_000 + 6_400_000 * channel.saturating_sub(1)).to_string())),
            ("bandwidth", json!(if narrow { "3200000" } else { "6400000" })),
            ("modtype", json!(if narrow { "16QAM" } else { "64QAM" })),
            ("scdmaMode", json!("ATDMA")),
            ("signalStrength", json!(signal.transmitted(uptime))),
            ("channelId", json!(channel.to_string())),
        ]
    };
    (1..=5).map(row).collect()
}

pub(super) fn unused_ofdm() -> Row {
    let na = || json!("NA");
    vec![
        ("receive", json!("0")),
        ("ffttype", na()),
        ("Subcarr0freqFreq", na()),
        ("plclock", json!("NO")),
        ("ncplock", json!("NO")),
        ("mdc1lock", json!("NO")),
        ("plcpower", na()),
        ("SNR", na()),
        ("dsoctets", na()),
        ("correcteds", na()),
        ("uncorrect", na()),
    ]
}

pub(super) fn ofdm(uptime: Duration, counting: bool) -> Row {
    let codewords = if counting { total(uptime, 28_800.0) } else { 0 };
    let lost = if counting { uptime.as_secs() / 1400 } else { 0 };
    vec![
        ("receive", json!("1")),
        ("ffttype", json!("4K")),
        ("Subcarr0freqFreq", json!(" 620600000")),
        ("plclock", json!("YES")),
        ("ncplock", json!("YES")),
        ("mdc1lock", json!("YES")),
        ("plcpower", json!("-2.200001")),
        ("SNR", json!("39")),
        ("dsoctets", json!(codewords.to_string())),
        ("correcteds", json!((codewords - codewords / 300).to_string())),
        ("uncorrect", json!(lost.to_string())),
    ]
}

pub(super) fn ofdma(uptime: Duration) -> Row {
    const WIDTH: f64 = 39.2;
    let signal = Signal { place: 1, level: 37.75 };
    let narrow: f64 = signal.transmitted(uptime).parse().unwrap_or(signal.level);
    let whole = narrow + 10.0 * (WIDTH / 1.6).log10();
    vec![
        ("uschindex", json!("0")),
        ("state", json!("   OPERATE")),
        ("frequency", json!("42000000")),
        ("digAtten", json!("    0.1848")),
        ("digAttenBo", json!("    5.6486")),
        ("channelBw", json!(format!("{WIDTH:>10.4}"))),
        ("repPower", json!(format!("{whole:>10.4}"))),
        ("repPower1_6", json!(format!("{narrow:>10.4}"))),
        ("fftVal", json!("2K")),
    ]
}

pub(super) fn disabled_ofdma() -> Row {
    let zero = || json!("    0.0000");
    vec![
        ("uschindex", json!("1")),
        ("state", json!("  DISABLED")),
        ("frequency", json!("0")),
        ("digAtten", zero()),
        ("digAttenBo", zero()),
        ("channelBw", zero()),
        ("repPower", zero()),
        ("repPower1_6", zero()),
        ("fftVal", json!("2K")),
    ]
}

pub(super) fn links() -> Vec<Row> {
    let link = |state, duplex, speed| {
        vec![("LinkStatus", json!(state)), ("LinkDuplex", json!(duplex)), ("LinkSpeed", json!(speed))]
    };
    vec![link("Up", "Full", "1000Mbps"), link("Down", "-", "-")]
}
