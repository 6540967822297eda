use std::collections::BTreeSet;

use crate::accounting::{BurstPolicy, Cycle, Hours};

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
