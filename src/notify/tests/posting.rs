use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::json;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::receiver::Receiver;
use crate::engine::{Events, Handle, World};
use crate::model::{Clock, Event, EventKind};
use crate::notify::courier::Pace;
use crate::notify::{Address, Choice, Kind, Language, Notifier, Target, Template};
use crate::transport::Trust;

const HURRIED: Pace = Pace {
    pauses: (Duration::from_millis(5), Duration::from_millis(1500)),
    kept: Duration::from_secs(60),
    farewell: Duration::from_millis(300),
};

/// A bridge that tells what happens.
struct House {
    events: Events,
    _world: watch::Sender<World>,
    notifier: JoinHandle<()>,
    stop: CancellationToken,
}

impl House {
    fn telling(targets: &[Target], pace: Pace) -> Self {
        let (world, seen) = watch::channel(World::default());
        let (events, stop) = (Events::new(), CancellationToken::new());
        let handle = Handle::new(seen, events.clone(), BTreeMap::new());
        let rng = fastrand::Rng::with_seed(3);
        let notifier = Notifier::at_pace(pace, targets, &handle, &Clock::system(), rng).unwrap();
        Self { events, _world: world, notifier: tokio::spawn(notifier.run(stop.clone())), stop }
    }

    fn tell(&self, kind: EventKind) {
        let at = "2026-11-20T12:00:00Z".parse().unwrap();
        self.events.tell(Event { box_id: "modem".parse().unwrap(), at, kind });
    }

    /// Tells of as many different things.
    fn tell_numbers(&self, numbers: std::ops::Range<u64>) {
        for within in numbers {
            self.tell(EventKind::Burst { used: 1, within });
        }
    }

    async fn stop(self) -> Duration {
        let began = Instant::now();
        self.stop.cancel();
        self.notifier.await.unwrap();
        began.elapsed()
    }
}

fn target(port: u16, kind: Kind) -> Target {
    Target {
        number: 1,
        kind,
        address: Address::new(format!("http://127.0.0.1:{port}/hook?key=hunter2").parse().unwrap()),
        choice: Choice::default(),
        boxes: None,
        title: None,
        text: None,
        headers: Vec::new(),
        trust: Trust::Authorities(""),
        timeout: Duration::from_secs(5),
    }
}

fn template(text: &str) -> Option<Template> {
    Some(Template::new(text, &Language::new(TimeZone::UTC)))
}

fn down() -> EventKind {
    EventKind::Down { reason: "not reachable: connection refused".into() }
}

async fn numbers(receiver: &Receiver, count: usize) -> Vec<u64> {
    let came = receiver.waits_for(count).await;
    came.iter().map(|came| came.json()["within"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_webhook_gets_the_event_as_json() {
    let receiver = Receiver::start().await;
    let house = House::telling(&[target(receiver.port, Kind::Webhook)], HURRIED);
    house.tell(down());
    let came = receiver.waits_for(1).await.remove(0);
    assert_eq!(
        (came.path.as_str(), came.headers["content-type"].as_str()),
        ("/hook?key=hunter2", "application/json")
    );
    assert_eq!(
        came.json(),
        json!({
            "event_type": "box_down",
            "at": "2026-11-20T12:00:00Z",
            "box": "modem",
            "box_name": "modem",
            "title": "modem is down",
            "message": "It cannot be read: not reachable: connection refused.",
            "reason": "not reachable: connection refused",
        })
    );
}

#[tokio::test]
async fn ntfy_gets_text_and_headers() {
    let receiver = Receiver::start().await;
    let mut ntfy = target(receiver.port, Kind::Ntfy);
    ntfy.title = template("Zuhause: {{ title }} ✓\nx");
    ntfy.headers = vec![(HeaderName::from_static("tags"), HeaderValue::from_static("house"))];
    let house = House::telling(&[ntfy], HURRIED);
    house.tell(down());
    let came = receiver.waits_for(1).await.remove(0);
    assert_eq!(came.body, "It cannot be read: not reachable: connection refused.");
    let header = |name: &str| came.headers[name].clone();
    assert_eq!(header("title"), "Zuhause: modem is down ✓ x");
    assert_eq!((header("priority"), header("tags")), ("4".to_owned(), "house".to_owned()));
}

#[tokio::test]
async fn the_owners_words_are_sent_as_what_they_are() {
    let receiver = Receiver::start().await;
    let mut discord = target(receiver.port, Kind::Webhook);
    discord.text = template(r#"{"content": {{ message | tojson }}}"#);
    let mut plain = target(receiver.port, Kind::Webhook);
    plain.text = template("{{ box }}: {{ reason }}");
    let house = House::telling(&[discord], HURRIED);
    house.tell(down());
    let came = receiver.waits_for(1).await.remove(0);
    assert_eq!(came.headers["content-type"], "application/json");
    assert!(came.json()["content"].as_str().unwrap().starts_with("It cannot"));
    let house = House::telling(&[plain], HURRIED);
    house.tell(down());
    let came = receiver.waits_for(2).await.remove(1);
    assert_eq!(
        (came.body.as_str(), came.headers["content-type"].as_str()),
        ("modem: not reachable: connection refused", "text/plain; charset=utf-8")
    );
}

#[tokio::test]
async fn each_target_hears_what_it_asked_for() {
    let (all, downs, others) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
    let mut of_downs = target(downs.port, Kind::Webhook);
    of_downs.choice = Choice::of(["box_down"]);
    let mut of_others = target(others.port, Kind::Webhook);
    of_others.boxes = Some(["other".parse().unwrap()].into());
    let house = House::telling(&[target(all.port, Kind::Webhook), of_downs, of_others], HURRIED);
    house.tell_numbers(0..1);
    house.tell(down());
    all.waits_for(2).await;
    assert_eq!(downs.waits_for(1).await[0].json()["event_type"], "box_down");
    house.stop().await;
    assert_eq!((all.came().len(), downs.came().len(), others.came().len()), (2, 1, 0));
}

#[tokio::test]
async fn what_is_not_taken_for_now_is_posted_again_and_in_order() {
    let receiver = Receiver::start().await;
    receiver.answers(&["503 Busy\r\n", "500 Oops\r\n", "200 OK\r\n", "502 Oops\r\n"]);
    let house = House::telling(&[target(receiver.port, Kind::Webhook)], HURRIED);
    house.tell_numbers(0..3);
    assert_eq!(numbers(&receiver, 6).await, [0, 0, 0, 1, 1, 2]);
    house.stop().await;
    assert_eq!(receiver.came().len(), 6);
}

#[tokio::test]
async fn a_target_that_says_when_to_come_back_is_left_alone_until_then() {
    let receiver = Receiver::start().await;
    receiver.answers(&["429 Slow down\r\nRetry-After: 1\r\n"]);
    let house = House::telling(&[target(receiver.port, Kind::Webhook)], HURRIED);
    let began = Instant::now();
    house.tell_numbers(0..1);
    receiver.waits_for(2).await;
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_target_that_wants_to_be_left_alone_for_a_day_is_asked_sooner() {
    let receiver = Receiver::start().await;
    receiver.answers(&["503 Closed\r\nRetry-After: 86400\r\n"]);
    let pace = Pace { pauses: (Duration::from_millis(5), Duration::from_millis(20)), ..HURRIED };
    let house = House::telling(&[target(receiver.port, Kind::Webhook)], pace);
    house.tell_numbers(0..1);
    receiver.waits_for(2).await;
}

#[tokio::test]
async fn what_is_refused_is_not_posted_again() {
    let receiver = Receiver::start().await;
    receiver.answers(&["404 Not Found\r\n", "401 Who\r\n", "301 Moved\r\nLocation: /elsewhere\r\n"]);
    let house = House::telling(&[target(receiver.port, Kind::Webhook)], HURRIED);
    house.tell_numbers(0..5);
    assert_eq!(numbers(&receiver, 5).await, [0, 1, 2, 3, 4]);
    house.stop().await;
    assert_eq!(receiver.came().len(), 5);
}

#[tokio::test]
async fn a_target_that_is_away_is_waited_for() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let house = House::telling(&[target(address.port(), Kind::Webhook)], HURRIED);
    house.tell_numbers(0..2);
    tokio::task::yield_now().await;
    let receiver = Receiver::at(tokio::net::TcpListener::bind(address).await.unwrap());
    assert_eq!(numbers(&receiver, 2).await, [0, 1]);
}

#[tokio::test]
async fn a_slow_target_holds_up_nobody_and_loses_the_oldest() {
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    slow.leave.forget_permits(Semaphore::MAX_PERMITS);
    let targets = [target(slow.port, Kind::Webhook), target(quick.port, Kind::Webhook)];
    let house = House::telling(&targets, HURRIED);
    house.tell_numbers(0..1);
    slow.waits_for(1).await;
    for number in 1..=200 {
        house.tell_numbers(number..number + 1);
        quick.waits_for(usize::try_from(number).unwrap()).await;
    }
    quick.waits_for(201).await;
    slow.leave.add_permits(1000);
    let came = numbers(&slow, 65).await;
    assert_eq!(came, std::iter::once(0).chain(137..=200).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_has_waited_for_too_long_is_given_up() {
    let receiver = Receiver::start().await;
    receiver.answers(&["503 Busy\r\n"; 3]);
    let pace = Pace { kept: Duration::ZERO, ..HURRIED };
    let house = House::telling(&[target(receiver.port, Kind::Webhook)], pace);
    house.tell_numbers(0..4);
    assert_eq!(numbers(&receiver, 4).await, [0, 1, 2, 3], "once each");
}

#[tokio::test]
async fn what_waits_is_still_posted_at_the_end_but_nobody_is_waited_for() {
    let receiver = Receiver::start().await;
    let house = House::telling(&[target(receiver.port, Kind::Webhook)], HURRIED);
    house.tell_numbers(0..10);
    house.stop().await;
    assert_eq!(receiver.came().len(), 10);

    let stuck = Receiver::start().await;
    stuck.leave.forget_permits(Semaphore::MAX_PERMITS);
    let house = House::telling(&[target(stuck.port, Kind::Webhook)], HURRIED);
    house.tell_numbers(0..10);
    stuck.waits_for(1).await;
    let took = house.stop().await;
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(stuck.came().len(), 1);
}

#[test]
fn where_a_target_is_stays_between_us() {
    let target = target(80, Kind::Ntfy);
    let shown = format!("{target} {target:?} {}", target.address);
    assert!(!shown.contains("hunter2") && !shown.contains("hook"), "{shown}");
    assert!(shown.starts_with("1 (ntfy at http://127.0.0.1)"), "{shown}");
}
