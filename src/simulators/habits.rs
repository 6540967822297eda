//! When a household uses how much.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How the household behind a simulated box behaves.
#[derive(Clone, Debug, Default)]
pub enum Habits {
    /// Busy at any hour, so that there is something to see whenever one looks.
    #[default]
    Restless,
    /// By the hours of this time zone: busy in the evening and more so at weekends; from 22:00 to 02:00 nothing passes at all,
    /// so that days can be told apart to the byte.
    Household(TimeZone),
}

/// How busy a household is by the hour of its day: on weekdays, and at weekends.
const WEEKDAY: [u64; 24] = [0, 0, 1, 1, 1, 1, 4, 8, 6, 4, 4, 4, 6, 5, 5, 7, 10, 14, 20, 24, 24, 18, 0, 0];
const WEEKEND: [u64; 24] =
    [0, 0, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 14, 14, 14, 16, 18, 20, 24, 26, 24, 18, 0, 0];
/// The same over the hours of a whole week.
const WEEK: u64 = 5 * 167 + 2 * 246;
const HOURS: u64 = 7 * 24;
/// How many times as busy as on average who never rests is.
const RESTLESS: u64 = 8;
/// Chance makes it anything from half as much to half as much again, in thousandths: never so little that a box seems to stand still.
const CHANCE: std::ops::RangeInclusive<u64> = 500..=1500;

/// No time zone changes its hours within a quarter of one.
pub(super) const QUARTER: i64 = 900;

/// What passes on average, in bytes per second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Demand {
    pub received: u64,
    pub sent: u64,
}

impl Habits {
    /// Where the household is.
    pub(super) fn zone(&self) -> TimeZone {
        match self {
            Self::Restless => TimeZone::UTC,
            Self::Household(zone) => zone.clone(),
        }
    }

    /// How busy it is in the quarter of an hour that begins then, in parts of [`WEEK`] per [`HOURS`].
    fn busy(&self, quarter: i64) -> u64 {
        let zone = match self {
            Self::Restless => return RESTLESS * WEEK / HOURS,
            Self::Household(zone) => zone,
        };
        let local = Timestamp::from_second(quarter).unwrap_or_default().to_zoned(zone.clone());
        let is_weekend = local.weekday().to_monday_zero_offset() >= 5;
        let hours = if is_weekend { &WEEKEND } else { &WEEKDAY };
        hours.get(usize::from(local.hour().unsigned_abs())).copied().unwrap_or(0)
    }
}

/// The rates of one flow: constant over a grain, and the same at each run with the same seed.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub habits: Habits,
    pub seed: u64,
    /// How long a rate lasts, in seconds.
    pub grain: i64,
    pub demand: Demand,
}

impl Flow {
    /// Bytes per second at this second: received and sent.
    pub fn rates(&self, second: i64) -> [u64; 2] {
        self.within(second, self.habits.busy(start(second, QUARTER)))
    }

    /// What passes from one second to another, which lie within one quarter of an hour.
    pub fn between(&self, from: i64, to: i64) -> [u64; 2] {
        let busy = self.habits.busy(start(from, QUARTER));
        let (mut sums, mut at) = ([0, 0], from);
        while at < to {
            let end = (start(at, self.grain) + self.grain).min(to);
            let seconds = (end - at).unsigned_abs();
            for (sum, rate) in sums.iter_mut().zip(self.within(at, busy)) {
                *sum += rate * seconds;
            }
            at = end;
        }
        sums
    }

    fn within(&self, second: i64, busy: u64) -> [u64; 2] {
        let grain = second.div_euclid(self.grain).unsigned_abs();
        let mut chance = fastrand::Rng::with_seed(self.seed ^ grain.rotate_left(32));
        [self.demand.received, self.demand.sent]
            .map(|mean| mean * busy * HOURS / WEEK * chance.u64(CHANCE) / 1000)
    }
}

/// The beginning of the period that a second lies in.
pub(super) const fn start(second: i64, period: i64) -> i64 {
    second - second.rem_euclid(period)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    /// A Monday, 00:00 in Oslo.
    const MONDAY: i64 = 1_793_574_000;

    fn flow() -> Flow {
        let habits = Habits::Household(TimeZone::get("Europe/Oslo").unwrap());
        Flow { habits, seed: 7, grain: 5, demand: Demand { received: 10_000, sent: 1000 } }
    }

    fn sum(from: i64, to: i64) -> u64 {
        let quarters = (start(from, QUARTER)..to).step_by(900);
        quarters.map(|at| flow().between(at.max(from), (at + QUARTER).min(to))[0]).sum()
    }

    #[test]
    fn a_week_comes_to_what_is_demanded_and_weekends_to_more() {
        let week = sum(MONDAY, MONDAY + 7 * DAY) as f64 / (7.0 * DAY as f64 * 10_000.0);
        assert!((0.97..1.03).contains(&week), "{week}");
        assert!(sum(MONDAY + 5 * DAY, MONDAY + 6 * DAY) > sum(MONDAY, MONDAY + DAY) * 5 / 4);
    }

    #[test]
    fn nothing_passes_around_midnight_and_evenings_are_busy() {
        let hour = |hour: i64| sum(MONDAY + hour * 3600, MONDAY + (hour + 1) * 3600);
        assert_eq!([22, 23, 24, 25].map(hour), [0; 4]);
        assert!(hour(20) > 4 * hour(10) && hour(3) > 0);
    }

    #[test]
    fn it_is_the_same_however_it_is_asked_for() {
        let noon = MONDAY + 12 * 3600;
        let parts: u64 = (0..QUARTER).map(|second| flow().rates(noon + second)[0]).sum();
        assert_eq!(parts, flow().between(noon, noon + QUARTER)[0]);
        assert_ne!(flow().rates(noon), Flow { seed: 8, ..flow() }.rates(noon));
    }
}
