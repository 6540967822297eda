use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::burst::{Burst, BurstPolicy};
use super::calendar::days_between;
use super::cycle::{Cycle, Dates, Span};
use super::forecast::{Forecast, Likely};
use super::{Calendar, Hours, Interval, Tally};
use crate::model::{
    Bytes, Days, EventKind, Item, Metric, Moment, Quantity, Share, Subject, SubjectKind, Whose, catalog,
};

/// What may be used, as the owner says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaPolicy {
    /// How many bytes may be used in a cycle; of a prepaid contract, how many there are at the beginning. `None` when there is no
    /// limit, and the cycle is all that matters.
    pub limit: Option<u64>,
    /// How the operator bills.
    pub cycle: Cycle,
    /// Hours that the operator does not count.
    pub free: Hours,
    /// The shares to tell of, in per cent; 100 is told in any case.
    pub thresholds: BTreeSet<u32>,
    /// What was used of the cycle when the bridge was told so, in bytes.
    pub used: Option<u64>,
    /// Whether the box's own count of the month is the operator's.
    pub operator: bool,
    /// When traffic is unusually much.
    pub burst: Option<BurstPolicy>,
}

impl Default for QuotaPolicy {
    fn default() -> Self {
        Self {
            limit: None,
            cycle: Cycle::default(),
            free: Hours::default(),
            thresholds: BTreeSet::from([80, 95, 100]),
            used: None,
            operator: false,
            burst: None,
        }
    }
}

impl QuotaPolicy {
    /// The policy of a person who may use so much of what this is the policy of.
    #[must_use]
    pub fn of_person(&self, limit: Option<u64>) -> Self {
        Self { limit, used: None, operator: false, burst: None, ..self.clone() }
    }
}

/// What has to be remembered of a quota, over restarts too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuotaState {
    /// The cycle that is running.
    chapter: Option<Chapter>,
    /// Another one, which comes back when the machine's clock was wrong.
    other: Option<Chapter>,
    /// The beginning of the cycle that was told last.
    announced: Option<Date>,
    /// What the configuration said was used, once that is taken over.
    start: Option<u64>,
    /// What is in the bucket of a prepaid contract.
    bucket: Option<Bucket>,
    /// What was bought, the last one at the end.
    top_ups: Vec<TopUp>,
    operator: Option<Operator>,
    burst: Burst,
}

/// What is true of one cycle only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Chapter {
    cycle: Date,
    #[serde(default)]
    correction: Option<Correction>,
    /// What was bought besides the limit, in bytes.
    #[serde(default)]
    extra: u64,
    #[serde(default)]
    told: BTreeSet<u32>,
    #[serde(default)]
    exhausted: Option<Timestamp>,
}

/// Somebody knows better what is used: the operator, or the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Correction {
    at: Timestamp,
    /// What was used by then.
    used: u64,
    /// What we had counted by then.
    counted: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct TopUp {
    at: Timestamp,
    bytes: u64,
}

/// What there was after the last top-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Bucket {
    size: u64,
    since: Date,
    #[serde(default)]
    before: Option<Date>,
}

/// The box's own count of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Operator {
    figure: u64,
    /// The day on which it was last seen to begin anew.
    #[serde(default)]
    fell: Option<Date>,
    /// Whether it counts the cycle that is running.
    in_step: bool,
}

/// What a quota comes to at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct QuotaFigures {
    /// What may be used, in bytes.
    pub limit: u64,
    /// What is used, in bytes: without free hours, and as the operator counts where that was said.
    pub used: u64,
    /// What is left, in bytes.
    pub left: u64,
    /// What share is used, in per cent; `None` when nothing may be used at all.
    pub percent: Option<f64>,
    /// Days, and parts of days, until the cycle ends.
    pub days_left: Option<f64>,
    /// What can be used each day until then, in bytes.
    pub safe_daily: Option<u64>,
    /// What will have been used then, in bytes.
    pub projected: Option<Likely<u64>>,
    /// When the quota will be used up, or was.
    pub exhausted: Likely<Option<Timestamp>>,
}

/// What a quota comes to, and what is to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// The figures; none when there is no limit.
    pub figures: Option<QuotaFigures>,
    /// What happened, in the order in which it is to be told.
    pub events: Vec<EventKind>,
}

/// The quota of a box, or of a person.
#[derive(Clone, Debug)]
pub struct Quota {
    policy: QuotaPolicy,
    whose: Whose,
    state: QuotaState,
}

/// A threshold that was told is told again only after the share was so many points below it.
const HYSTERESIS: u32 = 5;
/// The operator's month and ours may begin so many days apart: clocks differ.
const DRIFT_DAYS: i32 = 2;
/// So many top-ups are remembered.
const TOP_UPS: usize = 50;
const EXHAUSTED: u32 = 100;

impl Quota {
    /// The quota with what was remembered of it.
    pub fn new(policy: QuotaPolicy, whose: Whose, state: QuotaState) -> Self {
        Self { policy, whose, state }
    }

    /// What has to be remembered.
    pub const fn state(&self) -> &QuotaState {
        &self.state
    }

    /// The policy.
    pub const fn policy(&self) -> &QuotaPolicy {
        &self.policy
    }

    /// The days that figures are about. Tallies are rolled to them before anything is added or judged.
    pub fn dates(&self, today: Date) -> Dates {
        self.policy.cycle.dates(today).unwrap_or_else(|| {
            let bucket = self.state.bucket;
            let since = bucket.map_or(today, |bucket| bucket.since);
            let before = bucket.and_then(|bucket| bucket.before);
            Dates {
                today,
                cycle: Span { from: since, until: None },
                last_cycle: before.map(|from| Span { from, until: Some(since) }),
            }
        })
    }

    /// Takes what passed at the box, and says when it is unusually much.
    pub fn passed(&mut self, passed: &Interval) -> Option<EventKind> {
        let policy = self.policy.burst?;
        self.state.burst.take(&policy, passed)
    }

    /// Takes over what the operator, or the owner, says is used now.
    pub fn set_used(&mut self, used: u64, now: Timestamp, tally: &Tally) {
        self.open(tally.dates());
        let counted = counted(tally);
        if let Some(chapter) = &mut self.state.chapter {
            chapter.correction = Some(Correction { at: now, used, counted });
        }
    }

    /// Adds what was bought. A prepaid contract begins anew with what is left and what is added; every other one may use more
    /// until its cycle ends. Afterwards the tallies are to be rolled to new dates.
    pub fn top_up(&mut self, bytes: u64, now: Timestamp, tally: &Tally) {
        let dates = *tally.dates();
        self.open(&dates);
        self.state.top_ups.push(TopUp { at: now, bytes });
        let surplus = self.state.top_ups.len().saturating_sub(TOP_UPS);
        self.state.top_ups.drain(..surplus);
        let left = self.limit().unwrap_or(0).saturating_sub(self.used(counted(tally)));
        match (&mut self.state.bucket, &mut self.state.chapter) {
            (Some(bucket), chapter) if self.policy.cycle == Cycle::Prepaid => {
                let before = if bucket.since < dates.today { Some(bucket.since) } else { bucket.before };
                *bucket = Bucket { size: left.saturating_add(bytes), since: dates.today, before };
                let counted = tally.day(dates.today).map_or(0, super::Day::counted);
                let correction = Some(Correction { at: now, used: 0, counted });
                *chapter = Some(Chapter { correction, ..Chapter::new(dates.today) });
                self.state.other = None;
            }
            (_, Some(chapter)) => chapter.extra = chapter.extra.saturating_add(bytes),
            _ => {}
        }
    }

    /// Judges what was used by now.
    ///
    /// The tally is that of the box or person, rolled to [`Quota::dates`]; `operator` is what the box itself says was used in its
    /// month, where it does.
    pub fn judge(
        &mut self,
        now: Timestamp,
        calendar: &Calendar,
        tally: &Tally,
        operator: Option<u64>,
    ) -> Ruling {
        let dates = *tally.dates();
        let mut events: Vec<_> = self.turn(calendar, tally).into_iter().collect();
        let counted = counted(tally);
        self.take_start(now, counted);
        self.take_operator(now, &dates, counted, operator);
        let Some(limit) = self.limit() else {
            return Ruling { figures: None, events };
        };
        let used = self.used(counted);
        events.extend(self.cross(now, used, limit));
        let figures = self.figures(now, calendar, tally, used, limit);
        Ruling { figures: Some(figures), events }
    }

    fn limit(&self) -> Option<u64> {
        let extra = self.state.chapter.as_ref().map_or(0, |chapter| chapter.extra);
        match (self.policy.cycle, self.state.bucket) {
            (Cycle::Prepaid, Some(bucket)) => Some(bucket.size),
            _ => self.policy.limit.map(|limit| limit.saturating_add(extra)),
        }
    }

    fn used(&self, counted: u64) -> u64 {
        self.state.chapter.as_ref().map_or(counted, |chapter| chapter.used(counted))
    }

    /// Opens the chapter of the cycle that is running; says whether it is a new one.
    fn open(&mut self, dates: &Dates) -> bool {
        let state = &mut self.state;
        if self.policy.cycle == Cycle::Prepaid {
            let size = self.policy.limit.unwrap_or(0);
            state.bucket.get_or_insert(Bucket { size, since: dates.cycle.from, before: None });
        }
        let from = dates.cycle.from;
        if state.chapter.as_ref().is_some_and(|chapter| chapter.cycle == from) {
            return false;
        }
        let known = state.other.take_if(|other| other.cycle == from);
        let is_new = known.is_none() && state.chapter.is_some();
        let next = known.unwrap_or_else(|| Chapter::new(from));
        if let Some(last) = state.chapter.replace(next) {
            state.other = Some(last);
        }
        is_new
    }

    /// Turns to another cycle, and says that the last one ended.
    fn turn(&mut self, calendar: &Calendar, tally: &Tally) -> Option<EventKind> {
        let dates = tally.dates();
        let limit = self.limit();
        let is_new = self.open(dates);
        if !is_new {
            return None;
        }
        if let Some(operator) = &mut self.state.operator {
            operator.in_step = operator.figure == 0 || operator.fell_near(dates.cycle.from);
        }
        let last = self.state.other.as_ref()?;
        let from = dates.cycle.from;
        let is_told = self.state.announced.replace(from) == Some(from);
        if is_told || last.cycle > from || self.whose.subject != Subject::Router {
            return None;
        }
        let span = dates.last_cycle?;
        let counted = tally.last_cycle().map_or(0, super::Day::counted);
        let used = if last.cycle == span.from { last.used(counted) } else { counted };
        Some(EventKind::CycleEnded { used, quota: limit, since: calendar.begin(from) })
    }

    /// Takes over what the configuration says was used, once for each figure that stands there.
    fn take_start(&mut self, now: Timestamp, counted: u64) {
        let Some(used) = self.policy.used.filter(|used| self.state.start != Some(*used)) else {
            return;
        };
        self.state.start = Some(used);
        if let Some(chapter) = &mut self.state.chapter {
            chapter.correction = Some(Correction { at: now, used, counted });
        }
    }

    fn take_operator(&mut self, now: Timestamp, dates: &Dates, counted: u64, figure: Option<u64>) {
        let Some(figure) = figure.filter(|_| self.policy.operator) else {
            return;
        };
        let operator = self.state.operator.get_or_insert(Operator { figure, fell: None, in_step: true });
        if figure < operator.figure {
            operator.fell = Some(dates.today);
            // At the end of a cycle, the month that begins is that of the next one.
            operator.in_step = operator.fell_near(dates.cycle.from);
        }
        operator.figure = figure;
        if let Some(chapter) = self.state.chapter.as_mut().filter(|_| operator.in_step) {
            chapter.correction = Some(Correction { at: now, used: figure, counted });
        }
    }

    /// Which thresholds were crossed since they were last looked at: the highest one is told for all of them.
    fn cross(&mut self, now: Timestamp, used: u64, limit: u64) -> Vec<EventKind> {
        let Some(chapter) = &mut self.state.chapter else {
            return Vec::new();
        };
        let has = |percent: u32| u128::from(used) * 100 >= u128::from(limit) * u128::from(percent);
        chapter.exhausted = if has(EXHAUSTED) { chapter.exhausted.or(Some(now)) } else { None };
        chapter.told.retain(|percent| has(percent.saturating_sub(HYSTERESIS)));
        let all = self.policy.thresholds.iter().copied().chain([EXHAUSTED]);
        let new: BTreeSet<u32> =
            all.filter(|percent| has(*percent) && !chapter.told.contains(percent)).collect();
        chapter.told.extend(&new);
        let whose = || self.whose.clone();
        let is_exhausted = new.contains(&EXHAUSTED);
        let exhausted =
            is_exhausted.then(|| EventKind::QuotaExhausted { whose: whose(), used, quota: limit });
        let highest = new.last().copied().filter(|percent| !is_exhausted || *percent > EXHAUSTED);
        let threshold =
            highest.map(|percent| EventKind::QuotaThreshold { whose: whose(), percent, used, quota: limit });
        exhausted.into_iter().chain(threshold).collect()
    }

    fn figures(
        &self,
        now: Timestamp,
        calendar: &Calendar,
        tally: &Tally,
        used: u64,
        limit: u64,
    ) -> QuotaFigures {
        let Dates { today, cycle, .. } = *tally.dates();
        let left = limit.saturating_sub(used);
        let rest_of_today = 1.0 - calendar.share_of_day(now);
        let days_left =
            cycle.until.map(|until| f64::from((days_between(today, until) - 1).max(0)) + rest_of_today);
        let forecast = Forecast::from_days(&tally.whole_days());
        let exhausted = self.state.chapter.as_ref().and_then(|chapter| chapter.exhausted);
        let exhausted = match (exhausted, &forecast) {
            (Some(_), _) | (None, None) => Likely { low: None, middle: exhausted, high: None },
            (None, Some(forecast)) => forecast.reaches(calendar, now, left, cycle.until),
        };
        QuotaFigures {
            limit,
            used,
            left,
            percent: percent(used, limit),
            days_left,
            safe_daily: days_left.map(|days| per_day(left, days)),
            projected: forecast
                .zip(cycle.until)
                .map(|(forecast, until)| forecast.by(calendar, now, used, until)),
            exhausted,
        }
    }
}

impl Chapter {
    const fn new(cycle: Date) -> Self {
        Self { cycle, correction: None, extra: 0, told: BTreeSet::new(), exhausted: None }
    }

    /// What is used, when so much was counted.
    fn used(&self, counted: u64) -> u64 {
        match self.correction {
            Some(Correction { used, counted: before, .. }) => {
                used.saturating_add(counted.saturating_sub(before))
            }
            None => counted,
        }
    }
}

impl Operator {
    fn fell_near(self, date: Date) -> bool {
        self.fell.is_some_and(|fell| days_between(fell, date).abs() <= DRIFT_DAYS)
    }
}

/// What counts towards a quota in this cycle.
fn counted(tally: &Tally) -> u64 {
    tally.this_cycle().map_or(0, super::Day::counted)
}

#[expect(clippy::cast_precision_loss, reason = "a share is not exact")]
fn percent(used: u64, limit: u64) -> Option<f64> {
    (limit > 0).then(|| used as f64 * 100.0 / limit as f64)
}

/// In whole megabytes, rather too few than too many.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is not exact, and a cast of a float saturates"
)]
fn per_day(left: u64, days: f64) -> u64 {
    ((left as f64 / days.max(1.0) / 1e6).floor() * 1e6) as u64
}

impl QuotaFigures {
    /// Whether the quota is used up.
    pub const fn is_exhausted(&self) -> bool {
        self.used >= self.limit
    }

    /// Puts the figures into the item of the box or the person: what is not known is set as unknown.
    pub fn put(&self, item: &mut Item, kind: SubjectKind) {
        fn set<Q: Quantity>(item: &mut Item, kind: SubjectKind, metric: Metric<Q>, value: Option<Q>) {
            if metric.row().on.contains(&kind) {
                item.set(metric, value);
            }
        }
        let projected = self.projected;
        let bytes = |(metric, value): (Metric<Bytes>, Option<u64>)| (metric, value.map(Bytes));
        for (metric, value) in [
            (catalog::QUOTA, Some(self.limit)),
            (catalog::QUOTA_USED, Some(self.used)),
            (catalog::QUOTA_LEFT, Some(self.left)),
            (catalog::QUOTA_SAFE_DAILY, self.safe_daily),
            (catalog::QUOTA_PROJECTED, projected.map(|projected| projected.middle)),
            (catalog::QUOTA_PROJECTED_LOW, projected.map(|projected| projected.low)),
            (catalog::QUOTA_PROJECTED_HIGH, projected.map(|projected| projected.high)),
        ]
        .map(bytes)
        {
            set(item, kind, metric, value);
        }
        for (metric, value) in [
            (catalog::QUOTA_EXHAUSTED, self.exhausted.middle),
            (catalog::QUOTA_EXHAUSTED_EARLIEST, self.exhausted.low),
            (catalog::QUOTA_EXHAUSTED_LATEST, self.exhausted.high),
        ] {
            set(item, kind, metric, value.map(Moment));
        }
        set(item, kind, catalog::QUOTA_PERCENT, self.percent.map(Share));
        set(item, kind, catalog::QUOTA_DAYS_LEFT, self.days_left.map(Days));
        set(item, kind, catalog::QUOTA_PROBLEM, Some(self.is_exhausted()));
    }
}
