use std::io::{self, BufRead};

use jiff::tz::TimeZone;

use super::super::{Found, Lines, Portion, Report};
use super::documents::Documents;
use super::order::{Placed, order};
use super::sample::{self, Clock, Sample};
use crate::accounting::{Amounts, Evidence, Gap, Growth, Lifetime};
use crate::model::{Counting, Overflow, Renewal, Subject};

/// How the box counts: when it restarts or connects anew it goes back to the copy it saved last. It has LTE category 4.
const COUNTING: Counting = Counting {
    bits: 64,
    overflow: Overflow::Saturates,
    renewal: Renewal::SavedCopy,
    ceiling: Some(FASTEST_BYTES),
    rounded: false,
};

/// What LTE category 4 allows, in bytes and in bits a second.
const FASTEST_BYTES: u64 = FASTEST_BITS / 8;
const FASTEST_BITS: u64 = 150_000_000;

/// What the samples do not say.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the wall hangs whose clock wrote the times.
    pub zone: TimeZone,
    /// What the volumes are counted in; found out when not given.
    pub units: Option<Units>,
    /// What times that are numbers count from; as the variant at hand does when not given.
    pub clock: Option<Clock>,
}

/// What the volumes are counted in. The box's firmware decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// Kilobytes of 1024 bytes, and kilobits a second: firmware V100.
    Kilo,
    /// Bytes, and bits a second: firmware V200.
    Base,
}

impl Units {
    const fn bytes(self, volume: u64) -> u64 {
        match self {
            Self::Kilo => volume.saturating_mul(1024),
            Self::Base => volume,
        }
    }

    /// A rate that the radio cannot have in kilobits, or so much in so short a time, must be in the smaller units.
    fn of(samples: &[Placed]) -> Self {
        let too_fast = |placed: &Placed| placed.sample.rate > FASTEST_BITS / 1000;
        let too_much = |pair: &[Placed]| match pair {
            [one, next] => {
                let seconds = u64::try_from(next.at.duration_since(one.at).as_secs()).unwrap_or(0).max(1);
                let grown = next.sample.downlink.saturating_sub(one.sample.downlink);
                grown.saturating_mul(1024) / seconds > FASTEST_BYTES.saturating_mul(2)
            }
            _ => false,
        };
        if samples.iter().any(too_fast) || samples.windows(2).any(too_much) { Self::Base } else { Self::Kilo }
    }
}

/// Reads a file of samples, and gives what the box received and sent between them.
///
/// # Errors
/// When the file cannot be read on.
pub fn import(
    file: &str,
    reader: impl BufRead,
    settings: &Settings,
    report: &mut Report,
    take: &mut dyn FnMut(Portion),
) -> io::Result<Units> {
    report.files += 1;
    let samples = read(file, reader, settings.clock, report)?;
    let samples = order(samples, &settings.zone, file, report);
    let units = settings.units.unwrap_or_else(|| Units::of(&samples));
    report.taken += samples.len() as u64;
    let mut counters: Option<[(Lifetime, u64); 2]> = None;
    for Placed { at, line, sample } in samples {
        let evidence = Evidence { at, boot: None, replaced: false, listed: None };
        let raw = [sample.downlink, sample.uplink].map(|volume| units.bytes(volume));
        let Some(known) = &mut counters else {
            counters = Some(raw.map(|raw| (Lifetime::begin(raw, &COUNTING, &evidence).0, raw)));
            continue;
        };
        let [down, up] = known;
        let [received, sent] = [(down, raw[0]), (up, raw[1])].map(|((counter, last), raw)| {
            if raw < std::mem::replace(last, raw) {
                report.note(Found::Fell, file, line);
            }
            counter.take(raw, &COUNTING, &evidence)
        });
        for portion in portions(received, sent) {
            if portion.gap.is_some() {
                report.note(Found::Gap, file, line);
            }
            take(portion);
        }
    }
    Ok(units)
}

/// The two directions as one portion where they are of the same time, as they nearly always are.
fn portions(received: Option<Growth>, sent: Option<Growth>) -> Vec<Portion> {
    let of = |growth: Growth, amounts| Portion {
        party: Subject::Router,
        from: growth.from,
        to: growth.to,
        amounts,
        gap: growth.gap,
    };
    let both = |received, sent| Amounts { received, sent, mixed: 0 };
    match (received, sent) {
        (Some(down), Some(up)) if (down.from, down.to) == (up.from, up.to) => {
            let gap = widest(down.gap, up.gap);
            vec![Portion { gap, ..of(down, both(down.amount, up.amount)) }]
        }
        (down, up) => {
            let down = down.map(|growth| of(growth, both(growth.amount, 0)));
            let up = up.map(|growth| of(growth, both(0, growth.amount)));
            down.into_iter().chain(up).collect()
        }
    }
}

fn widest(one: Option<Gap>, other: Option<Gap>) -> Option<Gap> {
    match (one, other) {
        (Some(one), Some(other)) => Some(Gap { from: one.from.min(other.from), to: one.to.max(other.to) }),
        (gap, None) | (None, gap) => gap,
    }
}

/// Every sample with its line. What the first character is tells the variant.
fn read(
    file: &str,
    mut reader: impl BufRead,
    clock: Option<Clock>,
    report: &mut Report,
) -> io::Result<Vec<(u64, Sample)>> {
    let start = reader.fill_buf()?;
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace() && byte.is_ascii());
    let is_csv = !matches!(first, Some(b'{' | b'['));
    let mut samples = Vec::new();
    let mut keep = |number, outcome: Result<Option<Sample>, Found>, report: &mut Report| match outcome {
        Ok(sample) => samples.extend(sample.map(|sample| (number, sample))),
        Err(found) => report.note(found, file, number),
    };
    if is_csv {
        let mut lines = Lines::new(reader);
        while let Some((number, text)) = lines.next_line()? {
            keep(number, sample::line(&text, clock.unwrap_or(Clock::Local)), report);
        }
    } else {
        let mut documents = Documents::new(Lines::new(reader));
        while let Some((number, text)) = documents.next()? {
            keep(number, sample::document(&text, clock.unwrap_or(Clock::Utc)).map(Some), report);
        }
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn settings() -> Settings {
        Settings { zone: TimeZone::get("Europe/Stockholm").unwrap(), units: None, clock: None }
    }

    fn imported(text: &[u8], settings: &Settings) -> (Units, Vec<Portion>, Report) {
        let mut report = Report::default();
        let mut portions = Vec::new();
        let units = import("f", text, settings, &mut report, &mut |portion| portions.push(portion)).unwrap();
        (units, portions, report)
    }

    /// A sample of each hour from the first of May on, as text.
    fn samples(volumes: &[(u64, u64)]) -> String {
        let line = |(hour, (up, down)): (usize, &(u64, u64))| {
            let time = format!("2014-05-01 {hour:02}:00:00");
            format!("{{\"Time\": \"{time}\", \"UplinkVolume\": {up}.0, \"DownlinkVolume\": {down}.0}}\n")
        };
        volumes.iter().enumerate().map(line).collect()
    }

    fn received(portions: &[Portion]) -> u64 {
        portions.iter().map(|portion| portion.amounts.received).sum::<u64>() / 1024
    }

    #[test]
    fn what_passed_between_two_samples_is_the_boxs() {
        let (units, portions, report) =
            imported(samples(&[(100, 1000), (150, 1400)]).as_bytes(), &settings());
        assert_eq!((units, report.taken, report.refused()), (Units::Kilo, 2, 0));
        let amounts = Amounts { received: 400 * 1024, sent: 50 * 1024, mixed: 0 };
        let from = "2014-04-30T22:00:00Z".parse().unwrap();
        let to = "2014-04-30T23:00:00Z".parse().unwrap();
        assert_eq!(portions, [Portion { party: Subject::Router, from, to, amounts, gap: None }]);
    }

    #[test]
    fn zeros_do_not_count_and_a_small_step_back_is_no_reset() {
        let text = samples(&[
            (100, 100_000),
            (0, 0),
            (200, 100_500),
            (190, 100_400),
            (210, 100_600),
            (300, 101_000),
        ]);
        let (_, portions, report) = imported(text.as_bytes(), &settings());
        assert_eq!(report.count(Found::FailedRead), 1);
        assert!(report.count(Found::Fell) > 0);
        let all = received(&portions);
        assert!((900..=1100).contains(&all), "{all}");
    }

    #[test]
    fn a_true_reset_begins_anew() {
        let text = samples(&[(900, 42_000_000), (1000, 42_700_000), (5, 50_000), (10, 60_000), (20, 70_000)]);
        let (_, portions, report) = imported(text.as_bytes(), &settings());
        let all = received(&portions);
        assert!((720_000..=770_000).contains(&all), "{all}");
        assert!(report.count(Found::Gap) > 0);
    }

    #[test]
    fn units_are_told_by_what_the_box_can_do() {
        let fast = "uplink,downlink,uplink rate,downlink rate,IP address,time,session id\n\
            1000,2000,0,160000,x,1439418300000,1\n2000,3000,0,0,x,1439421900000,1\n";
        let (units, portions, _) = imported(fast.as_bytes(), &settings());
        assert_eq!((units, portions[0].amounts.received), (Units::Base, 1000));
        let (units, ..) = imported(samples(&[(1, 1), (1, 900_000_000_000)]).as_bytes(), &settings());
        assert_eq!(units, Units::Base);
        let kilo = Settings { units: Some(Units::Kilo), ..settings() };
        assert_eq!(imported(fast.as_bytes(), &kilo).1[0].amounts.received, 1000 * 1024);
    }

    proptest! {
        #[test]
        fn any_bytes_are_samples_or_refusals(bytes: Vec<u8>) {
            imported(&bytes, &settings());
        }

        /// Whatever the order of the lines, and however often they are there, what comes out is the same.
        #[test]
        fn the_order_of_lines_does_not_matter(
            grown in prop::collection::vec((0..1000_u64, 1..5000_u64), 2..20),
            seed: u64,
        ) {
            let mut volume = (1000, 100_000);
            let volumes: Vec<_> = grown.iter().map(|(up, down)| {
                volume = (volume.0 + up, volume.1 + down);
                volume
            }).collect();
            let text = samples(&volumes);
            let mut lines: Vec<_> = text.lines().chain(text.lines()).collect();
            fastrand::Rng::with_seed(seed).shuffle(&mut lines);
            let straight = imported(text.as_bytes(), &settings()).1;
            let shuffled = imported(lines.join("\n").as_bytes(), &settings()).1;
            prop_assert_eq!(received(&straight), volumes[volumes.len() - 1].1 - volumes[0].1);
            prop_assert_eq!(straight, shuffled);
        }
    }
}
