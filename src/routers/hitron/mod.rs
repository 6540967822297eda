//! Hitron cable modems and gateways: CGN and CODA.

mod channels;
mod dialect;
mod hosts;
mod log;
mod login;
mod orders;
mod pages;
mod radios;
mod rest;
mod sections;
mod session;
mod wide;
mod wire;

use std::time::Duration;

use async_trait::async_trait;

use self::dialect::{Dialect, Found, is_redirect, status};
use self::login::Manners;
use self::pages::{Page, Pages};
use self::session::Session;
use self::wide::Allowance;
use self::wire::Row;
use super::several::concerns_one_endpoint;
use super::{Cadence, Driver, Family, FamilyOption, OptionKind, Stability, Wiring};
use crate::model::printed::Factor;
use crate::model::{
    Clock, Count, Counting, Deed, Fault, FaultClass, Section, Sections, Snapshot, Task, Unit, catalog,
};
use crate::transport::{Reply, Request, Transport};

/// Hitron cable modems and gateways.
pub static FAMILY: Family = Family {
    name: "hitron",
    title: "Hitron cable modem",
    manufacturer: "Hitron",
    stability: Stability::Stable,
    default_url: "http://192.168.100.1",
    default_every: Duration::from_secs(60),
    default_timeout: Duration::from_secs(10),
    // The web server is serial and easily overrun; modems without a router would like a whole second, but then a poll
    // would keep the one administrator's place of the others occupied for too long.
    gap: Duration::from_millis(200),
    needs: &[],
    may_need: &["username", "password"],
    default_username: None,
    sections: &[
        (Section::System, Cadence::Every),
        (Section::Connection, Cadence::Every),
        (Section::Line, Cadence::Every),
        (Section::Provisioning, Cadence::Every),
        // Reading OFDM channels too often makes the modem restart; once an hour, the allowance lasts for six days.
        (Section::WideChannels, Cadence::AtMostEvery(wide::CADENCE)),
        (Section::Log, Cadence::AtMostEvery(300)),
        (Section::Ports, Cadence::AtMostEvery(300)),
        (Section::Wifi, Cadence::AtMostEvery(300)),
        // The slowest page by far.
        (Section::Clients, Cadence::AtMostEvery(300)),
    ],
    session: super::Session::Released,
    // Four to find the language, two to log in, twelve pages, one of them twice, one to log out.
    max_requests: 20,
    deeds: &[Deed::Reboot],
    // What is more than 32 bits hold is printed as such; a cleared or restarted modem begins at zero.
    // Its totals are printed with two decimals of the unit that fits.
    counting: |_, row| Counting { rounded: row.unit == Unit::Bytes, ..Counting::USUAL },
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
        FamilyOption {
            key: "password_field",
            doc: "Where CGN3, CGNM and older CODA gateways expect the password, if the right one is rejected: it depends on the operator.",
            kind: OptionKind::Word(&["by_model", "pws", "pwd"]),
        },
        FamilyOption {
            key: "escape_password",
            doc: "Send user name and password to newer CODA gateways as their own page does, with special characters as %XX, if the right one is rejected.",
            kind: OptionKind::Flag,
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
    found: Found,
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
        if dialect.wears_out() && has_read(&seen, Section::WideChannels) {
            let left = Count(self.wide.left().into());
            seen.section(Section::WideChannels).router().set(catalog::OFDM_READS_LEFT, left);
        }
        self.learn(&pages, &seen);
        seen.cannot = Some(dialect.refuses().collect());
        let seen = seen.unless_all_failed()?;
        // A box without the page that all of them have is another box.
        if self.known.is_none() && seen.sections().next().is_none() {
            return Err(Fault::UnknownDialect("its data pages are gone".to_owned()));
        }
        Ok(seen)
    }

    async fn act(&mut self, task: Task) -> Result<(), Fault> {
        if task != Task::Reboot {
            return Err(Fault::NotSupported(task.deed().word().to_owned()));
        }
        let dialect = self.enter().await?;
        orders::reboot(dialect, &mut self.session, &self.transport).await
    }

    fn session(&self) -> Option<super::Session> {
        let keeps = self.known.as_ref().is_some_and(|known| known.found.dialect.keeps_session());
        keeps.then_some(super::Session::Held)
    }

    async fn close(&mut self) {
        self.session.close(&self.transport).await;
    }
}

impl Hitron {
    fn new(wiring: Wiring) -> Self {
        let word = |key: &str| wiring.options.get(key).map(String::as_str);
        let manners = Manners {
            force: wiring.flag("force_login"),
            password_field: ["pws", "pwd"].into_iter().find(|field| word("password_field") == Some(*field)),
            escape: wiring.flag("escape_password"),
        };
        let factor = if word("byte_units") == Some("binary") { Factor::Binary } else { Factor::Decimal };
        Self {
            session: Session::new(wiring.credentials, manners, wiring.clock.clone()),
            transport: wiring.transport,
            clock: wiring.clock,
            factor,
            known: None,
            wide: Allowance::default(),
        }
    }

    /// Finds out what the box speaks, and logs in where that is needed.
    async fn enter(&mut self) -> Result<Dialect, Fault> {
        let found = match &self.known {
            Some(known) => known.found.clone(),
            None => self.get_to_know().await?,
        };
        if found.dialect.has_login() {
            let entered = self.session.open(&found, &self.transport).await;
            if matches!(entered, Err(Fault::UnknownDialect(_))) {
                self.known = None;
            }
            entered?;
        }
        Ok(found.dialect)
    }

    async fn get_to_know(&mut self) -> Result<Found, Fault> {
        // A session from before may still be open, and detecting begins without cookies.
        self.session.close(&self.transport).await;
        let found = Dialect::detect(&self.transport).await?;
        tracing::info!(dialect = ?found.dialect, "recognised the Hitron box");
        self.known = Some(Known { found: found.clone(), firmware: None, model: false });
        Ok(found)
    }

    /// Reads the pages that the wanted sections come from. What is wrong with one page stays with that page; what is
    /// wrong with the way to the box, or with the session, ends the poll.
    async fn read(&mut self, dialect: Dialect, wanted: &Sections) -> Result<Pages, Fault> {
        let mut pages = Pages::default();
        let mut may_ask_again = true;
        let mut in_doubt = false;
        for page in
            Page::wanted_for(wanted).filter(|page| self.is_worth_reading(dialect, *page)).collect::<Vec<_>>()
        {
            let Some(path) = page.path(dialect) else { continue };
            let outcome = match self.ask(dialect, page, path, &mut may_ask_again).await? {
                Answer::Rows(rows) => {
                    in_doubt = false;
                    Ok(rows)
                }
                // One page may be out of order until the next restart; two in a row mean that the session is over.
                Answer::Doubtful(_) if in_doubt => return Err(self.session.expired(false)),
                Answer::Doubtful(fault) => {
                    in_doubt = true;
                    Err(fault)
                }
                Answer::Failed(fault) => Err(fault),
            };
            if let Err(fault) = &outcome {
                tracing::debug!(page = path, %fault, "could not read a page");
            }
            pages.put(page, outcome);
            self.learn_about_wide_channels(page, &pages);
        }
        if in_doubt && pages.is_blank() {
            return Err(self.session.expired(false));
        }
        Ok(pages)
    }

    fn is_worth_reading(&self, dialect: Dialect, page: Page) -> bool {
        match page {
            Page::Model => !self.known.as_ref().is_some_and(|known| known.model),
            Page::WideDownstream => !dialect.wears_out() || self.wide.left() > 0,
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

    /// Reads one page. An overloaded server answers with nothing at all; once per poll it is asked again. Only what
    /// makes asking for other pages useless is an error.
    async fn ask(
        &mut self,
        dialect: Dialect,
        page: Page,
        path: &'static str,
        may_ask_again: &mut bool,
    ) -> Result<Answer, Fault> {
        let mut outcome = self.fetch(dialect, page, path).await;
        let is_empty = |reply: &Reply| reply.status == 200 && reply.text().trim().is_empty();
        if outcome.as_ref().is_ok_and(is_empty) && std::mem::take(may_ask_again) {
            outcome = self.fetch(dialect, page, path).await;
        }
        let reply = match outcome {
            Ok(reply) => reply,
            Err(fault) if concerns_one_endpoint(&fault) => return Ok(Answer::Failed(fault)),
            Err(fault) => return Err(fault),
        };
        if dialect.has_login() && (is_redirect(&reply) || reply.text().trim() == "Unknown error.") {
            return Err(self.session.expired_by(&reply));
        }
        Ok(Answer::of(dialect, page, reply))
    }

    async fn fetch(&mut self, dialect: Dialect, page: Page, path: &'static str) -> Result<Reply, Fault> {
        if page == Page::WideDownstream && dialect.wears_out() {
            self.wide.spend();
        }
        self.transport.send(Request::get(path)).await
    }

    /// Remembers what will not change, and notices when it has: firmware can bring another dialect.
    fn learn(&mut self, pages: &Pages, seen: &Snapshot) {
        let Some(known) = &mut self.known else { return };
        known.model |= seen.identity.model.is_some();
        let firmware = &seen.identity.firmware;
        let changed = firmware.is_some() && known.firmware.is_some() && known.firmware != *firmware;
        // A box that never had the page is asked again only when it has nothing else, either.
        let gone = matches!(pages.fault(Page::SysInfo), Some(Fault::NotSupported(_)))
            && (known.firmware.is_some() || seen.sections().next().is_none());
        if changed || gone {
            tracing::info!("the firmware has changed; the box will be asked again what it speaks");
            self.known = None;
        } else if firmware.is_some() {
            known.firmware.clone_from(firmware);
        }
    }
}

/// What came of asking for a page.
enum Answer {
    Rows(Vec<Row>),
    Failed(Fault),
    /// The login page, nothing at all, or a refusal: the session may be over, or this page out of order.
    Doubtful(Fault),
}

impl Answer {
    fn of(dialect: Dialect, page: Page, reply: Reply) -> Self {
        // The boxes whose sessions are kept may end them with nothing at all.
        let says_nothing = dialect.keeps_session() && reply.text().trim().is_empty();
        let is_refused = matches!(reply.status, 401 | 403);
        match (reply.status, page.rows(dialect, &reply)) {
            (404 | 405, _) => Self::Failed(Fault::NotSupported(format!("show {}", reply.what))),
            (200..=299, Ok(rows)) => Self::Rows(rows),
            (200..=299, Err(fault)) => {
                let is_doubtful = orders::is_login_page(&reply)
                    || says_nothing
                    || fault.class() == FaultClass::MissingRight;
                if dialect.has_login() && is_doubtful { Self::Doubtful(fault) } else { Self::Failed(fault) }
            }
            _ => {
                let fault = Fault::BoxError { why: status(&reply), what: reply.what };
                if dialect.has_login() && is_refused { Self::Doubtful(fault) } else { Self::Failed(fault) }
            }
        }
    }
}

fn has_read(seen: &Snapshot, wanted: Section) -> bool {
    seen.sections().any(|(section, outcome)| section == wanted && outcome.is_ok())
}

/// What these pages, given by path and body, say: everything but the network, for benchmarks and fuzzing.
pub fn decode<'a>(pages: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Snapshot {
    let mut read = Pages::default();
    for (path, body) in pages {
        if let Some((page, dialect)) = Page::at(path) {
            let reply = Reply {
                what: path.to_owned(),
                status: 200,
                headers: reqwest::header::HeaderMap::new(),
                body: body.to_vec(),
                complete: true,
            };
            read.put(page, page.rows(dialect, &reply));
        }
    }
    let mut seen = Snapshot::default();
    sections::fill(&mut seen, &Sections::all(), &read, Factor::Decimal);
    seen
}

#[cfg(test)]
mod tests;
