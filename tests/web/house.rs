//! A bridge with a server, and somebody who asks it.

use std::net::SocketAddr;
use std::time::Duration;

use router2mqtt::simulators::{Options, Running, start};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::bridge::Bridge;
use crate::support::broker::{Embedded, free_port};
use crate::support::eventually;

/// A box that is polled at the start and then when it is asked for.
pub const RARELY: &str = "1h";

/// Longer than any answer may take.
const LIMIT: Duration = Duration::from_secs(100);

pub struct House {
    pub bridge: Bridge,
    pub broker: Option<Embedded>,
    pub address: SocketAddr,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The samples whose names begin so.
    pub fn samples(&self, name: &str) -> Vec<&str> {
        self.body.lines().filter(|line| line.starts_with(name)).collect()
    }
}

pub async fn box_(family: &str, options: Options) -> Running {
    start(family, options).await.unwrap()
}

/// The Hitron modem as the exporter knew it.
pub async fn modem() -> Running {
    box_("hitron", Options { tls: true, ..Options::default() }).await
}

/// Waits until the poll at the start is over, its logout included.
pub async fn polled(modem: &Running) {
    eventually("the logout", || (modem.tally().logouts() > 0).then_some(())).await;
}

impl House {
    /// With a broker, and these keys of `web` and `metrics`.
    pub async fn open(boxes: &[(&str, &Running, Json)], web: Json, metrics: Json) -> Self {
        let broker = Embedded::start().await;
        let mut bridge = configured(broker.port, boxes, web, metrics);
        let address = started(&mut bridge).await;
        Self { bridge, broker: Some(broker), address }
    }

    /// Without one.
    pub async fn without_broker(boxes: &[(&str, &Running, Json)], web: Json) -> Self {
        let mut bridge = configured(free_port(), boxes, web, json!({}));
        let address = started(&mut bridge).await;
        Self { bridge, broker: None, address }
    }

    /// Waits until every box has been polled.
    pub async fn ready(self) -> Self {
        for _ in 0..600 {
            if self.get("/readyz").await.status == 200 {
                return self;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never ready: {}", self.get("/readyz").await.body);
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(path, "").await
    }

    /// With more headers, each with the end of its line.
    pub async fn ask(&self, path: &str, headers: &str) -> Answer {
        send(self.address, &format!("GET {path} HTTP/1.1\r\nHost: bridge\r\n{headers}\r\n")).await
    }

    /// Waits until a page says what it should.
    pub async fn until(&self, path: &str, what: &str, is_so: impl Fn(&Answer) -> bool) -> Answer {
        let deadline = tokio::time::Instant::now() + crate::support::PATIENCE;
        loop {
            let answer = self.get(path).await;
            if is_so(&answer) {
                return answer;
            }
            assert!(tokio::time::Instant::now() < deadline, "never happened: {what}: {answer:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn configured(port: u16, boxes: &[(&str, &Running, Json)], web: Json, metrics: Json) -> Bridge {
    let mut bridge = Bridge::new(port);
    for (id, simulated, keys) in boxes {
        bridge.add(id, simulated, keys);
    }
    bridge.configuration["web"] = web;
    bridge.configuration["web"]["listen"] = json!("127.0.0.1:0");
    bridge.configuration["metrics"] = metrics;
    bridge
}

async fn started(bridge: &mut Bridge) -> SocketAddr {
    bridge.start();
    eventually("the server listens", || {
        let log = bridge.log();
        let (_, after) = log.rsplit_once("listening on http://")?;
        after.split_whitespace().next()?.parse().ok()
    })
    .await
}

/// Sends this, and reads until the other end has nothing more to say.
pub async fn send(address: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Whoever is refused at once may not get to say everything.
    stream.write_all(request.as_bytes()).await.ok();
    Answer::of(&rest(&mut stream).await)
}

pub async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    tokio::time::timeout(LIMIT, stream.read_to_end(&mut answer)).await.expect("no end").ok();
    String::from_utf8_lossy(&answer).into_owned()
}
