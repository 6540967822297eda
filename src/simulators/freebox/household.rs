//! The devices of a simulated household.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::super::habits::Demand;
use super::super::meter::{Glance, Meter};
use super::super::{Parts, Passed};
use super::control::Profiles;
use super::life::Age;
use super::profile::Profile;
use crate::model::Subject;

/// A device.
#[derive(Debug)]
pub struct Device {
    mac: &'static str,
    name: &'static str,
    kind: &'static str,
    vendor: &'static str,
    link: Link,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Link {
    /// In this port, at so many Mbit/s.
    Cable(u64, u64),
    /// On a radio: the position of the radio, the standard, the link rate in tenths of Mbit/s.
    Wifi(usize, &'static str, u64),
    /// On the repeater.
    Repeater(&'static str, u64),
    /// Known, but not there.
    Away,
    /// There for ten minutes, then away for five.
    ComesAndGoes(usize),
    /// There, but the box does not say how.
    Somehow,
}

const fn device(
    mac: &'static str,
    name: &'static str,
    kind: &'static str,
    vendor: &'static str,
    link: Link,
) -> Device {
    Device { mac, name, kind, vendor, link }
}

/// The repeater, which is a device, too.
const REPEATER: &str = "00:00:5E:00:53:20";
const SSID: &str = "Maison";
/// The box's own address, and the start of those of its networks.
pub const GATEWAY: &str = "00:00:5E:00:53:FE";

static DEVICES: [Device; 20] = [
    device("00:00:5E:00:53:01", "NAS", "nas", "Example Storage", Link::Cable(2, 1000)),
    device("00:00:5E:00:53:02", "Workstation", "workstation", "Example Computers", Link::Cable(4, 2500)),
    device("00:00:5E:00:53:03", "Freebox Player", "freebox_player", "Freebox SAS", Link::Cable(1, 1000)),
    device("00:00:5E:00:53:04", "Laptop", "laptop", "Example Computers", Link::Wifi(1, "ax", 12009)),
    device("00:00:5E:00:53:05", "Tablet", "tablet", "Example Mobile", Link::Wifi(1, "ac", 4333)),
    device("00:00:5E:00:53:06", "Phone Ada", "smartphone", "Example Mobile", Link::ComesAndGoes(1)),
    device("02:5E:10:00:53:07", "Phone Bob", "smartphone", "", Link::Wifi(1, "ax", 12009)),
    device("00:00:5E:00:53:08", "Hall sensor", "other", "Example Things", Link::Wifi(0, "n", 722)),
    device("00:00:5E:00:53:09", "Kitchen light", "light", "Example Things", Link::Wifi(0, "n", 722)),
    device("00:00:5E:00:53:0A", "Plug", "outlet", "Example Things", Link::Wifi(0, "n", 433)),
    device("00:00:5E:00:53:0B", "Thermostat", "thermostat", "Example Heating", Link::Wifi(0, "n", 130)),
    device("00:00:5E:00:53:0C", "Printer", "printer", "Example Printers", Link::Wifi(0, "n", 722)),
    device("00:00:5E:00:53:0D", "Television", "television", "Example Vision", Link::Repeater("ac", 7800)),
    device("00:00:5E:00:53:0E", "Speaker", "multimedia_device", "Example Sound", Link::Repeater("n", 722)),
    device(REPEATER, "Repeater", "freebox_wifi", "Freebox SAS", Link::Wifi(1, "ac", 7800)),
    device("00:00:5E:00:53:10", "Camera", "ip_camera", "Example Vision", Link::Somehow),
    device("00:00:5E:00:53:11", "Old laptop", "laptop", "Example Computers", Link::Away),
    device("00:00:5E:00:53:12", "Console", "vg_console", "Example Games", Link::Away),
    device("00:00:5E:00:53:13", "", "other", "", Link::Away),
    device("02:5E:10:00:53:14", "Visitor", "smartphone", "", Link::Away),
];

/// Everybody the box knows.
pub fn all() -> impl Iterator<Item = (u64, &'static Device)> {
    (1..).zip(DEVICES.iter())
}

impl Device {
    /// Its address within the household, by its number.
    pub fn address(number: u64) -> String {
        format!("192.168.1.{}", 10 + number)
    }

    fn id(&self) -> String {
        format!("ether-{}", self.mac.to_lowercase())
    }

    fn host_name(&self) -> String {
        self.name.to_lowercase().replace(' ', "-")
    }

    fn is_active(&self, about: &About<'_>) -> bool {
        match self.link {
            Link::Away => false,
            Link::ComesAndGoes(_) => about.wifi && about.age.seconds() % 900 < 600,
            Link::Wifi(..) | Link::Repeater(..) => about.wifi,
            Link::Cable(..) | Link::Somehow => true,
        }
    }

    /// Its entry in `lan/browser/pub/`.
    pub fn host(&self, number: u64, about: &About<'_>) -> Json {
        let active = self.is_active(about);
        let seen = if active { about.now } else { about.now - 86_400 - about.age.seconds().cast_signed() };
        let l3 = |addr: String, af: &str| {
            json!({"addr": addr, "af": af, "active": active, "reachable": active,
                   "last_activity": seen, "last_time_reachable": seen})
        };
        let mut host = json!({
            "id": self.id(),
            "l2ident": {"id": self.mac, "type": "mac_address"},
            "primary_name": self.name,
            "default_name": self.name,
            "primary_name_manual": number.is_multiple_of(2),
            "host_type": self.kind,
            "vendor_name": self.vendor,
            "active": active,
            "reachable": active,
            "persistent": number.is_multiple_of(3),
            "last_activity": seen,
            "last_time_reachable": seen,
            "interface": "pub",
            "l3connectivities": [
                l3(Self::address(number), "ipv4"),
                l3(format!("fe80::5eff:fe00:53{number:02x}"), "ipv6"),
                l3(format!("2001:db8:1::{number:x}"), "ipv6"),
            ],
        });
        if let Some(fields) = host.as_object_mut() {
            self.newer_fields(active, number, about, fields);
        }
        host
    }

    fn newer_fields(&self, active: bool, number: u64, about: &About<'_>, fields: &mut Map<String, Json>) {
        if !self.name.is_empty() {
            fields.insert("names".to_owned(), json!([{"name": self.host_name(), "source": "dhcp"}]));
        }
        if about.profile.api.0 >= 10 {
            fields.insert("first_activity".to_owned(), json!(about.now - 90 * 86_400));
            let point = if active { self.access_point(number, about) } else { json!({}) };
            fields.insert("access_point".to_owned(), point);
        }
        if about.version >= 8
            && let Some(profile) = about.control.of(self.mac)
        {
            fields.insert("network_control".to_owned(), profile);
        }
        if about.version >= 16 {
            fields.insert("domain_name".to_owned(), json!(self.host_name()));
            fields.insert("info".to_owned(), json!({}));
        }
    }

    fn access_point(&self, number: u64, about: &About<'_>) -> Json {
        match self.link {
            Link::Cable(_, speed) => json!({
                "mac": GATEWAY, "type": "gateway", "uid": about.uid, "connectivity_type": "ethernet",
                "ethernet_information": {"link": "up", "speed": speed, "max_port_speed": speed, "duplex": "full"},
            }),
            Link::Wifi(radio, standard, rate) => self.wifi(number, about, "gateway", radio, standard, rate),
            Link::ComesAndGoes(radio) => self.wifi(number, about, "gateway", radio, "ax", 12009),
            Link::Repeater(standard, rate) => self.wifi(number, about, "repeater", 1, standard, rate),
            Link::Away | Link::Somehow => json!({}),
        }
    }

    fn wifi(
        &self,
        number: u64,
        about: &About<'_>,
        kind: &str,
        radio: usize,
        standard: &str,
        rate: u64,
    ) -> Json {
        let (bytes, now) = about.stations.of(number);
        let band = about.profile.radios.get(radio).map_or("5g", |radio| radio.band);
        json!({
            "mac": if kind == "gateway" { GATEWAY } else { REPEATER },
            "type": kind,
            "uid": about.uid,
            "connectivity_type": "wifi",
            "rx_bytes": bytes.sent,
            "rx_rate": now.sent,
            "tx_bytes": bytes.received,
            "tx_rate": now.received,
            "wifi_information": {
                "band": band,
                "ssid": SSID,
                "bssid": format!("02:00:00:00:01:{radio:02x}"),
                "signal": self.signal(number, about.age),
                "standard": standard,
                "phy_rx_rate": rate / 2,
                "phy_tx_rate": rate,
                "sess_duration": about.age.seconds() + 60,
            },
        })
    }

    fn signal(&self, number: u64, age: Age) -> i64 {
        -age.swing(40 + 2 * number, 1, number).cast_signed()
    }

    /// Its entry in the list of a radio's stations, if it is there.
    pub fn station(&self, number: u64, radio: usize, about: &About<'_>) -> Option<Json> {
        let rate = match self.link {
            Link::Wifi(own, _, rate) if own == radio && about.wifi => rate,
            Link::ComesAndGoes(own) if own == radio && self.is_active(about) => 12009,
            _ => return None,
        };
        let (bytes, now) = about.stations.of(number);
        let bssid = format!("02:00:00:00:01:{radio:02x}");
        let last = |rate| json!({"bitrate": rate, "mcs": 7, "vht_mcs": -1, "width": "20", "shortgi": true});
        Some(json!({
            "id": format!("{bssid}-{}", self.mac),
            "mac": self.mac,
            "bssid": bssid,
            "hostname": self.host_name(),
            "host": {"id": self.id(), "primary_name": self.name},
            "state": "authenticated",
            "signal": self.signal(number, about.age),
            "inactive": 0,
            "conn_duration": about.age.seconds() + 60,
            "rx_bytes": bytes.sent,
            "rx_rate": now.sent,
            "tx_bytes": bytes.received,
            "tx_rate": now.received,
            "last_rx": last(rate / 2),
            "last_tx": last(rate),
            "flags": {"legacy": false, "ht": true, "authorized": true},
        }))
    }

    /// Its entry in the list of what a port has learnt.
    pub fn in_port(&self, port: u64) -> Option<Json> {
        matches!(self.link, Link::Cable(own, _) if own == port)
            .then(|| json!({"mac": self.mac, "hostname": self.host_name()}))
    }

    /// Its DHCP lease.
    pub fn lease(&self, number: u64, about: &About<'_>) -> Json {
        json!({
            "mac": self.mac, "ip": Self::address(number), "hostname": self.host_name(), "is_static": false,
            "lease_remaining": 40_408, "assign_time": about.now - 2800, "refresh_time": about.now - 2800,
            "host": {"id": self.id(), "active": self.is_active(about)},
        })
    }
}

/// What the entries depend on besides the device.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The box.
    pub profile: &'a Profile,
    /// Its id.
    pub uid: &'a str,
    /// The version of the API that was asked.
    pub version: u64,
    /// How long the box has been on.
    pub age: Age,
    /// The present, in Unix seconds.
    pub now: i64,
    /// Whether Wi-Fi is on.
    pub wifi: bool,
    /// Who may reach the internet.
    pub control: &'a Profiles,
    /// What its devices count.
    pub stations: &'a Stations,
}

/// What the devices on Wi-Fi have counted since the box started, by their numbers.
#[derive(Debug)]
pub struct Stations(BTreeMap<u64, (Meter, Passed)>);

impl Stations {
    /// Devices that were there before the simulation.
    pub fn new(parts: &Parts) -> Self {
        let meter = |(number, device): (u64, &Device)| {
            let is_wireless =
                matches!(device.link, Link::Wifi(..) | Link::Repeater(..) | Link::ComesAndGoes(_));
            let mac = device.mac.parse().ok().filter(|_| is_wireless)?;
            let demand = Demand { received: 1_100 * number, sent: 250 * number };
            let meter = parts.books.meter(Subject::Client(mac), demand, Glance::Steady);
            Some((number, (meter, Passed::default())))
        };
        Self(all().filter_map(meter).collect())
    }

    /// All of them begin at zero.
    pub fn restart(&mut self) {
        for (meter, from) in self.0.values_mut() {
            *from = meter.passed();
        }
    }

    /// Bytes, and bytes per second, of the device of this number.
    fn of(&self, number: u64) -> (Passed, Passed) {
        let station = self.0.get(&number);
        station.map(|(meter, from)| (meter.passed().since(*from), meter.rate())).unwrap_or_default()
    }
}

/// How many devices are on a radio.
pub fn on_radio(radio: usize, about: &About<'_>) -> usize {
    all().filter(|(number, device)| device.station(*number, radio, about).is_some()).count()
}
