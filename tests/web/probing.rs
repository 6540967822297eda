//! `/probe`: a configured box, read now and not more often than it is worth.

use std::time::Duration;

use futures_util::future::join_all;
use router2mqtt::simulators::{Options, Trouble};
use serde_json::json;
use tokio::time::Instant;

use crate::house::{House, RARELY, box_, modem, polled};
use crate::support::observer::Observer;

/// What the reading at the start is worth in these tests, and how long it takes to be worth nothing.
const SHORT: &str = "1s";
const AGED: Duration = Duration::from_millis(1100);

#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_ask_at_once_cost_one_poll() {
    let modem = modem().await;
    let boxes = [("modem", &modem, json!({"every": RARELY}))];
    let house = House::open(&boxes, json!({"fresh_for": SHORT}), json!({})).await.ready().await;
    tokio::time::sleep(AGED).await;
    let logins = modem.tally().logins();
    let answers = join_all((0..50).map(|_| house.get("/probe?target=modem&compat=hitron"))).await;
    for answer in &answers {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.samples("hitron_channel_downstream_snr{").len(), 24);
        assert_eq!(answer.samples("probe_success "), ["probe_success 1"]);
        assert!(answer.samples("router2mqtt_").is_empty());
    }
    assert_eq!(modem.tally().logins(), logins + 1);
    assert_eq!(modem.tally().most_in_flight(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_fresh_is_not_read_again() {
    let modem = modem().await;
    let boxes = [("modem", &modem, json!({"every": RARELY}))];
    let house =
        House::open(&boxes, json!({"fresh_for": "1h"}), json!({"compat": ["hitron"]})).await.ready().await;
    polled(&modem).await;
    let requests = modem.tally().requests();
    for _ in 0..10 {
        let page = house.get("/probe?target=modem").await;
        assert!(!page.samples("hitron_").is_empty() && !page.samples("router2mqtt_").is_empty(), "{page:?}");
    }
    assert_eq!(modem.tally().requests(), requests);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_does_not_answer_is_asked_once_for_all_and_waited_for_as_long_as_the_scraper_waits() {
    let modem = modem().await;
    let boxes = [("modem", &modem, json!({"every": RARELY}))];
    let house = House::open(&boxes, json!({"fresh_for": SHORT}), json!({})).await.ready().await;
    tokio::time::sleep(AGED).await;
    modem.troubles().begin(Trouble::Slow);
    let began = Instant::now();
    let hurry = "X-Prometheus-Scrape-Timeout-Seconds: 1.5\r\n";
    let answers = join_all((0..10).map(|_| house.ask("/probe?target=modem", hurry))).await;
    for answer in &answers {
        assert_eq!(answer.status, 503);
        assert!(answer.body.contains("did not answer within 1.0 s"), "{answer:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(8));
    assert_eq!(modem.tally().most_in_flight(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_worth_as_long_as_a_reading() {
    let modem = modem().await;
    let boxes = [("modem", &modem, json!({"every": RARELY}))];
    let house = House::open(&boxes, json!({"fresh_for": "2s"}), json!({})).await.ready().await;
    tokio::time::sleep(2 * AGED).await;
    modem.troubles().begin(Trouble::Status500);
    let first = house.get("/probe?target=modem").await;
    assert_eq!(first.status, 503, "{first:?}");
    let requests = modem.tally().requests();
    assert_eq!(house.get("/probe?target=modem").await.body, first.body);
    assert_eq!(modem.tally().requests(), requests);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_password_is_not_shown_again_by_probes() {
    let troubles = [Trouble::WrongPassword].into_iter().collect();
    let modem = box_("hitron", Options { tls: true, troubles, ..Options::default() }).await;
    let house = House::open(&[("modem", &modem, json!({}))], json!({"fresh_for": SHORT}), json!({}))
        .await
        .ready()
        .await;
    for _ in 0..10 {
        let answer = house.get("/probe?target=modem").await;
        assert_eq!(answer.status, 503);
        assert!(answer.body.contains("rejected the credentials"), "{answer:?}");
    }
    assert_eq!(modem.tally().logins(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_whose_polling_is_paused_is_left_alone() {
    let modem = modem().await;
    let boxes = [("modem", &modem, json!({"every": RARELY}))];
    let house = House::open(&boxes, json!({"fresh_for": SHORT}), json!({})).await.ready().await;
    let observer = Observer::connect(house.broker.as_ref().unwrap().port);
    observer.wait_for("router2mqtt/modem/availability", |payload| payload == "online").await;
    observer.publish("router2mqtt/modem/command", "pause", false).await;
    crate::support::eventually("the pause", || {
        observer.results("modem").into_iter().find(|told| told["state"] == "done")
    })
    .await;
    polled(&modem).await;
    tokio::time::sleep(AGED).await;
    let requests = modem.tally().requests();
    let answer = house.get("/probe?target=modem").await;
    assert!(answer.status == 503 && answer.body.contains("paused until"), "{answer:?}");
    assert_eq!(modem.tally().requests(), requests);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_chosen_among_those_that_the_box_had() {
    let modem = modem().await;
    let boxes = [("modem", &modem, json!({"every": RARELY}))];
    let house = House::open(&boxes, json!({"fresh_for": "1h"}), json!({})).await.ready().await;
    for (path, status, words) in [
        ("/probe?target=modem&compat=hitron", 200, "hitron_cm_bpi_info"),
        ("/probe?target=modem&compat=freebox", 400, "'modem' is no box"),
        ("/probe?target=modem&compat=cisco", 400, "hitron, altibox, freebox"),
        ("/probe?target=", 400, "Missing parameter: 'target'"),
        ("/probe", 400, "Missing parameter: 'target'"),
        ("/probe?target=nobody", 400, "Missing parameters: 'usr', 'pwd' or 'ipa_vault_namespace'"),
        ("/probe?target=nobody&usr=a&pwd=b", 403, "'web.adhoc_probes' allows no others"),
    ] {
        let answer = house.get(path).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert!(answer.body.contains(words), "{path}: {answer:?}");
    }
}
