//! The bridge as its users run it: a process with a configuration file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::{Map, Value as Json, json};
use tempfile::TempDir;

use router2mqtt::simulators::Running;

/// A configuration, and the process that runs with it.
pub struct Bridge {
    folder: TempDir,
    process: Option<Child>,
    pub configuration: Json,
}

impl Bridge {
    /// A bridge to the broker on this port.
    pub fn new(port: u16) -> Self {
        let configuration = json!({
            "mqtt": {"url": format!("mqtt://127.0.0.1:{port}")},
            "log": "info",
            "routers": {},
        });
        Self { folder: tempfile::tempdir().unwrap(), process: None, configuration }
    }

    /// Adds a simulated box, polled often, with these keys besides its own.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "reads better in tests")]
    pub fn with(mut self, id: &str, simulated: &Running, keys: Json) -> Self {
        self.add(id, simulated, &keys);
        self
    }

    pub fn add(&mut self, id: &str, simulated: &Running, keys: &Json) {
        let mut all: Map<String, Json> = simulated.configuration().as_object().unwrap().clone();
        all.insert("every".into(), json!("1s"));
        all.insert("gap".into(), json!("1ms"));
        all.extend(keys.as_object().unwrap().clone());
        self.configuration["routers"][id] = Json::Object(all);
    }

    pub fn remove(&mut self, id: &str) {
        self.configuration["routers"].as_object_mut().unwrap().remove(id);
    }

    pub fn file(&self) -> PathBuf {
        let file = self.folder.path().join("router2mqtt.json");
        fs::write(&file, serde_json::to_vec_pretty(&self.configuration).unwrap()).unwrap();
        file
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn start(&mut self) {
        assert!(self.process.is_none());
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_router2mqtt"))
            .arg("run")
            .arg("--config")
            .arg(self.file())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.process = Some(process);
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("bridge.log")
    }

    /// Everything it has logged, over all its runs.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// What it has logged about a box at this level.
    pub fn lines(&self, level: &str, box_: &str) -> Vec<String> {
        let is_about = |line: &str| {
            line.split([' ', ':', '{', '}'])
                .any(|word| word == format!("box={box_}") || word == format!("id={box_}"))
        };
        let log = self.log();
        let lines =
            log.lines().filter(|line| line.split_whitespace().nth(1) == Some(level) && is_about(line));
        lines.map(str::to_owned).collect()
    }

    pub fn pid(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    /// Ends it as a crash would.
    pub fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Ends it as a service manager would.
    pub async fn stop(&mut self) -> ExitStatus {
        let mut process = self.process.take().unwrap();
        let told = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
        assert!(told.success());
        super::eventually("the bridge stops", || process.try_wait().unwrap()).await
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
        if std::thread::panicking() {
            eprintln!("--- the bridge's log\n{}", self.log());
        }
    }
}
