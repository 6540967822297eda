use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::{Found, Report};
use crate::model::Mac;

/// The files of one month that are imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Month {
    /// Year and month, as the folder is named.
    pub when: (i16, i8),
    /// The devices' files.
    pub devices: Vec<(Device, PathBuf)>,
    /// How each device stood last.
    pub cache: Option<PathBuf>,
}

/// What the router counts by: a hardware address at an address of the network.
///
/// The latter is text, as the logger garbles some.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Device {
    /// The hardware address.
    pub mac: Mac,
    /// The address in the network.
    pub ip: String,
}

/// What there is to import, months in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// The months.
    pub months: Vec<Month>,
    /// The user map.
    pub user_map: Option<PathBuf>,
}

impl Folder {
    /// Looks through the logger's root, or its folder `logs`.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(root: &Path, report: &mut Report) -> io::Result<Self> {
        let below = root.join("logs");
        let logs = if below.is_dir() { below.as_path() } else { root };
        let mut months = Vec::new();
        for entry in fs::read_dir(logs)? {
            let path = entry?.path();
            if let Some(when) = name(&path).and_then(month)
                && path.is_dir()
            {
                months.push(files(when, &path, report)?);
            }
        }
        months.sort_by_key(|month| month.when);
        let beside =
            [Some(root), logs.parent()].into_iter().flatten().map(|folder| folder.join("user-map.csv"));
        Ok(Self { months, user_map: beside.into_iter().find(|path| path.is_file()) })
    }

    /// How many bytes there are to read.
    pub fn size(&self) -> u64 {
        let length = |path: &PathBuf| fs::metadata(path).map_or(0, |file| file.len());
        self.months.iter().flat_map(|month| &month.devices).map(|(_, path)| length(path)).sum()
    }
}

fn files(when: (i16, i8), folder: &Path, report: &mut Report) -> io::Result<Month> {
    let devices = folder.join("devices");
    let mut found = Vec::new();
    if devices.is_dir() {
        for entry in fs::read_dir(&devices)? {
            let path = entry?.path();
            match name(&path).and_then(device) {
                Some(device) if path.is_file() => found.push((device, path)),
                _ => report.note_at(Found::StrangeFile, path.display()),
            }
        }
    }
    found.sort();
    Ok(Month { when, devices: found, cache: Some(folder.join("cache.csv")).filter(|path| path.is_file()) })
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

/// `2016-9`, with or without a zero.
fn month(name: &str) -> Option<(i16, i8)> {
    let (year, month) = name.split_once('-')?;
    let (year, month) = (year.parse().ok()?, month.parse().ok()?);
    ((2000..2100).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
}

/// `02-00-5E-10-00-01_192.168.1.100.csv`.
fn device(name: &str) -> Option<Device> {
    let (mac, ip) = name.strip_suffix(".csv")?.split_once('_')?;
    Some(Device { mac: mac.parse().ok()?, ip: ip.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_in_order_though_they_are_not_padded() {
        let root = tempfile::tempdir().unwrap();
        for month in ["2016-10", "2016-9", "2017-01", "notes", "2016-13"] {
            fs::create_dir_all(root.path().join("logs").join(month).join("devices")).unwrap();
        }
        let devices = root.path().join("logs/2016-9/devices");
        fs::write(devices.join("02-00-5E-10-00-01_192.168.1.100.csv"), "").unwrap();
        fs::write(devices.join("total.csv"), "").unwrap();
        fs::write(root.path().join("user-map.csv"), "").unwrap();
        for start in [root.path().to_owned(), root.path().join("logs")] {
            let mut report = Report::default();
            let folder = Folder::open(&start, &mut report).unwrap();
            let when: Vec<_> = folder.months.iter().map(|month| month.when).collect();
            assert_eq!(when, [(2016, 9), (2016, 10), (2017, 1)]);
            assert_eq!(folder.months[0].devices[0].0.ip, "192.168.1.100");
            assert!(folder.user_map.is_some());
            assert_eq!(report.count(Found::StrangeFile), 1);
        }
    }
}
