//! Who is at home, as leases, stations, traffic and neighbours.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::access::lets_through;
use super::live::Live;
use super::objects::{Objects, Row};
use crate::model::{Clock, Subject};
use crate::simulators::flow::total;
use crate::simulators::habits::Demand;
use crate::simulators::meter::{Glance, Meter};
use crate::simulators::{Books, Parts, Passed};

/// How a device is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    Cable,
    /// On the radio of this number: 1 is 2.4 GHz, 2 is 5 GHz.
    Wifi(u32),
    Guest(u32),
    /// On a radio for ten minutes, then away for five.
    ComesAndGoes(u32),
    /// Away, but its lease still runs.
    Away,
}

impl Link {
    /// The radio it is on at the moment.
    fn radio(self, uptime: Duration) -> Option<u32> {
        match self {
            Self::Wifi(radio) | Self::Guest(radio) => Some(radio),
            Self::ComesAndGoes(radio) => (uptime.as_secs() % 900 < 600).then_some(radio),
            Self::Cable | Self::Away => None,
        }
    }

    fn is_there(self, uptime: Duration) -> bool {
        self == Self::Cable || self.radio(uptime).is_some()
    }

    /// `X_TP_ConnType`: cable, 2.4 GHz, its guests, 5 GHz, its guests.
    const fn kind(self) -> u32 {
        match self {
            Self::Cable => 0,
            Self::Guest(radio) => 2 * radio,
            Self::Wifi(radio) | Self::ComesAndGoes(radio) => 2 * radio - 1,
            Self::Away => 1,
        }
    }
}

struct Device {
    mac: &'static str,
    host: u8,
    name: &'static [u8],
    /// What is left of its lease, in seconds; negative when it never ends.
    lease: i64,
    link: Link,
    /// Bytes a second, both ways, when it is busy.
    rate: u32,
    /// Bytes before the simulation began.
    before: u64,
}

const fn device(host: u8, mac: &'static str, name: &'static [u8], lease: i64, link: Link) -> Device {
    Device { mac, host, name, lease, link, rate: 0, before: 0 }
}

impl Device {
    const fn moves(mut self, rate: u32, before: u64) -> Self {
        (self.rate, self.before) = (rate, before);
        self
    }
}

/// Names as devices send them: none at all, with a sign that separates fields, and in an encoding of long ago.
static DEVICES: [Device; 9] = [
    device(100, "02:00:5E:20:00:01", b"nas", -1, Link::Cable).moves(90_000, 2_369_574_771),
    // Its counter starts again at zero within half a minute.
    device(101, "02:00:5E:20:00:02", b"laptop", 6231, Link::Wifi(2)).moves(60_000, 4_294_000_000),
    device(102, "02:00:5E:20:00:03", b"phone", 5100, Link::ComesAndGoes(1)).moves(8_000, 120_000_000),
    device(103, "02:00:5E:20:00:04", b"Unknown", 4000, Link::Wifi(1)).moves(1_500, 7_340_032),
    device(104, "02:00:5E:20:00:05", b"", 3900, Link::Cable).moves(300, 52_000),
    device(105, "02:00:5E:20:00:06", b"box=living room", 3800, Link::Wifi(1)).moves(25_000, 900_000_000),
    device(106, "02:00:5E:20:00:07", b"visitor", 600, Link::Guest(1)).moves(4_000, 3_000_000),
    device(107, "02:00:5E:20:00:08", b"camera", 7000, Link::Away),
    device(108, "02:00:5E:20:00:09", b"prix-\xa4", 6500, Link::Cable).moves(200, 40_000),
];
/// The name of this one is no text, which breaks clients of the boxes that encrypt.
const NOT_TEXT: u8 = 108;
/// The first device has a second address, in a network of its own.
const SECOND: Ipv4Addr = Ipv4Addr::new(10, 13, 0, 5);

/// The hardware addresses of everybody.
#[cfg(test)]
pub(super) fn everybody() -> impl Iterator<Item = &'static str> {
    DEVICES.iter().map(|device| device.mac)
}

/// Who there is for a kind of box.
#[derive(Clone, Copy, Debug)]
pub(super) struct Who {
    /// How many radios there are.
    pub radios: u32,
    /// Whether leases tell who is there, and on what.
    pub knows_links: bool,
}

/// What a household looks like from a kind of box.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    pub live: Live,
    pub who: Who,
}

impl Who {
    fn devices(self) -> impl Iterator<Item = &'static Device> {
        let fits = move |device: &&Device| {
            let radio = match device.link {
                Link::Wifi(radio) | Link::Guest(radio) | Link::ComesAndGoes(radio) => radio,
                Link::Cable | Link::Away => 0,
            };
            radio <= self.radios && (device.host != NOT_TEXT || !self.knows_links)
        };
        DEVICES.iter().filter(fits)
    }
}

impl View {
    fn devices(self) -> impl Iterator<Item = &'static Device> {
        self.who.devices()
    }

    fn address(self, device: &Device) -> Vec<u8> {
        format!("{}.{}", self.live.lan, device.host).into_bytes()
    }

    /// `LAN_HOST_ENTRY`.
    pub fn leases(self) -> Vec<Row> {
        let row = |(number, device): (u32, &Device)| {
            let mut row = Row::new(
                &[number],
                [
                    ("leaseTimeRemaining", text(device.lease)),
                    ("MACAddress", device.mac.into()),
                    ("hostName", device.name.into()),
                    ("IPAddress", self.address(device)),
                ],
            );
            if self.who.knows_links {
                let there = device.link.is_there(self.live.uptime);
                let source = if device.lease < 0 { "Static" } else { "DHCP" };
                let more = [
                    ("addressSource", source.into()),
                    ("active", text(u32::from(there))),
                    ("X_TP_ConnType", text(device.link.kind())),
                ];
                row.attrs.extend(more.map(|(name, value)| (name.to_owned(), value)));
            }
            row
        };
        (1..).zip(self.devices()).map(row).collect()
    }

    /// `LAN_WLAN_ASSOC_DEV`, of the radios that are on.
    pub fn stations(self, is_on: impl Fn(u32) -> bool) -> Vec<Row> {
        let mut rows = Vec::new();
        for radio in (1..=self.who.radios).filter(|radio| is_on(*radio)) {
            let there = self.devices().filter(|device| device.link.radio(self.live.uptime) == Some(radio));
            rows.extend((1..).zip(there).map(|(number, device)| {
                let packets = |share| text(total(self.live.uptime, f64::from(device.rate) / share));
                Row::new(
                    &[1, radio, number],
                    [
                        ("associatedDeviceMACAddress", device.mac.into()),
                        ("X_TP_TotalPacketsSent", packets(400.0)),
                        ("X_TP_TotalPacketsReceived", packets(900.0)),
                        ("X_TP_HostName", device.name.into()),
                    ],
                )
            }));
        }
        rows
    }

    /// `ARP_ENTRY`.
    pub fn neighbours(self) -> Vec<Row> {
        let there = self.devices().filter(|device| device.link.is_there(self.live.uptime));
        let rows = (1..).zip(there).map(|(number, device)| {
            let ip = as_number(&String::from_utf8_lossy(&self.address(device)));
            Row::new(&[number], [("flag", text(2)), ("ip", ip), ("mac", device.mac.into())])
        });
        rows.collect()
    }

    /// `STAT_ENTRY`: a row for each device and address, with counters of 32 bits.
    pub fn traffic(self, count: &Count, interval: u64) -> Vec<Row> {
        if count.is_empty(interval) {
            return Vec::new();
        }
        count.answer();
        let rows = (1..).zip(&count.rows);
        rows.map(|(number, counted)| {
            let ip = match counted.host {
                Some(host) => format!("{}.{host}", self.live.lan),
                None => SECOND.to_string(),
            };
            counted.row(number, &ip, interval)
        })
        .collect()
    }
}

/// The counters of traffic.
#[derive(Debug)]
pub(super) struct Count {
    clock: Clock,
    books: Arc<Books>,
    rows: Vec<Counted>,
    /// When the rows were deleted; they come back with the next interval.
    deleted: Option<Timestamp>,
}

/// What is counted of a device at one of its addresses: as a host of the household, or at [`SECOND`].
#[derive(Debug)]
struct Counted {
    mac: &'static str,
    host: Option<u8>,
    meter: Meter,
    /// What was counted before the simulation, and what the meter showed when the count began.
    before: u64,
    from: Passed,
}

impl Count {
    /// A count that has been going on for long.
    pub fn running(parts: &Parts, who: Who) -> Self {
        let counted = |mac: &'static str, host, demand, before| {
            let party = mac.parse().map_or(Subject::Router, Subject::Client);
            let meter = parts.books.meter(party, demand, Glance::Steady);
            Counted { mac, host, meter, before, from: Passed::default() }
        };
        let devices = who.devices().filter(|device| device.rate > 0);
        let mut rows: Vec<_> = devices
            .map(|device| {
                let demand =
                    Demand { received: u64::from(device.rate / 10), sent: u64::from(device.rate / 40) };
                counted(device.mac, Some(device.host), demand, device.before)
            })
            .collect();
        let [first, ..] = &DEVICES;
        rows.push(counted(first.mac, None, Demand { received: 12, sent: 3 }, 4711));
        Self { clock: parts.clock.clone(), books: Arc::clone(&parts.books), rows, deleted: None }
    }

    /// All of it begins at zero.
    pub fn begin(&mut self) {
        self.deleted = None;
        for row in &mut self.rows {
            (row.before, row.from) = (0, row.meter.passed());
        }
    }

    /// The rules may have changed: nothing passes to or from who is cut off.
    pub fn settle(&self, objects: &Objects) {
        for row in &self.rows {
            row.meter.open(lets_through(objects, row.mac));
        }
    }

    /// The rows are deleted.
    pub fn delete(&mut self) {
        self.begin();
        self.deleted = Some(self.clock.now());
    }

    fn is_empty(&self, interval: u64) -> bool {
        let passed = |deleted| self.clock.now().duration_since(deleted).unsigned_abs();
        self.deleted.is_some_and(|deleted| passed(deleted).as_secs() < interval)
    }

    /// Writes down what is shown of each device.
    fn answer(&self) {
        for row in &self.rows {
            let shown = Passed { received: row.bytes(), sent: 0 };
            self.books.answered(row.meter.party().clone(), shown);
        }
    }
}

impl Counted {
    fn bytes(&self) -> u64 {
        self.before + self.meter.passed().since(self.from).total()
    }

    fn row(&self, number: u32, ip: &str, interval: u64) -> Row {
        let (bytes, lately) = (self.bytes(), self.meter.rate().total() * interval);
        let wrapped = |total: u64| text(total & u64::from(u32::MAX));
        Row::new(
            &[number],
            [
                ("ipAddress", as_number(ip)),
                ("macAddress", self.mac.into()),
                ("totalPkts", wrapped(bytes / 700)),
                ("totalBytes", wrapped(bytes)),
                ("currPkts", text(lately / 700)),
                ("currBytes", text(lately)),
                ("currIcmp", text(0)),
                ("currUdp", text(lately / 9000)),
                ("currSyn", text(0)),
                ("currIcmpMax", text(1)),
                ("currUdpMax", text(10_927)),
                ("currSynMax", text(98)),
            ],
        )
    }
}

fn text<T: ToString + Copy>(value: T) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// An address as the one number that some objects have for it.
fn as_number(address: &str) -> Vec<u8> {
    text(address.parse().map_or(0, Ipv4Addr::to_bits))
}
