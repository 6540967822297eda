//! Who is connected to a gateway.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::page::Row;

/// A device: last two digits of its hardware address, name, how it is connected, and whether it comes and goes.
const DEVICES: [(u32, &str, &str, bool); 9] = [
    (0x40, "Unknown", "Ethernet", false),
    (0x41, "desktop", "Ethernet", false),
    (0x42, "television", "Ethernet", false),
    (0x43, "laptop", "WiFi 5G", true),
    (0x44, "tablet", "WiFi 5G", true),
    (0x45, "printer", "WiFi 2.4G", false),
    (0x46, "thermostat", "WiFi 2.4G", false),
    (0x47, "doorbell", "WiFi 2.4G", false),
    (0x48, "old-console", "Ethernet", true),
];

/// The devices as the REST tree lists them: one row each.
pub(super) fn hosts(uptime: Duration) -> Vec<Row> {
    rows(uptime).iter().filter(|row| is(row, "ipType", "IPv4")).map(host).collect()
}

fn host(row: &Row) -> Row {
    let of =
        |key: &str| row.iter().find(|(name, _)| *name == key).map_or(Json::Null, |(_, value)| value.clone());
    let mac = of("macAddr").as_str().unwrap_or_default().to_lowercase();
    vec![
        ("hostName", of("hostName")),
        ("macAddr", json!(mac)),
        ("ip", of("ipAddr")),
        ("addressSource", of("connectType")),
        ("connectType", of("interface")),
        ("comnum", json!(1)),
        ("action", json!("Resume")),
        ("status", json!(u8::from(of("online") == "active"))),
    ]
}

/// The devices that the radios know.
pub(super) fn stations(uptime: Duration) -> Vec<Row> {
    let rows = rows(uptime);
    let there = rows.iter().filter(|row| is(row, "online", "active"));
    let station = |row: &Row| {
        let of = |key: &str| row.iter().find(|(name, _)| *name == key).and_then(|(_, value)| value.as_str());
        let band = of("interface")?.strip_prefix("WiFi ")?;
        Some(vec![
            ("band", json!(band)),
            ("ssid", json!("simulated")),
            ("hostname", json!(of("hostName"))),
            ("mac", json!(of("macAddr"))),
            ("aid", json!("2")),
            ("rssi", json!("-48")),
            ("br", json!("866M")),
        ])
    };
    there.filter_map(station).collect()
}

fn is(row: &Row, key: &str, value: &str) -> bool {
    row.iter().any(|(name, is)| *name == key && is == value)
}

/// The radios, without their networks and keys.
pub(super) fn radios() -> Vec<Row> {
    let radio = |band, width, switch| {
        vec![("band", json!(band)), ("bandwidth", json!(width)), ("wlsOnOff", json!(switch))]
    };
    vec![radio("2.4G", "20/40MHz", "ON"), radio("5G", "80MHz", "ON")]
}

/// A row for each address of each device.
pub(super) fn rows(uptime: Duration) -> Vec<Row> {
    let mut rows: Vec<_> = DEVICES
        .iter()
        .map(|(digits, name, interface, restless)| {
            let away = *restless && (uptime.as_secs() / 300 + u64::from(*digits)).is_multiple_of(3);
            row(
                &format!("00:00:5E:00:53:{digits:02X}"),
                name,
                &format!("192.168.0.{digits}"),
                interface,
                !away,
            )
        })
        .collect();
    // One device has a second address, and a phone hides behind an address of its own making.
    rows.push(row("00:00:5E:00:53:41", "desktop", "2001:db8:0:1::11", "Ethernet", true));
    rows.push(row("02:00:5E:10:00:07", "phone", "192.168.0.77", "WiFi 5G", true));
    for (row, id) in rows.iter_mut().zip(1..) {
        row.insert(0, ("id", json!(id)));
    }
    rows
}

fn row(mac: &str, name: &str, address: &str, interface: &str, active: bool) -> Row {
    vec![
        ("hostName", json!(name)),
        ("ipAddr", json!(address)),
        ("ipType", json!(if address.contains(':') { "IPv6" } else { "IPv4" })),
        ("macAddr", json!(mac)),
        ("connectType", json!("DHCP-IP")),
        ("interface", json!(interface)),
        ("online", json!(if active { "active" } else { "inactive" })),
        ("comnum", json!(1)),
    ]
}
