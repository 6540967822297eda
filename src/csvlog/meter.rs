use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::journal::Standings;
use super::name;
use super::place::{Month, Whose};
use super::row::Row;
use crate::accounting::{Band, People, Timetable};
use crate::model::{ItemId, Mac};

/// Who owns what is nobody's; their file is that of the unknown.
const OTHERS: &str = "others";

/// Whose devices there are, and what each time costs.
#[derive(Clone, Debug)]
pub struct Household {
    timetable: Timetable,
    people: People,
    files: BTreeMap<ItemId, String>,
}

impl Household {
    /// A household with these people and this timetable.
    pub fn new(people: People, timetable: Timetable) -> Self {
        let named = people.iter().filter(|person| person.id.as_str() != OTHERS);
        let files = name::of_people(named.map(|person| (&person.id, person.name.as_str())));
        Self { timetable, people, files }
    }

    /// The household's time zone.
    pub(super) const fn zone(&self) -> &TimeZone {
        self.timetable.calendar().zone()
    }

    /// The user to whom a device counts.
    fn user(&self, mac: Mac, at: Timestamp) -> Whose {
        let owner = self.people.owner(mac, self.timetable.calendar(), at);
        owner.and_then(|id| self.files.get(id)).map_or(Whose::Unknown, |file| Whose::Person(file.clone()))
    }
}

/// What is known of a device: its address, and everything that it ever sent and received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) mac: Mac,
    pub(super) address: Option<String>,
    pub(super) total: u64,
}

/// The total of each device when it was last written, whatever address it had.
pub(super) fn totals(standings: &Standings) -> BTreeMap<Mac, u64> {
    let mut latest: BTreeMap<Mac, &Row> = BTreeMap::new();
    for (whose, row) in standings {
        if let Whose::Device(mac, _) = whose
            && latest.get(mac).is_none_or(|known| known.time < row.time)
        {
            latest.insert(*mac, row);
        }
    }
    latest.into_iter().map(|(mac, row)| (mac, row.total)).collect()
}

/// The rows of this moment. A device that is seen for the first time counts from here: nobody knows when it used what it had used.
pub(super) fn rows(
    seen: &[Seen],
    at: Timestamp,
    household: &Household,
    totals: &BTreeMap<Mac, u64>,
    before: impl Fn(&Whose) -> Option<Row>,
) -> Standings {
    let month = Month::of(at, household.zone());
    let band = household.timetable.band(at);
    let row = |whose: &Whose, total: Option<u64>, first: u64, delta: u64| {
        let last = before(whose);
        let this_month = last.filter(|last| Month::of(last.time, household.zone()) == month);
        let (on_peak, off_peak) = this_month.map_or((0, 0), |last| (last.on_peak, last.off_peak));
        let counted = |was: u64, is: Band| if band == is { was.saturating_add(delta) } else { was };
        Row {
            time: at,
            total: total.unwrap_or_else(|| last.map_or(first, |last| last.total.saturating_add(delta))),
            delta,
            on_peak: counted(on_peak, Band::OnPeak),
            off_peak: counted(off_peak, Band::OffPeak),
        }
    };
    let mut rows = Standings::new();
    let mut users: BTreeMap<Whose, (u64, u64)> = BTreeMap::new();
    for Seen { mac, address, total } in seen {
        let delta = totals.get(mac).map_or(0, |last| total.saturating_sub(*last));
        let device = Whose::device(*mac, address.as_deref());
        rows.insert(device.clone(), row(&device, Some(*total), *total, delta));
        for user in [household.user(*mac, at), Whose::Total] {
            let (of_all, since) = users.entry(user).or_default();
            *of_all = of_all.saturating_add(*total);
            *since = since.saturating_add(delta);
        }
    }
    rows.extend(users.into_iter().map(|(user, (of_all, since))| {
        let row = row(&user, None, of_all, since);
        (user, row)
    }));
    rows
}
