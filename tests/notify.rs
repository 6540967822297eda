//! The bridge as its users run it tells people what happens, and keeps the secrets that it needs for that.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::collections::BTreeSet;

use router2mqtt::simulators::{Options, start};
use serde_json::{Value as Json, json};

use support::bridge::Bridge;
use support::broker::Embedded;
use support::encodings::assert_clean;
use support::eventually;
use support::hook::Hook;
use support::observer::Observer;

const PATH: &str = "s3cr3t-of-the-hook/ABC+def-and-more";
const TOKEN: &str = "s3cr3t-of-the-topic-GHI+jkl";
const PASSWORD: &str = "s3cr3t-of-the-user-MNO+pqr";

/// The events that a hook was told, as JSON.
fn told(hook: &Hook) -> Vec<Json> {
    hook.came().iter().map(|came| serde_json::from_str(&came.body).unwrap()).collect()
}

fn of_kind(hook: &Hook, kind: &str) -> Option<Json> {
    told(hook).into_iter().find(|event| event["event_type"] == kind)
}

/// The devices that MQTT has heard of.
fn devices(observer: &Observer) -> usize {
    observer.latest().keys().filter(|topic| topic.starts_with("router2mqtt/box/client/")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_hears_of_new_devices_and_of_a_box_that_goes_and_comes_back() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let hook = Hook::start().await;
    let everybody = json!({"clients": {"track": "all", "randomised": true}});
    let modem = start("hitron", Options::default()).await.unwrap();
    let mut bridge = Bridge::new(broker.port).with("box", &modem, everybody.clone());
    bridge.configuration["notify"] = json!([
        {"type": "webhook", "url": hook.url("/told")},
        {"type": "ntfy", "url": hook.url("/topic"), "events": ["daily_summary"]},
    ]);
    bridge.start();
    eventually("the devices are known", || (devices(&observer) > 0).then_some(())).await;
    modem.power().off();
    let down = eventually("the box is down", || of_kind(&hook, "box_down")).await;
    let said = [&down["box"], &down["box_name"], &down["title"]];
    assert_eq!(said, [&json!("box"), &json!("Box"), &json!("Box is down")]);
    modem.power().on();
    let up = eventually("the box is back", || of_kind(&hook, "box_up")).await;
    assert!(up["since"].as_str().unwrap() <= up["at"].as_str().unwrap());
    assert!(of_kind(&hook, "new_client").is_none(), "at the first reading nobody is new");
    bridge.stop().await;

    // The household gets another box, with other devices.
    let freebox = start("freebox", Options::default()).await.unwrap();
    bridge.add("box", &freebox, &everybody);
    bridge.start();
    let new = eventually("a new device", || of_kind(&hook, "new_client")).await;
    let on_mqtt = eventually("the same on MQTT", || {
        let heard = observer.heard();
        let events = heard.iter().filter(|message| message.topic == "router2mqtt/box/event");
        let mut events = events.map(|message| serde_json::from_str::<Json>(&message.payload).unwrap());
        events.find(|event| event["event_type"] == "new_client")
    })
    .await;
    assert_eq!((&on_mqtt["mac"], &on_mqtt["at"]), (&new["mac"], &new["at"]));
    bridge.stop().await;
    let told = told(&hook);
    let of_kind = |kind: &str| told.iter().filter(|event| event["event_type"] == kind).count();
    assert_eq!((of_kind("box_down"), of_kind("box_up")), (1, 1));
    let macs: Vec<_> = told.iter().filter_map(|event| event["mac"].as_str()).collect();
    let different: BTreeSet<_> = macs.iter().collect();
    assert_eq!(macs.len(), different.len(), "each of them once");
    assert!(hook.came().iter().all(|came| came.path == "/told"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opens_a_target_stays_secret_whether_it_is_taken_or_not() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let (taking, refusing) = (Hook::start().await, Hook::start().await);
    refusing.answers("401 Unauthorized");
    let nobody = Hook::nobody().await;
    let freebox = start("freebox", Options::default()).await.unwrap();
    let mut bridge = Bridge::new(broker.port).with("box", &freebox, json!({}));
    let path = format!("/{PATH}?key={PATH}");
    let target = |url: String, keys: Json| {
        let mut target = json!({"type": "webhook", "url": url, "headers": {"X-Key": PATH}});
        target.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        target
    };
    bridge.configuration["log"] = json!("trace");
    bridge.configuration["notify"] = json!([
        target(taking.url(&path), json!({"token": TOKEN})),
        target(refusing.url(&path), json!({"username": "ada", "password": PASSWORD})),
        target(nobody.url(&path), json!({"token": TOKEN})),
    ]);
    bridge.start();
    observer.wait_for("router2mqtt/box/availability", |payload| payload == "online").await;
    freebox.power().off();
    eventually("it is told", || of_kind(&taking, "box_down")).await;
    eventually("it is refused", || bridge.log().contains("it answers with status 401").then_some(())).await;
    eventually("nobody is there", || {
        bridge.log().contains("not reachable: connection refused").then_some(())
    })
    .await;
    let came = taking.came().remove(0);
    assert_eq!(
        (came.path.as_str(), came.headers["authorization"].clone()),
        (path.as_str(), format!("Bearer {TOKEN}"))
    );
    bridge.stop().await;
    let complaints =
        |what: &str| bridge.log().lines().filter(|line| line.contains("WARN") && line.contains(what)).count();
    assert_eq!(complaints("status 401"), 1, "told once, and with the fix");
    assert!(bridge.log().contains("correct 'token', or 'username' and 'password'"));
    assert_eq!(refusing.came().len(), told(&taking).len(), "never again");
    assert_clean("the log", &bridge.log(), &[PATH, TOKEN, PASSWORD]);
    for message in observer.heard() {
        assert_clean(&message.topic, &message.payload, &[PATH, TOKEN, PASSWORD]);
    }
}
