//! `hitron-exporter`, rebuilt.

use router2mqtt::engine::BoxView;
use router2mqtt::metrics::compat::Compat;
use router2mqtt::routers::hitron;
use serde_json::{Value as Json, json};

use crate::page::{Page, page, same};
use crate::visit::Visit;

/// The five pages that it reads.
struct Pages {
    upstream: Json,
    downstream: Json,
    info: Json,
    model: Json,
    init: Json,
}

impl Pages {
    fn of(visit: &Visit) -> Self {
        let at = |page: &str| visit.answers.at(&format!("/data/{page}.asp")).unwrap();
        Self {
            upstream: at("usinfo"),
            downstream: at("dsinfo"),
            info: at("getSysInfo")[0].clone(),
            model: at("system_model"),
            init: at("getCMInit")[0].clone(),
        }
    }
}

fn words<'a>(of: &'a Json, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_default()
}

/// What it exports of these pages. A value that it cannot read it leaves out, and only that one.
fn exporter(pages: &Pages) -> Page {
    let mut out = Page::default();
    let mut channels = |name: &str, rows: &Json, field: &str| {
        out.family(name, "gauge", "");
        for row in rows.as_array().unwrap() {
            let labels = [
                ("channel", words(row, "channelId")),
                ("frequency", words(row, "frequency")),
                ("port", words(row, "portId")),
            ];
            if let Ok(value) = words(row, field).parse() {
                out.sample(name, &labels, value);
            }
        }
    };
    channels("hitron_channel_upstream_signal_strength_dbmv", &pages.upstream, "signalStrength");
    channels("hitron_channel_upstream_bandwidth", &pages.upstream, "bandwidth");
    channels("hitron_channel_downstream_signal_strength_dbmv", &pages.downstream, "signalStrength");
    channels("hitron_channel_downstream_snr", &pages.downstream, "snr");

    let uptime = uptime(words(&pages.info, "systemUptime"));
    out.family("hitron_system_uptime_seconds_total", "counter", "");
    out.sample("hitron_system_uptime_seconds_total", &[], uptime);
    out.family("hitron_system_clock_timestamp_seconds", "gauge", "");
    out.sample("hitron_system_clock_timestamp_seconds", &[], clock(words(&pages.info, "systemTime")));

    for (name, lan, wan) in [
        ("hitron_network_transmit_bytes_total", "LSendPkt", "WSendPkt"),
        ("hitron_network_receive_bytes_total", "LRecPkt", "WRecPkt"),
    ] {
        let totals =
            [("lan", lan), ("wan", wan)].map(|(device, key)| (device, total(words(&pages.info, key))));
        if totals.iter().any(|(_, total)| total.is_some()) {
            out.family(name, "counter", "");
        }
        for (device, total) in totals {
            total.into_iter().for_each(|total| out.sample(name, &[("device", device)], total));
        }
    }

    out.family("hitron_system_info", "gauge", "");
    let labels = [
        ("hardware_version", words(&pages.info, "hwVersion")),
        ("model_name", words(&pages.model, "modelName")),
        ("serial_number", words(&pages.info, "serialNumber")),
        ("software_version", words(&pages.info, "swVersion")),
    ];
    out.sample("hitron_system_info", &labels, 1.0);
    out.family("hitron_cm_bpi_info", "gauge", "Cable Modem Baseline Privacy Interface");
    let privacy = words(&pages.init, "bpiStatus").to_lowercase();
    let labels: Vec<_> = privacy.split(',').map(|part| part.trim().split_once(':').unwrap()).collect();
    out.sample("hitron_cm_bpi_info", &labels, 1.0);
    out
}

/// `0 Days,03 Hours,48 Minutes,54 Seconds`, or the same with fewer words.
fn uptime(printed: &str) -> f64 {
    let numbers = printed.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let numbers: Vec<f64> = numbers.map(|part| part.parse().unwrap()).collect();
    let units = [86_400.0, 3600.0, 60.0, 1.0];
    numbers.iter().rev().zip(units.iter().rev()).map(|(number, unit)| number * unit).sum()
}

/// `Fri Jun 17, 2022, 17:09:10`, as if it were UTC.
fn clock(printed: &str) -> f64 {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<_> = printed.split([' ', ',', ':']).filter(|part| !part.is_empty()).collect();
    let [_, month, rest @ ..] = parts.as_slice() else { panic!("{printed}") };
    let [day, year, hours, minutes, seconds] =
        rest.iter().map(|part| part.parse::<u32>().unwrap()).collect::<Vec<_>>().try_into().unwrap();
    let is_leap =
        |year: u32| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let lengths = [31, 28 + u32::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let month = MONTHS.iter().position(|name| name == month).unwrap();
    let years: u32 = (1970..year).map(|year| 365 + u32::from(is_leap(year))).sum();
    let days = years + lengths[..month].iter().sum::<u32>() + day - 1;
    f64::from(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
}

/// `40.25M Bytes`, in powers of 1000.
fn total(printed: &str) -> Option<f64> {
    let amount = printed.strip_suffix(" Bytes")?;
    let zeros = match amount.chars().last()? {
        'K' => 3,
        'M' => 6,
        'G' => 9,
        'T' => 12,
        _ => 0,
    };
    let (whole, decimals) =
        amount.trim_end_matches(['K', 'M', 'G', 'T']).split_once('.').unwrap_or((amount, ""));
    let whole = whole.trim_end_matches(['K', 'M', 'G', 'T']);
    Some(format!("{whole}{decimals:0<zeros$}").parse().unwrap())
}

/// Each metric of the exporter, from what the modem says at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn a_modem_is_shown_as_the_hitron_exporter_shows_it() {
    for visit in Visit::to_all_of(Compat::Hitron).await {
        let ours = page(Compat::Hitron, &visit.view);
        same(&visit.name, &ours.to_string(), &exporter(&Pages::of(&visit)).to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_modem_is_shown_as_the_hitron_exporter_shows_it() {
    for name in ["hitron-cgnv4", "hitron-coda"] {
        let visit = Visit::to_recording(name).await;
        let ours = page(Compat::Hitron, &visit.view);
        same(name, &ours.to_string(), &exporter(&Pages::of(&visit)).to_string());
    }
}

/// What the exporter's own documentation shows, and what it does not do: lose zeros, terabytes, or all rows because of one.
#[tokio::test(flavor = "multi_thread")]
async fn its_mistakes_are_not_ours() {
    let pages = Pages {
        upstream: json!([
            {"portId": "1", "frequency": "39400000", "bandwidth": "6400000", "scdmaMode": "ATDMA", "signalStrength": "37.000", "channelId": "2"},
            {"portId": "2", "frequency": "51000199", "bandwidth": "NA", "scdmaMode": "ATDMA", "signalStrength": "-", "channelId": "1"},
        ]),
        downstream: json!([
            {"portId": "1", "frequency": "426250000", "modulation": "2", "signalStrength": "16.800", "snr": "40.946", "channelId": "9"},
            {"portId": "2", "frequency": "362250000", "modulation": "2", "signalStrength": "0.000", "snr": "40.366", "channelId": "1"},
            {"portId": "3", "frequency": "370250000", "modulation": "9", "signalStrength": "-2.200", "snr": "NA", "channelId": "10"},
            {"portId": "4", "frequency": "378250000", "modulation": "2", "signalStrength": "3.100", "snr": "38.605", "channelId": "9"},
        ]),
        info: json!({
            "hwVersion": "2D", "swVersion": "4.5.10.201-CD-UPC", "serialNumber": "ABC123",
            "systemUptime": "0 Days,0 Hours,0 Minutes,0 Seconds", "systemTime": "Thu Jan 01, 1970, 00:00:00",
            "WRecPkt": "567T Bytes", "WSendPkt": "0 Bytes", "LRecPkt": "1.61G Bytes", "LSendPkt": "40.14M Bytes",
        }),
        model: json!({"modelName": "CGNV4-FX4", "skipWizard": "1"}),
        init: json!({"bpiStatus": "AUTH:start, TEK:operational"}),
    };
    let bodies = [
        ("/data/usinfo.asp", pages.upstream.to_string()),
        ("/data/dsinfo.asp", pages.downstream.to_string()),
        ("/data/getSysInfo.asp", json!([pages.info]).to_string()),
        ("/data/system_model.asp", pages.model.to_string()),
        ("/data/getCMInit.asp", json!([pages.init]).to_string()),
    ];
    let seen = hitron::decode(bodies.iter().map(|(path, body)| (*path, body.as_bytes())));
    let about = Visit::to("hitron", "coda", false).await.view.about;
    let ours = page(Compat::Hitron, &BoxView::visited(about, seen)).to_string();
    same("composed pages", &ours, &exporter(&pages).to_string());
    for line in [
        "hitron_channel_upstream_signal_strength_dbmv{channel=\"2\",frequency=\"39400000\",port=\"1\"} 37",
        "hitron_channel_upstream_bandwidth{channel=\"2\",frequency=\"39400000\",port=\"1\"} 6400000",
        "hitron_channel_downstream_signal_strength_dbmv{channel=\"1\",frequency=\"362250000\",port=\"2\"} 0",
        "hitron_channel_downstream_snr{channel=\"9\",frequency=\"426250000\",port=\"1\"} 40.946",
        "hitron_channel_downstream_snr{channel=\"9\",frequency=\"378250000\",port=\"4\"} 38.605",
        "hitron_system_uptime_seconds_total 0",
        "hitron_system_clock_timestamp_seconds 0",
        "hitron_network_transmit_bytes_total{device=\"lan\"} 40140000",
        "hitron_network_transmit_bytes_total{device=\"wan\"} 0",
        "hitron_network_receive_bytes_total{device=\"lan\"} 1610000000",
        "hitron_network_receive_bytes_total{device=\"wan\"} 567000000000000",
        "hitron_system_info{hardware_version=\"2D\",model_name=\"CGNV4-FX4\",serial_number=\"ABC123\",software_version=\"4.5.10.201-CD-UPC\"} 1",
        "hitron_cm_bpi_info{auth=\"start\",tek=\"operational\"} 1",
    ] {
        assert!(ours.lines().any(|ours| ours == line), "{line} is not in {ours}");
    }
}
