//! A real Prometheus in a directory of its own, with the configuration of `examples/prometheus`.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use jiff::SignedDuration;
use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::broker::free_port;

/// Where the bridge listens in the examples.
const USUAL: &str = "localhost:8099";

pub fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/prometheus")
}

/// Runs the tool that comes with it, among the examples.
pub fn promtool(arguments: &[&str]) -> Output {
    Command::new("promtool").args(arguments).current_dir(examples()).output().expect(
        "promtool has to be installed for these tests: apt-get install --no-install-recommends prometheus",
    )
}

/// One that is running.
pub struct Prometheus {
    port: u16,
    folder: TempDir,
    process: Child,
}

impl Prometheus {
    /// Scrapes what is at this address, in a hurry, and waits for nothing before it gives an alarm.
    pub async fn of(bridge: SocketAddr) -> Self {
        Self::with(bridge, str::to_owned).await
    }

    /// The same with a change of the configuration.
    pub async fn with(bridge: SocketAddr, change: impl Fn(&str) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str| fs::read_to_string(examples().join(name)).unwrap();
        let configuration = change(&read("prometheus.yml"))
            .replace(USUAL, &bridge.to_string())
            .replace("interval: 15s", "interval: 1s");
        assert!(configuration.contains(&bridge.to_string()), "the example has another target");
        fs::write(folder.path().join("prometheus.yml"), configuration).unwrap();
        let hurried = |line: &str| match line.split_once("for: ") {
            Some((indent, _)) if indent.trim().is_empty() => format!("{indent}for: 1s\n"),
            _ => format!("{line}\n"),
        };
        let alerts: String = read("alerts.yml").lines().map(hurried).collect();
        fs::write(folder.path().join("alerts.yml"), alerts).unwrap();
        let port = free_port();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let process = Command::new("prometheus")
            .arg("--config.file=prometheus.yml")
            .arg("--storage.tsdb.path=data")
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("prometheus has to be installed for these tests: apt-get install --no-install-recommends prometheus");
        let prometheus = Self { port, folder, process };
        prometheus
            .eventually("it is ready", "/-/ready", |answer| answer.contains("Ready").then_some(()))
            .await;
        prometheus
    }

    /// Asks until the answer is as wanted.
    async fn eventually<T>(&self, what: &str, path: &str, look: impl Fn(&str) -> Option<T>) -> T {
        let deadline = tokio::time::Instant::now() + crate::support::PATIENCE;
        loop {
            let answer = get(self.port, path).await.unwrap_or_default();
            if let Some(found) = look(&answer) {
                return found;
            }
            assert!(tokio::time::Instant::now() < deadline, "never happened: {what}; {path} says {answer}");
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }

    /// What a question is answered with, asked so many seconds ago; an error is one of the question.
    pub async fn ask(&self, question: &str, ago: i64) -> Result<Vec<Json>, String> {
        let at = jiff::Zoned::now().timestamp() - SignedDuration::from_secs(ago);
        let path = format!("/api/v1/query?time={at}&query={}", encoded(question));
        let answer = get(self.port, &path).await.ok_or("no answer")?;
        let answer: Json = serde_json::from_str(&answer).map_err(|error| format!("{error}: {answer}"))?;
        if answer["status"] != "success" {
            return Err(answer["error"].to_string());
        }
        Ok(answer["data"]["result"].as_array().cloned().unwrap_or_default())
    }

    /// The values of a label on series of this name.
    pub async fn values_of(&self, label: &str, series: &str) -> Vec<Json> {
        let path = format!("/api/v1/label/{label}/values?match[]={}", encoded(series));
        let answer: Json = serde_json::from_str(&get(self.port, &path).await.unwrap()).unwrap();
        answer["data"].as_array().cloned().unwrap_or_default()
    }

    /// Waits until every target is scraped without an error, of which there are so many.
    pub async fn targets_are_up(&self, count: usize) {
        self.eventually("all targets are up", "/api/v1/targets?state=active", |answer| {
            let answer: Json = serde_json::from_str(answer).ok()?;
            let targets = answer["data"]["activeTargets"].as_array()?;
            let up = targets.iter().filter(|target| target["health"] == "up" && target["lastError"] == "");
            (targets.len() == count && up.count() == count).then_some(())
        })
        .await;
    }

    /// Waits until this alert is firing for this box, or is not any more, and gives what it says.
    pub async fn alert(&self, name: &str, of: Option<&str>, firing: bool) -> Json {
        let what = format!("{name} of {of:?} {}", if firing { "fires" } else { "is over" });
        self.eventually(&what, "/api/v1/alerts", |answer| {
            let answer: Json = serde_json::from_str(answer).ok()?;
            let found = answer["data"]["alerts"].as_array()?.iter().find(|alert| {
                let labels = &alert["labels"];
                labels["alertname"] == name
                    && of.is_none_or(|id| labels["box"] == id)
                    && alert["state"] == "firing"
            });
            match (found, firing) {
                (Some(alert), true) => Some(alert.clone()),
                (None, false) => Some(Json::Null),
                _ => None,
            }
        })
        .await
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            eprintln!("--- Prometheus' log\n{log}");
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

/// The body of a page; nothing when nobody answers.
pub async fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    // An answer to HTTP/1.0 comes in one piece, and ends with the connection.
    let request = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned())
}
