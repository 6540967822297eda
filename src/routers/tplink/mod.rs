//! TP-Link routers that are asked in numbered acts: Archer C20, C50 and their relatives, older TL and TD models, Archer
//! VR and MR.

mod clients;
mod crypto;
mod dialect;
mod gather;
mod grammar;
mod line;
mod login;
mod objects;
mod sections;
mod session;
mod wan;
mod web;

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;

use self::dialect::{Dialect, Found};
use self::gather::{Gathering, Lacks, MOST_ASKED, Objects};
use self::grammar::{Act, Answer, Kind};
use self::objects::Object;
use self::session::Session;
use self::web::Web;
use super::{Cadence, Driver, Family, FamilyOption, OptionKind, Stability, Wiring};
use crate::model::{
    Clock, Counting, Deadline, Deed, Fault, FaultClass, Section, Sections, Snapshot, Subject, Switch,
};

/// To find out the dialect, to log in and to log out.
const MOST_BESIDES: u32 = 15;

/// TP-Link routers with numbered acts.
pub static FAMILY: Family = Family {
    name: "tplink",
    title: "TP-Link router",
    manufacturer: "TP-Link",
    stability: Stability::Stable,
    default_url: "http://192.168.0.1",
    // Traffic counters have 32 bits: a busy line fills them within a few minutes.
    default_every: Duration::from_secs(60),
    default_timeout: Duration::from_secs(10),
    gap: Duration::from_millis(50),
    needs: &["password"],
    // Some models know only a password.
    may_need: &["username"],
    default_username: None,
    sections: &[
        (Section::System, Cadence::Every),
        (Section::Connection, Cadence::Every),
        (Section::Line, Cadence::Every),
        (Section::Ports, Cadence::Every),
        (Section::Wifi, Cadence::Every),
        (Section::Clients, Cadence::Every),
        (Section::Messages, Cadence::Every),
    ],
    session: super::Session::Released,
    max_requests: MOST_BESIDES + MOST_ASKED,
    deeds: &[Deed::Reboot, Deed::Turn(Switch::Wifi, true), Deed::Turn(Switch::Wifi, false)],
    counting: |subject, _| match subject {
        Subject::Client(_) => clients::COUNTING,
        _ => Counting::USUAL,
    },
    options: &[FamilyOption {
        key: "dialect",
        doc: "Which of the family's ways to log in the box has, if the bridge must not find out by itself.",
        kind: OptionKind::Word(&["auto", "a", "b", "c", "d", "e"]),
    }],
    authorities: "",
    build: |wiring| Box::new(TpLink::new(wiring)),
};

#[derive(Debug)]
struct TpLink {
    web: Web,
    clock: Clock,
    session: Session,
    /// The dialect that the owner has written down.
    pinned: Option<Dialect>,
    /// What the box turned out to speak; `None` until it was asked, and after a change of firmware.
    known: Option<Found>,
    firmware: Option<String>,
    /// The dialects whose login the box did not understand. None is tried again: it may count.
    refused: BTreeSet<Dialect>,
    lacks: Lacks,
    devices: clients::Known,
}

#[async_trait]
impl Driver for TpLink {
    async fn poll(&mut self, wanted: &Sections) -> Result<Snapshot, Fault> {
        let mut seen = Snapshot::new(self.clock.now());
        if wanted.is_empty() {
            return Ok(seen);
        }
        self.enter().await?;
        let wanted_objects: Vec<_> = Object::wanted_for(wanted).collect();
        let gathering = Gathering::new(&self.web, &mut self.session, &mut self.lacks);
        let gathered = gathering.all(&wanted_objects).await;
        let objects = gathered.map_err(|fault| self.lost(fault))?;
        sections::fill(&mut seen, wanted, &objects, &mut self.devices);
        self.learn(&objects, &seen);
        let seen = seen.unless_all_failed()?;
        self.session.went_well();
        Ok(seen)
    }

    async fn act(&mut self, deed: Deed) -> Result<(), Fault> {
        match deed {
            Deed::Reboot => self.reboot().await,
            Deed::Turn(Switch::Wifi, on) => self.turn_wifi(on).await,
            Deed::Turn(Switch::MobileData, _) => Err(Fault::NotSupported(deed.word().to_owned())),
        }
    }

    async fn close(&mut self) {
        self.session.close(&self.web).await;
    }
}

impl TpLink {
    fn new(wiring: Wiring) -> Self {
        let pinned = wiring.options.get("dialect").and_then(|word| Dialect::pinned(word));
        Self {
            session: Session::new(wiring.credentials, wiring.clock.clone()),
            web: Web::new(wiring.transport),
            clock: wiring.clock,
            pinned,
            known: None,
            firmware: None,
            refused: BTreeSet::new(),
            lacks: Lacks::default(),
            devices: clients::Known::default(),
        }
    }

    /// Finds out what the box speaks, and logs in.
    async fn enter(&mut self) -> Result<(), Fault> {
        let found = match self.known {
            Some(found) => found,
            None => self.get_to_know().await?,
        };
        let entered = self.session.open(&self.web, found).await;
        entered.inspect_err(|fault| {
            // Another firmware may let in another way. But what was refused is not tried a second time.
            if matches!(fault.class(), FaultClass::UnknownDialect | FaultClass::Malformed) {
                self.known = None;
            }
            if fault.class() == FaultClass::UnknownDialect {
                self.refused.insert(found.dialect);
            }
        })
    }

    async fn get_to_know(&mut self) -> Result<Found, Fault> {
        let found = match self.pinned {
            Some(dialect) if self.refused.contains(&dialect) => {
                return Err(Fault::UnknownDialect(
                    "it refuses every login of the 'dialect' that is set".into(),
                ));
            }
            Some(dialect) => Found::pinned(&self.web, dialect).await?,
            None => Found::detect(&self.web, &self.refused).await?,
        };
        tracing::info!(dialect = ?found.dialect, "recognised the TP-Link box");
        self.known = Some(found);
        Ok(found)
    }

    /// What else a fault of the session means. A box that suddenly knows nobody may have become another one.
    fn lost(&mut self, fault: Fault) -> Fault {
        if fault.class() == FaultClass::BusyWithAnotherUser {
            self.known = None;
        }
        fault
    }

    /// Notices when the firmware has changed: it can bring another dialect, and objects that were lacking.
    fn learn(&mut self, objects: &Objects, seen: &Snapshot) {
        let now = seen.identity.firmware.as_ref().filter(|_| objects.has(Object::Device));
        let Some(now) = now else { return };
        if self.firmware.as_ref().is_some_and(|before| before != now) {
            tracing::info!("the firmware has changed; the box will be asked again what it speaks");
            self.known = None;
            self.refused.clear();
            self.lacks = Lacks::default();
        }
        self.firmware = Some(now.clone());
    }

    /// Restarts the box. It may be gone before it has answered.
    async fn reboot(&mut self) -> Result<(), Fault> {
        self.enter().await?;
        // With a cookie nothing was said so far: whoever answers this has let us in.
        if let Some(device) = Object::Device.act(0) {
            self.ask(&[device]).await?;
        }
        let asked = self.session.ask(&self.web, &[Act::new(Kind::Operate, "ACT_REBOOT")]).await;
        match asked {
            Ok(answer) => done(&answer, "restart")?,
            Err(Fault::Unreachable(_) | Fault::TimedOut(Deadline::FirstByte | Deadline::Whole)) => {}
            Err(fault) => return Err(fault),
        }
        self.session.forget();
        Ok(())
    }

    /// Turns every radio on or off.
    async fn turn_wifi(&mut self, on: bool) -> Result<(), Fault> {
        self.enter().await?;
        let listed = self.ask(&[Act::new(Kind::List, "LAN_WLAN").with(["status"])]).await?;
        done(&listed, "say which radios it has")?;
        let enable = format!("enable={}", u8::from(on));
        let orders: Vec<_> = listed
            .of(0)
            .iter()
            .map(|radio| Act::new(Kind::Set, "LAN_WLAN").at(radio.stack).with([enable.clone()]))
            .collect();
        if orders.is_empty() {
            return Err(Fault::NotSupported("turn Wi-Fi on or off: it has none".to_owned()));
        }
        match self.ask(&orders).await {
            Ok(answer) => done(&answer, "turn Wi-Fi on or off"),
            // Radios take their time, and the server with them. Whether it was done, the next poll tells.
            Err(Fault::TimedOut(Deadline::FirstByte | Deadline::Whole)) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    async fn ask(&mut self, acts: &[Act]) -> Result<Answer, Fault> {
        let asked = self.session.ask(&self.web, acts).await;
        asked.map_err(|fault| self.lost(fault))
    }
}

/// Whether the box has taken an order.
fn done(answer: &Answer, what: &str) -> Result<(), Fault> {
    match answer.code {
        0 => Ok(()),
        code => Err(Fault::BoxError { what: what.to_owned(), why: format!("code {code}") }),
    }
}

#[cfg(test)]
mod tests;
