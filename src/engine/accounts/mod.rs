//! What the traffic of a box comes to: whose it was, on which day, and what is left of the quota.

mod books;
mod intervals;
mod kept;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value as Json;

pub use self::books::Books;
use self::intervals::{Intervals, together};
use self::kept::{Samples, counters_to_forget, counters_to_keep, gaps_to_keep};
use super::counters::{Counted, Counters};
use crate::accounting::{
    Calendar, Dates, Hours, Interval, People, Quota, QuotaPolicy, QuotaState, Ruling, Splitter, Tally,
    Timetable,
};
use crate::history::{Recalled, Tick};
use crate::model::{EventKind, ItemId, Mac, Readings, Subject, Whose};

/// The rules by which the traffic of a box is booked.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What each time costs, in the household's time zone.
    pub timetable: Timetable,
    /// Whose devices are whose.
    pub people: Arc<People>,
    /// How the operator bills, and what may be used.
    pub quota: QuotaPolicy,
}

impl Rules {
    /// Rules that know no people, no on-peak hours and no quota; days are those of UTC.
    pub fn plain() -> Self {
        let calendar = Calendar::new(TimeZone::UTC);
        Self {
            timetable: Timetable::new(calendar, Hours::default(), Hours::default()),
            people: Arc::default(),
            quota: QuotaPolicy::default(),
        }
    }

    fn calendar(&self) -> &Calendar {
        self.timetable.calendar()
    }

    /// How far back stored days have to reach for the figures of this moment.
    pub(super) fn needed_since(&self, now: Timestamp) -> Date {
        let dates = self.quota.cycle.dates(self.calendar().day_of(now));
        // What was prepaid may have been paid at any time.
        dates.map_or(Date::MIN, |dates| dates.earliest())
    }
}

/// The books of one box.
#[derive(Debug)]
pub(super) struct Accounts {
    rules: Rules,
    /// Most of what passes between two polls has passed in the same time.
    splitter: Splitter,
    quota: Quota,
    quotas_of_people: BTreeMap<ItemId, Quota>,
    /// Of the box, of its clients and of people.
    tallies: BTreeMap<Subject, Tally>,
    /// Who was counted today.
    counted_today: BTreeSet<Subject>,
    /// Whether the box counts its own traffic. Of one that counts only that of its clients, theirs comes to its own.
    counts_itself: bool,
    /// The states of the quotas as they were last written down.
    kept: Option<Json>,
}

/// What follows from what was booked.
#[derive(Debug, Default)]
pub struct Booked {
    /// What is to be told.
    pub(super) events: Vec<EventKind>,
    /// The figures as readers show them.
    pub(super) usage: Readings,
    /// Whose quota is used up.
    pub(super) exhausted: BTreeSet<ItemId>,
}

impl Accounts {
    /// The books as an earlier run left them, with the counters.
    pub(super) fn restore(rules: Rules, name: &str, recalled: Recalled, now: Timestamp) -> (Self, Counters) {
        let mut states = recalled.quota.clone().map(QuotaState::all_in).unwrap_or_default();
        let mut quota = |subject: Subject, name: &str, policy| {
            let state = states.remove(&subject).unwrap_or_default();
            Quota::new(policy, Whose { subject, name: name.to_owned() }, state)
        };
        let own = quota(Subject::Router, name, rules.quota.clone());
        let with_quota = rules.people.iter().filter(|person| person.quota.is_some());
        let of_people = with_quota.map(|person| {
            let policy = rules.quota.of_person(person.quota);
            (person.id.clone(), quota(Subject::Person(person.id.clone()), &person.name, policy))
        });
        let quotas_of_people = of_people.collect();
        let dates = own.dates(rules.calendar().day_of(now));
        let mut days: BTreeMap<Subject, Vec<_>> = BTreeMap::new();
        for row in recalled.days {
            days.entry(row.party.clone()).or_default().push(row);
        }
        let mut tallies: BTreeMap<_, _> =
            days.into_iter().map(|(party, rows)| (party, Tally::restore(dates, rows))).collect();
        tallies.entry(Subject::Router).or_insert_with(|| Tally::new(dates));
        let counters = kept::counters(recalled.counters);
        let counts_itself =
            counters.iter().any(|counter| intervals::is_own(&counter.subject, &counter.metric));
        let counted_today = BTreeSet::new();
        let splitter = Splitter::new(rules.timetable.clone());
        let kept = recalled.quota;
        let accounts = Self {
            splitter,
            rules,
            quota: own,
            quotas_of_people,
            tallies,
            counted_today,
            counts_itself,
            kept,
        };
        (accounts, Counters::restore(counters))
    }

    /// Books what was counted; what is to be kept goes into the tick. `operator` is what the box itself says was used in its
    /// month; `tracks` says which clients may be known by their address.
    pub(super) fn book(
        &mut self,
        counted: &[Counted],
        operator: Option<u64>,
        tracks: impl Fn(&Mac) -> bool,
        tick: &mut Tick,
    ) -> Booked {
        let now = tick.at;
        self.roll(now);
        let passed = Intervals::of(counted, &mut self.counts_itself);
        let mut events = Vec::new();
        self.begin(Subject::Router, passed.counts_itself);
        for interval in passed.of_box() {
            self.enter(&Subject::Router, &interval, tick);
            events.extend(self.quota.passed(&interval));
        }
        self.begin_owners(&passed, now);
        for mac in passed.counted.iter().copied().filter(|mac| tracks(mac)) {
            self.begin(Subject::Client(mac), false);
        }
        for (mac, interval) in &passed.of_clients {
            if tracks(mac) {
                self.enter(&Subject::Client(*mac), interval, tick);
            }
        }
        self.enter_for_people(&passed.of_clients, tick);
        let booked = self.judge(events, operator, now);
        // What is told once is not told again after a power cut either.
        tick.is_durable |= !booked.events.is_empty();
        tick.quota = self.quotas_to_keep();
        tick.names.extend(
            self.rules.people.iter().map(|person| (Subject::Person(person.id.clone()), person.name.clone())),
        );
        booked
    }

    /// Adds what was bought to the quota of the box.
    pub(super) fn top_up(&mut self, bytes: u64, now: Timestamp) {
        self.roll(now);
        if let Some(tally) = self.tallies.get(&Subject::Router) {
            self.quota.top_up(bytes, now, tally);
        }
    }

    /// Takes over what somebody says is used of the quota of the box.
    pub(super) fn set_used(&mut self, used: u64, now: Timestamp) {
        self.roll(now);
        if let Some(tally) = self.tallies.get(&Subject::Router) {
            self.quota.set_used(used, now, tally);
        }
    }

    /// The states of the quotas, if they are not what was written down last.
    fn quotas_to_keep(&mut self) -> Option<Json> {
        let states = kept::quota_document(&self.quota, &self.quotas_of_people)?;
        let changed = self.kept.as_ref() != Some(&states);
        changed.then(|| self.kept.insert(states).clone())
    }

    fn dates(&self, now: Timestamp) -> Dates {
        self.quota.dates(self.rules.calendar().day_of(now))
    }

    /// Turns to the page of this moment.
    fn roll(&mut self, now: Timestamp) {
        let dates = self.dates(now);
        let Some(own) = self.tallies.get(&Subject::Router) else { return };
        if *own.dates() == dates {
            return;
        }
        for tally in self.tallies.values_mut() {
            tally.roll(dates);
        }
        let counted = std::mem::take(&mut self.counted_today);
        self.tallies.retain(|party, tally| {
            !matches!(party, Subject::Client(_)) || counted.contains(party) || has_figures(tally)
        });
    }

    /// Says that a party is counted, even if it uses nothing.
    fn begin(&mut self, party: Subject, by_direction: bool) {
        let Some(own) = self.tallies.get(&Subject::Router) else { return };
        let dates = *own.dates();
        let tally = self.tallies.entry(party.clone()).or_insert_with(|| Tally::new(dates));
        tally.begin(dates.today);
        if by_direction {
            tally.count_by_direction();
        }
        self.counted_today.insert(party);
    }

    /// Whoever has a device that is counted here is known to have used something, or nothing.
    fn begin_owners(&mut self, passed: &Intervals, now: Timestamp) {
        let people = Arc::clone(&self.rules.people);
        let owners = passed.counted.iter().filter_map(|mac| people.owner(*mac, self.rules.calendar(), now));
        for id in owners.collect::<BTreeSet<_>>() {
            self.begin(Subject::Person(id.clone()), passed.by_direction);
        }
    }

    fn enter(&mut self, party: &Subject, passed: &Interval, tick: &mut Tick) {
        self.begin(party.clone(), false);
        let Some(tally) = self.tallies.get_mut(party) else { return };
        for piece in self.splitter.split(passed) {
            tally.add(&piece);
            if piece.amounts.total() > 0 || piece.gap_seconds > 0 || *party == Subject::Router {
                tick.pieces.push((party.clone(), piece));
            }
        }
    }

    fn enter_for_people(&mut self, passed: &[(Mac, Interval)], tick: &mut Tick) {
        let people = Arc::clone(&self.rules.people);
        let mut of_people: BTreeMap<&ItemId, Vec<Interval>> = BTreeMap::new();
        for (mac, interval) in passed {
            for (person, part) in people.share(*mac, self.rules.calendar(), interval) {
                of_people.entry(person).or_default().push(part);
            }
        }
        for (person, parts) in of_people {
            for part in together(parts) {
                self.enter(&Subject::Person(person.clone()), &part, tick);
            }
        }
    }

    /// What the tallies come to by now, and what of that is worth telling.
    fn judge(&mut self, events: Vec<EventKind>, operator: Option<u64>, now: Timestamp) -> Booked {
        let mut booked = Booked { events, ..Booked::default() };
        for (party, tally) in &self.tallies {
            let item = booked.usage.subject(party.clone());
            tally.put(item, party.kind(), &self.rules.timetable);
            let quota = match party {
                Subject::Router => Some((&mut self.quota, operator)),
                Subject::Person(id) => {
                    if let Some(person) = self.rules.people.get(id) {
                        item.label(&person.name);
                    }
                    self.quotas_of_people.get_mut(id).map(|quota| (quota, None))
                }
                _ => None,
            };
            let Some((quota, operator)) = quota else { continue };
            let Ruling { figures, events } =
                quota.judge(now, self.rules.timetable.calendar(), tally, operator);
            booked.events.extend(events);
            if let Some(figures) = figures {
                figures.put(item, party.kind());
                if let Subject::Person(id) = party
                    && figures.is_exhausted()
                {
                    booked.exhausted.insert(id.clone());
                }
            }
        }
        booked
    }
}

/// Whether a tally says anything of the cycles that are shown.
fn has_figures(tally: &Tally) -> bool {
    [tally.this_cycle(), tally.last_cycle()].into_iter().flatten().any(|day| day.amounts().total() > 0)
}
