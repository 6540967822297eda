//! Getting in: five ways to wrap a password, and never two attempts.

use router2mqtt::model::{Fault, FaultClass, Subject, Switch, Task, catalog};
use router2mqtt::routers::Credentials;
use router2mqtt::simulators::{Options, Running, Trouble, start};
use tokio::task::yield_now;

use crate::home::*;

#[tokio::test]
async fn each_firmware_lets_us_in_and_gets_its_place_back() {
    for model in MODELS {
        let box_ = simulated(model).await;
        let mut driver = driver(&box_.url(), &[]);
        for visit in 1..=3 {
            let before = box_.tally().requests();
            let seen = poll(&mut *driver).await.unwrap();
            assert!(seen.sections().all(|(_, outcome)| outcome.is_ok()), "{model}: {seen:?}");
            assert_eq!((box_.tally().logins(), box_.tally().logouts()), (visit, visit), "{model}");
            let requests = box_.tally().requests() - before;
            // What the box has is found out once.
            let most = if visit == 1 { family().max_requests.into() } else { 9 };
            assert!(requests <= most, "{model}, visit {visit}: {requests} requests");
        }
        assert_eq!((box_.tally().rejected(), box_.tally().most_in_flight()), (0, 1), "{model}");
    }
}

#[tokio::test]
async fn a_wrong_password_costs_one_attempt() {
    for model in MODELS {
        let box_ = simulated(model).await;
        let mut driver = driver_of(&box_.url(), credentials("wrong"), &[]);
        assert_eq!(poll(&mut *driver).await, Err(Fault::CredentialsRejected), "{model}");
        assert_eq!((box_.tally().logins(), box_.tally().logouts()), (1, 0), "{model}");
        poll(&mut *crate::home::driver(&box_.url(), &[])).await.unwrap();
    }
}

#[tokio::test]
async fn the_third_wrong_password_is_told_from_a_lock() {
    let box_ = simulated("b593-sp102").await;
    for _ in 0..3 {
        let mut driver = driver_of(&box_.url(), credentials("wrong"), &[]);
        assert_eq!(poll(&mut *driver).await, Err(Fault::CredentialsRejected));
    }
    // Now it is locked, for the right password as well; that is seen without an attempt.
    let outcome = poll(&mut *driver(&box_.url(), &[])).await;
    assert!(matches!(outcome, Err(Fault::LockedOut { .. })), "{outcome:?}");
    assert_eq!(box_.tally().logins(), 3);
}

#[tokio::test]
async fn a_lock_is_waited_for_as_long_as_it_lasts() {
    let box_ = simulated("b593s-22").await;
    box_.troubles().begin(Trouble::LockOut);
    let mut driver = driver(&box_.url(), &[]);
    let Err(Fault::LockedOut { until }) = poll(&mut *driver).await else { panic!("it is locked") };
    let again = poll(&mut *driver).await;
    assert_eq!(again, Err(Fault::LockedOut { until }), "the moment stays the same");
    assert_eq!(box_.tally().logins(), 0);
    box_.troubles().end(Trouble::LockOut);
    poll(&mut *driver).await.unwrap();
}

#[tokio::test]
async fn what_the_owner_says_of_the_login_is_done() {
    for (model, login, lets_in) in [
        ("b593s-22", "hash", true),
        ("b593s-22-sp051", "hash", false),
        ("b593s-22-sp051", "double_hash", true),
        ("speedport-lte-ii", "rsa_token", true),
        ("b593-sp102", "rsa", true),
        ("b593-sp102", "base64", false),
        ("b593u-12", "base64", true),
    ] {
        let box_ = simulated(model).await;
        let outcome = poll(&mut *driver(&box_.url(), &[("login", login)])).await;
        assert_eq!(outcome.is_ok(), lets_in, "{model}, {login}: {outcome:?}");
        assert_eq!(box_.tally().logins(), 1, "{model}, {login}");
    }
}

/// The same box with another firmware.
async fn update(box_: Running, model: &str) -> Running {
    let listen = box_.address();
    drop(box_);
    loop {
        let options = Options {
            listen,
            model: Some(model.into()),
            password: Some(PASSWORD.into()),
            ..Options::default()
        };
        match start("huawei_b593", options).await {
            Ok(updated) => return updated,
            // The old one needs a moment to give the port back.
            Err(_) => yield_now().await,
        }
    }
}

#[tokio::test]
async fn a_firmware_that_changes_the_login_costs_no_attempt() {
    let mut box_ = simulated("b593u-12").await;
    let mut driver = driver(&box_.url(), &[]);
    poll(&mut *driver).await.unwrap();
    for model in ["b593-sp102", "b593s-22", "b593u-12"] {
        box_ = update(box_, model).await;
        poll(&mut *driver).await.unwrap();
        assert_eq!((box_.tally().logins(), box_.tally().rejected()), (1, 0), "{model}");
    }
}

#[tokio::test]
async fn a_session_that_expires_is_a_new_login_at_the_next_poll() {
    for model in MODELS {
        let box_ = simulated(model).await;
        let mut driver = driver(&box_.url(), &[]);
        box_.troubles().begin(Trouble::SessionExpires);
        let outcome = poll(&mut *driver).await;
        assert_eq!(outcome, Err(Fault::SessionExpired), "{model}");
        box_.troubles().end(Trouble::SessionExpires);
        poll(&mut *driver).await.unwrap();
        assert_eq!((box_.tally().logins(), box_.tally().rejected()), (2, 0), "{model}");
    }
}

#[tokio::test]
async fn somebody_on_the_web_page_is_given_way_to() {
    let box_ = simulated("b593-sp102").await;
    box_.troubles().begin(Trouble::Busy);
    assert_eq!(poll(&mut *driver(&box_.url(), &[])).await, Err(Fault::BusyWithAnotherUser));
    assert_eq!(box_.tally().logins(), 1);
}

#[tokio::test]
async fn an_open_box_is_read_while_somebody_is_on_its_web_page() {
    let box_ = simulated("b593s-22").await;
    let mut owner = driver(&box_.url(), &[]);
    owner.poll(&[router2mqtt::model::Section::Line].into_iter().collect()).await.unwrap();
    let seen = poll(&mut *driver(&box_.url(), &[])).await.unwrap();
    assert!(shown(&seen, catalog::RECEIVED).is_number());
    assert!(shown(&seen, catalog::SIGNAL_LEVEL).is_number());
    assert!(shown(&seen, catalog::RSRP).is_null(), "that would have needed the place");
    assert_eq!(box_.tally().rejected(), 0);
}

#[tokio::test]
async fn an_open_box_needs_no_password() {
    for model in ["b593s-22", "b593s-22-sp051", "e5172"] {
        let box_ = simulated(model).await;
        let seen = poll(&mut *driver_of(&box_.url(), Credentials::default(), &[])).await.unwrap();
        assert!(shown(&seen, catalog::RECEIVED).is_number(), "{model}");
        assert_eq!((box_.tally().logins(), box_.tally().requests()), (0, 2), "{model}");
    }
    let closed = simulated("b593-sp102").await;
    let outcome = poll(&mut *driver_of(&closed.url(), Credentials::default(), &[])).await;
    assert_eq!(outcome.unwrap_err().class(), FaultClass::NotSupported);
    assert_eq!(closed.tally().logins(), 0);
}

#[tokio::test]
async fn each_firmware_is_restarted_as_its_own_page_does_it() {
    for model in MODELS {
        let box_ = simulated(model).await;
        let mut driver = driver(&box_.url(), &[]);
        let before = poll(&mut *driver).await.unwrap();
        driver.act(Task::Reboot).await.unwrap();
        driver.close().await;
        assert_eq!(box_.tally().reboots(), 1, "{model}");
        while box_.power().is_on() {
            yield_now().await;
        }
        while !box_.power().is_on() {
            yield_now().await;
        }
        // The port opens a moment after the power is back.
        let after = loop {
            match poll(&mut *driver).await {
                Err(Fault::Unreachable(_)) => yield_now().await,
                outcome => break outcome.unwrap(),
            }
        };
        let number = |seen: &router2mqtt::model::Snapshot| seen.number(&Subject::Router, catalog::RECEIVED);
        assert!(number(&after) >= number(&before), "{model}: the step back is held");
        let connected = after.number(&Subject::Router, catalog::WAN_UPTIME).unwrap();
        assert!(connected < 60.0, "{model}: connected for {connected} s");
    }
}

#[tokio::test]
async fn what_it_cannot_do_is_refused_without_a_word_to_the_box() {
    let box_ = simulated("b593-sp102").await;
    let outcome = driver(&box_.url(), &[]).act(Task::Turn(Switch::Wifi, false)).await;
    assert_eq!(outcome.unwrap_err().class(), FaultClass::NotSupported);
    assert_eq!(box_.tally().requests(), 0);
}
