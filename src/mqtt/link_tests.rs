//! The connection against brokers that refuse, fall silent, or speak something else.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::pace::Pace;
use super::testing::{
    PATIENCE, TestBridge, TestBroker, TestEngine, WriteOnly, a_box, a_world, hurried, settings, topics,
};
use super::{Broker, Settings, States, Tls};
use crate::engine::BoxView;
use crate::model::{Section, catalog};
use crate::transport::Pin;

fn modem() -> BoxView {
    a_box("modem", Section::Connection, |readings| {
        readings.router().set(catalog::WAN, true);
    })
}

fn start(settings: &Settings, pace: Pace, engine: &TestEngine) -> TestBridge {
    TestBridge::with(settings, pace, engine, vec![Box::new(States::new(topics()))], None)
}

/// Collects what is logged at `info` and above. The test's runtime has one thread, so everything of it is
/// heard.
#[derive(Clone, Default)]
struct Log(Arc<watch::Sender<Vec<String>>>);

impl Log {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    fn lines(&self, of: &str) -> Vec<String> {
        self.0.borrow().iter().filter(|line| line.contains(of)).cloned().collect()
    }

    async fn until(&self, of: &str) -> String {
        let mut lines = self.0.subscribe();
        let found = lines.wait_for(|lines| lines.iter().any(|line| line.contains(of)));
        if tokio::time::timeout(PATIENCE, found).await.is_err() {
            panic!("no '{of}' in {:#?}", self.0.borrow());
        }
        self.lines(of).pop().unwrap()
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        struct Words(String);
        impl Visit for Words {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        if *event.metadata().level() <= Level::INFO && event.metadata().target().starts_with("router2mqtt") {
            let mut words = Words(String::new());
            event.record(&mut words);
            self.0.send_modify(|lines| lines.push(words.0));
        }
    }
}

/// A stand-in for a broker: `answer` gets each packet's first byte and gives what to send back.
async fn stand_in(
    answer: impl Fn(u8, &[u8]) -> Vec<u8> + Send + Sync + 'static,
) -> (u16, watch::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (count, connections) = watch::channel(0);
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.send_modify(|count| *count += 1);
            tokio::spawn(converse(stream, Arc::clone(&answer)));
        }
    });
    (port, connections)
}

async fn converse(mut stream: TcpStream, answer: Arc<impl Fn(u8, &[u8]) -> Vec<u8>>) {
    while let Ok(kind) = stream.read_u8().await {
        let (mut length, mut shift) = (0_usize, 0);
        while let Ok(byte) = stream.read_u8().await {
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        if stream.read_exact(&mut body).await.is_err()
            || stream.write_all(&answer(kind, &body)).await.is_err()
        {
            return;
        }
    }
}

async fn reach(mut connections: watch::Receiver<usize>, wanted: usize) {
    let reached = connections.wait_for(|count| *count >= wanted);
    tokio::time::timeout(PATIENCE, reached).await.expect("no further try").unwrap();
}

const CONNECT: u8 = 0x10;
const SUBSCRIBE: u8 = 0x82;

#[tokio::test]
async fn a_broker_that_confirms_nothing_is_left_and_tried_again() {
    let (port, connections) = stand_in(|kind, body| match kind {
        CONNECT => vec![0x20, 2, 0, 0],
        // Command filters, our own availability: three filters, all granted. And never a word more.
        SUBSCRIBE => vec![0x90, 6, body[0], body[1], 1, 1, 1, 1],
        _ => Vec::new(),
    })
    .await;
    let log = Log::default();
    let _listening = log.listen();
    let pace = Pace { confirm: Duration::from_millis(50), ..hurried() };
    let bridge = start(&settings(port), pace, &TestEngine::new(a_world([modem()])));
    log.until("no longer confirms").await;
    reach(connections, 3).await;
    assert_ne!(*bridge.broker.borrow(), Broker::Settled);
    bridge.stop().await;
}

#[tokio::test]
async fn two_hundred_lost_connections_leave_nothing_behind() {
    let (port, connections) = stand_in(|kind, _| match kind {
        CONNECT => vec![0x20, 2, 0, 0],
        // No packet at all.
        _ => vec![0xff; 5],
    })
    .await;
    let pace = Pace { retry_least: Duration::ZERO, retry_most: Duration::ZERO, ..hurried() };
    let bridge = start(&settings(port), pace, &TestEngine::new(a_world([modem()])));
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    reach(connections.clone(), 20).await;
    let early = tasks();
    reach(connections, 220).await;
    let late = tasks();
    assert!(late <= early + 5, "{early} tasks at first, {late} in the end");
    bridge.stop().await;
}

#[tokio::test]
async fn a_refused_login_is_one_line_and_many_patient_tries() {
    let (port, connections) = stand_in(|_, _| vec![0x20, 2, 0, 5]).await;
    let log = Log::default();
    let _listening = log.listen();
    let pace = Pace { retry_least: Duration::ZERO, retry_most: Duration::from_millis(100), ..hurried() };
    let began = tokio::time::Instant::now();
    let bridge = start(&settings(port), pace, &TestEngine::new(a_world([modem()])));
    reach(connections, 4).await;
    assert!(began.elapsed() >= 3 * pace.retry_most / 2, "three pauses of at least half the longest");
    bridge.stop().await;
    let lines = log.lines("no connection");
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("'username' and 'password'"), "{lines:#?}");
}

#[tokio::test]
async fn a_broker_that_lets_us_only_write_is_told_everything() {
    let broker = TestBroker::start_guarded(Arc::new(WriteOnly)).await;
    let settings = Settings {
        username: Some("bridge".into()),
        password: Some("right".to_owned().into()),
        ..settings(broker.port)
    };
    let log = Log::default();
    let _listening = log.listen();
    let engine = TestEngine::new(a_world([modem()]));
    for _ in 0..2 {
        let from = broker.now();
        let mut bridge = start(&settings, hurried(), &engine);
        bridge.settled().await;
        bridge.stop().await;
        assert!(broker.said(from).iter().any(|said| said.topic == "router2mqtt/modem/state"));
    }
    assert!(!log.lines("buttons will not work").is_empty());
    assert_eq!(log.lines("the broker gives back nothing").len(), 2, "once for each connection");
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_wrong_port() {
    let broker = TestBroker::start_guarded(Arc::new(WriteOnly)).await;
    let log = Log::default();
    let _listening = log.listen();
    let bridge = start(&settings(broker.port), hurried(), &TestEngine::new(a_world([modem()])));
    assert!(log.until("no connection").await.contains("refuses the user name or the password"));
    bridge.stop().await;
}

/// A certificate that is its own authority, such as households make, on disk for the broker.
struct Household {
    dir: tempfile::TempDir,
    authority: String,
    pin: Pin,
}

impl Household {
    fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::default();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority = params.self_signed(&key).unwrap();
        let issuer = rcgen::Issuer::new(params, key);
        let own = rcgen::KeyPair::generate().unwrap();
        let leaf = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&own, &issuer).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("leaf.pem"), leaf.pem()).unwrap();
        std::fs::write(dir.path().join("key.pem"), own.serialize_pem()).unwrap();
        Self { dir, authority: authority.pem(), pin: Pin::of(leaf.der()) }
    }

    async fn broker(&self) -> TestBroker {
        TestBroker::start_tls(&self.dir.path().join("leaf.pem"), &self.dir.path().join("key.pem")).await
    }
}

#[tokio::test]
async fn a_broker_with_tls_is_trusted_by_its_authority_its_pin_or_on_the_owners_word() {
    let household = Household::new();
    let broker = household.broker().await;
    let engine = TestEngine::new(a_world([modem()]));
    for tls in [
        Tls { ca: Some(household.authority.clone()), ..Tls::default() },
        Tls { pin: Some(household.pin), ..Tls::default() },
        Tls { insecure: true, ..Tls::default() },
    ] {
        let mut bridge = start(&Settings { tls: Some(tls), ..settings(broker.port) }, hurried(), &engine);
        bridge.settled().await;
        bridge.stop().await;
    }
}

#[tokio::test]
async fn a_broker_that_nobody_vouches_for_is_refused_and_its_fingerprint_shown() {
    let household = Household::new();
    let broker = household.broker().await;
    for tls in [Tls::default(), Tls { pin: Some(Pin::of(b"another")), ..Tls::default() }] {
        let log = Log::default();
        let _listening = log.listen();
        let engine = TestEngine::new(a_world([modem()]));
        let bridge = start(&Settings { tls: Some(tls), ..settings(broker.port) }, hurried(), &engine);
        let line = log.until("no connection").await;
        assert!(line.contains(&household.pin.to_string()), "{line}");
        bridge.stop().await;
    }
    assert_eq!(broker.held("#").await.len(), 0);
}

#[tokio::test]
async fn the_wrong_one_of_two_ports_is_guessed() {
    let household = Household::new();
    let (with, without) = (household.broker().await, TestBroker::start().await);
    let tls = Some(Tls { insecure: true, ..Tls::default() });
    for (settings, hint) in
        [(settings(with.port), "add 'tls'"), (Settings { tls, ..settings(without.port) }, "remove 'tls'")]
    {
        let log = Log::default();
        let _listening = log.listen();
        let bridge = start(&settings, hurried(), &TestEngine::new(a_world([modem()])));
        let line = log.until("no connection").await;
        assert!(line.contains(hint), "{line}");
        bridge.stop().await;
    }
}
