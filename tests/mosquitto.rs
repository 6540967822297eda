//! The bridge and a real Mosquitto. Run with `cargo test --test mosquitto -- --ignored`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use router2mqtt::simulators::{self, Options, Running};
use serde_json::{Value as Json, json};

use support::bridge::Bridge;
use support::broker::Mosquitto;
use support::observer::Observer;
use support::seeds::{SEEDS, seen_on};
use support::{eventually, logbook, wifi};

async fn freebox() -> Running {
    simulators::start("freebox", Options { reboot: Duration::from_secs(4), ..Options::default() })
        .await
        .unwrap()
}

async fn hitron() -> Running {
    let options = Options { tls: true, reboot: Duration::from_secs(4), ..Options::default() };
    simulators::start("hitron", options).await.unwrap()
}

async fn online(observer: &Observer, id: &str) {
    observer.wait_for(&format!("router2mqtt/{id}/availability"), |payload| payload == "online").await;
}

fn retained(broker: &Mosquitto) -> BTreeMap<String, String> {
    broker.retained(&["router2mqtt/#", "homeassistant/#"]).into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn mosquitto_sub_sees_discovery_and_states_of_both_boxes() {
    let broker = Mosquitto::start().run().await;
    let observer = Observer::connect(broker.port);
    let (freebox, hitron) = (freebox().await, hitron().await);
    let mut bridge =
        Bridge::new(broker.port).with("freebox", &freebox, json!({})).with("modem", &hitron, json!({}));
    bridge.start();
    online(&observer, "freebox").await;
    online(&observer, "modem").await;
    let held = eventually("both boxes are retained", || {
        let held = retained(&broker);
        ["freebox", "modem"]
            .iter()
            .all(|id| {
                held.contains_key(&format!("homeassistant/device/router2mqtt_{id}/config"))
                    && held.contains_key(&format!("router2mqtt/{id}/state"))
            })
            .then_some(held)
    })
    .await;
    assert_eq!(held["router2mqtt/bridge/availability"], "online");
    for seed in SEEDS.iter().filter(|seed| ["freebox", "modem"].contains(&seed.id)) {
        seen_on(&observer, seed).await;
    }
    let config: Json = serde_json::from_str(&held["homeassistant/device/router2mqtt_modem/config"]).unwrap();
    assert_eq!(config["o"]["name"], "router2mqtt");
    assert!(held.keys().filter(|topic| topic.starts_with("router2mqtt/modem/channel/down/")).count() >= 24);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn a_killed_bridge_is_unavailable_by_its_will() {
    let broker = Mosquitto::start().run().await;
    let observer = Observer::connect(broker.port);
    let freebox = freebox().await;
    let mut bridge = Bridge::new(broker.port).with("freebox", &freebox, json!({}));
    bridge.start();
    online(&observer, "freebox").await;
    bridge.kill();
    observer.wait_for("router2mqtt/bridge/availability", |payload| payload == "offline").await;
    let held = retained(&broker);
    assert_eq!(held["router2mqtt/bridge/availability"], "offline", "and it stays so for whoever comes later");
    bridge.start();
    observer.wait_for("router2mqtt/bridge/availability", |payload| payload == "online").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn a_broker_that_forgot_everything_heals_by_itself() {
    let mut broker = Mosquitto::start().run().await;
    let observer = Observer::connect(broker.port);
    let (freebox, hitron) = (freebox().await, hitron().await);
    let mut bridge =
        Bridge::new(broker.port).with("freebox", &freebox, json!({})).with("modem", &hitron, json!({}));
    bridge.start();
    online(&observer, "freebox").await;
    online(&observer, "modem").await;
    let before = eventually("everything is there", || {
        let held = retained(&broker);
        (held.len() > 60).then_some(held)
    })
    .await;
    broker.kill();
    broker.restart().await;
    eventually("everything is back", || {
        let held = retained(&broker);
        before.keys().all(|topic| held.contains_key(topic)).then_some(())
    })
    .await;
    assert_eq!(retained(&broker)["router2mqtt/freebox/availability"], "online");
    bridge.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn a_removed_box_leaves_nothing_and_foreign_topics_stay() {
    let broker = Mosquitto::start().run().await;
    let observer = Observer::connect(broker.port);
    let foreign = [
        ("homeassistant/device/another/config", r#"{"dev":{"ids":["x"]},"o":{"name":"another"},"cmps":{}}"#),
        ("homeassistant/sensor/another/temperature/config", r#"{"name":"x"}"#),
        ("router2mqtt/notes/state", r#"{"mine":true}"#),
        ("router2mqtt/freebox/notes", "remember the milk"),
    ];
    for (topic, payload) in foreign {
        observer.publish(topic, payload, true).await;
    }
    let (freebox, hitron) = (freebox().await, hitron().await);
    let mut bridge =
        Bridge::new(broker.port).with("freebox", &freebox, json!({})).with("modem", &hitron, json!({}));
    bridge.start();
    online(&observer, "freebox").await;
    online(&observer, "modem").await;
    eventually("the modem's channels are there", || {
        retained(&broker).contains_key("router2mqtt/modem/channel/down/9/state").then_some(())
    })
    .await;
    bridge.stop().await;

    bridge.remove("modem");
    bridge.start();
    online(&observer, "freebox").await;
    eventually("nothing is left of the modem", || {
        let held = retained(&broker);
        let left = held.keys().any(|topic| topic.contains("modem"));
        (!left).then_some(())
    })
    .await;
    let held = retained(&broker);
    for (topic, payload) in foreign {
        assert_eq!(held.get(topic).map(String::as_str), Some(payload), "{topic}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn a_retained_reboot_never_runs() {
    let broker = Mosquitto::start().run().await;
    let observer = Observer::connect(broker.port);
    observer.publish("router2mqtt/freebox/command", "reboot", true).await;
    let freebox = freebox().await;
    let mut bridge = Bridge::new(broker.port).with("freebox", &freebox, json!({"allow": ["reboot"]}));
    bridge.start();
    online(&observer, "freebox").await;
    eventually("it is refused", || observer.results("freebox").into_iter().find(|r| r["state"] == "refused"))
        .await;
    eventually("it is cleared", || {
        (!retained(&broker).contains_key("router2mqtt/freebox/command")).then_some(())
    })
    .await;
    assert_eq!(freebox.tally().reboots(), 0);
    observer.publish("router2mqtt/freebox/command", "reboot", false).await;
    eventually("a proper one runs", || {
        observer.results("freebox").into_iter().find(|r| r["state"] == "done")
    })
    .await;
    assert_eq!(freebox.tally().reboots(), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn wifi_is_turned_off_and_on_as_home_assistant_does_it() {
    let broker = Mosquitto::start().run().await;
    wifi::is_turned_off_and_on(broker.port).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn each_entry_of_a_log_is_told_once() {
    let broker = Mosquitto::start().run().await;
    logbook::each_entry_is_told_once(broker.port).await;
    assert!(!retained(&broker).contains_key("router2mqtt/book/event"));
}

struct Authority {
    ca: String,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "A household's own authority");
        let key = rcgen::KeyPair::generate().unwrap();
        let ca = params.self_signed(&key).unwrap().pem();
        Self { ca, issuer: rcgen::Issuer::new(params, key) }
    }

    fn issue(&self, name: &str) -> (String, String) {
        let params = rcgen::CertificateParams::new(vec![name.to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs mosquitto"]
async fn tls_with_an_own_authority_and_a_client_certificate() {
    let authority = Authority::new();
    let (server, server_key) = authority.issue("localhost");
    let (client, client_key) = authority.issue("bridge");
    let plain = support::broker::free_port();
    let broker = Mosquitto::with(&format!(
        "cafile FOLDER/ca.pem\ncertfile FOLDER/server.pem\nkeyfile FOLDER/server.key\nrequire_certificate true\n\
         allow_anonymous true\nlistener {plain} 127.0.0.1\nallow_anonymous true\n"
    ));
    let folder = broker.folder().to_owned();
    for (name, text) in [
        ("ca.pem", &authority.ca),
        ("server.pem", &server),
        ("server.key", &server_key),
        ("client.pem", &client),
        ("client.key", &client_key),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let broker = broker.run().await;
    let observer = Observer::connect(plain);
    let freebox = freebox().await;
    let mut bridge = Bridge::new(broker.port).with("freebox", &freebox, json!({}));
    bridge.configuration["mqtt"] = json!({
        "url": format!("mqtts://127.0.0.1:{}", broker.port),
        "tls": {
            "ca": folder.join("ca.pem"),
            "certificate": folder.join("client.pem"),
            "key": folder.join("client.key"),
        },
    });
    bridge.start();
    online(&observer, "freebox").await;
    bridge.stop().await;
    observer.wait_for("router2mqtt/freebox/availability", |payload| payload == "offline").await;
    observer.forget();

    // Without the household's own authority the broker is nobody.
    bridge.configuration["mqtt"]["tls"].as_object_mut().unwrap().remove("ca");
    bridge.start();
    eventually("the log says so", || bridge.log().contains("certificate").then_some(())).await;
    assert!(!observer.latest().contains_key("router2mqtt/bridge/availability"));
}
