//! The program as somebody runs it who wants an answer, in a directory of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use router2mqtt::simulators::Running;

/// Longer than any command here may take.
const LIMIT: Duration = Duration::from_secs(60);

/// How a command ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Outcome {
    pub fn lines(&self) -> Vec<&str> {
        self.out.lines().collect()
    }
}

/// A directory with nothing of ours in it, and no environment.
pub struct Home {
    folder: TempDir,
}

impl Home {
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With these boxes, and a broker at this port.
    pub fn with(broker: u16, routers: &[(&str, Json)]) -> Self {
        let home = Self::empty();
        home.configure(broker, routers);
        home
    }

    pub fn configure(&self, broker: u16, routers: &[(&str, Json)]) {
        let routers: Map<_, _> = routers.iter().map(|(id, keys)| ((*id).to_owned(), keys.clone())).collect();
        let all = json!({"mqtt": {"url": format!("mqtt://127.0.0.1:{broker}")}, "routers": routers});
        self.write("router2mqtt.json", &all.to_string());
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_router2mqtt"));
        command.args(arguments).current_dir(self.folder()).env_clear().kill_on_drop(true);
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Outcome {
        let output = tokio::time::timeout(LIMIT, self.command(arguments).output())
            .await
            .unwrap_or_else(|_| panic!("{arguments:?} does not end"))
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Starts a command that stays, and reads the first line it prints.
    pub async fn start(&self, arguments: &[&str]) -> (Child, String) {
        let mut child = self.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = tokio::time::timeout(LIMIT, lines.next_line()).await.expect("it prints nothing").unwrap();
        // A program whose words nobody takes any more ends.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        (child, first.expect("it printed nothing and ended"))
    }
}

/// Ends a process as a service manager would, and gives its exit code.
pub async fn terminate(mut child: Child) -> Option<i32> {
    let id = child.id().expect("it ended by itself").to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    tokio::time::timeout(LIMIT, child.wait()).await.expect("it does not end").unwrap().code()
}

/// The keys of a simulated box, with some of them changed; `null` takes one away.
pub fn keys(of: &Running, changed: &Json) -> Json {
    let mut keys = of.configuration();
    let all = keys.as_object_mut().unwrap();
    all.insert("gap".into(), json!("1ms"));
    all.extend(changed.as_object().unwrap().clone());
    all.retain(|_, value| !value.is_null());
    keys
}
