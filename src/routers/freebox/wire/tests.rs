//! The decoders on invented answers: plain ones, odd ones, and any at all.

mod any;
mod clients;
mod line;

use serde_json::{Value as Json, json};

use super::*;
use crate::model::{ItemId, Mac, Metric, Quantity, Readings, Subject, catalog};

fn shown<Q: Quantity>(seen: &Readings, subject: &Subject, metric: Metric<Q>) -> Json {
    metric.row().show(seen.get(subject).and_then(|item| item.get(metric.row())))
}

fn router<Q: Quantity>(seen: &Readings, metric: Metric<Q>) -> Json {
    shown(seen, &Subject::Router, metric)
}

fn item(id: impl std::fmt::Display) -> ItemId {
    ItemId::new(id).unwrap()
}

fn decode(answer: &Json, decoder: impl Fn(Node<'_>, &mut Readings)) -> Readings {
    let mut seen = Readings::default();
    decoder(Node::of(answer), &mut seen);
    seen
}

fn connection_of(answer: &Json) -> Readings {
    decode(answer, |node, seen| connection(node, seen.router()))
}

#[test]
fn a_connection_is_read_in_the_models_units() {
    let seen = connection_of(&json!({
        "type": "ethernet", "media": "ftth", "state": "up", "rate_down": 289_259, "rate_up": 263_236,
        "bytes_down": 49_556_332_677_u64, "bytes_up": 3_845_143_608_u64, "bandwidth_down": 8_000_000_000_u64,
        "bandwidth_up": 700_000_000, "ipv4": "203.0.113.1", "ipv6": "2001:db8::1",
        "ipv4_port_range": [16384, 32767],
    }));
    assert_eq!(router(&seen, catalog::WAN), true);
    assert_eq!(router(&seen, catalog::WAN_STATE), "up");
    assert_eq!(router(&seen, catalog::MEDIA), "ftth");
    assert_eq!(router(&seen, catalog::WAN_PROTOCOL), "ethernet");
    assert_eq!(router(&seen, catalog::DOWNLOAD_RATE), 2.314_072);
    assert_eq!(router(&seen, catalog::UPLOAD_RATE), 2.105_888);
    assert_eq!(router(&seen, catalog::RECEIVED), 49.556_332_677);
    assert_eq!(router(&seen, catalog::SENT), 3.845_143_608);
    assert_eq!(router(&seen, catalog::LINE_RATE_DOWN), 8000.0);
    assert_eq!(router(&seen, catalog::LINE_RATE_UP), 700.0);
    assert_eq!(router(&seen, catalog::IPV4), "203.0.113.1");
    assert_eq!(router(&seen, catalog::IPV6), "2001:db8::1");
    assert_eq!(router(&seen, catalog::IPV4_PORTS), "16384-32767");
}

#[test]
fn the_addresses_of_a_connection_that_is_down_are_nobodys() {
    let seen = connection_of(&json!({
        "state": "going_down", "media": "xdsl", "ipv4": "203.0.113.1", "ipv6": "2001:db8::1",
        "ipv4_port_range": [0, 65535], "rate_down": -1,
    }));
    assert_eq!(router(&seen, catalog::WAN), false);
    for value in [
        router(&seen, catalog::IPV4),
        router(&seen, catalog::IPV6),
        router(&seen, catalog::IPV4_PORTS),
        router(&seen, catalog::DOWNLOAD_RATE),
    ] {
        assert_eq!(value, Json::Null);
    }
}

#[test]
fn a_state_nobody_knows_is_neither_up_nor_down() {
    let seen = connection_of(&json!({"state": "sideways", "media": "carrier_pigeon"}));
    assert_eq!(router(&seen, catalog::WAN), Json::Null);
    assert_eq!(router(&seen, catalog::WAN_STATE), Json::Null);
    assert_eq!(router(&seen, catalog::MEDIA), Json::Null);
}

#[test]
fn a_sensor_may_lack_its_value_and_a_fan_may_stand_still() {
    let seen = decode(
        &json!({
            "uptime_val": 82_934, "firmware_version": "4.12.2", "box_authenticated": true,
            "sensors": [{"id": "temp_hdd", "name": "Disque dur", "value": 40}, {"id": "temp_hdd2", "name": "Disque dur 2"}],
            "fans": [{"id": "fan0_speed", "name": "Ventilateur 1", "value": 0}],
        }),
        system,
    );
    assert_eq!(router(&seen, catalog::UPTIME), 82_934.0);
    assert_eq!(router(&seen, catalog::FIRMWARE), "4.12.2");
    assert_eq!(router(&seen, catalog::AUTHENTICATED), true);
    let sensor = |id| Subject::Sensor(item(id));
    assert_eq!(shown(&seen, &sensor("temp_hdd"), catalog::TEMPERATURE), 40.0);
    assert_eq!(shown(&seen, &sensor("temp_hdd2"), catalog::TEMPERATURE), Json::Null);
    assert_eq!(seen.get(&sensor("temp_hdd")).unwrap().label.as_deref(), Some("Disque dur"));
    assert_eq!(shown(&seen, &Subject::Fan(item("fan0_speed")), catalog::FAN_SPEED), 0.0);
}

#[test]
fn the_flat_layout_gives_the_same_subjects_as_the_lists() {
    let flat =
        json!({"fan_rpm": 1809, "temp_cpub": 47, "temp_cpum": 54, "temp_sw": 45, "uptime_val": 19_961});
    let seen = decode(&flat, system);
    for (id, celsius) in [("temp_cpub", 47.0), ("temp_cpum", 54.0), ("temp_sw", 45.0)] {
        assert_eq!(shown(&seen, &Subject::Sensor(item(id)), catalog::TEMPERATURE), celsius);
    }
    assert_eq!(shown(&seen, &Subject::Fan(item("fan0_speed")), catalog::FAN_SPEED), 1809.0);
}

#[test]
fn models_go_by_the_number_in_their_id() {
    let model = |id: &str| identity(Node::of(&json!({"model_info": {"name": id}})), None, None).model;
    for (id, name) in [
        ("fbxgw9-r1", "Freebox Ultra"),
        ("fbxgw9-r1/full", "Freebox Ultra"),
        ("fbxgw8-r1", "Freebox Pop"),
        ("fbxgw7-r1/full", "Freebox Delta"),
        ("fbxgw-r2/full", "Freebox Revolution"),
        ("fbxgw-r1/mini", "Freebox Mini 4K"),
        ("fbxgw-r2/one", "Freebox One"),
    ] {
        assert_eq!(model(id).as_deref(), Some(name), "{id}");
    }
    assert_eq!(model("something else"), None);
}

#[test]
fn an_italian_box_is_called_what_it_calls_itself() {
    let info = json!({"name": "fbxgw8-r1", "pretty_name": "iliadbox (r1)", "net_operator": "iliad_ita"});
    let identity = identity(Node::of(&json!({"model_info": info, "mac": "02:00:00:00:00:04"})), None, None);
    assert_eq!(identity.model.as_deref(), Some("iliadbox (r1)"));
    assert_eq!(identity.manufacturer.as_deref(), Some("iliad"));
    assert_eq!(identity.mac, Some(Mac::new([2, 0, 0, 0, 0, 4])));
}

#[test]
fn the_latest_firmware_is_the_installed_one_while_the_box_says_so() {
    let latest = |json: &Json| latest_firmware(Node::of(json), Some("4.12.2"));
    assert_eq!(latest(&json!({"state": "up_to_date"})).as_deref(), Some("4.12.2"));
    let upgrade = json!({"state": "upgrading", "upgrade_state": {"new_version": "4.13.0", "percent": 10}});
    assert_eq!(latest(&upgrade).as_deref(), Some("4.13.0"));
    assert_eq!(latest(&json!({"state": "error"})), None);
    assert_eq!(latest(&json!(null)), None);
    assert_eq!(latest_firmware(Node::of(&json!({"state": "up_to_date"})), None), None);
}

#[test]
fn a_port_with_nothing_in_it_has_no_speed() {
    let status = json!([
        {"id": 9999, "link": "down", "duplex": "auto", "mode": "0-FD", "speed": "0", "mac_list": {}},
        {"id": 3, "link": "down", "duplex": "half", "mode": "10BaseT-HD", "speed": "10", "name": "Ethernet 3"},
        {"id": 4, "link": "up", "duplex": "full", "mode": "2500BaseT-FD", "speed": "2500"},
        {"link": "up"},
    ]);
    let seen = decode(&status, ports);
    let port = |id: u64| Subject::Port(item(id));
    assert_eq!(shown(&seen, &port(4), catalog::LINK), true);
    assert_eq!(shown(&seen, &port(4), catalog::LINK_SPEED), 2500.0);
    assert_eq!(shown(&seen, &port(4), catalog::DUPLEX), "full");
    assert_eq!(shown(&seen, &port(4), catalog::PORT_MODE), "2500BaseT-FD");
    for id in [3, 9999] {
        assert_eq!(shown(&seen, &port(id), catalog::LINK), false);
        assert_eq!(shown(&seen, &port(id), catalog::LINK_SPEED), Json::Null);
        assert_eq!(shown(&seen, &port(id), catalog::PORT_MODE), Json::Null);
    }
    assert_eq!(seen.get(&port(9999)).unwrap().label.as_deref(), Some("SFP"));
    assert_eq!(port_ids(Node::of(&status), 8), [3, 4, 9999]);
    assert_eq!(port_ids(Node::of(&status), 2), [3, 4]);
}

#[test]
fn the_rates_of_a_port_are_unknown_where_the_box_says_minus_one() {
    let stats = json!({
        "rx_bytes_rate": 1044, "tx_bytes_rate": -1, "rx_good_bytes": 41_918_039_679_u64,
        "tx_bytes": 880_750_565_127_u64, "rx_err_packets": 2, "tx_collisions": 3,
    });
    let seen = decode(&stats, |node, seen| port_stats(2, node, seen));
    let port = Subject::Port(item(2));
    assert_eq!(shown(&seen, &port, catalog::RX_RATE), 0.008_352);
    assert_eq!(shown(&seen, &port, catalog::TX_RATE), Json::Null);
    assert_eq!(shown(&seen, &port, catalog::RX_BYTES), 41.918_039_679);
    assert_eq!(shown(&seen, &port, catalog::TX_BYTES), 880.750_565_127);
    assert_eq!(shown(&seen, &port, catalog::RX_ERRORS), 2);
    assert_eq!(shown(&seen, &port, catalog::COLLISIONS), 3);
}

#[test]
fn radios_keep_their_numbers_and_their_clients_are_summed() {
    let aps = json!([
        {"id": 11, "name": "6G", "config": {"band": "6g"},
         "status": {"state": "active", "channel_width": "320", "primary_channel": 37}},
        {"id": 0, "name": "2.4G", "config": {"band": "2d4g"},
         "status": {"state": "disabled", "channel_width": "20", "primary_channel": 0}},
    ]);
    let networks = json!([
        {"phy_id": 11, "status": {"sta_count": 3}}, {"phy_id": "11", "status": {"sta_count": 1}},
        {"phy_id": 0, "status": {"sta_count": 0}}, {"phy_id": 0, "status": {}},
    ]);
    let mut seen = Readings::default();
    let found = radios(Node::of(&aps), 8, &mut seen);
    radio_clients(Node::of(&networks), &mut seen);
    assert_eq!(found.iter().map(|radio| radio.id).collect::<Vec<_>>(), [11, 0]);
    let radio = |id: u64| Subject::Radio(item(id));
    assert_eq!(shown(&seen, &radio(11), catalog::RADIO_STATE), "active");
    assert_eq!(shown(&seen, &radio(11), catalog::BAND), "6 GHz");
    assert_eq!(shown(&seen, &radio(11), catalog::CHANNEL), 37);
    assert_eq!(shown(&seen, &radio(11), catalog::CHANNEL_WIDTH), 320.0);
    assert_eq!(shown(&seen, &radio(11), catalog::CLIENTS), 4);
    assert_eq!(shown(&seen, &radio(0), catalog::CHANNEL), Json::Null);
    assert_eq!(shown(&seen, &radio(0), catalog::CLIENTS), 0);
}

#[test]
fn a_disk_is_its_first_mounted_partition() {
    let seen = decode(
        &json!([
            {"id": 0, "type": "internal", "state": "enabled", "temp": 40, "model": "Example", "read_error_requests": 1,
             "write_error_requests": 2, "partitions": [
                {"state": "umounted", "total_bytes": 5, "used_bytes": 5, "free_bytes": 0, "label": "old"},
                {"state": "mounted", "total_bytes": 244_950_000_000_u64, "used_bytes": 5_090_000_000_u64,
                 "free_bytes": 227_390_000_000_u64, "label": "Disque dur"}]},
            {"id": 1000, "type": "sata", "state": "disabled", "temp": 0,
             "partitions": [{"state": "mounted", "total_bytes": 0, "used_bytes": 0, "free_bytes": 0}]},
            {"id": 1001, "type": "sata", "model": "Example", "partitions": {}},
        ]),
        disks,
    );
    let disk = |id: u64| Subject::Disk(item(id));
    assert_eq!(seen.get(&disk(0)).unwrap().label.as_deref(), Some("Disque dur"));
    assert_eq!(shown(&seen, &disk(0), catalog::TEMPERATURE), 40.0);
    assert_eq!(shown(&seen, &disk(0), catalog::DISK_TOTAL), 244.95);
    assert_eq!(shown(&seen, &disk(0), catalog::DISK_USED), 5.09);
    assert_eq!(shown(&seen, &disk(0), catalog::DISK_FREE), 227.39);
    assert_eq!(shown(&seen, &disk(0), catalog::DISK_STATE), "enabled");
    assert_eq!(shown(&seen, &disk(0), catalog::DISK_READ_ERRORS), 1);
    assert_eq!(shown(&seen, &disk(0), catalog::DISK_WRITE_ERRORS), 2);
    assert_eq!(seen.get(&disk(1000)).unwrap().label.as_deref(), Some("sata"));
    assert_eq!(seen.get(&disk(1001)).unwrap().label, None, "it keeps the name it has");
    for id in [1000, 1001] {
        assert_eq!(shown(&seen, &disk(id), catalog::TEMPERATURE), Json::Null);
        assert_eq!(shown(&seen, &disk(id), catalog::DISK_TOTAL), Json::Null);
    }
}

#[test]
fn a_bridge_says_so() {
    let config = json!({"mode": "bridge", "ip": "192.168.1.254"});
    assert!(is_bridge(Node::of(&config)));
    let seen = decode(&config, |node, seen| lan(node, seen.router()));
    assert_eq!(router(&seen, catalog::MODE), "bridge");
    assert_eq!(router(&seen, catalog::LAN_IPV4), "192.168.1.254");
}
