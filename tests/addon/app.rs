//! The program as the Supervisor runs it: a folder with the options, a token, and a Supervisor that is asked over HTTP.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::supervisor::{Supervisor, TOKEN};

pub struct App {
    folder: TempDir,
    supervisor: String,
    token: Option<&'static str>,
    proxy: &'static str,
    process: Option<Child>,
}

impl App {
    pub fn new(supervisor: &Supervisor, options: &Json) -> Self {
        let app = Self {
            folder: tempfile::tempdir().unwrap(),
            supervisor: supervisor.url.clone(),
            token: Some(TOKEN),
            proxy: "127.0.0.1",
            process: None,
        };
        fs::create_dir(app.data()).unwrap();
        fs::create_dir(app.files()).unwrap();
        app.options(options);
        app
    }

    /// With this token instead of the one that the Supervisor gave.
    #[must_use]
    pub fn with_token(mut self, token: Option<&'static str>) -> Self {
        self.token = token;
        self
    }

    /// With another address that may see its page.
    #[must_use]
    pub fn with_proxy(mut self, proxy: &'static str) -> Self {
        self.proxy = proxy;
        self
    }

    /// What is answered to whoever asks for its page as Home Assistant's proxy does, from this machine.
    pub async fn page(&self, path: &str) -> String {
        const SAID: &str = "the page for Home Assistant is at http://";
        let address = crate::support::eventually("it says where its page is", || {
            let log = self.log();
            let (_, rest) = log.split_once(SAID)?;
            Some(rest.lines().next()?.to_owned())
        })
        .await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: app\r\nX-Ingress-Path: /api/hassio_ingress/token\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    pub fn options(&self, options: &Json) {
        fs::write(self.data().join("options.json"), serde_json::to_vec_pretty(options).unwrap()).unwrap();
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// What the owner of the app sees as its folder.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_router2mqtt"));
        let option = |name: &str, path: &Path| format!("--{name}={}", path.display());
        command
            .args(["run", &option("addon", &self.data()), &option("addon-files", &self.files())])
            .args(["--supervisor", &self.supervisor, "--ingress", "127.0.0.1:0"])
            .args(["--ingress-proxy", self.proxy])
            .env_clear()
            .envs(self.token.map(|token| ("SUPERVISOR_TOKEN", token)))
            .env("TZ", "Europe/Oslo")
            .current_dir("/")
            .stdin(Stdio::null());
        command
    }

    /// Runs it to an end that it must come to by itself.
    pub fn fails(&self) -> Output {
        self.command().output().unwrap()
    }

    pub fn start(&mut self) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap();
        self.process = Some(self.command().stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Whether the container's health check would pass.
    pub fn is_healthy(&self) -> bool {
        let check = Command::new(env!("CARGO_BIN_EXE_router2mqtt"))
            .args(["health", "--data", self.data().to_str().unwrap()])
            .env_clear()
            .output()
            .unwrap();
        check.status.success()
    }

    /// Stops it as the Supervisor does, and gives the exit code.
    pub async fn stop(&mut self) -> Option<i32> {
        let mut process = self.process.take().unwrap();
        assert!(Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap().success());
        crate::support::eventually("the app stops", || process.try_wait().unwrap()).await.code()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
        if std::thread::panicking() {
            eprintln!("--- the app's log\n{}", self.log());
        }
    }
}
