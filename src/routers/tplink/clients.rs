//! The devices of the household, put together from what four objects know of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::access::AccessControl;
use super::gather::Objects;
use super::grammar::Row;
use super::objects::Object;
use crate::model::{
    Count, Counting, Mac, Overflow, Readings, Renewal, State, Subject, Text, catalog, printed, text,
};

/// How the statistics count: each row has 32 bits, and a device that comes back on the list begins at zero.
///
/// The ceiling tells an overflow from a row that began anew. The WAN socket of these boxes does 100 Mbit/s, which is 12.5 MB/s
/// each way, and a row counts both ways; a fifth is added for what is counted besides. Lines that are faster overflow more often
/// than anybody can ask: then the least is counted, and the time declared.
pub(super) const COUNTING: Counting = Counting {
    bits: 32,
    overflow: Overflow::Wraps,
    renewal: Renewal::Appearance,
    ceiling: Some(30_000_000),
    rounded: false,
};

/// What earlier polls told of the devices.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Who was on Wi-Fi: when such a device no longer is, it has left. Of a device with a cable no box says that.
    stations: BTreeSet<Mac>,
    /// What each device had sent and received, in bytes: whoever has more by now is there.
    traffic: BTreeMap<Mac, u64>,
    /// Who was blocked, or let in again: of them it is told how they stand, also when they are away.
    pub(super) governed: BTreeSet<Mac>,
}

/// Each radio's stations, by the number of the radio.
const STATIONS: [(u32, Object, &str); 2] =
    [(1, Object::StationsFirst, "2.4 GHz"), (2, Object::StationsSecond, "5 GHz")];

/// One device.
#[derive(Debug, Default)]
struct Host {
    /// Whether the box says that it is there.
    active: Option<bool>,
    name: Option<String>,
    ipv4: Option<IpAddr>,
    connection: Option<&'static str>,
    band: Option<&'static str>,
    is_guest: Option<bool>,
    is_station: bool,
    /// Whether it has sent or received something lately.
    is_talking: bool,
    /// What its rows count, each by the address or, where there is none, by its number, and the direction if they are apart.
    traffic: Vec<(String, Option<u64>)>,
}

/// How many stations a radio has; `None` when it was not said.
pub(super) fn stations_at(objects: &Objects, radio: u32) -> Option<u64> {
    let (_, object, _) = STATIONS.into_iter().find(|(number, ..)| *number == radio)?;
    objects.has(object).then(|| objects.rows(object).len() as u64)
}

pub(super) fn read(objects: &Objects, known: &mut Known, out: &mut Readings) {
    let mut hosts = BTreeMap::<Mac, Host>::new();
    for row in objects.rows(Object::Hosts) {
        if let Some(mac) = row.mac("MACAddress") {
            hosts.entry(mac).or_default().learn(row);
        }
    }
    for (_, object, band) in STATIONS {
        for row in objects.rows(object) {
            if let Some(mac) = row.mac("associatedDeviceMACAddress") {
                hosts.entry(mac).or_default().learn_station(row, band);
                known.stations.insert(mac);
            }
        }
    }
    let counts = objects.row(Object::Statistics).and_then(|statistics| statistics.flag("enable"));
    for row in objects.rows(Object::Traffic).iter().filter(|_| counts != Some(false)) {
        if let Some(mac) = row.mac("macAddress") {
            hosts.entry(mac).or_default().learn_traffic(row);
        }
    }
    if objects.has(Object::Statistics) {
        out.router().set(catalog::STATISTICS_ENABLED, counts);
    }
    if objects.rows(Object::Hosts).is_empty() && hosts.is_empty() {
        out.router().set(catalog::CLIENTS, Count(0));
    }
    let names_stations = all_stations_are_named(objects);
    for (mac, mut host) in hosts {
        let has_left = names_stations && known.stations.contains(&mac) && !host.is_station;
        if let Some(total) = host.total() {
            let before = known.traffic.insert(mac, total);
            host.is_talking |= before.is_some_and(|before| before < total);
        }
        host.tell(mac, has_left, objects.has(Object::Traffic), out);
    }
    if let Some(access) = AccessControl::seen(objects) {
        tell_access(&access, &known.governed, out);
    }
}

/// Says who is kept from the internet, of whoever is on some list.
fn tell_access(access: &AccessControl, governed: &BTreeSet<Mac>, out: &mut Readings) {
    let listed = out.iter().filter_map(|(subject, _)| match subject {
        Subject::Client(mac) => Some(*mac),
        _ => None,
    });
    let everybody: BTreeSet<_> = listed.chain(governed.iter().copied()).collect();
    for mac in everybody {
        out.subject(Subject::Client(mac)).set(catalog::BLOCKED, access.blocks(mac));
    }
}

/// Whether somebody who is on no list of stations is not on Wi-Fi.
fn all_stations_are_named(objects: &Objects) -> bool {
    STATIONS.into_iter().any(|(_, object, _)| objects.has(object))
        && STATIONS.into_iter().all(|(_, object, _)| {
            objects.fault(object).is_none()
                && objects.rows(object).iter().all(|row| row.mac("associatedDeviceMACAddress").is_some())
        })
}

impl Host {
    fn learn(&mut self, row: &Row) {
        let address = row.read("IPAddress", printed::address).filter(IpAddr::is_ipv4);
        let (connection, band, is_guest) = match row.count("X_TP_ConnType") {
            Some(0) => (Some("ethernet"), None, Some(false)),
            Some(1) => (Some("wifi"), Some("2.4 GHz"), Some(false)),
            Some(2) => (Some("wifi"), Some("2.4 GHz"), Some(true)),
            Some(3) => (Some("wifi"), Some("5 GHz"), Some(false)),
            Some(4) => (Some("wifi"), Some("5 GHz"), Some(true)),
            _ => (None, None, None),
        };
        // A device may have several leases; any of them may be the one in use.
        self.active = match (self.active, row.flag("active")) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (before, now) => now.or(before),
        };
        self.name = self.name.take().or_else(|| row.read("hostName", text::name));
        self.ipv4 = self.ipv4.or(address);
        self.connection = self.connection.or(connection);
        self.band = self.band.or(band);
        self.is_guest = self.is_guest.or(is_guest);
    }

    fn learn_station(&mut self, row: &Row, band: &'static str) {
        self.is_station = true;
        self.connection = Some("wifi");
        self.band = Some(band);
        self.name = self.name.take().or_else(|| row.read("X_TP_HostName", text::name));
    }

    fn learn_traffic(&mut self, row: &Row) {
        let address = row.read("ipAddress", numbered_address);
        let key = address.map_or_else(|| self.traffic.len().to_string(), |address| address.to_string());
        let (received, sent) = (row.count("totalBytesRx"), row.count("totalBytesTx"));
        if row.count("totalBytes").is_none() && received.or(sent).is_some() {
            self.traffic.push((format!("{key} rx"), received));
            self.traffic.push((format!("{key} tx"), sent));
        } else {
            self.traffic.push((key, row.count("totalBytes")));
        }
        self.is_talking |= row.count("currPkts").is_some_and(|packets| packets > 0);
        self.ipv4 = self.ipv4.or(address);
    }

    /// The bytes of all of its rows; nothing when one of them is unknown, or there are none.
    fn total(&self) -> Option<u64> {
        let known = self.traffic.first().map(|_| 0);
        self.traffic
            .iter()
            .fold(known, |sum, (_, raw)| sum.zip(*raw).and_then(|(sum, raw)| sum.checked_add(raw)))
    }

    fn tell(self, mac: Mac, has_left: bool, counts: bool, out: &mut Readings) {
        let seen = (self.is_station || self.is_talking).then_some(true);
        let connected = seen.or(self.active).or_else(|| has_left.then_some(false));
        let client = out.subject(Subject::Client(mac));
        client.label(self.name.as_deref().unwrap_or_default());
        client
            .set(catalog::CONNECTED, connected)
            .set(catalog::HOST_NAME, self.name.map(Text))
            .set(catalog::CONNECTION, self.connection.map(State::new))
            .set(catalog::BAND, self.band.map(Text::new))
            .set(catalog::NETWORK, self.is_guest.filter(|is_guest| *is_guest).map(|_| Text::new("guest")))
            .set(catalog::IPV4, self.ipv4.map(Text::from));
        if counts && self.traffic.is_empty() {
            client.set(catalog::TRAFFIC, None);
        }
        for (part, raw) in self.traffic.into_iter().filter(|_| counts) {
            client.count(catalog::TRAFFIC, part, raw);
        }
    }
}

/// An address as a number. The page itself computes with signed ones, so half of all addresses may be negative.
fn numbered_address(said: &str) -> Option<IpAddr> {
    let number: i64 = said.parse().ok()?;
    let low = u32::try_from(number & 0xffff_ffff).ok()?;
    let is_address = (i64::from(i32::MIN)..=i64::from(u32::MAX)).contains(&number) && low != 0;
    is_address.then(|| IpAddr::V4(Ipv4Addr::from(low)))
}
