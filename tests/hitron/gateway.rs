//! A CGNV4: one administrator, a lock-out, and a session to give back.

use std::time::Duration;

use jiff::Timestamp;
use router2mqtt::model::{
    Clock, Fault, FaultClass, ItemId, Section, Sections, Subject, SubjectKind, Task, Value, catalog,
};
use router2mqtt::routers::Credentials;
use router2mqtt::simulators::{Options, Trouble, start};

use crate::home::*;

#[tokio::test]
async fn a_gateway_is_read_in_one_visit() {
    let gateway = gateway().await;
    let mut driver = driver(&gateway);

    let seen = poll(&mut *driver).await.unwrap();

    let all = [
        Section::System,
        Section::Connection,
        Section::Line,
        Section::Provisioning,
        Section::Wifi,
        Section::Clients,
        Section::Log,
    ];
    assert_eq!(outcome(&seen), (all.to_vec(), vec![]));
    assert_eq!(seen.identity.model.as_deref(), Some("CGNV4-FX4"));
    assert_eq!(seen.identity.firmware.as_deref(), Some("4.5.10.201-CD-UPC"));
    assert_eq!(subjects(&seen, SubjectKind::Downstream), 24);
    assert_eq!(subjects(&seen, SubjectKind::Upstream), 4);
    assert_eq!(subjects(&seen, SubjectKind::Client), 10);
    assert_eq!(seen.get(&Subject::Router, catalog::WAN), Some(&Value::Flag(true)));
    assert_eq!(seen.get(&Subject::Router, catalog::CM_TIME_OF_DAY), None, "the operator keeps it secret");
    let primary = Subject::Downstream(ItemId::new(9).unwrap());
    assert_eq!(seen.get(&primary, catalog::FREQUENCY), Some(&Value::Number(426_250_000.0)));
    assert_eq!(seen.get(&primary, catalog::CORRECTED), None, "this firmware counts no errors");
    assert_eq!(visits(&gateway), (1, 1));
    assert!(gateway.tally().requests() <= family().max_requests.into());
    assert_eq!(gateway.tally().most_in_flight(), 1);
}

#[tokio::test]
async fn each_poll_gives_the_place_back() {
    let gateway = gateway().await;
    let mut driver = driver(&gateway);
    for visit in 1..=3 {
        poll(&mut *driver).await.unwrap();
        assert_eq!(visits(&gateway), (visit, visit));
    }
}

#[tokio::test]
async fn the_model_is_asked_for_once() {
    let gateway = gateway().await;
    let mut driver = driver(&gateway);
    let wanted: Sections = [Section::System].into_iter().collect();
    assert!(driver.poll(&wanted).await.unwrap().identity.model.is_some());
    assert!(driver.poll(&wanted).await.unwrap().identity.model.is_none());
    assert_eq!(visits(&gateway), (1, 0), "without a close in between, the session goes on");
}

#[tokio::test]
async fn a_pinned_gateway_is_read_over_tls() {
    let gateway = start("hitron", Options { tls: true, ..Options::default() }).await.unwrap();
    assert!(gateway.url().starts_with("https://"));
    poll(&mut *driver(&gateway)).await.unwrap();
    assert_eq!(visits(&gateway), (1, 1));
}

#[tokio::test]
async fn a_changed_certificate_is_never_talked_to() {
    let mut gateway = start("hitron", Options { tls: true, ..Options::default() }).await.unwrap();
    let mut driver = driver(&gateway);
    gateway.change_certificate().unwrap();
    let fault = poll(&mut *driver).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::PinMismatch);
    assert_eq!(gateway.tally().requests(), 0);
}

#[tokio::test]
async fn a_wrong_password_costs_one_login() {
    let gateway = gateway().await;
    let mut driver = driver_with(&gateway, credentials("wrong"), &[]);
    assert_eq!(poll(&mut *driver).await.unwrap_err(), Fault::CredentialsRejected);
    assert_eq!((gateway.tally().logins(), gateway.tally().rejected()), (1, 1));
    assert_eq!(gateway.tally().logouts(), 0, "there is nothing to log out of");
}

#[tokio::test]
async fn without_a_password_no_login_is_tried() {
    let gateway = gateway().await;
    let mut driver = driver_with(&gateway, Credentials::default(), &[]);
    let fault = poll(&mut *driver).await.unwrap_err();
    assert_eq!(fault.to_string(), "the box cannot be read without 'username' and 'password'");
    assert_eq!(gateway.tally().logins(), 0);
}

#[tokio::test]
async fn a_lock_out_says_until_when() {
    let gateway = gateway_with(Trouble::LockOut).await;
    let before = Clock::system().now();
    let fault = poll(&mut *driver(&gateway)).await.unwrap_err();
    let Fault::LockedOut { until } = fault else { panic!("{fault}") };
    let wait = |since: Timestamp| until.duration_since(since).as_secs();
    assert!(wait(before) >= 3499, "{until}");
    assert!(wait(Clock::system().now()) <= 3501, "{until}");
    assert_eq!(gateway.tally().logins(), 1);
}

#[tokio::test]
async fn too_many_wrong_passwords_lock_everybody_out() {
    let gateway = gateway().await;
    let mut stubborn = driver_with(&gateway, credentials("wrong"), &[]);
    for _ in 0..5 {
        assert_eq!(poll(&mut *stubborn).await.unwrap_err(), Fault::CredentialsRejected);
    }
    let fault = poll(&mut *driver(&gateway)).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::LockedOut);
}

#[tokio::test]
async fn somebody_elses_session_is_respected() {
    let gateway = gateway().await;
    let mut owner = driver(&gateway);
    owner.poll(&Sections::all()).await.unwrap();

    let mut bridge = driver(&gateway);
    assert_eq!(poll(&mut *bridge).await.unwrap_err(), Fault::BusyWithAnotherUser);
    assert_eq!(visits(&gateway), (2, 0), "the owner is still in");

    owner.close().await;
    poll(&mut *bridge).await.unwrap();
}

#[tokio::test]
async fn a_busy_gateway_is_entered_by_force_only_when_told() {
    let gateway = gateway_with(Trouble::Busy).await;
    assert_eq!(poll(&mut *driver(&gateway)).await.unwrap_err(), Fault::BusyWithAnotherUser);
    let mut forceful = driver_with(&gateway, credentials("password"), &[("force_login", "true")]);
    poll(&mut *forceful).await.unwrap();
    assert_eq!(visits(&gateway), (2, 1));
}

#[tokio::test]
async fn an_expired_session_is_forgotten_and_not_fought_for() {
    let gateway = gateway_with(Trouble::SessionExpires).await;
    let mut driver = driver(&gateway);
    assert_eq!(driver.poll(&Sections::all()).await.unwrap_err(), Fault::SessionExpired);
    assert_eq!(visits(&gateway), (1, 0));

    gateway.troubles().end(Trouble::SessionExpires);
    poll(&mut *driver).await.unwrap();
    assert_eq!(visits(&gateway), (2, 1));
}

#[tokio::test]
async fn a_poll_that_fails_gives_the_place_back_all_the_same() {
    for (trouble, class) in [
        (Trouble::Status500, FaultClass::BoxError),
        (Trouble::Truncated, FaultClass::Malformed),
        (Trouble::Garbage, FaultClass::Malformed),
        (Trouble::Slow, FaultClass::TimedOut),
    ] {
        let gateway = gateway_with(trouble).await;
        let fault = poll(&mut *driver(&gateway)).await.unwrap_err();
        assert_eq!(fault.class(), class, "{trouble}");
        assert_eq!(visits(&gateway), (1, 1), "{trouble}");
        assert!(gateway.tally().requests() <= family().max_requests.into(), "{trouble}");
    }
}

#[tokio::test]
async fn the_login_page_in_place_of_data_means_that_the_session_is_over() {
    let gateway = gateway_with(Trouble::Html).await;
    assert_eq!(poll(&mut *driver(&gateway)).await.unwrap_err(), Fault::SessionExpired);
    assert_eq!(gateway.tally().logins(), 1);
}

#[tokio::test]
async fn a_gateway_that_only_seems_to_have_forgotten_us_does_not_keep_our_place() {
    let gateway = gateway_with(Trouble::Html).await;
    let mut driver = driver(&gateway);
    for _ in 0..2 {
        assert_eq!(
            driver.poll(&Sections::all()).await.unwrap_err(),
            Fault::SessionExpired,
            "not somebody else"
        );
    }
    gateway.troubles().end(Trouble::Html);
    poll(&mut *driver).await.unwrap();
    assert_eq!(visits(&gateway), (3, 3));
}

#[tokio::test]
async fn values_that_are_missing_are_unknown() {
    let gateway = gateway_with(Trouble::MissingFields).await;
    let seen = poll(&mut *driver(&gateway)).await.unwrap();
    assert_eq!(subjects(&seen, SubjectKind::Client), 10, "the ids are still there");
    for (_, readings) in seen.sections() {
        for (subject, item) in readings.unwrap().iter() {
            let known: Vec<_> =
                item.iter().filter(|(_, value)| value.is_some()).map(|(row, _)| row.key).collect();
            let allowed = ["media", "channel_type", "port_id"];
            assert!(known.iter().all(|key| allowed.contains(key)), "{subject}: {known:?}");
        }
    }
}

#[tokio::test]
async fn byte_totals_follow_the_configured_units() {
    let gateway = gateway().await;
    let total = async |units| {
        let mut driver = driver_with(&gateway, credentials("password"), &[("byte_units", units)]);
        let seen = poll(&mut *driver).await.unwrap();
        match seen.get(&Subject::Router, catalog::RECEIVED) {
            Some(Value::Count(bytes)) => *bytes as f64,
            other => panic!("{other:?}"),
        }
    };
    let ratio = total("binary").await / total("decimal").await;
    assert!((1.07..1.08).contains(&ratio), "gigabytes differ by 7.4 %, not by {ratio}");
}

#[tokio::test]
async fn a_gateway_restarts_on_order_and_comes_back_with_its_uptime_reset() {
    let options = Options { reboot: Duration::from_millis(150), ..Options::default() };
    let gateway = start("hitron", options).await.unwrap();
    let mut driver = driver(&gateway);
    let mut uptime = async || {
        let seen = poll(&mut *driver).await.ok()?;
        match seen.get(&Subject::Router, catalog::UPTIME) {
            Some(Value::Number(seconds)) => Some(*seconds),
            _ => None,
        }
    };
    assert!(uptime().await.unwrap() > 13_000.0);

    let mut commander = driver_with(&gateway, credentials("password"), &[]);
    commander.act(Task::Reboot).await.unwrap();
    commander.close().await;
    assert_eq!(gateway.tally().reboots(), 1);

    let back = async {
        loop {
            if let Some(seconds) = uptime().await.filter(|seconds| *seconds < 13_000.0) {
                return seconds;
            }
            tokio::task::yield_now().await;
        }
    };
    let seconds = tokio::time::timeout(Duration::from_secs(20), back).await.expect("it comes back");
    assert!(seconds < 60.0);
}

#[tokio::test]
async fn asking_for_nothing_sends_nothing() {
    let gateway = gateway().await;
    let seen = driver(&gateway).poll(&Sections::default()).await.unwrap();
    assert_eq!(seen.sections().count(), 0);
    assert_eq!(gateway.tally().requests(), 0);
}
