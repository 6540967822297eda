//! Freebox OS: the boxes of Free (Revolution, Mini 4K, One, Delta, Pop, Ultra) and the Italian iliadbox.
//!
//! One JSON API over HTTP in versions 3 to 16. An application is paired once at the box's front panel and then proves
//! at each login that it holds the token; the box has room for several sessions, so ours is kept.

mod answer;
mod discovery;
mod login;
pub mod pairing;
mod rights;
mod session;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value as Json, json};

use self::session::Session;
use self::wire::{Node, Radio};
use super::several::{Several, concerns_one_endpoint};
use super::{Cadence, Driver, Family, FamilyOption, OptionKind, Stability, Wiring};
use crate::model::{
    Clock, Counting, Deed, Fault, Renewal, Section, Sections, Snapshot, Subject, Switch, Text, catalog,
};
use crate::transport::Request;

/// What the bridge calls itself when it is paired, unless the configuration says otherwise.
pub const APP_ID: &str = "fr.router2mqtt.bridge";

/// The largest boxes have four radios, six ports and two networks; what is beyond these numbers is not asked for.
const MOST_PORTS: usize = 8;
const MOST_RADIOS: usize = 8;
const MOST_NETWORKS: usize = 4;

/// Version and login (3), system, connection, the line (4), the switch and its ports, Wi-Fi (3), the house with its
/// networks and radios (2), disks, firmware, and the logout.
#[expect(clippy::cast_possible_truncation, reason = "small numbers, added before the program runs")]
const MOST_REQUESTS: u32 =
    (3 + 1 + 1 + 4 + (1 + MOST_PORTS) + 3 + (2 + MOST_NETWORKS + MOST_RADIOS) + 1 + 1 + 1) as u32;

/// The switch of all radios, to read and to turn.
const WIFI_CONFIG: &str = "wifi/config/";

/// Since this version the 4G module has one page for each of its uses.
const LTE_SPLIT: u64 = 10;
/// Since this version the box says whether its firmware is up to date.
const TELLS_UPDATES: u64 = 11;

/// The Freebox family.
pub static FAMILY: Family = Family {
    name: "freebox",
    title: "Freebox",
    manufacturer: "Free",
    stability: Stability::Stable,
    default_url: "http://mafreebox.freebox.fr",
    default_every: Duration::from_secs(10),
    default_timeout: Duration::from_secs(10),
    gap: Duration::from_millis(50),
    needs: &["app_token"],
    may_need: &[],
    default_username: None,
    sections: &[
        (Section::System, Cadence::Every),
        (Section::Connection, Cadence::Every),
        (Section::Line, Cadence::AtMostEvery(30)),
        (Section::Ports, Cadence::AtMostEvery(30)),
        (Section::Wifi, Cadence::AtMostEvery(60)),
        (Section::Clients, Cadence::AtMostEvery(60)),
        (Section::Storage, Cadence::AtMostEvery(60)),
        (Section::Updates, Cadence::AtMostEvery(600)),
    ],
    session: super::Session::Held,
    max_requests: MOST_REQUESTS,
    deeds: &[Deed::Reboot, Deed::Turn(Switch::Wifi, true), Deed::Turn(Switch::Wifi, false)],
    counting: |subject, _| match subject {
        // What a device has sent and received is counted from its association on.
        Subject::Client(_) => Counting { renewal: Renewal::Appearance, ..Counting::USUAL },
        _ => Counting::USUAL,
    },
    options: &[FamilyOption {
        key: "app_id",
        doc: "The id that the box was paired under; the default is that of `router2mqtt register freebox`.",
        kind: OptionKind::Text,
    }],
    authorities: include_str!("authorities.pem"),
    build: |wiring| Box::new(Freebox::new(wiring)),
};

/// What a bridge cannot do.
const WIFI_DEEDS: [Deed; 2] = [Deed::Turn(Switch::Wifi, true), Deed::Turn(Switch::Wifi, false)];

/// A driver for one Freebox.
#[derive(Debug)]
struct Freebox {
    session: Session,
    clock: Clock,
    /// What the connection ran over when it was last read.
    media: Option<String>,
    /// What `system/` named as its firmware.
    firmware: Option<String>,
    /// The radios that the box listed last.
    radios: Vec<Radio>,
    /// Whether it hands everything through as a bridge, and has no Wi-Fi to turn on.
    bridge: Option<bool>,
}

impl Freebox {
    fn new(wiring: Wiring) -> Self {
        let app_id = wiring.options.get("app_id").cloned().unwrap_or_else(|| APP_ID.to_owned());
        Self {
            clock: wiring.clock.clone(),
            session: Session::new(wiring.transport, wiring.clock, app_id, wiring.credentials.app_token),
            media: None,
            firmware: None,
            radios: Vec::new(),
            bridge: None,
        }
    }

    async fn read(&mut self, section: Section, seen: &mut Snapshot) -> Result<(), Fault> {
        match section {
            Section::System => self.system(seen).await,
            Section::Connection => self.connection(seen).await,
            Section::Line => self.line(seen).await,
            Section::Ports => self.ports(seen).await,
            Section::Wifi => self.wifi(seen).await,
            Section::Clients => self.clients(seen).await,
            Section::Storage => self.storage(seen).await,
            Section::Updates => self.updates(seen).await,
            Section::WideChannels
            | Section::Provisioning
            | Section::Plan
            | Section::Messages
            | Section::Log => Ok(()),
        }
    }

    async fn system(&mut self, seen: &mut Snapshot) -> Result<(), Fault> {
        let answer = self.session.need("system/").await?;
        let announced = self.session.announced()?;
        let identity =
            wire::identity(Node::of(&answer), announced.model_id.as_deref(), announced.model_name.as_deref());
        self.firmware.clone_from(&identity.firmware);
        seen.identity.update(identity);
        wire::system(Node::of(&answer), seen.section(Section::System));
        Ok(())
    }

    async fn connection(&mut self, seen: &mut Snapshot) -> Result<(), Fault> {
        let answer = self.session.need("connection/").await?;
        let status = Node::of(&answer);
        self.media = status.text("media").map(str::to_owned);
        wire::connection(status, seen.section(Section::Connection).router());
        Ok(())
    }

    /// Fibre, copper and 4G: what the connection runs over now, and what else the box has. A box with two of them
    /// reports the other one while the first is down, which is when its levels are wanted most.
    async fn line(&mut self, seen: &mut Snapshot) -> Result<(), Fault> {
        let mut several = Several::default();
        if let Some(ftth) = self.medium("connection/ftth/", "ftth", wire::has_fibre, &mut several).await? {
            wire::ftth(Node::of(&ftth), seen.section(Section::Line).router());
        }
        if let Some(xdsl) = self.medium("connection/xdsl/", "xdsl", wire::has_xdsl, &mut several).await? {
            wire::xdsl(Node::of(&xdsl), seen.section(Section::Line).router());
        }
        let split = self.session.announced()?.major >= LTE_SPLIT;
        let pages: &[_] = if split {
            &["connection/lte/backup", "connection/lte/aggregation"]
        } else {
            &["connection/lte/config"]
        };
        for page in pages {
            if let Some(lte) = self.medium(page, "backup_4g", wire::has_modem, &mut several).await? {
                wire::lte(Node::of(&lte), seen.section(Section::Line).router());
                break;
            }
        }
        several.end()
    }

    /// Asks for a line that the connection runs over, or that the box might have besides.
    async fn medium(
        &mut self,
        endpoint: &str,
        media: &str,
        is_there: fn(Node<'_>) -> bool,
        several: &mut Several,
    ) -> Result<Option<Json>, Fault> {
        let in_use = self.media.as_deref() == Some(media);
        if in_use {
            self.session.reconsider(endpoint);
        }
        let outcome = self.session.ask(endpoint).await;
        if let Ok(Some(answer)) = &outcome
            && !in_use
            && !is_there(Node::of(answer))
        {
            self.session.leave_alone(endpoint, None);
            return Ok(None);
        }
        several.note(outcome)
    }

    async fn ports(&mut self, seen: &mut Snapshot) -> Result<(), Fault> {
        let Some(status) = self.session.ask("switch/status/").await? else {
            return Ok(());
        };
        wire::ports(Node::of(&status), seen.section(Section::Ports));
        let mut several = Several::read();
        for id in wire::port_ids(Node::of(&status), MOST_PORTS) {
            let endpoint = format!("switch/port/{id}/stats");
            if let Some(stats) = several.note(self.session.ask(&endpoint).await)? {
                wire::port_stats(id, Node::of(&stats), seen.section(Section::Ports));
            }
        }
        several.end()
    }

    async fn wifi(&mut self, seen: &mut Snapshot) -> Result<(), Fault> {
        let mut several = Several::default();
        if let Some(config) = several.note(self.session.ask(WIFI_CONFIG).await)? {
            wire::switched_on(Node::of(&config), seen.section(Section::Wifi).router());
        }
        if let Some(aps) = several.note(self.session.ask("wifi/ap/").await)? {
            self.radios = wire::radios(Node::of(&aps), MOST_RADIOS, seen.section(Section::Wifi));
        }
        if let Some(networks) = several.note(self.session.ask("wifi/bss/").await)? {
            wire::radio_clients(Node::of(&networks), seen.section(Section::Wifi));
        }
        several.end()
    }

    async fn clients(&mut self, seen: &mut Snapshot) -> Result<(), Fault> {
        let mut several = Several::default();
        if let Some(config) = several.note(self.session.ask("lan/config/").await)? {
            wire::lan(Node::of(&config), seen.section(Section::Clients).router());
            let is_bridge = wire::is_bridge(Node::of(&config));
            self.bridge = Some(is_bridge);
            if is_bridge {
                return Ok(());
            }
        }
        let Some(interfaces) = self.session.ask("lan/browser/interfaces/").await? else {
            return several.end();
        };
        let mut lists = Vec::new();
        for network in wire::interfaces(Node::of(&interfaces), MOST_NETWORKS) {
            let hosts = self.hosts(&network).await?;
            lists.push((network, hosts));
        }
        let gateway = self.session.announced()?.device_name.clone();
        let readings = seen.section(Section::Clients);
        let lists = lists.iter().map(|(network, hosts)| (network.as_str(), Node::of(hosts)));
        wire::hosts(lists.clone(), gateway.as_deref().unwrap_or("Freebox"), readings);
        if !lists.clone().any(|(_, hosts)| wire::has_access_points(hosts)) {
            self.stations(seen, &mut several).await?;
        }
        wire::nobody(seen.section(Section::Clients));
        Ok(())
    }

    /// Who is in a network that the box has just named, so that having no list of it is a failure for once: everybody
    /// in it would seem to have left the house.
    async fn hosts(&mut self, network: &str) -> Result<Json, Fault> {
        let endpoint = format!("lan/browser/{network}/");
        let hosts = self.session.ask(&endpoint).await?;
        hosts.ok_or_else(|| {
            self.session.reconsider(&endpoint);
            Fault::BoxError { what: endpoint, why: "the box has this network, but no list of it".to_owned() }
        })
    }

    /// Older firmware tells only here who is on which radio.
    async fn stations(&mut self, seen: &mut Snapshot, several: &mut Several) -> Result<(), Fault> {
        for radio in &self.radios {
            let endpoint = format!("wifi/ap/{}/stations/", radio.id);
            if let Some(stations) = several.note(self.session.ask(&endpoint).await)? {
                wire::stations(Node::of(&stations), radio, seen.section(Section::Clients));
            }
        }
        Ok(())
    }

    async fn storage(&mut self, seen: &mut Snapshot) -> Result<(), Fault> {
        if let Some(disks) = self.session.ask("storage/disk/").await? {
            wire::disks(Node::of(&disks), seen.section(Section::Storage));
        }
        Ok(())
    }

    async fn updates(&mut self, seen: &mut Snapshot) -> Result<(), Fault> {
        if self.session.announced()?.major < TELLS_UPDATES {
            return Ok(());
        }
        if let Some(update) = self.session.ask("update/").await? {
            let latest = wire::latest_firmware(Node::of(&update), self.firmware.as_deref());
            seen.section(Section::Updates).router().set(catalog::LATEST_FIRMWARE, latest.map(Text));
        }
        Ok(())
    }
}

#[async_trait]
impl Driver for Freebox {
    async fn poll(&mut self, wanted: &Sections) -> Result<Snapshot, Fault> {
        self.session.open().await?;
        let mut seen = Snapshot::new(self.clock.now());
        for section in wanted.iter() {
            match self.read(section, &mut seen).await {
                Ok(()) => {}
                Err(fault) if concerns_one_endpoint(&fault) => seen.failed(section, fault),
                Err(fault) => return Err(fault),
            }
        }
        seen.missing_rights = self.session.missing_rights();
        seen.cannot = self.bridge.map(|bridge| WIFI_DEEDS.into_iter().filter(|_| bridge).collect());
        seen.taken = self.clock.now();
        seen.unless_all_failed()
    }

    async fn act(&mut self, deed: Deed) -> Result<(), Fault> {
        match deed {
            Deed::Reboot => {
                self.session.order("system/reboot/", Request::post).await?;
                self.session.forget();
                Ok(())
            }
            Deed::Turn(Switch::Wifi, on) => {
                let wanted = json!({ "enabled": on });
                self.session.order(WIFI_CONFIG, |path| Request::put(path).json(wanted)).await
            }
            Deed::Turn(Switch::MobileData, _) => Err(Fault::NotSupported(deed.word().to_owned())),
        }
    }

    async fn close(&mut self) {
        self.session.close().await;
    }
}
