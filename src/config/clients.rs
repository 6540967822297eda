use std::collections::BTreeSet;
use std::time::Duration;

use config::ValueKind;
use jiff::SignedDuration;

use super::read::{Entry, Group};
use super::time::ABSENCE;
use crate::engine::{ClientPolicy, Track};
use crate::model::Mac;

/// Which devices of the household are tracked: `clients`, in its short or its long form.
pub(super) fn read(router: &mut Group<'_>) -> ClientPolicy {
    let usual = ClientPolicy::default();
    let Some(entry) = router.take("clients") else {
        return usual;
    };
    if !matches!(entry.kind(), ValueKind::Table(_)) {
        return ClientPolicy { track: track(&entry).unwrap_or(Track::All), ..usual };
    }
    let Some(mut group) = entry.group() else {
        return usual;
    };
    let policy = ClientPolicy {
        track: group.take("track").and_then(|entry| track(&entry)).unwrap_or(usual.track),
        randomised: group.take("randomised").and_then(|entry| entry.flag()).unwrap_or(usual.randomised),
        known: usual.known,
        away_after: absence(&mut group, "away_after").unwrap_or(usual.away_after),
        forget_after: absence(&mut group, "forget_after").unwrap_or(usual.forget_after),
    };
    if policy.forget_after < policy.away_after {
        group.missing("forget_after", "must not be shorter than 'away_after'");
    }
    group.finish();
    policy
}

fn track(entry: &Entry<'_>) -> Option<Track> {
    match entry.kind() {
        ValueKind::String(text) if text == "all" => return Some(Track::All),
        ValueKind::String(text) if text == "none" => return Some(Track::Nobody),
        _ => {}
    }
    let macs = entry.items()?.iter().map(mac).collect::<Option<BTreeSet<_>>>()?;
    Some(Track::Only(macs))
}

fn mac(entry: &Entry<'_>) -> Option<Mac> {
    entry.parsed(|text| {
        text.parse().map_err(|_| "all, none, or hardware addresses such as 02:00:5e:10:00:01 are expected")
    })
}

fn absence(group: &mut Group<'_>, key: &'static str) -> Option<SignedDuration> {
    let duration: Duration = ABSENCE.read(&group.take(key)?)?;
    duration.try_into().ok()
}
