//! What is in `examples/prometheus` and `examples/grafana`, tried with a real Prometheus that scrapes a real bridge.
//! Run with `cargo test --test monitoring -- --ignored`.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr
)]

mod household;
mod prometheus;
mod questions;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use router2mqtt::simulators::{self, Options, Trouble};
use serde_json::json;
use tokio::time::{Instant, sleep};

use prometheus::{Prometheus, promtool};
use questions::Question;
use support::PATIENCE;
use support::broker::Embedded;
use support::observer::Observer;

/// What is asked of a household in which all is well, and has no answer there: by whom it is asked, a part of the question,
/// and why.
const UNANSWERED: &[(&str, &str, &str)] = &[
    ("alert: CredentialsRejected", "credentials_rejected", FIRES),
    ("alert: LockedOut", "locked_out", FIRES),
    ("alert: CertificateChanged", "pin_mismatch", FIRES),
];

const FIRES: &str = "it needs a fault that is made in `alerts_fire_and_end`";

fn may_be_unanswered(question: &Question) -> bool {
    UNANSWERED.iter().any(|(by, part, _)| question.by == *by && question.text.contains(part))
}

/// What is answered when a box restarts, or another one has a fault.
fn needs_trouble(question: &Question) -> bool {
    ["changes(", "router2mqtt_problem{box", "router2mqtt_faults_total"]
        .iter()
        .any(|part| question.text.contains(part))
}

/// What Prometheus does not know yet. A question of days to come is asked as if it were yesterday.
async fn unanswered(prometheus: &Prometheus, questions: Vec<Question>) -> Vec<Question> {
    let mut left = Vec::new();
    for question in questions {
        let ago = if question.text.contains("offset -1d30m") { 88_200 } else { 0 };
        match prometheus.ask(&question.text, ago).await {
            Ok(answer) if answer.is_empty() => left.push(question),
            Ok(_) => {}
            Err(error) => panic!("{}: {error}\n{}", question.by, question.text),
        }
    }
    left
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs prometheus"]
async fn every_question_is_answered() {
    let broker = Embedded::start().await;
    let (mut bridge, address) = household::bridge(broker.port);
    let boxes = household::everything(&mut bridge).await;
    household::remember(&bridge);
    bridge.start();
    let prometheus = Prometheus::of(address).await;
    prometheus.targets_are_up(1).await;

    let observer = Observer::connect(broker.port);
    let client = format!("router2mqtt/home/client/{}", household::DEVICES[0].replace(':', ""));
    observer.wait_for(&format!("{client}/state"), |_| true).await;
    observer.publish(&format!("{client}/command"), "block", false).await;

    let mut left = [questions::of_dashboards(), questions::of_alerts()].concat();
    assert!(left.len() > 200, "{}", left.len());
    let deadline = Instant::now() + PATIENCE;
    let mut disturbed = false;
    while !left.iter().all(may_be_unanswered) && Instant::now() < deadline {
        sleep(Duration::from_millis(500)).await;
        left = unanswered(&prometheus, left).await;
        if !disturbed && left.iter().all(|question| needs_trouble(question) || may_be_unanswered(question)) {
            observer.publish("router2mqtt/fibre/command", "reboot", false).await;
            boxes["backup"].troubles().begin(Trouble::Status500);
            disturbed = true;
        }
    }
    let unexpected: Vec<_> = left.iter().filter(|question| !may_be_unanswered(question)).collect();
    assert!(unexpected.is_empty(), "{} questions have no answer: {unexpected:#?}", unexpected.len());
    for (by, part, why) in UNANSWERED {
        let asked = left.iter().any(|question| question.by == *by && question.text.contains(part));
        assert!(asked, "{by} is answered, though {why}");
    }
    for list in questions::of_lists() {
        assert!(!prometheus.values_of("box", &list.text).await.is_empty(), "{list:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs prometheus"]
async fn alerts_fire_and_end() {
    let broker = Embedded::start().await;
    let (mut bridge, address) = household::bridge(broker.port);
    let modem = household::simulated("hitron", None).await;
    let freebox = household::simulated("freebox", None).await;
    let second = household::simulated("hitron", None).await;
    let tls = Options { tls: true, ..Options::default() };
    let mut third = simulators::start("hitron", tls).await.unwrap();
    // A household that wants more of its line than the rest.
    let line = json!({ "worse_after": 2, "better_after": 2, "docsis": { "snr_256qam": [33, 32, 31] } });
    bridge.add("modem", &modem, &json!({ "line": line }));
    for (id, simulated) in [("freebox", &freebox), ("second", &second), ("third", &third)] {
        bridge.add(id, simulated, &json!({}));
    }
    bridge.start();
    let prometheus = Prometheus::of(address).await;
    prometheus.targets_are_up(1).await;
    prometheus.alert("BoxDown", None, false).await;

    // Noise on the cable.
    modem.troubles().begin(Trouble::DegradedLine);
    let alert = prometheus.alert("SnrLow", Some("modem"), true).await;
    assert!(alert["annotations"]["summary"].as_str().unwrap().contains("Downstream"), "{alert}");
    prometheus.alert("LineCritical", Some("modem"), true).await;
    modem.troubles().end(Trouble::DegradedLine);
    prometheus.alert("SnrLow", Some("modem"), false).await;
    prometheus.alert("LineCritical", Some("modem"), false).await;

    // Somebody pulls the plug of one box and of the broker, and puts them in again.
    let (place, port) = (modem.address(), broker.port);
    drop((modem, broker));
    let alert = prometheus.alert("BoxDown", Some("modem"), true).await;
    assert_eq!(alert["annotations"]["summary"], "modem cannot be read");
    prometheus.alert("BrokerLost", None, true).await;
    prometheus.alert("BoxDown", Some("freebox"), false).await;
    let _broker = Embedded::on(port).await;
    let _modem = simulators::start("hitron", Options { listen: place, ..Options::default() }).await.unwrap();
    prometheus.alert("BoxDown", Some("modem"), false).await;
    prometheus.alert("BrokerLost", None, false).await;

    // The password of one box is another one, another box is locked, and somebody is in between.
    for (simulated, trouble) in [(&second, Trouble::WrongPassword), (&freebox, Trouble::LockOut)] {
        simulated.troubles().begin(trouble);
        simulated.troubles().begin(Trouble::SessionExpires);
    }
    third.change_certificate().unwrap();
    prometheus.alert("CredentialsRejected", Some("second"), true).await;
    prometheus.alert("LockedOut", Some("freebox"), true).await;
    prometheus.alert("CertificateChanged", Some("third"), true).await;

    bridge.kill();
    prometheus.alert("BridgeDown", None, true).await;
}

/// The example's other way to scrape, instead of the usual one.
fn box_by_box(example: &str) -> String {
    let (before, jobs) = example.split_once("  # Everything at once").unwrap();
    let (_, job) = jobs.split_once("  # - job_name").unwrap();
    let (job, _) = job.split_once("\n\n").unwrap();
    let job = format!("  # - job_name{job}\n").replace("\n  # ", "\n  ").replacen("  # ", "  ", 1);
    format!("{before}{}", job.replace("scrape_interval: 1m", "scrape_interval: 1s").replace("30s", "1s"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs prometheus"]
async fn boxes_can_be_scraped_one_by_one() {
    let broker = Embedded::start().await;
    let (mut bridge, address) = household::bridge(broker.port);
    let (modem, freebox) =
        (household::simulated("hitron", None).await, household::simulated("freebox", None).await);
    bridge.add("modem", &modem, &json!({ "every": "1h" }));
    bridge.add("freebox", &freebox, &json!({ "every": "1h" }));
    bridge.start();
    let prometheus = Prometheus::with(address, box_by_box).await;
    prometheus.targets_are_up(2).await;
    for id in ["modem", "freebox"] {
        let question = format!(r#"router2mqtt_box_info{{box="{id}", instance="{id}"}}"#);
        assert_eq!(prometheus.ask(&question, 0).await.unwrap().len(), 1, "{id}");
    }
}

#[test]
#[ignore = "needs promtool"]
fn promtool_accepts_the_examples_and_runs_their_tests() {
    for arguments in [
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts_test.yml"],
    ] {
        let done = promtool(&arguments);
        let said = [done.stdout, done.stderr].concat();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&said));
    }
}

/// Every alert is shown to fire, and not to.
#[test]
fn every_alert_is_tested() {
    let read = |name: &str| std::fs::read_to_string(prometheus::examples().join(name)).unwrap();
    let words = |text: &str, before: &str| -> BTreeSet<String> {
        let rest = text.split(before).skip(1);
        rest.map(|rest| rest.split(['\n', ',']).next().unwrap().trim().to_owned()).collect()
    };
    let (alerts, tests) = (words(&read("alerts.yml"), "- alert:"), read("alerts_test.yml"));
    assert_eq!(words(&tests, "- name:"), alerts);
    for alert in &alerts {
        assert!(tests.contains(&format!("alertname: {alert}, exp_alerts: []")), "{alert} always fires");
        assert!(tests.contains(&format!("alertname: {alert}\n        exp_alerts:\n")), "{alert} never fires");
    }
}
