use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::folder::{Device, Folder, Month};
use super::merge::Merge;
use super::row::{Row, cached};
use crate::accounting::{Amounts, Evidence, Growth, Lifetime};
use crate::importers::{Found, Lines, Open, Portion, Report};
use crate::model::{Counting, ItemId, Mac, Overflow, Renewal, Subject};

/// How the router counts: 32 bits for each device, from zero when the device comes back after the router forgot it. Its line has
/// 100 Mbit/s in each direction.
const COUNTING: Counting = Counting {
    bits: 32,
    overflow: Overflow::Wraps,
    renewal: Renewal::Appearance,
    ceiling: Some(25_000_000),
    rounded: false,
};

/// Whoever writes totals beyond 32 bits has made them of such counters, and they never fall.
const WIDE: Counting = Counting { bits: 64, ceiling: None, ..COUNTING };

/// How the rows of a device count, as these two show.
fn counting(last: u64, next: u64) -> &'static Counting {
    if last.max(next) > u64::from(u32::MAX) { &WIDE } else { &COUNTING }
}

/// The logger writes the rows of one poll within a second.
const ONE_POLL: SignedDuration = SignedDuration::from_secs(1);

/// Whose device this is at a time.
pub type Owner<'a> = dyn Fn(Mac, Timestamp) -> Option<ItemId> + 'a;

/// Reads every month, and gives what each device used between its rows, once for the device, once for the person whose it is,
/// and once for the household.
///
/// # Errors
/// When a file cannot be opened.
pub fn import(
    folder: &Folder,
    owner: &Owner<'_>,
    open: &Open<'_>,
    report: &mut Report,
    take: &mut dyn FnMut(Portion),
) -> io::Result<()> {
    let mut household = Household { owner, take, devices: BTreeMap::new(), poll: None, before: None };
    for month in &folder.months {
        let mut rows = Merge::open(month, open, report)?;
        while let Some((device, row)) = rows.next(report) {
            household.read(&device, row, report);
        }
        for (device, row) in last_rows(month, open, report)? {
            household.read_last(&device, row, report);
        }
    }
    Ok(())
}

/// The rows of the cache, which can be later than those of the files when the logger was stopped between the two.
fn last_rows(month: &Month, open: &Open<'_>, report: &mut Report) -> io::Result<Vec<(Device, Row)>> {
    let Some(path) = &month.cache else {
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    let mut lines = Lines::new(open(path)?);
    report.files += 1;
    while let Some((number, line)) = lines.next_line()? {
        match cached(&line).map(|found| found.map(|(mac, ip, row)| (mac.parse::<Mac>(), ip, row))) {
            Ok(Some((Ok(mac), ip, row))) => rows.push((Device { mac, ip }, row)),
            Ok(None) => {}
            Ok(Some((Err(_), ..))) => report.note(Found::Unreadable, &name(path), number),
            Err(found) => report.note(found, &name(path), number),
        }
    }
    rows.sort_by_key(|(_, row)| row.time);
    Ok(rows)
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

/// What is known of a device while the rows go by.
struct Known {
    counter: Lifetime,
    last: Row,
}

struct Household<'a> {
    owner: &'a Owner<'a>,
    take: &'a mut dyn FnMut(Portion),
    devices: BTreeMap<Device, Known>,
    /// When the logger polled last, and the time before that.
    poll: Option<Timestamp>,
    before: Option<Timestamp>,
}

impl Household<'_> {
    /// A row of the cache: as a rule the last one of the file once more.
    fn read_last(&mut self, device: &Device, row: Row, report: &mut Report) {
        if self.devices.get(device).is_none_or(|known| row.time > known.last.time) {
            self.read(device, row, report);
        }
    }

    fn read(&mut self, device: &Device, row: Row, report: &mut Report) {
        if self.poll.is_none_or(|poll| row.time.duration_since(poll) > ONE_POLL) {
            self.before = self.poll.replace(row.time);
        }
        let listed =
            |last: Option<Timestamp>| self.before.filter(|before| last.is_none_or(|last| last < *before));
        let evidence = |last| Evidence { at: row.time, boot: None, replaced: false, listed: listed(last) };
        let growth = match self.devices.get_mut(device) {
            Some(known) if row.time <= known.last.time => {
                report.note_at(Found::ImpossibleTime, format_args!("{} at {}", device.mac, row.time));
                return;
            }
            Some(known) => {
                if row.total < known.last.total {
                    report.note_at(Found::Fell, format_args!("{} at {}", device.mac, row.time));
                }
                let evidence = evidence(Some(known.last.time));
                let last = std::mem::replace(&mut known.last, row);
                known.counter.take(row.total, counting(last.total, row.total), &evidence)
            }
            None => {
                let (counter, growth) = Lifetime::begin(row.total, counting(0, row.total), &evidence(None));
                self.devices.insert(device.clone(), Known { counter, last: row });
                growth
            }
        };
        report.taken += 1;
        if let Some(growth) = growth {
            if growth.gap.is_some() {
                report.note_at(Found::Gap, format_args!("{} at {}", device.mac, row.time));
            }
            self.pass_on(device.mac, growth);
        }
    }

    fn pass_on(&mut self, mac: Mac, growth: Growth) {
        let Growth { amount, from, to, gap } = growth;
        let person = (self.owner)(mac, to).map(Subject::Person);
        for party in [Some(Subject::Client(mac)), person, Some(Subject::Router)].into_iter().flatten() {
            let amounts = Amounts { mixed: amount, ..Amounts::default() };
            (self.take)(Portion { party, from, to, amounts, gap });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::{BufRead, BufReader};

    use super::*;

    const HEADER: &str = "Time, Total Bytes, Delta, On-Peak, Off-Peak\n";
    /// The first of September 2016, at noon.
    const NOON: u64 = 1_472_731_200;

    struct Logger(tempfile::TempDir);

    impl Logger {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        /// A device's file: minutes since noon, and totals.
        fn device(&self, month: &str, last: u8, rows: &[(u64, u64)]) {
            let folder = self.0.path().join("logs").join(month).join("devices");
            fs::create_dir_all(&folder).unwrap();
            let row = |(minute, total): &(u64, u64)| format!("{}, {total}, 0, 0, 0\n", NOON + minute * 60);
            let text: String = rows.iter().map(row).collect();
            let name = format!("02-00-5E-10-00-0{last}_192.168.1.10{last}.csv");
            fs::write(folder.join(name), format!("{HEADER}{text}")).unwrap();
        }

        fn cache(&self, month: &str, text: &str) {
            fs::write(self.0.path().join("logs").join(month).join("cache.csv"), text).unwrap();
        }

        fn import(&self) -> (Vec<Portion>, Report) {
            let mut report = Report::default();
            let folder = Folder::open(self.0.path(), &mut report).unwrap();
            let owner = |mac: Mac, _| (mac == self::mac(1)).then(|| ItemId::new("alice").unwrap());
            let open = |path: &Path| Ok(Box::new(BufReader::new(File::open(path)?)) as Box<dyn BufRead>);
            let mut portions = Vec::new();
            let take = &mut |portion| portions.push(portion);
            import(&folder, &owner, &open, &mut report, take).unwrap();
            (portions, report)
        }
    }

    fn mac(last: u8) -> Mac {
        Mac::new([2, 0, 0x5e, 0x10, 0, last])
    }

    fn used(portions: &[Portion], party: &Subject) -> u64 {
        portions.iter().filter(|portion| portion.party == *party).map(|portion| portion.amounts.mixed).sum()
    }

    #[test]
    fn each_device_counts_for_itself_its_owner_and_the_household() {
        let logger = Logger::new();
        logger.device("2016-9", 1, &[(0, 1000), (1, 1500), (2, 1700)]);
        logger.device("2016-9", 2, &[(0, 50), (1, 60), (2, 60)]);
        let (portions, report) = logger.import();
        assert_eq!((report.taken, report.files, report.refused()), (6, 2, 0));
        assert_eq!(used(&portions, &Subject::Client(mac(1))), 700);
        assert_eq!(used(&portions, &Subject::Person(ItemId::new("alice").unwrap())), 700);
        assert_eq!(used(&portions, &Subject::Client(mac(2))), 10);
        assert_eq!(used(&portions, &Subject::Router), 710);
    }

    #[test]
    fn a_counter_wraps_at_32_bits() {
        let logger = Logger::new();
        logger.device("2016-9", 1, &[(0, 4_294_000_000), (1, 4_294_900_000), (2, 1_000_000), (3, 2_000_000)]);
        let (portions, report) = logger.import();
        assert_eq!(used(&portions, &Subject::Client(mac(1))), 900_000 + 67_296 + 1_000_000 + 1_000_000);
        assert_eq!(report.count(Found::Fell), 1);
        assert!(portions.iter().all(|portion| portion.gap.is_none()));
    }

    #[test]
    fn totals_beyond_32_bits_are_taken_as_they_are() {
        let logger = Logger::new();
        logger.device("2016-9", 1, &[(0, 4_294_000_000), (1, 4_295_000_000), (2, 9_000_000_000)]);
        let (portions, report) = logger.import();
        assert_eq!(used(&portions, &Subject::Client(mac(1))), 9_000_000_000 - 4_294_000_000);
        assert_eq!((report.count(Found::Fell), report.count(Found::Gap)), (0, 0));
    }

    #[test]
    fn a_counter_that_begins_anew_has_a_gap() {
        let logger = Logger::new();
        logger.device("2016-9", 1, &[(0, 10_000_000), (1, 20_000_000), (2, 500), (3, 700), (4, 900)]);
        let (portions, report) = logger.import();
        let all = used(&portions, &Subject::Client(mac(1)));
        assert!((10_000_000..=10_000_900).contains(&all), "{all}");
        assert!(report.count(Found::Gap) > 0);
    }

    #[test]
    fn a_device_that_appears_later_has_counted_since_the_poll_before() {
        let logger = Logger::new();
        logger.device("2016-9", 1, &[(0, 1000), (1, 1000), (2, 1000)]);
        logger.device("2016-9", 2, &[(2, 5000)]);
        let (portions, _) = logger.import();
        let first = portions.iter().find(|portion| portion.party == Subject::Client(mac(2))).unwrap();
        assert_eq!((first.amounts.mixed, first.to.duration_since(first.from).as_secs()), (5000, 60));
    }

    #[test]
    fn months_follow_each_other_and_the_cache_has_the_last_word() {
        let logger = Logger::new();
        logger.device("2016-9", 1, &[(0, 1000), (1, 1100)]);
        logger.device("2016-10", 1, &[(43_200, 1500), (43_201, 1600)]);
        let row = |minute: u64, total: u64| {
            format!("02:00:5E:10:00:01, 192.168.1.101, {}, {total}, 0, 0, 0\n", NOON + minute * 60)
        };
        let header = "MAC Address, IP Address, Time,Total Bytes, Delta, On-Peak, Off-Peak\n";
        logger.cache("2016-9", &format!("{header}{}", row(1, 1100)));
        logger.cache("2016-10", &format!("{header}{}garbage\n", row(43_202, 1700)));
        let (portions, report) = logger.import();
        assert_eq!(used(&portions, &Subject::Client(mac(1))), 700);
        assert_eq!((report.taken, report.count(Found::Unreadable)), (5, 1));
    }
}
