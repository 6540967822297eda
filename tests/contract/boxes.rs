//! The boxes that are listed, and the drivers that visit them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;
use router2mqtt::bridge;
use router2mqtt::model::{Clock, Readings, Sections, Snapshot, Subject, Value};
use router2mqtt::routers::{self, Driver, Family};
use router2mqtt::simulators::{self, Options, Running, Tally, Trouble};
use router2mqtt::transport::{Deadlines, Trust};
use serde_json::{Value as Json, json};

use crate::support::PATIENCE;
use crate::support::configured::configured;

/// A simulated box that the contract is checked against.
#[derive(Clone, Copy)]
pub struct Listed {
    pub family: &'static str,
    pub model: &'static str,
    pub tls: bool,
    /// The troubles that such a box never has, as it has no login, for example, or that do its driver no harm.
    pub never: &'static [Trouble],
}

const fn plain(family: &'static str, model: &'static str, never: &'static [Trouble]) -> Listed {
    Listed { family, model, tls: false, never }
}

const fn with_tls(family: &'static str, model: &'static str, never: &'static [Trouble]) -> Listed {
    Listed { family, model, tls: true, never }
}

/// A Freebox has room for everybody.
const ROOMY: &[Trouble] = &[Trouble::Busy];

/// A box on which a new login ends the one before.
const LATEST_WINS: &[Trouble] = &[Trouble::Busy];

/// The web server of these boxes loses its status line by itself at times, and nobody minds.
const HEADLESS: &[Trouble] = &[Trouble::NoStatusLine];

/// The same, and wrong passwords are not counted.
const PATIENT: &[Trouble] = &[Trouble::NoStatusLine, Trouble::LockOut];

/// The same, and the administrator is known by his address: there is no session to expire. Answers end with a word.
const BY_ADDRESS: &[Trouble] =
    &[Trouble::NoStatusLine, Trouble::LockOut, Trouble::SessionExpires, Trouble::NeverEnds];

/// The same, but with sessions, of which the latest wins.
const HEADLESS_LATEST_WINS: &[Trouble] =
    &[Trouble::NoStatusLine, Trouble::LockOut, Trouble::Busy, Trouble::NeverEnds];

/// Models that say the same to a wrong password and to a second administrator. Whoever was never let in has to expect
/// the worse of the two, since tries may count; whoever was, knows better.
pub const ONE_REFUSAL_FOR_ALL: &[&str] = &["archer-c20", "archer-c3200"];

/// A box that anybody may read.
const OPEN: &[Trouble] = &[Trouble::WrongPassword, Trouble::LockOut, Trouble::SessionExpires, Trouble::Busy];

/// A box that tells anybody what matters most, so that somebody else on its web page is no trouble.
const HALF_OPEN: &[Trouble] = &[Trouble::Busy];

/// A service on the internet, whose sessions end by themselves and are taken over by whoever logs in.
const SERVICE: &[Trouble] = &[Trouble::LockOut, Trouble::Busy];

/// Troubles that only these families can get into.
const SPECIAL: &[(Trouble, &[&str])] = &[(Trouble::LoginChanged, &["altibox"])];

/// Families that log in, and whose boxes have no way to log out that anybody knows.
const WITHOUT_LOGOUT: &[&str] = &["altibox"];

pub const BOXES: &[Listed] = &[
    plain("altibox", "fibre", SERVICE),
    with_tls("altibox", "fibre", SERVICE),
    plain("altibox", "several-sites", SERVICE),
    plain("freebox", "ultra", ROOMY),
    with_tls("freebox", "ultra", ROOMY),
    plain("freebox", "bridge", ROOMY),
    plain("freebox", "revolution", ROOMY),
    plain("freebox", "revolution-v3", ROOMY),
    plain("freebox", "delta", ROOMY),
    plain("freebox", "pop-4g", ROOMY),
    plain("hitron", "cgnv4", &[]),
    with_tls("hitron", "cgnv4", &[]),
    plain("hitron", "coda", OPEN),
    plain("hitron", "cgnm", &[]),
    plain("hitron", "coda-4582", &[]),
    plain("hitron", "coda-4680", LATEST_WINS),
    with_tls("hitron", "coda-4680", LATEST_WINS),
    plain("hitron", "coda-4582-rest", LATEST_WINS),
    plain("hitron", "cve-30360", &[]),
    plain("huawei_b593", "b593-sp102", &[]),
    with_tls("huawei_b593", "b593-sp102", &[]),
    plain("huawei_b593", "b593u-12", &[]),
    plain("huawei_b593", "speedport-lte-ii", &[]),
    plain("huawei_b593", "b593s-22", HALF_OPEN),
    plain("huawei_b593", "b593s-22-sp051", HALF_OPEN),
    plain("huawei_b593", "e5172", HALF_OPEN),
    plain("huawei_hilink", "b525s-65a", &[]),
    with_tls("huawei_hilink", "b525s-65a", &[]),
    plain("huawei_hilink", "b525s-65a-ethernet", &[]),
    plain("huawei_hilink", "b310s-22", &[]),
    plain("huawei_hilink", "b618", &[]),
    plain("huawei_hilink", "e8372", &[]),
    plain("huawei_hilink", "h122-373", &[]),
    plain("huawei_hilink", "e3372", OPEN),
    plain("tplink", "archer-c20", BY_ADDRESS),
    plain("tplink", "archer-c20-v5", PATIENT),
    plain("tplink", "archer-c50-v4", PATIENT),
    plain("tplink", "tl-wr841n-v14", PATIENT),
    plain("tplink", "archer-c3200", BY_ADDRESS),
    plain("tplink", "archer-mr200", HEADLESS_LATEST_WINS),
    plain("tplink", "tl-mr6400", HEADLESS),
    with_tls("tplink", "tl-mr6400", &[]),
    plain("tplink", "archer-vr", &[Trouble::NoStatusLine, Trouble::Busy]),
];

/// A password that would be noticed wherever it turns up.
pub const PASSWORD: &str = "s3cr3t-Of-The-Box/0123456789+ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A simulated box, and what is true of its whole family.
pub struct Subjected {
    pub name: String,
    pub listed: Listed,
    pub family: &'static Family,
    pub simulated: Running,
}

impl Subjected {
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for listed in BOXES {
            all.push(Self::new(*listed).await);
        }
        all
    }

    /// Checks all of them at the same time; a box that is slow on purpose holds up nobody else.
    pub async fn each<F: Future<Output = ()>>(check: impl Fn(Self) -> F) {
        join_all(Self::all().await.into_iter().map(check)).await;
    }

    pub async fn new(listed: Listed) -> Self {
        let options = Options {
            tls: listed.tls,
            model: Some(listed.model.to_owned()),
            password: Some(PASSWORD.to_owned()),
            reboot: Duration::from_millis(100),
            ..Options::default()
        };
        Self {
            name: format!("{} {}{}", listed.family, listed.model, if listed.tls { " with TLS" } else { "" }),
            listed,
            family: routers::family(listed.family).unwrap(),
            simulated: simulators::start(listed.family, options).await.unwrap(),
        }
    }

    /// The driver, wired as the bridge does it, but without pauses.
    pub fn driver(&self) -> Box<dyn Driver> {
        self.driver_with(&json!({}))
    }

    /// The same with other configuration keys.
    pub fn driver_with(&self, keys: &Json) -> Box<dyn Driver> {
        self.wired(keys, PATIENCE)
    }

    /// The same, impatient where patience is what the trouble is about.
    pub fn driver_in(&self, trouble: Trouble) -> Box<dyn Driver> {
        let tries_patience = matches!(trouble, Trouble::Slow | Trouble::Stalled | Trouble::NeverEnds);
        self.wired(&json!({}), if tries_patience { Duration::from_secs(1) } else { PATIENCE })
    }

    fn wired(&self, keys: &Json, patience: Duration) -> Box<dyn Driver> {
        let mut configured = self.simulated.configuration();
        configured.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        self.driver_of(&configured, patience)
    }

    /// The driver of somebody who takes the box for one of another family.
    pub fn driver_of_another(&self, family: &Family) -> Box<dyn Driver> {
        let own = self.simulated.configuration();
        let mut configured = json!({"type": family.name, "url": own["url"]});
        for key in family.needs.iter().chain(family.may_need) {
            configured[*key] = PASSWORD.into();
        }
        self.driver_of(&configured, PATIENCE)
    }

    fn driver_of(&self, keys: &Json, patience: Duration) -> Box<dyn Driver> {
        let mut router = configured("box", keys);
        router.transport.deadlines = Deadlines { connect: patience, first_byte: patience, whole: patience };
        if let Some(pin) = self.simulated.pin() {
            router.transport.trust = Trust::Pinned(vec![pin]);
        }
        bridge::driver(&router, Clock::system(), None).unwrap()
    }

    pub fn everything(&self) -> Sections {
        self.family.sections.iter().map(|(section, _)| *section).collect()
    }

    pub fn tally(&self) -> &Tally {
        self.simulated.tally()
    }

    /// Whether the box can get into this trouble at all.
    pub fn knows(&self, trouble: Trouble) -> bool {
        let needs_tls = trouble == Trouble::CertificateChange;
        let special = SPECIAL.iter().find(|(special, _)| *special == trouble);
        !self.listed.never.contains(&trouble)
            && (self.listed.tls || !needs_tls)
            && special.is_none_or(|(_, families)| families.contains(&self.listed.family))
    }

    /// How many goodbyes the box should have heard by now.
    pub fn goodbyes(&self) -> u64 {
        if WITHOUT_LOGOUT.contains(&self.listed.family) { 0 } else { self.tally().logins() }
    }
}

/// Everything that was read, by subject and key.
pub fn values(seen: &Snapshot) -> BTreeMap<(Subject, &'static str), Value> {
    let mut values = BTreeMap::new();
    for (subject, item) in seen.sections().filter_map(|(_, outcome)| outcome.ok()).flat_map(Readings::iter) {
        for (row, value) in item.iter() {
            values.extend(value.map(|value| ((subject.clone(), row.key), value.clone())));
        }
    }
    values
}

#[test]
fn every_family_and_every_model_is_listed() {
    let drivers: BTreeSet<_> = routers::FAMILIES.iter().map(|family| family.name).collect();
    let simulated: BTreeSet<_> = simulators::FAMILIES.iter().map(|family| family.name).collect();
    assert_eq!(simulated, drivers);
    for family in simulators::FAMILIES {
        let listed: BTreeSet<_> =
            BOXES.iter().filter(|listed| listed.family == family.name).map(|listed| listed.model).collect();
        assert_eq!(listed, family.models.iter().copied().collect(), "{}", family.name);
    }
}
