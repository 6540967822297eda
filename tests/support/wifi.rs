//! The Wi-Fi of a simulated Freebox, turned by what Home Assistant is told to send.

use router2mqtt::simulators::{self, Options};
use serde_json::{Value as Json, json};

use super::bridge::Bridge;
use super::eventually;
use super::observer::Observer;

fn story(observer: &Observer, from: usize) -> Vec<Json> {
    observer.results("freebox").split_off(from)
}

/// Takes topics and payloads from the announcement, as Home Assistant does.
pub async fn is_turned_off_and_on(port: u16) {
    let observer = Observer::connect(port);
    let freebox = simulators::start("freebox", Options::default()).await.unwrap();
    let mut bridge = Bridge::new(port).with("freebox", &freebox, json!({"allow": ["wifi"]}));
    bridge.start();
    let config = observer
        .wait_json("homeassistant/device/router2mqtt_freebox/config", |config| {
            config["cmps"]["wifi_switch"].is_object()
        })
        .await;
    observer.wait_for("router2mqtt/freebox/availability", |payload| payload == "online").await;
    assert!(config["cmps"].get("wifi").is_none(), "the switch takes the place of the sensor");
    let switch = &config["cmps"]["wifi_switch"];
    let text = |key: &str| switch[key].as_str().unwrap();
    assert_eq!(text("val_tpl"), "{{ value_json.wifi | default(none) }}");
    for (payload, on) in [("pl_off", false), ("pl_on", true)] {
        let from = observer.results("freebox").len();
        observer.publish(text("cmd_t"), text(payload), false).await;
        observer.wait_json(text("stat_t"), |state| state["wifi"] == on).await;
        eventually("the end of it", || {
            story(&observer, from).iter().find(|told| told["state"] == "done").cloned()
        })
        .await;
        let states: Vec<_> = story(&observer, from).iter().map(|told| told["state"].clone()).collect();
        assert_eq!(states, ["accepted", "sent", "done"]);
    }
    observer.publish("router2mqtt/freebox/command", "reboot", false).await;
    let refused = eventually("what is not allowed is refused", || {
        observer.results("freebox").into_iter().find(|told| told["state"] == "refused")
    })
    .await;
    assert!(refused["reason"].as_str().unwrap().contains("'reboot' is not allowed"), "{refused}");
}
