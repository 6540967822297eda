use serde_json::{Value as Json, json};

use super::super::{Node, Radio, hosts, interfaces, nobody, stations};
use super::{decode, router, shown};
use crate::model::{Mac, Readings, Subject, catalog};

fn hosts_of(answer: &Json) -> Readings {
    decode(answer, |node, seen| hosts([("pub", node)].into_iter(), "Freebox Server", seen))
}

fn sensor_host() -> Json {
    json!({
        "id": "ether-00:00:5e:00:53:0a", "l2ident": {"id": "00:00:5E:00:53:0A", "type": "mac_address"},
        "active": true, "primary_name": "Hall sensor", "default_name": "motion", "host_type": "other",
        "vendor_name": "Example Corp.", "interface": "pub", "last_activity": 1_783_943_751,
        "names": [{"name": "motion.mdns", "source": "mdns"}, {"name": "motion-sensor", "source": "dhcp"}],
        "l3connectivities": [
            {"addr": "192.168.1.70", "af": "ipv4", "active": false, "last_activity": 1_783_943_999},
            {"addr": "192.168.1.75", "af": "ipv4", "active": true, "last_activity": 1_783_943_751},
            {"addr": "fe80::1", "af": "ipv6", "active": true, "last_activity": 1_783_943_751},
            {"addr": "2001:db8::75", "af": "ipv6", "active": true, "last_activity": 1_783_943_000},
        ],
        "access_point": {
            "mac": "02:00:00:00:00:04", "type": "gateway", "connectivity_type": "wifi",
            "rx_bytes": 872_685, "tx_bytes": 598_995, "rx_rate": 1000, "tx_rate": 2000,
            "wifi_information": {"band": "2d4g", "ssid": "Home", "signal": -34, "standard": "n",
                                 "phy_rx_rate": 433, "phy_tx_rate": 722, "sess_duration": 83_062},
        },
    })
}

fn client(last: u8) -> Subject {
    Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, last]))
}

#[test]
fn a_client_is_read_from_its_own_point_of_view() {
    let seen = hosts_of(&json!([sensor_host()]));
    let of = client(0x0a);
    assert_eq!(seen.get(&of).unwrap().label.as_deref(), Some("Hall sensor"));
    assert_eq!(shown(&seen, &of, catalog::CONNECTED), true);
    assert_eq!(shown(&seen, &of, catalog::SENT), 0.000_872_685);
    assert_eq!(shown(&seen, &of, catalog::RECEIVED), 0.000_598_995);
    assert_eq!(shown(&seen, &of, catalog::UPLOAD_RATE), 0.008);
    assert_eq!(shown(&seen, &of, catalog::DOWNLOAD_RATE), 0.016);
    assert_eq!(shown(&seen, &of, catalog::PHY_RATE_DOWN), 72.2);
    assert_eq!(shown(&seen, &of, catalog::PHY_RATE_UP), 43.3);
    assert_eq!(shown(&seen, &of, catalog::RSSI), -34.0);
    assert_eq!(shown(&seen, &of, catalog::BAND), "2.4 GHz");
    assert_eq!(shown(&seen, &of, catalog::SSID), "Home");
    assert_eq!(shown(&seen, &of, catalog::WIFI_STANDARD), "n");
    assert_eq!(shown(&seen, &of, catalog::CONNECTION), "wifi");
    assert_eq!(shown(&seen, &of, catalog::CONNECTED_FOR), 83_062.0);
    assert_eq!(shown(&seen, &of, catalog::ACCESS_POINT), "Freebox Server");
    assert_eq!(shown(&seen, &of, catalog::HOST_NAME), "motion-sensor");
    assert_eq!(shown(&seen, &of, catalog::HOST_TYPE), "other");
    assert_eq!(shown(&seen, &of, catalog::VENDOR), "Example Corp.");
    assert_eq!(shown(&seen, &of, catalog::NETWORK), "pub");
    assert_eq!(shown(&seen, &of, catalog::IPV4), "192.168.1.75");
    assert_eq!(shown(&seen, &of, catalog::IPV6), "2001:db8::75");
    assert_eq!(shown(&seen, &of, catalog::LAST_SEEN), "2026-07-13T11:55:51Z");
}

#[test]
fn a_repeater_gives_its_name_to_those_behind_it() {
    let behind = |last: &str, repeater: &str| {
        json!({"l2ident": {"id": format!("00:00:5e:00:53:{last}")}, "active": true,
               "access_point": {"type": "repeater", "mac": repeater, "connectivity_type": "ethernet",
                                "ethernet_information": {"link": "up", "speed": 1000}}})
    };
    let seen = hosts_of(&json!([
        behind("01", "00:00:5E:00:53:20"),
        behind("02", "00:00:5E:00:53:21"),
        {"l2ident": {"id": "00:00:5e:00:53:20"}, "active": true, "primary_name": "Upstairs"},
    ]));
    assert_eq!(shown(&seen, &client(1), catalog::ACCESS_POINT), "Upstairs");
    assert_eq!(shown(&seen, &client(2), catalog::ACCESS_POINT), "00:00:5e:00:53:21");
    assert_eq!(shown(&seen, &client(1), catalog::LINK_SPEED), 1000.0);
    assert_eq!(shown(&seen, &client(1), catalog::CONNECTION), "ethernet");
}

#[test]
fn odd_hosts_are_still_hosts() {
    let seen = hosts_of(&json!([
        {"l2ident": [{"id": "00:00:5E:00:53:01"}], "active": true, "primary_name": "  ", "default_name": "",
         "names": {}, "l3connectivities": {}, "access_point": {}, "last_activity": 0},
        {"id": "wifi-00:00:5e:00:53:02", "active": false, "primary_name_manual": ""},
        {"id": "ether-nonsense", "active": true},
        {"l2ident": {"id": 7}, "active": true},
        null,
    ]));
    assert_eq!(shown(&seen, &client(1), catalog::CONNECTED), true);
    assert_eq!(shown(&seen, &client(1), catalog::LAST_SEEN), Json::Null);
    assert_eq!(seen.get(&client(1)).unwrap().label, None);
    assert_eq!(shown(&seen, &client(2), catalog::CONNECTED), false);
    assert_eq!(seen.iter().count(), 2);
}

#[test]
fn what_has_no_address_is_no_device() {
    for mac in ["00:00:00:00:00:00", "FF:FF:FF:FF:FF:FF", ""] {
        let seen = hosts_of(&json!([{"id": format!("ether-{mac}"), "l2ident": {"id": mac}, "active": true}]));
        assert!(seen.iter().all(|(subject, _)| *subject == Subject::Router), "{mac}");
    }
}

#[test]
fn a_device_that_left_the_guest_network_is_where_it_went() {
    let host = |active| json!([{"l2ident": {"id": "00:00:5e:00:53:01"}, "active": active}]);
    for order in [[("pub", true), ("wifiguest", false)], [("wifiguest", false), ("pub", true)]] {
        let lists = order.map(|(network, active)| (network, host(active)));
        let mut seen = Readings::default();
        hosts(lists.iter().map(|(network, list)| (*network, Node::of(list))), "Freebox", &mut seen);
        assert_eq!(shown(&seen, &client(1), catalog::CONNECTED), true);
        assert_eq!(shown(&seen, &client(1), catalog::NETWORK), "pub");
    }
}

#[test]
fn an_empty_list_is_an_empty_house_and_only_that() {
    for (list, clients) in [(json!([]), json!(0)), (json!([{"id": "ether-00:00:5e:00:53:01"}]), Json::Null)] {
        let mut seen = hosts_of(&list);
        nobody(&mut seen);
        assert_eq!(router(&seen, catalog::CLIENTS), clients);
    }
}

#[test]
fn stations_add_to_hosts_and_do_not_contradict_them() {
    let list = json!([{
        "mac": "00:00:5E:00:53:01", "signal": -71, "conn_duration": 60, "rx_bytes": 1_000_000, "tx_bytes": 2_000_000,
        "rx_rate": 87, "tx_rate": 13, "last_rx": {"bitrate": 1440}, "last_tx": {"bitrate": -1}, "hostname": "laptop",
    }, {"mac": "broken"}]);
    let radio = Radio { id: 0, band: Some("2.4 GHz".into()) };
    let mut seen = hosts_of(&json!([{"l2ident": {"id": "00:00:5e:00:53:01"}, "active": false}]));
    stations(Node::of(&list), &radio, &mut seen);
    assert_eq!(shown(&seen, &client(1), catalog::CONNECTED), false);
    assert_eq!(shown(&seen, &client(1), catalog::RSSI), -71.0);
    assert_eq!(shown(&seen, &client(1), catalog::SENT), 0.001);
    assert_eq!(shown(&seen, &client(1), catalog::RECEIVED), 0.002);
    assert_eq!(shown(&seen, &client(1), catalog::PHY_RATE_UP), 144.0);
    assert_eq!(shown(&seen, &client(1), catalog::PHY_RATE_DOWN), Json::Null);
    let alone = decode(&list, |node, seen| stations(node, &radio, seen));
    assert_eq!(shown(&alone, &client(1), catalog::CONNECTED), true);
    assert_eq!(alone.get(&client(1)).unwrap().label.as_deref(), Some("laptop"));
}

#[test]
fn only_networks_with_devices_and_harmless_names_are_asked_for() {
    let answer = json!([
        {"name": "pub", "host_count": 12}, {"name": "wifiguest", "host_count": 0}, {"name": "../../login"},
        {"name": "vlan-2"}, {"host_count": 3},
    ]);
    assert_eq!(interfaces(Node::of(&answer), 4), ["pub", "vlan-2"]);
    assert_eq!(interfaces(Node::of(&answer), 1), ["pub"]);
}
