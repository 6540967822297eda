use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::accounting::{Burst, days_between};
use crate::model::Subject;

/// The operator's month and ours may begin so many days apart: clocks differ.
const DRIFT_DAYS: i32 = 2;

/// What has to be remembered of a quota, over restarts too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuotaState {
    /// The cycle that is running.
    pub(super) chapter: Option<Chapter>,
    /// Another one, which comes back when the machine's clock was wrong.
    pub(super) other: Option<Chapter>,
    /// The beginning of the cycle that was told last.
    pub(super) announced: Option<Date>,
    /// What the configuration said was used, once that is taken over.
    pub(super) start: Option<u64>,
    /// What is in the bucket of a prepaid contract.
    pub(super) bucket: Option<Bucket>,
    /// What was bought, the last one at the end.
    pub(super) top_ups: Vec<TopUp>,
    pub(super) operator: Option<Operator>,
    pub(super) burst: Burst,
}

impl QuotaState {
    /// The states in a document, by whose they are. What cannot be understood begins anew.
    pub fn all_in(document: Json) -> BTreeMap<Subject, Self> {
        let Json::Object(states) = document else {
            return BTreeMap::new();
        };
        let read =
            |(whose, state): (String, Json)| Some((whose.parse().ok()?, serde_json::from_value(state).ok()?));
        states.into_iter().filter_map(read).collect()
    }
}

/// What is true of one cycle only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chapter {
    pub(super) cycle: Date,
    #[serde(default)]
    pub(super) correction: Option<Correction>,
    /// What was bought besides the limit, in bytes.
    #[serde(default)]
    pub(super) extra: u64,
    #[serde(default)]
    pub(super) told: BTreeSet<u32>,
    #[serde(default)]
    pub(super) exhausted: Option<Timestamp>,
}

/// Somebody knows better what is used: the operator, or the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Correction {
    pub(super) at: Timestamp,
    /// What was used by then.
    pub(super) used: u64,
    /// What we had counted by then.
    pub(super) counted: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TopUp {
    pub(super) at: Timestamp,
    pub(super) bytes: u64,
}

/// What there was after the last top-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bucket {
    pub(super) size: u64,
    pub(super) since: Date,
    #[serde(default)]
    pub(super) before: Option<Date>,
}

/// The box's own count of the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Operator {
    pub(super) figure: u64,
    /// The day on which it was last seen to begin anew.
    #[serde(default)]
    pub(super) fell: Option<Date>,
    /// Whether it counts the cycle that is running.
    pub(super) in_step: bool,
}

impl Chapter {
    pub(super) const fn new(cycle: Date) -> Self {
        Self { cycle, correction: None, extra: 0, told: BTreeSet::new(), exhausted: None }
    }

    /// What is used, when so much was counted.
    pub(super) fn used(&self, counted: u64) -> u64 {
        match self.correction {
            Some(Correction { used, counted: before, .. }) => {
                used.saturating_add(counted.saturating_sub(before))
            }
            None => counted,
        }
    }
}

impl Operator {
    pub(super) fn fell_near(self, date: Date) -> bool {
        self.fell.is_some_and(|fell| days_between(fell, date).abs() <= DRIFT_DAYS)
    }
}
