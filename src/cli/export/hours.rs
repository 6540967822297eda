use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use jiff::Timestamp;

use super::line::Sum;
use super::sink::Sink;
use super::{By, Wanted};
use crate::accounting::{Amounts, Hours, Timetable};
use crate::history::{Archive, Period, Series};
use crate::model::{BoxId, Subject, catalog};

const HOUR: u64 = 3600;

type Sums = BTreeMap<(Timestamp, BoxId, Subject), Sum>;

/// Writes hours, a day at a time. An hour has the band in which it begins.
pub(super) fn write(archive: &Archive, wanted: &Wanted<'_>, sink: &mut Sink) -> anyhow::Result<()> {
    if wanted.by == By::Person && wanted.config.people.is_empty() {
        bail!(
            "there are no people in the configuration; hours are told by device, and nobody knows whose they are"
        );
    }
    let series = series(archive, wanted)?;
    let calendar = &wanted.config.calendar;
    let mut date = wanted.from;
    loop {
        let day = calendar.day(date);
        let period = Period { from: day.from, to: day.until };
        let mut sums = Sums::new();
        for series in &series {
            add(archive, wanted, series, period, &mut sums)?;
        }
        add_gaps(archive, wanted, period, &mut sums)?;
        for ((start, box_id, party), sum) in sums {
            let start = start.display_with_offset(calendar.zone().to_offset(start)).to_string();
            sink.write(&sum.line(start, &box_id, &party))?;
        }
        if date >= wanted.to {
            return Ok(());
        }
        date = date.tomorrow()?;
    }
}

/// The counters that are wanted: of devices, or of boxes. A box that does not count as a whole is what its devices come to.
fn series(archive: &Archive, wanted: &Wanted<'_>) -> anyhow::Result<Vec<Series>> {
    let metrics = [catalog::RECEIVED, catalog::SENT, catalog::TRAFFIC].map(|metric| metric.row().key);
    let is_traffic = |series: &Series| {
        series.grows
            && metrics.contains(&series.metric.as_str())
            && wanted.box_id.as_ref().is_none_or(|id| *id == series.box_id)
    };
    let all: Vec<Series> = archive.series()?.into_iter().filter(is_traffic).collect();
    let whole: BTreeSet<BoxId> = all
        .iter()
        .filter(|series| series.subject == Subject::Router)
        .map(|series| series.box_id.clone())
        .collect();
    let fits = |series: &Series| match (&series.subject, wanted.by) {
        (Subject::Router, By::Box) | (Subject::Client(_), By::Client | By::Person) => true,
        (Subject::Client(_), By::Box) => !whole.contains(&series.box_id),
        _ => false,
    };
    Ok(all.into_iter().filter(fits).collect())
}

fn add(
    archive: &Archive,
    wanted: &Wanted<'_>,
    series: &Series,
    period: Period,
    sums: &mut Sums,
) -> anyhow::Result<()> {
    let timetable = timetable(wanted, &series.box_id);
    for hour in archive.hours(series, period)? {
        let amounts = amounts(&series.metric, hour.total);
        let party = party(wanted, &series.subject, hour.from);
        let sum = sums.entry((hour.from, series.box_id.clone(), party.clone())).or_default();
        sum.add(amounts, timetable.band(hour.from), timetable.is_free(hour.from));
        sum.name = name(wanted, series, &party);
    }
    Ok(())
}

/// To whom the usage of a subject counts at a time.
fn party(wanted: &Wanted<'_>, subject: &Subject, at: Timestamp) -> Subject {
    match (subject, wanted.by) {
        (Subject::Client(mac), By::Person) => {
            let owner = wanted.config.people.owner(*mac, &wanted.config.calendar, at);
            owner.map_or(Subject::Client(*mac), |id| Subject::Person(id.clone()))
        }
        (_, By::Box) => Subject::Router,
        (subject, _) => subject.clone(),
    }
}

fn name(wanted: &Wanted<'_>, series: &Series, party: &Subject) -> Option<String> {
    match party {
        Subject::Person(id) => wanted.config.people.get(id).map(|person| person.name.clone()),
        party if *party == series.subject => series.name.clone(),
        _ => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bytes of an hour are below 2^53"
)]
fn amounts(metric: &str, total: f64) -> Amounts {
    let amount = total.max(0.0) as u64;
    match metric {
        "received" => Amounts { received: amount, ..Amounts::default() },
        "sent" => Amounts { sent: amount, ..Amounts::default() },
        _ => Amounts { mixed: amount, ..Amounts::default() },
    }
}

fn timetable(wanted: &Wanted<'_>, box_id: &BoxId) -> Timetable {
    let router = wanted.config.routers.iter().find(|router| router.id == *box_id);
    let free = router.map_or_else(Hours::default, |router| router.quota.free.clone());
    Timetable::new(wanted.config.calendar.clone(), wanted.config.on_peak.clone(), free)
}

/// Adds gaps to the hours that there are. Both directions have the same ones, which count once.
fn add_gaps(archive: &Archive, wanted: &Wanted<'_>, period: Period, sums: &mut Sums) -> anyhow::Result<()> {
    let boxes: BTreeSet<BoxId> = sums.keys().map(|(_, box_id, _)| box_id.clone()).collect();
    for box_id in boxes {
        let gaps = archive.gaps(&box_id, period)?;
        let gaps: BTreeSet<_> = gaps.into_iter().map(|gap| (gap.subject, gap.gap.from, gap.gap.to)).collect();
        for ((start, _, party), sum) in sums.iter_mut().filter(|((_, of, _), _)| *of == box_id) {
            for (subject, from, to) in &gaps {
                if self::party(wanted, subject, *start) == *party {
                    sum.add_gap(overlap(*start, *from, *to), HOUR);
                }
            }
        }
    }
    Ok(())
}

/// How many seconds of an hour lie in a gap.
fn overlap(start: Timestamp, from: Timestamp, to: Timestamp) -> u64 {
    let begin = start.as_second();
    let end = begin.saturating_add_unsigned(HOUR);
    let seconds = to.as_second().min(end).saturating_sub(from.as_second().max(begin));
    u64::try_from(seconds).unwrap_or(0)
}
