//! How an event is said, unless the owner has other words for it.

use jiff::Timestamp;

use super::amounts::{bytes, duration};
use crate::model::{Cause, EventKind, Severity, Subject};

/// What it is, and what there is to say of it.
pub(super) fn phrase(kind: &EventKind, box_: &str, at: Timestamp) -> (String, String) {
    let since = |then: Timestamp| duration(at.duration_since(then).as_secs_f64().max(0.0));
    match kind {
        EventKind::BoxLog(entry) => {
            (format!("{box_}: {} entry in its log", entry.severity.word()), entry.text.clone())
        }
        EventKind::LogFlood { left_out } => {
            let entries = if *left_out == 1 { "entry" } else { "entries" };
            (format!("{box_}: a flood in its log"), format!("{left_out} more {entries} than are told."))
        }
        EventKind::Down { reason } => (format!("{box_} is down"), format!("It cannot be read: {reason}.")),
        EventKind::Up { since: then } => {
            (format!("{box_} is back"), format!("It can be read again, after {}.", since(*then)))
        }
        EventKind::Rebooted { boot } => {
            (format!("{box_} has restarted"), format!("It started {} ago.", since(*boot)))
        }
        EventKind::WanAddress { before, now } => {
            (format!("{box_} has another public address"), format!("{now}, before {before}."))
        }
        EventKind::LineQuality { before, now, reason } => {
            let why = reason.as_ref().map(|reason| format!(" {reason}.")).unwrap_or_default();
            (format!("{box_}: the line is {now}"), format!("It was {before}.{why}"))
        }
        EventKind::Firmware { before, now } => {
            (format!("{box_} runs another firmware"), format!("{now}, before {before}."))
        }
        EventKind::NewClient { client, name, vendor, ip } => {
            let mac = address(client);
            let known = [name.as_deref(), Some(mac.as_str()), vendor.as_deref(), ip.as_deref()];
            let known: Vec<_> = known.into_iter().flatten().collect();
            (format!("New device at {box_}"), format!("{}.", known.join(", ")))
        }
        EventKind::QuotaThreshold { whose, percent, used, quota } => {
            (format!("{}: {percent} % of the quota used", whose.name), of_quota(*used, Some(*quota)))
        }
        EventKind::QuotaExhausted { whose, used, quota } => {
            (format!("{}: the quota is used up", whose.name), of_quota(*used, Some(*quota)))
        }
        EventKind::CycleEnded { used, quota, .. } => {
            (format!("{box_}: a new billing cycle"), format!("The last one: {}", of_quota(*used, *quota)))
        }
        EventKind::Burst { used, within } => (
            format!("{box_}: much traffic"),
            format!("{} within {}.", amount(*used), duration(seconds(*within))),
        ),
        EventKind::ClientBlocked { client, name, cause } => (
            format!("{box_}: {} is kept from the internet", called(client, name.as_deref())),
            of_cause(cause, "the quota is used up"),
        ),
        EventKind::ClientUnblocked { client, name, cause } => (
            format!("{box_}: {} is let into the internet again", called(client, name.as_deref())),
            of_cause(cause, "the quota is open again"),
        ),
        EventKind::DailySummary { text, .. } => (format!("{box_}: daily summary"), text.clone()),
    }
}

/// How loud to say it, from 1 to 5, as ntfy has it: 3 is usual.
pub(super) fn priority(kind: &EventKind) -> u8 {
    match kind {
        EventKind::BoxLog(entry) => match entry.severity {
            Severity::Emergency | Severity::Alert => 5,
            Severity::Critical => 4,
            Severity::Error | Severity::Warning => 3,
            Severity::Notice | Severity::Information => 2,
            Severity::Debug => 1,
        },
        EventKind::Down { .. } | EventKind::QuotaExhausted { .. } | EventKind::QuotaThreshold { .. } => 4,
        EventKind::LineQuality { now, .. } if now == "critical" => 4,
        EventKind::CycleEnded { .. } | EventKind::DailySummary { .. } => 2,
        _ => 3,
    }
}

/// A picture for it, by the name that ntfy has for it.
pub(super) fn tag(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::BoxLog(_) | EventKind::LogFlood { .. } => "scroll",
        EventKind::Down { .. } => "red_circle",
        EventKind::Up { .. } => "green_circle",
        EventKind::Rebooted { .. } => "arrows_counterclockwise",
        EventKind::WanAddress { .. } => "globe_with_meridians",
        EventKind::LineQuality { .. } => "satellite",
        EventKind::Firmware { .. } => "package",
        EventKind::NewClient { .. } => "new",
        EventKind::QuotaThreshold { .. } => "warning",
        EventKind::QuotaExhausted { .. } => "no_entry",
        EventKind::CycleEnded { .. } => "calendar",
        EventKind::ClientBlocked { .. } => "lock",
        EventKind::ClientUnblocked { .. } => "unlock",
        EventKind::Burst { .. } => "chart_with_upwards_trend",
        EventKind::DailySummary { .. } => "bar_chart",
    }
}

fn called(client: &Subject, name: Option<&str>) -> String {
    name.map_or_else(|| address(client), str::to_owned)
}

fn of_cause(cause: &Cause, quota: &str) -> String {
    match cause {
        Cause::Command => "Somebody ordered it.".to_owned(),
        Cause::Quota(whose) => format!("{}: {quota}.", whose.name),
    }
}

fn of_quota(used: u64, quota: Option<u64>) -> String {
    match quota {
        Some(quota) => format!("{} of {} used.", amount(used), amount(quota)),
        None => format!("{} used.", amount(used)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "two digits of it are said")]
fn amount(used: u64) -> String {
    bytes(used as f64)
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts 2^53 seconds")]
const fn seconds(within: u64) -> f64 {
    within as f64
}

fn address(client: &Subject) -> String {
    match client {
        Subject::Client(mac) => mac.to_string(),
        other => other.id(),
    }
}
