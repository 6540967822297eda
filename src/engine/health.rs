//! What a good or a failed poll means for the box: its availability, its problem, and what is logged.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::keeper::Keeper;
use super::memory::Latch;
use super::parts::Lost;
use super::policy::{self, Next, Outage, Response, STALE_AFTER};
use super::stretch::Stretch;
use super::{Availability, BoxView, Occasion, Problem, SectionView, derive, presence};
use crate::model::{
    Clock, Fault, FaultClass, Item, Moment, Readings, Seconds, Section, Sections, Snapshot, Subject, catalog,
};

/// How long a channel, port or disk may be missing before its entities go.
const PART_PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// The first reminder that a box is still failing; each next one takes twice as long.
const REMINDER: SignedDuration = SignedDuration::from_hours(1);

/// How the box has been doing.
#[derive(Debug, Default)]
pub(super) struct Health {
    last_good: Option<Instant>,
    /// While it answers: since when.
    stretch: Option<Stretch>,
    trouble: Option<Trouble>,
    /// Until when the box refuses logins.
    pub(super) locked_until: Option<Timestamp>,
    pub(super) lost: Lost,
}

/// A row of failures.
#[derive(Debug)]
struct Trouble {
    since: Timestamp,
    failures: u32,
    /// What was told of it: each class once, however often a box changes between two ways to fail.
    told: BTreeSet<FaultClass>,
    remind: SignedDuration,
}

impl Trouble {
    const fn new(since: Timestamp) -> Self {
        Self { since, failures: 0, told: BTreeSet::new(), remind: REMINDER }
    }
}

impl Health {
    /// When the readings become too old to be shown, if nothing new comes; `None` when they are not shown already.
    pub(super) fn stale_at(&self, view: &BoxView) -> Option<Instant> {
        view.availability.is_online().then(|| self.last_good.map(|good| good + STALE_AFTER)).flatten()
    }

    /// Whether it has answered for so long, by a clock that ran evenly all the while.
    fn has_answered_for(&mut self, time: SignedDuration, clock: &Clock) -> bool {
        if let Some(lasted) = self.stretch.and_then(|stretch| stretch.lasted(clock)) {
            return lasted >= time;
        }
        self.stretch = Some(Stretch::beginning(clock));
        false
    }

    /// What was so far is no longer one stretch of answers.
    pub(super) const fn end_stretch(&mut self) {
        self.stretch = None;
    }

    fn is_stale(&self) -> bool {
        self.last_good.is_none_or(|good| good.elapsed() >= STALE_AFTER)
    }

    /// Counts a failure; gives how many there were in a row.
    fn count(&mut self, now: Timestamp) -> u32 {
        let trouble = self.trouble.get_or_insert_with(|| Trouble::new(now));
        trouble.failures += 1;
        trouble.failures
    }
}

impl Keeper {
    /// Takes in what was read.
    pub(super) fn accept(&mut self, mut seen: Snapshot, wanted: &Sections, began: Instant) {
        let now = self.now();
        self.view.record.succeeded(now, began.elapsed());
        self.recover(now);
        let replaced = self.view.identity.was_of_another_box_than(&seen.identity);
        self.take_identity(std::mem::take(&mut seen.identity));
        self.view.missing_rights = std::mem::take(&mut seen.missing_rights);
        if let Some(cannot) = seen.cannot.take() {
            self.view.cannot = cannot;
        }
        derive::summarise(&mut seen);
        let boot = self.add_own_readings(&mut seen, began, now);
        self.book(&mut seen, &Occasion { at: now, boot, replaced });
        self.judge_line(&mut seen, now);
        self.schedule.read(began, wanted.iter());
        for (section, outcome) in seen.into_sections() {
            match outcome {
                Ok(readings) => self.take_section(section, readings, now),
                Err(fault) => self.miss_section(section, fault, now),
            }
        }
        self.tell_of_sections();
        self.drop_stale(now);
        self.notice_changes();
        self.view.problem = self.health.lost.problem();
    }

    /// Gives when the box started, if it has just said so.
    fn add_own_readings(&mut self, seen: &mut Snapshot, began: Instant, now: Timestamp) -> Option<Timestamp> {
        let uptime = seen.number(&Subject::Router, catalog::UPTIME);
        let took = self.clock().shown(began.elapsed());
        let boot = uptime.and_then(|uptime| self.take_uptime(uptime, now, took));
        if seen.sections().any(|(section, outcome)| section == Section::System && outcome.is_ok()) {
            let router = seen.section(Section::System).router();
            router.set(catalog::POLL_TIME, Seconds::from(began.elapsed()));
            if let Some(boot) = boot {
                router.set(catalog::LAST_BOOT, Moment(boot));
            }
        }
        boot
    }

    fn take_section(&mut self, section: Section, readings: Readings, now: Timestamp) {
        self.health.lost.find(section);
        if section == Section::Clients {
            self.meet_clients(&readings);
        }
        for (subject, item) in readings.iter() {
            if self.is_worth_knowing(subject, item, now) {
                let seen = presence::last_seen(item, now).filter(|_| matches!(subject, Subject::Client(_)));
                self.view.shape.learn(subject, item, seen.unwrap_or(now));
            }
        }
        if section == Section::Clients {
            presence::observe(&mut self.view.presence, &readings, &self.charge.clients, self.boot.get(), now);
        }
        if section == Section::Log {
            self.read_log(&readings.log);
        }
        self.view.sections.insert(section, SectionView { at: now, readings });
    }

    /// Boxes remember devices for years; the household has moved on.
    fn is_worth_knowing(&self, subject: &Subject, item: &Item, now: Timestamp) -> bool {
        let Subject::Client(mac) = subject else {
            return true;
        };
        let recent = presence::last_seen(item, now)
            .is_some_and(|seen| now.duration_since(seen) <= self.charge.clients.forget_after);
        self.charge.clients.tracks(mac) && (recent || self.view.shape.get(subject).is_some())
    }

    /// Readings that were not renewed for three periods are no longer true; parts not seen for a day are gone.
    fn drop_stale(&mut self, now: Timestamp) {
        let (schedule, clock) = (&self.schedule, &self.shared.clock);
        self.view.sections.retain(|section, view| {
            let age = now.duration_since(view.at).unsigned_abs();
            age <= clock.shown(schedule.patience(*section))
        });
        if !self.view.sections.contains_key(&Section::Clients) {
            presence::lose_sight(&mut self.view.presence);
        }
        // After an outage everything looks old: nothing is forgotten before the box had a day to show it again.
        if self.health.has_answered_for(PART_PATIENCE, &self.shared.clock) {
            let clients = self.charge.clients.forget_after;
            self.view.shape.forget_unseen(now, |subject| match subject {
                Subject::Client(_) => clients,
                _ => PART_PATIENCE,
            });
            self.books.forget_unseen(now, clients);
        }
    }

    fn recover(&mut self, now: Timestamp) {
        self.health.last_good = Some(Instant::now());
        self.health.locked_until = None;
        self.pauses.reset();
        let trouble = self.health.trouble.take();
        let id = &self.charge.about.id;
        match (&trouble, self.view.availability) {
            (Some(trouble), _) if !trouble.told.is_empty() => {
                let lasted = whole_seconds(now.duration_since(trouble.since));
                tracing::info!(r#box = %id, failures = trouble.failures, "all is well again after {lasted:#}");
            }
            (_, Availability::Unknown) => tracing::info!(r#box = %id, "first answer"),
            _ => {}
        }
        if !self.view.availability.is_online() {
            self.tell_up();
            self.view.availability = Availability::Online { since: now };
        }
    }

    /// Takes in that nothing could be read.
    pub(super) fn suffer(&mut self, fault: &Fault) {
        let now = self.now();
        self.view.record.failed(fault);
        let response = policy::response_of(self.session(), fault);
        let failures = self.health.count(now);
        self.health.lost.forget_untold();
        self.plan_next(response, now);
        let given_up = match response.outage {
            Outage::Now => true,
            Outage::AtTheSecond => failures >= 2 || self.view.availability == Availability::Unknown,
            Outage::WhenStale => self.health.is_stale(),
        };
        let worth_telling = given_up || response.outage == Outage::WhenStale;
        if given_up {
            self.go_offline(&fault.to_string(), now);
        }
        if worth_telling {
            self.tell(fault, now);
        } else {
            tracing::debug!(r#box = %self.charge.about.id, %fault, "a poll failed; trying again soon");
        }
        if response.next == Next::Latch {
            self.close_latch();
        }
    }

    fn plan_next(&mut self, response: Response, now: Timestamp) {
        let pause = match response.next {
            Next::BackOff | Next::LogInAgain => self.pauses.next(),
            Next::GiveWay(while_) => while_,
            Next::WaitUntil(until) => {
                self.health.locked_until = Some(until);
                // A box that names no time to wait, again and again, must not be logged in to without end.
                self.left(until, now).max(self.pauses.next())
            }
            Next::Latch => Duration::ZERO,
        };
        self.schedule.pause(pause);
    }

    /// How long to wait until then; nothing when that has passed.
    pub(super) fn left(&self, until: Timestamp, now: Timestamp) -> Duration {
        self.clock().wait(until.duration_since(now).try_into().unwrap_or(Duration::ZERO))
    }

    /// The next poll is due at once, or as soon as the box takes logins again.
    pub(super) fn poll_soon(&mut self) {
        let wait = self.health.locked_until.map_or(Duration::ZERO, |until| self.left(until, self.now()));
        self.schedule.pause(wait);
    }

    /// A pause or a visitor may last longer than the readings stay true.
    pub(super) fn rest_too_long(&mut self) {
        if self.health.is_stale() {
            self.go_offline("its polling is paused", self.now());
        }
    }

    /// Says what is wrong: once when it begins or turns into something else, then at growing distances.
    fn tell(&mut self, fault: &Fault, now: Timestamp) {
        let Some(trouble) = &mut self.health.trouble else {
            return;
        };
        let id = &self.charge.about.id;
        let lasted = now.duration_since(trouble.since);
        if self.errand.is_some() && is_absence(fault.class()) {
            tracing::debug!(r#box = %id, %fault, "away, as ordered");
        } else if trouble.told.insert(fault.class()) {
            tracing::warn!(r#box = %id, %fault, advice = fault.advice(), "cannot be read");
        } else if lasted >= trouble.remind {
            trouble.remind = trouble.remind.saturating_add(trouble.remind);
            let lasted = whole_seconds(lasted);
            tracing::warn!(r#box = %id, %fault, failures = trouble.failures, "still cannot be read, for {lasted:#}");
        }
        let since = trouble.since;
        self.view.problem = Some(Problem {
            class: fault.class(),
            summary: fault.to_string(),
            advice: fault.advice().to_owned(),
            since,
        });
    }

    fn close_latch(&mut self) {
        self.latched = true;
        if let Some(problem) = &self.view.problem {
            let latch = Latch::closed(&self.charge.digest, problem);
            self.memory().update(&self.charge.about.id, |remembered| remembered.latch = Some(latch));
        }
    }

    /// A latch that was closed in an earlier run stays closed for the same credentials.
    pub(super) fn recall_latch(&mut self, latch: Option<&Latch>) {
        let Some(latch) = latch else {
            return;
        };
        if latch.digest == self.charge.digest {
            let problem = latch.problem();
            tracing::warn!(
                r#box = %self.charge.about.id, problem = %problem.summary, advice = %problem.advice,
                "not asked at all: its credentials were rejected before, and have not changed"
            );
            self.latched = true;
            let told = [problem.class].into_iter().collect();
            self.health.trouble = Some(Trouble { told, ..Trouble::new(problem.since) });
            self.view.availability = Availability::Offline { since: problem.since };
            self.view.problem = Some(problem);
        } else {
            self.open_latch();
        }
    }

    pub(super) fn open_latch(&mut self) {
        self.latched = false;
        self.health.locked_until = None;
        self.memory().update(&self.charge.about.id, |remembered| remembered.latch = None);
    }
}

const fn is_absence(class: FaultClass) -> bool {
    matches!(class, FaultClass::Unreachable | FaultClass::TimedOut)
}

fn whole_seconds(span: SignedDuration) -> SignedDuration {
    SignedDuration::from_secs(span.as_secs())
}
