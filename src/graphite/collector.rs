use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Settings;
use super::courier::Shared;
use super::report::Report;
use crate::engine::World;
use crate::model::Clock;

/// How long after the end of an interval the report on it is made: no clock is so far off that it would still be in it.
const LATE: Duration = Duration::from_millis(100);

/// Puts what is new into the outbox: at the end of each interval, and at the end of all.
#[derive(Debug)]
pub(super) struct Collector {
    world: watch::Receiver<World>,
    clock: Clock,
    every: Duration,
    report: Report,
    shared: Shared,
    /// How many lines were given up until the last report, and until the log said so, if the last thing it said is that some are.
    lost: u64,
    told: Option<u64>,
}

impl Collector {
    pub(super) fn new(
        settings: &Settings,
        world: watch::Receiver<World>,
        clock: Clock,
        shared: Shared,
    ) -> Self {
        let report = Report::new(settings.template.clone(), settings.compat.clone());
        Self { world, clock, every: settings.every, report, shared, lost: 0, told: None }
    }

    pub(super) async fn run(&mut self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let pause = self.clock.wait(until_next(self.clock.now(), self.every));
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(pause) => {}
            }
            self.collect();
        }
    }

    fn collect(&mut self) {
        let world = self.world.borrow().clone();
        let lines = self.report.lines(&world, self.clock.now());
        let lost = self.shared.push(lines);
        match self.told {
            None if lost > self.lost => {
                tracing::warn!(
                    "there is no more room for what waits for Graphite; the oldest readings are given up"
                );
                self.told = Some(self.lost);
            }
            Some(before) if lost == self.lost => {
                tracing::warn!(
                    lost = lost - before,
                    "readings for Graphite were given up; there is room again"
                );
                self.told = None;
            }
            _ => {}
        }
        self.lost = lost;
    }
}

/// How long until the next report. Intervals are whole ones of the day, as Graphite's are, so that each of those gets one reading.
fn until_next(now: Timestamp, every: Duration) -> Duration {
    let since_epoch = Duration::try_from(now.duration_since(Timestamp::UNIX_EPOCH)).unwrap_or_default();
    let (now, every) = (since_epoch.as_nanos(), every.as_nanos().max(1));
    let late = LATE.as_nanos();
    // What remains of this interval, as it is seen by somebody who is late.
    let gone = (now + every - late % every) % every;
    Duration::from_nanos(u64::try_from(every - gone).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_made_a_little_after_the_end_of_each_interval() {
        let wait = |now: &str, every: u64| until_next(now.parse().unwrap(), Duration::from_secs(every));
        assert_eq!(wait("2026-11-20T12:00:20Z", 60), Duration::from_millis(40_100));
        assert_eq!(wait("2026-11-20T12:00:00Z", 60), LATE);
        assert_eq!(wait("2026-11-20T12:00:00.1Z", 60), Duration::from_secs(60));
        assert_eq!(wait("2026-11-20T12:00:00.05Z", 1), Duration::from_millis(50));
        assert_eq!(wait("2026-11-20T12:00:00Z", 86_400), Duration::from_secs(12 * 3600) + LATE);
    }
}
