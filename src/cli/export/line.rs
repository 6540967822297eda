use serde::Serialize;

use crate::accounting::{Amounts, Band};
use crate::model::{BoxId, Subject};

/// A row of the export. Its fields are the columns, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    start: String,
    r#box: String,
    party: &'static str,
    id: String,
    name: Option<String>,
    received: u64,
    sent: u64,
    mixed: u64,
    total: u64,
    on_peak: u64,
    off_peak: u64,
    free: u64,
    gap_seconds: u64,
}

/// The columns, for a table without rows.
pub(super) const COLUMNS: [&str; 13] = [
    "start",
    "box",
    "party",
    "id",
    "name",
    "received",
    "sent",
    "mixed",
    "total",
    "on_peak",
    "off_peak",
    "free",
    "gap_seconds",
];

/// What a party used in a step, while it is added up.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    pub(super) name: Option<String>,
    amounts: Amounts,
    on_peak: u64,
    off_peak: u64,
    free: u64,
    gap_seconds: u64,
}

impl Sum {
    pub(super) fn add(&mut self, amounts: Amounts, band: Band, free: bool) {
        self.amounts += amounts;
        let place = match (free, band) {
            (true, _) => &mut self.free,
            (false, Band::OnPeak) => &mut self.on_peak,
            (false, Band::OffPeak) => &mut self.off_peak,
        };
        *place = place.saturating_add(amounts.total());
    }

    /// Adds seconds of a gap; a step cannot have more of them than it has seconds.
    pub(super) fn add_gap(&mut self, seconds: u64, most: u64) {
        self.gap_seconds = self.gap_seconds.saturating_add(seconds).min(most);
    }

    pub(super) fn line(self, start: String, box_id: &BoxId, party: &Subject) -> Line {
        let Self { name, amounts, on_peak, off_peak, free, gap_seconds } = self;
        let (word, id) = match party {
            Subject::Client(mac) => ("client", mac.to_string()),
            Subject::Person(id) => ("person", id.as_str().to_owned()),
            _ => ("box", box_id.to_string()),
        };
        Line {
            start,
            r#box: box_id.to_string(),
            party: word,
            id,
            name,
            received: amounts.received,
            sent: amounts.sent,
            mixed: amounts.mixed,
            total: amounts.total(),
            on_peak,
            off_peak,
            free,
            gap_seconds,
        }
    }
}
