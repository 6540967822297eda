//! `/metrics`: everything that is known, and nobody is asked.

use router2mqtt::simulators::Options;
use serde_json::json;

use crate::house::{House, RARELY, box_, modem, polled};

#[tokio::test(flavor = "multi_thread")]
async fn a_scrape_never_touches_a_box() {
    let (freebox, modem) = (box_("freebox", Options::default()).await, modem().await);
    let boxes = [("fiber", &freebox, json!({"every": RARELY})), ("modem", &modem, json!({"every": RARELY}))];
    let house = House::open(&boxes, json!({}), json!({"compat": ["hitron"]})).await.ready().await;
    polled(&modem).await;
    let before = (freebox.tally().requests(), modem.tally().requests());
    for _ in 0..20 {
        let page = house.get("/metrics").await;
        assert_eq!(page.status, 200);
        assert_eq!(page.samples("hitron_channel_downstream_snr{").len(), 24, "{}", page.body);
        assert!(!page.samples("router2mqtt_up").is_empty(), "{}", page.body);
    }
    assert_eq!((freebox.tally().requests(), modem.tally().requests()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_the_format_and_the_names_that_are_asked_for() {
    let modem = modem().await;
    let boxes = [("modem", &modem, json!({"every": RARELY}))];
    let house =
        House::open(&boxes, json!({}), json!({"compat": ["hitron"], "own": false})).await.ready().await;
    let page = house.get("/metrics").await;
    assert_eq!(page.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(
        (page.header("cache-control"), page.header("x-content-type-options")),
        (Some("no-store"), Some("nosniff"))
    );
    assert!(page.samples("router2mqtt_downstream").is_empty());
    let open = house.ask("/metrics", "Accept: application/openmetrics-text;version=1.0.0\r\n").await;
    assert!(open.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    assert!(open.body.ends_with("# EOF\n"));
    let named = "/metrics?name[]=hitron_channel_downstream_snr&name%5B%5D=hitron_system_uptime_seconds_total";
    let some = house.get(named).await;
    assert_eq!(some.samples("hitron_").len(), 25);
    assert_eq!(some.body.lines().filter(|line| !line.starts_with('#')).count(), 25, "{}", some.body);
    let head = crate::house::send(house.address, "HEAD /metrics HTTP/1.1\r\nHost: bridge\r\n\r\n").await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert!(head.header("content-length").unwrap().parse::<usize>().unwrap() > 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_of_a_box_that_is_gone_is_not_shown() {
    let modem = modem().await;
    let boxes = [("modem", &modem, json!({}))];
    let house =
        House::open(&boxes, json!({"fresh_for": "1s"}), json!({"compat": ["hitron"]})).await.ready().await;
    assert!(!house.get("/metrics").await.samples("hitron_").is_empty());
    modem.power().off();
    house.until("/metrics", "the series end", |page| page.samples("hitron_").is_empty()).await;
    let page = house.get("/metrics").await;
    assert!(page.samples("router2mqtt_downstream").is_empty());
    assert_eq!(page.samples("router2mqtt_up{"), [r#"router2mqtt_up{box="modem"} 0"#]);
    let gone = house.get("/probe?target=modem").await;
    assert_eq!(gone.status, 503);
    assert!(gone.body.contains("not reachable") && gone.samples("hitron_").is_empty(), "{gone:?}");
    modem.power().on();
    house.until("/metrics", "they are back", |page| !page.samples("hitron_").is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_boxes_that_names_do_not_tell_apart_are_shown_one_at_a_time() {
    let (one, other) = (modem().await, modem().await);
    let boxes = [("one", &one, json!({"every": RARELY})), ("other", &other, json!({"every": RARELY}))];
    let house =
        House::open(&boxes, json!({"fresh_for": "1h"}), json!({"compat": ["hitron"]})).await.ready().await;
    assert!(house.bridge.log().contains("these names do not tell one, other apart"));
    assert!(house.get("/metrics").await.samples("hitron_").is_empty());
    for id in ["one", "other"] {
        let page = house.get(&format!("/probe?target={id}")).await;
        assert_eq!(page.samples("hitron_system_uptime_seconds_total ").len(), 1, "{page:?}");
    }
}
