//! What moves: uptime, traffic, the switch for mobile data.

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::profile::{Profile, Radio};
use crate::model::Subject;
use crate::simulators::habits::Demand;
use crate::simulators::meter::{Glance, Meter};
use crate::simulators::uptime::Uptime;
use crate::simulators::{Parts, Passed};

/// How long the box has been up when the simulation starts.
const ON_SINCE: Duration = Duration::from_secs(206_640);
/// How long it has been connected then.
const CONNECTED_SINCE: Duration = Duration::from_secs(71_370);

/// A household that needs a little more than its 40 GB, even in February.
const DEMAND: Demand = Demand { received: 15_900, sent: 2_150 };

/// The life of a box.
#[derive(Debug)]
pub(super) struct Life {
    powered: Uptime,
    connected: Uptime,
    zone: TimeZone,
    meter: Meter,
    /// Since the owner last cleared it; outlives everything.
    total: Count,
    /// Since the connection came up.
    current: Count,
    /// Since the month of the plan began.
    month: Count,
    month_began: Date,
    has_radio: bool,
    data_on: bool,
}

/// A count that was begun at some time.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    /// What it had counted before the simulation.
    before: Passed,
    /// What the meter showed when it began.
    from: Passed,
}

impl Count {
    fn after(received: u64) -> Self {
        Self { before: Passed { received, sent: received / 9 }, from: Passed::default() }
    }

    fn at(self, passed: Passed) -> Passed {
        let mut count = self.before;
        count += passed.since(self.from);
        count
    }

    fn begin(&mut self, from: Passed) {
        *self = Self { before: Passed::default(), from };
    }
}

/// What the box counts, in bytes, and bytes per second at the moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    pub total: Passed,
    pub current: Passed,
    pub month: Passed,
    pub rate: Passed,
}

impl Life {
    pub fn of(profile: &Profile, parts: &Parts) -> Self {
        let has_radio = profile.radio != Radio::Silent;
        let meter = parts.books.meter(Subject::Router, DEMAND, Glance::Steady);
        meter.open(has_radio);
        let lately =
            |share| if has_radio { Count::after(profile.received / share) } else { Count::default() };
        let zone = parts.habits.zone();
        Self {
            powered: Uptime::of(&parts.clock, ON_SINCE),
            connected: Uptime::of(&parts.clock, if has_radio { CONNECTED_SINCE } else { Duration::ZERO }),
            month_began: parts.clock.now().to_zoned(zone.clone()).date().first_of_month(),
            zone,
            meter,
            total: Count::after(profile.received),
            current: lately(50),
            month: lately(5),
            has_radio,
            data_on: has_radio,
        }
    }

    /// The box starts again; what it counts over the months stays.
    pub fn restart(&mut self) {
        self.powered.restart();
        self.connect();
    }

    fn connect(&mut self) {
        self.connected.restart();
        self.current.begin(self.meter.passed());
    }

    pub fn uptime(&self) -> Duration {
        self.powered.get()
    }

    pub const fn is_connected(&self) -> bool {
        self.has_radio && self.data_on
    }

    pub fn connected_for(&self) -> Duration {
        if self.is_connected() { self.connected.get() } else { Duration::ZERO }
    }

    pub const fn data_is_on(&self) -> bool {
        self.data_on
    }

    pub fn switch_data(&mut self, on: bool) {
        if on && !self.data_on {
            self.connect();
        }
        self.data_on = on;
        self.meter.open(self.is_connected());
    }

    /// When the month of the plan began: on its first day, at midnight where the box is.
    pub const fn month_began(&self) -> Date {
        self.month_began
    }

    /// What is counted by now; at the end of a month of the plan its count begins anew.
    pub fn count(&mut self) -> Counts {
        while let Some((date, moment)) = self.next_month().filter(|(_, moment)| *moment <= self.powered.now())
        {
            self.month.begin(self.meter.passed_by(moment));
            self.month_began = date;
        }
        let passed = self.meter.passed();
        Counts {
            total: self.total.at(passed),
            current: self.current.at(passed),
            month: self.month.at(passed),
            rate: self.meter.rate(),
        }
    }

    fn next_month(&self) -> Option<(Date, Timestamp)> {
        let date = self.month_began.checked_add(1.month()).ok()?;
        Some((date, date.to_zoned(self.zone.clone()).ok()?.timestamp()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::profile::profile;
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[tokio::test(start_paused = true)]
    async fn totals_outlive_a_restart_and_stand_still_without_mobile_data() {
        let mut life = Life::of(profile(None), &Parts::for_tests(""));
        tokio::time::advance(Duration::from_secs(60)).await;
        let grown = life.count().total;
        assert!(grown.received > profile(None).received);
        life.switch_data(false);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!((life.count().total, life.count().rate), (grown, Passed::default()));
        life.switch_data(true);
        life.restart();
        let after = life.count();
        assert_eq!((after.total, after.current, life.uptime()), (grown, Passed::default(), Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_month_of_the_plan_begins_at_midnight_and_nothing_of_it_is_lost() {
        let parts = Parts::for_tests("");
        let mut life = Life::of(profile(None), &parts);
        tokio::time::advance(40 * DAY).await;
        let (count, began) = (life.count(), life.month_began());
        assert_eq!(began, Date::constant(1970, 2, 1));
        let midnight = Timestamp::from_second(31 * 86_400).unwrap();
        assert_eq!(count.month, parts.books.between(&Subject::Router, midnight, Timestamp::MAX));
        assert!(count.month.received < count.current.received);
    }
}
