use std::ops::AddAssign;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{BoxId, Subject};

/// Amounts of traffic in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amounts {
    /// Towards the house, or the device.
    pub received: u64,
    /// Out of the house, or from the device.
    pub sent: u64,
    /// In both directions, of boxes that do not tell one from the other.
    pub mixed: u64,
}

impl Amounts {
    /// Everything, whatever its direction.
    pub const fn total(self) -> u64 {
        self.received.saturating_add(self.sent).saturating_add(self.mixed)
    }
}

impl AddAssign for Amounts {
    fn add_assign(&mut self, other: Self) {
        self.received = self.received.saturating_add(other.received);
        self.sent = self.sent.saturating_add(other.sent);
        self.mixed = self.mixed.saturating_add(other.mixed);
    }
}

/// What a time costs by the household's timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// The expensive time.
    OnPeak,
    /// All other times; without a timetable, always.
    OffPeak,
}

/// A part of an interval that belongs to one day and one band as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The day in the household's time zone.
    pub date: Date,
    /// The band.
    pub band: Band,
    /// Whether it is free, and so counts towards no quota.
    pub free: bool,
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub to: Timestamp,
    /// What passed.
    pub amounts: Amounts,
    /// For how many seconds of it something may have passed uncounted.
    pub gap_seconds: u64,
}

/// What is known of one party's day, in one band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRow {
    /// At which box.
    pub box_id: BoxId,
    /// Who: the box itself, a client, or a person.
    pub party: Subject,
    /// What the party is called.
    pub name: Option<String>,
    /// The day in the household's time zone.
    pub date: Date,
    /// The band.
    pub band: Band,
    /// Whether it was free of the quota.
    pub free: bool,
    /// What passed.
    pub amounts: Amounts,
    /// For how many seconds something may have passed uncounted.
    pub gap_seconds: u64,
}
