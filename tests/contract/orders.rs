//! What a box is told to do, and whether it did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use router2mqtt::model::{Deed, Fault, FaultClass, Mac, Snapshot, Subject, Task, Value, catalog};
use router2mqtt::routers::{Driver, FAMILIES};
use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep};

use crate::boxes::{Subjected, values};
use crate::support::PATIENCE;

#[tokio::test]
async fn an_order_is_taken_once_or_refused_and_some_box_takes_what_its_family_promises() {
    let taken = &Mutex::new(BTreeSet::new());
    Subjected::each(|box_| async move {
        let reboots = || box_.tally().reboots();
        // A reboot comes last: the box is away afterwards.
        for deed in Deed::ALL.into_iter().rev() {
            let (mut driver, before) = (box_.driver_with(&enabled(box_.family.name)), reboots());
            let seen = driver.poll(&box_.everything()).await.unwrap();
            let uptime = uptime(&seen);
            let client = somebody(&seen);
            let task = Task::new(deed, Some(client)).unwrap();
            let outcome = driver.act(task).await;
            // What one box of a family lacks is said beforehand, so that nobody is offered a button for it.
            let offered = box_.family.deeds.contains(&deed);
            let lacks = seen.cannot.is_some_and(|cannot| cannot.contains(&deed));
            assert_eq!(outcome.is_ok(), offered && !lacks, "{}: {deed:?}", box_.name);
            let rebooted = outcome.is_ok() && deed == Deed::Reboot;
            assert_eq!(reboots() - before, u64::from(rebooted), "{}", box_.name);
            if outcome.is_ok() {
                taken.lock().unwrap().insert((box_.family.name, deed));
            }
            match (outcome, task) {
                (Ok(()), Task::Reboot) => restarted(&box_, &mut driver, uptime).await,
                (Ok(()), task) => shown(&box_, &mut driver, task).await,
                (Err(Fault::NotSupported(_)), _) => {}
                (Err(fault), _) => panic!("{}: {fault}", box_.name),
            }
            driver.close().await;
        }
    })
    .await;
    let promised = FAMILIES.iter().flat_map(|family| family.deeds.iter().map(|deed| (family.name, *deed)));
    assert_eq!(*taken.lock().unwrap(), promised.collect());
}

fn uptime(seen: &Snapshot) -> Option<f64> {
    seen.number(&Subject::Router, catalog::UPTIME)
}

/// What a box needs in the configuration to do all that its family can.
fn enabled(family: &str) -> Json {
    match family {
        "freebox" => json!({"block_profile": "Internet coupé"}),
        _ => json!({}),
    }
}

/// The clients of whom the box says whether they are blocked, and whether they are.
fn access(seen: &Snapshot) -> BTreeMap<Mac, bool> {
    let flags = values(seen).into_iter().filter_map(|(place, value)| match (place, value) {
        ((Subject::Client(mac), "blocked"), Value::Flag(blocked)) => Some((mac, blocked)),
        _ => None,
    });
    flags.collect()
}

/// Somebody who can be blocked, if anybody can.
fn somebody(seen: &Snapshot) -> Mac {
    access(seen).into_keys().next().unwrap_or(Mac::new([2, 0, 0x5e, 0x10, 0, 1]))
}

/// What was turned shows it, and so does whoever was blocked, and nobody else.
async fn shown(box_: &Subjected, driver: &mut Box<dyn Driver>, task: Task) {
    let seen = driver.poll(&box_.everything()).await.unwrap();
    let proof = task.proof().unwrap();
    assert_eq!(seen.flag(&proof.subject, proof.metric), Some(proof.wanted), "{}: {task:?}", box_.name);
    if let Task::Access { client, blocked } = task {
        let blocked_now: Vec<_> = access(&seen).into_iter().filter(|(_, blocked)| *blocked).collect();
        let expected: Vec<_> = blocked.then_some((client, true)).into_iter().collect();
        assert_eq!(blocked_now, expected, "{}", box_.name);
    }
}

/// A box that restarted goes away, comes back, and begins to count its uptime anew, where it counts it at all.
async fn restarted(box_: &Subjected, driver: &mut Box<dyn Driver>, before: Option<f64>) {
    let after = when_it_is_back(box_, driver, |seen, gone| match (before, uptime(seen)) {
        (Some(before), now) => now.is_some_and(|now| now < before),
        (None, _) => gone,
    });
    assert_eq!(before.is_some(), uptime(&after.await).is_some(), "{}", box_.name);
}

/// Polls a box that is on its way down and up again, as patiently as the engine would, until it is back; whether it was
/// seen to be gone may have to do with that.
pub async fn when_it_is_back(
    box_: &Subjected,
    driver: &mut Box<dyn Driver>,
    is_back: impl Fn(&Snapshot, bool) -> bool,
) -> Snapshot {
    let (deadline, mut gone) = (Instant::now() + PATIENCE, false);
    loop {
        match driver.poll(&box_.everything()).await {
            Ok(seen) if is_back(&seen, gone) => return seen,
            Ok(_) => {}
            Err(fault) => {
                let waits = matches!(fault.class(), FaultClass::Unreachable | FaultClass::SessionExpired);
                assert!(waits, "{}: {fault}", box_.name);
                gone = true;
            }
        }
        assert!(Instant::now() < deadline, "{} never came back", box_.name);
        sleep(Duration::from_millis(20)).await;
    }
}
