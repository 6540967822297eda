use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::wide::Allowance;
use super::*;
use crate::model::{ItemId, Mac, Metric, Quantity, Readings, Subject, Value, catalog};

mod other_boxes;

/// What one page says on its own.
fn page(path: &str, document: &Json) -> Snapshot {
    decode([(path, document.to_string().as_bytes())])
}

fn down(id: &str) -> Subject {
    Subject::Downstream(ItemId::new(id).unwrap())
}

fn up(id: &str) -> Subject {
    Subject::Upstream(ItemId::new(id).unwrap())
}

/// A value as payloads show it.
fn shown<Q: Quantity>(seen: &Snapshot, subject: &Subject, metric: Metric<Q>) -> Json {
    metric.row().show(seen.get(subject, metric))
}

fn router<Q: Quantity>(seen: &Snapshot, metric: Metric<Q>) -> Json {
    shown(seen, &Subject::Router, metric)
}

#[test]
fn a_gateway_tells_who_it_is_and_what_it_carried() {
    let seen = page(
        "/data/getSysInfo.asp",
        &json!([{
            "hwVersion": "2D", "swVersion": "4.5.10.201", "serialNumber": "X1", "rfMac": "00:00:5E:00:53:01",
            "wanIp": "203.0.113.1/24", "lanIp": "192.168.0.1/24",
            "systemUptime": "10 Days,17 Hours,33 Minutes,47 Seconds", "systemTime": "Fri Jun 17, 2022, 17:09:10",
            "WRecPkt": "40.25M Bytes", "WSendPkt": "11.77M Bytes", "LRecPkt": "12.12M Bytes", "LSendPkt": "1T Bytes"
        }]),
    );
    assert_eq!(seen.identity.serial.as_deref(), Some("X1"));
    assert_eq!(seen.identity.firmware.as_deref(), Some("4.5.10.201"));
    assert_eq!(seen.identity.hardware.as_deref(), Some("2D"));
    assert_eq!(seen.identity.mac, Some(Mac::new([0, 0, 0x5e, 0, 0x53, 1])));
    assert_eq!(router(&seen, catalog::UPTIME), json!(927_227.0));
    assert_eq!(router(&seen, catalog::DEVICE_CLOCK), json!("Fri Jun 17, 2022, 17:09:10"));
    assert_eq!(router(&seen, catalog::RECEIVED), json!(0.04025));
    assert_eq!(router(&seen, catalog::SENT), json!(0.01177));
    assert_eq!(router(&seen, catalog::LAN_RECEIVED), json!(0.01212));
    assert_eq!(router(&seen, catalog::LAN_SENT), json!(1000.0));
    assert_eq!(router(&seen, catalog::IPV4), json!("203.0.113.1"));
    assert_eq!(router(&seen, catalog::IPV6), Json::Null);
    assert_eq!(router(&seen, catalog::LAN_IPV4), json!("192.168.0.1"));
    assert_eq!(router(&seen, catalog::MEDIA), json!("cable"));
}

#[test]
fn a_modem_that_never_learnt_its_totals_has_none() {
    let seen = page(
        "/data/getSysInfo.asp",
        &json!([{ "systemUptime": "479h:40m:38s", "wanIp": "TODO", "lanIp": "TODO", "WRecPkt": "TODO", "rfMac": "" }]),
    );
    assert_eq!(router(&seen, catalog::UPTIME), json!(1_726_838.0));
    for nothing in
        [router(&seen, catalog::RECEIVED), router(&seen, catalog::SENT), router(&seen, catalog::IPV4)]
    {
        assert_eq!(nothing, Json::Null);
    }
    assert_eq!(seen.identity.mac, None);
}

#[test]
fn no_channels_are_not_the_same_as_a_page_that_was_not_read() {
    let unused = json!([{ "portId": "1", "frequency": "0", "signalStrength": "0.000", "channelId": "0" }]);
    for page_of_none in [json!([]), unused] {
        let seen = page("/data/dsinfo.asp", &page_of_none);
        assert_eq!(router(&seen, catalog::DOWN_CHANNELS), json!(0));
        assert_eq!(router(&seen, catalog::UP_CHANNELS), Json::Null);
    }
    let seen = page("/data/dsinfo.asp", &json!([{ "frequency": "?" }]));
    assert_eq!(
        router(&seen, catalog::DOWN_CHANNELS),
        Json::Null,
        "something is there, but nobody knows what"
    );
}

#[test]
fn downstream_channels_go_by_their_channel_id() {
    let seen = page(
        "/data/dsinfo.asp",
        &json!([
            { "portId": "1", "frequency": "495000000", "modulation": "2", "signalStrength": "-1.400", "snr": "38.983",
              "dsoctets": "18 * 2e32 + 1167003739", "correcteds": "1 * 2e32 + 7", "uncorrect": "0", "channelId": "20" },
            { "portId": "3", "frequency": "362250000", "modulation": "9", "signalStrength": "16.500", "snr": "40.366",
              "channelId": "4" },
        ]),
    );
    let (first, second) = (down("20"), down("4"));
    assert_eq!(shown(&seen, &first, catalog::FREQUENCY), json!(495.0));
    assert_eq!(shown(&seen, &first, catalog::POWER), json!(-1.4));
    assert_eq!(shown(&seen, &first, catalog::SNR), json!(38.983));
    assert_eq!(shown(&seen, &first, catalog::MODULATION), json!("256QAM"));
    assert_eq!(shown(&seen, &first, catalog::CHANNEL_TYPE), json!("sc_qam"));
    assert_eq!(shown(&seen, &first, catalog::PORT_ID), json!(1));
    assert_eq!(seen.get(&first, catalog::CHANNEL_RECEIVED), Some(&Value::Count(78_476_415_067)));
    assert_eq!(seen.get(&first, catalog::CORRECTED), Some(&Value::Count(4_294_967_303)));
    assert_eq!(seen.get(&first, catalog::UNCORRECTED), Some(&Value::Count(0)));
    assert_eq!(shown(&seen, &second, catalog::MODULATION), Json::Null, "code 9 has no known meaning");
    assert_eq!(shown(&seen, &second, catalog::UNCORRECTED), Json::Null, "this firmware counts no errors");
}

#[test]
fn upstream_channels_have_a_width_and_a_type() {
    let seen = page(
        "/data/usinfo.asp",
        &json!([
            { "portId": "1", "frequency": "51000199", "bandwidth": "6400000", "scdmaMode": "ATDMA",
              "signalStrength": "37.000", "channelId": "2" },
            { "portId": "6", "frequency": "10400000", "bandwidth": "3200000", "modtype": "16QAM",
              "scdmaMode": "NEWDMA", "signalStrength": "38.510", "channelId": "1" },
            { "portId": "8", "frequency": "0", "modtype": "QAM_NONE", "signalStrength": "-", "channelId": "0" },
        ]),
    );
    assert_eq!(shown(&seen, &up("2"), catalog::FREQUENCY), json!(51.000_199));
    assert_eq!(shown(&seen, &up("2"), catalog::CHANNEL_WIDTH), json!(6.4));
    assert_eq!(shown(&seen, &up("2"), catalog::CHANNEL_TYPE), json!("atdma"));
    assert_eq!(shown(&seen, &up("1"), catalog::MODULATION), json!("16QAM"));
    assert_eq!(shown(&seen, &up("1"), catalog::CHANNEL_TYPE), Json::Null);
    assert!(!has(&seen, &up("0")), "an unused transmitter is no channel");
}

fn has(seen: &Snapshot, subject: &Subject) -> bool {
    seen.sections().filter_map(|(_, outcome)| outcome.ok()).any(|readings| readings.get(subject).is_some())
}

#[test]
fn a_channel_without_an_id_goes_by_its_port() {
    let seen = page(
        "/data/dsinfo.asp",
        &json!([
            { "portId": 7, "channelId": 9, "snr": 38.5 },
            { "portId": "8", "channelId": "9", "snr": "36.0" },
            { "portId": "9", "channelId": "NA", "snr": "35.0" },
            { "portId": null, "channelId": false, "snr": "34.0" },
        ]),
    );
    assert_eq!(shown(&seen, &down("9"), catalog::SNR), json!(38.5), "numbers may come unquoted");
    assert_eq!(shown(&seen, &down("port8"), catalog::SNR), json!(36.0));
    assert_eq!(shown(&seen, &down("port9"), catalog::SNR), json!(35.0));
    assert_eq!(seen.sections().filter_map(|(_, r)| r.ok()).flat_map(Readings::iter).count(), 3);
}

#[test]
fn a_port_at_which_nothing_was_measured_is_no_channel() {
    let nothing = json!([
        { "portId": "98", "channelId": "NA", "frequency": "NA", "signalStrength": null },
        { "portId": "99", "signalStrength": false, "snr": true },
    ]);
    for path in ["/data/dsinfo.asp", "/data/usinfo.asp"] {
        let seen = page(path, &nothing);
        assert_eq!(seen.sections().filter_map(|(_, r)| r.ok()).flat_map(Readings::iter).count(), 0, "{path}");
    }
}

#[test]
fn an_empty_list_of_devices_is_an_empty_house_and_a_list_without_states_is_not() {
    assert_eq!(router(&page("/data/getConnectInfo.asp", &json!([])), catalog::CLIENTS), json!(0));
    let silent = json!([{ "macAddr": "00:00:5E:00:53:11", "online": "--" }]);
    assert_eq!(router(&page("/data/getConnectInfo.asp", &silent), catalog::CLIENTS), Json::Null);
}

#[test]
fn what_was_not_measured_is_unknown_not_zero() {
    let nothing =
        [json!("NA"), json!("-"), json!("--"), json!(""), json!(null), json!(false), json!(true), json!({})];
    for nothing in nothing {
        let seen = page(
            "/data/dsinfo.asp",
            &json!([{ "channelId": "5", "signalStrength": nothing, "snr": nothing }]),
        );
        assert!(has(&seen, &down("5")), "the channel itself is there");
        assert_eq!(shown(&seen, &down("5"), catalog::POWER), Json::Null, "{nothing}");
        assert_eq!(shown(&seen, &down("5"), catalog::SNR), Json::Null, "{nothing}");
    }
}

fn ofdm(counters: [&str; 3], locks: [&str; 3]) -> Json {
    json!({
        "receive": "1", "ffttype": "4K", "Subcarr0freqFreq": " 620600000", "plcpower": "-2.200001", "SNR": "39",
        "plclock": locks[0], "ncplock": locks[1], "mdc1lock": locks[2],
        "dsoctets": counters[0], "correcteds": counters[1], "uncorrect": counters[2],
    })
}

#[test]
fn a_wide_channel_is_read_and_an_unused_one_left_out() {
    let unused = json!({
        "receive": "0", "ffttype": "NA", "Subcarr0freqFreq": "NA", "plclock": "NO", "ncplock": "NO", "mdc1lock": "NO",
        "plcpower": "NA", "SNR": "NA", "dsoctets": "NA", "correcteds": "NA", "uncorrect": "NA",
    });
    let rows = json!([unused, ofdm(["49698575389", "49530162972", "1267"], ["YES", "YES", "YES"])]);
    let seen = page("/data/dsofdminfo.asp", &rows);
    let channel = down("ofdm1");
    assert_eq!(shown(&seen, &channel, catalog::FREQUENCY), json!(620.6));
    assert_eq!(shown(&seen, &channel, catalog::POWER), json!(-2.2));
    assert_eq!(shown(&seen, &channel, catalog::SNR), json!(39.0));
    assert_eq!(shown(&seen, &channel, catalog::CHANNEL_TYPE), json!("ofdm"));
    assert_eq!(shown(&seen, &channel, catalog::FFT), json!("4K"));
    assert_eq!(shown(&seen, &channel, catalog::LOCKED), json!(true));
    assert_eq!(seen.get(&channel, catalog::CORRECTED), Some(&Value::Count(49_530_162_972)));
    assert_eq!(
        shown(&seen, &channel, catalog::CHANNEL_RECEIVED),
        Json::Null,
        "bytes or codewords, nobody knows"
    );
    assert!(!has(&seen, &down("ofdm0")));
}

#[test]
fn a_partial_lock_is_no_lock() {
    let rows = json!([ofdm(["1", "1", "1"], ["YES", " NO", "NO"])]);
    assert_eq!(shown(&page("/data/dsofdminfo.asp", &rows), &down("ofdm1"), catalog::LOCKED), json!(false));
    let rows = json!([ofdm(["1", "1", "1"], ["YES", "NA", "YES"])]);
    assert_eq!(shown(&page("/data/dsofdminfo.asp", &rows), &down("ofdm1"), catalog::LOCKED), Json::Null);
}

#[test]
fn counters_that_the_firmware_lost_are_unknown() {
    let seen = page("/data/dsofdminfo.asp", &json!([ofdm(["0", "0", "0"], ["YES", "YES", "YES"])]));
    assert_eq!(shown(&seen, &down("ofdm1"), catalog::CORRECTED), Json::Null);
    assert_eq!(shown(&seen, &down("ofdm1"), catalog::UNCORRECTED), Json::Null);
    assert_eq!(shown(&seen, &down("ofdm1"), catalog::POWER), json!(-2.2));
}

#[test]
fn a_disabled_ofdma_channel_has_no_power() {
    let row = |index: &str, state: &str, width: &str, power: &str, narrow: &str| {
        json!({ "uschindex": index, "state": state, "frequency": "42000000", "channelBw": width,
                "repPower": power, "repPower1_6": narrow, "fftVal": "2K" })
    };
    let rows = json!([
        row("0", "   OPERATE", "   39.2000", "   51.6417", "   37.7500"),
        row("1", "  DISABLED", "    0.0000", "    0.0000", "    0.0000"),
    ]);
    let seen = page("/data/usofdminfo.asp", &rows);
    let channel = up("ofdma0");
    assert_eq!(shown(&seen, &channel, catalog::CHANNEL_WIDTH), json!(39.2));
    assert_eq!(shown(&seen, &channel, catalog::POWER), json!(51.642));
    assert_eq!(shown(&seen, &channel, catalog::POWER_1_6), json!(37.75));
    assert_eq!(shown(&seen, &channel, catalog::LOCKED), json!(true));
    assert!(!has(&seen, &up("ofdma1")));
}

#[test]
fn a_step_that_is_secret_is_neither_done_nor_undone() {
    let seen = page(
        "/data/getCMInit.asp",
        &json!([{
            "hwInit": "Success", "findDownstream": "Success", "ranging": "Processing...", "dhcp": "",
            "timeOfday": "Secret", "registration": "Success", "networkAccess": "Permitted", "trafficStatus": "Enable",
            "eaeStatus": "Secret", "bpiStatus": "AUTH:authorized, TEK:Operational",
        }]),
    );
    assert_eq!(router(&seen, catalog::CM_HW_INIT), json!(true));
    assert_eq!(router(&seen, catalog::CM_RANGING), json!(false));
    assert_eq!(router(&seen, catalog::CM_DHCP), json!(false));
    assert_eq!(router(&seen, catalog::CM_TIME_OF_DAY), Json::Null);
    assert_eq!(router(&seen, catalog::CM_DOWNLOAD_CONFIG), Json::Null);
    assert_eq!(router(&seen, catalog::CM_TRAFFIC), json!(true));
    assert_eq!(router(&seen, catalog::CM_EAE), Json::Null);
    assert_eq!(router(&seen, catalog::BPI_AUTH), json!("authorized"));
    assert_eq!(router(&seen, catalog::BPI_TEK), json!("operational"));
}

#[test]
fn online_means_registered_and_let_through() {
    let online = |init: Json| {
        let init = json!([init]).to_string();
        let pages = [("/data/getSysInfo.asp", b"[{}]".as_slice()), ("/data/getCMInit.asp", init.as_bytes())];
        router(&decode(pages), catalog::WAN)
    };
    assert_eq!(online(json!({ "registration": "Success", "networkAccess": "Permitted" })), json!(true));
    assert_eq!(online(json!({ "registration": "Success", "networkAccess": "Denied" })), json!(false));
    assert_eq!(online(json!({ "registration": "", "networkAccess": "Permitted" })), json!(false));
    assert_eq!(online(json!({ "registration": "Success", "networkAccess": "Secret" })), json!(true));
    assert_eq!(online(json!({ "registration": "Secret" })), Json::Null);
}

#[test]
fn the_lease_of_the_modem_may_be_unknown() {
    let seen = page(
        "/data/getCmDocsisWan.asp",
        &json!([{ "Configname": "Secret", "CmIpAddress": "192.0.2.125", "CmNetMask": "", "CmIpLeaseDuration": "D: -- H: -- M: -- S: --" }]),
    );
    assert_eq!(router(&seen, catalog::CM_LEASE), Json::Null);
    let pages = [
        ("/data/getCMInit.asp", b"[{}]".as_slice()),
        (
            "/data/getCmDocsisWan.asp",
            br#"[{"Configname":"d.cm","CmIpAddress":"192.0.2.125","CmNetMask":"","CmIpLeaseDuration":"D: 6 H: 09 M: 25 S: 55"}]"#,
        ),
        ("/data/getTuneFreq.asp", br#"[{"tunefreq":"426.250"}]"#),
    ];
    let seen = decode(pages);
    assert_eq!(router(&seen, catalog::CM_LEASE), json!(552_355.0));
    assert_eq!(router(&seen, catalog::CM_CONFIG), json!("d.cm"));
    assert_eq!(router(&seen, catalog::CM_IP), json!("192.0.2.125"));
    assert_eq!(router(&seen, catalog::CM_NETMASK), Json::Null);
    assert_eq!(router(&seen, catalog::TUNED_FREQUENCY), json!(426.25));
}

#[test]
fn a_device_with_several_rows_is_one_device() {
    let row = |name: &str, ip: &str, interface: &str, online: &str| json!({ "id": 1, "hostName": name, "ipAddr": ip, "macAddr": "00:00:5E:00:53:10", "interface": interface, "online": online });
    let rows = json!([
        row("Unknown", "192.0.2.9", "Ethernet", "inactive"),
        row("desktop", "192.0.2.16", "WiFi 5G", "active"),
        row("Unknown", "2001:db8::16", "WiFi 5G", "active"),
        { "macAddr": "not one", "online": "active" },
        { "macAddr": "00:00:00:00:00:00", "online": "active" },
    ]);
    let seen = page("/data/getConnectInfo.asp", &rows);
    let client = Subject::Client("00:00:5e:00:53:10".parse().unwrap());
    assert_eq!(shown(&seen, &client, catalog::CONNECTED), json!(true));
    assert_eq!(shown(&seen, &client, catalog::IPV4), json!("192.0.2.16"), "the row in use wins");
    assert_eq!(shown(&seen, &client, catalog::IPV6), json!("2001:db8::16"));
    assert_eq!(shown(&seen, &client, catalog::CONNECTION), json!("wifi"));
    assert_eq!(shown(&seen, &client, catalog::BAND), json!("5 GHz"));
    assert_eq!(shown(&seen, &client, catalog::HOST_NAME), json!("desktop"));
    assert_eq!(seen.sections().filter_map(|(_, r)| r.ok()).flat_map(Readings::iter).count(), 1);
}

#[test]
fn sockets_are_numbered_and_a_dead_one_has_no_speed() {
    let rows = json!([
        { "LinkStatus": "Up", "LinkDuplex": "Full", "LinkSpeed": "2500Mbps" },
        { "LinkStatus": "Down", "LinkDuplex": "-", "LinkSpeed": "-" },
        { "LinkStatus": "Up", "LinkSpeed": "1000" },
    ]);
    let seen = page("/data/getLinkStatus.asp", &rows);
    let port = |id| Subject::Port(ItemId::new(id).unwrap());
    assert_eq!(shown(&seen, &port(1), catalog::LINK), json!(true));
    assert_eq!(shown(&seen, &port(1), catalog::LINK_SPEED), json!(2500.0));
    assert_eq!(shown(&seen, &port(1), catalog::DUPLEX), json!("full"));
    assert_eq!(shown(&seen, &port(2), catalog::LINK), json!(false));
    assert_eq!(shown(&seen, &port(2), catalog::LINK_SPEED), Json::Null);
    assert_eq!(shown(&seen, &port(2), catalog::DUPLEX), Json::Null);
    assert_eq!(shown(&seen, &port(3), catalog::LINK_SPEED), Json::Null, "a thousand of what?");
}

#[test]
fn one_broken_page_leaves_the_others_alone() {
    let pages = [
        ("/data/getSysInfo.asp", br#"[{"swVersion":"1"}]"#.as_slice()),
        ("/data/dsinfo.asp", b"<html>"),
        ("/data/usinfo.asp", br#"[{"channelId":"1","signalStrength":"40.000"}]"#),
        ("/data/getConnectInfo.asp", b"[{"),
    ];
    let seen = decode(pages);
    assert_eq!(router(&seen, catalog::FIRMWARE), json!("1"));
    assert_eq!(shown(&seen, &up("1"), catalog::POWER), json!(40.0));
    let failed: Vec<_> =
        seen.sections().filter_map(|(section, outcome)| outcome.err().map(|_| section)).collect();
    assert_eq!(failed, [Section::Clients]);
}

#[test]
fn the_ofdm_page_rests_before_it_hurts() {
    let mut allowance = Allowance::default();
    allowance.learn_uptime(Duration::from_secs(1000));
    for left in (1..=150).rev() {
        assert_eq!(allowance.left(), left);
        allowance.spend();
    }
    assert_eq!(allowance.left(), 0);
    allowance.learn_uptime(Duration::from_secs(2000));
    assert_eq!(allowance.left(), 0);
    allowance.learn_uptime(Duration::from_secs(60));
    assert_eq!(allowance.left(), 150, "the modem has restarted");
}

#[test]
fn reads_before_our_own_start_are_reckoned_with() {
    let left = |hours: u64| {
        let mut allowance = Allowance::default();
        allowance.learn_uptime(Duration::from_secs(hours * 3600));
        allowance.learn_uptime(Duration::from_secs(hours * 3600 + 60));
        allowance.left()
    };
    assert_eq!((left(0), left(30), left(100), left(5000)), (150, 120, 50, 50));
}

#[test]
fn the_ofdm_page_rests_when_its_counters_are_gone() {
    let rows = |counters| Row::all_in(json!([ofdm(counters, ["YES", "YES", "YES"])])).unwrap();
    let mut allowance = Allowance::default();
    allowance.learn_rows(&rows(["5", "5", "0"]));
    assert_eq!(allowance.left(), 150);
    allowance.learn_rows(&rows(["0", "0", "0"]));
    assert_eq!(allowance.left(), 0);
}

/// Any JSON, with the keys that the decoders look for.
fn any_json() -> impl Strategy<Value = Json> {
    const KEYS: &str = "(portId|channelId|frequency|modulation|signalStrength|snr|dsoctets|correcteds|uncorrect|bandwidth\
        |scdmaMode|modtype|receive|ffttype|plclock|plcpower|SNR|uschindex|state|channelBw|repPower|systemUptime|WRecPkt\
        |wanIp|registration|bpiStatus|macAddr|online|ipAddr|LinkSpeed|tunefreq|CmIpLeaseDuration|modelName\
        |errCode|Freq_List|OFDMs_List|Hosts_List|wanIP|systemWanUptime|occupiedbw|status|rssi|br|band|priority|event|time)";
    const TEXTS: &str = "([0-9]{1,22}(\\.[0-9]{0,4})?( ?[MGT]? Bytes)?|[0-9]+ \\* 2e32 \\+ [0-9]+|-|--|NA|TODO|OPERATE|YES|\
        active|[0-9]+h:[0-9]+m|02:00:5e:10:00:01|.{0,12})";
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        TEXTS.prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
            prop::collection::btree_map(KEYS, inner, 0..12)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_page() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "/data/system_model.asp",
        "/data/getSysInfo.asp",
        "/data/getCMInit.asp",
        "/data/getCmDocsisWan.asp",
        "/data/getTuneFreq.asp",
        "/data/dsinfo.asp",
        "/data/usinfo.asp",
        "/data/dsofdminfo.asp",
        "/data/usofdminfo.asp",
        "/data/getLinkStatus.asp",
        "/data/getConnectInfo.asp",
        "/data/status_log.asp",
        "/data/wireless_basic.asp",
        "/1/Device/Router/SysInfo",
        "/1/Device/CM/SysInfo",
        "/1/Device/CM/DsInfo",
        "/1/Device/CM/UsInfo",
        "/1/Device/CM/DsOfdm",
        "/1/Device/CM/UsOfdm",
        "/1/Device/CM/Log",
        "/1/Device/WiFi/Client",
        "/1/Device/WiFi/Radios",
        "/1/Device/Hosts",
    ])
}

/// Every value that was read on anything.
fn values(seen: &Snapshot) -> impl Iterator<Item = &Value> {
    let readings = seen.sections().filter_map(|(_, outcome)| outcome.ok());
    readings.flat_map(Readings::iter).flat_map(|(_, item)| item.iter()).filter_map(|(_, value)| value)
}

proptest! {
    #[test]
    fn no_json_can_bring_the_decoders_down(path in any_page(), document in any_json()) {
        let seen = page(path, &document);
        for value in values(&seen) {
            if let Value::Number(number) = value {
                prop_assert!(number.is_finite());
            }
        }
    }

    #[test]
    fn no_bytes_can_either(path in any_page(), body: Vec<u8>) {
        let _seen = decode([(path, body.as_slice())]);
    }

    #[test]
    fn nothing_is_made_of_nothing(path in any_page(), keys in prop::collection::vec("[a-zA-Z]{2,12}", 0..8)) {
        // Rows whose values are all placeholders: not one number may come out.
        let row: serde_json::Map<_, _> = keys.into_iter().zip(["NA", "--", "-", "TODO", "Secret"].into_iter().cycle())
            .map(|(key, text)| (key, json!(text))).collect();
        let seen = page(path, &json!([row]));
        let invented = values(&seen).any(|value| matches!(value, Value::Number(_) | Value::Count(_)));
        prop_assert!(!invented);
    }
}
