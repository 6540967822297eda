//! The list of the devices of the household.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::model::{
    Count, DecibelMilliwatt, Identity, Mac, Readings, State, Subject, Text, catalog, printed, text,
};

/// The magnitude of a level in dBm fits into seven bits; what is beyond is not one.
const WEAKEST: f64 = 127.0;

/// What the list says of a device.
#[derive(Debug, Default)]
struct Device {
    name: Option<String>,
    vendor: Option<String>,
    address: Option<String>,
    /// `DISCONNECTED`, `WIRED`, `WIFI24GHZ`, `WIFI5GHZ`; others may exist.
    connection: Option<String>,
    connected_to: Option<String>,
    port: Option<String>,
    rssi: Option<f64>,
}

/// What the portal says of its user: it answers all the same when it no longer knows us.
pub(super) fn is_not_authenticated(answer: &Json) -> bool {
    answer.get("status").and_then(Json::as_str) == Some("notAuthenticated")
}

/// Why an answer without a list has none, if it says so.
pub(super) fn refusal(answer: &Json) -> Option<String> {
    let status = said(answer, "status").filter(|status| !status.eq_ignore_ascii_case("success"))?;
    let has_list = answer.get("networkClients").is_some_and(Json::is_array);
    (!has_list).then(|| text::shorten(&said(answer, "message").unwrap_or(status), 80))
}

/// Tells the devices; gives what they are connected to most, which is the box.
pub(super) fn read(answer: &Json, out: &mut Readings) -> Option<String> {
    let list = answer.get("networkClients").and_then(Json::as_array);
    if list.is_some_and(Vec::is_empty) {
        out.router().set(catalog::CLIENTS, Count(0));
    }
    let mut devices = BTreeMap::<Mac, Device>::new();
    for entry in list.into_iter().flatten() {
        let Some(mac) = said(entry, "macAddress").as_deref().and_then(printed::mac) else {
            continue;
        };
        let device = Device::of(entry);
        // A device that moved may be listed twice, and is where it is connected.
        if device.is_connected() == Some(true) || !devices.contains_key(&mac) {
            devices.insert(mac, device);
        }
    }
    let points: Vec<_> = devices.values().filter_map(|device| device.connected_to.clone()).collect();
    for (mac, device) in devices {
        device.tell(mac, out);
    }
    most_frequent(points)
}

fn most_frequent(points: Vec<String>) -> Option<String> {
    let mut counts = BTreeMap::<String, usize>::new();
    for point in points {
        *counts.entry(point).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(point, _)| point)
}

/// Whether any device is connected to this one.
pub(super) fn mentions(answer: &Json, point: &str) -> bool {
    let list = answer.get("networkClients").and_then(Json::as_array);
    list.into_iter().flatten().any(|entry| Device::of(entry).connected_to.as_deref() == Some(point))
}

/// The box as devices are said to be connected to it: `VMG8825-B50B (02:00:5e:10:00:01)`.
pub(super) fn identity(point: &str) -> Identity {
    let parts = point.strip_suffix(')').and_then(|point| point.rsplit_once(" ("));
    let parsed = parts.and_then(|(model, mac)| Some((text::name(model)?, printed::mac(mac)?)));
    match parsed {
        Some((model, mac)) => Identity { model: Some(model), mac: Some(mac), ..Identity::default() },
        None => Identity::default(),
    }
}

/// What stands under a key, if it says anything. Types vary: numbers may be quoted, and words may be none.
fn said(entry: &Json, key: &str) -> Option<String> {
    match entry.get(key)? {
        Json::String(text) => text::name(text),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn flag(entry: &Json, key: &str) -> Option<bool> {
    match entry.get(key)? {
        Json::Bool(flag) => Some(*flag),
        _ => said(entry, key).as_deref().and_then(printed::truth),
    }
}

impl Device {
    fn of(entry: &Json) -> Self {
        let mut device = Self {
            name: said(entry, "hostname"),
            vendor: said(entry, "manufacturer"),
            address: said(entry, "ipAddress").filter(|text| printed::address(text).is_some()),
            connection: said(entry, "connectionType"),
            ..Self::default()
        };
        // The rest is of use only while it is true.
        if device.is_connected() == Some(true) {
            device.connected_to = said(entry, "connectedTo");
            device.port = said(entry, "portName");
            let wifi = flag(entry, "wifi").unwrap_or_else(|| device.is_wifi());
            device.rssi = said(entry, "wifiRssi").filter(|_| wifi).as_deref().and_then(rssi);
        }
        device
    }

    /// How it is connected, whatever the case it is said in.
    fn kind(&self) -> Option<String> {
        self.connection.as_ref().map(|kind| kind.to_ascii_uppercase())
    }

    fn is_connected(&self) -> Option<bool> {
        self.kind().map(|kind| kind != "DISCONNECTED")
    }

    fn is_wifi(&self) -> bool {
        self.kind().is_some_and(|kind| kind.starts_with("WIFI"))
    }

    fn medium(&self) -> Option<State> {
        match self.kind().as_deref() {
            Some("WIRED") => Some(State::new("ethernet")),
            _ => self.is_wifi().then(|| State::new("wifi")),
        }
    }

    fn band(&self) -> Option<Text> {
        Some(Text::new(match self.kind()?.as_str() {
            "WIFI24GHZ" => "2.4 GHz",
            "WIFI5GHZ" => "5 GHz",
            "WIFI6GHZ" => "6 GHz",
            _ => return None,
        }))
    }

    fn tell(self, mac: Mac, out: &mut Readings) {
        let client = out.subject(Subject::Client(mac));
        client.label(self.name.as_ref().or(self.vendor.as_ref()).map_or("", String::as_str));
        client
            .set(catalog::CONNECTED, self.is_connected())
            .set(catalog::CONNECTION, self.medium())
            .set(catalog::CONNECTION_TYPE, self.connection.clone().map(Text))
            .set(catalog::BAND, self.band())
            .set(catalog::RSSI, self.rssi.map(DecibelMilliwatt))
            .set(catalog::HOST_NAME, self.name.map(Text))
            .set(catalog::VENDOR, self.vendor.map(Text))
            .set(catalog::IPV4, self.address.map(Text))
            .set(catalog::ACCESS_POINT, self.connected_to.map(Text))
            .set(catalog::CLIENT_PORT, self.port.map(Text));
    }
}

/// The level in dBm: the portal leaves the sign out, and gives 0 for what it did not measure.
fn rssi(printed: &str) -> Option<f64> {
    let level = printed::number(printed)?.abs();
    (level > 0.0 && level <= WEAKEST).then_some(-level)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Value;

    fn one(entry: &Json) -> Readings {
        let mut out = Readings::default();
        read(&json!({ "networkClients": [entry] }), &mut out);
        out
    }

    fn shown(entry: &Json, row: &crate::model::Row) -> Json {
        let mac: Mac = "02:00:5e:10:00:02".parse().unwrap();
        let out = one(entry);
        row.show(out.get(&Subject::Client(mac)).expect("the device is listed").get(row))
    }

    fn device(changed: &Json) -> Json {
        let mut entry = json!({
            "hostname": "charger", "manufacturer": "", "macAddress": "02:00:5e:10:00:02", "ipAddress": "192.168.1.108",
            "connectionType": "WIFI24GHZ", "connectedTo": "VMG8825-B50B (02:00:5e:10:00:01)", "portName": "",
            "wifi": true, "wifiRssi": 64,
        });
        for (key, value) in changed.as_object().unwrap() {
            entry[key] = value.clone();
        }
        entry
    }

    #[test]
    fn the_level_is_a_number_without_its_sign() {
        let level = |rssi: Json| shown(&device(&json!({ "wifiRssi": rssi })), catalog::RSSI.row());
        for (said, meant) in [
            (json!(64), json!(-64.0)),
            (json!("40"), json!(-40.0)),
            (json!(-71), json!(-71.0)),
            (json!(127), json!(-127.0)),
            (json!(0), Json::Null),
            (json!("0"), Json::Null),
            (json!(128), Json::Null),
            (json!(-128), Json::Null),
            (json!(null), Json::Null),
            (json!("strong"), Json::Null),
            (json!([64]), Json::Null),
        ] {
            assert_eq!(level(said.clone()), meant, "{said}");
        }
    }

    #[test]
    fn a_level_belongs_to_a_device_that_is_on_wifi_now() {
        let level = |changed: Json| shown(&device(&changed), catalog::RSSI.row());
        assert_eq!(level(json!({ "wifi": false })), Json::Null);
        assert_eq!(level(json!({ "wifi": 1 })), json!(-64.0));
        assert_eq!(level(json!({ "wifi": null })), json!(-64.0), "its connection says so, too");
        assert_eq!(level(json!({ "wifi": null, "connectionType": "WIRED" })), Json::Null);
        assert_eq!(level(json!({ "connectionType": "DISCONNECTED" })), Json::Null);
    }

    #[test]
    fn every_kind_of_connection_but_one_is_connected() {
        let said = |kind: Json| {
            let entry = || device(&json!({ "connectionType": kind }));
            [catalog::CONNECTED.row(), catalog::CONNECTION.row(), catalog::BAND.row()]
                .map(|row| shown(&entry(), row).to_string().replace('"', ""))
                .join(" ")
        };
        assert_eq!(said(json!("DISCONNECTED")), "false null null");
        assert_eq!(said(json!("WIRED")), "true ethernet null");
        assert_eq!(said(json!("WIFI24GHZ")), "true wifi 2.4 GHz");
        assert_eq!(said(json!("WIFI5GHZ")), "true wifi 5 GHz");
        assert_eq!(said(json!("WIFIMESH")), "true wifi null");
        assert_eq!(said(json!("wifi5ghz")), "true wifi 5 GHz");
        assert_eq!(said(json!("POWERLINE")), "true null null");
        for unknown in [json!(null), json!(""), json!({})] {
            assert_eq!(said(unknown), "null null null");
        }
    }

    #[test]
    fn the_portals_own_word_is_kept() {
        for word in ["WIFI5GHZ", "DISCONNECTED", "Wifi7Mesh"] {
            let entry = device(&json!({ "connectionType": word }));
            assert_eq!(shown(&entry, catalog::CONNECTION_TYPE.row()), json!(word));
        }
    }

    #[test]
    fn where_a_device_was_is_not_where_it_is() {
        let gone = || device(&json!({ "connectionType": "DISCONNECTED", "portName": "LAN4" }));
        assert_eq!(shown(&gone(), catalog::ACCESS_POINT.row()), Json::Null);
        assert_eq!(shown(&gone(), catalog::CLIENT_PORT.row()), Json::Null);
        assert_eq!(shown(&gone(), catalog::IPV4.row()), json!("192.168.1.108"));
        let wired = device(&json!({ "connectionType": "WIRED", "portName": "LAN4", "wifi": false }));
        assert_eq!(shown(&wired, catalog::CLIENT_PORT.row()), json!("LAN4"));
        assert_eq!(shown(&wired, catalog::ACCESS_POINT.row()), json!("VMG8825-B50B (02:00:5e:10:00:01)"));
    }

    #[test]
    fn a_device_without_a_name_goes_by_its_maker() {
        let out = one(&device(&json!({ "hostname": null, "manufacturer": "Amazon Technologies Inc." })));
        let (_, item) = out.iter().next().unwrap();
        assert_eq!(item.label.as_deref(), Some("Amazon Technologies Inc."));
        assert_eq!(item.get(catalog::HOST_NAME.row()), None);
        assert_eq!(item.get(catalog::VENDOR.row()), Some(&Value::Text("Amazon Technologies Inc.".into())));
    }

    #[test]
    fn a_device_that_is_listed_twice_is_where_it_is_connected() {
        for order in [["DISCONNECTED", "WIRED"], ["WIRED", "DISCONNECTED"]] {
            let list = order.map(|kind| device(&json!({ "connectionType": kind })));
            let mut out = Readings::default();
            read(&json!({ "networkClients": list }), &mut out);
            let items: Vec<_> = out.iter().collect();
            assert_eq!(items.len(), 1);
            assert_eq!(items[0].1.get(catalog::CONNECTED.row()), Some(&Value::Flag(true)));
        }
    }

    #[test]
    fn what_is_no_hardware_address_is_no_device() {
        for odd in ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "", "02:00"] {
            assert_eq!(one(&device(&json!({ "macAddress": odd }))).iter().count(), 0, "{odd}");
        }
    }

    #[test]
    fn no_list_is_not_an_empty_house() {
        let count = |answer: Json| {
            let mut out = Readings::default();
            read(&answer, &mut out);
            out.number(&Subject::Router, catalog::CLIENTS.row())
        };
        assert_eq!(count(json!({ "networkClients": [] })), Some(0.0));
        for none in [json!({}), json!({ "networkClients": null }), json!([]), json!(7)] {
            assert_eq!(count(none), None);
        }
    }

    #[test]
    fn an_answer_without_a_list_may_say_why() {
        assert_eq!(
            refusal(&json!({ "status": "error", "message": "Ukjent feil" })),
            Some("Ukjent feil".into())
        );
        assert_eq!(refusal(&json!({ "status": "error" })), Some("error".into()));
        assert_eq!(refusal(&json!({ "status": "error", "networkClients": [] })), None);
        assert_eq!(refusal(&json!({ "status": "success" })), None);
        assert_eq!(refusal(&json!({})), None);
    }

    #[test]
    fn the_box_is_what_most_devices_are_connected_to() {
        let to = |mac: u8, point: &str| {
            device(&json!({ "macAddress": format!("02:00:5e:10:01:{mac:02x}"), "connectedTo": point }))
        };
        let answer = json!({ "networkClients": [
            to(1, "WAP6807 (02:00:5e:10:00:09)"), to(2, "VMG8825-B50B (02:00:5e:10:00:01)"),
            to(3, "VMG8825-B50B (02:00:5e:10:00:01)"), to(4, ""),
        ]});
        let point = read(&answer, &mut Readings::default()).unwrap();
        let box_ = identity(&point);
        assert_eq!(box_.model.as_deref(), Some("VMG8825-B50B"));
        assert_eq!(box_.mac, "02:00:5e:10:00:01".parse().ok());
        assert!(mentions(&answer, "WAP6807 (02:00:5e:10:00:09)") && !mentions(&answer, "WAP6807"));
        for odd in ["", "VMG8825", "VMG8825 (mesh)", "(02:00:5e:10:00:01)"] {
            assert_eq!(identity(odd), Identity::default(), "{odd}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_in_a_field_can_bring_it_down(key in "(hostname|macAddress|ipAddress|connectionType|connectedTo|wifi|wifiRssi)", text in ".{0,20}", number: i64) {
            let mut out = Readings::default();
            read(&json!({ "networkClients": [device(&json!({ key.clone(): text })), device(&json!({ key: number })), 7, null] }), &mut out);
        }
    }
}
