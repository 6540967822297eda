//! The whole bridge as its users run it, between simulated boxes and an embedded broker: `cargo test` needs no more.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::time::Duration;

use router2mqtt::simulators::{self, Options, Trouble};
use serde_json::json;

use support::bridge::Bridge;
use support::broker::Embedded;
use support::neighbour::Neighbour;
use support::observer::Observer;
use support::seeds::{SEEDS, seen_on};
use support::{access, eventually, logbook, wifi};

async fn box_(family: &str, options: Options) -> simulators::Running {
    simulators::start(family, options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_of_every_seed_is_a_state() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let mut bridge = Bridge::new(broker.port);
    bridge.configuration["on_peak"] = json!(["08:00-20:00"]);
    bridge.configuration["people"] = json!({"alice": {"devices": ["02:00:5e:20:00:01"], "quota": "10 GB"}});
    let mut boxes = Vec::new();
    for seed in SEEDS {
        let simulated = seed.start().await;
        let clients = json!({"track": "all", "randomised": true});
        bridge.add(seed.id, &simulated, &json!({"clients": clients, "quota": "40 GB"}));
        boxes.push(simulated);
    }
    bridge.start();
    for seed in SEEDS {
        seen_on(&observer, seed).await;
        observer
            .wait_for(&format!("router2mqtt/{}/availability", seed.id), |payload| payload == "online")
            .await;
        observer
            .wait_json(&format!("homeassistant/device/router2mqtt_{}/config", seed.id), |config| {
                config["cmps"].as_object().is_some_and(|components| components.len() > 5)
            })
            .await;
    }
    assert!(boxes.iter().all(|simulated| simulated.tally().most_in_flight() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reboot_ends_in_done_exactly_once() {
    for (family, tls) in [("freebox", false), ("hitron", true)] {
        let broker = Embedded::start().await;
        let observer = Observer::connect(broker.port);
        let options = Options { tls, reboot: Duration::from_secs(4), ..Options::default() };
        let simulated = box_(family, options).await;
        let mut bridge = Bridge::new(broker.port).with("box", &simulated, json!({"allow": ["reboot"]}));
        bridge.start();
        observer.wait_for("router2mqtt/box/availability", |payload| payload == "online").await;
        observer.publish("router2mqtt/box/command", r#"{"action":"reboot","id":"x1"}"#, false).await;
        eventually("the reboot ends", || {
            observer.results("box").into_iter().find(|result| result["state"] == "done")
        })
        .await;
        let results = observer.results("box");
        let states: Vec<_> = results.iter().map(|result| result["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["accepted", "sent", "down", "up", "done"], "{family}");
        assert!(results.iter().all(|result| result["id"] == "x1" && result["action"] == "reboot"));
        assert!(results.last().unwrap()["down_s"].as_f64().unwrap() > 0.5);
        assert_eq!(simulated.tally().reboots(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wifi_is_turned_off_and_on_as_home_assistant_does_it() {
    let broker = Embedded::start().await;
    wifi::is_turned_off_and_on(broker.port).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_blocked_and_let_in_again_as_home_assistant_does_it() {
    let broker = Embedded::start().await;
    access::is_taken_and_given_back(broker.port).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_entry_of_a_log_is_told_once() {
    let broker = Embedded::start().await;
    logbook::each_entry_is_told_once(broker.port).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_app_token_costs_one_login_in_20_polls_and_a_restart() {
    one_login_in_20_polls_and_a_restart("freebox").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_costs_one_login_in_20_polls_and_a_restart() {
    one_login_in_20_polls_and_a_restart("hitron").await;
}

async fn one_login_in_20_polls_and_a_restart(family: &str) {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let troubles = [Trouble::WrongPassword].into_iter().collect();
    let simulated = box_(family, Options { troubles, ..Options::default() }).await;
    let mut bridge = Bridge::new(broker.port).with("box", &simulated, json!({}));
    let neighbour = Neighbour::moves_in(&mut bridge).await;
    for _ in 0..2 {
        bridge.start();
        observer
            .wait_json("router2mqtt/box/problem", |problem| problem["class"] == "credentials_rejected")
            .await;
        neighbour.is_polled(10).await;
        bridge.stop().await;
    }
    assert_eq!(simulated.tally().logins(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_box_does_not_delay_another() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let slow =
        box_("hitron", Options { troubles: [Trouble::Slow].into_iter().collect(), ..Options::default() })
            .await;
    let quick = box_("freebox", Options::default()).await;
    let mut bridge = Bridge::new(broker.port).with("slow", &slow, json!({})).with("quick", &quick, json!({}));
    bridge.start();
    observer.wait_for("router2mqtt/quick/availability", |payload| payload == "online").await;
    let before = quick.tally().requests();
    eventually("the quick box is polled on", || (quick.tally().requests() > before + 10).then_some(())).await;
    assert_eq!(observer.latest()["router2mqtt/slow/availability"], "offline");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_says_goodbye_to_boxes_and_broker() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let freebox = box_("freebox", Options::default()).await;
    let mut bridge = Bridge::new(broker.port).with("box", &freebox, json!({}));
    bridge.start();
    observer.wait_for("router2mqtt/box/availability", |payload| payload == "online").await;
    let began = tokio::time::Instant::now();
    let status = bridge.stop().await;
    assert!(status.success());
    assert!(began.elapsed() < Duration::from_secs(5));
    observer.wait_for("router2mqtt/bridge/availability", |payload| payload == "offline").await;
    observer.wait_for("router2mqtt/box/availability", |payload| payload == "offline").await;
    assert_eq!(freebox.tally().logouts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retained_reboot_is_refused_reported_once_and_cleared() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    observer.publish("router2mqtt/box/command/reboot", "PRESS", true).await;
    let freebox = box_("freebox", Options::default()).await;
    let mut bridge = Bridge::new(broker.port).with("box", &freebox, json!({"allow": ["reboot"]}));
    bridge.start();
    observer.wait_for("router2mqtt/box/availability", |payload| payload == "online").await;
    eventually("the refusal", || observer.results("box").into_iter().next()).await;
    eventually("the topic is cleared", || {
        (!observer.latest().contains_key("router2mqtt/box/command/reboot")).then_some(())
    })
    .await;
    // Results come in order: what was to be said of the reboot has been said when another command is done.
    observer.publish("router2mqtt/box/command", "refresh", false).await;
    eventually("the next command is done", || {
        observer.results("box").into_iter().find(|result| result["state"] == "done")
    })
    .await;
    let results = observer.results("box");
    let states: Vec<_> = results.iter().map(|result| result["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["refused", "accepted", "done"]);
    assert!(results[0]["reason"].as_str().unwrap().contains("retain"));
    assert_eq!(freebox.tally().reboots(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_command_gets_a_refusal_and_nothing_else() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let freebox = box_("freebox", Options::default()).await;
    let mut bridge = Bridge::new(broker.port).with("box", &freebox, json!({}));
    bridge.start();
    observer.wait_for("router2mqtt/box/availability", |payload| payload == "online").await;
    let bad: [Vec<u8>; 5] = [
        b"explode".to_vec(),
        b"{\"action\":".to_vec(),
        vec![0xff, 0xfe],
        vec![b'x'; 5000],
        b"reboot".to_vec(),
    ];
    for (sent, payload) in bad.into_iter().enumerate() {
        observer.publish("router2mqtt/box/command", payload, false).await;
        eventually("a refusal", || (observer.results("box").len() == sent + 1).then_some(())).await;
    }
    assert!(observer.results("box").iter().all(|result| result["state"] == "refused"));
    assert_eq!(freebox.tally().reboots(), 0);
}
