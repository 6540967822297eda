use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Seconds of uptime are whole, and clocks drift: differences below this mean nothing.
const JITTER: SignedDuration = SignedDuration::from_secs(60);

/// When a box started, held steady against the jitter of its uptime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BootTime(Option<Timestamp>);

impl BootTime {
    /// What an earlier run of the bridge remembered.
    pub(crate) const fn remembered(boot: Option<Timestamp>) -> Self {
        Self(boot)
    }

    /// The boot time, as far as it is known.
    pub(crate) const fn get(self) -> Option<Timestamp> {
        self.0
    }

    /// Takes in an uptime in seconds, from answers that took so long and are complete now; gives the boot time.
    pub(crate) fn observe(&mut self, uptime: f64, now: Timestamp, took: Duration) -> Option<Timestamp> {
        let uptime = SignedDuration::try_from_secs_f64(uptime).ok()?;
        let boot = now.checked_sub(uptime).ok()?;
        let jitter = JITTER.saturating_add(took.try_into().unwrap_or(SignedDuration::ZERO));
        let steady = self.0.is_some_and(|known| boot.duration_since(known).abs() <= jitter);
        if !steady {
            self.0 = Some(boot);
        }
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn jitter_does_not_move_the_boot_time() {
        let mut boot = BootTime::default();
        let first = boot.observe(1000.0, at(0), Duration::ZERO);
        for (uptime, now) in [(1010.0, 12), (1019.0, 20), (1090.4, 61)] {
            assert_eq!(boot.observe(uptime, at(now), Duration::ZERO), first);
        }
    }

    #[test]
    fn nor_does_the_time_that_answers_take() {
        let mut boot = BootTime::default();
        let first = boot.observe(1000.0, at(0), Duration::ZERO);
        assert_eq!(boot.observe(1010.0, at(90), Duration::from_secs(80)), first);
        assert_ne!(boot.observe(1020.0, at(180), Duration::from_secs(80)), first);
    }

    #[test]
    fn a_restart_does() {
        let mut boot = BootTime::remembered(Some(at(-1000)));
        assert_eq!(boot.observe(5.0, at(120), Duration::from_secs(1)), Some(at(115)));
    }
}
