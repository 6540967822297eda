//! As `freebox-revolution-monitoring` prints a Freebox: its script, with all of its switches on.
//!
//! Boxes newer than it are shown under its names where they have the same thing, and what it meant to print is printed.

use jiff::Timestamp;

use super::{Told, gauge};
use crate::engine::BoxView;
use crate::metrics::{Family, Point, PointValue, graphite as plaintext, influx as protocol};
use crate::model::{Row, Section, Subject, Value, catalog};

/// What all names begin with.
const PREFIX: &str = "freebox";

/// A line for Graphite; none of a text, which the script prints, and Graphite refuses.
pub(super) fn graphite(point: &Point, at: Timestamp) -> Option<String> {
    plaintext::line(&format!("{PREFIX}.{}", point.key), &point.value, at)
}

/// A line for InfluxDB: one value, without a time, and whole numbers like any other.
pub(super) fn influx(point: &Point, endpoint: &str) -> String {
    let value = match &point.value {
        PointValue::Count(count) => count.to_string(),
        other => protocol::field(other),
    };
    format!("{PREFIX},endpoint={} {}={value}\n", protocol::tag(endpoint), point.key)
}

/// Where the box is, as the script is told it: a host.
pub(super) fn endpoint(view: &BoxView) -> String {
    let url = view.about.url.as_str();
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

/// The same for Prometheus, which the script never knew: an underscore in place of the dot.
pub(super) fn families(view: &BoxView) -> Vec<Family> {
    let family = |Printed { key, row, value }: Printed| {
        #[expect(clippy::cast_precision_loss, reason = "exact up to 9 PB")]
        let value = match value {
            PointValue::Number(number) => number,
            PointValue::Count(count) => count as f64,
            PointValue::Text(_) => return None,
        };
        let mut family = gauge(format!("{PREFIX}_{key}"), row.doc.trim());
        family.push(Vec::new(), value);
        Some(family)
    };
    printed(view).into_iter().filter_map(family).collect()
}

/// What the script prints, in its order, below `freebox`.
pub(super) fn points(view: &BoxView) -> Vec<Point> {
    let point = |Printed { key, value, .. }| Point {
        box_id: view.about.id.clone(),
        subject: Subject::Router,
        key,
        value,
    };
    printed(view).into_iter().map(point).collect()
}

/// One value under its name there, and what it is.
struct Printed {
    key: String,
    row: &'static Row,
    value: PointValue,
}

fn printed(view: &BoxView) -> Vec<Printed> {
    let router = Told::of_itself(view);
    let media = router.text(catalog::MEDIA);
    let mut lines = connection(router);
    // Of the line in use only.
    if media == Some("ftth") {
        lines.extend(fibre(router));
    }
    if media == Some("xdsl") {
        lines.extend(copper(router));
    }
    lines.extend(system(view));
    lines.extend(switch(view));
    lines.extend(disk(view));
    lines
}

impl Told<'_> {
    /// The value under a name of the script, where so many of ours make one of its own.
    fn print(self, key: impl Into<String>, row: &'static Row, per: f64) -> Option<Printed> {
        let value = match self.get(row)? {
            Value::Number(number) => PointValue::Number(number / per),
            Value::Count(count) => PointValue::Count(*count),
            Value::Flag(flag) => PointValue::Count(u64::from(*flag)),
            Value::Text(text) => PointValue::Text(text.clone()),
            Value::Moment(_) => return None,
        };
        Some(Printed { key: key.into(), row, value })
    }

    fn print_all<const N: usize>(self, names: [(&'static str, &'static Row, f64); N]) -> Vec<Printed> {
        names.into_iter().filter_map(|(key, row, per)| self.print(key, row, per)).collect()
    }
}

/// Rates of the traffic are bytes, those of the line are bits.
fn connection(router: Told<'_>) -> Vec<Printed> {
    router.print_all([
        ("bytes_down", catalog::RECEIVED.row(), 1.0),
        ("bytes_up", catalog::SENT.row(), 1.0),
        ("rate_down", catalog::DOWNLOAD_RATE.row(), 8.0),
        ("rate_up", catalog::UPLOAD_RATE.row(), 8.0),
        ("bandwidth_down", catalog::LINE_RATE_DOWN.row(), 1.0),
        ("bandwidth_up", catalog::LINE_RATE_UP.row(), 1.0),
        ("state", catalog::WAN.row(), 1.0),
    ])
}

/// Hundredths of a dBm, which are whole numbers. The script has the code for them, but misspells the medium.
fn fibre(router: Told<'_>) -> impl Iterator<Item = Printed> {
    let powers = [("sfp_pwr_rx", catalog::OPTICAL_RX), ("sfp_pwr_tx", catalog::OPTICAL_TX)];
    powers.into_iter().filter_map(move |(key, power)| {
        let hundredths = (router.number(power)? * 100.0).round();
        Some(Printed { key: key.into(), row: power.row(), value: PointValue::Number(hundredths) })
    })
}

fn copper(router: Told<'_>) -> Vec<Printed> {
    let state = router.text(catalog::XDSL_STATE);
    let number = state.map(|state| Printed {
        key: "xdsl_status".into(),
        row: catalog::XDSL_STATE.row(),
        value: PointValue::Count(step(state)),
    });
    let modulation = router.text(catalog::XDSL_MODULATION).zip(router.text(catalog::XDSL_PROTOCOL));
    let modulation = modulation.map(|(modulation, protocol)| Printed {
        key: "xdsl_modulation".into(),
        row: catalog::XDSL_MODULATION.row(),
        value: PointValue::Text(format!("{modulation} ({protocol})")),
    });
    let status = [
        modulation,
        router.print("xdsl_uptime", catalog::XDSL_UPTIME.row(), 1.0),
        router.print("xdsl_status_string", catalog::XDSL_STATE.row(), 1.0),
        number,
    ];
    status.into_iter().flatten().chain(down(router)).chain(up(router)).collect()
}

/// The script's number for where the line stands in its training.
fn step(state: &str) -> u64 {
    match state {
        "down" => 0,
        "training" => 1,
        "started" => 2,
        "chan_analysis" => 3,
        "msg_exchange" => 4,
        "showtime" => 5,
        "disabled" => 6,
        _ => 999,
    }
}

/// Rates are kbit/s, levels dB.
fn down(router: Told<'_>) -> Vec<Printed> {
    router.print_all([
        ("xdsl_down_es", catalog::XDSL_ES_DOWN.row(), 1.0),
        ("xdsl_down_attn", catalog::ATTENUATION_DOWN.row(), 1.0),
        ("xdsl_down_snr", catalog::SNR_MARGIN_DOWN.row(), 1.0),
        ("xdsl_down_rate", catalog::XDSL_RATE_DOWN.row(), 1e3),
        ("xdsl_down_hec", catalog::XDSL_HEC_DOWN.row(), 1.0),
        ("xdsl_down_crc", catalog::XDSL_CRC_DOWN.row(), 1.0),
        ("xdsl_down_ses", catalog::XDSL_SES_DOWN.row(), 1.0),
        ("xdsl_down_fec", catalog::XDSL_FEC_DOWN.row(), 1.0),
        ("xdsl_down_maxrate", catalog::XDSL_MAX_RATE_DOWN.row(), 1e3),
        ("xdsl_down_rtx_tx", catalog::XDSL_RTX_TX_DOWN.row(), 1.0),
        ("xdsl_down_rtx_c", catalog::XDSL_RTX_C_DOWN.row(), 1.0),
        ("xdsl_down_rtx_uc", catalog::XDSL_RTX_UC_DOWN.row(), 1.0),
    ])
}

fn up(router: Told<'_>) -> Vec<Printed> {
    router.print_all([
        ("xdsl_up_es", catalog::XDSL_ES_UP.row(), 1.0),
        ("xdsl_up_attn", catalog::ATTENUATION_UP.row(), 1.0),
        ("xdsl_up_snr", catalog::SNR_MARGIN_UP.row(), 1.0),
        ("xdsl_up_rate", catalog::XDSL_RATE_UP.row(), 1e3),
        ("xdsl_up_hec", catalog::XDSL_HEC_UP.row(), 1.0),
        ("xdsl_up_crc", catalog::XDSL_CRC_UP.row(), 1.0),
        ("xdsl_up_ses", catalog::XDSL_SES_UP.row(), 1.0),
        ("xdsl_up_fec", catalog::XDSL_FEC_UP.row(), 1.0),
        ("xdsl_up_maxrate", catalog::XDSL_MAX_RATE_UP.row(), 1e3),
        ("xdsl_up_rtx_tx", catalog::XDSL_RTX_TX_UP.row(), 1.0),
        ("xdsl_up_rtx_c", catalog::XDSL_RTX_C_UP.row(), 1.0),
        ("xdsl_up_rtx_uc", catalog::XDSL_RTX_UC_UP.row(), 1.0),
    ])
}

/// The script knows one fan and the three sensors of a Revolution. Other boxes have others, which stand under the ids that the box
/// gives them, as those three do.
fn system(view: &BoxView) -> Vec<Printed> {
    let things = || Told::in_section(view, Section::System);
    let router = Told::of_itself(view);
    let fan = things().find_map(|fan| fan.print("sys_fan_rpm", catalog::FAN_SPEED.row(), 1.0));
    let sensors = things().filter(|thing| matches!(thing.subject, Subject::Sensor(_))).filter_map(|sensor| {
        sensor.print(format!("sys_{}", sensor.subject.id()), catalog::TEMPERATURE.row(), 1.0)
    });
    let rest = [
        router.print("sys_uptime", catalog::UPTIME.row(), 1.0),
        router.print("firmware_version", catalog::FIRMWARE.row(), 1.0),
    ];
    fan.into_iter().chain(sensors).chain(rest.into_iter().flatten()).collect()
}

/// Every port, by its number, where the script has four; first what is plugged in, then what passes.
fn switch(view: &BoxView) -> Vec<Printed> {
    let mut ports: Vec<_> = Told::in_section(view, Section::Ports).collect();
    ports.sort_by_key(|port| number_of(port.subject));
    let status = ports.iter().flat_map(|port| {
        let id = port.subject.id();
        let mode = port.flag(catalog::LINK).map(|up| Printed {
            key: format!("switch_{id}_mode"),
            row: catalog::PORT_MODE.row(),
            value: PointValue::Count(if up { mode(*port) } else { 0 }),
        });
        [port.print(format!("switch_{id}_link"), catalog::LINK.row(), 1.0), mode]
    });
    let passing = ports.iter().flat_map(|port| {
        let id = port.subject.id();
        [("rx", catalog::RX_RATE), ("tx", catalog::TX_RATE)]
            .map(|(way, rate)| port.print(format!("switch_{id}_{way}_bytes_rate"), rate.row(), 8.0))
    });
    status.chain(passing).flatten().collect()
}

/// The script's number for a speed, and two more for speeds that it does not know; 0 for any other, and while the link is down.
fn mode(port: Told<'_>) -> u64 {
    let mode = port.text(catalog::PORT_MODE).unwrap_or_default();
    let known = ["10BaseT", "100BaseT", "1000BaseT", "2500BaseT", "10000BaseT"];
    (1..).zip(known).find(|(_, speed)| mode.contains(speed)).map_or(0, |(number, _)| number)
}

fn number_of(subject: &Subject) -> u64 {
    subject.id().parse().unwrap_or(u64::MAX)
}

/// The script knows one disk, the internal one: the first that has a size.
fn disk(view: &BoxView) -> Vec<Printed> {
    let sized =
        Told::in_section(view, Section::Storage).filter(|disk| disk.get(catalog::DISK_TOTAL.row()).is_some());
    let Some(disk) = sized.min_by_key(|disk| number_of(disk.subject)) else {
        return Vec::new();
    };
    disk.print_all([
        ("disk_total_bytes", catalog::DISK_TOTAL.row(), 1.0),
        ("disk_used_bytes", catalog::DISK_USED.row(), 1.0),
        ("disk_temp", catalog::TEMPERATURE.row(), 1.0),
    ])
}
