use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, BufRead};

use super::folder::{Device, Month};
use super::row::{Row, Rows};
use crate::importers::{Open, Report};

/// The rows of all devices of a month in the order of their times, with one row of each file in memory.
pub(super) struct Merge {
    sources: Vec<(Device, Rows<Box<dyn BufRead>>)>,
    next: BinaryHeap<Reverse<(Row, usize)>>,
}

impl Merge {
    pub(super) fn open(month: &Month, open: &Open<'_>, report: &mut Report) -> io::Result<Self> {
        let mut merge = Self { sources: Vec::new(), next: BinaryHeap::new() };
        for (device, path) in &month.devices {
            let rows = Rows::new(path.display().to_string(), open(path)?);
            report.files += 1;
            merge.sources.push((device.clone(), rows));
            merge.fetch(merge.sources.len() - 1, report);
        }
        Ok(merge)
    }

    pub(super) fn next(&mut self, report: &mut Report) -> Option<(Device, Row)> {
        let Reverse((row, source)) = self.next.pop()?;
        self.fetch(source, report);
        self.sources.get(source).map(|(device, _)| (device.clone(), row))
    }

    fn fetch(&mut self, source: usize, report: &mut Report) {
        let row = self.sources.get_mut(source).and_then(|(_, rows)| rows.next(report));
        self.next.extend(row.map(|row| Reverse((row, source))));
    }
}
