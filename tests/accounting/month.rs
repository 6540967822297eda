//! A month of the demo, in minutes: everybody who is told of it is told the same, and it is what passed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Child;
use tokio::time::{Instant, sleep};

use super::support::broker::free_port;
use super::support::eventually;
use super::support::observer::Observer;
use super::support::program::{Home, terminate};

const PLAN: &str = "huawei_hilink";
const CLIENTS: &str = "tplink";

/// Longer than a month takes, or a day.
const LIMIT: Duration = Duration::from_secs(300);

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
        all.iter().filter(|told| told["event_type"] == word && told["box"] == PLAN).cloned().collect()
    }
}

/// A demo that runs, and what it leaves behind.
struct Demo {
    home: Home,
    process: Child,
    observer: Observer,
}

impl Demo {
    async fn start(more: &[&str]) -> Self {
        let (home, port) = (Home::empty(), free_port());
        let listen = format!("127.0.0.1:{port}");
        let demo = ["demo", "--listen", &listen, "--books", "books.json", "--data", "data"];
        let (process, _) = home.start(&[&demo[..], more].concat()).await;
        Self { home, process, observer: Observer::connect(port) }
    }

    /// Ends it; gives the books.
    async fn end(self) -> (Home, Json) {
        assert_eq!(terminate(self.process).await, Some(0));
        let books = parse(&self.home.read("books.json"))["boxes"].clone();
        (self.home, books)
    }
}

/// What the command that shows it says of a box.
async fn usage(home: &Home, id: &str, more: &[&str]) -> Json {
    let usage = ["usage", "--config", "data/router2mqtt.json", "--format", "json", "--box", id];
    let said = home.run(&[&usage[..], more].concat()).await;
    assert_eq!(said.code, 0, "{said:?}");
    parse(&said.out)["boxes"][id].clone()
}

/// What is told in a month, in this order.
const TOLD: [&str; 3] = ["quota_threshold", "quota_exhausted", "cycle_ended"];

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

fn shown_today(latest: &BTreeMap<String, String>, party: &str) -> u64 {
    bytes(&parse(&latest[&format!("router2mqtt/{CLIENTS}/{party}/state")])["usage_today"])
}

/// Gigabytes of a payload, which are exact to the byte.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some gigabytes")]
fn bytes(gigabytes: &Json) -> u64 {
    (gigabytes.as_f64().unwrap() * 1e9).round() as u64
}

fn total(passed: &Json) -> u64 {
    passed["received"].as_u64().unwrap() + passed["sent"].as_u64().unwrap()
}

fn parse(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes two minutes"]
async fn a_month_of_the_demo_agrees_with_its_books() {
    let (receiver, url) = Receiver::start().await;
    let demo = Demo::start(&["--speed", "20000", "--only", PLAN, "--webhook", &url]).await;
    let observer = &demo.observer;
    let deadline = Instant::now() + LIMIT;
    while events(observer, "cycle_ended").is_empty() {
        assert!(Instant::now() < deadline, "the month does not end");
        sleep(Duration::from_millis(100)).await;
    }
    // Until the new cycle is in the states, and its end with whoever was told.
    observer
        .wait_json(&format!("router2mqtt/{PLAN}/state"), |state| bytes(&state["usage_cycle"]) < 2_000_000_000)
        .await;
    eventually("the webhook hears of the end", || (!receiver.told("cycle_ended").is_empty()).then_some(()))
        .await;
    let states = states(observer);
    let heard: Vec<_> = TOLD.iter().map(|word| events(observer, word)).collect();
    let (home, books) = demo.end().await;

    let days = books[PLAN]["parties"]["router"]["days"].as_object().unwrap();
    let month = &days.keys().nth(1).unwrap()[..7];
    let days: Vec<_> = days.iter().filter(|(date, _)| date.starts_with(month)).collect();
    let sum = |way: &str| days.iter().map(|(_, passed)| passed[way].as_u64().unwrap()).sum::<u64>();
    let truth = sum("received") + sum("sent");
    assert!((40_000_000_000..60_000_000_000).contains(&truth), "more than the plan has: {truth}");

    // Home Assistant's entities.
    let last = states.last().unwrap();
    for (key, truth) in [
        ("usage_last_cycle", truth),
        ("received_last_cycle", sum("received")),
        ("sent_last_cycle", sum("sent")),
        ("quota", 40_000_000_000),
    ] {
        assert_eq!(bytes(&last[key]), truth, "{key} of {last}");
    }
    assert_eq!(last["unaccounted"], json!(0.0), "{last}");
    assert!(states.iter().all(|state| state["quota_used"] == state["usage_cycle"]));
    let percents: Vec<f64> = states.iter().filter_map(|state| state["quota_percent"].as_f64()).collect();
    assert!(percents.iter().any(|percent| *percent > 100.0) && percents.last().unwrap() < &10.0);

    // Each event once, on the topic and at the webhook, with the same figures.
    for (word, heard) in TOLD.iter().zip(&heard) {
        let posted = receiver.told(word);
        assert_eq!((heard.len(), posted.len()), (1, 1), "{word}: {heard:?} {posted:?}");
        for key in ["at", "percent", "used", "quota", "since"] {
            assert_eq!(heard[0][key], posted[0][key], "{key} of {word}");
        }
        assert_eq!(heard[0]["quota"], json!(40_000_000_000_u64));
    }
    let used: Vec<_> = heard.iter().map(|told| told[0]["used"].as_u64().unwrap()).collect();
    assert_eq!(heard[0][0]["percent"], 80);
    assert!(32_000_000_000 <= used[0] && used[0] < 40_000_000_000 && used[1] >= 40_000_000_000, "{used:?}");
    assert_eq!(used[2], truth);

    // The command that shows it, day by day as the entities did, and as a whole.
    let (mut exact, mut all) = (0, 0);
    for (date, passed) in &days {
        let day = usage(&home, PLAN, &["--day", date]).await;
        let used = day["total"].as_u64().unwrap();
        all += used;
        exact += usize::from(used == total(passed) && day["received"] == passed["received"]);
        let shows = |state: &&Json| state["usage_yesterday"].is_number();
        let shown = states.iter().filter(shows).any(|state| bytes(&state["usage_yesterday"]) == used);
        assert!(shown && day["unaccounted"] == 0, "{date}: {day}");
    }
    assert_eq!(all, truth);
    // On a machine that is so busy that nothing is asked in the last two hours of a day, a third of a second here, what was
    // used in its evening is divided with the next one.
    assert!(exact >= days.len() - 5, "only {exact} days are exact to the byte");
    let (first, end) = (days[0].0.as_str(), days[days.len() - 1].0.as_str());
    let cycle = usage(&home, PLAN, &["--from", first, "--to", end]).await;
    assert_eq!((&cycle["total"], &cycle["quota"]["used"]), (&json!(truth), &json!(truth)), "{cycle}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes a minute"]
async fn a_day_of_devices_and_people_agrees_with_the_books() {
    let only = format!("{PLAN},{CLIENTS}");
    let demo = Demo::start(&["--speed", "1000", "--only", &only]).await;
    let observer = &demo.observer;
    let begin = Instant::now();
    // At ten to eleven in the evening of the first day, when nothing passes any more.
    sleep(Duration::from_secs(22 * 3600 + 3000) / 1000).await;
    let shown = observer.latest();
    assert!(begin.elapsed() < LIMIT);
    let (home, books) = demo.end().await;

    let parties = books[CLIENTS]["parties"].as_object().unwrap();
    let date = parties["client_02005e200001"]["days"].as_object().unwrap().keys().next().unwrap().clone();
    let day = usage(&home, CLIENTS, &["--day", &date, "--by", "client"]).await;
    let counted = day["parties"].as_array().unwrap();
    assert_eq!(counted.len(), parties.len());
    let of = |id: &str| counted.iter().find(|party| party["id"] == id).unwrap()["total"].as_u64().unwrap();
    for party in counted {
        let id = party["id"].as_str().unwrap();
        let truth = total(&parties[&format!("client_{id}")]["days"][&date]);
        if party["unaccounted"] == 0 {
            assert_eq!(of(id), truth, "{party}");
        } else {
            // A machine that is busy may ask too late for a counter that goes around, and says so.
            assert!(of(id) <= truth && of(id) > truth / 100 * 99, "{party} of {truth}");
        }
        assert_eq!(shown_today(&shown, &format!("client/{id}")), of(id), "{party}");
    }
    let all: u64 = counted.iter().map(|party| party["total"].as_u64().unwrap()).sum();
    assert_eq!(day["total"], json!(all), "a box without counters of its own is the sum of its clients");

    let bob = of("02005e200001");
    let alice = of("02005e200002") + of("02005e200003");
    let people = usage(&home, CLIENTS, &["--day", &date, "--by", "person"]).await;
    for (id, used) in [("alice", alice), ("bob", bob), ("others", all - alice - bob)] {
        let person = people["parties"].as_array().unwrap().iter().find(|person| person["id"] == id).unwrap();
        assert_eq!(person["total"], json!(used), "{id}");
        assert_eq!(shown_today(&shown, &format!("person/{id}")), used, "{id}");
    }
    let people = usage(&home, CLIENTS, &["--cycle", "--by", "person"]).await;
    let quota = &people["parties"].as_array().unwrap().iter().find(|person| person["id"] == "alice").unwrap()
        ["quota"];
    assert!(quota["used"].as_u64().unwrap() >= alice, "{people}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_bought_and_what_the_operator_says_is_what_the_command_shows() {
    let demo = Demo::start(&["--speed", "1000", "--only", PLAN]).await;
    let observer = &demo.observer;
    let state = format!("router2mqtt/{PLAN}/state");
    observer.wait_json(&state, |state| state["quota_used"].is_number()).await;
    for (command, amount) in [("top_up", "5 GB"), ("set_used", "10 GB")] {
        let order = json!({"action": command, "amount": amount}).to_string();
        observer.publish(&format!("router2mqtt/{PLAN}/command"), order, false).await;
    }
    let corrected = |state: &Json| (10_000_000_000..11_000_000_000).contains(&bytes(&state["quota_used"]));
    let shown = observer
        .wait_json(&state, |state| bytes(&state["quota"]) == 45_000_000_000 && corrected(state))
        .await;
    let (home, _) = demo.end().await;

    let quota = usage(&home, PLAN, &["--cycle"]).await["quota"].clone();
    assert_eq!(quota["limit"], json!(45_000_000_000_u64), "{quota}");
    let used = quota["used"].as_u64().unwrap();
    assert!((bytes(&shown["quota_used"])..11_000_000_000).contains(&used), "{quota}, {shown}");
}
