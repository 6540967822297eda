//! Who is connected, as the portal lists it.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::simulators::Noise;

const GATEWAY: &str = "VMG8825-B50B (00:00:5e:00:53:01)";
const REPEATER: &str = "WAP6807 (00:00:5e:00:53:09)";

/// A device: last digits of its hardware address, names of itself and of its maker, connection, access point, socket,
/// magnitude of its level, and whether it comes and goes.
type Device = (u8, &'static str, &'static str, &'static str, &'static str, &'static str, u64, bool);

const HOUSE: [Device; 9] = [
    (0x40, "", "Example Speakers Inc.", "DISCONNECTED", "", "", 0, false),
    (0x41, "charger", "", "WIFI24GHZ", GATEWAY, "", 64, false),
    (0x42, "television", "", "WIRED", GATEWAY, "LAN4", 0, false),
    (0x43, "raspberrypi", "", "WIFI5GHZ", GATEWAY, "", 40, false),
    (0x44, "nas", "", "WIRED", GATEWAY, "LAN1", 0, false),
    (0x45, "tablet", "", "WIFI5GHZ", REPEATER, "", 58, true),
    (0x46, "laptop", "", "WIFI5GHZ", REPEATER, "", 62, true),
    (0x47, "", "Example Bulbs Ltd.", "WIFI24GHZ", REPEATER, "", 71, false),
    (0x48, "printer", "", "DISCONNECTED", "", "", 0, false),
];

const CABIN: [Device; 2] = [
    (0x60, "heater", "", "WIFI24GHZ", GATEWAY, "", 55, false),
    (0x61, "camera", "", "WIRED", GATEWAY, "LAN2", 0, false),
];

/// The devices at one of the customer's addresses.
pub(super) fn devices(site: usize, up: Duration, noise: &Noise) -> Vec<Json> {
    let devices: &[Device] = if site == 0 { &HOUSE } else { &CABIN };
    devices.iter().map(|device| entry(*device, up, noise)).collect()
}

fn entry(
    (digits, name, maker, kind, to, port, level, restless): Device,
    up: Duration,
    noise: &Noise,
) -> Json {
    let away = restless && (up.as_secs() / 300 + u64::from(digits)).is_multiple_of(3);
    let (kind, to, level) = if away { ("DISCONNECTED", "", 0) } else { (kind, to, level) };
    let wobbling = if level == 0 { 0 } else { noise.whole(level - 2, level + 2) };
    json!({
        "hostname": name,
        "manufacturer": maker,
        "macAddress": format!("00:00:5e:00:53:{digits:02x}"),
        "ipAddress": format!("192.168.1.{digits}"),
        "connectionType": kind,
        "connectedTo": to,
        "portName": port,
        "wifi": kind.starts_with("WIFI"),
        "wifiRssi": wobbling,
    })
}

/// The list of a portal that knows no more than who has been there, and what hardware addresses tell: all else is null,
/// empty, odd or missing.
pub(super) fn emptied(mut devices: Vec<Json>) -> Vec<Json> {
    let nothing = [Some(Json::Null), Some(json!("")), None, Some(json!("--"))];
    for device in devices.iter_mut().filter_map(Json::as_object_mut) {
        for ((key, value), nothing) in device.iter_mut().zip(nothing.iter().cycle()) {
            if !matches!(key.as_str(), "macAddress" | "manufacturer") {
                *value = nothing.clone().unwrap_or(Json::Null);
            }
        }
        device.remove("connectedTo");
        device.remove("wifiRssi");
    }
    devices
}

/// The router's part of the configuration, with a forwarded port.
pub(super) fn configuration() -> Json {
    json!({
        "router": {
            "ip_part_0": 192, "ip_part_1": 168, "ip_part_2": 1,
            "routes": { "1": {
                "id": 1, "name": "web", "type": "TCP", "ext_from": 8443, "ext_to": 8443, "int_from": 443,
                "int_to": 443, "int_ip": 68,
            } },
        },
        "wifis": {},
    })
}
