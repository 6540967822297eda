//! A box that has nothing but a log: a real engine and a real publisher around it, in this process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use router2mqtt::engine::{
    About, Charge, Claim, ClientPolicy, Events, Handle, Keeper, LinePolicy, Memory, Pulse, Rules, Shared,
    World,
};
use router2mqtt::history::{Retention, Store};
use router2mqtt::homeassistant::{Announcer, Style};
use router2mqtt::model::{Clock, Fault, LogEntry, Section, Sections, Severity, Snapshot};
use router2mqtt::mqtt::{Declare, Publisher, Settings, States, Topics};
use router2mqtt::routers::{Cadence, Driver, Session};
use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::observer::Observer;

const PLAN: &[(Section, Cadence)] = &[(Section::Log, Cadence::Every)];

/// What stands in the log.
type Pages = Arc<Mutex<Vec<LogEntry>>>;

#[derive(Debug)]
struct Writer(Pages);

#[async_trait]
impl Driver for Writer {
    async fn poll(&mut self, _: &Sections) -> Result<Snapshot, Fault> {
        let mut seen = Snapshot::new(Clock::system().now());
        seen.section(Section::Log).log.clone_from(&self.0.lock().unwrap());
        Ok(seen)
    }

    async fn close(&mut self) {}
}

struct Logbook {
    port: u16,
    pages: Pages,
    data: TempDir,
}

/// A bridge that is running.
struct Running {
    keeper: JoinHandle<()>,
    publisher: JoinHandle<()>,
    stop: CancellationToken,
}

impl Logbook {
    fn write(&self, text: &str) {
        let time = Some(format!("12:00:{}", text.len()));
        let entry = LogEntry { time, severity: Severity::Warning, code: None, text: text.into() };
        self.pages.lock().unwrap().push(entry);
    }

    fn start(&self) -> Running {
        let (world, seen) = watch::channel(World::default());
        let (clock, events, stop) = (Clock::system(), Events::new(), CancellationToken::new());
        let claim = Claim::on(self.data.path()).unwrap();
        let history = self.data.path().join("history.db");
        let (store, _) = Store::open(&history, Retention::default(), clock.now()).unwrap();
        let memory = Arc::new(Memory::open(claim, store.clone(), [1; 16], clock.now()).unwrap());
        let id: router2mqtt::model::BoxId = "book".parse().unwrap();
        let charge = Charge {
            about: About {
                id: id.clone(),
                name: "Book".into(),
                family: "any",
                manufacturer: "Anybody",
                url: "http://192.0.2.1".into(),
                actions: Vec::new(),
            },
            every: Duration::from_millis(50),
            plan: PLAN,
            session: Session::None,
            allow: [].into(),
            counting: |_, _| router2mqtt::model::Counting::USUAL,
            clients: ClientPolicy::default(),
            rules: Rules::plain(),
            line: LinePolicy::default(),
            digest: String::new(),
        };
        let pulse = Pulse::default();
        let shared =
            Shared { world, events: events.clone(), memory, store, clock, pulse, stop: stop.clone() };
        let driver = Box::new(Writer(Arc::clone(&self.pages)));
        let (keeper, orders) = Keeper::new(charge, driver, shared, fastrand::Rng::with_seed(1));
        let handle = Handle::new(seen, events, [(id, orders)].into());
        let random = fastrand::Rng::with_seed(2);
        let publisher = Publisher::new(&settings(self.port), handle, readers(), None, random).unwrap();
        Running {
            keeper: tokio::spawn(keeper.run()),
            publisher: tokio::spawn(publisher.run(stop.clone())),
            stop,
        }
    }
}

impl Running {
    async fn stop(self) {
        self.stop.cancel();
        self.keeper.await.unwrap();
        self.publisher.await.unwrap();
    }
}

fn readers() -> Vec<Box<dyn Declare>> {
    let topics = Topics::new("router2mqtt");
    vec![Box::new(Announcer::new(Style::default(), topics.clone())), Box::new(States::new(topics))]
}

fn settings(port: u16) -> Settings {
    Settings {
        host: "127.0.0.1".into(),
        port,
        tls: None,
        username: None,
        password: None,
        prefix: "router2mqtt".into(),
        client_id: "logbook".into(),
        guide: None,
    }
}

/// The events of the book, in the order they came.
fn told(observer: &Observer) -> Vec<Json> {
    let messages = observer.heard();
    let events = messages.iter().filter(|message| message.topic == "router2mqtt/book/event");
    events
        .map(|message| {
            assert!(!message.retain);
            serde_json::from_str(&message.payload).unwrap()
        })
        .collect()
}

/// What a box writes into its log is told once, over a restart of the bridge, and to nobody who comes later.
pub async fn each_entry_is_told_once(port: u16) {
    let observer = Observer::connect(port);
    let book = Logbook { port, pages: Pages::default(), data: tempfile::tempdir().unwrap() };
    book.write("old");
    let running = book.start();
    observer
        .wait_json("homeassistant/device/router2mqtt_book/config", |config| {
            config["cmps"]["event"]["stat_t"] == "router2mqtt/book/event"
        })
        .await;
    observer.wait_for("router2mqtt/book/availability", |payload| payload == "online").await;
    book.write("first");
    super::eventually("the first event", || (told(&observer).len() == 1).then_some(())).await;
    running.stop().await;

    book.write("second");
    let running = book.start();
    super::eventually("the second event", || (told(&observer).len() >= 2).then_some(())).await;
    running.stop().await;
    let told = told(&observer);
    let texts: Vec<_> = told.iter().map(|event| event["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["first", "second"]);
    assert!(told.iter().all(|event| event["event_type"] == "log_warning" && event["at"].is_string()));

    drop(observer);
    let late = Observer::connect(port);
    late.wait_for("router2mqtt/book/availability", |payload| payload == "offline").await;
    assert!(!late.latest().contains_key("router2mqtt/book/event"));
}
