//! A real Node-RED, installed from npm beside what Cargo builds, with a directory of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use reqwest::{Client, StatusCode};
use serde_json::Value as Json;
use tempfile::TempDir;

use crate::support::broker::free_port;
use crate::support::eventually;

/// Where it is to be found after [`install`].
fn home() -> PathBuf {
    let built = Path::new(env!("CARGO_BIN_EXE_router2mqtt"));
    built.ancestors().nth(2).unwrap().join("node-red")
}

/// Installs the versions that `package-lock.json` names, unless they are there.
fn install() -> PathBuf {
    let (here, home) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node-red"), home());
    let (wanted, installed) =
        (fs::read(here.join("package-lock.json")).unwrap(), home.join("installed.json"));
    if fs::read(&installed).is_ok_and(|found| found == wanted) {
        return home;
    }
    fs::create_dir_all(&home).unwrap();
    for name in ["package.json", "package-lock.json"] {
        fs::copy(here.join(name), home.join(name)).unwrap();
    }
    // Nothing is compiled: what needs that is optional.
    let done = Command::new("npm")
        .current_dir(&home)
        .args(["ci", "--no-audit", "--no-fund", "--omit=optional", "--ignore-scripts"])
        .output()
        .expect("npm has to be installed for these tests: apt-get install nodejs npm");
    assert!(done.status.success(), "npm ci: {}", String::from_utf8_lossy(&done.stderr));
    fs::write(installed, wanted).unwrap();
    home
}

/// On loopback, and without anybody else: no look for updates, no figures to its makers.
const SETTINGS: &str = "module.exports = {
    uiHost: '127.0.0.1',
    flowFile: 'flows.json',
    credentialSecret: 'a test has none',
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false },
    externalModules: { autoInstall: false, palette: { allowInstall: false } },
};
";

/// The process; it ends when this is dropped.
pub struct NodeRed {
    folder: TempDir,
    port: u16,
    process: Child,
    client: Client,
}

impl NodeRed {
    pub async fn start() -> Self {
        static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
        let installed = INSTALLED.get_or_init(install);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("settings.js"), SETTINGS).unwrap();
        let port = free_port();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let process = Command::new("node")
            .arg(installed.join("node_modules/node-red/red.js"))
            .args(["--port", &port.to_string(), "--userDir"])
            .arg(folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("node has to be installed for these tests: apt-get install nodejs npm");
        // Plain HTTP needs no TLS, but the library wants to know whose.
        rustls::crypto::ring::default_provider().install_default().ok();
        let node_red = Self { folder, port, process, client: Client::builder().no_proxy().build().unwrap() };
        // In either order.
        for milestone in ["Started flows", "Server now running"] {
            eventually(milestone, || node_red.log().contains(milestone).then_some(())).await;
        }
        node_red
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Fails when a node has complained.
    pub fn assert_content(&self) {
        let log = self.log();
        for complaint in ["[error]", "missing types", "unknown"] {
            assert!(!log.contains(complaint), "{complaint}");
        }
    }

    /// Replaces all flows by these, as the editor does it.
    pub async fn import(&self, flows: &Json) {
        let sent = self.post("flows", flows.to_string()).await;
        assert_eq!(sent, StatusCode::NO_CONTENT, "{}", self.log());
    }

    /// Presses the button of an inject node.
    pub async fn press(&self, id: &str) {
        assert_eq!(
            self.post(&format!("inject/{id}"), "{}".to_owned()).await,
            StatusCode::OK,
            "{}",
            self.log()
        );
    }

    async fn post(&self, path: &str, body: String) -> StatusCode {
        let request = self.client.post(format!("http://127.0.0.1:{}/{path}", self.port));
        request.header("content-type", "application/json").body(body).send().await.unwrap().status()
    }
}

impl Drop for NodeRed {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        if std::thread::panicking() {
            eprintln!("--- Node-RED's log\n{}", self.log());
        }
    }
}
