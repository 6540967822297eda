use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::super::{Found, Report};
use super::sample::{Sample, When};

/// A sample, the line it stands in, and its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) at: Timestamp,
    pub(super) line: u64,
    pub(super) sample: Sample,
}

/// Gives each sample its moment and puts them in order. What is there twice is left out.
pub(super) fn order(
    samples: Vec<(u64, Sample)>,
    zone: &TimeZone,
    file: &str,
    report: &mut Report,
) -> Vec<Placed> {
    let mut placed = Vec::with_capacity(samples.len());
    let mut doubtful: Vec<(Date, DateTime, u64, Sample)> = Vec::new();
    for (line, sample) in samples {
        match sample.when {
            When::Moment(at) => placed.push(Placed { at, line, sample }),
            When::Wall(wall) => match zone.to_ambiguous_timestamp(wall).offset() {
                AmbiguousOffset::Unambiguous { .. } => {
                    placed.extend(moment(wall, zone, false).map(|at| Placed { at, line, sample }));
                }
                AmbiguousOffset::Gap { .. } => {
                    report.note(Found::ClockChange, file, line);
                    placed.extend(moment(wall, zone, true).map(|at| Placed { at, line, sample }));
                }
                AmbiguousOffset::Fold { .. } => doubtful.push((wall.date(), wall, line, sample)),
            },
        }
    }
    placed.extend(unfolded(doubtful, zone, file, report));
    let late = placed.windows(2).filter_map(|pair| match pair {
        [one, next] if next.line > one.line && next.at < one.at => Some(next.line),
        _ => None,
    });
    late.for_each(|line| report.note(Found::OutOfOrder, file, line));
    placed.sort_by_key(|placed| (placed.at, placed.line));
    without_copies(placed, file, report)
}

/// The hour that is there twice when the clocks go back: the counters tell which sample came first, and the second round begins where
/// the clock on the wall goes back.
fn unfolded(
    mut doubtful: Vec<(Date, DateTime, u64, Sample)>,
    zone: &TimeZone,
    file: &str,
    report: &mut Report,
) -> Vec<Placed> {
    doubtful.sort_by_key(|(date, wall, line, sample)| {
        (*date, sample.uplink.saturating_add(sample.downlink), *wall, *line)
    });
    let mut placed = Vec::new();
    let mut before: Option<(DateTime, u64)> = None;
    let mut second = false;
    for (date, wall, line, sample) in doubtful {
        let volume = sample.uplink.saturating_add(sample.downlink);
        match before {
            Some((last, _)) if last.date() != date => second = false,
            Some((last, counted)) if wall < last || (wall == last && volume > counted) => second = true,
            _ => {}
        }
        if second {
            report.note(Found::ClockChange, file, line);
        }
        before = Some((wall, volume));
        placed.extend(moment(wall, zone, second).map(|at| Placed { at, line, sample }));
    }
    placed
}

fn moment(wall: DateTime, zone: &TimeZone, later: bool) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    if later { ambiguous.later().ok() } else { ambiguous.earlier().ok() }
}

fn without_copies(placed: Vec<Placed>, file: &str, report: &mut Report) -> Vec<Placed> {
    let mut kept: Vec<Placed> = Vec::with_capacity(placed.len());
    for next in placed {
        match kept.last() {
            Some(last) if last.at == next.at => {
                let (one, other) = (last.sample, next.sample);
                let same = (one.uplink, one.downlink) == (other.uplink, other.downlink);
                report.note(if same { Found::Duplicate } else { Found::Contradiction }, file, next.line);
            }
            _ => kept.push(next),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str, volume: u64) -> Sample {
        Sample { when: When::Wall(text.parse().unwrap()), uplink: volume, downlink: 0, rate: 0 }
    }

    fn ordered(samples: &[(&str, u64)]) -> (Vec<String>, Report) {
        let zone = TimeZone::get("Europe/Stockholm").unwrap();
        let mut report = Report::default();
        let numbered = (1..).zip(samples.iter().map(|(text, volume)| wall(text, *volume))).collect();
        let placed = order(numbered, &zone, "f", &mut report);
        (placed.iter().map(|placed| placed.at.to_string()).collect(), report)
    }

    #[test]
    fn the_doubled_hour_is_told_by_the_counters() {
        let (at, report) = ordered(&[
            ("2013-10-27 03:00:00", 60),
            ("2013-10-27 02:40:00", 20),
            ("2013-10-27 02:10:00", 10),
            ("2013-10-27 02:40:00", 50),
            ("2013-10-27 02:10:00", 40),
        ]);
        let minutes: Vec<_> = at.iter().map(|at| at.get(11..16).unwrap()).collect();
        assert_eq!(minutes, ["00:10", "00:40", "01:10", "01:40", "02:00"]);
        assert_eq!(report.count(Found::ClockChange), 2);
        let (at, _) = ordered(&[("2013-10-27 02:56:10", 1), ("2013-10-27 02:56:10", 2)]);
        assert_eq!(at, ["2013-10-27T00:56:10Z", "2013-10-27T01:56:10Z"]);
    }

    #[test]
    fn the_missing_hour_is_put_behind_the_change() {
        let (at, report) = ordered(&[("2014-03-30 01:56:10", 1), ("2014-03-30 02:56:10", 2)]);
        assert_eq!(at, ["2014-03-30T00:56:10Z", "2014-03-30T01:56:10Z"]);
        assert_eq!(report.count(Found::ClockChange), 1);
    }

    #[test]
    fn copies_are_left_out_and_lines_put_in_order() {
        let (at, report) = ordered(&[
            ("2014-05-01 02:00:00", 2),
            ("2014-05-01 01:00:00", 1),
            ("2014-05-01 02:00:00", 2),
            ("2014-05-01 02:00:00", 9),
        ]);
        assert_eq!(at.len(), 2);
        for found in [Found::OutOfOrder, Found::Duplicate, Found::Contradiction] {
            assert_eq!(report.count(found), 1, "{found:?}");
        }
    }
}
