use std::collections::BTreeMap;

use jiff::civil::Date;

use super::line::Sum;
use super::sink::Sink;
use super::{Step, Wanted};
use crate::history::{Archive, DayFilter};
use crate::model::{BoxId, Subject};

/// No step is as long: gaps are known to be within their days already.
const NO_BOUND: u64 = u64::MAX;

/// Writes days or months, one after the other: the book is in the order of dates.
pub(super) fn write(archive: &Archive, wanted: &Wanted<'_>, sink: &mut Sink) -> anyhow::Result<()> {
    let filter = DayFilter { box_id: wanted.box_id.clone(), party: None, from: wanted.from, to: wanted.to };
    let mut open = Open { start: None, sums: BTreeMap::new() };
    let mut outcome = Ok(());
    archive.each_day(&filter, |row| {
        if outcome.is_err() || !wanted.by.includes(&row.party) {
            return;
        }
        let start = if wanted.step == Step::Month { row.date.first_of_month() } else { row.date };
        if open.start != Some(start) {
            outcome = open.write(wanted.step, sink);
            open.start = Some(start);
        }
        let sum = open.sums.entry((row.box_id.clone(), row.party.clone())).or_default();
        sum.add(row.amounts, row.band, row.free);
        sum.add_gap(row.gap_seconds, NO_BOUND);
        sum.name.clone_from(&row.name);
    })?;
    outcome?;
    Ok(open.write(wanted.step, sink)?)
}

/// The step that is being added up.
struct Open {
    start: Option<Date>,
    sums: BTreeMap<(BoxId, Subject), Sum>,
}

impl Open {
    fn write(&mut self, step: Step, sink: &mut Sink) -> std::io::Result<()> {
        let Some(start) = self.start else {
            return Ok(());
        };
        let start = if step == Step::Month { start.strftime("%Y-%m").to_string() } else { start.to_string() };
        for ((box_id, party), sum) in std::mem::take(&mut self.sums) {
            sink.write(&sum.line(start.clone(), &box_id, &party))?;
        }
        Ok(())
    }
}
