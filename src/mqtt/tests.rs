//! The publisher against a real broker, without any reader but the plain states.

use tokio::sync::mpsc;

use super::testing::{Said, TestBridge, TestBroker, TestEngine, a_box, a_world, at, read, topics};
use super::{Broker, Declare, States};
use crate::engine::{Availability, BoxView, Presence, Problem, Shelf};
use crate::model::{
    Action, Bytes, Command, Count, Deed, Event, EventKind, FaultClass, LogEntry, Mac, Progress, Section,
    Severity, Stage, Subject, Text, catalog,
};

fn states() -> Vec<Box<dyn Declare>> {
    vec![Box::new(States::new(topics()))]
}

fn modem() -> BoxView {
    a_box("modem", Section::Connection, |readings| {
        readings.router().set(catalog::WAN, true).set(catalog::RECEIVED, Bytes(1_500_000_000));
    })
}

fn engine() -> TestEngine {
    TestEngine::new(a_world([modem()]))
}

fn phone() -> Mac {
    Mac::new([0, 0, 0x5e, 0, 0x53, 1])
}

const AVAILABILITY: &str = "router2mqtt/bridge/availability";

#[tokio::test]
async fn everything_is_on_the_broker_once_settled() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    let held = broker.held("router2mqtt/#").await;
    assert_eq!(held[AVAILABILITY], "online");
    assert_eq!(held["router2mqtt/modem/availability"], "online");
    assert_eq!(held["router2mqtt/modem/state"], r#"{"received":1.5,"wan":true}"#);
    assert_eq!(
        held["router2mqtt/modem/problem"],
        concat!(
            r#"{"problem":false,"error":"","advice":"","class":null,"since":null,"#,
            r#""missing_rights":[],"paused_until":null}"#
        )
    );
    assert_eq!(broker.said(0)[0].topic, AVAILABILITY, "the birth comes first");
    assert_eq!(broker.on("router2mqtt/bridge/fence").await, None);
}

#[tokio::test]
async fn a_bridge_that_is_killed_is_offline_by_its_last_will() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    bridge.task.abort();
    broker.until_on(AVAILABILITY, Some("offline")).await;
}

#[tokio::test]
async fn a_bridge_that_stops_says_so_for_itself_and_its_boxes() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    bridge.stop().await;
    assert_eq!(broker.on(AVAILABILITY).await.as_deref(), Some("offline"));
    assert_eq!(broker.on("router2mqtt/modem/availability").await.as_deref(), Some("offline"));
    let state = broker.on("router2mqtt/modem/state").await;
    assert!(state.is_some(), "the last values stay");
}

#[tokio::test]
async fn what_is_sent_is_counted_and_so_is_each_new_connection() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    assert_eq!((bridge.traffic.published(), bridge.traffic.reconnections()), (0, 0));
    bridge.settled().await;
    let first = broker.now() as u64;
    assert_eq!((bridge.traffic.published(), bridge.traffic.reconnections()), (first, 0));
    let port = broker.stop().await;
    bridge.away().await;
    let broker = TestBroker::start_on(port).await;
    bridge.settled().await;
    let second = broker.now() as u64;
    assert!(first > 3 && second > 3, "{first} and {second}");
    assert_eq!((bridge.traffic.published(), bridge.traffic.reconnections()), (first + second, 1));
}

#[tokio::test]
async fn a_bridge_without_a_broker_stops_when_told() {
    let engine = engine();
    let bridge = TestBridge::start(1, &engine, states());
    assert_eq!(*bridge.broker.borrow(), Broker::Away);
    bridge.stop().await;
}

#[tokio::test]
async fn a_broker_that_comes_late_or_back_without_memory_is_told_everything() {
    let engine = engine();
    let port = TestBroker::start().await.stop().await;
    let mut bridge = TestBridge::start(port, &engine, states());
    let first = TestBroker::start_on(port).await;
    bridge.settled().await;
    let before = first.held("router2mqtt/#").await;
    first.stop().await;
    bridge.away().await;

    let second = TestBroker::start_on(port).await;
    assert_eq!(second.held("#").await.len(), 0);
    bridge.settled().await;
    assert_eq!(second.held("router2mqtt/#").await, before);
}

#[tokio::test]
async fn a_broker_that_remembers_is_told_only_what_changed() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    bridge.stop().await;
    let from = broker.now();
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    let told: Vec<_> = broker.said(from).into_iter().map(|said| said.topic).collect();
    assert_eq!(told, [AVAILABILITY, "router2mqtt/bridge/fence", "router2mqtt/modem/availability"]);
}

#[tokio::test]
async fn one_change_of_state_costs_one_message() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    let from = broker.now();
    engine.change("modem", |view| {
        read(view, Section::Connection, |readings| {
            readings.router().set(catalog::WAN, false).set(catalog::RECEIVED, Bytes(1_500_000_000));
        });
    });
    let state = "router2mqtt/modem/state";
    broker.until_on(state, Some(r#"{"received":1.5,"wan":false}"#)).await;
    // A world that is new, but says the same, costs nothing; the stop marks the end of what was said.
    engine.change("modem", |_| {});
    bridge.stop().await;
    let told: Vec<_> = broker.said(from).into_iter().map(|said| said.topic).collect();
    assert_eq!(told, [state, "router2mqtt/modem/availability", AVAILABILITY]);
}

#[tokio::test]
async fn what_was_ours_and_is_no_longer_wanted_goes_and_what_is_foreign_stays() {
    let list = Shelf::fleeting();
    let broker = TestBroker::start().await;
    let old = TestEngine::new(a_world([
        modem(),
        a_box("attic", Section::Connection, |readings| {
            readings.router().set(catalog::WAN, true);
        }),
    ]));
    let mut bridge = TestBridge::remembering(broker.port, &old, states(), Some(list.clone()));
    bridge.settled().await;
    bridge.stop().await;
    assert!(broker.on("router2mqtt/attic/state").await.is_some());
    broker.say("router2mqtt/cellar/state", "somebody else's", true).await;
    broker.say("elsewhere/state", "1", true).await;

    let engine = engine();
    let mut bridge = TestBridge::remembering(broker.port, &engine, states(), Some(list.clone()));
    bridge.settled().await;
    assert_eq!(broker.held("router2mqtt/attic/#").await.len(), 0);
    assert!(broker.on("router2mqtt/cellar/state").await.is_some());
    assert!(broker.on("elsewhere/state").await.is_some());
    assert!(!list.read().unwrap().contains("attic"));
}

#[tokio::test]
async fn before_a_box_has_been_read_its_last_values_stay() {
    let list = Shelf::fleeting();
    let broker = TestBroker::start().await;
    let mut bridge = TestBridge::remembering(broker.port, &engine(), states(), Some(list.clone()));
    bridge.settled().await;
    bridge.stop().await;

    let unread = TestEngine::new(a_world([BoxView::new(modem().about)]));
    let mut bridge = TestBridge::remembering(broker.port, &unread, states(), Some(list));
    bridge.settled().await;
    let state = broker.on("router2mqtt/modem/state").await;
    assert_eq!(state.as_deref(), Some(r#"{"received":1.5,"wan":true}"#));
    assert_eq!(broker.on("router2mqtt/modem/availability").await.as_deref(), Some("offline"));
}

#[tokio::test]
async fn a_retained_reboot_is_refused_once_and_cleared_and_never_runs() {
    let (broker, mut engine) = (TestBroker::start().await, engine());
    let topic = "router2mqtt/modem/command/reboot";
    broker.say(topic, r#"{"id":"left behind"}"#, true).await;
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    broker.until_on(topic, None).await;
    bridge.stop().await;
    let results: Vec<_> = broker.said(0).into_iter().filter(|said| said.topic.ends_with("/result")).collect();
    assert_eq!(results.len(), 1, "{results:?}");
    assert!(results[0].payload.contains(r#""state":"refused""#) && !results[0].retain, "{results:?}");
    assert!(results[0].payload.contains("left behind"), "{results:?}");
    assert!(engine.orders.try_recv().is_err());
}

#[tokio::test]
async fn a_command_is_passed_on_and_every_step_of_it_is_told() {
    let (broker, mut engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    broker.say("router2mqtt/modem/command", r#"{"action":"reboot","id":"7"}"#, false).await;
    let order = engine.orders.recv().await.unwrap();
    assert_eq!(order.command, Command { id: Some("7".into()), ..Command::new(Action::Do(Deed::Reboot)) });
    tell(&order.replies, Stage::Accepted).await;
    tell(&order.replies, Stage::Done).await;
    drop(order);
    broker.until_said(0, |said| said.payload.contains(r#""state":"done""#)).await;
    let results: Vec<_> = broker.said(0).into_iter().filter(|said| said.topic.ends_with("/result")).collect();
    assert_eq!(results.len(), 2);
    assert_eq!(results[0].payload, r#"{"id":"7","action":"reboot","state":"accepted"}"#);
}

#[tokio::test]
async fn the_outcome_of_a_reboot_that_took_the_broker_with_it_is_told_when_it_is_back() {
    let (broker, mut engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    broker.say("router2mqtt/modem/command/reboot", "PRESS", false).await;
    let order = engine.orders.recv().await.unwrap();
    let port = broker.stop().await;
    bridge.away().await;
    tell(&order.replies, Stage::Done).await;
    drop(order);
    let broker = TestBroker::start_on(port).await;
    let told = broker.until_said(0, |said| said.topic == "router2mqtt/modem/result").await;
    assert!(broker.said(told)[0].payload.contains(r#""state":"done""#));
}

#[tokio::test]
async fn a_command_that_the_engine_drops_still_comes_to_an_end() {
    let (broker, mut engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    broker.say("router2mqtt/modem/command", "refresh", false).await;
    drop(engine.orders.recv().await.unwrap());
    broker.until_said(0, |said| said.payload.contains(r#""state":"failed""#)).await;
}

#[tokio::test]
async fn the_last_answer_of_an_engine_that_ends_is_told_before_the_farewell() {
    let (broker, mut engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    broker.say("router2mqtt/modem/command", "refresh", false).await;
    let order = engine.orders.recv().await.unwrap();
    bridge.stop.cancel();
    tell(&order.replies, Stage::Failed).await;
    drop(order);
    bridge.stop().await;
    let said = broker.said(0);
    let result = said.iter().position(|said| said.payload.contains(r#""state":"failed""#)).unwrap();
    let goodbye = said.iter().position(|said| said.topic == AVAILABILITY && said.payload == "offline");
    assert!(result < goodbye.unwrap());
}

#[tokio::test]
async fn what_is_no_command_is_refused_and_what_is_for_nobody_is_ignored() {
    let (broker, mut engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    broker.say("router2mqtt/cellar/command", "reboot", false).await;
    broker.say("router2mqtt/modem/command/reboot", "", false).await;
    broker.say("router2mqtt/modem/command", r#"{"action":"#, false).await;
    broker.say("router2mqtt/modem/command", "explode", false).await;
    broker.say("router2mqtt/modem/command/explode", "PRESS", false).await;
    broker.say("router2mqtt/modem/command", "refresh", false).await;
    let order = engine.orders.recv().await.unwrap();
    assert_eq!(order.command, Command::new(Action::Refresh), "the empty payload was no press");
    tell(&order.replies, Stage::Done).await;
    drop(order);
    broker.until_said(0, |said| said.payload.contains(r#""state":"done""#)).await;
    let refused = broker.said(0).into_iter().filter(|said| said.payload.contains(r#""state":"refused""#));
    assert_eq!(refused.count(), 3);
}

#[tokio::test]
async fn who_says_that_we_are_offline_is_contradicted() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    broker.say(AVAILABILITY, "offline", true).await;
    broker.until_on(AVAILABILITY, Some("online")).await;
}

#[tokio::test]
async fn clients_and_problems_are_published_in_words_that_anybody_can_use() {
    let mut view = modem();
    let client = Subject::Client(phone());
    read(&mut view, Section::Clients, |readings| {
        let item = readings.subject(client.clone());
        item.set(catalog::HOST_NAME, Text::new("phone")).set(catalog::IPV4, Text::new("192.0.2.7"));
    });
    view.presence.insert(phone(), Presence { home: Some(true), last_seen: None });
    view.problem = Some(Problem {
        class: FaultClass::CredentialsRejected,
        summary: "x".repeat(300),
        advice: "correct them".into(),
        since: at("2026-11-01T12:00:00Z"),
    });
    view.availability = Availability::Offline { since: at("2026-11-01T12:00:00Z") };
    let engine = TestEngine::new(a_world([view]));
    let broker = TestBroker::start().await;
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    let held = broker.held("router2mqtt/modem/#").await;
    assert_eq!(held["router2mqtt/modem/client/00005e005301/presence"], "home");
    assert_eq!(
        held["router2mqtt/modem/client/00005e005301/attributes"],
        r#"{"host_name":"phone","ip":"192.0.2.7","mac":"00:00:5e:00:53:01"}"#
    );
    let problem: serde_json::Value = serde_json::from_str(&held["router2mqtt/modem/problem"]).unwrap();
    assert_eq!(problem["class"], "credentials_rejected");
    assert_eq!(problem["error"].as_str().unwrap().chars().count(), 255);
    assert_eq!(held["router2mqtt/modem/availability"], "offline");

    engine.change("modem", |view| {
        view.presence.insert(phone(), Presence { home: None, last_seen: None });
        read(view, Section::Clients, |_| {});
    });
    broker.until_on("router2mqtt/modem/client/00005e005301/presence", Some("None")).await;
    let unknown = r#"{"host_name":null,"ipv4":null}"#;
    broker.until_on("router2mqtt/modem/client/00005e005301/state", Some(unknown)).await;
}

#[tokio::test]
async fn firmware_is_told_once_the_newest_is_known() {
    let mut view = modem();
    view.identity.firmware = Some("7.1".into());
    let engine = TestEngine::new(a_world([view]));
    let broker = TestBroker::start().await;
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    let firmware = "router2mqtt/modem/firmware";
    assert_eq!(broker.on(firmware).await, None);
    engine.change("modem", |view| {
        read(view, Section::Updates, |readings| {
            readings.router().set(catalog::LATEST_FIRMWARE, Text::new("7.2"));
        });
    });
    broker.until_on(firmware, Some(r#"{"installed_version":"7.1","latest_version":"7.2"}"#)).await;
}

#[tokio::test]
async fn a_message_longer_than_brokers_take_costs_nothing_but_itself() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge =
        TestBridge::start(broker.port, &engine, vec![Box::new(States::new(topics())), Box::new(TooMuch)]);
    bridge.settled().await;
    assert!(broker.on("router2mqtt/modem/state").await.is_some());
    assert_eq!(broker.on("router2mqtt/modem/long").await, None);
}

/// A reader that wants too much.
#[derive(Debug)]
struct TooMuch;

impl Declare for TooMuch {
    fn declare(&self, _: &crate::engine::World) -> super::Retained {
        let mut all = super::Retained::default();
        all.put("router2mqtt/modem/long".into(), vec![b'x'; 2 * 1024 * 1024]);
        all
    }

    fn filters(&self) -> Vec<String> {
        Vec::new()
    }
}

async fn tell(replies: &mpsc::Sender<Progress>, state: Stage) {
    let progress = Progress {
        id: Some("7".into()),
        action: "reboot".into(),
        client: None,
        state,
        reason: None,
        after_s: None,
        down_s: None,
    };
    replies.send(progress).await.unwrap();
}

#[tokio::test]
async fn a_household_of_thousands_is_read_back_and_not_said_again() {
    let mut view = modem();
    read(&mut view, Section::Line, |readings| {
        for channel in 0..1500 {
            let id = crate::model::ItemId::new(channel).unwrap();
            readings.subject(Subject::Downstream(id)).set(catalog::CORRECTED, Count(channel));
        }
    });
    let engine = TestEngine::new(a_world([view]));
    let broker = TestBroker::start().await;
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    assert_eq!(broker.held("router2mqtt/modem/channel/down/+/state").await.len(), 1500);
    bridge.stop().await;
    let from = broker.now();
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    assert_eq!(broker.said(from).len(), 3, "birth, fence and the availability of the box");
}

const EVENT: &str = "router2mqtt/modem/event";

fn entry(text: &str) -> EventKind {
    EventKind::BoxLog(LogEntry {
        time: Some("11/01/2026 12:00:00".into()),
        severity: Severity::Critical,
        code: Some("82000200".into()),
        text: text.into(),
    })
}

fn happens(engine: &TestEngine, kind: EventKind) {
    engine.events.tell(Event { box_id: "modem".parse().unwrap(), at: at("2026-11-01T12:00:01Z"), kind });
}

fn texts(said: &[Said]) -> Vec<String> {
    let events = said.iter().filter(|said| said.topic == EVENT);
    let text = |said: &Said| {
        let event: serde_json::Value = serde_json::from_str(&said.payload).unwrap();
        event["text"].as_str().unwrap().to_owned()
    };
    events.map(text).collect()
}

#[tokio::test]
async fn an_event_is_told_once_after_the_state_it_is_about_and_is_not_kept() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    let from = broker.now();
    engine.change("modem", |view| {
        read(view, Section::Connection, |readings| {
            readings.router().set(catalog::WAN, false);
        });
    });
    happens(&engine, entry("T3 time-out"));
    happens(&engine, EventKind::LogFlood { left_out: 7 });
    broker.until_said(from, |said| said.payload.contains("log_flood")).await;
    bridge.stop().await;
    let said = broker.said(from);
    let told: Vec<_> = said.iter().filter(|said| said.topic == EVENT).collect();
    assert_eq!(
        told.iter().map(|said| said.payload.as_str()).collect::<Vec<_>>(),
        [
            concat!(
                r#"{"event_type":"log_critical","at":"2026-11-01T12:00:01Z","code":"82000200","#,
                r#""severity":"critical","text":"T3 time-out","time":"11/01/2026 12:00:00"}"#
            ),
            r#"{"event_type":"log_flood","at":"2026-11-01T12:00:01Z","left_out":7}"#,
        ]
    );
    assert!(told.iter().all(|said| !said.retain));
    let place = |topic: &str| said.iter().position(|said| said.topic == topic).unwrap();
    assert!(place("router2mqtt/modem/state") < place(EVENT));
    assert_eq!(broker.on(EVENT).await, None);
}

#[tokio::test]
async fn what_happens_while_the_broker_is_away_is_told_in_order_when_it_is_back() {
    let engine = engine();
    let port = TestBroker::start().await.stop().await;
    let mut bridge = TestBridge::start(port, &engine, states());
    for number in 0..100 {
        happens(&engine, entry(&number.to_string()));
    }
    let broker = TestBroker::start_on(port).await;
    bridge.settled().await;
    broker.until_said(0, |said| said.payload.contains(r#""text":"99""#)).await;
    bridge.stop().await;
    assert_eq!(texts(&broker.said(0)), (0..100).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_happens_last_is_told_before_the_bridge_leaves() {
    let (broker, engine) = (TestBroker::start().await, engine());
    let mut bridge = TestBridge::start(broker.port, &engine, states());
    bridge.settled().await;
    bridge.stop.cancel();
    happens(&engine, entry("last"));
    bridge.stop().await;
    assert_eq!(texts(&broker.said(0)), ["last"]);
    let left = broker.said(0).iter().rposition(|said| said.topic == AVAILABILITY);
    assert_eq!(left, Some(broker.now() - 1));
}
