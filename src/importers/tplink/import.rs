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
const COUNTING: Counting =
    Counting { bits: 32, overflow: Overflow::Wraps, renewal: Renewal::Appearance, ceiling: Some(25_000_000) };

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
            household.read(device, row, report);
        }
        for (device, row) in last_rows(month, open, report)? {
            household.read_last(device, row, report);
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
    while let Some((number, line)) = lines.next()? {
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
    fn read_last(&mut self, device: Device, row: Row, report: &mut Report) {
        if self.devices.get(&device).is_none_or(|known| row.time > known.last.time) {
            self.read(device, row, report);
        }
    }

    fn read(&mut self, device: Device, row: Row, report: &mut Report) {
        if self.poll.is_none_or(|poll| row.time.duration_since(poll) > ONE_POLL) {
            self.before = self.poll.replace(row.time);
        }
        let listed =
            |last: Option<Timestamp>| self.before.filter(|before| last.is_none_or(|last| last < *before));
        let evidence = |last| Evidence { at: row.time, boot: None, replaced: false, listed: listed(last) };
        let growth = match self.devices.get_mut(&device) {
            Some(known) if row.time <= known.last.time => {
                report.note_at(Found::ImpossibleTime, format_args!("{} at {}", device.mac, row.time));
                return;
            }
            Some(known) => {
                if row.total < known.last.total {
                    report.note_at(Found::Fell, format_args!("{} at {}", device.mac, row.time));
                }
                let evidence = evidence(Some(known.last.time));
                known.last = row;
                known.counter.take(row.total, &COUNTING, &evidence)
            }
            None => {
                let (counter, growth) = Lifetime::begin(row.total, &COUNTING, &evidence(None));
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
