use std::fmt;

use jiff::Timestamp;

/// The first line of every file.
pub(super) const HEADER: &str = "Time, Total Bytes, Delta, On-Peak, Off-Peak";

/// A line: how a counter stood, and what of it was when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) time: Timestamp,
    /// Of all time.
    pub(super) total: u64,
    /// Since the line before.
    pub(super) delta: u64,
    /// On-peak in this month.
    pub(super) on_peak: u64,
    /// Off-peak in this month.
    pub(super) off_peak: u64,
}

impl Row {
    /// What passed in this month.
    pub(super) const fn month(&self) -> u64 {
        self.on_peak.saturating_add(self.off_peak)
    }

    /// The row of a line without its end; `None` when it is none.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(',').map(str::trim);
        let time = Timestamp::from_second(fields.next()?.parse().ok()?).ok()?;
        let mut number = || fields.next()?.parse().ok();
        let row = Self { time, total: number()?, delta: number()?, on_peak: number()?, off_peak: number()? };
        fields.next().is_none().then_some(row)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, total, delta, on_peak, off_peak } = self;
        write!(out, "{}, {total}, {delta}, {on_peak}, {off_peak}", time.as_second())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reads_back_what_it_prints() {
        let time = Timestamp::from_second(1_474_000_000).unwrap();
        let row = Row { time, total: u64::MAX, delta: 1, on_peak: 2, off_peak: 3 };
        assert_eq!(row.to_string(), "1474000000, 18446744073709551615, 1, 2, 3");
        assert_eq!(Row::parse(&row.to_string()), Some(row));
        for line in [HEADER, "", "1474000000, 1, 2, 3", "1474000000, 1, 2, 3, 4, 5", "x, 1, 2, 3, 4"] {
            assert_eq!(Row::parse(line), None, "{line}");
        }
    }
}
