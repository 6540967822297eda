//! How often the OFDM page may still be read.

use std::time::Duration;

use super::wire::Row;

/// CODA modems count how often the OFDM page is read: after about 200 reads its counters turn to zero, and after about
/// 400 the modem restarts. Other pollers count as well, so this stays well below.
const MOST_READS: u32 = 150;

/// How often the OFDM page was read since the modem started, as far as we know.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    reads: u32,
    worn_out: bool,
    uptime: Duration,
}

impl Allowance {
    /// Learns the modem's uptime. A restart makes everything new.
    pub fn learn_uptime(&mut self, uptime: Duration) {
        if uptime < self.uptime {
            *self = Self::default();
        }
        self.uptime = uptime;
    }

    /// Whether the page may be read once more.
    pub const fn is_left(&self) -> bool {
        self.reads < MOST_READS && !self.worn_out
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
