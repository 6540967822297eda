//! Who used how much, as figures.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use super::period::Period;
use super::{By, quota};
use crate::accounting::{Amounts, Cycle, QuotaPolicy};
use crate::config::Config;
use crate::history::{Archive, DayFilter, StoreError, Total};
use crate::model::{BoxId, Subject, SubjectKind};

/// What was used in a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    pub on_peak: Amounts,
    pub off_peak: Amounts,
    pub free: Amounts,
    /// For how many seconds something may have passed uncounted.
    pub unaccounted: u64,
}

impl Used {
    /// Everything, by its directions.
    pub fn all(self) -> Amounts {
        let mut all = self.counted_apart();
        all += self.free;
        all
    }

    fn counted_apart(self) -> Amounts {
        let mut counted = self.on_peak;
        counted += self.off_peak;
        counted
    }

    /// What a quota counts, in bytes.
    pub fn counted(self) -> u64 {
        self.counted_apart().total()
    }

    fn add(&mut self, total: &Total) {
        self.on_peak += total.on_peak;
        self.off_peak += total.off_peak;
        self.free += total.free;
        self.unaccounted = self.unaccounted.max(total.gap_seconds);
    }

    fn fields(self) -> Map<String, Json> {
        let Amounts { received, sent, mixed } = self.all();
        let fields = json!({
            "total": self.all().total(),
            "received": received,
            "sent": sent,
            "mixed": mixed,
            "on_peak": self.on_peak.total(),
            "off_peak": self.off_peak.total(),
            "free": self.free.total(),
            "unaccounted": self.unaccounted,
        });
        if let Json::Object(fields) = fields { fields } else { Map::new() }
    }
}

/// A client or a person.
#[derive(Clone, Debug)]
pub(super) struct Party {
    pub id: String,
    pub name: String,
    pub used: Used,
    pub quota: Option<Share>,
}

/// What may be used in a cycle, and how much of it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub limit: u64,
    pub used: u64,
}

impl Share {
    /// In per cent, to one decimal, and never rounded up to a quota that is used up; more than 100 when it is exceeded.
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more digits")]
    pub fn percent(self) -> f64 {
        if self.limit == 0 { 100.0 } else { (1000.0 * self.used as f64 / self.limit as f64).floor() / 10.0 }
    }

    fn field(self) -> (String, Json) {
        let share = json!({ "limit": self.limit, "used": self.used, "percent": self.percent() });
        ("quota".to_owned(), share)
    }
}

/// A box, and who used it.
#[derive(Clone, Debug)]
pub(super) struct BoxUsage {
    pub id: BoxId,
    pub name: String,
    pub from: Date,
    /// The last day.
    pub to: Date,
    pub used: Used,
    pub parties: Vec<Party>,
    pub quota: Option<Share>,
}

/// The usage of a time.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub by: By,
    pub boxes: Vec<BoxUsage>,
    /// Whether there is a timetable.
    pub has_peak: bool,
    pub zone: String,
}

impl Report {
    /// Looks it up.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn read(
        archive: &Archive,
        config: &Config,
        period: Period,
        now: Timestamp,
        by: By,
        only: Option<&BoxId>,
    ) -> Result<Self, StoreError> {
        let wanted = config.routers.iter().filter(|router| only.is_none_or(|only| *only == router.id));
        let boxes = wanted.map(|router| {
            let (from, to) = period.of(router.quota.cycle);
            let is_current = period.is_current(router.quota.cycle, config.calendar.day_of(now));
            let shares =
                if is_current { quota::shares(archive, config, router, now)? } else { BTreeMap::new() };
            let filter = DayFilter { box_id: Some(router.id.clone()), party: None, from, to };
            let totals = archive.totals(&filter)?;
            let used = whole(&totals);
            let quota = match is_current {
                true => shares.get(&Subject::Router).copied(),
                false => of_past_cycle(&router.quota, (from, to), used),
            };
            let (id, name) = (router.id.clone(), router.name.clone());
            Ok(BoxUsage { id, name, from, to, used, parties: parties(&totals, by, &shares), quota })
        });
        Ok(Self {
            by,
            boxes: boxes.collect::<Result<_, StoreError>>()?,
            has_peak: !config.on_peak.is_empty(),
            zone: config.calendar.zone().iana_name().unwrap_or("UTC").to_owned(),
        })
    }

    /// The same for programs.
    pub fn to_json(&self) -> Json {
        let party = |party: &Party| {
            let mut fields = party.used.fields();
            fields.insert("id".to_owned(), json!(party.id));
            fields.insert("name".to_owned(), json!(party.name));
            fields.extend(party.quota.map(Share::field));
            Json::Object(fields)
        };
        let boxes = self.boxes.iter().map(|usage| {
            let mut fields = usage.used.fields();
            fields.insert("name".to_owned(), json!(usage.name));
            fields.insert("from".to_owned(), json!(usage.from));
            fields.insert("to".to_owned(), json!(usage.to));
            fields.extend(usage.quota.map(Share::field));
            if self.by != By::Box {
                fields.insert("parties".to_owned(), usage.parties.iter().map(party).collect());
            }
            (usage.id.to_string(), Json::Object(fields))
        });
        json!({ "timezone": self.zone, "boxes": boxes.collect::<BTreeMap<_, _>>() })
    }
}

/// The box as a whole: what it counts itself, or else its clients together.
fn whole(totals: &[Total]) -> Used {
    let counts_itself = totals.iter().any(|total| total.party == Subject::Router);
    let kind = if counts_itself { SubjectKind::Router } else { SubjectKind::Client };
    let mut used = Used::default();
    for total in totals.iter().filter(|total| total.party.kind() == kind) {
        used.add(total);
    }
    used
}

fn parties(totals: &[Total], by: By, shares: &BTreeMap<Subject, Share>) -> Vec<Party> {
    let kind = match by {
        By::Box => return Vec::new(),
        By::Client => SubjectKind::Client,
        By::Person => SubjectKind::Person,
    };
    let parties = totals.iter().filter(|total| total.party.kind() == kind).map(|total| {
        let mut used = Used::default();
        used.add(total);
        let (id, quota) = (total.party.id(), shares.get(&total.party).copied());
        Party { name: total.name.clone().unwrap_or_else(|| id.clone()), id, used, quota }
    });
    parties.collect()
}

/// What was used of the quota in a cycle that is over; there is none of any other time.
fn of_past_cycle(policy: &QuotaPolicy, days: (Date, Date), used: Used) -> Option<Share> {
    let is_cycle = policy.cycle != Cycle::Prepaid && Period::Cycle(days.0).of(policy.cycle) == days;
    let limit = policy.limit.filter(|_| is_cycle)?;
    Some(Share { limit, used: used.counted() })
}
