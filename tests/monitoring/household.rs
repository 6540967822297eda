//! A household with a box of every kind, and a past.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use router2mqtt::simulators::{self, Options, Running};
use serde_json::{Value as Json, json};

use crate::support::bridge::Bridge;
use crate::support::broker::free_port;

/// What an hour of the past brought to the plan, and to each device.
const PLAN_HOUR: u64 = 125_000_000;
const DEVICE_HOUR: u64 = 20_000_000;

/// How far the past goes back: beyond the billing cycle before this one.
const HOURS: u32 = 70 * 24;

pub const DEVICES: [&str; 2] = ["02:00:5e:20:00:02", "02:00:5e:20:00:01"];

/// A simulated box of this family and model.
pub async fn simulated(family: &str, model: Option<&str>) -> Running {
    let options =
        Options { model: model.map(str::to_owned), reboot: Duration::from_secs(2), ..Options::default() };
    simulators::start(family, options).await.unwrap()
}

/// The bridge, serving metrics to whoever scrapes this address.
pub fn bridge(broker: u16) -> (Bridge, SocketAddr) {
    let mut bridge = Bridge::new(broker);
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    bridge.configuration["web"] = json!({ "listen": address.to_string() });
    bridge.configuration["timezone"] = json!("UTC");
    (bridge, address)
}

/// A box of every kind, with what an owner says of them. The boxes live as long as they are held.
pub async fn everything(bridge: &mut Bridge) -> BTreeMap<&'static str, Running> {
    bridge.configuration["on_peak"] = json!(["mon-fri 08:00-20:00"]);
    bridge.configuration["people"] = json!({
        "alice": { "name": "Alice", "quota": "1 TB", "devices": [DEVICES[0]] },
        "bob": { "name": "Bob", "devices": [DEVICES[1]] },
    });
    let plan = json!({ "units": "kilobytes", "quota": quota() });
    let all = json!({ "clients": { "randomised": true } });
    let restarts = json!({ "clients": { "randomised": true }, "allow": ["reboot"] });
    let blocks = json!({ "clients": { "randomised": true }, "allow": ["block"] });
    let boxes: [(&'static str, &str, Option<&str>, &Json); 10] = [
        ("fibre", "freebox", None, &restarts),
        ("dsl", "freebox", Some("revolution"), &all),
        ("backup", "freebox", Some("pop-4g"), &all),
        ("modem", "hitron", Some("coda"), &all),
        ("portal", "altibox", None, &all),
        ("plan", "huawei_b593", None, &plan),
        ("mobile", "huawei_hilink", None, &all),
        ("mobile5g", "huawei_hilink", Some("h122-373"), &all),
        ("stick", "huawei_hilink", Some("e3372"), &all),
        ("home", "tplink", None, &blocks),
    ];
    let mut running = BTreeMap::new();
    for (id, family, model, keys) in boxes {
        let simulated = simulated(family, model).await;
        bridge.add(id, &simulated, keys);
        running.insert(id, simulated);
    }
    running
}

/// As much as is used in twenty days, of which ten have passed.
fn quota() -> Json {
    let began = now().to_zoned(TimeZone::UTC).date().saturating_sub(10.days());
    json!({ "limit": "60 GB", "cycle": { "day": began.day().min(28) } })
}

fn now() -> Timestamp {
    jiff::Zoned::now().timestamp()
}

/// Lets other programs have counted before the bridge does: there are days to look back to, and to foresee others from.
pub fn remember(bridge: &Bridge) {
    let folder = bridge.folder();
    let moments = (1..=HOURS).rev().map(|hours| now() - i64::from(hours).hours());
    let moments: Vec<Timestamp> = moments.collect();
    fs::write(folder.join("samples.json"), samples(&moments)).unwrap();
    import(bridge, "b593", &["samples.json", "--box", "plan", "--units", "base"]);
    devices(&folder.join("dalla"), &moments);
    import(bridge, "tplink", &["dalla", "--box", "home"]);
}

fn samples(moments: &[Timestamp]) -> String {
    let mut text = String::new();
    for (passed, moment) in (1..).zip(moments) {
        let (time, volume) = (moment.as_millisecond(), passed * PLAN_HOUR);
        let sample = json!({ "Time": time, "UplinkVolume": volume / 10, "DownlinkVolume": volume });
        writeln!(text, "{sample}").unwrap();
    }
    text
}

fn devices(folder: &Path, moments: &[Timestamp]) {
    for (number, mac) in DEVICES.iter().enumerate() {
        for (passed, moment) in (1..).zip(moments) {
            let month = moment.to_zoned(TimeZone::UTC).strftime("%Y-%-m").to_string();
            let folder = folder.join("logs").join(month).join("devices");
            fs::create_dir_all(&folder).unwrap();
            let file = folder.join(format!("{}_192.168.0.{}.csv", mac.replace(':', "-"), 100 + number));
            let mut text = fs::read_to_string(&file).unwrap_or_default();
            // The counter has 32 bits.
            let total = (passed * DEVICE_HOUR) % (1 << 32);
            writeln!(text, "{}, {total}, 0, 0, 0", moment.as_second()).unwrap();
            fs::write(file, text).unwrap();
        }
    }
}

fn import(bridge: &Bridge, from: &str, arguments: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_router2mqtt"))
        .args(["import", from])
        .args(arguments)
        .arg("--config")
        .arg(bridge.file())
        .current_dir(bridge.folder())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
