//! `freebox_monitor.py`, rebuilt: with all of its switches on, its misspelt word corrected, and what newer boxes call its values.

use jiff::Timestamp;
use router2mqtt::metrics::compat::{self, Compat};
use serde_json::Value as Json;

use crate::page::{Page, page, same};
use crate::visit::Visit;

/// What it prints, in its order: name and value, as text; words in quotes.
type Printed = Vec<(String, String)>;

fn script(visit: &Visit) -> Printed {
    let mut out = Printed::new();
    let at = |end: &str| visit.answers.at(end).map(|answer| answer["result"].clone()).unwrap_or_default();
    let connection = at("/connection/");
    for key in ["bytes_down", "bytes_up", "rate_down", "rate_up", "bandwidth_down", "bandwidth_up"] {
        out.push((key.to_owned(), connection[key].to_string()));
    }
    out.push(("state".to_owned(), u8::from(connection["state"] == "up").to_string()));
    if connection["media"] == "ftth" {
        let ftth = at("/connection/ftth/");
        for key in ["sfp_pwr_rx", "sfp_pwr_tx"] {
            out.push((key.to_owned(), ftth[key].to_string()));
        }
    }
    if connection["media"] == "xdsl" {
        xdsl(&at("/connection/xdsl/"), &mut out);
    }
    system(&at("/system/"), &mut out);
    switch(visit, &at("/switch/status/"), &mut out);
    disk(&at("/storage/disk/"), &mut out);
    out
}

fn xdsl(xdsl: &Json, out: &mut Printed) {
    const STEPS: [&str; 7] =
        ["down", "training", "started", "chan_analysis", "msg_exchange", "showtime", "disabled"];
    let status = &xdsl["status"];
    let word = |key: &str| status[key].as_str().unwrap();
    out.push(("xdsl_modulation".into(), format!("\"{} ({})\"", word("modulation"), word("protocol"))));
    out.push(("xdsl_uptime".into(), status["uptime"].to_string()));
    out.push(("xdsl_status_string".into(), format!("\"{}\"", word("status"))));
    let step = STEPS.iter().position(|step| *step == word("status")).unwrap_or(999);
    out.push(("xdsl_status".into(), step.to_string()));
    for way in ["down", "up"] {
        for key in
            ["es", "attn", "snr", "rate", "hec", "crc", "ses", "fec", "maxrate", "rtx_tx", "rtx_c", "rtx_uc"]
        {
            let tenths = xdsl[way][format!("{key}_10")].as_f64().filter(|tenths| *tenths > 0.0);
            let value =
                tenths.map_or_else(|| xdsl[way][key].to_string(), |tenths| (tenths / 10.0).to_string());
            if value != "null" {
                out.push((format!("xdsl_{way}_{key}"), value));
            }
        }
    }
}

fn system(system: &Json, out: &mut Printed) {
    let of = |list: &str| -> Vec<(String, String)> {
        let list = system[list].as_array().into_iter().flatten();
        list.map(|thing| (thing["id"].as_str().unwrap().to_owned(), thing["value"].to_string())).collect()
    };
    let mut fans = of("fans");
    fans.sort();
    let fan = fans.first().map(|(_, value)| value.clone());
    let fan = fan.or_else(|| system.get("fan_rpm").map(ToString::to_string));
    out.extend(fan.map(|fan| ("sys_fan_rpm".to_owned(), fan)));
    let fields = system.as_object().unwrap().iter().filter(|(key, _)| key.starts_with("temp_"));
    let mut sensors = of("sensors");
    sensors.extend(fields.map(|(key, value)| (key.clone(), value.to_string())));
    sensors.sort();
    out.extend(sensors.into_iter().map(|(id, value)| (format!("sys_{id}"), value)));
    out.push(("sys_uptime".to_owned(), system["uptime_val"].to_string()));
    out.push(("firmware_version".to_owned(), system["firmware_version"].to_string()));
}

fn switch(visit: &Visit, status: &Json, out: &mut Printed) {
    let mut ports = status.as_array().cloned().unwrap_or_default();
    ports.sort_by_key(|port| port["id"].as_u64());
    for port in &ports {
        let (id, up, mode) = (&port["id"], port["link"] != "down", port["mode"].as_str().unwrap());
        out.push((format!("switch_{id}_link"), u8::from(up).to_string()));
        let mode = match mode.split('-').next().unwrap() {
            _ if !up => 0,
            "10BaseT" => 1,
            "100BaseT" => 2,
            "1000BaseT" => 3,
            "2500BaseT" => 4,
            "10000BaseT" => 5,
            _ => 0,
        };
        out.push((format!("switch_{id}_mode"), mode.to_string()));
    }
    for port in &ports {
        let id = &port["id"];
        let stats = visit.answers.at(&format!("/switch/port/{id}/stats")).unwrap();
        for way in ["rx", "tx"] {
            let rate = stats["result"][format!("{way}_bytes_rate")].as_i64().unwrap();
            // A box that does not know says -1.
            if rate >= 0 {
                out.push((format!("switch_{id}_{way}_bytes_rate"), rate.to_string()));
            }
        }
    }
}

fn disk(disks: &Json, out: &mut Printed) {
    let mut disks = disks.as_array().cloned().unwrap_or_default();
    disks.sort_by_key(|disk| disk["id"].as_u64());
    let mounted = |disk: &Json| disk["partitions"][0]["state"] == "mounted";
    if let Some(disk) = disks.into_iter().find(mounted) {
        for key in ["total_bytes", "used_bytes"] {
            out.push((format!("disk_{key}"), disk["partitions"][0][key].to_string()));
        }
        if disk["temp"] != 0 {
            out.push(("disk_temp".to_owned(), disk["temp"].to_string()));
        }
    }
}

fn all_the_same(visit: &Visit) {
    let printed = script(visit);
    let at = Timestamp::from_second(1_800_000_000).unwrap();
    let numbers = || printed.iter().filter(|(_, value)| !value.starts_with('"'));

    let lines = numbers().map(|(name, value)| format!("freebox.{name} {value} 1800000000\n"));
    let ours = compat::graphite(Compat::Freebox, &visit.view, at).unwrap();
    same(&visit.name, &ours, &lines.collect::<String>());

    let url = visit.view.about.url.clone();
    let endpoint = url.split("://").nth(1).unwrap().trim_end_matches('/');
    let lines = printed.iter().map(|(name, value)| format!("freebox,endpoint={endpoint} {name}={value}\n"));
    same(&visit.name, &compat::influx(Compat::Freebox, &visit.view).unwrap(), &lines.collect::<String>());

    let mut theirs = Page::default();
    let ours = page(Compat::Freebox, &visit.view).to_string();
    for (name, value) in numbers() {
        let name = format!("freebox_{name}");
        // What it means is ours to say: there is no such exporter.
        let help = format!("# HELP {name} ");
        let help = ours.lines().find_map(|line| line.strip_prefix(&help)).unwrap_or_default();
        theirs.family(&name, "gauge", help).sample(&name, &[], value.parse().unwrap());
    }
    same(&visit.name, &ours, &theirs.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freebox_is_printed_as_its_script_prints_it() {
    for visit in Visit::to_all_of(Compat::Freebox).await {
        all_the_same(&visit);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_freebox_is_printed_as_its_script_prints_it() {
    for name in ["freebox-revolution", "freebox-ultra"] {
        all_the_same(&Visit::to_recording(name).await);
    }
}
