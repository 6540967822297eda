//! The driver against simulated boxes, over a real socket.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::FAMILY;
use crate::model::{
    Clock, Fault, FaultClass, Section, Sections, Snapshot, Subject, Switch, Task, Value, catalog,
};
use crate::routers::{Credentials, Driver, Wiring};
use crate::simulators::{Options, Running, Trouble, start};
use crate::transport::{Deadlines, Settings, Transport};

async fn simulated(model: &str) -> Running {
    let options =
        Options { model: Some(model.into()), reboot: Duration::from_millis(20), ..Options::default() };
    start("huawei_hilink", options).await.unwrap()
}

fn driver_with(of: &Running, password: Option<&str>) -> Box<dyn Driver> {
    driver_at(&of.url(), password)
}

pub(super) fn driver_at(url: &str, password: Option<&str>) -> Box<dyn Driver> {
    let soon = Duration::from_secs(2);
    let settings = Settings {
        deadlines: Deadlines { connect: soon, first_byte: soon, whole: soon },
        gap: Duration::ZERO,
        ..Settings::new(url.parse().unwrap())
    };
    (FAMILY.build)(Wiring {
        transport: Transport::new(settings, None).unwrap(),
        credentials: Credentials { password: password.map(Into::into), ..Credentials::default() },
        options: BTreeMap::new(),
        clock: Clock::system(),
    })
}

fn driver(of: &Running) -> Box<dyn Driver> {
    driver_with(of, Some("password"))
}

fn everything() -> Sections {
    FAMILY.sections.iter().map(|(section, _)| *section).collect()
}

fn read(seen: &Snapshot) -> Vec<Section> {
    seen.sections().filter(|(_, outcome)| outcome.is_ok()).map(|(section, _)| section).collect()
}

#[tokio::test]
async fn every_model_is_read_with_the_login_that_it_has() {
    for (model, logins) in
        [("b525s-65a", 1), ("b310s-22", 1), ("b618", 1), ("e8372", 1), ("h122-373", 1), ("e3372", 0)]
    {
        let running = simulated(model).await;
        let mut driver = driver(&running);
        let seen = driver.poll(&everything()).await.unwrap();
        driver.close().await;
        assert_eq!((running.tally().logins(), running.tally().logouts()), (logins, logins), "{model}");
        assert_eq!(running.tally().rejected(), 0, "{model}");
        assert_eq!(read(&seen).len(), FAMILY.sections.len(), "{model}");
        assert_eq!(seen.identity.serial.as_deref(), Some("SIMULATED0000001"), "{model}");
        assert_eq!(seen.get(&Subject::Router, catalog::WAN), Some(&Value::Flag(true)), "{model}");
        assert!(seen.number(&Subject::Router, catalog::RECEIVED).unwrap() > 1e9, "{model}");
        assert_eq!(seen.missing_rights.len(), 0, "{model}");
    }
}

#[tokio::test]
async fn a_stranger_reads_what_is_told_to_strangers() {
    let running = simulated("b310s-22").await;
    let mut driver = driver_with(&running, None);
    let seen = driver.poll(&everything()).await.unwrap();
    assert_eq!(running.tally().logins(), 0);
    assert!(seen.number(&Subject::Router, catalog::RSRP).is_some());
    assert!(seen.number(&Subject::Router, catalog::CLIENTS).is_some(), "how many, if not who");
    assert_eq!(seen.identity.model.as_deref(), Some("B310s-22"));
    assert_eq!(seen.identity.serial, None);
    assert_eq!(
        seen.missing_rights.iter().next().map(String::as_str),
        Some("login ('password' in the configuration)")
    );
    assert!(matches!(driver.act(Task::Reboot).await, Err(Fault::MissingRight(_))));
    let before = running.tally().requests();
    driver.poll(&everything()).await.unwrap();
    let again = running.tally().requests() - before;
    assert!(again <= 9, "what is withheld is not asked for at each poll: {again} requests");
}

#[tokio::test]
async fn a_lock_is_believed_without_trying_it() {
    let running = simulated("b618").await;
    running.troubles().begin(Trouble::LockOut);
    let fault = driver(&running).poll(&everything()).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::LockedOut);
    assert_eq!(running.tally().logins(), 0);
    // An older box says so only when it is tried.
    let running = simulated("e8372").await;
    running.troubles().begin(Trouble::LockOut);
    let fault = driver(&running).poll(&everything()).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::LockedOut);
    assert_eq!((running.tally().logins(), running.tally().rejected()), (1, 0));
}

#[tokio::test]
async fn the_last_attempts_are_left_to_the_owner() {
    for model in ["b525s-65a", "e8372"] {
        let running = simulated(model).await;
        let mut driver = driver_with(&running, Some("wrong"));
        for _ in 0..2 {
            assert_eq!(driver.poll(&everything()).await, Err(Fault::CredentialsRejected), "{model}");
        }
        for _ in 0..3 {
            let fault = driver.poll(&everything()).await.unwrap_err();
            assert_eq!(fault.class(), FaultClass::LockedOut, "{model}");
        }
        assert_eq!(running.tally().logins(), 2, "{model}");
        self::driver(&running).poll(&everything()).await.unwrap();
    }
}

#[tokio::test]
async fn somebody_else_is_given_way_or_found_gone() {
    let running = simulated("b525s-65a").await;
    let mut owner = driver(&running);
    owner.poll(&everything()).await.unwrap();
    let fault = driver(&running).poll(&everything()).await.unwrap_err();
    assert_eq!(fault, Fault::BusyWithAnotherUser);
    owner.close().await;
    driver(&running).poll(&everything()).await.unwrap();

    let running = simulated("e8372").await;
    let mut first = driver(&running);
    first.poll(&everything()).await.unwrap();
    driver(&running).poll(&everything()).await.unwrap();
    assert_eq!(first.poll(&everything()).await, Err(Fault::SessionExpired), "thrown out, and says so");
    first.poll(&everything()).await.unwrap();
}

#[tokio::test]
async fn mobile_data_is_turned_and_seen() {
    for model in ["b618", "e8372", "e3372"] {
        let running = simulated(model).await;
        let mut driver = driver(&running);
        for on in [false, true] {
            driver.act(Task::Turn(Switch::MobileData, on)).await.unwrap();
            let seen = driver.poll(&everything()).await.unwrap();
            driver.close().await;
            assert_eq!(seen.get(&Subject::Router, catalog::MOBILE_DATA), Some(&Value::Flag(on)), "{model}");
            assert_eq!(seen.get(&Subject::Router, catalog::WAN), Some(&Value::Flag(on)), "{model}");
        }
        let refused = driver.act(Task::Turn(Switch::Wifi, false)).await;
        assert!(matches!(refused, Err(Fault::NotSupported(_))), "{model}");
    }
}

#[tokio::test]
async fn a_box_that_goes_without_a_word_has_taken_the_order() {
    for model in ["h122-373", "b525s-65a"] {
        let running = simulated(model).await;
        let mut driver = driver(&running);
        driver.act(Task::Reboot).await.unwrap();
        driver.close().await;
        assert_eq!(running.tally().reboots(), 1, "{model}");
    }
}

#[tokio::test]
async fn whoever_has_a_cable_is_online_all_the_same() {
    let running = simulated("b525s-65a-ethernet").await;
    let seen = driver(&running).poll(&everything()).await.unwrap();
    let shown =
        |row: &_| seen.sections().find_map(|(_, read)| read.ok()?.get(&Subject::Router)?.get(row).cloned());
    assert_eq!(shown(catalog::WAN.row()), Some(Value::Flag(true)));
    assert_eq!(shown(catalog::MEDIA.row()), Some(Value::Text("ethernet".into())));
    assert_eq!(shown(catalog::RSRP.row()), None);
}

#[tokio::test]
async fn another_kind_of_box_is_told_from_one_of_ours() {
    let other = start("hitron", Options { model: Some("coda".into()), ..Options::default() }).await.unwrap();
    let mut driver = driver(&other);
    let fault = driver.poll(&everything()).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::UnknownDialect, "{fault}");
    driver.close().await;
    assert_eq!(other.tally().logins(), 0, "no password is shown to it");
}
