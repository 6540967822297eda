use jiff::tz::{self, TimeZone};

use super::Context;
use super::read::{Entry, Group};
use super::suggest;
use crate::accounting::Calendar;

/// The time zone that this machine is set to, if it says.
pub fn system_zone() -> Option<TimeZone> {
    TimeZone::try_system().ok().filter(|zone| !zone.is_unknown())
}

/// The calendar of the household: `timezone`.
pub(super) fn read(root: &mut Group<'_>, context: &Context<'_>) -> Calendar {
    let entry = root.take("timezone");
    if entry.is_none() && context.zone.is_none() {
        root.unwise(
            "timezone",
            "is missing, and this machine does not say its own; days begin at midnight UTC",
        );
    }
    let zone = entry.map_or_else(|| context.zone.cloned(), |entry| named(&entry));
    Calendar::new(zone.unwrap_or(TimeZone::UTC))
}

fn named(entry: &Entry<'_>) -> Option<TimeZone> {
    let text = entry.text()?;
    let zone = TimeZone::get(&text).ok().filter(|zone| !zone.is_unknown());
    if zone.is_none() {
        let known: Vec<_> = tz::db().available().map(|name| name.to_string()).collect();
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        entry.wrong(format!(
            "the name of a time zone such as Europe/Oslo is expected{}",
            suggest::hint(&text, &known)
        ));
    }
    zone
}
