use jiff::Timestamp;

use crate::accounting::{DayRow, Gap, Piece};
use crate::model::{BoxId, Event, Subject};

/// Everything that one poll of one box adds: written as a whole, or not at all.
#[derive(Clone, Debug)]
pub struct Tick {
    /// Which box.
    pub box_id: BoxId,
    /// When it was read.
    pub at: Timestamp,
    /// What is worth keeping of its readings.
    pub samples: Vec<Sample>,
    /// The counters whose state has changed.
    pub counters: Vec<SavedCounter>,
    /// The counters that are forgotten: what they came to is in another one's state, or of no use any more.
    pub forgotten: Vec<ForgottenCounter>,
    /// Usage to add to the daily book: whose, and what.
    pub pieces: Vec<(Subject, Piece)>,
    /// Where something may have passed uncounted.
    pub gaps: Vec<SavedGap>,
    /// The state of the box's quota, when it has changed.
    pub quota: Option<serde_json::Value>,
    /// What the parties are called, to be shown with them.
    pub names: Vec<(Subject, String)>,
    /// What happened.
    pub events: Vec<Event>,
    /// Whether somebody is told of it once it is written, and never again: then not even a power cut may take it.
    pub is_durable: bool,
}

impl Tick {
    /// A tick with nothing in it.
    pub const fn new(box_id: BoxId, at: Timestamp) -> Self {
        Self {
            box_id,
            at,
            samples: Vec::new(),
            counters: Vec::new(),
            forgotten: Vec::new(),
            pieces: Vec::new(),
            gaps: Vec::new(),
            quota: None,
            names: Vec::new(),
            events: Vec::new(),
            is_durable: false,
        }
    }
}

/// One reading that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What it is about.
    pub subject: Subject,
    /// The key of its metric.
    pub metric: &'static str,
    /// The reading.
    pub value: Sampled,
}

/// What is kept of a reading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sampled {
    /// What goes up and down, in the unit of its metric. What is not finite is not kept.
    Gauge(f64),
    /// What a counter counted since the reading before.
    Growth(u64),
}

/// What a counter has to know after a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCounter {
    /// What it counts for.
    pub subject: Subject,
    /// The key of its metric.
    pub metric: String,
    /// Which part of it, of counters that are put together; empty otherwise.
    pub part: String,
    /// Its state, as whoever counts has written it.
    pub state: String,
}

/// A counter that is kept no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgottenCounter {
    /// What it counted for.
    pub subject: Subject,
    /// The key of its metric.
    pub metric: String,
    /// Which part of it; empty for one that has none.
    pub part: String,
}

/// A gap in what was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedGap {
    /// For whom.
    pub subject: Subject,
    /// The key of the metric.
    pub metric: String,
    /// When.
    pub gap: Gap,
}

/// What somebody else recorded before. Importing it twice is the same as importing it once.
#[derive(Clone, Debug)]
pub struct Import {
    /// Where it was recorded: a word that tells one record from the next, such as `dalla`. What the same
    /// source gave before for the time from the first to the last of its days is replaced; what the bridge has counted
    /// itself never is.
    pub source: String,
    /// Which box.
    pub box_id: BoxId,
    /// Hours of what counters counted; those of the bridge's own days stay as they are.
    pub hours: Vec<ImportedHour>,
    /// Days of the book, each with everything that the source has for its party, date and band.
    pub days: Vec<DayRow>,
}

/// One hour of one series.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedHour {
    /// What it is about.
    pub subject: Subject,
    /// The key of its metric.
    pub metric: String,
    /// A moment in the hour.
    pub at: Timestamp,
    /// The readings in it: at least one, all of one sort.
    pub values: Vec<Sampled>,
}
