//! Huawei HiLink: the 4G and 5G routers, pocket routers and sticks of Huawei that answer in XML below `/api/`.
//!
//! One language for a hundred models, with as many gaps: each box has its own choice of endpoints, tells some of them to
//! strangers, and wants one of three logins for the rest.

mod answer;
mod hosts;
mod login;
mod pages;
mod scram;
mod sections;
mod session;
mod signal;
#[cfg(test)]
mod tests;
mod tokens;
mod xml;

use std::time::Duration;

use async_trait::async_trait;

use self::pages::{Page, Pages};
use self::session::Session;
use super::several::concerns_one_endpoint;
use super::{Cadence, Driver, Family, Stability, Wiring};
use crate::model::{Clock, Counting, Deadline, Deed, Fault, Renewal, Section, Sections, Snapshot, Switch};

/// Cookie, session document and state; challenge and proof, each with a token that is asked for in two places; each endpoint;
/// the question whether we are still known; the logout with its token, and once more the question.
const MOST_REQUESTS: u32 = 3 + 2 * 3 + Page::COUNT + 1 + 4;

/// Whom a box knows by itself.
const USERNAME: &str = "admin";

/// The Huawei HiLink family.
pub static FAMILY: Family = Family {
    name: "huawei_hilink",
    title: "Huawei 4G or 5G router",
    manufacturer: "Huawei",
    stability: Stability::Stable,
    default_url: "http://192.168.8.1",
    default_every: Duration::from_secs(60),
    default_timeout: Duration::from_secs(10),
    // Some close the connection when two requests follow each other too fast.
    gap: Duration::from_millis(200),
    needs: &[],
    may_need: &["username", "password"],
    default_username: Some(USERNAME),
    sections: &[
        (Section::System, Cadence::Every),
        (Section::Connection, Cadence::Every),
        (Section::Line, Cadence::Every),
        (Section::Wifi, Cadence::Every),
        (Section::Clients, Cadence::Every),
        (Section::Messages, Cadence::AtMostEvery(120)),
        (Section::Plan, Cadence::AtMostEvery(600)),
        (Section::Updates, Cadence::AtMostEvery(21_600)),
    ],
    // There is one place for the owner: who comes second is refused, or throws out whoever was first.
    session: super::Session::Released,
    max_requests: MOST_REQUESTS,
    deeds: &[Deed::Reboot, Deed::Turn(Switch::MobileData, true), Deed::Turn(Switch::MobileData, false)],
    // The totals go on over restarts and connections, until the owner clears them.
    counting: |_, _| Counting { renewal: Renewal::Never, ..Counting::USUAL },
    options: &[],
    authorities: "",
    build: |wiring| Box::new(Hilink::new(wiring)),
};

#[derive(Debug)]
struct Hilink {
    session: Session,
    clock: Clock,
    /// What it last said that it runs.
    firmware: Option<String>,
}

impl Hilink {
    fn new(wiring: Wiring) -> Self {
        Self {
            clock: wiring.clock.clone(),
            session: Session::new(wiring.transport, wiring.clock, wiring.credentials),
            firmware: None,
        }
    }

    /// Reads what the wanted sections are made of. What is wrong with one endpoint stays there.
    async fn read(&mut self, wanted: &Sections) -> Result<Pages, Fault> {
        let mut pages = Pages::default();
        for page in Page::wanted_for(wanted) {
            if !page.is_worth_reading(wanted, &pages) {
                continue;
            }
            let outcome = self.session.ask(page.path()).await;
            match &outcome {
                Err(fault) if !concerns_one_endpoint(fault) => return Err(fault.clone()),
                Err(fault) => tracing::debug!(page = page.path(), %fault, "could not read an endpoint"),
                Ok(_) => {}
            }
            pages.put(page, outcome);
        }
        Ok(pages)
    }

    /// A box that does not even tell its name is another kind of box.
    fn is_one_of_ours(&self, wanted: &Sections, seen: &Snapshot) -> Result<(), Fault> {
        let silent =
            wanted.wants(Section::System) && !seen.sections().any(|(section, _)| section == Section::System);
        match (silent, self.session.missing_rights().is_empty()) {
            (false, _) => Ok(()),
            (true, false) => Err(Fault::NotSupported("be read without 'password'".to_owned())),
            (true, true) => Err(Fault::UnknownDialect("it has none of the pages of a HiLink box".to_owned())),
        }
    }

    /// Restarts it. A box that restarts at once never answers, and whether it did is seen by its uptime.
    async fn reboot(&mut self) -> Result<(), Fault> {
        self.session.prepare_order().await?;
        let outcome = self.session.order("device/control", "<Control>1</Control>", "be restarted").await;
        match outcome {
            Ok(()) | Err(Fault::Unreachable(_) | Fault::TimedOut(Deadline::FirstByte | Deadline::Whole)) => {
                self.session.forget();
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }
}

#[async_trait]
impl Driver for Hilink {
    async fn poll(&mut self, wanted: &Sections) -> Result<Snapshot, Fault> {
        if wanted.is_empty() {
            return Ok(Snapshot::new(self.clock.now()));
        }
        self.session.open().await?;
        let pages = self.read(wanted).await?;
        let mut seen = Snapshot::new(self.clock.now());
        seen.identity = sections::identity(&pages);
        if seen.identity.firmware.is_some() {
            self.firmware.clone_from(&seen.identity.firmware);
        }
        sections::fill(&mut seen, wanted, &pages, self.firmware.as_deref());
        seen.missing_rights = self.session.missing_rights();
        self.is_one_of_ours(wanted, &seen)?;
        seen.unless_all_failed()
    }

    async fn act(&mut self, deed: Deed) -> Result<(), Fault> {
        let data = |on: bool| format!("<dataswitch>{}</dataswitch>", u8::from(on));
        match deed {
            Deed::Reboot => {
                self.session.open().await?;
                self.reboot().await
            }
            Deed::Turn(Switch::MobileData, on) => {
                self.session.open().await?;
                self.session.order("dialup/mobile-dataswitch", &data(on), "turn mobile data on or off").await
            }
            Deed::Turn(Switch::Wifi, _) => Err(Fault::NotSupported(deed.word().to_owned())),
        }
    }

    async fn close(&mut self) {
        self.session.close().await;
    }
}
