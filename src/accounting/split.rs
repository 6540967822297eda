use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::timetable::Stretch;
use super::{Amounts, Gap, Growth, Piece, Timetable};

/// What passed between two readings, in all directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The reading before.
    pub from: Timestamp,
    /// This reading.
    pub to: Timestamp,
    /// What passed.
    pub amounts: Amounts,
    /// Where more may have been than was counted.
    pub gap: Option<Gap>,
}

/// An interval is spread over so much time at most. What came in longer ones is all there, but on their last days: nobody can
/// say when it really was.
const LONGEST: SignedDuration = SignedDuration::from_hours(400 * 24);

impl Interval {
    /// What the counters of one party say about the same time; `None` when none of them says anything.
    pub fn of(received: Option<Growth>, sent: Option<Growth>, mixed: Option<Growth>) -> Option<Self> {
        let amount = |growth: Option<Growth>| growth.map_or(0, |growth| growth.amount);
        let all = || [received, sent, mixed].into_iter().flatten();
        let gaps = || all().filter_map(|growth| growth.gap);
        let gap_from = gaps().map(|gap| gap.from).min();
        Some(Self {
            from: all().map(|growth| growth.from).min()?,
            to: all().map(|growth| growth.to).max()?,
            amounts: Amounts { received: amount(received), sent: amount(sent), mixed: amount(mixed) },
            gap: gap_from.zip(gaps().map(|gap| gap.to).max()).map(|(from, to)| Gap { from, to }),
        })
    }

    /// The interval in parts, cut at each moment that `next` names when it is asked what comes after another one. What
    /// passed is divided in proportion to time, and no byte is lost or counted twice.
    pub fn cut(&self, mut next: impl FnMut(Timestamp) -> Option<Timestamp>) -> Vec<Self> {
        let whole = self.bounded();
        let mut parts = Vec::new();
        let mut from = whole.from;
        loop {
            let to = next(from).filter(|to| *to > from && *to < whole.to).unwrap_or(whole.to);
            parts.push(whole.part(from, to));
            if to >= whole.to {
                return parts;
            }
            from = to;
        }
    }

    /// The interval with an order to it that a clock put back cannot upset, and no longer than can be spread.
    fn bounded(&self) -> Self {
        let earliest = self.to.saturating_sub(LONGEST).unwrap_or(Timestamp::MIN);
        let from = self.from.clamp(earliest, self.to);
        Self { from, ..*self }
    }

    fn part(&self, from: Timestamp, to: Timestamp) -> Self {
        let share = |amount: u64| {
            if self.from == self.to {
                amount
            } else {
                self.until(to, amount).saturating_sub(self.until(from, amount))
            }
        };
        let Amounts { received, sent, mixed } = self.amounts;
        let gap = self.gap.map(|gap| Gap { from: gap.from.clamp(from, to), to: gap.to.clamp(from, to) });
        Self {
            from,
            to,
            amounts: Amounts { received: share(received), sent: share(sent), mixed: share(mixed) },
            gap: gap.filter(|gap| gap.from < gap.to),
        }
    }

    /// What of an amount had passed at a moment, in whole bytes: from nothing at the beginning to all of it at the end, so that
    /// differences come to the whole.
    fn until(&self, at: Timestamp, amount: u64) -> u64 {
        let nanos = |from: Timestamp, to: Timestamp| to.duration_since(from).as_nanos().unsigned_abs();
        let passed = u128::from(amount) * nanos(self.from, at) / nanos(self.from, self.to).max(1);
        u64::try_from(passed).unwrap_or(amount)
    }
}

/// What passed between two readings as pieces, each of which belongs to one day and one band.
///
/// Pieces follow each other from the first moment to the last one. Their amounts come to the whole to the byte, in each direction,
/// and their gaps to the whole to the second.
pub fn split(passed: &Interval, timetable: &Timetable) -> Vec<Piece> {
    pieces(passed, |at| timetable.stretch(at))
}

/// Splits as [`split`] does, and remembers what the timetable said: most intervals of a poll are about the same time.
#[derive(Clone, Debug)]
pub struct Splitter {
    timetable: Timetable,
    known: VecDeque<Stretch>,
}

/// So many stretches are remembered: a poll after a long pause asks for many, and each of them once for each party.
const REMEMBERED: usize = 8;

impl Splitter {
    /// A splitter for a timetable.
    pub const fn new(timetable: Timetable) -> Self {
        Self { timetable, known: VecDeque::new() }
    }

    /// What passed between two readings as pieces, each of which belongs to one day and one band.
    pub fn split(&mut self, passed: &Interval) -> Vec<Piece> {
        pieces(passed, |at| self.stretch(at))
    }

    fn stretch(&mut self, at: Timestamp) -> Stretch {
        if let Some(known) = self.known.iter().find(|known| known.contains(at)) {
            return *known;
        }
        let stretch = self.timetable.stretch(at);
        self.known.truncate(REMEMBERED - 1);
        self.known.push_front(stretch);
        stretch
    }
}

fn pieces(passed: &Interval, mut stretch_of: impl FnMut(Timestamp) -> Stretch) -> Vec<Piece> {
    let mut stretches = Vec::new();
    let parts = passed.cut(|at| {
        let stretch = stretch_of(at);
        stretches.push(stretch);
        Some(stretch.until)
    });
    let seconds = |from, to| {
        passed.gap.map_or(0, |gap| seconds_until(gap, to).saturating_sub(seconds_until(gap, from)))
    };
    let piece = |(part, stretch): (Interval, Stretch)| Piece {
        date: stretch.date,
        band: stretch.band,
        free: stretch.free,
        from: part.from,
        to: part.to,
        amounts: part.amounts,
        gap_seconds: seconds(part.from, part.to),
    };
    parts.into_iter().zip(stretches).map(piece).collect()
}

/// How many whole seconds of a gap were over at a moment.
fn seconds_until(gap: Gap, at: Timestamp) -> u64 {
    u64::try_from(at.clamp(gap.from, gap.to.max(gap.from)).duration_since(gap.from).as_secs()).unwrap_or(0)
}
