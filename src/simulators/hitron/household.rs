//! Who is connected to a gateway.

use std::time::Duration;

use serde_json::json;

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
