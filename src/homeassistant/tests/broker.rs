//! Home Assistant's side of a real broker.

use super::household::{cable_modem, fibre_box, household};
use crate::homeassistant::{Announcer, Layout, Style};
use crate::mqtt::testing::{TestBridge, TestBroker, TestEngine, a_world, topics};
use crate::mqtt::{Declare, States};

fn readers(layout: Layout) -> Vec<Box<dyn Declare>> {
    let style = Style { layout, ..Style::default() };
    vec![Box::new(States::new(topics())), Box::new(Announcer::new(style, topics()))]
}

const MODEM: &str = "homeassistant/device/router2mqtt_modem/config";
const PHONE: &str = "homeassistant/device/router2mqtt_freebox_00005e005301/config";

#[tokio::test]
async fn discovery_comes_first_then_availability_then_states() {
    let (broker, engine) = (TestBroker::start().await, TestEngine::new(household()));
    let mut bridge = TestBridge::start(broker.port, &engine, readers(Layout::Device));
    bridge.settled().await;
    let said: Vec<_> = broker.said(0).into_iter().map(|said| said.topic).collect();
    let place = |wanted: &str| said.iter().position(|topic| topic == wanted).unwrap();
    assert!(place("homeassistant/device/router2mqtt_freebox/config") < place(PHONE));
    assert!(place(PHONE) < place("router2mqtt/modem/availability"));
    assert!(place("router2mqtt/modem/availability") < place("router2mqtt/modem/state"));
}

#[tokio::test]
async fn home_assistant_that_starts_is_told_everything_in_two_steps() {
    let (broker, engine) = (TestBroker::start().await, TestEngine::new(household()));
    let mut bridge = TestBridge::start(broker.port, &engine, readers(Layout::Device));
    bridge.settled().await;
    let from = broker.now();
    broker.say("homeassistant/status", "online", false).await;
    broker.say("homeassistant/status", "online", false).await;
    let config = broker.until_said(from, |said| said.topic == MODEM).await;
    let state = broker.until_said(config, |said| said.topic == "router2mqtt/modem/state").await;
    let available = broker.until_said(config, |said| said.topic == "router2mqtt/modem/availability").await;
    assert!(config < available && available < state);
    bridge.stop().await;
    let configs = broker.said(from).into_iter().filter(|said| said.topic == MODEM);
    assert_eq!(configs.count(), 1, "two births at once are one");
}

#[tokio::test]
async fn only_a_fresh_online_is_a_birth_whatever_else_is_on_the_broker() {
    let (broker, engine) = (TestBroker::start().await, TestEngine::new(household()));
    broker.say("homeassistant/status", "online", true).await;
    // Others may leave more on a broker than we would.
    broker.say("homeassistant/device/long/config", &"x".repeat(3 * 1024 * 1024), true).await;
    let mut bridge = TestBridge::start(broker.port, &engine, readers(Layout::Device));
    bridge.settled().await;
    let from = broker.now();
    broker.say("homeassistant/status", "offline", false).await;
    broker.say("homeassistant/status", "ONLINE", false).await;
    // An answered command shows that everything before it has been heard.
    broker.say("router2mqtt/modem/command", "nonsense", false).await;
    broker.until_said(from, |said| said.topic == "router2mqtt/modem/result").await;
    bridge.stop().await;
    assert!(broker.said(from).iter().all(|said| !said.topic.starts_with("homeassistant/")));
}

#[tokio::test]
async fn without_a_list_our_own_leftovers_are_known_by_what_they_say() {
    let (broker, both) = (TestBroker::start().await, TestEngine::new(household()));
    let mut bridge = TestBridge::start(broker.port, &both, readers(Layout::Device));
    bridge.settled().await;
    bridge.stop().await;
    let foreign = [
        (
            "homeassistant/device/router2mqtt_other/config",
            r#"{"o":{"name":"router2mqtt"},"avty":[{"t":"second/bridge/availability"}]}"#,
        ),
        (
            "homeassistant/device/lamp/config",
            r#"{"o":{"name":"zigbee2mqtt"},"avty":[{"t":"router2mqtt/bridge/availability"}]}"#,
        ),
        ("router2mqtt/freebox/notes", "mine"),
    ];
    for (topic, payload) in foreign {
        broker.say(topic, payload, true).await;
    }

    let one = TestEngine::new(a_world([cable_modem()]));
    let mut bridge = TestBridge::start(broker.port, &one, readers(Layout::Device));
    bridge.settled().await;
    let left: Vec<_> = broker.held("#").await.into_keys().filter(|topic| topic.contains("freebox")).collect();
    assert_eq!(left, ["router2mqtt/freebox/notes"]);
    for (topic, payload) in foreign {
        assert_eq!(broker.on(topic).await.as_deref(), Some(payload));
    }
    assert!(broker.on(MODEM).await.is_some());
}

#[tokio::test]
async fn a_forgotten_client_takes_its_topics_with_it() {
    let (broker, engine) = (TestBroker::start().await, TestEngine::new(a_world([fibre_box()])));
    let mut bridge = TestBridge::start(broker.port, &engine, readers(Layout::Device));
    bridge.settled().await;
    assert!(broker.on(PHONE).await.is_some());
    engine.change("freebox", |view| {
        view.shape.retain(|subject, _| !matches!(subject, crate::model::Subject::Client(_)));
    });
    broker.until_on(PHONE, None).await;
    broker.until_on("router2mqtt/freebox/client/00005e005301/state", None).await;
    bridge.stop().await;
    assert_eq!(broker.held("router2mqtt/freebox/client/#").await.len(), 0);
}

#[tokio::test]
async fn a_change_of_layout_keeps_the_entities_and_leaves_nothing_behind() {
    let list = crate::engine::Shelf::fleeting();
    let (broker, engine) = (TestBroker::start().await, TestEngine::new(a_world([cable_modem()])));
    let single = "homeassistant/sensor/router2mqtt_modem/received/config";
    for (layout, gone, there) in [
        (Layout::Component, MODEM, single),
        (Layout::Device, single, MODEM),
        (Layout::Component, MODEM, single),
    ] {
        let from = broker.now();
        let mut bridge = TestBridge::remembering(broker.port, &engine, readers(layout), Some(list.clone()));
        bridge.settled().await;
        bridge.stop().await;
        assert!(broker.on(gone).await.is_none() && broker.on(there).await.is_some(), "{layout:?}");
        let said = broker.said(from);
        let place = |topic: &str, payload: &str| {
            said.iter().position(|said| said.topic == topic && said.payload.starts_with(payload))
        };
        if let Some(farewell) = place(gone, r#"{"migrate_discovery":true}"#) {
            assert!(!said[farewell].retain);
            let announced = place(there, r#"{"dev""#).unwrap();
            let cleared =
                said.iter().rposition(|said| said.topic == gone && said.payload.is_empty()).unwrap();
            assert!(farewell < cleared && cleared < announced);
        } else {
            assert_eq!(from, 0, "a change of layout without a word");
        }
    }
    let mut bridge = TestBridge::remembering(broker.port, &engine, readers(Layout::Off), Some(list));
    bridge.settled().await;
    assert_eq!(broker.held("homeassistant/#").await.len(), 0);
}
