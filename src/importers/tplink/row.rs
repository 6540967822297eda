use jiff::Timestamp;

use super::super::span::plausible;
use super::super::{Found, Lines};

/// A row of a device's, a user's or the household's file: `Time, Total Bytes, Delta, On-Peak, Off-Peak`.
///
/// `Delta` is not read: it is what the logger's last poll saw, and it polls more often than it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// When it was written.
    pub time: Timestamp,
    /// What the router's counter stood at: 32 bits, both directions.
    pub total: u64,
}

/// A line of a file with readings: nothing in a header or an empty line.
///
/// # Errors
/// When it is neither.
pub fn row(line: &str) -> Result<Option<Row>, Found> {
    let fields: Vec<_> = line.split(',').map(str::trim).collect();
    match fields.as_slice() {
        [""] => Ok(None),
        [head, ..] if head.eq_ignore_ascii_case("time") => Ok(None),
        [time, total, rest @ ..] if rest.len() <= 3 => reading(time, total, rest).map(Some),
        _ => Err(Found::Unreadable),
    }
}

/// A line of `cache.csv`, which says of each device how it stood last: the device, as its file is named, and the row.
///
/// # Errors
/// When it is not such a line.
pub fn cached(line: &str) -> Result<Option<(String, String, Row)>, Found> {
    let fields: Vec<_> = line.split(',').map(str::trim).collect();
    match fields.as_slice() {
        [""] => Ok(None),
        [head, ..] if head.eq_ignore_ascii_case("mac address") => Ok(None),
        [mac, ip, time, total, rest @ ..] if rest.len() <= 3 => {
            Ok(Some(((*mac).to_owned(), (*ip).to_owned(), reading(time, total, rest)?)))
        }
        _ => Err(Found::Unreadable),
    }
}

fn reading(time: &str, total: &str, rest: &[&str]) -> Result<Row, Found> {
    let whole = |text: &&str| text.parse::<i64>().is_ok();
    if !rest.iter().all(whole) {
        return Err(Found::Unreadable);
    }
    let seconds: i64 = time.parse().map_err(|_| Found::Unreadable)?;
    let total = total.parse().map_err(|_| Found::Unreadable)?;
    Ok(Row { time: plausible(seconds).ok_or(Found::ImpossibleTime)?, total })
}

/// Every row of a file that has its place in time: what is not a row, or goes back in time, is refused.
pub(super) struct Rows<R> {
    lines: Lines<R>,
    name: String,
    last: Option<Row>,
}

impl<R: std::io::BufRead> Rows<R> {
    pub(super) const fn new(name: String, reader: R) -> Self {
        Self { lines: Lines::new(reader), name, last: None }
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self, report: &mut super::super::Report) -> Option<Row> {
        loop {
            let Ok(line) = self.lines.next_line() else {
                report.note_at(Found::StrangeFile, &self.name);
                return None;
            };
            let (number, line) = line?;
            match row(&line).and_then(|row| self.in_order(row)) {
                Ok(Some(row)) => {
                    self.last = Some(row);
                    return Some(row);
                }
                Ok(None) => {}
                Err(found) => report.note(found, &self.name, number),
            }
        }
    }

    fn in_order(&self, row: Option<Row>) -> Result<Option<Row>, Found> {
        match (row, self.last) {
            (Some(row), Some(last)) if row.time < last.time => Err(Found::ImpossibleTime),
            (Some(row), Some(last)) if row.time == last.time => {
                Err(if row.total == last.total { Found::Duplicate } else { Found::Contradiction })
            }
            (row, _) => Ok(row),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::Report;
    use super::*;

    fn at(seconds: i64, total: u64) -> Row {
        Row { time: Timestamp::from_second(seconds).unwrap(), total }
    }

    #[test]
    fn headers_are_written_with_and_without_blanks() {
        for header in [
            "Time, Total Bytes, Delta, On-Peak, Off-Peak",
            "Time,Total Bytes,Delta,On-Peak,Off-Peak",
            "time, total bytes",
            "",
            "   ",
        ] {
            assert_eq!(row(header), Ok(None), "{header}");
        }
        let header = "MAC Address, IP Address, Time,Total Bytes, Delta, On-Peak, Off-Peak";
        assert_eq!(cached(header), Ok(None));
    }

    #[test]
    fn rows_have_five_numbers_and_older_ones_two() {
        let expected = Ok(Some(at(1_474_000_000, 4_294_967_295)));
        assert_eq!(row("1474000000, 4294967295, -12, 5, 6"), expected);
        assert_eq!(row("1474000000,4294967295"), expected);
        for line in
            ["1474000000", "1474000000, x, 1, 2, 3", "1474000000, 1, 2, 3, 4, 5", "1474000000, -1, 0, 0, 0"]
        {
            assert_eq!(row(line), Err(Found::Unreadable), "{line}");
        }
        assert_eq!(row("0, 1, 1, 1, 1"), Err(Found::ImpossibleTime));
        assert_eq!(row("99999999999999, 1, 1, 1, 1"), Err(Found::ImpossibleTime));
    }

    #[test]
    fn the_cache_names_the_device_first() {
        let line = "02:00:5E:10:00:01, 192.168.1.100, 1474000000, 12, 3, 4, 5";
        let (mac, ip, row) = cached(line).unwrap().unwrap();
        assert_eq!(
            (mac.as_str(), ip.as_str(), row),
            ("02:00:5E:10:00:01", "192.168.1.100", at(1_474_000_000, 12))
        );
    }

    #[test]
    fn a_file_goes_forward_in_time() {
        let text = "Time, Total Bytes, Delta, On-Peak, Off-Peak\n1474000060, 1, 0, 0, 0\n1474000000, 2, 0, 0, 0\n\
            1474000060, 1, 0, 0, 0\n1474000060, 7, 0, 0, 0\n1474000120, 9, 0, 0, 0\n14740";
        let mut rows = Rows::new("d.csv".into(), text.as_bytes());
        let mut report = Report::default();
        let seen: Vec<_> = std::iter::from_fn(|| rows.next(&mut report)).collect();
        assert_eq!(seen, [at(1_474_000_060, 1), at(1_474_000_120, 9)]);
        for found in [Found::ImpossibleTime, Found::Duplicate, Found::Contradiction, Found::Unreadable] {
            assert_eq!(report.count(found), 1, "{found:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_rows_or_refusals(bytes: Vec<u8>) {
            let mut rows = Rows::new("d.csv".into(), bytes.as_slice());
            let mut report = Report::default();
            while rows.next(&mut report).is_some() {}
        }
    }
}
