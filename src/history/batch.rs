use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Sample, SavedGap, Tick};
use crate::accounting::{Amounts, Band, Piece};
use crate::model::{BoxId, Event, Subject};

/// How many samples may wait for a disk that refuses: a day of a large household.
const MOST_SAMPLES: usize = 500_000;

/// How many gaps, and how many events, may wait.
const MOST_OTHERS: usize = 10_000;

/// Ticks put together: what is written at once, or else waits until it can be.
///
/// A counter has its last state, and a page of the book its sum, so nothing but samples grows while it waits.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) samples: VecDeque<Taken>,
    pub(super) waiting: usize,
    /// Their states; nothing for one that goes.
    pub(super) counters: BTreeMap<(BoxId, Subject, String, String), Option<String>>,
    pub(super) book: BTreeMap<Page, Entry>,
    pub(super) gaps: VecDeque<(BoxId, SavedGap)>,
    pub(super) quotas: BTreeMap<BoxId, String>,
    pub(super) names: BTreeMap<(BoxId, Subject), String>,
    pub(super) events: VecDeque<Event>,
    /// When the last of the ticks was made.
    pub(super) at: Option<Timestamp>,
    /// Whether not even a power cut may take it.
    pub(super) is_durable: bool,
}

/// The samples of one tick.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) box_id: BoxId,
    pub(super) at: Timestamp,
    pub(super) samples: Vec<Sample>,
}

/// Whose usage, of which day, in which band.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Page {
    pub(super) date: Date,
    pub(super) box_id: BoxId,
    pub(super) party: Subject,
    pub(super) band: Band,
    pub(super) free: bool,
}

/// What is added to such a page.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    pub(super) amounts: Amounts,
    pub(super) gap_seconds: u64,
}

impl Batch {
    /// Adds a tick; its samples only if they are kept at all.
    pub(super) fn add(&mut self, tick: Tick, keeps_samples: bool) {
        let Tick { box_id, at, samples, counters, pieces, gaps, quota, names, events, forgotten, is_durable } =
            tick;
        for gone in forgotten {
            self.counters.insert((box_id.clone(), gone.subject, gone.metric, gone.part), None);
        }
        for counter in counters {
            let key = (box_id.clone(), counter.subject, counter.metric, counter.part);
            self.counters.insert(key, Some(counter.state));
        }
        for (party, piece) in pieces {
            self.enter(&box_id, party, &piece);
        }
        self.gaps.extend(gaps.into_iter().map(|gap| (box_id.clone(), gap)));
        if let Some(quota) = quota {
            self.quotas.insert(box_id.clone(), quota.to_string());
        }
        self.names.extend(names.into_iter().map(|(party, name)| ((box_id.clone(), party), name)));
        self.events.extend(events);
        self.at = self.at.max(Some(at));
        self.is_durable |= is_durable;
        if keeps_samples && !samples.is_empty() {
            self.waiting += samples.len();
            self.samples.push_back(Taken { box_id, at, samples });
        }
    }

    fn enter(&mut self, box_id: &BoxId, party: Subject, piece: &Piece) {
        let page =
            Page { date: piece.date, box_id: box_id.clone(), party, band: piece.band, free: piece.free };
        let entry = self.book.entry(page).or_default();
        entry.amounts += piece.amounts;
        entry.gap_seconds = entry.gap_seconds.saturating_add(piece.gap_seconds);
    }

    /// Gives up the oldest of what would be too much; says how many samples.
    pub(super) fn shrink(&mut self) -> u64 {
        let mut given_up = 0;
        while self.waiting > MOST_SAMPLES
            && let Some(oldest) = self.samples.pop_front()
        {
            self.waiting -= oldest.samples.len();
            given_up += oldest.samples.len() as u64;
        }
        self.gaps.drain(..self.gaps.len().saturating_sub(MOST_OTHERS));
        self.events.drain(..self.events.len().saturating_sub(MOST_OTHERS));
        given_up
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at.is_none()
    }
}
