//! A CODA modem without a router: no login, HTTP/1.0, and a page that must not be read too often.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio::time::sleep;

use super::life::{self, Life};
use super::page::{Page, Row, Style};
use super::signal::Signal;
use crate::simulators::flow::total;
use crate::simulators::{Appliance, Framing, HttpRequest, HttpResponse, Parts, Trouble};

/// After so many reads of the OFDM page its counters are gone.
const COUNTERS_GONE: u32 = 200;
/// After so many the modem crashes.
const CRASH: u32 = 400;

/// The modem.
#[derive(Debug)]
pub(super) struct Coda {
    parts: Parts,
    state: Arc<Mutex<State>>,
    /// The web server does one thing at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    life: Life,
    /// How often the OFDM page was read since the modem started.
    wide_reads: u32,
}

#[async_trait]
impl Appliance for Coda {
    async fn answer(&self, request: HttpRequest) -> HttpResponse {
        let _turn = self.turn.lock().await;
        sleep(Duration::from_millis(2)).await;
        let response = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => HttpResponse::empty(302)
                .header("Location", format!("https://{}/home.html", self.parts.address)),
            ("GET", "/home.html") => {
                HttpResponse::new(200, "text/html", "<html><body>RedirectLoginIdentify</body></html>")
                    .header("Last-modified", "Wed Dec 31 17:00:00 1969")
            }
            ("POST", "/goform/home") => {
                let id = self.parts.noise.whole(1_000_000_000, 9_999_999_999);
                HttpResponse::new(
                    200,
                    "text/html",
                    r#"{"status":"1","result":"index.html#status_overview/m/1/s/0"}"#,
                )
                .header("Set-Cookie", format!("userid={id}; path=/;"))
            }
            ("POST", "/goform/ResetFECCnt") => HttpResponse::new(200, "text/html", ""),
            ("GET", path) if path.starts_with("/data/") => self.data(path),
            _ => HttpResponse::new(404, "text/html", "<html><body>Not found</body></html>"),
        };
        self.dress(response)
    }
}

impl Coda {
    pub fn new(parts: Parts) -> Self {
        let state = State { life: Life::since(Duration::from_secs(1_726_838)), wide_reads: 0 };
        Self { parts, state: Arc::new(Mutex::new(state)), turn: tokio::sync::Mutex::new(()) }
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn data(&self, path: &str) -> HttpResponse {
        if path == "/data/dsofdminfo.asp" {
            self.wear();
        }
        let Some((mut page, style)) = self.with(|state| page(path, state, &self.parts)) else {
            return HttpResponse::new(404, "text/html", "<html><body>Not found</body></html>");
        };
        if self.parts.troubles.has(Trouble::MissingFields) {
            page = page.without_values();
        }
        self.parts.troubles.spoil(HttpResponse::new(200, "text/html", page.print(style)))
    }

    /// Counts a read of the OFDM page, and crashes when it was one too many.
    fn wear(&self) {
        let reads = self.with(|state| {
            state.wide_reads += 1;
            state.wide_reads
        });
        if reads == CRASH {
            tokio::spawn(crash(self.parts.clone(), Arc::clone(&self.state)));
        }
    }

    /// Adds what this firmware puts around every answer: HTTP/1.0, no length, and a date that is none.
    fn dress(&self, mut response: HttpResponse) -> HttpResponse {
        // Unless a trouble has its own idea of how an answer ends.
        if response.framing == Framing::Length {
            response.framing = Framing::Close;
        }
        let date = self.with(|state| state.life.time("%a %b %e %H:%M:%S %Y"));
        response
            .header("Server", "GoAhead-Webs")
            .header("Date", date)
            .header("Cache-Control", "no-cache")
            .header("Pragma", "no-cache")
            .header("Content-Security-Policy", "frame-ancestors 'self';")
            .header("x-frame-options", "SAMEORIGIN")
            .header("x-content-type-option", "nosniff")
            .header("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
            .header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
    }
}

async fn crash(parts: Parts, state: Arc<Mutex<State>>) {
    parts.power.off();
    sleep(parts.reboot).await;
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.life.restart();
    state.wide_reads = 0;
    parts.power.on();
}

fn page(path: &str, state: &State, parts: &Parts) -> Option<(Page, Style)> {
    let uptime = state.life.uptime();
    Some(match path {
        "/data/system_model.asp" => (
            Page::Object(vec![("modelName", json!("CODA")), ("vendorname", json!("HITRON"))]),
            Style::Compact,
        ),
        "/data/getSysInfo.asp" => (Page::one(sys_info(&state.life)), Style::Lines),
        "/data/getCMInit.asp" => (Page::one(provisioning()), Style::Lines),
        "/data/getCmDocsisWan.asp" => (Page::one(docsis_wan()), Style::Lines),
        "/data/dsinfo.asp" => (Page::Rows(downstream(uptime, parts)), Style::Compact),
        "/data/usinfo.asp" => (Page::Rows(upstream(uptime)), Style::Compact),
        "/data/dsofdminfo.asp" => {
            let rows = vec![unused_ofdm(), ofdm(uptime, state.wide_reads < COUNTERS_GONE)];
            (Page::Rows(rows), Style::Compact)
        }
        "/data/usofdminfo.asp" => (Page::Rows(vec![ofdma(uptime), disabled_ofdma()]), Style::Compact),
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
fn downstream(uptime: Duration, parts: &Parts) -> Vec<Row> {
    let ports = std::iter::once(1).chain(3..);
    let row = |(port, channel): (u32, u32)| {
        let signal = Signal { place: channel, level: 5.0 - 0.1 * f64::from(channel) };
        vec![
            ("portId", json!(port.to_string())),
            ("frequency", json!((495_000_000 - 6_000_000 * u64::from(channel)).to_string())),
            ("modulation", json!("2")),
            ("signalStrength", json!(signal.received(uptime, &parts.noise))),
            ("snr", json!(signal.snr(&parts.noise))),
            ("dsoctets", json!(signal.octets(uptime))),
            ("correcteds", json!(signal.corrected(uptime))),
            ("uncorrect", json!("0")),
            ("channelId", json!(channel.to_string())),
        ]
    };
    ports.zip(1..=31_u32).map(row).collect()
}

fn upstream(uptime: Duration) -> Vec<Row> {
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

fn unused_ofdm() -> Row {
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

fn ofdm(uptime: Duration, counting: bool) -> Row {
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

fn ofdma(uptime: Duration) -> Row {
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

fn disabled_ofdma() -> Row {
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

fn links() -> Vec<Row> {
    let link = |state, duplex, speed| {
        vec![("LinkStatus", json!(state)), ("LinkDuplex", json!(duplex)), ("LinkSpeed", json!(speed))]
    };
    vec![link("Up", "Full", "1000Mbps"), link("Down", "-", "-")]
}
