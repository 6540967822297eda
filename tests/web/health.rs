//! `/healthz` and `/readyz`: a liveness answer has nothing to do with boxes and brokers.

use router2mqtt::simulators::Options;
use serde_json::json;

use crate::house::{House, box_};
use crate::support::bridge::Bridge;
use crate::support::broker::Embedded;
use crate::support::program::Home;

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_is_alive_without_box_and_broker_and_ready_when_it_has_met_both() {
    let freebox = box_("freebox", Options::default()).await;
    freebox.power().off();
    let house = House::without_broker(&[("fiber", &freebox, json!({}))], json!({})).await;
    let tried = house.until("/readyz", "the box is tried", |answer| !answer.body.contains("fiber")).await;
    assert_eq!((tried.status, tried.body.as_str()), (503, "the broker has not been reached yet\n"));
    assert_eq!(house.get("/healthz").await.status, 200);
    let port =
        house.bridge.configuration["mqtt"]["url"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    let broker = Embedded::on(port.parse().unwrap()).await;
    house.until("/readyz", "the broker is met", |answer| answer.status == 200).await;
    drop(broker);
    // That it goes again is no reason to send nobody here any more.
    let after = house.get("/readyz").await;
    assert_eq!((after.status, after.body.as_str()), (200, "ready\n"));
    assert_eq!(house.get("/healthz").await.body, "alive\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_happened_is_said() {
    let slow = [router2mqtt::simulators::Trouble::Slow].into_iter().collect();
    let freebox = box_("freebox", Options { troubles: slow, ..Options::default() }).await;
    let house = House::without_broker(&[("fiber", &freebox, json!({}))], json!({})).await;
    let early = house.get("/readyz").await;
    assert_eq!(early.status, 503);
    assert_eq!(early.body, "'fiber' has not been tried yet\nthe broker has not been reached yet\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_an_error_at_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::empty();
    let mut bridge = Bridge::new(1);
    let listen = taken.local_addr().unwrap().to_string();
    bridge.configuration["web"] = json!({ "listen": listen });
    bridge.configuration["routers"] = json!({"fiber": {"type": "freebox", "app_token": "x"}});
    home.write("router2mqtt.json", &bridge.configuration.to_string());
    let outcome = home.run(&["run"]).await;
    assert_ne!(outcome.code, 0);
    assert!(outcome.err.contains("'web.listen'") && outcome.err.contains(&listen), "{outcome:?}");
}
