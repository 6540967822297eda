//! The bridge as a service: what it tells a service manager, and what it answers to a health check.

#![cfg(unix)]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use router2mqtt::simulators::{self, Options, Running};
use serde_json::json;
use tokio::time::Instant;

use support::broker::{Embedded, free_port};
use support::program::{Home, keys};

/// The manager's end: a socket to which its services write.
struct Manager {
    socket: UnixDatagram,
    heard: Vec<String>,
}

impl Manager {
    fn beside(home: &Home) -> Self {
        let socket = UnixDatagram::bind(home.path("notify")).unwrap();
        socket.set_read_timeout(Some(support::PATIENCE)).unwrap();
        Self { socket, heard: Vec::new() }
    }

    /// The next lines that it is told.
    fn hear(&mut self) -> Vec<String> {
        let mut buffer = [0; 4096];
        let length = self.socket.recv(&mut buffer).expect("nothing is told");
        let text = String::from_utf8(buffer[..length].to_vec()).unwrap();
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        self.heard.extend(lines.clone());
        lines
    }

    fn hear_until(&mut self, wanted: &str) {
        let began = Instant::now();
        while !self.hear().iter().any(|line| line == wanted) {
            assert!(began.elapsed() < support::PATIENCE, "'{wanted}' was not told: {:?}", self.heard);
        }
    }

    fn count(&self, wanted: &str) -> usize {
        self.heard.iter().filter(|line| *line == wanted).count()
    }
}

async fn home(broker: u16) -> (Home, Running) {
    let hitron = simulators::start("freebox", Options::default()).await.unwrap();
    let home = Home::with(broker, &[("box", keys(&hitron, &json!({"every": "5s"})))]);
    (home, hitron)
}

fn start(home: &Home, watchdog: Option<Duration>) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_router2mqtt"));
    command.arg("run").current_dir(home.folder()).env_clear().stdin(Stdio::null()).stderr(Stdio::null());
    command.env("NOTIFY_SOCKET", home.path("notify"));
    if let Some(watchdog) = watchdog {
        command.env("WATCHDOG_USEC", watchdog.as_micros().to_string());
    }
    command.spawn().unwrap()
}

fn signal(process: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_manager_is_told_that_it_is_up_how_it_is_and_that_it_stops() {
    let broker = Embedded::start().await;
    let (home, _running) = home(broker.port).await;
    let mut manager = Manager::beside(&home);
    let mut process = start(&home, Some(Duration::from_millis(200)));
    assert_eq!(manager.hear(), ["READY=1"], "before anything else");
    manager.hear_until("STATUS=1 of 1 boxes online; connected to the broker");
    let fed = manager.count("WATCHDOG=1");
    for _ in 0..5 {
        manager.hear_until("WATCHDOG=1");
    }
    assert!(manager.count("WATCHDOG=1") >= fed + 5);

    // A process that does not run any more tells nothing, and is ended by its manager.
    signal(&process, "-STOP");
    manager.socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    while manager.socket.recv(&mut [0; 4096]).is_ok() {}
    signal(&process, "-CONT");
    manager.socket.set_read_timeout(Some(support::PATIENCE)).unwrap();
    manager.hear_until("WATCHDOG=1");

    signal(&process, "-TERM");
    manager.hear_until("STOPPING=1");
    assert!(process.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_watchdog_nobody_feeds_one_and_a_broker_that_is_away_is_a_state() {
    let (home, _running) = home(free_port()).await;
    let mut manager = Manager::beside(&home);
    let mut process = start(&home, None);
    manager.hear_until("READY=1");
    manager.hear_until("STATUS=1 of 1 boxes online; no connection to the broker");
    assert_eq!(manager.count("WATCHDOG=1"), 0);
    signal(&process, "-TERM");
    manager.hear_until("STOPPING=1");
    assert!(process.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_asked_of_the_running_bridge_and_ends_with_0_or_1() {
    let (home, _running) = home(free_port()).await;
    let ended = home.run(&["health"]).await;
    assert_eq!(ended.code, 1, "nobody runs: {}", ended.err);
    assert!(ended.err.starts_with("no bridge answers at data/health.sock"), "{}", ended.err);

    let mut manager = Manager::beside(&home);
    let mut process = start(&home, None);
    manager.hear_until("READY=1");
    let ended = home.run(&["health"]).await;
    assert_eq!((ended.code, ended.lines()), (0, vec!["ok"]), "with no broker, too: {}", ended.err);
    let data = home.path("data");
    assert_eq!(home.run(&["health", "--data", data.to_str().unwrap()]).await.code, 0);

    signal(&process, "-STOP");
    let ended = home.run(&["health"]).await;
    assert_eq!((ended.code, ended.err.trim()), (1, "the bridge does not answer in time"));
    signal(&process, "-CONT");
    signal(&process, "-TERM");
    assert!(process.wait().unwrap().success());
    assert_eq!(home.run(&["health"]).await.code, 1);
    assert_eq!(Home::empty().run(&["health"]).await.code, 1, "no configuration is no health either");
}
