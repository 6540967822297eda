//! The devices of the household.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::pages::{Page, Pages};
use super::sections::{flag, seconds};
use super::xml::Element;
use crate::model::{
    Count, Item, Mac, Readings, Seconds, Section, Snapshot, State, Subject, Text, catalog, printed, text,
};

/// A device, of which the box may have several entries.
#[derive(Debug, Default)]
struct Host {
    active: Option<bool>,
    name: Option<String>,
    own_name: Option<String>,
    connection: Option<&'static str>,
    band: Option<String>,
    ssid: Option<String>,
    since: Option<Seconds>,
    ipv4: Option<IpAddr>,
    ipv6: Option<IpAddr>,
}

pub(super) fn read(pages: &Pages, out: &mut Readings) {
    let (list, wifi_only) = match pages.get(Page::Hosts) {
        Some(list) => (list, false),
        None => match pages.get(Page::WifiHosts) {
            Some(list) => (list, true),
            None => return,
        },
    };
    let box_itself = pages.get(Page::Information).and_then(|info| info.mac("MacAddress1"));
    let rows: Vec<_> = list.all("Hosts").flat_map(|hosts| hosts.all("Host")).collect();
    if rows.is_empty() {
        out.router().set(catalog::CLIENTS, Count(0));
    }
    let mut hosts = BTreeMap::<Mac, Host>::new();
    // What is active now says it better than what was once.
    let (now, once): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| wifi_only || is_active(row) == Some(true));
    for row in now.into_iter().chain(once) {
        // `isLocalDevice` marks whoever asks, which is a device of the household as well; only the box is none.
        if let Some(mac) = row.mac("MacAddress").filter(|mac| Some(*mac) != box_itself) {
            hosts.entry(mac).or_default().learn(row, wifi_only);
        }
    }
    for (mac, host) in hosts {
        host.tell(out.subject(Subject::Client(mac)));
    }
}

/// A box that tells strangers no names may tell how many there are.
pub(super) fn count_of_strangers(pages: &Pages, seen: &mut Snapshot) {
    if let Some(count) = pages.get(Page::Status).and_then(|status| status.count("CurrentWifiUser")) {
        seen.section(Section::Clients).router().set(catalog::CLIENTS, Count(count));
    }
}

fn is_active(row: &Element) -> Option<bool> {
    flag(row, "Active")
}

impl Host {
    fn learn(&mut self, row: &Element, wifi_only: bool) {
        let named = |name: &str| row.read_with(name, text::name).filter(|name| name.parse::<Mac>().is_err());
        let active = if wifi_only { Some(true) } else { is_active(row) };
        let addresses = || row.text("IpAddress").into_iter().flat_map(|list| list.split([';', ',']));
        let address = |kind: fn(&IpAddr) -> bool| addresses().filter_map(printed::address).find(kind);
        if active == Some(true) {
            self.since = self.since.or_else(|| seconds(row, "AssociatedTime"));
        }
        self.active = self.active.or(active);
        self.name = self.name.take().or_else(|| named("ActualName")).or_else(|| named("HostName"));
        self.own_name = self.own_name.take().or_else(|| named("HostName"));
        self.connection = self.connection.or_else(|| connection(row, wifi_only));
        self.band = self.band.take().or_else(|| row.read_with("Frequency", band));
        self.ssid = self.ssid.take().or_else(|| row.read_with("AssociatedSsid", text::name));
        self.ipv4 = self.ipv4.or_else(|| address(IpAddr::is_ipv4));
        self.ipv6 = self.ipv6.or_else(|| address(IpAddr::is_ipv6));
    }

    fn tell(self, out: &mut Item) {
        out.label(self.name.as_deref().unwrap_or_default());
        out.set(catalog::CONNECTED, self.active)
            .set(catalog::HOST_NAME, self.own_name.map(Text))
            .set(catalog::CONNECTION, self.connection.map(State::new))
            .set(catalog::BAND, self.band.map(Text))
            .set(catalog::SSID, self.ssid.map(Text))
            .set(catalog::CONNECTED_FOR, self.since)
            .set(catalog::IPV4, self.ipv4.map(Text::from))
            .set(catalog::IPV6, self.ipv6.map(Text::from));
    }
}

fn connection(row: &Element, wifi_only: bool) -> Option<&'static str> {
    match row.text("InterfaceType") {
        Some(kind) if kind.eq_ignore_ascii_case("Ethernet") => Some("ethernet"),
        Some(kind) if kind.eq_ignore_ascii_case("Wireless") => Some("wifi"),
        _ => wifi_only.then_some("wifi"),
    }
}

/// `2.4GHz`, `5GHz`.
fn band(said: &str) -> Option<String> {
    printed::measured(said, "GHz").map(|band| format!("{band} GHz"))
}
