//! The TP-Link driver against every simulated box of its family: what the contract does not ask of all families.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::join_all;
use router2mqtt::model::{
    Clock, FaultClass, Mac, Readings, Section, Sections, Snapshot, Subject, Task, Value, catalog,
};
use router2mqtt::routers::{self, Credentials, Driver, Wiring};
use router2mqtt::simulators::{self, Options, Running, Trouble};
use router2mqtt::transport::{Capture, Recorder, Settings, Transport};

const PASSWORD: &str = "hunter2-hunter2!";

/// Each way to log in, with a model that has it.
const WAYS: [(&str, &str); 6] = [
    ("a", "archer-c20"),
    ("b", "archer-mr200"),
    ("c", "archer-c20-v5"),
    ("c", "archer-c50-v4"),
    ("d", "tl-mr6400"),
    ("e", "archer-vr"),
];

async fn simulated(model: &str) -> Running {
    let options =
        Options { model: Some(model.to_owned()), password: Some(PASSWORD.to_owned()), ..Options::default() };
    simulators::start("tplink", options).await.unwrap()
}

fn driver(box_: &Running, dialect: &str, capture: Option<&Arc<Capture>>) -> Box<dyn Driver> {
    let mut settings = Settings::new(box_.url().parse().unwrap());
    settings.gap = Duration::ZERO;
    settings.secrets = vec![PASSWORD.into()];
    let recorder = capture.map(|capture| Arc::clone(capture) as Arc<dyn Recorder>);
    (routers::family("tplink").unwrap().build)(Wiring {
        transport: Transport::new(settings, recorder).unwrap(),
        credentials: Credentials {
            username: Some("admin".to_owned()),
            password: Some(PASSWORD.into()),
            app_token: None,
        },
        options: BTreeMap::from([("dialect".to_owned(), dialect.to_owned())]),
        clock: Clock::system(),
    })
}

#[tokio::test]
async fn a_recording_holds_what_was_said_and_nothing_that_opens_the_box() {
    join_all(WAYS.map(|(dialect, model)| async move {
        let (box_, capture) = (simulated(model).await, Capture::new());
        let mut driver = driver(&box_, "auto", Some(&capture));
        driver.poll(&Sections::all()).await.unwrap();
        driver.close().await;
        let text = serde_json::to_string(&capture.har()).unwrap();
        let in_cookie = STANDARD.encode(format!("admin:{PASSWORD}"));
        for secret in [PASSWORD, &STANDARD.encode(PASSWORD), &in_cookie, "sign=", "data="] {
            assert!(!text.contains(secret), "{dialect}, {model}: {secret}");
        }
        assert!(text.contains("[STAT_ENTRY#") && text.contains("totalBytes="), "{dialect}, {model}");
    }))
    .await;
}

#[tokio::test]
async fn a_pinned_dialect_reads_what_the_bridge_would_find_out_by_itself() {
    join_all(WAYS.map(|(dialect, model)| async move {
        let box_ = simulated(model).await;
        let wanted = [Section::System].into_iter().collect();
        let mut found = driver(&box_, "auto", None);
        let by_itself = found.poll(&wanted).await.unwrap();
        found.close().await;
        let mut pinned = driver(&box_, dialect, None);
        let before = box_.tally().requests();
        let told = pinned.poll(&wanted).await.unwrap();
        pinned.close().await;
        assert_eq!(told.identity, by_itself.identity, "{model}");
        assert_eq!((box_.tally().logins(), box_.tally().logouts()), (2, 2), "{model}");
        assert!(box_.tally().requests() - before <= 10, "{model}");
    }))
    .await;
}

#[tokio::test]
async fn a_wrong_password_is_shown_once() {
    join_all(WAYS.map(|(_, model)| async move {
        let box_ = simulated(model).await;
        box_.troubles().begin(Trouble::WrongPassword);
        let mut driver = driver(&box_, "auto", None);
        let fault = driver.poll(&Sections::all()).await.unwrap_err();
        driver.close().await;
        assert_eq!(fault.class(), FaultClass::CredentialsRejected, "{model}");
        assert_eq!((box_.tally().logins(), box_.tally().rejected()), (1, 1), "{model}");
    }))
    .await;
}

#[tokio::test]
async fn whoever_uses_an_old_box_is_given_way_to() {
    let box_ = simulated("archer-c20").await;
    let mut driver = driver(&box_, "auto", None);
    driver.poll(&Sections::all()).await.unwrap();
    driver.close().await;
    box_.troubles().begin(Trouble::Busy);
    let fault = driver.poll(&Sections::all()).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::BusyWithAnotherUser);
    box_.troubles().end(Trouble::Busy);
    driver.poll(&Sections::all()).await.unwrap();
}

#[tokio::test]
async fn what_a_box_lacks_costs_requests_only_once() {
    join_all(WAYS.map(|(_, model)| async move {
        let box_ = simulated(model).await;
        let mut driver = driver(&box_, "auto", None);
        let mut requests = Vec::new();
        for _ in 0..3 {
            let before = box_.tally().requests();
            let seen = driver.poll(&Sections::all()).await.unwrap();
            driver.close().await;
            requests.push(box_.tally().requests() - before);
            assert_eq!(seen.get(&Subject::Router, catalog::STATISTICS_ENABLED), Some(&Value::Flag(true)));
        }
        let [first, second, third] = requests.try_into().unwrap();
        assert!(second == third && second <= 10 && second <= first, "{model}: {first}, {second}, {third}");
    }))
    .await;
}

/// Who is blocked.
fn blocked(seen: &Snapshot) -> Vec<Mac> {
    let clients = seen.sections().filter_map(|(_, read)| read.ok()).flat_map(Readings::iter);
    let blocked = clients.filter(|(_, item)| item.get(catalog::BLOCKED.row()) == Some(&Value::Flag(true)));
    blocked
        .filter_map(|(subject, _)| match subject {
            Subject::Client(mac) => Some(*mac),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn whoever_is_blocked_is_the_only_one_in_each_way_to_log_in() {
    const NAS: Mac = Mac::new([2, 0, 0x5e, 0x20, 0, 1]);
    const LAPTOP: Mac = Mac::new([2, 0, 0x5e, 0x20, 0, 2]);
    const ABSENT: Mac = Mac::new([2, 0, 0x5e, 0x99, 0, 1]);
    join_all(WAYS.map(|(_, model)| async move {
        let box_ = simulated(model).await;
        let (mut first, mut second) = (driver(&box_, "auto", None), driver(&box_, "auto", None));
        let orders = [
            (NAS, true, vec![NAS]),
            (NAS, true, vec![NAS]),
            (LAPTOP, true, vec![NAS, LAPTOP]),
            (ABSENT, true, vec![NAS, LAPTOP, ABSENT]),
            (NAS, false, vec![LAPTOP, ABSENT]),
            (NAS, false, vec![LAPTOP, ABSENT]),
            (LAPTOP, false, vec![ABSENT]),
            (ABSENT, false, vec![]),
        ];
        for (client, wanted, all) in orders {
            first.act(Task::Access { client, blocked: wanted }).await.unwrap();
            let seen = first.poll(&Sections::all()).await.unwrap();
            assert_eq!(seen.cannot, Some(std::collections::BTreeSet::new()), "{model}");
            assert_eq!(blocked(&seen), all, "{model}: {client} {wanted}");
            first.close().await;
        }
        // Another bridge knows whose entries they are.
        first.act(Task::Access { client: NAS, blocked: true }).await.unwrap();
        first.close().await;
        second.act(Task::Access { client: NAS, blocked: false }).await.unwrap();
        assert_eq!(blocked(&second.poll(&Sections::all()).await.unwrap()), [], "{model}");
        second.close().await;
        assert_eq!(box_.tally().logins(), box_.tally().logouts(), "{model}");
    }))
    .await;
}
