//! The bridge and a real Carbon, whose files a real Whisper reads. Run with `cargo test --test carbon -- --ignored`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use router2mqtt::simulators::{self, Options, Running};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use support::bridge::Bridge;
use support::broker::{Embedded, free_port};
use support::eventually;
use support::observer::Observer;

/// A Carbon with files of its own, which keeps a value for each second.
struct Carbon {
    port: u16,
    folder: TempDir,
    process: Option<Child>,
}

impl Carbon {
    async fn start() -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let path = folder.path().to_str().unwrap();
        let lines = [
            "[cache]",
            &format!("STORAGE_DIR = {path}\nLOCAL_DATA_DIR = {path}/whisper\nCONF_DIR = {path}"),
            &format!("LOG_DIR = {path}\nPID_DIR = {path}\nENABLE_LOGROTATION = False\nUSER ="),
            "MAX_CACHE_SIZE = inf\nMAX_UPDATES_PER_SECOND = inf\nMAX_CREATES_PER_MINUTE = inf",
            &format!("LINE_RECEIVER_INTERFACE = 127.0.0.1\nLINE_RECEIVER_PORT = {port}"),
            "ENABLE_UDP_LISTENER = True",
            &format!("UDP_RECEIVER_INTERFACE = 127.0.0.1\nUDP_RECEIVER_PORT = {port}"),
            "PICKLE_RECEIVER_PORT = 0\nCACHE_QUERY_PORT = 0\nENABLE_TAGS = False",
            "WHISPER_AUTOFLUSH = True\nCARBON_METRIC_INTERVAL = 0\n",
        ];
        fs::write(folder.path().join("carbon.conf"), lines.join("\n")).unwrap();
        let schemas = "[all]\npattern = .*\nretentions = 1s:1h\n";
        fs::write(folder.path().join("storage-schemas.conf"), schemas).unwrap();
        let mut carbon = Self { port, folder, process: None };
        carbon.run().await;
        carbon
    }

    async fn run(&mut self) {
        // A Carbon that was killed leaves it behind, and does not start then.
        fs::remove_file(self.folder.path().join("carbon-cache-a.pid")).ok();
        let process = Command::new("carbon-cache")
            .arg(format!("--config={}", self.folder.path().join("carbon.conf").display()))
            .args(["--debug", "start"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("carbon-cache has to be installed for these tests: apt-get install graphite-carbon");
        self.process = Some(process);
        let port = self.port;
        eventually("carbon listens", || std::net::TcpStream::connect(("127.0.0.1", port)).ok()).await;
    }

    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// What Whisper says of a path: the values by their seconds.
    fn values(&self, path: &str) -> BTreeMap<u64, f64> {
        let file: PathBuf = self.folder.path().join("whisper").join(path.replace('.', "/"));
        let read = Command::new("whisper-fetch")
            .args(["--json", &format!("--from={}", now() - 600)])
            .arg(file.with_extension("wsp"))
            .output()
            .expect("whisper-fetch has to be installed: apt-get install python3-whisper");
        // There is no file before there is a value.
        let Ok(all) = serde_json::from_slice::<Json>(&read.stdout) else {
            return BTreeMap::new();
        };
        let start = all["start"].as_u64().unwrap();
        assert_eq!(all["step"], 1);
        let values = all["values"].as_array().unwrap();
        (start..).zip(values).filter_map(|(second, value)| Some((second, value.as_f64()?))).collect()
    }
}

impl Drop for Carbon {
    fn drop(&mut self) {
        self.kill();
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// Paths, with where MQTT has the same, and how many of what Graphite has are one there.
const SAME: &[(&str, &str, &str, f64)] = &[
    ("router2mqtt.freebox.received_bytes", "freebox/state", "received", 1e9),
    ("router2mqtt.freebox.download_rate_bytes_per_second", "freebox/state", "download_rate", 1e6 / 8.0),
    ("router2mqtt.freebox.optical_rx_dbm", "freebox/state", "optical_rx", 1.0),
    ("router2mqtt.freebox.disk.1000.total_bytes", "freebox/disk/1000/state", "disk_total", 1e9),
    ("router2mqtt.modem.downstream.9.snr_db", "modem/channel/down/9/state", "snr", 1.0),
    ("router2mqtt.modem.upstream.1.power_dbmv", "modem/channel/up/1/state", "power", 1.0),
    ("freebox.bytes_down", "freebox/state", "received", 1e9),
];

/// Every value in Graphite is one that MQTT had.
fn agree(carbon: &Carbon, observer: &Observer) {
    let heard = observer.heard();
    for (path, topic, key, scale) in SAME {
        let topic = format!("router2mqtt/{topic}");
        let states = heard.iter().filter(|message| message.topic == topic);
        let said: Vec<f64> = states
            .filter_map(|message| serde_json::from_str::<Json>(&message.payload).ok()?[key].as_f64())
            .collect();
        let values = carbon.values(path);
        assert!(!values.is_empty(), "there is no {path}");
        for (second, value) in values {
            let equals = |said: &f64| (said * scale - value).abs() <= value.abs() * 1e-9 + 1e-3;
            assert!(said.iter().any(equals), "{path} was {value} at {second}, but MQTT said {said:?}");
        }
    }
}

async fn simulated(family: &str) -> Running {
    simulators::start(family, Options { tls: family == "hitron", ..Options::default() }).await.unwrap()
}

const COUNTER: &str = "router2mqtt.freebox.received_bytes";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs carbon-cache and whisper-fetch"]
async fn graphite_has_what_mqtt_has_also_of_the_time_when_carbon_was_away() {
    let mut carbon = Carbon::start().await;
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let (freebox, hitron) = (simulated("freebox").await, simulated("hitron").await);
    let mut bridge =
        Bridge::new(broker.port).with("freebox", &freebox, json!({})).with("modem", &hitron, json!({}));
    bridge.configuration["graphite"] =
        json!({"address": format!("127.0.0.1:{}", carbon.port), "every": "1s", "compat": ["freebox"]});
    let began = now();
    bridge.start();
    eventually("the counter has come several times", || (carbon.values(COUNTER).len() >= 4).then_some(()))
        .await;
    eventually("all paths are there", || {
        SAME.iter().all(|(path, ..)| !carbon.values(path).is_empty()).then_some(())
    })
    .await;
    agree(&carbon, &observer);
    let seconds: Vec<u64> = carbon.values(COUNTER).into_keys().collect();
    assert!(seconds.iter().all(|second| (began..=now()).contains(second)), "{seconds:?}");

    carbon.kill();
    let killed = now();
    eventually("the log says so", || bridge.log().contains("Connection refused").then_some(())).await;
    eventually("some time passes", || (now() >= killed + 6).then_some(())).await;
    carbon.run().await;
    let back = now();
    eventually("what was read meanwhile is there", || {
        let values = carbon.values(COUNTER);
        (values.range(killed + 1..back).count() >= 3 && values.range(back..).count() >= 1).then_some(())
    })
    .await;
    agree(&carbon, &observer);
    eventually("the log says that it is well again", || {
        bridge.log().contains("Graphite takes readings again").then_some(())
    })
    .await;
    let log = bridge.log();
    assert_eq!(log.matches("Connection refused").count(), 1, "it was tried several times, and is said once");

    assert!(bridge.stop().await.success());
    assert!(!bridge.log().contains("not all readings have reached Graphite"));
    let said = observer.payload("router2mqtt/freebox/state").unwrap();
    let last = serde_json::from_str::<Json>(&said).unwrap()["received"].as_f64().unwrap() * 1e9;
    eventually("the last reading is there", || {
        let (_, value) = carbon.values(COUNTER).pop_last()?;
        ((value - last).abs() < 1.0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs carbon-cache and whisper-fetch"]
async fn datagrams_arrive_and_paths_are_those_of_the_template() {
    let carbon = Carbon::start().await;
    let freebox = simulated("freebox").await;
    let mut bridge = Bridge::new(1).with("freebox", &freebox, json!({}));
    bridge.configuration["graphite"] = json!({
        "address": format!("udp://127.0.0.1:{}", carbon.port),
        "every": "1s",
        "template": "home.{metric}.of-{box}.{subject}",
    });
    bridge.start();
    for path in ["home.received_bytes.of-freebox", "home.total_bytes.of-freebox.disk.1000"] {
        eventually(path, || (carbon.values(path).len() >= 2).then_some(())).await;
    }
    assert!(bridge.stop().await.success());
}
