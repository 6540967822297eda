//! The counters of one box, made to last: between what the driver read and what the world sees.

mod rates;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use self::rates::Rates;
use crate::accounting::{Evidence, Growth, Lifetime, SavedCounter};
use crate::model::{Counting, Item, Renewal, Row, Snapshot, Subject, SubjectKind, catalog};

/// How often a counter that stands still is written down, so that it is known until when it did.
const REST: SignedDuration = SignedDuration::from_hours(1);

/// Figures that begin anew each month, as the operator counts. They are shown as they are.
const OF_A_MONTH: [&Row; 2] = [catalog::MONTH_RECEIVED.row(), catalog::MONTH_SENT.row()];

/// All counters of one box.
#[derive(Debug, Default)]
pub struct Counters {
    known: BTreeMap<Subject, Vec<Counter>>,
    /// When the counters of each kind were last read, whosever they were.
    lists: Lists,
    rates: Rates,
    forgotten: Vec<(Subject, &'static str, String)>,
}

type Lists = BTreeMap<(SubjectKind, &'static str), Timestamp>;

/// What is known of a poll besides what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// When it was.
    pub at: Timestamp,
    /// When the box started, if it said so in this very poll.
    pub boot: Option<Timestamp>,
    /// Whether this is another box than at the last poll.
    pub replaced: bool,
}

/// Where a counter stands after a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What it is about.
    pub subject: Subject,
    /// Its metric.
    pub row: &'static Row,
    /// What it shows from now on.
    pub total: u64,
    /// What passed since the last reading; nothing at the first one, and while a reading is doubtful.
    pub growth: Option<Growth>,
}

/// One metric of one subject: as a rule one counter, sometimes several that make up one figure.
#[derive(Debug)]
struct Counter {
    row: &'static Row,
    parts: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    /// Empty for the only one, and for what those have counted that are gone.
    key: String,
    life: Lifetime,
    /// As it was last written down.
    saved: Option<Lifetime>,
    /// When it was last on the list, whether or not its value was known. Not known of a time before the bridge started.
    listed: Option<Timestamp>,
}

impl Counters {
    /// Goes on from where an earlier run ended.
    pub fn restore(saved: Vec<SavedCounter>) -> Self {
        let mut counters = Self::default();
        for SavedCounter { subject, metric, part, state } in saved {
            let Some(row) = catalog::find(subject.kind(), &metric) else {
                continue;
            };
            // Who was on the list when the bridge ended was on it when a counter was last read.
            let list = counters.lists.entry((subject.kind(), row.key)).or_insert(state.at());
            *list = state.at().max(*list);
            let member = Member { key: part, saved: Some(state.clone()), life: state, listed: None };
            let all = counters.known.entry(subject).or_default();
            match all.iter_mut().find(|counter| counter.row == row) {
                Some(counter) => counter.parts.push(member),
                None => all.push(Counter { row, parts: vec![member] }),
            }
        }
        counters
    }

    /// Puts lifetime totals in the place of what was read, and adds the rates that the box does not give.
    pub fn take(
        &mut self,
        seen: &mut Snapshot,
        counting: fn(&Subject, &Row) -> Counting,
        occasion: &Occasion,
    ) -> Vec<Counted> {
        if occasion.replaced {
            self.members_mut().for_each(|member| member.life.replace());
        }
        self.rates.learn(seen);
        let mut counted = Vec::new();
        let mut lists = Lists::new();
        for (_, readings) in seen.readings_mut() {
            for (subject, item) in readings.iter_mut() {
                let first = counted.len();
                self.take_item(subject, item, counting, occasion, &mut counted);
                let news = counted.get(first..).unwrap_or_default();
                lists.extend(news.iter().map(|one| ((subject.kind(), one.row.key), occasion.at)));
                self.rates.add(subject, item, news, |row| counting(subject, row).rounded);
            }
        }
        self.lists.extend(lists);
        counted
    }

    fn take_item(
        &mut self,
        subject: &Subject,
        item: &mut Item,
        counting: fn(&Subject, &Row) -> Counting,
        occasion: &Occasion,
        counted: &mut Vec<Counted>,
    ) {
        let since = connected_since(item, occasion);
        let (known, lists) = (&mut self.known, &self.lists);
        item.recount(|row, value, parts| {
            if OF_A_MONTH.contains(&row) {
                return None;
            }
            let mut own = parts.iter().filter(|part| part.row == row).peekable();
            if own.peek().is_none() && value.is_none() {
                if let Some(counter) = known.get_mut(subject).and_then(|all| find(all, row)) {
                    counter.is_still_listed(occasion.at);
                }
                return None;
            }
            if !known.contains_key(subject) {
                known.insert(subject.clone(), Vec::new());
            }
            let all = known.get_mut(subject)?;
            let how = counting(subject, row);
            let boot = if how.renewal == Renewal::Appearance { since } else { occasion.boot };
            let listed = lists.get(&(subject.kind(), row.key)).copied();
            let evidence = Evidence { at: occasion.at, boot, replaced: false, listed };
            let joins = all.iter().any(|counter| counter.row == row);
            if !joins {
                all.push(Counter { row, parts: Vec::new() });
            }
            let counter = find(all, row)?;
            let mut growth = None;
            let mut add = |key: &str, raw| {
                let grown = counter.take(key, raw, &how, &evidence, joins);
                growth = match (growth, grown) {
                    (Some(one), Some(two)) => Some(Growth::and(one, two)),
                    (one, two) => one.or(two),
                };
            };
            if own.peek().is_none() {
                add("", value);
            }
            own.for_each(|part| add(&part.key, part.raw));
            let total = counter.total();
            counted.push(Counted { subject: subject.clone(), row, total, growth });
            Some(total)
        });
    }

    /// The counters that changed since they were last asked for, to be stored.
    pub fn changed(&mut self) -> Vec<SavedCounter> {
        let mut changed = Vec::new();
        for (subject, all) in &mut self.known {
            for Counter { row, parts } in all {
                for member in parts.iter_mut().filter(|member| member.is_worth_saving()) {
                    member.saved = Some(member.life.clone());
                    changed.push(SavedCounter {
                        subject: subject.clone(),
                        metric: row.key.to_owned(),
                        part: member.key.clone(),
                        state: member.life.clone(),
                    });
                }
            }
        }
        changed
    }

    /// The counters that were forgotten since last asked, by subject, metric and part.
    pub fn forgotten(&mut self) -> Vec<(Subject, &'static str, String)> {
        std::mem::take(&mut self.forgotten)
    }

    /// Forgets the counters that were not seen for so long. What parts of a counter have counted stays in its total.
    pub fn forget_unseen(&mut self, now: Timestamp, patience: SignedDuration) {
        let is_gone = |member: &Member| now.duration_since(member.last_seen()) > patience;
        let forgotten = &mut self.forgotten;
        self.known.retain(|subject, all| {
            let mut forget =
                |row: &Row, key: &str| forgotten.push((subject.clone(), row.key, key.to_owned()));
            all.retain_mut(|counter| {
                if counter.parts.iter().all(is_gone) && *subject != Subject::Router {
                    counter.parts.iter().for_each(|member| forget(counter.row, &member.key));
                    return false;
                }
                counter.retire(now, is_gone, |key| forget(counter.row, key));
                true
            });
            !all.is_empty()
        });
    }

    fn members_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.known.values_mut().flatten().flat_map(|counter| &mut counter.parts)
    }
}

fn find<'a>(all: &'a mut [Counter], row: &Row) -> Option<&'a mut Counter> {
    all.iter_mut().find(|counter| counter.row == row)
}

/// Since when a device has been connected, where the box says so of such devices; otherwise, since when the box has been up.
fn connected_since(item: &Item, occasion: &Occasion) -> Option<Timestamp> {
    let row = catalog::CONNECTED_FOR.row();
    if !item.iter().any(|(read, _)| read == row) {
        return occasion.boot;
    }
    let lasted = SignedDuration::try_from_secs_f64(item.number(row)?).ok()?;
    occasion.at.checked_sub(lasted).ok()
}

impl Counter {
    fn take(
        &mut self,
        key: &str,
        raw: Option<u64>,
        how: &Counting,
        evidence: &Evidence,
        joins: bool,
    ) -> Option<Growth> {
        let Some(member) = self.parts.iter_mut().find(|member| member.key == key) else {
            let raw = raw?;
            let begin = if joins { Lifetime::join } else { Lifetime::begin };
            let (life, growth) = begin(raw, how, evidence);
            let listed = Some(evidence.at);
            self.parts.push(Member { key: key.to_owned(), life, saved: None, listed });
            return growth;
        };
        // It was on the list when that was last read: then there is no news in that.
        let was_gone = member.listed.is_some_and(|on| evidence.listed.is_some_and(|read| on < read));
        let evidence = Evidence { listed: evidence.listed.filter(|_| was_gone), ..*evidence };
        member.listed = Some(evidence.at);
        member.life.take(raw?, how, &evidence)
    }

    fn is_still_listed(&mut self, now: Timestamp) {
        for member in self.parts.iter_mut().filter(|member| member.key.is_empty()) {
            member.listed = Some(now);
        }
    }

    fn total(&self) -> u64 {
        self.parts.iter().fold(0, |sum, member| sum.saturating_add(member.life.total()))
    }

    /// Hands what parts have counted that are gone over to the nameless one.
    fn retire(&mut self, now: Timestamp, is_gone: impl Fn(&Member) -> bool, mut forget: impl FnMut(&str)) {
        let mut past = None;
        self.parts.retain(|member| {
            let stays = member.key.is_empty() || !is_gone(member);
            if !stays {
                forget(&member.key);
                past.get_or_insert_with(|| Lifetime::of_the_past(0, now)).absorb(&member.life);
            }
            stays
        });
        let Some(past) = past else {
            return;
        };
        match self.parts.iter_mut().find(|member| member.key.is_empty()) {
            Some(member) => member.life.absorb(&past),
            None => self.parts.push(Member { key: String::new(), life: past, saved: None, listed: None }),
        }
    }
}

impl Member {
    fn last_seen(&self) -> Timestamp {
        self.listed.map_or(self.life.at(), |listed| listed.max(self.life.at()))
    }

    fn is_worth_saving(&self) -> bool {
        self.saved.as_ref().is_none_or(|saved| {
            !self.life.stands_as(saved) || self.life.at().duration_since(saved.at()).abs() >= REST
        })
    }
}
