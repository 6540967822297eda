use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::super::{
    Node, connection, disks, ftth, has_access_points, has_fibre, has_modem, has_xdsl, hosts, identity,
    interfaces, is_bridge, lan, latest_firmware, lte, port_ids, port_stats, ports, radio_clients, radios,
    stations, switched_on, system, xdsl,
};
use crate::model::{Readings, Value};

/// Every decoder on one answer.
fn decode_as_everything(answer: &Json) -> Readings {
    let node = Node::of(answer);
    let mut seen = Readings::default();
    connection(node, seen.router());
    lan(node, seen.router());
    ftth(node, seen.router());
    xdsl(node, seen.router());
    lte(node, seen.router());
    system(node, &mut seen);
    ports(node, &mut seen);
    port_stats(1, node, &mut seen);
    switched_on(node, seen.router());
    let found = radios(node, 8, &mut seen);
    radio_clients(node, &mut seen);
    hosts([("", node)].into_iter(), "Freebox", &mut seen);
    for radio in &found {
        stations(node, radio, &mut seen);
    }
    disks(node, &mut seen);
    let _questions =
        (is_bridge(node), has_fibre(node), has_xdsl(node), has_modem(node), has_access_points(node));
    let _lists = (interfaces(node, 4), port_ids(node, 8), latest_firmware(node, Some("1")));
    let _identity = identity(node, Some("fbxgw9"), None);
    seen
}

/// The words of the API, so that what is made up is also looked at.
fn key() -> impl Strategy<Value = String> {
    const KEYS: &[&str] = &[
        "state",
        "media",
        "type",
        "rate_down",
        "bytes_up",
        "bandwidth_down",
        "ipv4",
        "ipv4_port_range",
        "mode",
        "sfp_pwr_rx",
        "link",
        "status",
        "down",
        "up",
        "snr_10",
        "snr",
        "rate",
        "es",
        "sim",
        "present",
        "radio",
        "bands",
        "enabled",
        "rsrp",
        "plmn",
        "sensors",
        "fans",
        "id",
        "name",
        "value",
        "temp_sw",
        "fan_rpm",
        "uptime_val",
        "speed",
        "duplex",
        "rx_bytes_rate",
        "tx_bytes",
        "config",
        "band",
        "primary_channel",
        "channel_width",
        "phy_id",
        "sta_count",
        "l2ident",
        "active",
        "names",
        "source",
        "l3connectivities",
        "addr",
        "af",
        "last_activity",
        "access_point",
        "connectivity_type",
        "wifi_information",
        "signal",
        "phy_rx_rate",
        "mac",
        "last_rx",
        "bitrate",
        "partitions",
        "total_bytes",
        "temp",
        "model_info",
        "host_count",
        "upgrade_state",
        "new_version",
        "firmware_version",
    ];
    prop_oneof![4 => proptest::sample::select(KEYS).prop_map(str::to_owned), 1 => ".{0,6}"]
}

fn nested(leaf: impl Strategy<Value = Json> + 'static) -> impl Strategy<Value = Json> {
    leaf.prop_recursive(5, 80, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            proptest::collection::btree_map(key(), inner, 0..8)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_leaf() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        ".{0,10}".prop_map(Json::from),
        Just(json!("00:00:5e:00:53:01")),
        Just(json!("up")),
    ]
}

/// Leaves that hold no number, no flag and nothing but blanks.
fn empty_leaf() -> impl Strategy<Value = Json> {
    prop_oneof![Just(Json::Null), Just(json!({})), Just(json!([])), Just(json!("")), Just(json!("  "))]
}

proptest! {
    #[test]
    fn any_answer_is_decoded_and_every_value_can_be_true(answer in nested(any_leaf())) {
        for (_, item) in decode_as_everything(&answer).iter() {
            for (row, value) in item.iter() {
                if let Some(Value::Number(number)) = value {
                    prop_assert!(number.is_finite(), "{}: {number}", row.key);
                }
            }
        }
    }

    #[test]
    fn an_answer_that_says_nothing_gives_no_value(answer in nested(empty_leaf())) {
        for (subject, item) in decode_as_everything(&answer).iter() {
            for (row, value) in item.iter() {
                prop_assert!(value.is_none(), "{subject} {}: {value:?}", row.key);
            }
        }
    }
}
