use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a counter counted between two readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// How much: never more than what really was.
    pub amount: u64,
    /// The reading before.
    pub from: Timestamp,
    /// This reading.
    pub to: Timestamp,
    /// Where more may have been than was counted; nothing when the amount is exact.
    pub gap: Option<Gap>,
}

impl Growth {
    /// Both together, of counters that make up one figure.
    pub fn and(self, other: Self) -> Self {
        Self {
            amount: self.amount.saturating_add(other.amount),
            from: self.from.min(other.from),
            to: self.to.max(other.to),
            gap: match (self.gap, other.gap) {
                (Some(one), Some(two)) => Some(Gap { from: one.from.min(two.from), to: one.to.max(two.to) }),
                (one, two) => one.or(two),
            },
        }
    }
}

/// A span of time in which something may have passed uncounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}
