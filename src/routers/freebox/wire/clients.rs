use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::control::DENIED;
use super::Node;
use super::wifi::{Radio, band};
use crate::model::{
    BitRate, Bytes, Count, DecibelMilliwatt, Item, Mac, Moment, Readings, Seconds, State, Subject, Text,
    Value, catalog, printed,
};

/// `lan/browser/interfaces/`: the parts of the home network that have devices in them.
pub fn interfaces(answer: Node<'_>, most: usize) -> Vec<String> {
    answer
        .list()
        .filter(|interface| interface.count("host_count") != Some(0))
        .filter_map(|interface| interface.text("name"))
        // It becomes part of an address.
        .filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')))
        .map(str::to_owned)
        .take(most)
        .collect()
}

/// Whether the list of hosts says how each is connected; older firmware leaves that to the radios' own lists.
pub fn has_access_points(hosts: Node<'_>) -> bool {
    hosts.list().any(|host| host.at("access_point").text("connectivity_type").is_some())
}

/// `lan/browser/{interface}/` of several interfaces: the devices of the household.
///
/// `gateway` is what the box calls itself, for devices that are connected to it and not to a repeater.
pub fn hosts<'a>(
    lists: impl Iterator<Item = (&'a str, Node<'a>)> + Clone,
    gateway: &str,
    seen: &mut Readings,
) {
    let names: BTreeMap<_, _> = lists
        .clone()
        .flat_map(|(_, hosts)| hosts.list())
        .filter_map(|host| Some((mac(host)?, name(host)?.to_owned())))
        .collect();
    for (network, list) in lists {
        for host in list.list() {
            if let Some(mac) = mac(host) {
                one_host(host, mac, network, seen);
                if host.flag("active") == Some(true) {
                    let point = host.at("access_point");
                    access_point(point, whose(point, gateway, &names), seen.subject(Subject::Client(mac)));
                }
            }
        }
    }
}

/// The same list, as newer firmware has it: who is kept from the internet by the profile that they are in. Whoever is
/// in none may pass.
pub fn access(hosts: Node<'_>, seen: &mut Readings) {
    for host in hosts.list() {
        if let Some(mac) = mac(host) {
            let profile = host.at("network_control");
            let blocked = match profile.count("profile_id") {
                None => Some(false),
                Some(_) => profile.text("current_mode").map(|mode| mode == DENIED),
            };
            seen.subject(Subject::Client(mac)).set(catalog::BLOCKED, blocked);
        }
    }
}

fn one_host(host: Node<'_>, mac: Mac, network: &str, seen: &mut Readings) {
    let client = seen.subject(Subject::Client(mac));
    // A device that moved from the guest network is in both lists, and present in one of them.
    if is_connected(client) && host.flag("active") != Some(true) {
        return;
    }
    client
        .label(name(host).unwrap_or_default())
        .set(catalog::CONNECTED, host.flag("active"))
        .set(catalog::HOST_NAME, host_name(host).map(Text::new))
        .set(catalog::VENDOR, host.text("vendor_name").map(Text::new))
        .set(catalog::HOST_TYPE, host.text("host_type").map(Text::new))
        .set(catalog::NETWORK, Text::new(host.text("interface").unwrap_or(network)))
        .set(catalog::LAST_SEEN, last_seen(host).map(Moment))
        .set(catalog::IPV4, address(host, "ipv4").map(Text::new))
        .set(catalog::IPV6, address(host, "ipv6").map(Text::new));
}

fn is_connected(client: &Item) -> bool {
    client.get(catalog::CONNECTED.row()) == Some(&Value::Flag(true))
}

/// The hardware address: of `l2ident`, an object that documentation takes for a list, or else within the id.
fn mac(host: Node<'_>) -> Option<Mac> {
    let l2 = host.at("l2ident");
    let l2 = l2.list().next().unwrap_or(l2);
    let id = || host.text("id")?.split_once('-').map(|(_, mac)| mac);
    l2.text("id").and_then(printed::mac).or_else(|| id().and_then(printed::mac))
}

fn name(host: Node<'_>) -> Option<&str> {
    ["primary_name", "default_name"].into_iter().find_map(|key| host.text(key)).or_else(|| host_name(host))
}

/// What the device calls itself: to the DHCP server if possible.
fn host_name(host: Node<'_>) -> Option<&str> {
    let of = |source: Option<&str>| {
        host.at("names")
            .list()
            .filter(|name| source.is_none() || name.text("source") == source)
            .find_map(|name| name.text("name"))
    };
    of(Some("dhcp")).or_else(|| of(None))
}

/// 0 stands for "never".
fn last_seen(host: Node<'_>) -> Option<Timestamp> {
    let seconds =
        ["last_activity", "last_time_reachable"].into_iter().filter_map(|key| host.count(key)).max()?;
    Timestamp::from_second(i64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?).ok()
}

/// The address to reach the device at: one in use, not one of this link only, and the latest of several.
fn address<'a>(host: Node<'a>, family: &str) -> Option<&'a str> {
    host.at("l3connectivities")
        .list()
        .filter(|l3| l3.text("af") == Some(family))
        .filter_map(|l3| Some((l3, l3.text("addr")?)))
        .min_by_key(|(l3, addr)| {
            let idle = l3.flag("active") != Some(true);
            (idle, addr.starts_with("fe80:"), Reverse(l3.count("last_activity")))
        })
        .map(|(_, addr)| addr)
}

/// The name of the box or repeater that a device is connected to.
fn whose(point: Node<'_>, gateway: &str, names: &BTreeMap<Mac, String>) -> Option<String> {
    if point.text("type")? == "gateway" {
        return Some(gateway.to_owned());
    }
    let mac = printed::mac(point.text("mac")?)?;
    Some(names.get(&mac).cloned().unwrap_or_else(|| mac.to_string()))
}

/// How a device is connected. The box counts from its own side: what it receives is what the device sent.
fn access_point(point: Node<'_>, whose: Option<String>, client: &mut Item) {
    let wifi = point.at("wifi_information");
    let cable = point.at("ethernet_information");
    let speed = cable.number("speed").filter(|speed| *speed > 0.0 && cable.text("link") != Some("down"));
    client
        .set(catalog::CONNECTION, point.text("connectivity_type").map(State::new))
        .set(catalog::ACCESS_POINT, whose.map(Text))
        .set(catalog::LINK_SPEED, speed.map(BitRate::megabits))
        .set(catalog::BAND, wifi.text("band").map(|word| Text(band(word))))
        .set(catalog::SSID, wifi.text("ssid").map(Text::new))
        .set(catalog::WIFI_STANDARD, wifi.text("standard").map(Text::new))
        .set(catalog::RSSI, signal(wifi).map(DecibelMilliwatt))
        .set(catalog::PHY_RATE_DOWN, wifi.number("phy_tx_rate").and_then(tenths))
        .set(catalog::PHY_RATE_UP, wifi.number("phy_rx_rate").and_then(tenths))
        .set(catalog::CONNECTED_FOR, wifi.number("sess_duration").map(Seconds));
    traffic(point, client);
}

fn traffic(counters: Node<'_>, client: &mut Item) {
    client
        .set(catalog::SENT, counters.count("rx_bytes").map(Bytes))
        .set(catalog::RECEIVED, counters.count("tx_bytes").map(Bytes))
        .set(catalog::UPLOAD_RATE, counters.number("rx_rate").map(BitRate::bytes))
        .set(catalog::DOWNLOAD_RATE, counters.number("tx_rate").map(BitRate::bytes));
}

/// A received power is below zero; 0 means that none was measured.
fn signal(radio: Node<'_>) -> Option<f64> {
    radio.number("signal").filter(|power| *power < 0.0)
}

/// Link rates come in tenths of a Mbit/s: 12009 is the 1200.9 Mbit/s of an 80 MHz Wi-Fi 6 link.
fn tenths(rate: f64) -> Option<BitRate> {
    (rate > 0.0).then(|| BitRate::megabits(rate / 10.0))
}

/// `wifi/ap/{id}/stations/`: the devices of one radio, on firmware whose list of hosts does not tell.
pub fn stations(stations: Node<'_>, radio: &Radio, seen: &mut Readings) {
    for station in stations.list() {
        let Some(mac) = station.text("mac").and_then(printed::mac) else {
            continue;
        };
        let subject = Subject::Client(mac);
        let known = seen.get(&subject).is_some();
        let client = seen.subject(subject);
        if !known {
            client
                .label(station.text("hostname").unwrap_or_default())
                .label(station.at("host").text("primary_name").unwrap_or_default())
                .set(catalog::CONNECTED, true);
        }
        let bitrate = |key| station.at(key).number("bitrate").and_then(tenths);
        client
            .set(catalog::CONNECTION, State::new("wifi"))
            .set(catalog::BAND, radio.band.clone().map(Text))
            .set(catalog::RSSI, signal(station).map(DecibelMilliwatt))
            .set(catalog::PHY_RATE_DOWN, bitrate("last_tx"))
            .set(catalog::PHY_RATE_UP, bitrate("last_rx"))
            .set(catalog::CONNECTED_FOR, station.number("conn_duration").map(Seconds));
        traffic(station, client);
    }
}

/// A list without a single device in it says that nobody is there.
pub fn nobody(seen: &mut Readings) {
    if !seen.iter().any(|(subject, _)| matches!(subject, Subject::Client(_))) {
        seen.router().set(catalog::CLIENTS, Count(0));
    }
}
