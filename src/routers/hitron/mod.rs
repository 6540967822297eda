//! Hitron cable modems and gateways: CGN and CODA.

mod channels;
mod dialect;
mod hosts;
mod pages;
mod sections;
mod session;
mod wide;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;

use self::dialect::{Dialect, is_redirect, status};
use self::pages::{Page, Pages};
use self::session::Session;
use self::wide::Allowance;
use self::wire::Row;
use super::{Cadence, Driver, Family, FamilyOption, OptionKind, Wiring};
use crate::model::printed::Factor;
use crate::model::{Clock, Deed, Fault, FaultClass, Section, Sections, Snapshot};
use crate::transport::{Reply, Request, Transport};

/// Hitron cable modems and gateways.
pub static FAMILY: Family = Family {
    name: "hitron",
    title: "Hitron cable modem",
    manufacturer: "Hitron",
    default_url: "http://192.168.100.1",
    default_every: Duration::from_secs(60),
    // The web server is serial and easily overrun; modems without a router would like a whole second, but then a poll
    // would keep the one administrator's place of the others occupied for too long.
    gap: Duration::from_millis(200),
    needs: &[],
    may_need: &["username", "password"],
    sections: &[
        (Section::System, Cadence::Every),
        (Section::Connection, Cadence::Every),
        (Section::Line, Cadence::Every),
        (Section::Provisioning, Cadence::Every),
        // Reading OFDM channels too often makes the modem restart; once an hour, the allowance lasts for six days.
        (Section::WideChannels, Cadence::AtMostEvery(3600)),
        (Section::Ports, Cadence::AtMostEvery(300)),
        // The slowest page by far.
        (Section::Clients, Cadence::AtMostEvery(300)),
    ],
    session: super::Session::Released,
    // Three to find the dialect, nine pages, one of them twice; with a login: one, eight, two to log in, one to log out.
    max_requests: 13,
    deeds: &[Deed::Reboot],
    options: &[
        FamilyOption {
            key: "force_login",
            doc: "Log out whoever uses the box's web page instead of waiting until they have finished.",
            kind: OptionKind::Flag,
        },
        FamilyOption {
            key: "byte_units",
            doc: "Whether the box's K, M and G bytes are powers of 1000 or of 1024; nobody knows for certain.",
            kind: OptionKind::Word(&["decimal", "binary"]),
        },
    ],
    authorities: "",
    build: |wiring| Box::new(Hitron::new(wiring)),
};

#[derive(Debug)]
struct Hitron {
    transport: Transport,
    clock: Clock,
    session: Session,
    factor: Factor,
    /// What the box turned out to be; `None` until it was asked, and after a change of firmware.
    known: Option<Known>,
    /// How often the OFDM page may still be read.
    wide: Allowance,
}

/// What stays true of a box until its firmware changes.
#[derive(Debug)]
struct Known {
    dialect: Dialect,
    firmware: Option<String>,
    /// Whether its model was read: it will not change.
    model: bool,
}

#[async_trait]
impl Driver for Hitron {
    async fn poll(&mut self, wanted: &Sections) -> Result<Snapshot, Fault> {
        if wanted.is_empty() {
            return Ok(Snapshot::new(self.clock.now()));
        }
        let dialect = self.enter().await?;
        let pages = self.read(dialect, wanted).await?;
        let mut seen = Snapshot::new(self.clock.now());
        sections::fill(&mut seen, wanted, &pages, self.factor);
        self.learn(&pages, &seen);
        match seen.nothing_but_faults() {
            Some(fault) => Err(fault.clone()),
            // A box without the page that all of them have is another box.
            None if self.known.is_none() && seen.sections().next().is_none() => {
                Err(Fault::UnknownDialect("its data pages are gone".to_owned()))
            }
            None => Ok(seen),
        }
    }

    async fn act(&mut self, deed: Deed) -> Result<(), Fault> {
        match (deed, self.enter().await?) {
            (Deed::Reboot, Dialect::PreSession) => self.reboot().await,
            // Whether a modem without a login takes orders is not known, and not for us to try out.
            (deed, _) => Err(Fault::NotSupported(deed.word().to_owned())),
        }
    }

    async fn close(&mut self) {
        self.session.close(&self.transport).await;
    }
}

impl Hitron {
    fn new(wiring: Wiring) -> Self {
        let force = wiring.flag("force_login");
        let binary = wiring.options.get("byte_units").is_some_and(|units| units == "binary");
        Self {
            session: Session::new(wiring.credentials, force, wiring.clock.clone()),
            transport: wiring.transport,
            clock: wiring.clock,
            factor: if binary { Factor::Binary } else { Factor::Decimal },
            known: None,
            wide: Allowance::default(),
        }
    }

    /// Finds out what the box speaks, and logs in where that is needed.
    async fn enter(&mut self) -> Result<Dialect, Fault> {
        let dialect = match &self.known {
            Some(known) => known.dialect,
            None => self.get_to_know().await?,
        };
        if dialect.has_login() {
            let entered = self.session.open(&self.transport).await;
            if matches!(entered, Err(Fault::UnknownDialect(_))) {
                self.known = None;
            }
            entered?;
        }
        Ok(dialect)
    }

    async fn get_to_know(&mut self) -> Result<Dialect, Fault> {
        let dialect = Dialect::detect(&self.transport).await?.supported()?;
        tracing::info!(?dialect, "recognised the Hitron box");
        self.known = Some(Known { dialect, firmware: None, model: false });
        Ok(dialect)
    }

    /// Reads the pages that the wanted sections come from. What is wrong with one page stays with that page; what is
    /// wrong with the way to the box, or with the session, ends the poll.
    async fn read(&mut self, dialect: Dialect, wanted: &Sections) -> Result<Pages, Fault> {
        let mut pages = Pages::default();
        let mut may_ask_again = true;
        for page in Page::wanted_for(wanted).filter(|page| dialect.has(*page)) {
            if !self.is_worth_reading(page) {
                continue;
            }
            let outcome = self.page(dialect, page, &mut may_ask_again).await;
            match &outcome {
                Err(fault) if ends_the_poll(fault) => return Err(fault.clone()),
                Err(fault) => tracing::debug!(page = page.path(), %fault, "could not read a page"),
                Ok(_) => {}
            }
            pages.put(page, outcome);
            self.learn_about_wide_channels(page, &pages);
        }
        Ok(pages)
    }

    fn is_worth_reading(&self, page: Page) -> bool {
        match page {
            Page::Model => !self.known.as_ref().is_some_and(|known| known.model),
            Page::WideDownstream => self.wide.is_left(),
            _ => true,
        }
    }

    fn learn_about_wide_channels(&mut self, page: Page, pages: &Pages) {
        match page {
            Page::SysInfo => {
                if let Some(uptime) = sections::uptime(pages) {
                    self.wide.learn_uptime(uptime);
                }
            }
            Page::WideDownstream => self.wide.learn_rows(pages.rows(page)),
            _ => {}
        }
    }

    /// Reads one page. An overloaded server answers with nothing at all; once per poll it is asked again.
    async fn page(
        &mut self,
        dialect: Dialect,
        page: Page,
        may_ask_again: &mut bool,
    ) -> Result<Vec<Row>, Fault> {
        let mut reply = self.fetch(page).await?;
        if reply.status == 200 && reply.text().trim().is_empty() && std::mem::take(may_ask_again) {
            reply = self.fetch(page).await?;
        }
        if dialect.has_login() && says_session_is_over(&reply) {
            return Err(self.session.expired(&reply));
        }
        match reply.status {
            404 | 405 => Err(Fault::NotSupported(format!("show {}", reply.what))),
            200..=299 => Row::all_of(&reply),
            _ => Err(Fault::BoxError { why: status(&reply), what: reply.what }),
        }
    }

    async fn fetch(&mut self, page: Page) -> Result<Reply, Fault> {
        if page == Page::WideDownstream {
            self.wide.spend();
        }
        self.transport.send(Request::get(page.path())).await
    }

    /// Remembers what will not change, and notices when it has: firmware can bring another dialect.
    fn learn(&mut self, pages: &Pages, seen: &Snapshot) {
        let Some(known) = &mut self.known else { return };
        known.model |= seen.identity.model.is_some();
        let firmware = &seen.identity.firmware;
        let changed = firmware.is_some() && known.firmware.is_some() && known.firmware != *firmware;
        let gone = matches!(pages.fault(Page::SysInfo), Some(Fault::NotSupported(_)));
        if changed || gone {
            tracing::info!("the firmware has changed; the box will be asked again what it speaks");
            self.known = None;
        } else if firmware.is_some() {
            known.firmware.clone_from(firmware);
        }
    }

    async fn reboot(&mut self) -> Result<(), Fault> {
        let token = self.csrf_token().await?;
        let order = Request::post("/goform/Reboot").form([
            ("model", json!({ "reboot": "1" }).to_string()),
            ("CsrfToken", token),
            ("CsrfTokenFlag", "1".to_owned()),
        ]);
        let reply = self.transport.send(order).await?;
        if says_session_is_over(&reply) {
            return Err(self.session.expired(&reply));
        }
        if reply.is_success() {
            return Ok(());
        }
        Err(Fault::BoxError { why: status(&reply), what: reply.what })
    }

    /// The value that has to come with every order. Without a session the box gives none.
    async fn csrf_token(&mut self) -> Result<String, Fault> {
        let reply = self.transport.send(Request::get("/data/getCsrf.asp")).await?;
        if says_session_is_over(&reply) {
            return Err(self.session.expired(&reply));
        }
        let token = Row::all_of(&reply)?.first().and_then(|row| row.text("Csrf_token"));
        let token = token.ok_or_else(|| self.session.expired(&reply))?;
        self.transport.conceal(&token);
        Ok(token)
    }
}

/// Whether the fault is one of the way to the box, or of the session: other pages would fare no better.
const fn ends_the_poll(fault: &Fault) -> bool {
    matches!(
        fault.class(),
        FaultClass::Unreachable
            | FaultClass::TimedOut
            | FaultClass::PinMismatch
            | FaultClass::PinMissing
            | FaultClass::Tls
            | FaultClass::SessionExpired
    )
}

/// The box sends to the login page instead of answering, shows that page itself, or says that something is wrong.
fn says_session_is_over(reply: &Reply) -> bool {
    let said = reply.text();
    is_redirect(reply)
        || said.trim() == "Unknown error."
        || (said.trim_start().starts_with('<') && said.contains("RedirectLoginIdentify"))
}

/// What these pages, given by path and body, say: everything but the network, for benchmarks and fuzzing.
pub fn decode<'a>(pages: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Snapshot {
    let mut read = Pages::default();
    for (path, body) in pages {
        if let Some(page) = Page::at(path) {
            let reply = Reply {
                what: path.to_owned(),
                status: 200,
                headers: reqwest::header::HeaderMap::new(),
                body: body.to_vec(),
                complete: true,
            };
            read.put(page, Row::all_of(&reply));
        }
    }
    let mut seen = Snapshot::default();
    sections::fill(&mut seen, &Sections::all(), &read, Factor::Decimal);
    seen
}

#[cfg(test)]
mod tests;
