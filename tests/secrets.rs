//! Nothing that opens anything leaves the house: not in the log, however loud, not on MQTT, not in the data directory.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::fs;
use std::path::Path;

use router2mqtt::simulators::{Options, Running, start};
use serde_json::json;

use support::bridge::Bridge;
use support::broker::Embedded;
use support::encodings::assert_clean;
use support::eventually;
use support::observer::Observer;

const BROKER: &str = "s3cr3t-of-the-broker/ABC+def";
const MODEM: &str = "s3cr3t-of-the-modem/GHI+jkl\"m";
const FREEBOX: &str = "s3cr3tOfTheFreebox/0123456789+ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh";
const PORTAL: &str = "s3cr3t-of-the-portal/MNO+pqr&s=t";
const WRONG_BROKER: &str = "s3cr3t-that-is-wrong-for-the-broker";
const WRONG_MODEM: &str = "s3cr3t-that-is-wrong-for-the-modem";
const WRONG_FREEBOX: &str = "s3cr3tThatIsWrong/0123456789+ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi";
const WRONG_PORTAL: &str = "s3cr3t-that-is-wrong-for-the-portal";
const ALL: [&str; 8] =
    [BROKER, MODEM, FREEBOX, PORTAL, WRONG_BROKER, WRONG_MODEM, WRONG_FREEBOX, WRONG_PORTAL];

async fn box_(family: &str, tls: bool, password: &str) -> Running {
    let password = Some(password.to_owned());
    start(family, Options { tls, password, ..Options::default() }).await.unwrap()
}

/// A bridge that says everything it has to say, and more.
fn talkative(port: u16, password: &str) -> Bridge {
    let mut bridge = Bridge::new(port);
    bridge.configuration["log"] = json!("trace");
    bridge.configuration["mqtt"]["username"] = json!("bridge");
    bridge.configuration["mqtt"]["password"] = json!(password);
    bridge
}

/// Looks into everything that a bridge leaves behind.
fn assert_nothing_left(bridge: &Bridge) {
    let log = bridge.log();
    for level in ["TRACE", "DEBUG"] {
        assert!(log.contains(level), "the log is not as loud as it was meant to be");
    }
    assert_clean("the log", &log, &ALL);
    let mut files = 0;
    assert_clean_below(&bridge.folder().join("data"), &mut files);
    assert!(files > 0, "there is no data directory");
}

fn assert_clean_below(folder: &Path, files: &mut usize) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_clean_below(&path, files);
        } else {
            *files += 1;
            let text = fs::read(&path).unwrap();
            assert_clean(&path.display().to_string(), &String::from_utf8_lossy(&text), &ALL);
        }
    }
}

fn assert_nothing_published(observer: &Observer) {
    let heard = observer.heard();
    assert!(!heard.is_empty());
    for message in heard {
        assert_clean(&format!("the topic {}", message.topic), &message.topic, &ALL);
        assert_clean(&format!("the payload of {}", message.topic), &message.payload, &ALL);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_at_work_keeps_its_secrets() {
    let broker = Embedded::guarded("bridge", BROKER).await;
    let observer = Observer::connect_as(broker.port, "bridge", BROKER);
    let freebox = box_("freebox", false, FREEBOX).await;
    let modem = box_("hitron", true, MODEM).await;
    let plain = box_("hitron", false, MODEM).await;
    let portal = box_("altibox", false, PORTAL).await;
    let mut bridge = talkative(broker.port, BROKER)
        .with("freebox", &freebox, json!({}))
        .with("plain", &plain, json!({}))
        .with("portal", &portal, json!({}))
        .with("modem", &modem, json!({}));
    bridge.start();
    for id in ["freebox", "plain", "modem", "portal"] {
        observer.wait_for(&format!("router2mqtt/{id}/availability"), |payload| payload == "online").await;
    }
    observer.publish("router2mqtt/modem/command", "reboot", false).await;
    let refused = eventually("a refusal", || observer.results("modem").into_iter().next()).await;
    assert_eq!(refused["state"], "refused");
    let before = freebox.tally().requests();
    eventually("another poll", || (freebox.tally().requests() > before + 5).then_some(())).await;
    bridge.stop().await;

    assert_eq!(portal.tally().logins(), 1);
    assert!(freebox.tally().logins() == 1 && modem.tally().logins() > 0 && plain.tally().logins() > 0);
    assert_nothing_left(&bridge);
    assert_nothing_published(&observer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_with_wrong_secrets_keeps_them_as_well() {
    let broker = Embedded::guarded("bridge", BROKER).await;
    let observer = Observer::connect_as(broker.port, "bridge", BROKER);
    let (freebox, modem) = (box_("freebox", false, FREEBOX).await, box_("hitron", true, MODEM).await);
    let portal = box_("altibox", false, PORTAL).await;
    let mut bridge = talkative(broker.port, BROKER)
        .with("freebox", &freebox, json!({"app_token": WRONG_FREEBOX}))
        .with("portal", &portal, json!({"password": WRONG_PORTAL}))
        .with("modem", &modem, json!({"password": WRONG_MODEM}));
    bridge.start();
    for id in ["freebox", "modem", "portal"] {
        observer
            .wait_json(&format!("router2mqtt/{id}/problem"), |problem| {
                problem["class"] == "credentials_rejected"
            })
            .await;
    }
    bridge.stop().await;
    let rejected = [&freebox, &modem, &portal].map(|box_| box_.tally().rejected());
    assert_eq!(rejected, [1, 1, 1]);
    assert_nothing_left(&bridge);
    assert_nothing_published(&observer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_that_the_broker_rejects_keeps_its_secrets() {
    let broker = Embedded::guarded("bridge", BROKER).await;
    let freebox = box_("freebox", false, FREEBOX).await;
    let mut bridge = talkative(broker.port, WRONG_BROKER).with("freebox", &freebox, json!({}));
    bridge.start();
    eventually("the complaint", || {
        bridge.log().contains("it refuses the user name or the password").then_some(())
    })
    .await;
    bridge.stop().await;
    assert_nothing_left(&bridge);
}
