//! Brokers: the embedded one for tests that need nothing but Rust, and a real Mosquitto on a private port.

use std::fmt::Write as _;
use std::fs;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use mqtt5::broker::auth::{AllowAllAuthProvider, AuthProvider, AuthResult};
use mqtt5::broker::config::{BrokerConfig, StorageBackend, StorageConfig};
use mqtt5::broker::{BrokerShutdownHandle, MqttBroker};
use mqtt5::packet::connect::ConnectPacket;
use mqtt5::types::ReasonCode;
use tempfile::TempDir;

/// A port that nobody uses at the moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The embedded broker.
pub struct Embedded {
    pub port: u16,
    shutdown: BrokerShutdownHandle,
}

impl Embedded {
    pub async fn start() -> Self {
        Self::on(0).await
    }

    /// On a port of the test's own choice.
    pub async fn on(port: u16) -> Self {
        Self::with(port, Arc::new(AllowAllAuthProvider)).await
    }

    /// A broker that knows one user.
    pub async fn guarded(username: &'static str, password: &'static str) -> Self {
        Self::with(0, Arc::new(OneUser { username, password })).await
    }

    async fn with(port: u16, doorman: Arc<dyn AuthProvider>) -> Self {
        let config = BrokerConfig::default()
            .with_bind_address(SocketAddr::from(([127, 0, 0, 1], port)))
            .with_storage(StorageConfig { backend: StorageBackend::Memory, ..StorageConfig::default() });
        let mut broker = MqttBroker::with_config(config).await.unwrap().with_auth_provider(doorman);
        let port = broker.local_addr().unwrap().port();
        let shutdown = broker.shutdown_handle();
        tokio::spawn(async move { broker.run().await });
        Self { port, shutdown }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shutdown.shutdown();
    }
}

struct OneUser {
    username: &'static str,
    password: &'static str,
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl AuthProvider for OneUser {
    fn authenticate<'a>(
        &'a self,
        connect: &'a ConnectPacket,
        _: SocketAddr,
    ) -> Answer<'a, mqtt5::Result<AuthResult>> {
        let known = connect.username.as_deref() == Some(self.username)
            && connect.password.as_deref() == Some(self.password.as_bytes());
        let refused = || AuthResult::fail(ReasonCode::BadUsernameOrPassword);
        Box::pin(async move { Ok(if known { AuthResult::success() } else { refused() }) })
    }

    fn authorize_publish<'a>(&'a self, _: &str, _: Option<&'a str>, _: &'a str) -> Answer<'a, bool> {
        Box::pin(async { true })
    }

    fn authorize_subscribe<'a>(&'a self, _: &str, _: Option<&'a str>, _: &'a str) -> Answer<'a, bool> {
        Box::pin(async { true })
    }
}

/// A real Mosquitto, without persistence, on loopback.
pub struct Mosquitto {
    pub port: u16,
    folder: TempDir,
    process: Option<Child>,
}

impl Mosquitto {
    pub fn start() -> Self {
        Self::with("allow_anonymous true\n")
    }

    /// With these lines in its configuration. `FOLDER` in them is the broker's own folder.
    pub fn with(lines: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let mut text = format!(
            "listener {port} 127.0.0.1\npersistence false\nlog_dest none\nmax_queued_messages 10000\n"
        );
        if is_root() {
            text.push_str("user root\n");
        }
        write!(text, "{}", lines.replace("FOLDER", folder.path().to_str().unwrap())).unwrap();
        fs::write(folder.path().join("mosquitto.conf"), text).unwrap();
        Self { port, folder, process: None }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the process, and waits until the port is open.
    pub async fn run(mut self) -> Self {
        self.restart().await;
        self
    }

    pub async fn restart(&mut self) {
        self.kill();
        let process = Command::new(program())
            .arg("-c")
            .arg(self.folder.path().join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto has to be installed for these tests: apt-get install mosquitto");
        self.process = Some(process);
        let port = self.port;
        super::eventually("mosquitto listens", || std::net::TcpStream::connect(("127.0.0.1", port)).ok())
            .await;
    }

    /// Ends it at once, with everything it holds in memory.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// What `mosquitto_sub` sees of the retained messages below these topics.
    pub fn retained(&self, filters: &[&str]) -> Vec<(String, String)> {
        let mut command = Command::new("mosquitto_sub");
        command.args([
            "-h",
            "127.0.0.1",
            "-p",
            &self.port.to_string(),
            "--retained-only",
            "-W",
            "1",
            "-F",
            "%t %p",
        ]);
        for filter in filters {
            command.args(["-t", filter]);
        }
        let output =
            command.output().expect("mosquitto_sub has to be installed: apt-get install mosquitto-clients");
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .filter_map(|line| {
                line.split_once(' ').map(|(topic, payload)| (topic.to_owned(), payload.to_owned()))
            })
            .collect()
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}

fn program() -> &'static str {
    if Path::new("/usr/sbin/mosquitto").exists() { "/usr/sbin/mosquitto" } else { "mosquitto" }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
