use serde_json::{Value as Json, json};

use super::super::{Node, ftth, has_modem, lte, xdsl};
use super::{decode, router};
use crate::model::{Readings, catalog};

fn xdsl_of(answer: &Json) -> Readings {
    decode(answer, |node, seen| xdsl(node, seen.router()))
}

#[test]
fn optical_powers_are_hundredths_of_a_dbm() {
    let fibre = json!({
        "sfp_has_power_report": true, "sfp_has_signal": true, "sfp_model": "PON-1", "sfp_vendor": "Example",
        "link_type": "pon", "sfp_pwr_rx": -1838, "sfp_pwr_tx": 642, "link": true, "sfp_alim_ok": true,
        "sfp_present": true, "has_sfp": true,
    });
    let seen = decode(&fibre, |node, seen| ftth(node, seen.router()));
    assert_eq!(router(&seen, catalog::OPTICAL_RX), -18.38);
    assert_eq!(router(&seen, catalog::OPTICAL_TX), 6.42);
    assert_eq!(router(&seen, catalog::OPTICAL_LINK), true);
    assert_eq!(router(&seen, catalog::OPTICAL_SIGNAL), true);
    assert_eq!(router(&seen, catalog::SFP_PRESENT), true);
    assert_eq!(router(&seen, catalog::SFP_POWERED), true);
    assert_eq!(router(&seen, catalog::SFP_MODEL), "Example PON-1");
    assert_eq!(router(&seen, catalog::OPTICAL_TYPE), "pon");
}

#[test]
fn a_module_that_measures_nothing_has_no_power() {
    let fibre = json!({"sfp_has_power_report": false, "sfp_pwr_rx": 0, "sfp_pwr_tx": 0, "link": true});
    let seen = decode(&fibre, |node, seen| ftth(node, seen.router()));
    assert_eq!(router(&seen, catalog::OPTICAL_RX), Json::Null);
    assert_eq!(router(&seen, catalog::OPTICAL_TX), Json::Null);
    assert_eq!(router(&seen, catalog::OPTICAL_LINK), true);
}

#[test]
fn every_number_of_a_dsl_line_is_read() {
    let side = |base: u64| {
        json!({"es": base + 1, "ses": base + 2, "fec": base + 3, "crc": base + 4, "hec": base + 5,
               "rtx_tx": base + 6, "rtx_c": base + 7, "rtx_uc": base + 8, "rate": 28_031, "maxrate": 30_636,
               "snr": 7, "snr_10": 74, "attn": 18, "attn_10": 184})
    };
    let seen = xdsl_of(&json!({
        "status": {"status": "showtime", "protocol": "adsl2plus_a", "uptime": 5017, "modulation": "adsl"},
        "down": side(10), "up": side(20),
    }));
    assert_eq!(router(&seen, catalog::XDSL_STATE), "showtime");
    assert_eq!(router(&seen, catalog::XDSL_PROTOCOL), "adsl2plus_a");
    assert_eq!(router(&seen, catalog::XDSL_MODULATION), "adsl");
    assert_eq!(router(&seen, catalog::XDSL_UPTIME), 5017.0);
    for (metric, value) in [
        (catalog::XDSL_ES_DOWN, 11),
        (catalog::XDSL_SES_DOWN, 12),
        (catalog::XDSL_FEC_DOWN, 13),
        (catalog::XDSL_CRC_DOWN, 14),
        (catalog::XDSL_HEC_DOWN, 15),
        (catalog::XDSL_RTX_TX_DOWN, 16),
        (catalog::XDSL_RTX_C_DOWN, 17),
        (catalog::XDSL_RTX_UC_DOWN, 18),
        (catalog::XDSL_ES_UP, 21),
        (catalog::XDSL_SES_UP, 22),
        (catalog::XDSL_FEC_UP, 23),
        (catalog::XDSL_CRC_UP, 24),
        (catalog::XDSL_HEC_UP, 25),
        (catalog::XDSL_RTX_TX_UP, 26),
        (catalog::XDSL_RTX_C_UP, 27),
        (catalog::XDSL_RTX_UC_UP, 28),
    ] {
        assert_eq!(router(&seen, metric), value, "{metric:?}");
    }
    for (rate, most) in [
        (catalog::XDSL_RATE_DOWN, catalog::XDSL_MAX_RATE_DOWN),
        (catalog::XDSL_RATE_UP, catalog::XDSL_MAX_RATE_UP),
    ] {
        assert_eq!((router(&seen, rate), router(&seen, most)), (json!(28.031), json!(30.636)));
    }
    for (margin, attenuation) in [
        (catalog::SNR_MARGIN_DOWN, catalog::ATTENUATION_DOWN),
        (catalog::SNR_MARGIN_UP, catalog::ATTENUATION_UP),
    ] {
        assert_eq!((router(&seen, margin), router(&seen, attenuation)), (json!(7.4), json!(18.4)));
    }
}

#[test]
fn whole_decibels_stand_in_where_tenths_are_not_filled() {
    let seen = xdsl_of(&json!({"down": {"snr": 7, "snr_10": 0}, "up": {"attn": 23}}));
    assert_eq!(router(&seen, catalog::SNR_MARGIN_DOWN), 7.0);
    assert_eq!(router(&seen, catalog::ATTENUATION_UP), 23.0);
    assert_eq!(router(&seen, catalog::ATTENUATION_DOWN), Json::Null);
}

#[test]
fn a_line_in_training_has_no_rate_but_keeps_its_errors() {
    let seen = xdsl_of(&json!({
        "status": {"status": "training"}, "down": {"rate": 0, "snr": 0, "attn": 0, "maxrate": 0, "crc": 5},
    }));
    assert_eq!(router(&seen, catalog::XDSL_STATE), "training");
    assert_eq!(router(&seen, catalog::XDSL_RATE_DOWN), Json::Null);
    assert_eq!(router(&seen, catalog::SNR_MARGIN_DOWN), Json::Null);
    assert_eq!(router(&seen, catalog::XDSL_CRC_DOWN), 5);
}

#[test]
fn retransmissions_are_there_only_on_lines_that_have_them() {
    let seen = xdsl_of(&json!({"status": {"status": "showtime"}, "down": {"rate": 1}}));
    assert_eq!(router(&seen, catalog::XDSL_RTX_TX_DOWN), Json::Null);
}

#[test]
fn a_4g_module_is_read_from_the_band_in_use() {
    let answer = json!({
        "state": "connected", "sim": {"present": true},
        "radio": {"associated": true, "plmn": 20815, "signal_level": 4, "bands": [
            {"enabled": false, "band": 0, "rsrp": 0, "rsrq": 0, "rssi": 0},
            {"enabled": true, "band": 0, "rsrp": 0, "rsrq": 0, "rssi": 0},
            {"enabled": true, "band": 3, "rsrp": -95, "rsrq": -11, "rssi": -67},
        ]},
    });
    let seen = decode(&answer, |node, seen| lte(node, seen.router()));
    assert_eq!(router(&seen, catalog::LTE_STATE), "connected");
    assert_eq!(router(&seen, catalog::LTE_ATTACHED), true);
    assert_eq!(router(&seen, catalog::RSRP), -95.0);
    assert_eq!(router(&seen, catalog::RSRQ), -11.0);
    assert_eq!(router(&seen, catalog::RSSI), -67.0);
    assert_eq!(router(&seen, catalog::BAND), "B3");
    assert_eq!(router(&seen, catalog::PLMN), "20815");
    assert_eq!(router(&seen, catalog::SIGNAL_LEVEL), 4);
}

#[test]
fn the_zeros_of_a_missing_4g_module_are_not_readings() {
    let answer = json!({
        "state": "not_detected", "sim": {"present": false},
        "radio": {"associated": false, "plmn": 0, "signal_level": 0, "bands": [{"enabled": false, "rsrp": 0}]},
    });
    assert!(!has_modem(Node::of(&answer)));
    let seen = decode(&answer, |node, seen| lte(node, seen.router()));
    for value in [
        router(&seen, catalog::LTE_ATTACHED),
        router(&seen, catalog::RSRP),
        router(&seen, catalog::PLMN),
        router(&seen, catalog::SIGNAL_LEVEL),
    ] {
        assert_eq!(value, Json::Null);
    }
}
