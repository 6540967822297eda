//! The bridge as an app (add-on) of Home Assistant, with a Supervisor that is simulated.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr
)]

#[path = "../support/mod.rs"]
mod support;

mod app;

use std::fs;

use router2mqtt::simulators::{self, Options, Running};
use serde_json::{Value as Json, json};

use app::App;
use support::broker::Embedded;
use support::eventually;
use support::observer::Observer;
use support::supervisor::Supervisor;

async fn freebox() -> Running {
    simulators::start("freebox", Options::default()).await.unwrap()
}

/// The box as it is filled in in the form: what was left empty comes as an empty text.
fn filled_in(id: &str, simulated: &Running) -> Json {
    let mut keys = simulated.configuration();
    for (key, value) in [("id", id), ("every", "5s"), ("username", ""), ("name", "")] {
        keys[key] = json!(value);
    }
    keys
}

async fn online(observer: &Observer, id: &str) {
    observer.wait_for(&format!("router2mqtt/{id}/availability"), |payload| payload == "online").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_not_there_yet_is_waited_for_and_found_with_its_login() {
    let (supervisor, freebox) = (Supervisor::start().await, freebox().await);
    let options = json!({"log": "info", "routers": [filled_in("box", &freebox)], "mqtt": {}, "file": ""});
    let mut app = App::new(&supervisor, &options);
    app.start();
    eventually("the owner is told", || {
        app.log().contains("install and start the Mosquitto app").then_some(())
    })
    .await;
    eventually("it is healthy without a broker", || app.is_healthy().then_some(())).await;
    eventually("the Supervisor is asked again", || (supervisor.asked() > 1).then_some(())).await;
    assert_eq!(app.log().matches("Mosquitto app").count(), 1, "it is said once");

    let broker = Embedded::guarded("addons", "first password").await;
    supervisor.knows_broker(broker.port, "addons", "first password");
    let observer = Observer::connect_as(broker.port, "addons", "first password");
    online(&observer, "box").await;
    assert!(app.data().join("history.db").exists(), "what is kept is kept where the backup looks");
    assert_eq!(app.stop().await, Some(0));
    assert!(!app.log().contains("password") && !app.log().contains("token-of"), "{}", app.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_was_installed_anew_has_another_password() {
    let (supervisor, freebox) = (Supervisor::start().await, freebox().await);
    let broker = Embedded::guarded("addons", "first password").await;
    supervisor.knows_broker(broker.port, "addons", "first password");
    let mut app = App::new(&supervisor, &json!({"routers": [filled_in("box", &freebox)], "mqtt": {}}));
    app.start();
    online(&Observer::connect_as(broker.port, "addons", "first password"), "box").await;
    drop(broker);
    let broker = Embedded::guarded("addons", "second password").await;
    supervisor.knows_broker(broker.port, "addons", "second password");
    online(&Observer::connect_as(broker.port, "addons", "second password"), "box").await;
    assert_eq!(app.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_of_ones_own_and_a_file_for_all_other_keys() {
    let (supervisor, freebox) = (Supervisor::start().await, freebox().await);
    let broker = Embedded::start().await;
    let url = format!("mqtt://127.0.0.1:{}", broker.port);
    let options = json!({
        "routers": [filled_in("box", &freebox)],
        "mqtt": {"url": url, "password": ""},
        "file": "more.yaml",
    });
    let mut app = App::new(&supervisor, &options);
    let more = "mqtt: {url: mqtt://192.0.2.1, prefix: house}\nrouters: {box: {name: Hall, every: 1h}}\ndata: elsewhere\n";
    fs::write(app.files().join("more.yaml"), more).unwrap();
    app.start();
    let observer = Observer::connect(broker.port);
    observer.wait_for("house/box/availability", |payload| payload == "online").await;
    let info = observer.wait_for("homeassistant/device/router2mqtt_box/config", |_| true).await;
    assert!(format!("{info:?}").contains("Hall"), "what the form does not say is as in the file");
    assert_eq!(supervisor.asked(), 0, "whoever says where the broker is, is believed");
    assert!(app.data().join("history.db").exists(), "where the data is, is not the owner's choice");
    assert_eq!(app.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_of_the_option() {
    let supervisor = Supervisor::start().await;
    let wrong = |options: Json| {
        let ended = App::new(&supervisor, &options).fails();
        assert_eq!(ended.status.code(), Some(78), "{options}");
        String::from_utf8(ended.stderr).unwrap()
    };
    let hitron = |key: &str, value: Json| {
        let mut router = json!({"id": "modem", "type": "hitron", "username": "admin", "password": "hunter2"});
        router[key] = value;
        json!({"routers": [router]})
    };
    for (options, said) in [
        (json!({"routers": []}), "option: routers: there is no router yet"),
        (hitron("every", json!("often")), "option: routers.modem.every: "),
        (hitron("type", json!("hitrn")), "option: routers.modem.type: "),
        (hitron("url", json!("ftp://192.0.2.1")), "option: routers.modem.url: an address such as"),
        (hitron("tls_pin", json!("AA:BB")), "option: routers.modem.tls_pin: "),
        (hitron("allow", json!("reboot, fly")), "option: routers.modem.allow: "),
        (hitron("password", json!("")), "option: routers.modem.password: is missing"),
        (hitron("id", json!("My modem")), "cannot be a box id"),
        (hitron("id", json!("")), "option: routers[1].id: is missing"),
        (hitron("colour", json!("red")), "option: routers.modem.colour: there is no such key"),
        (
            json!({"routers": [{"id": "a"}, {"id": "a"}]}),
            "option: routers[2].id: another router has the same id",
        ),
        (json!({"log": "loud", "routers": []}), "option: log: error, warn, info, debug or trace is expected"),
        (
            json!({"mqtt": {"url": "http://192.0.2.1"}, "routers": []}),
            "option: mqtt.url: an address such as mqtt://",
        ),
        (json!({"mqtt": {"password": "hunter2"}, "routers": []}), "option: mqtt.username: is missing"),
        (json!({"file": "none.yaml"}), "none.yaml: cannot be read"),
    ] {
        let errors = wrong(options);
        assert!(errors.contains(said), "{said}: {errors}");
        assert!(!errors.contains("hunter2"), "{errors}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_that_does_not_know_us_is_no_reason_to_end() {
    let supervisor = Supervisor::start().await;
    let freebox = freebox().await;
    for (token, said) in [
        (Some("token-of-an-earlier-start"), "the Supervisor does not let us ask for it (status 403)"),
        (None, "SUPERVISOR_TOKEN is not set"),
    ] {
        let options = json!({"routers": [filled_in("box", &freebox)], "mqtt": {}});
        let mut app = App::new(&supervisor, &options).with_token(token);
        app.start();
        eventually(said, || app.log().contains(said).then_some(())).await;
        eventually("it goes on", || app.is_healthy().then_some(())).await;
        assert_eq!(app.stop().await, Some(0));
        assert!(!app.log().contains("token-of"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_for_home_assistant_only() {
    let (supervisor, freebox) = (Supervisor::start().await, freebox().await);
    let options = json!({"routers": [filled_in("box", &freebox)], "mqtt": {}});
    let mut app = App::new(&supervisor, &options);
    app.start();
    let page = tokio::time::timeout(support::PATIENCE, async {
        loop {
            let page = app.page("/").await;
            if page.contains(">online<") {
                break page;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the page never says that the box is online");
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.contains("text/html"), "{page}");
    assert!(
        page.contains("frame-ancestors 'self'") && !page.to_lowercase().contains("x-frame-options"),
        "{page}"
    );
    assert!(page.contains("No connection to the broker"), "{page}");
    assert!(
        !page.contains("src=") && !page.contains("href=\"/"),
        "links that do not know of the proxy: {page}"
    );
    assert!(app.page("/metrics").await.starts_with("HTTP/1.1 404"));
    assert_eq!(app.stop().await, Some(0));

    let mut app = App::new(&supervisor, &options).with_proxy("172.30.32.2");
    app.start();
    let refused = app.page("/").await;
    assert!(refused.starts_with("HTTP/1.1 403") && !refused.contains("online"), "{refused}");
    assert_eq!(app.stop().await, Some(0));
}
