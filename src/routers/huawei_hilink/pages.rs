//! Which endpoints a section is made of.

use std::collections::BTreeMap;

use super::xml::Element;
use crate::model::{Fault, Section, Sections};

/// An endpoint that is read. In the order they are asked: a fallback comes after what it stands in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Page {
    /// Identity, firmware, uptime, addresses.
    Information,
    /// Name and firmware, also for strangers.
    BasicInformation,
    /// The state of nearly everything.
    Status,
    /// Totals and rates of the mobile connection.
    Traffic,
    /// Whether mobile data is switched on.
    DataSwitch,
    /// The connection over the Ethernet socket, of boxes that can do without a SIM card.
    Cradle,
    /// Levels, cell and band.
    Signal,
    /// The operator.
    Plmn,
    /// The SIM card.
    Sim,
    /// The month's traffic.
    Month,
    /// The data plan as the owner entered it.
    Plan,
    /// Every device that the box knows.
    Hosts,
    /// The devices on the Wi-Fi now.
    WifiHosts,
    /// Text messages.
    Messages,
    /// Unread messages, and new firmware.
    Notifications,
}

impl Page {
    const ALL: [Self; 15] = [
        Self::Information,
        Self::BasicInformation,
        Self::Status,
        Self::Traffic,
        Self::DataSwitch,
        Self::Cradle,
        Self::Signal,
        Self::Plmn,
        Self::Sim,
        Self::Month,
        Self::Plan,
        Self::Hosts,
        Self::WifiHosts,
        Self::Messages,
        Self::Notifications,
    ];

    /// How many there are.
    #[expect(clippy::cast_possible_truncation, reason = "a small number, known before the program runs")]
    pub const COUNT: u32 = Self::ALL.len() as u32;

    /// Its path below `/api/`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Information => "device/information",
            Self::BasicInformation => "device/basic_information",
            Self::Status => "monitoring/status",
            Self::Traffic => "monitoring/traffic-statistics",
            Self::DataSwitch => "dialup/mobile-dataswitch",
            Self::Cradle => "cradle/status-info",
            Self::Signal => "device/signal",
            Self::Plmn => "net/current-plmn",
            Self::Sim => "monitoring/converged-status",
            Self::Month => "monitoring/month_statistics",
            Self::Plan => "monitoring/start_date",
            Self::Hosts => "lan/HostInfo",
            Self::WifiHosts => "wlan/host-list",
            Self::Messages => "sms/sms-count",
            Self::Notifications => "monitoring/check-notifications",
        }
    }

    /// What a section cannot do without: it is read when one of these was.
    pub const fn of(section: Section) -> &'static [Self] {
        match section {
            Section::System => &[Self::Information, Self::BasicInformation],
            Section::Connection => &[Self::Status, Self::Traffic],
            Section::Line => &[Self::Status, Self::Signal, Self::Plmn],
            Section::Wifi => &[Self::Status],
            Section::Clients => &[Self::Hosts, Self::WifiHosts],
            Section::Plan => &[Self::Month, Self::Plan],
            Section::Messages => &[Self::Messages, Self::Notifications],
            Section::Updates => &[Self::Notifications],
            _ => &[],
        }
    }

    /// What can only add to a section.
    const fn besides(section: Section) -> &'static [Self] {
        match section {
            Section::Connection => &[Self::Information, Self::DataSwitch, Self::Cradle],
            Section::Line => &[Self::Sim],
            Section::Clients => &[Self::Information, Self::Status],
            _ => &[],
        }
    }

    /// The endpoints that the wanted sections come from, each once.
    pub fn wanted_for(wanted: &Sections) -> impl Iterator<Item = Self> {
        let is_in =
            |page: Self, section| Self::of(section).contains(&page) || Self::besides(section).contains(&page);
        Self::ALL.into_iter().filter(move |page| wanted.iter().any(|section| is_in(*page, section)))
    }

    /// Whether there is still something to learn from it.
    pub fn is_worth_reading(self, wanted: &Sections, pages: &Pages) -> bool {
        match self {
            Self::BasicInformation => pages.get(Self::Information).is_none(),
            // Only Wi-Fi devices are in it, so it is no substitute for a list that exists, but could not be read.
            Self::WifiHosts => pages.lacks(Self::Hosts),
            Self::Cradle => !pages.get(Self::Status).is_some_and(super::sections::is_connected),
            Self::Notifications => wanted.wants(Section::Updates) || pages.get(Self::Messages).is_none(),
            _ => true,
        }
    }
}

/// What was read in a poll. `None` is an endpoint that the box lacks.
#[derive(Debug, Default)]
pub(super) struct Pages(BTreeMap<Page, Result<Option<Element>, Fault>>);

impl Pages {
    pub fn put(&mut self, page: Page, outcome: Result<Option<Element>, Fault>) {
        self.0.insert(page, outcome);
    }

    /// What an endpoint said.
    pub fn get(&self, page: Page) -> Option<&Element> {
        self.0.get(&page)?.as_ref().ok()?.as_ref()
    }

    /// Whether the box said that it has no such thing.
    pub fn lacks(&self, page: Page) -> bool {
        matches!(self.0.get(&page), Some(Ok(None)))
    }

    /// Why an endpoint could not be read.
    pub fn fault(&self, page: Page) -> Option<&Fault> {
        self.0.get(&page)?.as_ref().err()
    }
}
