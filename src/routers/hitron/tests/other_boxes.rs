//! What boxes of the other generations say: the REST tree, the gateways with `userid`, the CVE-30360.

use super::*;
use crate::model::Identity;

/// An answer of the REST tree.
fn rest(path: &str, mut fields: Json) -> Snapshot {
    fields["errCode"] = json!("000");
    fields["errMsg"] = json!("");
    page(&format!("/1/Device/{path}"), &fields)
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned()))
}

#[test]
fn a_rest_box_tells_who_it_is_under_names_of_its_own() {
    let seen = rest(
        "Router/SysInfo",
        json!({
            "deviceId": "00:00:5E:00:53:01", "modelName": "CODA-4589", "SerialNum": "X1", "HwVersion": "1A",
            "SoftwareVersion": "7.2", "sysTime": "2025-07-23 20:35:37", "privLanIP": "192.168.0.1/24",
            "lanRx": "5.8G Bytes", "lanTx": "15.76G Bytes", "wanRx": "139788502458", "wanTx": "5.81G Bytes",
            "wanIP": ["203.0.113.83", "2001:db8::55"], "rfMac": "", "systemLanUptime": "45971",
            "systemWanUptime": "45720", "routerMode": "Dualstack", "wanRxPkts": null,
        }),
    );
    let expected = Identity {
        manufacturer: None,
        model: Some("CODA-4589".to_owned()),
        model_id: None,
        serial: Some("X1".to_owned()),
        firmware: Some("7.2".to_owned()),
        hardware: Some("1A".to_owned()),
        mac: "00:00:5e:00:53:01".parse().ok(),
    };
    assert_eq!(seen.identity, expected);
    assert_eq!(router(&seen, catalog::UPTIME), json!(45971.0));
    assert_eq!(router(&seen, catalog::WAN_UPTIME), json!(45720.0));
    assert_eq!(seen.get(&Subject::Router, catalog::RECEIVED), Some(&Value::Count(139_788_502_458)));
    assert_eq!(router(&seen, catalog::SENT), json!(5.81));
    assert_eq!(router(&seen, catalog::LAN_RECEIVED), json!(5.8));
    assert_eq!(router(&seen, catalog::IPV4), json!("203.0.113.83"));
    assert_eq!(router(&seen, catalog::IPV6), json!("2001:db8::55"));
    assert_eq!(router(&seen, catalog::LAN_IPV4), json!("192.168.0.1"));
    assert_eq!(router(&seen, catalog::MODE), json!("router"));
}

#[test]
fn a_bridge_has_no_address_and_no_uptime_of_zero() {
    let seen = rest(
        "Router/SysInfo",
        json!({
            "deviceId": "", "SerialNum": "", "wanIP": ["0.0.0.0\n", ""], "lanName": null, "wanRx": null, "secDNS": "none",
            "systemLanUptime": "000 days 00h:00m:00s", "systemWanUptime": "0", "routerMode": "Bridge",
        }),
    );
    assert_eq!(seen.identity, Identity::default());
    assert_eq!(router(&seen, catalog::MODE), json!("bridge"));
    for nothing in [catalog::IPV4, catalog::IPV6] {
        assert_eq!(router(&seen, nothing), Json::Null);
    }
    for nothing in [catalog::UPTIME, catalog::WAN_UPTIME] {
        assert_eq!(router(&seen, nothing), Json::Null);
    }
    assert_eq!(router(&seen, catalog::RECEIVED), Json::Null);
}

#[test]
fn a_gateway_without_an_uptime_has_that_of_its_elder_side() {
    let seen = page(
        "/data/getSysInfo.asp",
        &json!([{ "systemLanUptime": "003 days 01h:40m:02s", "systemWanUptime": "003 days 01h:38m:32s", "gatewayOnOff": "Enabled" }]),
    );
    assert_eq!(router(&seen, catalog::UPTIME), json!(265_202.0));
    assert_eq!(router(&seen, catalog::MODE), json!("router"));
}

#[test]
fn what_the_operator_grants_is_the_speed_of_the_line() {
    let info = json!({ "wanIP": [] });
    let line = |down: &str| {
        let wan = json!({ "errCode": "000", "ip": ["198.51.100.138", "2001:db8::9"], "subMask": "255.255.255.0",
            "lease": "D: 6 H: 09 M: 25 S: 55", "DsDataRate": down, "UsDataRate": "31200000" });
        let (info, wan) = (info.to_string(), wan.to_string());
        let init = r#"{"errCode":"000","registration":"Success","networkAccess":"Permitted"}"#;
        decode([
            ("/1/Device/Router/SysInfo", info.as_bytes()),
            ("/1/Device/CM/SysInfo", wan.as_bytes()),
            ("/1/Device/CM/DocsisProvision", init.as_bytes()),
        ])
    };
    let seen = line("1040000000");
    assert_eq!(router(&seen, catalog::LINE_RATE_DOWN), json!(1040.0));
    assert_eq!(router(&seen, catalog::LINE_RATE_UP), json!(31.2));
    assert_eq!(router(&seen, catalog::CM_IP), json!("198.51.100.138"));
    assert_eq!(router(&seen, catalog::CM_NETMASK), json!("255.255.255.0"));
    assert_eq!(router(&seen, catalog::CM_LEASE), json!(552_355.0));
    assert_eq!(router(&seen, catalog::WAN), json!(true));
    assert_eq!(router(&line("0"), catalog::LINE_RATE_DOWN), Json::Null, "not granted is not told");
}

#[test]
fn unlocked_receivers_and_unused_transmitters_are_no_channels() {
    let seen = rest(
        "CM/DsInfo",
        json!({ "Freq_List": [
            { "portId": "1", "frequency": "615000000", "modulation": "QAM256", "signalStrength": "3.200", "snr": "38.605",
              "channelId": "11", "dsoctets": "4829493", "correcteds": "0", "uncorrect": "2" },
            { "signalStrength": false, "snr": true },
        ] }),
    );
    assert_eq!(seen.get(&down("11"), catalog::MODULATION).cloned(), text("256QAM"));
    assert_eq!(seen.get(&down("11"), catalog::UNCORRECTED), Some(&Value::Count(2)));
    assert_eq!(seen.sections().filter_map(|(_, r)| r.ok()).flat_map(Readings::iter).count(), 1);
    let seen = rest(
        "CM/UsInfo",
        json!({ "Freq_List": [
            { "portId": "1", "frequency": "32300000", "modulationType": "64QAM", "signalStrength": "42.770",
              "bandwidth": "6400000", "channelId": "3", "symbolrate": 5120, "preEq": [8, 1] },
            { "portId": "8", "frequency": "0", "modulationType": "QAM_NONE", "signalStrength": "-", "channelId": "0" },
        ] }),
    );
    assert_eq!(seen.get(&up("3"), catalog::MODULATION).cloned(), text("64QAM"));
    assert_eq!(shown(&seen, &up("3"), catalog::POWER), json!(42.77));
    assert!(!has(&seen, &up("0")));
}

#[test]
fn wide_channels_have_lists_of_two_names() {
    let row = json!({ "receive": 0, "ffttype": "4K", "Subcarr0freqFreq": " 275600000", "plclock": "YES", "ncplock": "YES",
        "mdc1lock": " NO", "occupiedbw": "283 ~ 472.95", "plcpower": "  3.000000" });
    for list in ["Freq_List", "OFDMs_List"] {
        let seen = rest("CM/DsOfdm", json!({ list: [row] }));
        assert_eq!(shown(&seen, &down("ofdm0"), catalog::FREQUENCY), json!(275.6), "{list}");
        assert_eq!(shown(&seen, &down("ofdm0"), catalog::CHANNEL_WIDTH), json!(189.95), "{list}");
        assert_eq!(shown(&seen, &down("ofdm0"), catalog::LOCKED), json!(false), "{list}");
        assert_eq!(shown(&seen, &down("ofdm0"), catalog::SNR), Json::Null, "{list}");
    }
    for (index, state) in [(json!(0), "   ENABLED"), (json!("0"), "OPERATE")] {
        let row = json!({ "uschindex": index, "state": state, "channelBw": "39.2000", "repPower": "52.6417", "repPower1_6": "38.7500" });
        let seen = rest("CM/UsOfdm", json!({ "OFDMAs_List": [row] }));
        assert_eq!(shown(&seen, &up("ofdma0"), catalog::LOCKED), json!(true), "{state}");
        assert_eq!(shown(&seen, &up("ofdma0"), catalog::POWER_1_6), json!(38.75), "{state}");
    }
}

#[test]
fn devices_are_joined_with_the_stations_of_the_radio() {
    let host = |mac: &str, more: Json| {
        let mut host =
            json!({ "hostName": "Unknown", "macAddr": mac, "ip": "192.0.2.16", "connectType": "WiFi 2.4G" });
        host.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        host
    };
    let hosts = json!({ "errCode": "000", "HostNumberOfEntries": "3", "Hosts_List": [
        host("00:00:5e:00:53:10", json!({ "status": 1 })),
        host("00:00:5e:00:53:11", json!({ "status": 0 })),
        host("00:00:5e:00:53:12", json!({ "connectTo": "00:00:5e:00:53:01" })),
    ] });
    let stations = json!({ "errCode": "000", "Client_List": [
        { "index": 1, "band": "5G", "ssid": "home", "hostname": "laptop", "mac": "00:00:5E:00:53:11", "aid": 2, "rssi": "-28", "br": "866M" },
    ] });
    let (hosts, stations) = (hosts.to_string(), stations.to_string());
    let seen =
        decode([("/1/Device/Hosts", hosts.as_bytes()), ("/1/Device/WiFi/Client", stations.as_bytes())]);
    let client = |last: u8| Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, last]));
    let connected = [0x10, 0x11, 0x12].map(|last| shown(&seen, &client(last), catalog::CONNECTED));
    assert_eq!(connected, [json!(true), json!(true), Json::Null], "an old list does not say who is there");
    assert_eq!(shown(&seen, &client(0x10), catalog::BAND), json!("2.4 GHz"));
    let station = client(0x11);
    assert_eq!(shown(&seen, &station, catalog::BAND), json!("5 GHz"));
    assert_eq!(shown(&seen, &station, catalog::RSSI), json!(-28.0));
    assert_eq!(shown(&seen, &station, catalog::LINK_SPEED), json!(866.0));
    assert_eq!(shown(&seen, &station, catalog::SSID), json!("home"));
    assert_eq!(shown(&seen, &station, catalog::HOST_NAME), json!("laptop"));
    assert_eq!(shown(&seen, &station, catalog::IPV4), json!("192.0.2.16"));
}

#[test]
fn a_house_with_an_empty_list_of_devices_is_empty() {
    for nobody in [json!([]), Json::Null] {
        assert_eq!(router(&rest("Hosts", json!({ "Hosts_List": nobody })), catalog::CLIENTS), json!(0));
    }
}

#[test]
fn radios_go_by_their_band() {
    let radio = |band: &str, on: &str, channel: &str| json!({ "band": band, "wlsOnOff": on, "wlsChannel": 0, "wlsCurrentChannel": channel, "n_bandwidth": "80MHZ" });
    let seen =
        rest("WiFi/Radios", json!({ "Raidos_List": [radio("2.4G", "OFF", "0"), radio("5G", "ON", "36")] }));
    let radio = |id: &str| Subject::Radio(ItemId::new(id).unwrap());
    assert_eq!(router(&seen, catalog::WIFI), json!(true));
    assert_eq!(shown(&seen, &radio("2_4g"), catalog::RADIO_STATE), json!("off"));
    assert_eq!(shown(&seen, &radio("2_4g"), catalog::CHANNEL), Json::Null);
    assert_eq!(shown(&seen, &radio("5g"), catalog::CHANNEL), json!(36));
    assert_eq!(shown(&seen, &radio("5g"), catalog::CHANNEL_WIDTH), json!(80.0));
    let seen =
        page("/data/wireless_basic.asp", &json!([{ "band": "2.4G", "wlsOnOff": "OFF" }, { "band": "5G" }]));
    assert_eq!(router(&seen, catalog::WIFI), json!(false));
}

#[test]
fn sockets_of_a_rest_box_have_numbers_of_their_own() {
    let socket = |port: &str, linked: &str, speed: &str| json!({ "portId": port, "linked": linked, "speed": speed, "duplex": "Full" });
    let rows =
        json!([socket("3", "Linked", "1000M"), socket("4", "Unlinked", "-"), socket("5", "?", "2.5Gbps")]);
    let seen = rest("Advanced/AdvancedSwitch", json!({ "advSwitch_List": rows }));
    let port = |id| Subject::Port(ItemId::new(id).unwrap());
    assert_eq!(shown(&seen, &port(3), catalog::LINK), json!(true));
    assert_eq!(shown(&seen, &port(3), catalog::LINK_SPEED), json!(1000.0));
    assert_eq!(shown(&seen, &port(4), catalog::LINK), json!(false));
    assert_eq!(shown(&seen, &port(5), catalog::LINK), Json::Null);
    assert_eq!(shown(&seen, &port(5), catalog::LINK_SPEED), json!(2500.0));
}

#[test]
fn an_answer_with_another_code_is_a_failure_of_the_box() {
    let fault = |answer: Json| {
        let seen = page("/1/Device/CM/Log", &answer);
        seen.sections().find_map(|(_, outcome)| outcome.err().map(Fault::class))
    };
    assert_eq!(fault(json!({ "errCode": "101", "errMsg": "busy" })), Some(FaultClass::BoxError));
    assert_eq!(fault(json!({ "errCode": "401", "errMsg": "" })), Some(FaultClass::MissingRight));
    assert_eq!(fault(json!({ "errCode": "000", "errMsg": "" })), Some(FaultClass::Malformed), "no list");
    assert_eq!(fault(json!([])), Some(FaultClass::Malformed));
    assert_eq!(fault(json!({ "errCode": "404" })), None, "this box has no log");
}

#[test]
fn the_first_generation_prints_other_units() {
    let row = |frequency: &str, level: &str| json!([{ "portId": "1", "channelId": "1", "frequency": frequency, "signalStrength": level, "snr": "37.6", "modulation": "2" }]);
    let seen = page("/data/dsinfo.asp", &row("602.000", "62.300"));
    assert_eq!(shown(&seen, &down("1"), catalog::FREQUENCY), json!(602.0));
    assert_eq!(shown(&seen, &down("1"), catalog::POWER), json!(2.3));
    let seen = page("/data/usinfo.asp", &row("37.000", "103.500"));
    assert_eq!(shown(&seen, &up("1"), catalog::FREQUENCY), json!(37.0));
    assert_eq!(shown(&seen, &up("1"), catalog::POWER), json!(43.5));
    let seen = page("/data/usinfo.asp", &row("37000000", "57.500"));
    assert_eq!(shown(&seen, &up("1"), catalog::POWER), json!(57.5), "much, but possible");
}
