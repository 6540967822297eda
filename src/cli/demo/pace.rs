//! The time that passes in a demo: the present, or a month in minutes.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::{Clock, Mac, Overflow, Subject, catalog};
use crate::routers::Family;
use crate::simulators::Habits;

/// How long a box takes to restart.
const REBOOT: Duration = Duration::from_secs(8);
const SHORTEST_REBOOT: Duration = Duration::from_secs(1);

/// How often boxes are polled when time is fast, as a configuration has it and as a time.
const EVERY_WORD: &str = "60s";
const EVERY: Duration = Duration::from_secs(60);

/// How fast time passes, and where.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    pub clock: Clock,
    pub zone: TimeZone,
}

impl Pace {
    /// Where this machine is, as long as it has a zone with a name. A fast one begins when the month does.
    pub fn new(speed: NonZeroU32) -> anyhow::Result<Self> {
        let here = TimeZone::system();
        let zone = if here.iana_name().is_some() { here } else { TimeZone::UTC };
        let clock = if speed == NonZeroU32::MIN {
            Clock::system()
        } else {
            Clock::fast(beginning(Clock::system().now(), &zone)?, speed)
        };
        Ok(Self { clock, zone })
    }

    pub const fn is_fast(&self) -> bool {
        self.clock.speed().get() > 1
    }

    /// The name of the time zone, as a configuration has it.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Who watches at the speed of life wants to see something at any hour; a month shows days and nights.
    pub fn habits(&self) -> Habits {
        if self.is_fast() { Habits::Household(self.zone.clone()) } else { Habits::Restless }
    }

    /// How often boxes are polled, and the pause between two requests.
    pub const fn manners(&self) -> (&'static str, Option<&'static str>) {
        if self.is_fast() { (EVERY_WORD, Some("0s")) } else { ("5s", None) }
    }

    /// Whether a box can be asked so often at this speed that the counters of its clients cannot go around unnoticed: twice
    /// before they could, as polls take their time.
    pub fn can_follow(&self, family: &Family) -> bool {
        let client = Subject::Client(Mac::new([0; 6]));
        let how = (family.counting)(&client, catalog::TRAFFIC.row());
        let range = 1_u64.checked_shl(how.bits).filter(|_| how.overflow == Overflow::Wraps);
        let Some((range, ceiling)) = range.zip(how.ceiling) else {
            return true;
        };
        let between = self.clock.shown(self.clock.wait(EVERY)).as_secs();
        ceiling.saturating_mul(2 * between) <= range
    }

    pub fn reboot(&self) -> Duration {
        self.clock.wait(REBOOT).max(SHORTEST_REBOOT)
    }

    /// What the demo's clock shows, where the household is.
    pub fn date(&self) -> String {
        self.clock.now().to_zoned(self.zone.clone()).strftime("%A, %Y-%m-%d %H:%M").to_string()
    }
}

/// When this month began: in the middle of the night, when nothing passes.
fn beginning(now: Timestamp, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    let midnight = now.to_zoned(zone.clone()).date().first_of_month().to_zoned(zone.clone())?;
    Ok(midnight.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routers;

    #[test]
    fn a_fast_demo_begins_when_the_month_does() {
        let now = "2026-11-20T13:00:00Z".parse().unwrap();
        let begins = |zone: &str| beginning(now, &TimeZone::get(zone).unwrap()).unwrap().to_string();
        assert_eq!(begins("UTC"), "2026-11-01T00:00:00Z");
        assert_eq!(begins("Europe/Oslo"), "2026-10-31T23:00:00Z");
    }

    #[tokio::test]
    async fn a_box_whose_counters_are_small_is_not_shown_faster_than_it_can_be_asked() {
        let follows = |speed, family| {
            let pace = Pace::new(NonZeroU32::new(speed).unwrap()).unwrap();
            pace.can_follow(routers::family(family).unwrap())
        };
        assert!(follows(1, "tplink") && follows(1000, "tplink") && !follows(2000, "tplink"));
        assert!(follows(50_000, "huawei_hilink") && follows(50_000, "freebox"));
    }
}
