//! Huawei B593 and its relatives: E5172, Speedport LTE II. Web pages with values printed into their scripts.

mod front;
mod reboot;
mod scheme;
mod session;
mod signal;
mod status;
mod traffic;
mod units;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use self::scheme::Choice;
use self::session::Session;
use self::signal::Signal;
use self::status::Status;
use self::traffic::{Ledger, Traffic};
use self::units::Units;
use self::wire::Seen;
use super::several::concerns_one_endpoint;
use super::{Cadence, Driver, Family, FamilyOption, OptionKind, Stability, Wiring};
use crate::model::{
    Clock, Counting, Deed, Fault, Item, Renewal, Seconds, Section, Sections, Snapshot, Text, catalog, printed,
};
use crate::transport::{Reply, Request, Transport};

/// Whom a box knows by itself.
const USERNAME: &str = "admin";

/// Huawei B593 and its relatives.
pub static FAMILY: Family = Family {
    name: "huawei_b593",
    title: "Huawei B593",
    manufacturer: "Huawei",
    stability: Stability::Stable,
    default_url: "http://192.168.1.1",
    default_every: Duration::from_secs(60),
    default_timeout: Duration::from_secs(10),
    gap: Duration::from_millis(200),
    needs: &[],
    // Newer firmware tells its traffic to anybody.
    may_need: &["username", "password"],
    default_username: Some(USERNAME),
    sections: &[
        (Section::System, Cadence::Every),
        (Section::Connection, Cadence::Every),
        (Section::Line, Cadence::Every),
        (Section::Messages, Cadence::Every),
    ],
    session: super::Session::Released,
    // The icons, the open page, six to log in, four with data, the logout, and that of a session left behind.
    max_requests: 14,
    deeds: &[Deed::Reboot],
    // Seen over two years: after a restart or a new connection the volumes are a little less than before.
    counting: |_, _| Counting { renewal: Renewal::SavedCopy, ..Counting::USUAL },
    options: &[
        FamilyOption {
            key: "login",
            doc: "How the box wants its password; it is found out unless you know better.",
            kind: OptionKind::Word(Choice::WORDS),
        },
        FamilyOption {
            key: "units",
            doc: "Whether the box counts in kilobytes and kbit/s (V100R001) or in bytes and bit/s (V200R001).",
            kind: OptionKind::Word(&["auto", "kilobytes", "bytes"]),
        },
        FamilyOption {
            key: "kilobyte",
            doc: "Whether the kilobytes of the box have 1024 bytes or 1000; nobody knows for certain.",
            kind: OptionKind::Word(&["binary", "decimal"]),
        },
    ],
    authorities: "",
    build: |wiring| Box::new(HuaweiB593::new(wiring)),
};

#[derive(Debug)]
struct HuaweiB593 {
    transport: Transport,
    clock: Clock,
    session: Session,
    units: Units,
    /// Whether the log has said that the units are not known.
    told_of_units: bool,
    ledger: Ledger,
    offers: Offers,
    firmware: Option<String>,
    /// The number that the web page adds to its questions.
    rid: u16,
}

/// How long a page is left alone that the box turned out not to have. Services come up late after a restart, and firmware
/// is pushed without a word.
const LEFT_ALONE: SignedDuration = SignedDuration::from_mins(30);

/// What the box turned out to have; what is not known yet is tried.
#[derive(Debug, Default)]
struct Offers {
    /// Since when this is known.
    since: Timestamp,
    /// The icons, for anybody.
    status: Option<bool>,
    /// The traffic, for anybody.
    open_traffic: Option<bool>,
    /// The page with the traffic that was of use last.
    traffic: TrafficPage,
    /// The modem's figures.
    signal: Option<bool>,
}

impl Offers {
    /// Forgets after a while what the box did not have.
    fn grow_old(&mut self, now: Timestamp) {
        if now.duration_since(self.since) >= LEFT_ALONE {
            self.since = now;
            for offer in [&mut self.status, &mut self.open_traffic, &mut self.signal] {
                *offer = offer.filter(|has| *has);
            }
        }
    }
}

/// A page with the traffic for whoever is logged in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum TrafficPage {
    #[default]
    WanInfo,
    Overview,
}

impl TrafficPage {
    const fn path(self) -> &'static str {
        match self {
            Self::WanInfo => "/html/status/waninfo.asp",
            Self::Overview => "/html/status/overview.asp",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::WanInfo => Self::Overview,
            Self::Overview => Self::WanInfo,
        }
    }
}

/// What one poll read, or why it could not; `None` is what this box, or this login, lacks.
struct Read {
    status: Result<Option<Status>, Fault>,
    traffic: Option<Result<Traffic, Fault>>,
    signal: Result<Option<Signal>, Fault>,
}

#[async_trait]
impl Driver for HuaweiB593 {
    async fn poll(&mut self, wanted: &Sections) -> Result<Snapshot, Fault> {
        if wanted.is_empty() {
            return Ok(Snapshot::new(self.clock.now()));
        }
        let read = self.read(wanted).await?;
        let mut seen = Snapshot::new(self.clock.now());
        self.fill(&mut seen, wanted, &read);
        seen.unless_all_failed()
    }

    async fn act(&mut self, deed: Deed) -> Result<(), Fault> {
        match deed {
            Deed::Reboot => self.reboot().await,
            Deed::Turn(..) => Err(Fault::NotSupported(deed.word().to_owned())),
        }
    }

    async fn close(&mut self) {
        self.session.close(&self.transport).await;
    }
}

impl HuaweiB593 {
    fn new(wiring: Wiring) -> Self {
        let option = |key: &str| wiring.options.get(key).map(String::as_str);
        let units = Units::new(option("units"), option("kilobyte"));
        let choice = Choice::of(option("login"));
        Self {
            session: Session::new(wiring.credentials, choice, wiring.clock.clone()),
            transport: wiring.transport,
            clock: wiring.clock,
            units,
            told_of_units: false,
            ledger: Ledger::default(),
            offers: Offers::default(),
            firmware: None,
            rid: 0,
        }
    }

    /// Asks for what the wanted sections come from: first what needs no login. Whatever keeps us from logging in ends the
    /// poll, so that it never takes two attempts; but when the traffic could be read by anybody, somebody else on the web
    /// page is no reason to have nothing.
    async fn read(&mut self, wanted: &Sections) -> Result<Read, Fault> {
        self.offers.grow_old(self.clock.now());
        let status = or_end(self.status().await)?;
        let wants_traffic = wanted.wants(Section::Connection);
        let mut traffic = if wants_traffic { or_end(self.open_traffic().await)?.transpose() } else { None };
        let needs_login = wants_traffic && traffic.is_none();
        let wants_signal =
            wanted.wants(Section::Line) && self.session.is_possible() && self.offers.signal != Some(false);
        let mut signal = Ok(None);
        if needs_login || wants_signal {
            match self.log_in().await {
                Err(Fault::BusyWithAnotherUser) if !needs_login => {
                    return Ok(Read { status, traffic, signal });
                }
                outcome => outcome?,
            }
        }
        if needs_login {
            traffic = Some(or_end(self.traffic_page().await)?);
        }
        if wants_signal {
            signal = or_end(self.signal().await)?;
        }
        Ok(Read { status, traffic, signal })
    }

    /// Logs in, unless we are. With another login comes another firmware, which may have other pages.
    async fn log_in(&mut self) -> Result<(), Fault> {
        let before = self.session.scheme().cloned();
        self.session.open(&self.transport).await?;
        let Some(scheme) = self.session.scheme() else { return Ok(()) };
        self.units.learn_login(scheme);
        if before.is_some_and(|before| before != *scheme) {
            self.offers = Offers { since: self.clock.now(), ..Offers::default() };
        }
        Ok(())
    }

    async fn ask(&self, request: Request) -> Result<Seen, Fault> {
        Seen::of(self.transport.send(self.session.dress(request, &self.transport)).await?)
    }

    /// A question of the web page's own scripts.
    async fn ask_script(&mut self, path: &str) -> Result<Seen, Fault> {
        self.rid = (self.rid + 1) % 1000;
        self.ask(Request::post(format!("{path}?rid={}", self.rid))).await
    }

    /// The icons. On a box without them, a look at the front page shows at least that it is there.
    async fn status(&mut self) -> Result<Option<Status>, Fault> {
        if self.offers.status != Some(false) {
            match self.ask_script("/index/getStatusByAjax.cgi").await? {
                Seen::Page(reply) => {
                    let status = status::read(&reply.what, &reply.text())?;
                    self.offers.status = Some(true);
                    return Ok(Some(status));
                }
                Seen::Closed | Seen::Absent => self.offers.status = Some(false),
            }
        }
        self.ask(Request::get("/")).await.map(|_| None)
    }

    /// The traffic, where anybody may read it.
    async fn open_traffic(&mut self) -> Result<Option<Traffic>, Fault> {
        if self.offers.open_traffic == Some(false) {
            return Ok(None);
        }
        match self.ask(Request::get("/html/status/waninforefresh.asp")).await? {
            Seen::Page(reply) => match self.understand(&reply) {
                Ok(traffic) => {
                    self.offers.open_traffic = Some(true);
                    Ok(Some(traffic))
                }
                Err(fault) if self.offers.open_traffic == Some(true) => Err(fault),
                // Whatever this page is, the one behind the login may be better.
                Err(_) => Ok(None),
            },
            Seen::Closed | Seen::Absent => {
                self.offers.open_traffic = Some(false);
                Ok(None)
            }
        }
    }

    /// The traffic, for whoever is logged in.
    async fn traffic_page(&mut self) -> Result<Traffic, Fault> {
        let mut fault = Fault::NotSupported("tell its traffic on any known page".to_owned());
        for page in [self.offers.traffic, self.offers.traffic.other()] {
            match self.ask(Request::get(page.path())).await? {
                Seen::Page(reply) => match self.understand(&reply) {
                    Ok(traffic) => {
                        self.offers.traffic = page;
                        return Ok(traffic);
                    }
                    Err(malformed) => fault = malformed,
                },
                Seen::Closed => return Err(self.session.expired()),
                Seen::Absent => {}
            }
        }
        Err(fault)
    }

    fn understand(&mut self, reply: &Reply) -> Result<Traffic, Fault> {
        let page = reply.text();
        let traffic = Traffic::of(&page);
        let traffic = traffic.ok_or_else(|| Fault::malformed(&reply.what, "the counters are missing"))?;
        self.firmware = wire::firmware(&page).or_else(|| self.firmware.take());
        self.units.learn(&traffic, self.clock.now());
        Ok(traffic)
    }

    /// The modem's figures: from its line of values, or from the table of builds that fill it themselves.
    async fn signal(&mut self) -> Result<Option<Signal>, Fault> {
        let mut fault = None;
        match self.ask_script("/index/getmodemsts.cgi").await? {
            Seen::Page(reply) => match Signal::of_line(&reply.text()) {
                Some(signal) => return Ok(Some(signal)),
                None => fault = Some(Fault::malformed(&reply.what, "not the figures of a modem")),
            },
            Seen::Closed => return Err(self.session.expired()),
            Seen::Absent => {}
        }
        match self.ask(Request::get("/html/management/diagnose.asp")).await? {
            Seen::Page(reply) => {
                if let Some(signal) = Signal::of_table(&reply.text()) {
                    return Ok(Some(signal));
                }
            }
            Seen::Closed => return Err(self.session.expired()),
            Seen::Absent => {}
        }
        if let Some(fault) = fault {
            return Err(fault);
        }
        self.offers.signal = Some(false);
        Ok(None)
    }

    fn fill(&mut self, seen: &mut Snapshot, wanted: &Sections, read: &Read) {
        let firmware = self.session.firmware.clone().or_else(|| self.firmware.clone());
        seen.identity.firmware.clone_from(&firmware);
        match &read.status {
            Ok(status) => {
                if wanted.wants(Section::System) {
                    seen.section(Section::System).router().set(catalog::FIRMWARE, firmware.map(Text));
                }
                if wanted.wants(Section::Messages)
                    && let Some(status) = status.filter(|status| status.has_messages())
                {
                    status.messages(seen.section(Section::Messages).router());
                }
            }
            Err(fault) => {
                for section in [Section::System, Section::Messages] {
                    if wanted.wants(section) {
                        seen.failed(section, fault.clone());
                    }
                }
            }
        }
        if wanted.wants(Section::Line) {
            fill_line(seen, read);
        }
        match &read.traffic {
            None => {}
            Some(Ok(traffic)) => self.fill_connection(seen, read, traffic),
            Some(Err(fault)) => seen.failed(Section::Connection, fault.clone()),
        }
    }

    fn fill_connection(&mut self, seen: &mut Snapshot, read: &Read, traffic: &Traffic) {
        let volumes = match self.ledger.enter(traffic) {
            Ok(volumes) => volumes,
            Err(why) => {
                seen.failed(Section::Connection, Fault::malformed("the page with the traffic", why));
                return;
            }
        };
        let firmware = self.session.firmware.as_deref().or(self.firmware.as_deref());
        let unit = self.units.known(firmware, self.clock.now());
        if unit.is_none() && !std::mem::replace(&mut self.told_of_units, true) {
            tracing::info!(
                "whether the box counts in kilobytes or bytes is not known yet; 'units' can say it"
            );
        }
        let known = unit.zip(volumes);
        let rate = |rate: Option<f64>| known.and_then(|(unit, _)| Some(unit.rate(rate?)));
        let status = read.status.as_ref().ok().copied().flatten();
        let address = traffic.address.as_deref().map(printed::address);
        let out = seen.section(Section::Connection).router();
        out.set(catalog::RECEIVED, known.and_then(|(unit, counted)| self.units.bytes(unit, counted.down)))
            .set(catalog::SENT, known.and_then(|(unit, counted)| self.units.bytes(unit, counted.up)))
            .set(catalog::DOWNLOAD_RATE, rate(traffic.down_rate))
            .set(catalog::UPLOAD_RATE, rate(traffic.up_rate));
        connection(out, traffic, status, address.flatten());
    }
}

/// Whether and since when the box is connected, and as whom. Where there are no icons, an address says it.
fn connection(out: &mut Item, traffic: &Traffic, status: Option<Status>, address: Option<std::net::IpAddr>) {
    let by_address = traffic.address.is_some().then_some(address.is_some());
    let is_connected = status.and_then(Status::is_connected).or(by_address);
    #[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^53")]
    let connected = traffic.connected.map(|seconds| Seconds(seconds as f64));
    out.set(catalog::WAN, is_connected)
        .set(catalog::WAN_UPTIME, connected.filter(|_| is_connected == Some(true)))
        .set(catalog::IPV4, address.filter(std::net::IpAddr::is_ipv4).map(Text::from));
    status.unwrap_or_default().connection(out);
}

/// The line is read when the icons or the modem could be, and fails when neither could.
fn fill_line(seen: &mut Snapshot, read: &Read) {
    match (&read.status, &read.signal) {
        (Err(fault), Err(_) | Ok(None)) => seen.failed(Section::Line, fault.clone()),
        (Ok(None), Err(fault)) => seen.failed(Section::Line, fault.clone()),
        (Ok(None), Ok(None)) => {}
        (status, signal) => {
            let out = seen.section(Section::Line).router();
            if let Ok(Some(status)) = status {
                status.line(out);
            }
            if let Ok(Some(signal)) = signal {
                signal.fill(out);
            }
        }
    }
}

/// What is wrong with one page stays with that page, unless others would fare no better.
fn or_end<T>(outcome: Result<T, Fault>) -> Result<Result<T, Fault>, Fault> {
    match outcome {
        Err(fault) if concerns_one_endpoint(&fault) => {
            tracing::debug!(%fault, "could not read a page");
            Ok(Err(fault))
        }
        Err(fault) => Err(fault),
        read => Ok(read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_box_did_not_have_is_looked_for_again_after_a_while() {
        let at = |minutes: i64| Timestamp::from_second(1_800_000_000 + 60 * minutes).unwrap();
        let mut offers =
            Offers { since: at(0), status: Some(false), signal: Some(true), ..Offers::default() };
        offers.grow_old(at(29));
        assert_eq!((offers.status, offers.open_traffic, offers.signal), (Some(false), None, Some(true)));
        offers.grow_old(at(30));
        assert_eq!((offers.status, offers.open_traffic, offers.signal), (None, None, Some(true)));
        offers.status = Some(false);
        offers.grow_old(at(59));
        assert_eq!(offers.status, Some(false));
    }
}
