//! What a driver makes of a box that misbehaves: the fault that it is, at the price of one login.

use router2mqtt::model::{Fault, FaultClass, Snapshot};
use router2mqtt::routers;
use router2mqtt::simulators::Trouble;

use crate::boxes::{ONE_REFUSAL_FOR_ALL, Subjected};

#[tokio::test]
async fn whatever_goes_wrong_costs_one_login_and_leaves_nobody_locked_out() {
    Subjected::each(|box_| async move {
        for trouble in Trouble::ALL {
            let name = format!("{}, {trouble}", box_.name);
            let (logins, requests) = (box_.tally().logins(), box_.tally().requests());
            box_.simulated.troubles().begin(trouble);
            let mut driver = box_.driver_in(trouble);
            let outcome = driver.poll(&box_.everything()).await;
            driver.close().await;
            assert!(box_.tally().logins() - logins <= 1, "{name}");
            let requests = box_.tally().requests() - requests;
            assert!(requests <= box_.family.max_requests.into(), "{name}: {requests} requests");
            match outcome {
                Err(fault) => is_the_right_fault(&box_, trouble, &fault),
                Ok(seen) => leaves_no_trace(&box_, trouble, &seen),
            }

            box_.simulated.troubles().end(trouble);
            let mut somebody_else = box_.driver();
            let outcome = somebody_else.poll(&box_.everything()).await;
            somebody_else.close().await;
            assert!(outcome.is_ok(), "after {name}: {:?}", outcome.err());
        }
        assert_eq!(box_.tally().most_in_flight(), 1, "{}", box_.name);
    })
    .await;
}

#[tokio::test]
async fn a_box_of_another_family_is_recognised_as_such_and_sent_no_login() {
    Subjected::each(|box_| async move {
        // The portal's login goes to another server, which is none of the box.
        let others = routers::FAMILIES.iter().filter(|family| family.name != box_.family.name);
        for other in others.filter(|family| family.name != "altibox") {
            let name = format!("{} taken for {}", box_.name, other.name);
            let mut driver = box_.driver_of_another(other);
            let wanted = other.sections.iter().map(|(section, _)| *section).collect();
            let fault = driver.poll(&wanted).await.expect_err(&name);
            driver.close().await;
            assert_eq!(fault.class(), FaultClass::UnknownDialect, "{name}: {fault}");
            assert!(fault.advice().contains("'type'"), "{name}");
        }
        assert_eq!((box_.tally().logins(), box_.tally().rejected()), (0, 0), "{}", box_.name);
    })
    .await;
}

/// The classes that a trouble may be recognised as; none for what is no fault.
fn classes(trouble: Trouble) -> &'static [FaultClass] {
    match trouble {
        Trouble::WrongPassword => &[FaultClass::CredentialsRejected],
        Trouble::LockOut => &[FaultClass::LockedOut],
        Trouble::SessionExpires => &[FaultClass::SessionExpired],
        Trouble::Busy => &[FaultClass::BusyWithAnotherUser],
        Trouble::Status500 => &[FaultClass::BoxError],
        Trouble::Truncated | Trouble::Garbage => &[FaultClass::Malformed],
        // Or its login page, in place of what was asked for.
        Trouble::Html => &[FaultClass::Malformed, FaultClass::SessionExpired],
        Trouble::Slow | Trouble::Stalled => &[FaultClass::TimedOut],
        // Zeros that are the first thing ever read are unknown, not wrong.
        Trouble::MissingFields | Trouble::Zeros | Trouble::DegradedLine => &[],
        Trouble::CertificateChange => &[FaultClass::PinMismatch],
        // What has no status line is not HTTP; a driver that expects it may read it all the same.
        Trouble::NoStatusLine => &[FaultClass::Unreachable, FaultClass::Malformed],
        Trouble::NeverEnds => &[FaultClass::TimedOut],
        Trouble::LoginChanged => &[FaultClass::UnknownDialect],
    }
}

fn is_the_right_fault(box_: &Subjected, trouble: Trouble, fault: &Fault) {
    assert!(box_.knows(trouble), "{}: {trouble} cannot befall it, but: {fault}", box_.name);
    let mixed_up = trouble == Trouble::Busy && ONE_REFUSAL_FOR_ALL.contains(&box_.listed.model);
    let expected = if mixed_up { classes(Trouble::WrongPassword) } else { classes(trouble) };
    assert!(expected.contains(&fault.class()), "{}, {trouble}: {fault}", box_.name);
}

fn leaves_no_trace(box_: &Subjected, trouble: Trouble, seen: &Snapshot) {
    let harmless = classes(trouble).is_empty() || !box_.knows(trouble);
    assert!(harmless, "{}: nobody noticed {trouble}", box_.name);
    let failed: Vec<_> = seen.sections().filter(|(_, outcome)| outcome.is_err()).collect();
    assert!(failed.is_empty(), "{}, {trouble}: {failed:?}", box_.name);
}

#[tokio::test]
async fn a_box_without_power_is_out_of_reach_and_read_as_before_when_it_is_back() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        driver.poll(&box_.everything()).await.unwrap();
        box_.simulated.power().off();
        let fault = driver.poll(&box_.everything()).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::Unreachable, "{}: {fault}", box_.name);
        box_.simulated.power().on();
        let outcome = crate::orders::when_it_is_back(&box_, &mut driver, |_, _| true).await;
        driver.close().await;
        assert!(outcome.sections().all(|(_, outcome)| outcome.is_ok()), "{}: {outcome:?}", box_.name);
    })
    .await;
}
