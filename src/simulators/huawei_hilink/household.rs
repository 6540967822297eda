//! Who is connected to the box.

use super::document::{Field, value};
use super::life::Life;
use super::profile::Profile;

/// The box's own hardware address.
pub(super) const BOX: &str = "02:00:5E:10:00:F1";

/// A device: last digits of its hardware address, name, whether it is on Wi-Fi, and whether it comes and goes.
const DEVICES: [(u8, &str, bool, bool); 6] = [
    (0x41, "desktop", false, false),
    (0x42, "television", true, false),
    (0x43, "laptop", true, true),
    (0x44, "tablet", true, true),
    (0x45, "printer", true, false),
    (0x46, "02-00-5E-10-00-46", true, true),
];

fn is_here(digits: u8, restless: bool, life: &Life) -> bool {
    !restless || !(life.uptime().as_secs() / 300 + u64::from(digits)).is_multiple_of(3)
}

pub(super) fn wifi_users(life: &Life) -> usize {
    DEVICES.iter().filter(|(digits, _, wifi, restless)| *wifi && is_here(*digits, *restless, life)).count()
}

/// Every device that was ever here.
pub(super) fn all(life: &Life) -> Vec<Field> {
    let hosts = DEVICES.iter().map(|(digits, name, wifi, restless)| {
        let here = is_here(*digits, *restless, life);
        let on_wifi = |text: &'static str| if *wifi && here { text } else { "" };
        let mut fields = common(*digits, name, if here { "2179" } else { "" });
        fields.extend([
            value("Active", u8::from(here)),
            value("AssociatedSsid", on_wifi("HomeWifi")),
            value("AddressSource", "DHCP"),
            // Whoever asks.
            value("isLocalDevice", u8::from(*name == "desktop")),
            value("LeaseTime", 84_203),
            value("InterfaceType", if *wifi { "Wireless" } else { "Ethernet" }),
        ]);
        Field::List("Host", fields)
    });
    vec![Field::List("Hosts", hosts.collect())]
}

/// The devices on Wi-Fi now; a stick has one at most, or none.
pub(super) fn on_wifi(profile: &Profile, life: &Life) -> Vec<Field> {
    let most = match profile.classify {
        "hilink" => 0,
        "wingle" => 1,
        _ => DEVICES.len(),
    };
    let here =
        DEVICES.iter().filter(|(digits, _, wifi, restless)| *wifi && is_here(*digits, *restless, life));
    let hosts = here.take(most).map(|(digits, name, ..)| {
        let mut fields = common(*digits, name, "2179");
        fields.extend([value("AssociatedSsid", "HomeWifi"), value("Frequency", "2.4GHz")]);
        Field::List("Host", fields)
    });
    vec![Field::List("Hosts", hosts.collect())]
}

fn common(digits: u8, name: &str, since: &str) -> Vec<Field> {
    // One device has two addresses.
    let second = if name == "desktop" { ";2001:db8:0:1::11" } else { "" };
    vec![
        value("MacAddress", format!("02:00:5E:10:00:{digits:02X}")),
        value("IpAddress", format!("192.168.8.{digits}{second}")),
        value("ID", format!("InternetGatewayDevice.LANDevice.1.Hosts.Host.{digits}.")),
        value("AssociatedTime", since),
        value("ActualName", name),
        value("HostName", name),
    ]
}
