//! Boxes and brokers that are not there, and troubles from the very first poll.

use router2mqtt::model::FaultClass;
use router2mqtt::simulators::{Running, Trouble};
use serde_json::{Value as Json, json};

use crate::story::simulated;
use crate::support::bridge::Bridge;
use crate::support::broker::{Embedded, free_port};
use crate::support::eventually;
use crate::support::neighbour::Neighbour;
use crate::support::observer::Observer;
use crate::table::{FREEBOX, GATEWAY, MODELS, MODEM, Model};

/// One box of each model, under these ids.
const IDS: [&str; 3] = ["freebox", "gateway", "modem"];

async fn one_of_each() -> Vec<(&'static str, Running)> {
    let mut boxes = Vec::new();
    for (id, model) in IDS.into_iter().zip(MODELS) {
        boxes.push((id, simulated(model).await));
    }
    boxes
}

fn bridge_to(port: u16, boxes: &[(&str, Running)]) -> Bridge {
    let mut bridge = Bridge::new(port);
    for (id, simulated) in boxes {
        bridge.add(id, simulated, &json!({}));
    }
    bridge
}

async fn is(observer: &Observer, id: &str, word: &str) {
    observer.wait_for(&format!("router2mqtt/{id}/availability"), |payload| payload == word).await;
}

async fn problem(observer: &Observer, id: &str, class: Option<FaultClass>) -> Json {
    let class = class.map(FaultClass::word);
    observer
        .wait_json(&format!("router2mqtt/{id}/problem"), |problem| problem["class"].as_str() == class)
        .await
}

fn has_line(bridge: &Bridge, level: &str, id: &str, words: &str) -> bool {
    bridge.lines(level, id).iter().any(|line| line.contains(words))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_without_power_is_a_state_and_not_a_failure() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let boxes = one_of_each().await;
    for (_, simulated) in &boxes {
        simulated.power().off();
    }
    let mut bridge = bridge_to(broker.port, &boxes);
    bridge.start();
    for id in IDS {
        problem(&observer, id, Some(FaultClass::Unreachable)).await;
        is(&observer, id, "offline").await;
    }
    for (_, simulated) in &boxes {
        simulated.power().on();
    }
    for id in IDS {
        is(&observer, id, "online").await;
        problem(&observer, id, None).await;
        assert_eq!(bridge.lines("WARN", id).len(), 1, "{id}: {}", bridge.log());
        assert!(has_line(&bridge, "INFO", id, "all is well again"), "{id}");
    }
    assert!(bridge.stop().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_is_told_at_the_second_poll_and_ends_by_itself() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let boxes = one_of_each().await;
    let mut bridge = bridge_to(broker.port, &boxes);
    bridge.start();
    for id in IDS {
        is(&observer, id, "online").await;
    }
    for (_, simulated) in &boxes {
        simulated.power().off();
    }
    for id in IDS {
        problem(&observer, id, Some(FaultClass::Unreachable)).await;
        is(&observer, id, "offline").await;
        assert_eq!(bridge.lines("WARN", id).len(), 1, "{id}: {}", bridge.log());
    }
    for (_, simulated) in &boxes {
        simulated.power().on();
    }
    for id in IDS {
        is(&observer, id, "online").await;
        problem(&observer, id, None).await;
        assert_eq!(bridge.lines("WARN", id).len(), 1, "{id}: {}", bridge.log());
        let news =
            bridge.lines("INFO", id).into_iter().find(|line| line.contains("all is well again")).unwrap();
        let failures: u32 = news.rsplit("failures=").next().unwrap().trim().parse().unwrap();
        assert!(failures >= 2, "{news}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_absent_at_first_is_told_everything_later() {
    let port = free_port();
    let boxes = one_of_each().await;
    let mut bridge = bridge_to(port, &boxes);
    bridge.start();
    for (id, simulated) in &boxes {
        eventually(&format!("{id} is polled"), || (simulated.tally().requests() > 30).then_some(())).await;
    }
    let broker = Embedded::on(port).await;
    let observer = Observer::connect(broker.port);
    is(&observer, "bridge", "online").await;
    for id in IDS {
        is(&observer, id, "online").await;
        observer.wait_json(&format!("router2mqtt/{id}/state"), |state| !state["uptime"].is_null()).await;
        let config = format!("homeassistant/device/router2mqtt_{id}/config");
        observer.wait_json(&config, |config| config["cmps"].as_object().unwrap().len() > 20).await;
        assert_eq!(bridge.lines("WARN", id), Vec::<String>::new());
    }
}

/// A box that was never well is offline at once, whatever the policy says of readings that grow old.
async fn from_the_start(model: &Model, trouble: Trouble, class: FaultClass, command: &str) {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let simulated = simulated(model).await;
    simulated.troubles().begin(trouble);
    let mut bridge = Bridge::new(broker.port).with("box", &simulated, json!({}));
    let neighbour = Neighbour::moves_in(&mut bridge).await;
    bridge.start();
    problem(&observer, "box", Some(class)).await;
    is(&observer, "box", "offline").await;
    neighbour.is_polled_on().await;
    assert_eq!(simulated.tally().logins(), 1, "{}, {trouble}", model.title);
    assert_eq!(bridge.lines("WARN", "box").len(), 1, "{trouble}: {}", bridge.log());
    assert_eq!(observer.payload("router2mqtt/box/state"), None, "nothing was read");

    simulated.troubles().end(trouble);
    observer.publish("router2mqtt/box/command", command, false).await;
    is(&observer, "box", "online").await;
    problem(&observer, "box", None).await;
    assert_eq!(bridge.lines("WARN", "box").len(), 1, "{trouble}: {}", bridge.log());
    assert!(has_line(&bridge, "INFO", "box", "all is well again"), "{trouble}");
    assert_eq!(simulated.tally().most_in_flight(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_from_the_start_costs_one_login() {
    from_the_start(&FREEBOX, Trouble::WrongPassword, FaultClass::CredentialsRejected, "retry_login").await;
    from_the_start(&GATEWAY, Trouble::WrongPassword, FaultClass::CredentialsRejected, "retry_login").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_out_from_the_start_costs_one_login() {
    from_the_start(&FREEBOX, Trouble::LockOut, FaultClass::LockedOut, "retry_login").await;
    from_the_start(&GATEWAY, Trouble::LockOut, FaultClass::LockedOut, "retry_login").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_from_the_start_is_given_way_to() {
    from_the_start(&GATEWAY, Trouble::Busy, FaultClass::BusyWithAnotherUser, "refresh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_latch_of_an_earlier_run_opens_with_a_word_in_the_log() {
    let broker = Embedded::start().await;
    let observer = Observer::connect(broker.port);
    let simulated = simulated(&GATEWAY).await;
    simulated.troubles().begin(Trouble::WrongPassword);
    let mut bridge = Bridge::new(broker.port).with("box", &simulated, json!({}));
    bridge.start();
    problem(&observer, "box", Some(FaultClass::CredentialsRejected)).await;
    bridge.stop().await;
    bridge.start();
    eventually("the second run remembers", || {
        has_line(&bridge, "WARN", "box", "not asked at all").then_some(())
    })
    .await;
    is(&observer, "bridge", "online").await;
    simulated.troubles().end(Trouble::WrongPassword);
    observer.publish("router2mqtt/box/command", "retry_login", false).await;
    is(&observer, "box", "online").await;
    assert!(has_line(&bridge, "INFO", "box", "all is well again"), "{}", bridge.log());
    assert_eq!(simulated.tally().logins(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_is_renewed_and_nobody_notices() {
    for model in [&FREEBOX, &GATEWAY] {
        let broker = Embedded::start().await;
        let observer = Observer::connect(broker.port);
        let simulated = simulated(model).await;
        let mut bridge = Bridge::new(broker.port).with("box", &simulated, json!({}));
        bridge.start();
        is(&observer, "box", "online").await;
        problem(&observer, "box", None).await;
        // The login of the next poll, and the one that renews it; where the session is kept, only that.
        let logins = simulated.tally().logins() + if model.keeps_its_session() { 1 } else { 2 };
        let heard = observer.count();
        simulated.troubles().begin(Trouble::SessionExpires);
        eventually("another login", || (simulated.tally().logins() >= logins).then_some(())).await;
        simulated.troubles().end(Trouble::SessionExpires);
        let uptime = observer.payload("router2mqtt/box/state");
        eventually("it goes on", || {
            observer.payload("router2mqtt/box/state").filter(|now| Some(now) != uptime.as_ref())
        })
        .await;
        let topics = ["router2mqtt/box/problem", "router2mqtt/box/availability"];
        let news = observer
            .heard_since(heard)
            .into_iter()
            .filter(|message| topics.contains(&message.topic.as_str()));
        assert_eq!(news.count(), 0, "{}", model.title);
        assert_eq!(bridge.lines("WARN", "box"), Vec::<String>::new());
    }
}

#[test]
fn a_modem_has_no_login_to_go_wrong() {
    for trouble in [Trouble::WrongPassword, Trouble::LockOut, Trouble::SessionExpires, Trouble::Busy] {
        assert!(MODEM.row(trouble).is_none());
    }
}
