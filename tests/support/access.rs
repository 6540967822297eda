//! Clients of a simulated TP-Link router, blocked and let in again by what Home Assistant is told to send.

use router2mqtt::simulators::{self, Options};
use serde_json::{Value as Json, json};

use super::bridge::Bridge;
use super::eventually;
use super::observer::Observer;

fn story(observer: &Observer, from: usize) -> Vec<Json> {
    observer.results("archer").split_off(from)
}

/// What comes of a command.
async fn end(observer: &Observer, topic: &str, payload: &str) -> Json {
    let from = observer.results("archer").len();
    observer.publish(topic, payload, false).await;
    eventually("the end of it", || {
        let ends = ["done", "failed", "refused"];
        story(observer, from).into_iter().find(|told| ends.iter().any(|end| told["state"] == *end))
    })
    .await
}

/// Takes topics and payloads from the announcement, as Home Assistant does; then in words.
pub async fn is_taken_and_given_back(port: u16) {
    let observer = Observer::connect(port);
    let archer = simulators::start("tplink", Options::default()).await.unwrap();
    let keys = json!({"allow": ["block"], "clients": {"track": "all", "randomised": true}});
    let mut bridge = Bridge::new(port).with("archer", &archer, keys);
    bridge.start();
    let config = observer
        .wait_json("homeassistant/device/router2mqtt_archer_02005e200002/config", |config| {
            config["cmps"]["internet_access"].is_object()
        })
        .await;
    observer.wait_for("router2mqtt/archer/availability", |payload| payload == "online").await;
    let switch = &config["cmps"]["internet_access"];
    let text = |key: &str| switch[key].as_str().unwrap();
    for (payload, blocked) in [("pl_off", true), ("pl_on", false)] {
        let told = end(&observer, text("cmd_t"), text(payload)).await;
        assert_eq!(
            (&told["state"], &told["client"]),
            (&"done".into(), &"02:00:5e:20:00:02".into()),
            "{told}"
        );
        observer.wait_json(text("stat_t"), |state| state["blocked"] == blocked).await;
        let other = observer.latest()["router2mqtt/archer/client/02005e200001/state"].clone();
        assert_eq!(serde_json::from_str::<Json>(&other).unwrap()["blocked"], false, "nobody else");
    }
    let block = |client: &str| json!({"action": "block", "client": client}).to_string();
    let command = "router2mqtt/archer/command";
    assert_eq!(end(&observer, command, &block("02:00:5E:20:00:01")).await["state"], "done");
    for (topic, payload, why) in [
        (command, "block".to_owned(), "'block' needs a client"),
        (command, block("nas"), "takes a hardware address"),
        (command, block("02:00:5e:99:00:01"), "knows no client"),
        (text("cmd_t"), "reboot".to_owned(), "nothing that is done to a client"),
    ] {
        let told = end(&observer, topic, &payload).await;
        assert_eq!(told["state"], "refused");
        assert!(told["reason"].as_str().unwrap().contains(why), "{told}");
    }
    assert_eq!(archer.tally().reboots(), 0);
}
