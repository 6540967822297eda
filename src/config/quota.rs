use std::collections::BTreeSet;

use config::ValueKind;
use jiff::SignedDuration;
use jiff::civil::Date;

use super::hours;
use super::read::{Entry, Group};
use super::time::BURST;
use crate::accounting::{BurstPolicy, Cycle, QuotaPolicy};
use crate::model::Bytes;

/// What may be used, and how the operator bills: `quota`, in its short or its long form.
pub(super) fn read(router: &mut Group<'_>) -> QuotaPolicy {
    let usual = QuotaPolicy::default();
    let Some(entry) = router.take("quota") else {
        return usual;
    };
    if !matches!(entry.kind(), ValueKind::Table(_)) {
        return QuotaPolicy { limit: limit(&entry), ..usual };
    }
    let Some(mut group) = entry.group() else {
        return usual;
    };
    let limit = group.take("limit");
    let cycle = group.take("cycle").and_then(|entry| cycle(entry)).unwrap_or_default();
    if limit.is_none() {
        check_unlimited(&mut group, cycle);
    }
    let policy = QuotaPolicy {
        // A prepaid bucket may be empty at the beginning.
        limit: limit
            .and_then(|entry| if cycle == Cycle::Prepaid { size(&entry) } else { self::limit(&entry) }),
        cycle,
        free: group.take("free").and_then(|entry| hours::list(&entry)).unwrap_or_default(),
        thresholds: group.take("thresholds").and_then(|entry| thresholds(&entry)).unwrap_or(usual.thresholds),
        used: group.take("used").and_then(|entry| size(&entry)),
        operator: group.take("operator").and_then(|entry| operator(&entry, cycle)).unwrap_or_default(),
        burst: group.take("burst").and_then(Entry::group).and_then(burst),
    };
    group.finish();
    policy
}

/// A number of bytes that may be used: nobody is allowed nothing.
pub(super) fn limit(entry: &Entry<'_>) -> Option<u64> {
    let bytes = size(entry)?;
    if bytes == 0 {
        entry.wrong("more than 0 is expected; leave it out where there is no limit");
    }
    (bytes > 0).then_some(bytes)
}

/// A number of bytes.
fn size(entry: &Entry<'_>) -> Option<u64> {
    entry.parsed(str::parse::<Bytes>).map(|bytes| bytes.0)
}

/// Says what makes no sense without a limit.
fn check_unlimited(group: &mut Group<'_>, cycle: Cycle) {
    if cycle == Cycle::Prepaid {
        group.missing(
            "limit",
            "is missing; with 'cycle: prepaid' it is what there is at the beginning, such as 10 GB",
        );
    }
    for key in ["free", "thresholds", "used", "operator"] {
        if let Some(entry) = group.take(key) {
            entry.wrong("has no effect without 'limit'");
        }
    }
}

fn cycle(entry: Entry<'_>) -> Option<Cycle> {
    if !matches!(entry.kind(), ValueKind::Table(_)) {
        let prepaid = matches!(entry.kind(), ValueKind::String(text) if text == "prepaid");
        if !prepaid {
            entry.wrong("{day: 17}, {every: 28, from: 2026-11-01} or prepaid is expected");
        }
        return prepaid.then_some(Cycle::Prepaid);
    }
    let mut group = entry.group()?;
    let (day, every, from) = (group.take("day"), group.take("every"), group.take("from"));
    let cycle = match (day, every, from) {
        (Some(day), None, None) => whole(&day, 1, 31, "a day of the month from 1 to 31 is expected")
            .and_then(|day| Some(Cycle::Monthly { day: i8::try_from(day).ok()? })),
        (None, Some(every), Some(from)) => {
            let count = whole(&every, 1, 366, "a number of days from 1 to 366 is expected");
            let first =
                from.parsed(|text| text.parse::<Date>().map_err(|_| "a date such as 2026-11-01 is expected"));
            Some(Cycle::Days { count: count?, first: first? })
        }
        _ => {
            group.wrong("either 'day', or 'every' and 'from', are expected, such as {day: 17} or {every: 28, from: 2026-11-01}");
            None
        }
    };
    group.finish();
    cycle
}

fn thresholds(entry: &Entry<'_>) -> Option<BTreeSet<u32>> {
    let percent = |item: &Entry<'_>| {
        let percent =
            whole(item, 1, 1000, "shares from 1 to 1000 per cent are expected, such as [80, 95, 100]")?;
        u32::try_from(percent).ok()
    };
    entry.items()?.iter().map(percent).collect()
}

fn operator(entry: &Entry<'_>, cycle: Cycle) -> Option<bool> {
    let flag = entry.flag()?;
    if flag && !matches!(cycle, Cycle::Monthly { .. }) {
        entry.wrong("a box counts by the month: 'cycle' has to be a day of the month");
    }
    Some(flag)
}

fn burst(mut group: Group<'_>) -> Option<BurstPolicy> {
    let (over, within) = (group.take("over"), group.take("within"));
    for (key, given) in [("over", over.is_some()), ("within", within.is_some())] {
        if !given {
            group.missing(key, "is missing; such as burst: {over: 1 GB, within: 1h}");
        }
    }
    group.finish();
    let within = BURST.read(&within?)?;
    Some(BurstPolicy { over: limit(&over?)?, within: SignedDuration::try_from(within).ok()? })
}

fn whole(entry: &Entry<'_>, least: i32, most: i32, expected: &str) -> Option<i32> {
    let number = entry.number()?;
    if number.fract() == 0.0 && (f64::from(least)..=f64::from(most)).contains(&number) {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and within bounds")]
        return Some(number as i32);
    }
    entry.wrong(expected);
    None
}
