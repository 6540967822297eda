//! The devices of the household.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::radios;
use super::wire::Row;
use crate::model::{
    BitRate, Count, DecibelMilliwatt, Mac, Readings, State, Subject, Text, catalog, printed, text,
};

/// One device. The box has a row for each of its addresses, the old ones included.
#[derive(Debug, Default)]
struct Host {
    online: Option<bool>,
    name: Option<String>,
    interface: Option<String>,
    ipv4: Option<IpAddr>,
    ipv6: Option<IpAddr>,
    station: Option<Station>,
}

/// What the radio knows of a device.
#[derive(Debug)]
struct Station {
    rssi: Option<f64>,
    rate: Option<f64>,
    network: Option<String>,
}

/// Reads the list of the devices, and that of the stations of the Wi-Fi where there is one.
pub(super) fn read(rows: &[Row], stations: &[Row], out: &mut Readings) {
    let mut hosts = BTreeMap::<Mac, Host>::new();
    // Rows in use first, so that what they say wins over what was true once.
    let (active, idle): (Vec<_>, Vec<_>) = rows.iter().partition(|row| online(row) == Some(true));
    for row in active.into_iter().chain(idle) {
        if let Some(mac) = row.mac("macAddr") {
            hosts.entry(mac).or_default().learn(row);
        }
    }
    for row in stations {
        if let Some(mac) = row.mac("macAddr") {
            hosts.entry(mac).or_default().learn_station(row);
        }
    }
    if hosts.is_empty() && rows.is_empty() {
        out.router().set(catalog::CLIENTS, Count(0));
    }
    for (mac, host) in hosts {
        host.tell(mac, out);
    }
}

fn online(row: &Row) -> Option<bool> {
    row.text("online").map(|state| state == "1" || state.eq_ignore_ascii_case("active"))
}

impl Host {
    fn learn(&mut self, row: &Row) {
        let address = row.read("ipAddr", printed::address);
        self.online = self.online.or_else(|| online(row));
        self.name = self.name.take().or_else(|| row.read("hostName", text::name));
        self.interface = self.interface.take().or_else(|| row.text("interface"));
        self.ipv4 = self.ipv4.or(address.filter(IpAddr::is_ipv4));
        self.ipv6 = self.ipv6.or(address.filter(IpAddr::is_ipv6));
    }

    /// A device that the radio lists is there, whatever the other list says.
    fn learn_station(&mut self, row: &Row) {
        self.online = Some(true);
        self.name = self.name.take().or_else(|| row.read("hostName", text::name));
        self.interface = row.text("band").map(|band| format!("WiFi {band}")).or(self.interface.take());
        self.station = Some(Station {
            rssi: row.read("rssi", |said| printed::measured(said, "dBm")),
            rate: row.read("br", |said| printed::measured(said, "M")),
            network: row.read("ssid", text::name),
        });
    }

    fn tell(self, mac: Mac, out: &mut Readings) {
        let client = out.subject(Subject::Client(mac));
        client.label(self.name.as_deref().unwrap_or_default());
        client
            .set(catalog::CONNECTED, self.online)
            .set(catalog::HOST_NAME, self.name.map(Text))
            .set(catalog::CONNECTION, self.interface.as_deref().and_then(connection))
            .set(catalog::BAND, self.interface.as_deref().and_then(band))
            .set(catalog::IPV4, self.ipv4.map(Text::from))
            .set(catalog::IPV6, self.ipv6.map(Text::from));
        if let Some(station) = self.station {
            client
                .set(catalog::RSSI, station.rssi.map(DecibelMilliwatt))
                .set(catalog::LINK_SPEED, station.rate.map(BitRate::megabits))
                .set(catalog::SSID, station.network.map(Text));
        }
    }
}

/// How the device is connected. The words for Wi-Fi differ between firmwares.
fn connection(interface: &str) -> Option<State> {
    if interface.to_ascii_lowercase().contains("ethernet") {
        Some(State::new("ethernet"))
    } else {
        is_wifi(interface).then(|| State::new("wifi"))
    }
}

fn is_wifi(interface: &str) -> bool {
    let interface = interface.to_ascii_lowercase();
    ["wifi", "wi-fi", "wireless", "wlan"].iter().any(|word| interface.contains(word))
        || ["2.4g", "5g"].iter().any(|band| interface.starts_with(band))
}

fn band(interface: &str) -> Option<Text> {
    Some(interface).filter(|interface| is_wifi(interface)).and_then(radios::band)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_wifi_differ() {
        let said =
            |interface| (connection(interface).map(|state| state.0), band(interface).map(|band| band.0));
        let wifi = |band: Option<&str>| (Some("wifi".to_owned()), band.map(str::to_owned));
        assert_eq!(said("Ethernet"), (Some("ethernet".to_owned()), None));
        assert_eq!(said("WiFi 2.4G"), wifi(Some("2.4 GHz")));
        assert_eq!(said("5G"), wifi(Some("5 GHz")));
        assert_eq!(said("Wireless"), wifi(None));
        assert_eq!(said("2.5GbE"), (None, None));
        assert_eq!(said("MoCA"), (None, None));
    }
}
