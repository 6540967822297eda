//! What only some boxes have: a mobile modem, or one for telephone lines.

use super::gather::Objects;
use super::grammar::Row;
use super::objects::Object;
use crate::model::{
    BitRate, Count, Decibel, DecibelMilliwatt, Readings, Seconds, State, Text, catalog, printed,
};

pub(super) fn read(objects: &Objects, out: &mut Readings) {
    if let Some(link) = objects.row(Object::LteLink) {
        mobile(link, objects, out);
    }
    if let Some(line) = objects.row(Object::DslLine) {
        telephone(line, objects.row(Object::DslErrors), out);
    }
}

pub(super) fn messages(objects: &Objects, out: &mut Readings) {
    let unread = objects.row(Object::LteSignal).and_then(|signal| signal.count("smsUnreadCount"));
    out.router().set(catalog::SMS_UNREAD, unread.map(Count));
}

/// The numbers of networks and states are those of the box's own page.
fn mobile(link: &Row, objects: &Objects, out: &mut Readings) {
    let signal = |name| objects.row(Object::LteSignal).and_then(|signal| signal.number(name));
    let level = objects.row(Object::LteSignal).and_then(|signal| signal.count("sigLevel"));
    // The speeds are in bytes per second.
    let rate = |name| objects.row(Object::LteRates).and_then(|rates| rates.number(name)).map(BitRate::bytes);
    let operator = objects.row(Object::LteOperator).and_then(|profile| profile.text("ispName"));
    let network = link.count("networkType");
    out.router()
        .set(catalog::MOBILE_DATA, link.flag("enable"))
        .set(catalog::LTE_ATTACHED, network.map(|network| network > 0))
        .set(catalog::NETWORK_TYPE, network.and_then(network_type).map(Text::new))
        .set(catalog::ROAMING, link.flag("roamingStatus"))
        .set(catalog::SIM_STATE, link.count("simStatus").and_then(sim_state).map(State::new))
        .set(catalog::OPERATOR, operator.map(Text::new))
        .set(catalog::SIGNAL_LEVEL, level.filter(|level| *level <= 5).map(Count))
        .set(catalog::RSRP, signal("rfInfoRsrp").filter(|rsrp| *rsrp < 0.0).map(DecibelMilliwatt))
        .set(catalog::RSRQ, signal("rfInfoRsrq").filter(|rsrq| *rsrq < 0.0).map(Decibel))
        .set(catalog::SINR, signal("rfInfoSnr").map(tenths))
        .set(catalog::DOWNLOAD_RATE, rate("curRxSpeed"))
        .set(catalog::UPLOAD_RATE, rate("curTxSpeed"));
}

const fn network_type(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "GSM",
        2 => "WCDMA",
        3 => "4G",
        4 => "TD-SCDMA",
        5 => "CDMA 1x",
        6 => "CDMA 1x EV-DO",
        7 => "4G+",
        _ => return None,
    })
}

const fn sim_state(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "absent",
        2 => "error",
        3 | 5 => "ready",
        4 | 7 => "locked",
        6 => "pin_required",
        _ => return None,
    })
}

/// The box gives margins and attenuations in tenths of a decibel.
fn tenths(number: f64) -> Decibel {
    Decibel(number / 10.0)
}

fn telephone(line: &Row, errors: Option<&Row>, out: &mut Readings) {
    let rate = |name| line.number(name).filter(|rate| *rate > 0.0).map(BitRate::kilobits);
    let decibels = |name| line.number(name).map(tenths);
    let errors = |names: [&str; 2]| {
        let count = names.into_iter().find_map(|name| errors.and_then(|errors| errors.count(name)));
        count.map(Count)
    };
    let uptime = line.read("X_TP_UpTime", printed::duration);
    out.router()
        .set(catalog::XDSL_STATE, line.text("status").and_then(training).map(State::new))
        .set(catalog::XDSL_MODULATION, line.text("modulationType").map(Text::new))
        .set(catalog::XDSL_UPTIME, uptime.map(Seconds::from))
        .set(catalog::XDSL_RATE_DOWN, rate("downstreamCurrRate"))
        .set(catalog::XDSL_RATE_UP, rate("upstreamCurrRate"))
        .set(catalog::XDSL_MAX_RATE_DOWN, rate("downstreamMaxRate"))
        .set(catalog::XDSL_MAX_RATE_UP, rate("upstreamMaxRate"))
        .set(catalog::SNR_MARGIN_DOWN, decibels("downstreamNoiseMargin"))
        .set(catalog::SNR_MARGIN_UP, decibels("upstreamNoiseMargin"))
        .set(catalog::ATTENUATION_DOWN, decibels("downstreamAttenuation"))
        .set(catalog::ATTENUATION_UP, decibels("upstreamAttenuation"))
        .set(catalog::XDSL_CRC_DOWN, errors(["CRCErrors"; 2]))
        .set(catalog::XDSL_CRC_UP, errors(["ATUCCRCErrors"; 2]))
        .set(catalog::XDSL_FEC_DOWN, errors(["FECErrors"; 2]))
        .set(catalog::XDSL_FEC_UP, errors(["ATUCFECErrors"; 2]))
        .set(catalog::XDSL_ES_DOWN, errors(["erroredSecs"; 2]))
        .set(catalog::XDSL_ES_UP, errors(["X_TP_US_ErroredSecs", "X_TPLINK_US_ErroredSecs"]))
        .set(catalog::XDSL_SES_DOWN, errors(["SeverelyErroredSecs"; 2]))
        .set(
            catalog::XDSL_SES_UP,
            errors(["X_TP_US_SeverelyErroredSecs", "X_TPLINK_US_SeverelyErroredSecs"]),
        );
}

fn training(said: &str) -> Option<&'static str> {
    Some(match said.to_ascii_lowercase().as_str() {
        "up" => "showtime",
        "initializing" | "establishinglink" => "training",
        "nosignal" | "nolink" | "down" => "down",
        "disabled" => "disabled",
        _ => return None,
    })
}
