//! The Wi-Fi radios.

use std::collections::BTreeSet;

use super::wire::Row;
use crate::model::{Count, Frequency, ItemId, Readings, Subject, Text, catalog, printed};

pub(super) fn read(rows: &[Row], out: &mut Readings) {
    let mut taken = BTreeSet::new();
    let mut on = None;
    for row in rows {
        let switched = row.read("wlsOnOff", printed::truth);
        on = match (on, switched) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (before, now) => before.or(now),
        };
        let id = row.text("band").and_then(ItemId::new).filter(|id| taken.insert(id.clone()));
        if let Some(id) = id {
            let channel = row.count("wlsCurrentChannel").filter(|channel| *channel > 0);
            let width = row.read("n_bandwidth", |said| printed::measured(said, "MHz"));
            out.subject(Subject::Radio(id))
                .set(catalog::RADIO_STATE, switched.map(|on| Text::new(if on { "on" } else { "off" })))
                .set(catalog::BAND, row.text("band").as_deref().and_then(band))
                .set(catalog::CHANNEL, channel.map(Count))
                .set(catalog::CHANNEL_WIDTH, width.map(|megahertz| Frequency(megahertz * 1e6)));
        }
    }
    out.router().set(catalog::WIFI, on);
}

/// A band as people write it, from `2.4G`, `5G` and their like within other words.
pub(super) fn band(said: &str) -> Option<Text> {
    let said = said.to_ascii_lowercase();
    if said.contains("2.4g") {
        Some(Text::new("2.4 GHz"))
    } else if said.contains("5g") {
        Some(Text::new("5 GHz"))
    } else if said.contains("6g") {
        Some(Text::new("6 GHz"))
    } else {
        None
    }
}
