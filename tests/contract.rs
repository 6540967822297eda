//! What every driver owes to its box and to the engine, checked against each family's simulated boxes. A new family is
//! checked by being listed.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;
use router2mqtt::model::{
    Clock, Deed, Fault, FaultClass, Kind, Readings, Section, Sections, Snapshot, Subject, Switch, Value,
};
use router2mqtt::routers::{self, Credentials, Driver, Family, Wiring};
use router2mqtt::simulators::{self, Options, Running, Trouble};
use router2mqtt::transport::{Deadlines, Settings, Transport, Trust};

/// Family, model, and whether to speak TLS.
const BOXES: &[(&str, &str, bool)] = &[
    ("freebox", "ultra", false),
    ("freebox", "ultra", true),
    ("freebox", "bridge", false),
    ("freebox", "revolution", false),
    ("freebox", "revolution-v3", false),
    ("freebox", "delta", false),
    ("freebox", "pop-4g", false),
    ("hitron", "cgnv4", false),
    ("hitron", "cgnv4", true),
    ("hitron", "coda", false),
    ("tplink", "archer-c20", false),
    ("tplink", "archer-c20-v5", false),
    ("tplink", "archer-c50-v4", false),
    ("tplink", "tl-wr841n-v14", false),
    ("tplink", "archer-c3200", false),
    ("tplink", "archer-mr200", false),
    ("tplink", "tl-mr6400", false),
    ("tplink", "tl-mr6400", true),
    ("tplink", "archer-vr", false),
];

/// Boxes that say the same to a wrong password and to a second administrator. Whoever was never let in has to expect
/// the worse of the two, since tries may count; whoever was, knows better.
const ONE_REFUSAL_FOR_ALL: &[&str] = &["tplink archer-c20", "tplink archer-c3200"];

/// A simulated box, and what is true of its whole family.
struct Subjected {
    name: String,
    family: &'static Family,
    simulated: Running,
}

impl Subjected {
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for box_ in BOXES {
            all.push(Self::new(box_).await);
        }
        all
    }

    /// Checks all of them at the same time; a box that is slow on purpose holds up nobody else.
    async fn each<F: Future<Output = ()>>(check: impl Fn(Self) -> F) {
        join_all(Self::all().await.into_iter().map(check)).await;
    }

    async fn new((name, model, tls): &(&str, &str, bool)) -> Self {
        let options = Options { tls: *tls, model: Some((*model).to_owned()), ..Options::default() };
        Self {
            name: format!("{name} {model}{}", if *tls { " with TLS" } else { "" }),
            family: routers::family(name).unwrap(),
            simulated: simulators::start(name, options).await.unwrap(),
        }
    }

    /// The driver, wired as the bridge does it, but in a hurry.
    fn driver(&self) -> Box<dyn Driver> {
        let configured = self.simulated.configuration();
        let key = |key: &str| configured[key].as_str().map(str::to_owned);
        let mut settings = Settings::new(key("url").unwrap().parse().unwrap());
        settings.gap = Duration::ZERO;
        settings.trust = self.simulated.pin().map_or(settings.trust, |pin| Trust::Pinned(vec![pin]));
        let patience = Duration::from_secs(1);
        settings.deadlines = Deadlines { connect: patience, first_byte: patience, whole: patience };
        (self.family.build)(Wiring {
            transport: Transport::new(settings, None).unwrap(),
            credentials: Credentials {
                username: key("username"),
                password: key("password").map(Into::into),
                app_token: key("app_token").map(Into::into),
            },
            options: BTreeMap::new(),
            clock: Clock::system(),
        })
    }

    fn everything(&self) -> Sections {
        self.family.sections.iter().map(|(section, _)| *section).collect()
    }

    fn logins(&self) -> u64 {
        self.simulated.tally().logins()
    }
}

/// Everything that was read, by subject and key.
fn values(seen: &Snapshot) -> BTreeMap<(Subject, &'static str), Value> {
    let mut values = BTreeMap::new();
    for (subject, item) in seen.sections().filter_map(|(_, outcome)| outcome.ok()).flat_map(Readings::iter) {
        for (row, value) in item.iter() {
            values.extend(value.map(|value| ((subject.clone(), row.key), value.clone())));
        }
    }
    values
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Number(number) => *number == 0.0,
        Value::Count(count) => *count == 0,
        _ => false,
    }
}

#[test]
fn every_family_is_listed() {
    let listed: BTreeSet<_> = BOXES.iter().map(|(family, ..)| *family).collect();
    let drivers: BTreeSet<_> = routers::FAMILIES.iter().map(|family| family.name).collect();
    let simulated: BTreeSet<_> = simulators::FAMILIES.iter().map(|family| family.name).collect();
    assert_eq!(listed, drivers);
    assert_eq!(simulated, drivers);
}

#[tokio::test]
async fn a_visit_is_as_short_as_the_family_says_and_ends_with_a_goodbye() {
    Subjected::each(|box_| async move {
        let (name, tally) = (&box_.name, box_.simulated.tally());
        let mut driver = box_.driver();
        for visit in 1..=2 {
            let before = tally.requests();
            driver.poll(&box_.everything()).await.unwrap();
            driver.close().await;
            let requests = tally.requests() - before;
            assert!(requests <= box_.family.max_requests.into(), "{name}: {requests} requests");
            assert!(tally.logins() <= visit, "{name}: {} logins", tally.logins());
            assert_eq!(tally.logouts(), tally.logins(), "{name}");
        }
        assert_eq!(tally.most_in_flight(), 1, "{name}");
        assert_eq!(tally.rejected(), 0, "{name}");
    })
    .await;
}

#[tokio::test]
async fn a_session_is_kept_until_it_is_ended() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        for _ in 0..3 {
            driver.poll(&box_.everything()).await.unwrap();
        }
        assert!(box_.logins() <= 1, "{}", box_.name);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_said_to_a_box_before_it_is_asked_for() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        driver.close().await;
        driver.close().await;
        assert_eq!(box_.simulated.tally().requests(), 0, "{}", box_.name);
    })
    .await;
}

#[tokio::test]
async fn what_is_read_is_what_was_asked_for_and_what_the_catalog_knows() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        let each = box_.family.sections.iter().map(|(section, _)| [*section].into_iter().collect());
        for wanted in each.chain([box_.everything()]) {
            let seen = driver.poll(&wanted).await.unwrap();
            for (section, outcome) in seen.sections() {
                assert!(wanted.wants(section), "{}: {section:?} was not asked for", box_.name);
                is_as_the_catalog_has_it(&box_.name, section, outcome.unwrap());
            }
        }
        driver.close().await;
    })
    .await;
}

fn is_as_the_catalog_has_it(name: &str, section: Section, readings: &Readings) {
    for (subject, item) in readings.iter() {
        for (row, value) in item.iter() {
            let place = format!("{name}: {section:?}, {subject}, {}", row.key);
            assert!(row.on.contains(&subject.kind()), "{place} has no place there");
            match value {
                Some(Value::Number(number)) => assert!(number.is_finite(), "{place}"),
                Some(Value::Text(text)) => {
                    assert!(!text.trim().is_empty(), "{place}");
                    assert!(
                        row.kind != Kind::State || row.options.contains(&text.as_str()),
                        "{place}: {text}"
                    );
                }
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn what_is_missing_is_unknown_and_never_zero_or_somebody_else() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        let well = driver.poll(&box_.everything()).await.unwrap();
        box_.simulated.troubles().begin(Trouble::MissingFields);
        let ill = driver.poll(&box_.everything()).await.unwrap();
        driver.close().await;
        let (well_values, ill_values) = (values(&well), values(&ill));
        assert!(ill_values.len() < well_values.len(), "{}: nothing is missing", box_.name);
        for (place, value) in ill_values {
            let before = well_values.get(&place);
            let before = before.unwrap_or_else(|| panic!("{}: {place:?} is new: {value:?}", box_.name));
            assert!(is_zero(before) || !is_zero(&value), "{}: {place:?} became zero", box_.name);
            if let (Value::Flag(_) | Value::Text(_), Value::Flag(_) | Value::Text(_)) = (before, &value) {
                assert_eq!(before, &value, "{}: {place:?}", box_.name);
            }
        }
        let mut identity = well.identity.clone();
        identity.update(ill.identity);
        assert_eq!(identity, well.identity, "{}", box_.name);
    })
    .await;
}

#[tokio::test]
async fn whatever_goes_wrong_costs_one_login_and_leaves_nobody_locked_out() {
    Subjected::each(|box_| async move {
        for trouble in Trouble::ALL {
            let (name, before, requests) = (&box_.name, box_.logins(), box_.simulated.tally().requests());
            box_.simulated.troubles().begin(trouble);
            let mut driver = box_.driver();
            let outcome = driver.poll(&box_.everything()).await;
            driver.close().await;
            assert!(box_.logins() - before <= 1, "{name}, {trouble}");
            let requests = box_.simulated.tally().requests() - requests;
            assert!(requests <= box_.family.max_requests.into(), "{name}, {trouble}: {requests} requests");
            is_the_right_fault(name, trouble, outcome);

            box_.simulated.troubles().end(trouble);
            let mut somebody_else = box_.driver();
            let outcome = somebody_else.poll(&box_.everything()).await;
            somebody_else.close().await;
            assert!(outcome.is_ok(), "{name}, after {trouble}: {outcome:?}");
        }
        assert_eq!(box_.simulated.tally().most_in_flight(), 1, "{}", box_.name);
    })
    .await;
}

/// A trouble is recognised for what it is, or not met at all.
fn is_the_right_fault(name: &str, trouble: Trouble, outcome: Result<Snapshot, Fault>) {
    let classes: &[FaultClass] = match trouble {
        Trouble::WrongPassword => &[FaultClass::CredentialsRejected],
        Trouble::LockOut => &[FaultClass::LockedOut],
        Trouble::SessionExpires => &[FaultClass::SessionExpired],
        Trouble::Busy if ONE_REFUSAL_FOR_ALL.contains(&name) => &[FaultClass::CredentialsRejected],
        Trouble::Busy => &[FaultClass::BusyWithAnotherUser],
        Trouble::Status500 => &[FaultClass::BoxError],
        Trouble::Truncated | Trouble::Garbage => &[FaultClass::Malformed],
        // Or its login page, in place of what was asked for.
        Trouble::Html => &[FaultClass::Malformed, FaultClass::SessionExpired],
        Trouble::Slow => &[FaultClass::TimedOut],
        Trouble::MissingFields => &[],
        Trouble::CertificateChange => &[FaultClass::PinMismatch],
        // What has no status line is not HTTP; a driver that expects it may read it all the same.
        Trouble::NoStatusLine => &[FaultClass::Unreachable, FaultClass::Malformed],
        Trouble::NeverEnds => &[FaultClass::TimedOut],
    };
    match outcome {
        Err(fault) => assert!(classes.contains(&fault.class()), "{name}, {trouble}: {fault}"),
        Ok(seen) => {
            assert!(seen.sections().all(|(_, outcome)| outcome.is_ok()), "{name}, {trouble}: {seen:?}");
        }
    }
}

/// A switch that was turned shows it.
async fn turned(box_: &Subjected, switch: Switch, on: bool) {
    let mut driver = box_.driver();
    let seen = driver.poll(&box_.everything()).await.unwrap();
    driver.close().await;
    let shown = values(&seen).remove(&(Subject::Router, switch.metric().key()));
    assert_eq!(shown, Some(Value::Flag(on)), "{}: {switch:?}", box_.name);
}

#[tokio::test]
async fn an_order_is_taken_once_or_refused() {
    Subjected::each(|box_| async move {
        let reboots = || box_.simulated.tally().reboots();
        // A reboot comes last: the box is away afterwards.
        for deed in Deed::ALL.into_iter().rev() {
            let (mut driver, before) = (box_.driver(), reboots());
            let outcome = driver.act(deed).await;
            driver.close().await;
            let rebooted = outcome.is_ok() && deed == Deed::Reboot;
            assert_eq!(reboots() - before, u64::from(rebooted), "{}", box_.name);
            match (outcome, deed) {
                (Ok(()), _) if !box_.family.deeds.contains(&deed) => panic!("{}: {deed:?}", box_.name),
                (Ok(()), Deed::Turn(switch, on)) => turned(&box_, switch, on).await,
                (Ok(()), Deed::Reboot) | (Err(Fault::NotSupported(_)), _) => {}
                (Err(fault), _) => panic!("{}: {fault}", box_.name),
            }
        }
    })
    .await;
}
