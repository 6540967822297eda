//! A month of the demo, in minutes: everybody who is told of it is told the same, and it is what passed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

use super::support::broker::free_port;
use super::support::observer::Observer;
use super::support::program::{Home, terminate};

/// At this speed a month takes little more than two minutes.
const SPEED: &str = "20000";
const MONTH_TAKES: Duration = Duration::from_secs(300);

const PLAN: &str = "huawei_hilink";

/// A webhook: everything that was posted to it.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<Json>>>);

impl Receiver {
    async fn start() -> (Self, String) {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", port.local_addr().unwrap());
        let receiver = Self::default();
        let ear = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = port.accept().await {
                tokio::spawn(ear.clone().take(stream));
            }
        });
        (receiver, url)
    }

    /// One request, and the end.
    async fn take(self, mut stream: TcpStream) {
        let mut request = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&request).into_owned();
            let body = text.split_once("\r\n\r\n").map(|(_, body)| body);
            if let Some(told) = body.and_then(|body| serde_json::from_str(body).ok()) {
                self.0.lock().unwrap().push(told);
                break;
            }
            if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
                return;
            }
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await.ok();
        stream.shutdown().await.ok();
    }

    fn told(&self, word: &str) -> Vec<Json> {
        let all = self.0.lock().unwrap();
        all.iter().filter(|told| told["event_type"] == word).cloned().collect()
    }
}

fn events(observer: &Observer, word: &str) -> Vec<Json> {
    let topic = format!("router2mqtt/{PLAN}/event");
    let heard = observer.heard();
    let told = heard.iter().filter(|message| message.topic == topic);
    told.map(|message| serde_json::from_str::<Json>(&message.payload).unwrap())
        .filter(|event| event["event_type"] == word)
        .collect()
}

/// The payloads of the box's state, as they came.
fn states(observer: &Observer) -> Vec<Json> {
    let topic = format!("router2mqtt/{PLAN}/state");
    let heard = observer.heard();
    let states = heard.iter().filter(|message| message.topic == topic && !message.payload.is_empty());
    states.map(|message| serde_json::from_str(&message.payload).unwrap()).collect()
}

/// Gigabytes of a payload, which are exact to the byte.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some gigabytes")]
fn bytes(gigabytes: &Json) -> u64 {
    (gigabytes.as_f64().unwrap() * 1e9).round() as u64
}

fn total(passed: &Json) -> u64 {
    passed["received"].as_u64().unwrap() + passed["sent"].as_u64().unwrap()
}

/// What the books have for the days of a month, such as `2026-11`.
fn in_month(party: &Json, month: &str) -> u64 {
    let days = party["days"].as_object().unwrap();
    days.iter().filter(|(date, _)| date.starts_with(month)).map(|(_, passed)| total(passed)).sum()
}

fn parse(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the integration"]
async fn a_month_of_the_demo_agrees_with_its_books() {
    let (receiver, url) = Receiver::start().await;
    let (home, port) = (Home::empty(), free_port());
    let listen = format!("127.0.0.1:{port}");
    let only = format!("{PLAN},tplink");
    let demo = ["demo", "--speed", SPEED, "--listen", &listen, "--only", &only, "--webhook", &url];
    let files = ["--books", "books.json", "--data", "data"];
    let (process, _) = home.start(&[&demo[..], &files[..]].concat()).await;
    let observer = Observer::connect(port);

    let deadline = Instant::now() + MONTH_TAKES;
    while events(&observer, "cycle_ended").is_empty() {
        assert!(Instant::now() < deadline, "the month does not end");
        sleep(Duration::from_millis(100)).await;
    }
    // Until the new cycle is in the states, and its end with whoever was told.
    observer
        .wait_json(&format!("router2mqtt/{PLAN}/state"), |state| bytes(&state["usage_cycle"]) < 2_000_000_000)
        .await;
    super::support::eventually("the webhook hears of the end", || {
        (!receiver.told("cycle_ended").is_empty()).then_some(())
    })
    .await;
    let last = states(&observer).pop().unwrap();
    assert_eq!(terminate(process).await, Some(0));

    let books = parse(&home.read("books.json"));
    let book = &books["boxes"][PLAN]["parties"]["router"];
    let first = book["days"].as_object().unwrap().keys().nth(1).unwrap().clone();
    let month = &first[..7];
    let truth = in_month(book, month);
    assert!((40_000_000_000..60_000_000_000).contains(&truth), "more than the plan has: {truth}");

    // Home Assistant's entities.
    assert_eq!(bytes(&last["usage_last_cycle"]), truth, "{last}");
    let percents: Vec<f64> =
        states(&observer).iter().filter_map(|state| state["quota_percent"].as_f64()).collect();
    assert!(percents.iter().any(|percent| *percent > 100.0) && percents.last().unwrap() < &10.0);

    // Each event once, on the topic and at the webhook, with the same figures.
    for (word, count) in [("quota_threshold", 1), ("quota_exhausted", 1), ("cycle_ended", 1)] {
        let (heard, posted) = (events(&observer, word), receiver.told(word));
        assert_eq!((heard.len(), posted.len()), (count, count), "{word}: {heard:?} {posted:?}");
        assert_eq!(heard[0]["used"], posted[0]["used"], "{word}");
    }
    assert_eq!(events(&observer, "quota_threshold")[0]["percent"], 80);
    assert_eq!(events(&observer, "cycle_ended")[0]["used"], json!(truth));

    // The command that shows it, day by day and by device.
    let config = ["--config", "data/router2mqtt.json", "usage", "--format", "json"];
    for (date, passed) in book["days"].as_object().unwrap().iter().filter(|(date, _)| date.starts_with(month))
    {
        let day = home.run(&[&config[..], &["--day", date, "--box", PLAN]].concat()).await;
        assert_eq!(parse(&day.out)["boxes"][PLAN]["total"], json!(total(passed)), "{date} {day:?}");
    }
    let days: Vec<_> =
        book["days"].as_object().unwrap().keys().filter(|date| date.starts_with(month)).collect();
    let period = ["--from", days[0].as_str(), "--to", days[days.len() - 1].as_str()];
    let clients =
        home.run(&[&config[..], &period[..], &["--box", "tplink", "--by", "client"]].concat()).await;
    let clients = parse(&clients.out)["boxes"]["tplink"].clone();
    let used: BTreeMap<String, u64> = clients["parties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|party| (format!("client_{}", party["id"].as_str().unwrap()), party["total"].as_u64().unwrap()))
        .collect();
    let mut all = 0;
    for (party, book) in books["boxes"]["tplink"]["parties"].as_object().unwrap() {
        let truth = in_month(book, month);
        assert_eq!(used.get(party), Some(&truth), "{party}");
        all += truth;
    }
    assert_eq!(clients["total"], json!(all), "a box without counters of its own is the sum of its clients");
}
