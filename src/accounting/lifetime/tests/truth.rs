//! A box of which the truth is known drives a counter; after each reading the counter is held against it.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::accounting::{Evidence, Gap, Growth, Lifetime};
use crate::model::{Counting, Overflow, Renewal};

/// A way to count, and whether such a box shows its uptime.
#[derive(Clone, Copy, Debug)]
struct Profile {
    how: Counting,
    shows_uptime: bool,
}

const fn narrow(bits: u32, renewal: Renewal, ceiling: u64) -> Counting {
    Counting { bits, overflow: Overflow::Wraps, renewal, ceiling: Some(ceiling), rounded: false }
}

const PROFILES: [Profile; 8] = [
    Profile { how: Counting::USUAL, shows_uptime: true },
    Profile { how: Counting::USUAL, shows_uptime: false },
    Profile { how: Counting { ceiling: Some(1_000_000), ..Counting::USUAL }, shows_uptime: true },
    Profile { how: Counting { renewal: Renewal::SavedCopy, ..Counting::USUAL }, shows_uptime: false },
    Profile { how: Counting { renewal: Renewal::Never, ..Counting::USUAL }, shows_uptime: true },
    Profile { how: narrow(32, Renewal::Appearance, 30_000_000), shows_uptime: true },
    Profile { how: narrow(16, Renewal::Boot, 500), shows_uptime: true },
    Profile {
        how: Counting { bits: 20, overflow: Overflow::Saturates, ..Counting::USUAL },
        shows_uptime: true,
    },
];

#[derive(Clone, Debug)]
enum Step {
    /// Time passes, with so many thousandths of the most that can pass.
    Pass { seconds: i64, load: u64 },
    /// The bridge asks.
    Poll,
    /// The bridge asks, as it does most of the time.
    Polls { every: i64, load: u64, times: usize },
    /// The bridge asks and is told something wrong; perhaps it asks again before anything else happens.
    Glitch { wrong: Wrong, settles: bool },
    /// The box restarts.
    Restart,
    /// The owner clears the counters.
    Clear,
    /// The subject is dropped from its list, until something passes again.
    Evict,
    /// Another box takes its place, which has counted this much before.
    Replace(u64),
    /// Somebody sets the clock.
    SetClock(i64),
    /// The bridge restarts.
    RestartBridge,
}

#[derive(Clone, Copy, Debug)]
enum Wrong {
    Zero,
    Low,
    High,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let load = || prop_oneof![Just(0), 0..10_u64, 0..=1000_u64, Just(1000)];
    let step = prop_oneof![
        6 => (5..1000_i64, load()).prop_map(|(seconds, load)| Step::Pass { seconds, load }),
        6 => Just(Step::Poll),
        8 => (5..90_i64, load(), 1..6_usize).prop_map(|(every, load, times)| Step::Polls { every, load, times }),
        2 => (prop_oneof![Just(Wrong::Zero), Just(Wrong::Low), Just(Wrong::High)], any::<bool>())
            .prop_map(|(wrong, settles)| Step::Glitch { wrong, settles }),
        2 => Just(Step::Restart),
        1 => Just(Step::Clear),
        1 => Just(Step::Evict),
        1 => (0..2_000_000_u64).prop_map(Step::Replace),
        1 => prop_oneof![-90_i64..90, -100_000_i64..100_000].prop_map(Step::SetClock),
        2 => Just(Step::RestartBridge),
    ];
    prop::collection::vec(step, 1..60)
}

/// What really is, in true seconds.
struct World {
    profile: Profile,
    now: i64,
    clock_is_off_by: i64,
    booted: i64,
    register: u64,
    is_listed: bool,
    /// All that ever passed, and how much it was at which time.
    truth: u64,
    course: Vec<(i64, u64)>,
    life: Lifetime,
    opening: (u64, u64),
    /// When the list was last read without the subject.
    listed: Option<Timestamp>,
    since: Since,
}

/// What has happened since the last reading that was believed.
#[derive(Clone, Copy, Debug)]
struct Since {
    truth: u64,
    register: u64,
    /// Counters that began anew without any sign of it but the figures themselves.
    unexplained: u32,
    /// All that happened to the counter.
    events: u32,
    clock_was_set: bool,
    /// The bridge was told something wrong.
    was_wrong: bool,
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

impl World {
    fn new(profile: Profile, register: u64) -> Self {
        let register = register & mask(profile);
        let evidence =
            Evidence { boot: profile.shows_uptime.then(|| moment(-10_000)), ..Evidence::at(moment(0)) };
        let (life, growth) = Lifetime::begin(register, &profile.how, &evidence);
        assert_eq!((life.total(), growth), (register, None));
        let since =
            Since { truth: 0, register, unexplained: 0, events: 0, clock_was_set: false, was_wrong: false };
        Self {
            profile,
            now: 0,
            clock_is_off_by: 0,
            booted: -10_000,
            register,
            is_listed: true,
            truth: 0,
            course: vec![(0, 0)],
            life,
            opening: (register, 0),
            listed: None,
            since,
        }
    }

    fn wall(&self) -> Timestamp {
        moment(self.now + self.clock_is_off_by)
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Pass { seconds, load } => self.pass(seconds, load),
            Step::Poll => self.poll(),
            Step::Polls { every, load, times } => {
                for _ in 0..times {
                    self.pass(every, load);
                    self.poll();
                }
            }
            Step::Glitch { wrong, settles } => self.glitch(wrong, settles),
            Step::Restart => self.restart(),
            Step::Clear => drop(self.begin_anew(0)),
            Step::Evict => {
                if self.profile.how.renewal == Renewal::Appearance && self.begin_anew(0) {
                    self.is_listed = false;
                }
            }
            Step::Replace(register) => {
                self.register = register & mask(self.profile);
                self.booted = self.now;
                self.life.replace();
                self.since.events += 1;
            }
            // A restart that the clock hides could be an overflow, when the counter is near its end.
            Step::SetClock(_) if self.is_near_its_end() => {}
            Step::SetClock(seconds) => {
                self.clock_is_off_by += seconds;
                self.since.clock_was_set = true;
            }
            Step::RestartBridge => {
                let stored = serde_json::to_string(&self.life).unwrap();
                self.life = serde_json::from_str(&stored).unwrap();
            }
        }
    }

    fn pass(&mut self, seconds: i64, load: u64) {
        let rate = self.profile.how.ceiling.unwrap_or(1_000_000) * load / 1000;
        let amount = rate * u64::try_from(seconds).unwrap();
        self.now += seconds;
        self.truth += amount;
        self.course.push((self.now, self.truth));
        self.is_listed |= amount > 0;
        let register = self.register + amount;
        self.register = match self.profile.how.overflow {
            Overflow::Wraps => register & mask(self.profile),
            Overflow::Saturates => register.min(mask(self.profile)),
        };
    }

    /// What comes without a sign could also be an overflow, when the counter is near its end: nobody could tell.
    fn begin_anew(&mut self, register: u64) -> bool {
        if self.is_near_its_end() {
            return false;
        }
        self.register = register;
        self.since.unexplained += 1;
        self.since.events += 1;
        true
    }

    fn restart(&mut self) {
        match self.profile.how.renewal {
            Renewal::Never => {}
            Renewal::SavedCopy => {
                self.begin_anew(self.register - self.register / 50);
            }
            _ if !self.profile.shows_uptime => {
                self.begin_anew(0);
            }
            _ => {
                self.register = 0;
                self.since.events += 1;
                // What the counter has lost before is now explained.
                self.since.unexplained = 0;
            }
        }
        self.pass(30, 0);
        self.booted = self.now;
    }

    fn glitch(&mut self, wrong: Wrong, settles: bool) {
        let Since { events, clock_was_set, was_wrong, .. } = self.since;
        if events > 0 || clock_was_set || was_wrong || !self.is_listed {
            return;
        }
        self.pass(30, 500);
        let said = match wrong {
            Wrong::Low if !self.is_narrow() => self.since.register / 3,
            Wrong::Zero | Wrong::Low => 0,
            Wrong::High => self.since.register.saturating_add(1 << 45),
        };
        let is_wrong = match wrong {
            Wrong::High => self.profile.how.ceiling.is_some() && !self.is_narrow(),
            _ => said < self.since.register && self.register >= self.since.register,
        };
        if is_wrong {
            let total = self.life.total();
            self.take(said);
            assert_eq!(self.life.total(), total, "a glitch counts nothing");
            self.since.was_wrong = true;
            if !settles {
                return;
            }
            self.pass(30, 500);
            self.poll();
            assert!(self.is_narrow() || self.since.truth == self.truth, "the next reading makes up for it");
        }
    }

    fn poll(&mut self) {
        if !self.is_listed {
            self.listed = Some(self.wall());
            self.since.unexplained = 0;
            return;
        }
        let before = self.life.total();
        let growth = self.take(self.register);
        let total = self.life.total();
        assert!(total >= before, "it fell from {before} to {total}");
        let (opening, truth) = self.opening;
        assert!(total - opening <= self.truth - truth, "more than the truth");
        assert_eq!(total - before, growth.map_or(0, |growth| growth.amount));
        if let Some(growth) = growth {
            self.check(growth);
            let (truth, register) = (self.truth, self.register);
            self.since =
                Since { truth, register, unexplained: 0, events: 0, clock_was_set: false, was_wrong: false };
        }
    }

    fn take(&mut self, raw: u64) -> Option<Growth> {
        let up = SignedDuration::from_secs(self.now - self.booted);
        let boot = self.profile.shows_uptime.then(|| self.wall() - up);
        let listed = self.listed.take();
        let evidence = Evidence { at: self.wall(), boot, replaced: false, listed };
        self.life.take(raw, &self.profile.how, &evidence)
    }

    fn check(&self, growth: Growth) {
        let (since, passed) = (self.since, self.truth - self.since.truth);
        assert!(growth.from <= growth.to, "no time runs backwards");
        assert!(growth.amount <= passed, "{growth:?}: only {passed} have passed; {since:?}");
        if since.events == 0 && !self.is_narrow() && self.profile.how.overflow == Overflow::Wraps {
            assert_eq!(growth.amount, passed, "nothing has happened but time; {since:?}");
        }
        let has_outgrown = since.unexplained > 0 && self.register >= since.register;
        let nobody_can_know = has_outgrown || (since.clock_was_set && (self.is_narrow() || since.events > 0));
        match growth.gap {
            None => assert!(nobody_can_know || growth.amount == passed, "{growth:?} of {passed}; {since:?}"),
            Some(gap) => {
                assert!(growth.from <= gap.from && gap.from <= gap.to && gap.to <= growth.to);
                let events_are_in_order =
                    since.unexplained == 0 || (since.unexplained == 1 && since.events == 1);
                if !nobody_can_know && !since.clock_was_set && events_are_in_order {
                    let lost = passed - growth.amount;
                    assert!(
                        lost <= self.passed_in(gap),
                        "{lost} of {passed} lost outside of {gap:?}; {since:?}"
                    );
                }
            }
        }
    }

    fn passed_in(&self, gap: Gap) -> u64 {
        self.truth_at(gap.to) - self.truth_at(gap.from)
    }

    fn truth_at(&self, moment_: Timestamp) -> u64 {
        let second = moment_.as_second() - moment(0).as_second() - self.clock_is_off_by;
        let after = self.course.iter().position(|(time, _)| *time >= second).unwrap();
        let (end, truth_then) = self.course[after];
        let Some((begin, truth_before)) = after.checked_sub(1).map(|before| self.course[before]) else {
            return truth_then;
        };
        let rate = (truth_then - truth_before) / u64::try_from(end - begin).unwrap();
        truth_before + rate * u64::try_from(second - begin).unwrap()
    }

    fn is_near_its_end(&self) -> bool {
        self.is_narrow() && self.since.register >= mask(self.profile) / 4 * 3
    }

    fn is_narrow(&self) -> bool {
        self.profile.how.bits < 64 && self.profile.how.overflow == Overflow::Wraps
    }
}

fn mask(profile: Profile) -> u64 {
    u64::MAX >> (64 - profile.how.bits)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_total_is_the_truth_but_for_the_gaps(
        profile in prop::sample::select(&PROFILES[..]),
        register in prop_oneof![Just(0), 0..1_000_000_000_u64, Just(u64::from(u32::MAX))],
        steps in steps(),
    ) {
        let register = if profile.how.bits == 64 { register } else { register & mask(profile) };
        let mut world = World::new(profile, register);
        for step in &steps {
            world.step(step);
        }
    }
}
