//! Gateways of the other generations: each with its own login, read by the same driver.

use router2mqtt::model::{
    Deed, Fault, FaultClass, ItemId, LogEntry, Mac, Section, Sections, Snapshot, Subject, SubjectKind, Task,
    Value, catalog,
};
use router2mqtt::routers::{Credentials, Session};
use router2mqtt::simulators::Trouble;

use crate::home::*;

const USER_ID: [&str; 2] = ["cgnm", "coda-4582"];
const REST: [&str; 2] = ["coda-4680", "coda-4582-rest"];
const LEGACY: &str = "cve-30360";

fn all() -> impl Iterator<Item = &'static str> {
    USER_ID.into_iter().chain(REST).chain([LEGACY])
}

fn number(seen: &Snapshot, subject: &Subject, metric: router2mqtt::model::Metric<impl Sized>) -> f64 {
    seen.number(subject, metric).unwrap_or_else(|| panic!("{subject}: {metric:?}"))
}

fn down(id: &str) -> Subject {
    Subject::Downstream(ItemId::new(id).unwrap())
}

#[tokio::test]
async fn each_is_read_in_one_visit() {
    for (model, name, channels, clients) in [
        ("cgnm", Some("CGNM-2250-SHW"), (31, 4), 10),
        ("coda-4582", Some("CODA-4582"), (31, 4), 10),
        ("coda-4680", Some("CODA-4680"), (32, 6), 10),
        ("coda-4582-rest", Some("CODA-4582"), (32, 6), 10),
        (LEGACY, None, (8, 4), 0),
    ] {
        let gateway = simulated(model).await;
        let seen = poll(&mut *driver(&gateway)).await.unwrap();
        let (read, failed) = outcome(&seen);
        assert!(failed.is_empty(), "{model}: {failed:?}");
        for section in [Section::System, Section::Connection, Section::Line, Section::Provisioning] {
            assert!(read.contains(&section), "{model}: {section:?}");
        }
        assert_eq!(seen.identity.model.as_deref(), name, "{model}");
        assert!(seen.identity.firmware.is_some() && seen.identity.mac.is_some(), "{model}");
        let counts = (subjects(&seen, SubjectKind::Downstream), subjects(&seen, SubjectKind::Upstream));
        assert_eq!(counts, channels, "{model}");
        assert_eq!(subjects(&seen, SubjectKind::Client), clients, "{model}");
        assert!(number(&seen, &Subject::Router, catalog::UPTIME) > 100_000.0, "{model}");
        assert!(number(&seen, &Subject::Router, catalog::RECEIVED) > 1e8, "{model}");
        assert_eq!(seen.get(&Subject::Router, catalog::WAN), Some(&Value::Flag(true)), "{model}");
        assert_eq!(visits(&gateway), (1, 1), "{model}");
        assert!(gateway.tally().requests() <= family().max_requests.into(), "{model}");
    }
}

#[tokio::test]
async fn channels_of_all_generations_have_the_same_units() {
    for model in all() {
        let seen = poll(&mut *driver(&simulated(model).await)).await.unwrap();
        let channel = down("1");
        assert!((1e8..1e9).contains(&number(&seen, &channel, catalog::FREQUENCY)), "{model}");
        assert!((-15.0..15.0).contains(&number(&seen, &channel, catalog::POWER)), "{model}");
        assert_eq!(seen.get(&channel, catalog::MODULATION), Some(&Value::Text("256QAM".into())), "{model}");
        let upstream = Subject::Upstream(ItemId::new(1).unwrap());
        assert!((30.0..50.0).contains(&number(&seen, &upstream, catalog::POWER)), "{model}");
    }
}

#[tokio::test]
async fn what_only_rest_tells_is_read() {
    for model in REST {
        let seen = poll(&mut *driver(&simulated(model).await)).await.unwrap();
        let router = |metric| number(&seen, &Subject::Router, metric);
        assert!((router(catalog::LINE_RATE_DOWN) - 1.04e9).abs() < 1.0);
        assert!((router(catalog::LINE_RATE_UP) - 3.12e7).abs() < 1.0);
        let text = |metric: router2mqtt::model::Metric<_>| seen.get(&Subject::Router, metric).cloned();
        assert_eq!(text(catalog::IPV4), Some(Value::Text("203.0.113.83".into())), "{model}");
        assert_eq!(text(catalog::IPV6), Some(Value::Text("2001:db8:1000::55".into())), "{model}");
        assert_eq!(text(catalog::CM_IP), Some(Value::Text("198.51.100.138".into())), "{model}");
        assert_eq!(seen.get(&Subject::Router, catalog::MODE), Some(&Value::Text("router".into())));
        assert_eq!(seen.get(&Subject::Router, catalog::WIFI), Some(&Value::Flag(true)));
        assert_eq!(seen.get(&down("ofdm1"), catalog::LOCKED), Some(&Value::Flag(true)), "{model}");
        assert_eq!(seen.get(&down("ofdm1"), catalog::CORRECTED), None, "this firmware does not count them");
        let ofdma = Subject::Upstream(ItemId::new("ofdma0").unwrap());
        assert_eq!(seen.get(&ofdma, catalog::LOCKED), Some(&Value::Flag(true)), "{model}");
        let phone = Subject::Client("02:00:5e:10:00:07".parse().unwrap());
        assert!((number(&seen, &phone, catalog::RSSI) + 48.0).abs() < 1e-9);
        assert!((number(&seen, &phone, catalog::LINK_SPEED) - 8.66e8).abs() < 1.0);
        assert_eq!(seen.get(&phone, catalog::CONNECTED), Some(&Value::Flag(true)));
        let port = |id: u32| Subject::Port(ItemId::new(id).unwrap());
        assert_eq!(seen.get(&port(1), catalog::LINK), Some(&Value::Flag(true)));
        assert_eq!(seen.get(&port(2), catalog::LINK), Some(&Value::Flag(false)));
    }
}

async fn log(model: &str) -> Vec<LogEntry> {
    let wanted: Sections = [Section::Log].into_iter().collect();
    let gateway = simulated(model).await;
    let mut driver = driver(&gateway);
    let seen = driver.poll(&wanted).await.unwrap();
    driver.close().await;
    let (_, readings) = seen.sections().find(|(section, _)| *section == Section::Log).unwrap();
    readings.unwrap().log.clone()
}

#[tokio::test]
async fn the_log_is_read_from_every_box_that_has_one() {
    for model in ["cgnv4", "coda", "cgnm", "coda-4582", "coda-4680", "coda-4582-rest"] {
        let log = log(model).await;
        assert_eq!(log.len(), 12, "{model}");
        let severities: std::collections::BTreeSet<_> =
            log.iter().map(|entry| entry.severity.word()).collect();
        assert_eq!(severities.into_iter().collect::<Vec<_>>(), ["critical", "error", "notice"], "{model}");
        assert!(log.iter().all(|entry| entry.code.is_some() && entry.time.is_some()), "{model}");
        assert!(log.iter().all(|entry| !entry.text.contains("MAC")), "{model}: {log:?}");
        assert!(log.windows(2).any(|pair| pair[0].time < pair[1].time), "{model}");
    }
}

#[tokio::test]
async fn a_session_is_kept_where_logins_are_counted_or_push_others_out() {
    for (model, kept) in USER_ID
        .into_iter()
        .chain(REST)
        .map(|model| (model, Some(Session::Held)))
        .chain([(LEGACY, None), ("cgnv4", None)])
    {
        let gateway = simulated(model).await;
        let mut driver = driver(&gateway);
        driver.poll(&Sections::all()).await.unwrap();
        assert_eq!(driver.session(), kept, "{model}");
        driver.close().await;
    }
}

#[tokio::test]
async fn a_wrong_password_costs_one_login() {
    for model in all() {
        let gateway = simulated(model).await;
        let mut driver = driver_with(&gateway, credentials("wrong"), &[]);
        assert_eq!(poll(&mut *driver).await.unwrap_err(), Fault::CredentialsRejected, "{model}");
        assert_eq!((gateway.tally().logins(), gateway.tally().rejected()), (1, 1), "{model}");
        assert_eq!(gateway.tally().logouts(), 0, "{model}");
    }
}

#[tokio::test]
async fn the_field_of_the_password_can_be_told() {
    for (model, field) in [("cgnm", "pws"), ("coda-4582", "pwd")] {
        let gateway = simulated(model).await;
        let mut wrong = driver_with(&gateway, credentials("password"), &[("password_field", field)]);
        assert_eq!(poll(&mut *wrong).await.unwrap_err(), Fault::CredentialsRejected, "{model}");
        let mut right = driver_with(&gateway, credentials("password"), &[("password_field", "by_model")]);
        poll(&mut *right).await.unwrap();
    }
}

#[tokio::test]
async fn without_a_password_no_login_is_tried() {
    for model in all() {
        let gateway = simulated(model).await;
        let fault = poll(&mut *driver_with(&gateway, Credentials::default(), &[])).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::NotSupported, "{model}");
        assert_eq!(gateway.tally().logins(), 0, "{model}");
    }
}

#[tokio::test]
async fn an_expired_session_is_forgotten_and_a_new_one_found() {
    for model in all() {
        let gateway = simulated(model).await;
        gateway.troubles().begin(Trouble::SessionExpires);
        let mut driver = driver(&gateway);
        assert_eq!(driver.poll(&Sections::all()).await.unwrap_err(), Fault::SessionExpired, "{model}");
        assert_eq!(visits(&gateway), (1, 0), "{model}");
        gateway.troubles().end(Trouble::SessionExpires);
        poll(&mut *driver).await.unwrap();
        assert_eq!(visits(&gateway), (2, 1), "{model}");
    }
}

#[tokio::test]
async fn another_login_ends_ours_at_a_rest_box_and_whoever_insists_is_given_way() {
    for model in REST {
        let gateway = simulated(model).await;
        let (mut ours, mut theirs) = (driver(&gateway), driver(&gateway));
        ours.poll(&Sections::all()).await.unwrap();
        theirs.poll(&Sections::all()).await.unwrap();
        assert_eq!(ours.poll(&Sections::all()).await.unwrap_err(), Fault::SessionExpired, "{model}");
        ours.poll(&Sections::all()).await.unwrap();
        assert_eq!(theirs.poll(&Sections::all()).await.unwrap_err(), Fault::SessionExpired, "{model}");
        theirs.poll(&Sections::all()).await.unwrap();
        assert_eq!(ours.poll(&Sections::all()).await.unwrap_err(), Fault::BusyWithAnotherUser, "{model}");
    }
}

#[tokio::test]
async fn logins_are_rationed_where_the_box_counts_them() {
    let wanted: Sections = [Section::System].into_iter().collect();
    let gateway = simulated("cgnm").await;
    let mut driver = driver(&gateway);
    for _ in 0..25 {
        driver.poll(&wanted).await.unwrap();
        driver.close().await;
    }
    let fault = driver.poll(&wanted).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::LockedOut);
    assert_eq!(gateway.tally().logins(), 25);
}

#[tokio::test]
async fn a_restart_is_ordered_and_everything_forgotten() {
    for model in all() {
        let gateway = simulated(model).await;
        let mut driver = driver(&gateway);
        driver.act(Task::Reboot).await.unwrap();
        assert_eq!(gateway.tally().reboots(), 1, "{model}");
        let back = async {
            loop {
                let uptime = poll(&mut *driver)
                    .await
                    .ok()
                    .and_then(|seen| seen.number(&Subject::Router, catalog::UPTIME));
                if uptime.is_some_and(|seconds| seconds < 60.0) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), back).await.expect(model);
    }
}

#[tokio::test]
async fn only_a_restart_can_be_ordered() {
    for model in all().chain(["cgnv4", "coda"]) {
        let gateway = simulated(model).await;
        for deed in Deed::ALL.into_iter().filter(|deed| *deed != Deed::Reboot) {
            let task = Task::new(deed, Some(Mac::new([2, 0, 0x5e, 0x10, 0, 1]))).unwrap();
            let refused = driver(&gateway).act(task).await.unwrap_err();
            assert_eq!(refused.class(), FaultClass::NotSupported, "{model}");
        }
        assert_eq!(gateway.tally().requests(), 0, "{model}");
    }
}
