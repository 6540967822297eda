//! How often the OFDM page may still be read.

use std::time::Duration;

use super::wire::Row;

/// CODA modems count how often the OFDM page is read: after about 200 reads its counters turn to zero, and after about
/// 400 the modem restarts. Other pollers count as well, so this stays well below.
const MOST_READS: u32 = 150;

/// The most reads that are put down to the time before we came.
const MOST_READS_BEFORE: u32 = 100;

/// How often the page is read, at most; in seconds.
pub(super) const CADENCE: u32 = 3600;

/// How often the OFDM page was read since the modem started, as far as we know.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    reads: u32,
    worn_out: bool,
    /// When it was last learned, how long the modem had been up.
    uptime: Option<Duration>,
}

impl Allowance {
    /// Learns the modem's uptime. A restart of the modem makes everything new. A restart of ours does not: somebody,
    /// most likely this bridge, has read the page since the modem started, and each hour counts as one read.
    pub fn learn_uptime(&mut self, uptime: Duration) {
        match self.uptime {
            Some(before) if uptime < before => *self = Self::default(),
            Some(_) => {}
            None => {
                let hours = uptime.as_secs() / u64::from(CADENCE);
                let before = u32::try_from(hours).unwrap_or(u32::MAX).min(MOST_READS_BEFORE);
                self.reads = self.reads.saturating_add(before);
            }
        }
        self.uptime = Some(uptime);
    }

    /// How many reads are left until the modem restarts.
    pub const fn left(&self) -> u32 {
        if self.worn_out { 0 } else { MOST_READS.saturating_sub(self.reads) }
    }

    /// Counts a read.
    pub fn spend(&mut self) {
        self.reads = self.reads.saturating_add(1);
        if self.reads == MOST_READS {
            tracing::warn!(
                reads = MOST_READS,
                "the OFDM page rests until the modem restarts: reading on would crash it"
            );
        }
    }

    /// Learns what the page said. Once its counters are gone, reading on only brings the crash nearer.
    pub fn learn_rows(&mut self, rows: &[Row]) {
        if !self.worn_out && rows.iter().any(counters_are_gone) {
            self.worn_out = true;
            tracing::warn!("the modem has lost its OFDM counters; the OFDM page rests until it restarts");
        }
    }
}

/// Whether all counters of the channel are zero while it is well received, which no living channel is.
pub(super) fn counters_are_gone(row: &Row) -> bool {
    let zero = |key| row.count(key) == Some(0);
    zero("dsoctets")
        && zero("correcteds")
        && zero("uncorrect")
        && row.number("plcpower").is_some()
        && row.number("SNR").is_some_and(|snr| snr > 0.0)
}
