use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::name::{TOTAL, UNKNOWN, safe};
use crate::model::Mac;

/// Whose rows a file holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// A device at an address of the network.
    Device(Mac, String),
    /// A person, by the name of the file.
    Person(String),
    /// Everybody whose devices are nobody's.
    Unknown,
    /// The household.
    Total,
}

impl Whose {
    /// The device's file. An address that is not known is that of a device without one.
    pub(super) fn device(mac: Mac, address: Option<&str>) -> Self {
        Self::Device(mac, safe(address.unwrap_or("0.0.0.0")))
    }

    /// Its files in the folder of a month.
    pub(super) fn files(&self, folder: &Path) -> Vec<PathBuf> {
        let user = |name: &str| folder.join("users").join(format!("{name}.csv"));
        match self {
            Self::Device(mac, address) => {
                let mac = mac.to_string().to_uppercase().replace(':', "-");
                vec![folder.join("devices").join(format!("{mac}_{address}.csv"))]
            }
            Self::Person(name) => vec![user(name)],
            Self::Unknown => vec![user(UNKNOWN)],
            Self::Total => vec![user(TOTAL), folder.join("total.csv")],
        }
    }
}

/// A month of the household's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month(Date);

impl Month {
    /// The month of a moment.
    pub(super) fn of(at: Timestamp, zone: &TimeZone) -> Self {
        Self(zone.to_datetime(at).date().first_of_month())
    }

    /// Its folder: `2016-9`, without a zero, as the logger writes it.
    pub(super) fn folder(self, root: &Path) -> PathBuf {
        root.join("logs").join(format!("{}-{}", self.0.year(), self.0.month()))
    }

    /// When it ends.
    pub(super) fn end(self, zone: &TimeZone) -> Option<Timestamp> {
        let next = self.0.checked_add(1.month()).ok()?;
        next.to_zoned(zone.clone()).ok().map(|start| start.timestamp())
    }

    fn named(name: &str) -> Option<Self> {
        let (year, month) = name.split_once('-')?;
        Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok().map(Self)
    }

    /// The months that have a folder.
    pub(super) fn all(root: &Path) -> Vec<(Self, PathBuf)> {
        let entries = fs::read_dir(root.join("logs")).into_iter().flatten().flatten();
        let mut months: Vec<_> = entries
            .filter_map(|entry| Some((Self::named(entry.file_name().to_str()?)?, entry.path())))
            .filter(|(_, path)| path.is_dir())
            .collect();
        months.sort();
        months
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_the_logger_names_them() {
        let folder = Path::new("logs/2016-9");
        let device = Whose::device("02:00:5e:10:00:0a".parse().unwrap(), Some("192.168.1.100"));
        assert_eq!(device.files(folder), [folder.join("devices/02-00-5E-10-00-0A_192.168.1.100.csv")]);
        let hostile = Whose::device("02:00:5e:10:00:0a".parse().unwrap(), Some("../x"));
        assert_eq!(hostile.files(folder), [folder.join("devices/02-00-5E-10-00-0A__.._x.csv")]);
        assert_eq!(Whose::Total.files(folder), [folder.join("users/TOTAL.csv"), folder.join("total.csv")]);
    }

    #[test]
    fn a_month_is_that_of_the_household() {
        let zone = TimeZone::get("Europe/Oslo").unwrap();
        let at: Timestamp = "2026-09-30T22:30:00Z".parse().unwrap();
        let month = Month::of(at, &zone);
        assert_eq!(month.folder(Path::new("x")), Path::new("x/logs/2026-10"));
        assert_eq!(month.end(&zone).unwrap().to_string(), "2026-10-31T23:00:00Z");
    }
}
