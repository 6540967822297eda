//! The traffic counters, and when to believe them.

use super::wire::quoted;
use crate::model::printed;

/// What a page tells of the traffic, in whatever units the firmware counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Traffic {
    /// Sent since the box began to count.
    pub up: u64,
    /// Received since the box began to count.
    pub down: u64,
    /// The current rate out of the house.
    pub up_rate: Option<f64>,
    /// The current rate into the house.
    pub down_rate: Option<f64>,
    /// The public address; empty when there is none.
    pub address: Option<String>,
    /// How long the connection has been up, in seconds.
    pub connected: Option<u64>,
}

impl Traffic {
    /// Reads a page. Without both counters it tells nothing: what is absent must not become zero.
    pub fn of(page: &str) -> Option<Self> {
        let count = |key| quoted(page, key).and_then(printed::count);
        #[expect(clippy::cast_precision_loss, reason = "rates stay far below 2^53")]
        let rate = |key| count(key).map(|rate| rate as f64);
        Some(Self {
            up: count("upvolume")?,
            down: count("downvolume")?,
            up_rate: rate("uprate"),
            down_rate: rate("downrate"),
            address: quoted(page, "dataip").map(|address| address.trim().to_owned()),
            connected: count("liveTime"),
        })
    }

    /// Whether there is no sign of life in it at all.
    fn is_blank(&self) -> bool {
        let still = |rate: Option<f64>| rate.is_none_or(|rate| rate <= 0.0);
        self.up == 0
            && self.down == 0
            && still(self.up_rate)
            && still(self.down_rate)
            && self.address.as_deref().and_then(printed::address).is_none()
            && self.connected.is_none_or(|seconds| seconds == 0)
    }
}

/// Both counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Volumes {
    pub up: u64,
    pub down: u64,
}

/// The counters as they were last believed. A box without a session, or one that is starting, has been seen to show
/// zeros; that is not a reset, and must never look like one.
#[derive(Debug, Default)]
pub(super) struct Ledger(Option<Volumes>);

impl Ledger {
    /// The counters, as far as they can be believed; none when a page that is all zeros is the first that was read, and
    /// so may be that of a box that has not counted anything yet.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn enter(&mut self, read: &Traffic) -> Result<Option<Volumes>, &'static str> {
        let now = Volumes { up: read.up, down: read.down };
        let last = self.0.unwrap_or(Volumes { up: 0, down: 0 });
        if read.is_blank() {
            let was_higher = last.up > 0 || last.down > 0;
            return if was_higher { Err("everything is zero at once") } else { Ok(None) };
        }
        if is_half_a_reset((last.up, now.up), (last.down, now.down)) {
            return Err("one counter is zero, and the other goes on");
        }
        let held = Volumes { up: held(last.up, now.up), down: held(last.down, now.down) };
        self.0 = Some(held);
        Ok(Some(held))
    }
}

/// A reset clears both counters.
const fn is_half_a_reset(up: (u64, u64), down: (u64, u64)) -> bool {
    const fn vanished(counter: (u64, u64)) -> bool {
        counter.0 > 0 && counter.1 == 0
    }
    const fn goes_on(counter: (u64, u64)) -> bool {
        counter.0 > 0 && counter.1 >= counter.0
    }
    (vanished(up) && goes_on(down)) || (vanished(down) && goes_on(up))
}

/// After a restart the box goes back to its last saved copy: a drop of less than one per cent is not a reset, and the
/// counter waits until the box has caught up.
const fn held(last: u64, now: u64) -> u64 {
    if now < last && last - now < last / 100 { last } else { now }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SP102: &str = "<script> var WanStatistics = {'uprate' : '85' , 'downrate' : '156' , 'upvolume' : '326496069' , \
                         'downvolume' : '1114463689' , 'liveTime' : '1209600'};\n\
                         var wanIPDNS = {'dataip' : '198.51.100.49' , 'datadns' : '198.51.100.1,198.51.100.2'};</script>";
    const S22: &str = "WanStatistics = {'uprate' : '51736' , 'downrate' : '389680' , 'upvolume' : '125004949100' , \
                       'downvolume' : '1076929187571' , 'liveTime' : '87921988'};\n\
                       wanIPDNS = {'dataip': '198.51.100.7' , 'datadns': '', 'voiceip': '' , 'voicedns': ''};";

    fn counted(up: u64, down: u64) -> Traffic {
        let address = Some("198.51.100.49".to_owned());
        Traffic { up, down, up_rate: Some(2.0), down_rate: Some(7.0), address, connected: None }
    }

    fn nothing() -> Traffic {
        let address = Some(String::new());
        Traffic { up: 0, down: 0, up_rate: Some(0.0), down_rate: Some(0.0), address, connected: None }
    }

    fn volumes(up: u64, down: u64) -> Result<Option<Volumes>, &'static str> {
        Ok(Some(Volumes { up, down }))
    }

    #[test]
    fn both_ways_of_printing_are_read() {
        let read = Traffic::of(SP102).unwrap();
        assert_eq!((read.up, read.down), (326_496_069, 1_114_463_689));
        assert_eq!((read.up_rate, read.down_rate), (Some(85.0), Some(156.0)));
        assert_eq!(read.address.as_deref(), Some("198.51.100.49"));
        assert_eq!(read.connected, Some(1_209_600));
        let read = Traffic::of(S22).unwrap();
        assert_eq!((read.up, read.down), (125_004_949_100, 1_076_929_187_571));
        assert_eq!(read.address.as_deref(), Some("198.51.100.7"));
    }

    #[test]
    fn a_page_that_ends_early_is_no_page() {
        let end = SP102.find("' , 'liveTime'").unwrap();
        for cut in 0..=end {
            assert_eq!(Traffic::of(SP102.get(..cut).unwrap()), None, "{cut}");
        }
        assert!(Traffic::of(SP102.get(..=end).unwrap()).is_some());
    }

    #[test]
    fn what_is_no_number_is_no_counter() {
        for wrong in ["", " ", "-1", "1.5", "NA", "18446744073709551616", "1e9"] {
            assert_eq!(Traffic::of(&SP102.replace("326496069", wrong)), None, "{wrong}");
            let read = Traffic::of(&SP102.replace("'85'", &format!("'{wrong}'"))).unwrap();
            assert_eq!(read.up_rate, None, "{wrong}");
        }
    }

    #[test]
    fn zeros_in_everything_are_a_failed_read_once_there_was_more() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.enter(&counted(42_761_926, 60_000_000)), volumes(42_761_926, 60_000_000));
        for _ in 0..131 {
            assert!(ledger.enter(&nothing()).is_err());
        }
        assert_eq!(ledger.enter(&counted(42_761_930, 60_000_001)), volumes(42_761_930, 60_000_001));
    }

    #[test]
    fn zeros_in_everything_at_first_sight_are_nothing_known() {
        let mut ledger = Ledger::default();
        for address in [None, Some(String::new()), Some("0.0.0.0".to_owned())] {
            assert_eq!(
                ledger.enter(&Traffic { address, up_rate: None, connected: Some(0), ..nothing() }),
                Ok(None)
            );
        }
        assert_eq!(ledger.enter(&counted(5, 6)), volumes(5, 6));
    }

    #[test]
    fn counters_that_were_cleared_while_the_line_is_up_are_zero() {
        let address = Some("198.51.100.49".to_owned());
        for alive in [
            Traffic { address, ..nothing() },
            Traffic { down_rate: Some(3.0), ..nothing() },
            Traffic { connected: Some(12), ..nothing() },
        ] {
            let mut ledger = Ledger::default();
            ledger.enter(&counted(42_761_926, 60_000_000)).unwrap();
            assert_eq!(ledger.enter(&alive), volumes(0, 0), "{alive:?}");
        }
        let mut ledger = Ledger::default();
        ledger.enter(&counted(42_761_926, 60_000_000)).unwrap();
        assert_eq!(ledger.enter(&counted(50_640, 0)), volumes(50_640, 0), "seen within the hour after");
    }

    #[test]
    fn one_counter_is_not_cleared_alone() {
        let mut ledger = Ledger::default();
        ledger.enter(&counted(42_761_926, 60_000_000)).unwrap();
        assert!(ledger.enter(&counted(0, 60_000_005)).is_err());
        assert!(ledger.enter(&counted(42_761_930, 0)).is_err());
    }

    #[test]
    fn a_small_step_back_is_held_until_it_is_made_up() {
        // Seen at reconnects: the box goes back to its last saved copy.
        let mut ledger = Ledger::default();
        ledger.enter(&counted(100_010_379, 200_000_000)).unwrap();
        assert_eq!(ledger.enter(&counted(100_000_000, 200_004_439)), volumes(100_010_379, 200_004_439));
        assert_eq!(ledger.enter(&counted(100_020_000, 200_004_500)), volumes(100_020_000, 200_004_500));
        assert_eq!(ledger.enter(&counted(50_640, 61_000)), volumes(50_640, 61_000), "this one is a reset");
    }

    #[test]
    fn a_line_that_is_down_keeps_its_counters() {
        let mut ledger = Ledger::default();
        ledger.enter(&counted(100, 200)).unwrap();
        assert_eq!(ledger.enter(&Traffic { up: 100, down: 200, ..nothing() }), volumes(100, 200));
    }
}
