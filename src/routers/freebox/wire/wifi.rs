use std::collections::BTreeMap;

use super::Node;
use crate::model::{Count, Frequency, Item, ItemId, Readings, Subject, Text, catalog};

/// A radio, as the lists of its stations need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Radio {
    /// Its number. Numbers have gaps: 0, 1, 10 and 11 on a Freebox Ultra.
    pub id: u64,
    /// Its band, for people.
    pub band: Option<String>,
}

/// A band as people write it.
pub fn band(word: &str) -> String {
    match word {
        "2d4g" => "2.4 GHz",
        "5g" => "5 GHz",
        "6g" => "6 GHz",
        "60g" => "60 GHz",
        other => other,
    }
    .to_owned()
}

/// `wifi/config/`: the switch of all radios.
pub fn switched_on(config: Node<'_>, router: &mut Item) {
    router.set(catalog::WIFI, config.flag("enabled"));
}

/// `wifi/ap/`: the radios.
pub fn radios(aps: Node<'_>, most: usize, seen: &mut Readings) -> Vec<Radio> {
    let mut radios = Vec::new();
    for ap in aps.list().take(most) {
        let Some((id, item)) = ap.count("id").and_then(|id| Some((id, ItemId::new(id)?))) else {
            continue;
        };
        let band = ap.at("config").text("band").map(band);
        let status = ap.at("status");
        let width = status.number("channel_width").filter(|width| *width > 0.0);
        seen.subject(Subject::Radio(item))
            .label(ap.text("name").unwrap_or_default())
            .set(catalog::RADIO_STATE, status.text("state").map(Text::new))
            .set(catalog::BAND, band.clone().map(Text))
            .set(catalog::CHANNEL, status.count("primary_channel").filter(|channel| *channel > 0).map(Count))
            .set(catalog::CHANNEL_WIDTH, width.map(|megahertz| Frequency(megahertz * 1e6)));
        radios.push(Radio { id, band });
    }
    radios
}

/// `wifi/bss/`: how many devices each radio has; a radio may carry several networks.
pub fn radio_clients(networks: Node<'_>, seen: &mut Readings) {
    let mut clients = BTreeMap::<String, u64>::new();
    for network in networks.list() {
        if let (Some(radio), Some(count)) = (network.id("phy_id"), network.at("status").count("sta_count")) {
            let sum = clients.entry(radio).or_default();
            *sum = sum.saturating_add(count);
        }
    }
    for (radio, count) in clients {
        if let Some(item) = ItemId::new(radio) {
            seen.subject(Subject::Radio(item)).set(catalog::CLIENTS, Count(count));
        }
    }
}
