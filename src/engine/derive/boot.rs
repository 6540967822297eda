use jiff::{SignedDuration, Timestamp};

/// Seconds of uptime are whole, answers take time, and clocks drift: differences below this mean nothing.
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

    /// Takes in an uptime in seconds, read now; gives the boot time.
    pub(crate) fn observe(&mut self, uptime: f64, now: Timestamp) -> Option<Timestamp> {
        let uptime = SignedDuration::try_from_secs_f64(uptime).ok()?;
        let boot = now.checked_sub(uptime).ok()?;
        let steady = self.0.is_some_and(|known| boot.duration_since(known).abs() <= JITTER);
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
        let first = boot.observe(1000.0, at(0));
        for (uptime, now) in [(1010.0, 12), (1019.0, 20), (1090.4, 61)] {
            assert_eq!(boot.observe(uptime, at(now)), first);
        }
    }

    #[test]
    fn a_restart_does() {
        let mut boot = BootTime::remembered(Some(at(-1000)));
        assert_eq!(boot.observe(5.0, at(120)), Some(at(115)));
    }
}
