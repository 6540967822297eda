//! What the REST tree says.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::super::page::{Page, Row};
use super::super::signal::in_bytes;
use super::super::{cgnv4, coda, household, life, records};
use super::{Model, Place};
use crate::simulators::Passed;

/// The way out takes its time after a start.
const WAN_IS_LATER: Duration = Duration::from_secs(251);

/// The page below the root of the tree.
pub(super) fn page(path: &str, model: &Model, at: Place<'_>) -> Option<Page> {
    let uptime = at.life.uptime();
    let list = |old: &'static str, new: &'static str| if model.is_new { new } else { old };
    Some(match path {
        "Router/SysInfo" => good(sys_info(model, at)),
        "CM/SysInfo" => good(docsis_wan()),
        "CM/DocsisProvision" => good(cgnv4::provisioning()),
        "CM/DsInfo" => Page::List("Freq_List", downstream(at)),
        "CM/UsInfo" => Page::List("Freq_List", upstream(uptime)),
        "CM/DsOfdm" => Page::List(list("Freq_List", "OFDMs_List"), ofdm(model, uptime)),
        "CM/UsOfdm" => Page::List(list("Freq_List", "OFDMAs_List"), ofdma(model, uptime)),
        "CM/Log" => Page::List("Log_List", records::rows(at.life, records::Style::Numbers)),
        "Hosts" => Page::List("Hosts_List", household::hosts(uptime)),
        "WiFi/Client" => Page::List("Client_List", household::stations(uptime)),
        "WiFi/Radios" => Page::List("Raidos_List", radios()),
        "Advanced/AdvancedSwitch" => Page::List("advSwitch_List", sockets()),
        _ => return None,
    })
}

fn good(mut row: Row) -> Page {
    row.insert(0, ("errCode", json!("000")));
    row.insert(1, ("errMsg", json!("")));
    Page::Object(row)
}

fn sys_info(model: &Model, at: Place<'_>) -> Row {
    let uptime = at.life.uptime();
    let Passed { received: down, sent: up } = at.life.traffic();
    // One firmware counts in bytes, the other in words.
    let bytes = |bytes: u64| if model.is_new { in_bytes(bytes) } else { bytes.to_string() };
    let wan = uptime.saturating_sub(WAN_IS_LATER);
    let span = |span: Duration| {
        if model.is_new { span.as_secs().to_string() } else { life::in_days_and_hours(span) }
    };
    vec![
        ("deviceId", json!("00:00:5E:00:53:F4")),
        ("modelName", json!(model.name)),
        ("vendorName", json!("Hitron Technologies")),
        ("SerialNum", json!("SIM000000004")),
        ("HwVersion", json!("1A")),
        ("ApiVersion", json!("1.12.1")),
        ("SoftwareVersion", json!(model.version)),
        ("sysTime", json!(at.life.time("%Y-%m-%d %H:%M:%S"))),
        ("tz", json!("7_1_0")),
        ("lanName", json!("brlan0")),
        ("privLanIP", json!("192.168.0.1/24")),
        ("lanRx", json!(bytes(up + up / 50))),
        ("lanTx", json!(bytes(down - down / 50))),
        ("wanName", json!("erouter0")),
        ("wanIP", json!(["203.0.113.83", "2001:db8:1000::55"])),
        ("wanRx", json!(bytes(down))),
        ("wanRxPkts", Json::Null),
        ("wanTx", json!(bytes(up))),
        ("dns", json!(["192.0.2.152", "2001:db8::2"])),
        ("rfMac", json!("00:00:5E:00:53:F4")),
        ("secDNS", json!("none")),
        ("systemLanUptime", json!(span(uptime))),
        ("systemWanUptime", json!(span(wan))),
        ("routerMode", json!("Dualstack")),
    ]
}

fn docsis_wan() -> Row {
    vec![
        ("ntAccess", json!("Permitted")),
        ("ip", json!(["198.51.100.138"])),
        ("subMask", json!("255.255.255.0")),
        ("gw", json!("198.51.100.1")),
        ("lease", json!("D: 6 H: 09 M: 25 S: 55")),
        ("Configname", json!("d31_m_simulated.cm")),
        ("DsDataRate", json!("1040000000")),
        ("UsDataRate", json!("31200000")),
        ("macAddr", json!("00:00:5e:00:53:f4")),
    ]
}

/// The field as this tree has it.
fn with(mut row: Row, key: &str, value: &str) -> Row {
    for (_, old) in row.iter_mut().filter(|(name, _)| *name == key) {
        *old = json!(value);
    }
    row
}

/// The same fields as in the data pages, but the modulation in words, and a receiver without a lock.
fn downstream(at: Place<'_>) -> Vec<Row> {
    let rows = coda::downstream(at.life.uptime(), at.parts).into_iter();
    let unlocked = vec![("signalStrength", json!(false)), ("snr", json!(true))];
    rows.map(|row| with(row, "modulation", "QAM256")).chain([unlocked]).collect()
}

/// A transmitter that is not in use is listed, too.
fn upstream(uptime: Duration) -> Vec<Row> {
    let renamed = |row: Row| {
        let row = row.into_iter().filter(|(key, _)| *key != "scdmaMode");
        row.map(|(key, value)| if key == "modtype" { ("modulationType", value) } else { (key, value) })
            .collect()
    };
    let unused = vec![
        ("portId", json!("8")),
        ("frequency", json!("0")),
        ("modulationType", json!("QAM_NONE")),
        ("signalStrength", json!("-")),
        ("bandwidth", json!("1600000")),
        ("channelId", json!("0")),
    ];
    coda::upstream(uptime).into_iter().map(renamed).chain([unused]).collect()
}

/// Without a ratio and without counters.
fn ofdm(model: &Model, uptime: Duration) -> Vec<Row> {
    const KEPT: [&str; 6] = ["ffttype", "Subcarr0freqFreq", "plclock", "ncplock", "mdc1lock", "plcpower"];
    let trimmed = |(number, row): (u32, Row)| {
        let kept = row.into_iter().filter(|(key, _)| KEPT.contains(key));
        let mut row: Row = std::iter::once(("receive", json!(number))).chain(kept).collect();
        if model.is_new && number == 1 {
            row.push(("occupiedbw", json!("629 ~ 812.95")));
        }
        row.into_iter()
            .map(|(key, value)| if value == "NO" { (key, json!(" NO")) } else { (key, value) })
            .collect()
    };
    (0..).zip([coda::unused_ofdm(), coda::ofdm(uptime, true)]).map(trimmed).collect()
}

fn ofdma(model: &Model, uptime: Duration) -> Vec<Row> {
    let rows = [coda::ofdma(uptime), coda::disabled_ofdma()];
    let without_frequency =
        |row: Row| -> Row { row.into_iter().filter(|(key, _)| *key != "frequency").collect() };
    let renamed = |row: Row| {
        let operates = row.iter().any(|(_, value)| value == "   OPERATE");
        if operates && !model.is_new { with(row, "state", "   ENABLED") } else { row }
    };
    rows.into_iter().map(without_frequency).map(renamed).collect()
}

fn radios() -> Vec<Row> {
    let radio = |band, channel, width, number| {
        vec![
            ("band", json!(band)),
            ("wlsOnOff", json!("ON")),
            ("n_bandwidth", json!(width)),
            ("wlsChannel", json!(0)),
            ("autoChannel", json!("ON")),
            ("wlsCurrentChannel", json!(channel)),
            ("Radio_URI", json!(format!("/1/Device/WiFi/Radios/{number}"))),
            ("ssid_list", Json::Null),
        ]
    };
    vec![radio("2.4G", "6", "20MHZ", 1), radio("5G", "36", "80MHZ", 2)]
}

fn sockets() -> Vec<Row> {
    let socket = |port, linked, speed, duplex| {
        vec![
            ("portId", json!(port)),
            ("power", json!("ON")),
            ("speed", json!(speed)),
            ("duplex", json!(duplex)),
            ("linked", json!(linked)),
            ("isWan", json!("0")),
        ]
    };
    vec![socket("1", "Linked", "1000Mbps", "Full"), socket("2", "Unlinked", "-", "-")]
}
