//! What the flows do on a real broker, with the bridge and simulated boxes.

use std::time::Duration;

use router2mqtt::simulators::{self, Options, Running};
use serde_json::{Value as Json, json};

use crate::flows::{tap, tapped};
use crate::nodered::NodeRed;
use crate::support::bridge::Bridge;
use crate::support::eventually;
use crate::support::household::{Household, WITNESS};
use crate::support::observer::Observer;

/// Everything that the flows need to have something to do.
struct House {
    observer: Observer,
    node_red: NodeRed,
    bridge: Bridge,
    modem: Running,
    freebox: Running,
    _broker: Household,
}

impl House {
    async fn start() -> Self {
        let broker = Household::start().await;
        let observer = broker.observer(WITNESS);
        let (modem, freebox) = (simulated("hitron").await, simulated("freebox").await);
        let quota = json!({"limit": "40 GB", "used": "10 GB", "cycle": {"day": 1}});
        let mut bridge = broker.bridge().with("modem", &modem, json!({"allow": ["reboot"]})).with(
            "freebox",
            &freebox,
            json!({"quota": quota}),
        );
        bridge.start();
        let node_red = NodeRed::start().await;
        node_red.import(&tapped(&broker)).await;
        Self { observer, node_red, bridge, modem, freebox, _broker: broker }
    }

    /// Waits until a debug node shows something.
    async fn shown(&self, name: &str, fits: impl Fn(&Json) -> bool) -> Json {
        self.observer.wait_json(&tap(name), fits).await
    }

    /// Waits for a sentence on the topic that the household listens to, and in the sidebar.
    async fn told(&self, sentence: &str) {
        for topic in ["house/alert", &tap("Alert")] {
            eventually(&format!("'{sentence}' on {topic}"), || {
                let told = |message: &str| message.starts_with(sentence);
                self.observer.heard().iter().any(|m| m.topic == topic && told(&m.payload)).then_some(())
            })
            .await;
        }
    }

    fn alerts(&self) -> usize {
        self.observer.heard().iter().filter(|message| message.topic == "house/alert").count()
    }

    async fn event(&self, id: &str, event: &Json) {
        self.observer.publish(&format!("router2mqtt/{id}/event"), event.to_string(), false).await;
    }
}

async fn simulated(family: &str) -> Running {
    let options = Options { reboot: Duration::from_secs(3), ..Options::default() };
    simulators::start(family, options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto and npm"]
async fn live_state_is_shown() {
    let house = House::start().await;
    let rates = house.shown("Show rates", |shown| shown["box"] == "freebox").await;
    assert!(rates["down"].is_number() && rates["up"].is_number(), "{rates}");
    let quota = house.shown("Show quota", |shown| shown["box"] == "freebox").await;
    assert!(quota["percent"].as_f64().is_some_and(|percent| percent >= 25.0), "{quota}");
    assert_eq!(quota["exhausted"], json!(false));
    let line = house.shown("Show line quality", |shown| shown["box"] == "modem").await;
    assert!(["good", "tolerable"].contains(&line["quality"].as_str().unwrap()), "{line}");
    house.shown("Show boxes", |shown| *shown == json!({"online": 2, "away": []})).await;

    // The line gets worse, and so does what is shown.
    house.modem.troubles().begin(simulators::Trouble::DegradedLine);
    let line = house.shown("Show line quality", |shown| shown["quality"] != line["quality"]).await;
    assert!(line["reason"].as_str().unwrap().contains("SNR"), "{line}");
    house.told("The line of modem was good and is ").await;
    house.node_red.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto and npm"]
async fn alerts_are_told() {
    let mut house = House::start().await;
    house.shown("Show boxes", |shown| *shown == json!({"online": 2, "away": []})).await;
    // Nobody says when the flow has begun to listen to events.
    let laptop = json!({"event_type": "new_client", "at": "now", "mac": "02005e100001", "name": null,
        "vendor": "Lap & Sons", "ip": "192.168.1.20"});
    while house.alerts() == 0 {
        house.event("modem", &laptop).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    house.told("New device at modem: Lap & Sons (192.168.1.20)").await;

    let used = r#"{"action":"set_used","amount":"39 GB"}"#;
    house.observer.publish("router2mqtt/freebox/command", used, false).await;
    house.told("freebox has used 95 % of the quota").await;
    let bob = json!({"event_type": "quota_exhausted", "whose": "person_bob", "name": "Bob"});
    house.event("freebox", &bob).await;
    house.told("Bob has used up the quota").await;

    house.freebox.power().off();
    house.told("freebox cannot be reached: ").await;
    house.shown("Show boxes", |shown| *shown == json!({"online": 1, "away": ["freebox"]})).await;
    house.freebox.power().on();
    house.told("freebox is back after 0 minutes").await;

    // What nobody wants to hear of is not told.
    let before = house.alerts();
    house.event("modem", &json!({"event_type": "log_notice", "text": "nothing"})).await;
    house.bridge.kill();
    house.told("The bridge has stopped").await;
    assert_eq!(house.alerts(), before + 1);
    house.shown("Show boxes", |shown| *shown == json!({"online": 0, "away": ["freebox", "modem"]})).await;
    house.node_red.assert_content();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto and npm"]
async fn a_press_restarts_the_box() {
    let mut house = House::start().await;
    house.shown("Show boxes", |shown| *shown == json!({"online": 2, "away": []})).await;
    // Somebody else's command is not ours to tell of.
    house.observer.publish("router2mqtt/modem/command", "refresh", false).await;
    eventually("it is done", || house.observer.results("modem").into_iter().find(|r| r["state"] == "done"))
        .await;
    let before =
        house.observer.wait_json("router2mqtt/modem/state", |state| state["uptime"].is_number()).await;
    house.node_red.press("r2m-press").await;
    let done = house.observer.wait_for(&tap("Show success"), |_| true).await;
    assert!(done.starts_with("restarted, and away for "), "{done}");
    assert_eq!(house.modem.tally().reboots(), 1);
    house
        .observer
        .wait_json("router2mqtt/modem/state", |after| after["uptime"].as_f64() < before["uptime"].as_f64())
        .await;
    let steps: Vec<_> = house
        .observer
        .heard()
        .into_iter()
        .filter(|m| m.topic == tap("Show progress"))
        .map(|m| m.payload)
        .collect();
    assert_eq!(steps, ["accepted…", "sent…", "down…", "up…"]);

    // Without the bridge, the flow does not wait for ever.
    house.bridge.stop().await;
    house.node_red.press("r2m-press").await;
    house.observer.wait_for(&tap("Show trouble"), |said| said.starts_with("no answer")).await;
    assert_eq!(house.modem.tally().reboots(), 1);
    house.node_red.assert_content();
}
