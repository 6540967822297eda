use super::read::{Entry, Group};
use crate::engine::{LinePolicy, Patience, Scale};

/// The most readings that anybody waits for.
const MOST: f64 = 1000.0;

/// When a line is good: `line`.
pub(super) fn read(router: &mut Group<'_>) -> LinePolicy {
    let mut policy = LinePolicy::default();
    // Named one by one, as nothing is to be said of a group that is not there.
    let Some(mut group) = router.take("line").and_then(Entry::group) else {
        return policy;
    };
    policy.patience = patience(&mut group);
    scales(group.group("docsis"), policy.docsis.scales());
    scales(group.group("lte"), policy.lte.scales());
    scales(group.group("xdsl"), policy.xdsl.scales());
    group.finish();
    policy
}

fn patience(group: &mut Group<'_>) -> Patience {
    let usual = Patience::default();
    let patience = Patience {
        worse_after: readings(group, "worse_after").unwrap_or(usual.worse_after),
        better_after: readings(group, "better_after").unwrap_or(usual.better_after),
        margin: group.take("margin").and_then(|entry| margin(&entry)).unwrap_or(usual.margin),
    };
    if patience.better_after < patience.worse_after {
        group.missing("better_after", "must not be less than 'worse_after'");
    }
    patience
}

/// How many readings; one would be an alarm on a single bad one.
fn readings(group: &mut Group<'_>, key: &'static str) -> Option<u32> {
    let entry = group.take(key)?;
    let number = entry.number()?;
    if number.fract() == 0.0 && (2.0..=MOST).contains(&number) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole, from 2 to 1000"
        )]
        return Some(number as u32);
    }
    entry.wrong("a whole number of readings from 2 to 1000 is expected");
    None
}

fn margin(entry: &Entry<'_>) -> Option<f64> {
    let number = entry.number()?;
    if !(0.0..=20.0).contains(&number) {
        entry.wrong("decibels from 0 to 20 are expected");
        return None;
    }
    Some(number)
}

fn scales<const N: usize>(mut group: Group<'_>, scales: [(&'static str, &mut Scale); N]) {
    for (key, scale) in scales {
        if let Some(bounds) = group.take(key).and_then(|entry| bounds(&entry, scale)) {
            *scale = bounds;
        }
    }
    group.finish();
}

fn bounds(entry: &Entry<'_>, usual: &Scale) -> Option<Scale> {
    let numbers = entry.items()?.iter().map(Entry::number).collect::<Option<Vec<_>>>()?;
    let [good, tolerable, marginal] = usual.bounds();
    let Ok(bounds) = <[f64; 3]>::try_from(numbers) else {
        entry.wrong(format!(
            "three numbers are expected, the bounds of good, tolerable and marginal, such as [{good}, {tolerable}, {marginal}]"
        ));
        return None;
    };
    let scale = usual.with(bounds);
    if scale.is_none() {
        let order = if usual.is_rising() { "falling" } else { "rising" };
        entry.wrong(format!(
            "the bounds of good, tolerable and marginal must be {order}, such as [{good}, {tolerable}, {marginal}]"
        ));
    }
    scale
}
