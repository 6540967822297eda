//! A dashboard for the boxes that somebody really has: what was announced in, Home Assistant's document out, no I/O.
//!
//! One view for each box, of cards that every Home Assistant has. An entity is on it by the id that was asked for when
//! it was announced. What is disabled by default has no state to show, and is left out.

mod announced;
mod plan;
mod yaml;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::{Value as Json, json};

use crate::mqtt::Topics;
use announced::{Announced, Thing};
use plan::{Card, PLAN, Pick};

/// The dashboard, as YAML, for what these discovery messages announce; `None` when none of them is of this bridge.
pub fn dashboard(held: &BTreeMap<String, Bytes>, topics: &Topics) -> Option<String> {
    let announced = Announced::read(held, topics);
    let views: Vec<Json> = announced.boxes().map(|id| view(&announced, id)).collect();
    (!views.is_empty()).then(|| yaml::document(&json!({ "title": "Routers", "views": views })))
}

fn view(announced: &Announced, id: &str) -> Json {
    let cards = PLAN.iter().filter_map(|(title, card, pick)| {
        let things = picked(announced, id, pick);
        (!things.is_empty()).then(|| self::card(title, *card, &things))
    });
    json!({
        "title": announced.name(id),
        "path": id.replace('_', "-"),
        "cards": cards.collect::<Vec<_>>(),
    })
}

/// What a card shows, in the order that the plan gives, each with its name there: the view says which box it is.
fn picked<'a>(announced: &'a Announced, id: &'a str, pick: &Pick) -> Vec<(&'a Thing, &'a str)> {
    let own = |thing: &'a Thing| (thing, thing.name.as_deref().unwrap_or_default());
    let those = |wanted: &dyn Fn(&Thing) -> bool| {
        announced.things(id).filter(|thing| wanted(thing)).map(own).collect::<Vec<_>>()
    };
    match pick {
        Pick::Keys(keys) => keys.iter().filter_map(|key| announced.thing(id, key)).map(own).collect(),
        Pick::Class(class) => those(&|thing| thing.class.as_deref() == Some(class)),
        Pick::Each(part, key) => those(&|thing| thing.key.starts_with(part) && thing.key.ends_with(key)),
        Pick::Platforms(platforms) => those(&|thing| platforms.contains(&thing.platform.as_str())),
        Pick::Clients(key) => announced.below(id, key, true).collect(),
        Pick::People(key) => announced.below(id, key, false).collect(),
    }
}

fn card(title: &str, card: Card, things: &[(&Thing, &str)]) -> Json {
    let named: Vec<Json> =
        things.iter().map(|(thing, name)| json!({ "entity": thing.entity_id, "name": name })).collect();
    let ids: Vec<&str> = things.iter().map(|(thing, _)| thing.entity_id.as_str()).collect();
    match card {
        Card::List => {
            json!({ "type": "entities", "title": title, "show_header_toggle": false, "entities": named })
        }
        Card::History => {
            json!({ "type": "history-graph", "title": title, "hours_to_show": 24, "entities": named })
        }
        Card::PerDay => json!({
            "type": "statistics-graph", "title": title, "chart_type": "bar", "period": "day", "days_to_show": 30,
            "stat_types": ["change"], "entities": named,
        }),
        Card::Gauge => json!({
            "type": "gauge", "name": title, "entity": ids.first(), "min": 0, "max": 100, "needle": true,
            "severity": { "green": 0, "yellow": 80, "red": 100 },
        }),
        Card::Logbook => json!({
            "type": "logbook", "title": title, "hours_to_show": 24, "target": { "entity_id": ids },
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::household::household;
    use super::*;
    use crate::homeassistant::{Layout, Style, announce};
    use crate::mqtt::testing::topics;

    fn held(layout: Layout) -> BTreeMap<String, Bytes> {
        let style = Style { layout, ..Style::default() };
        let told = announce(&household(), &style, &topics());
        told.iter().map(|(topic, wanted)| (topic.to_owned(), wanted.payload.clone())).collect()
    }

    #[test]
    fn a_household_has_a_dashboard_like_this() {
        insta::assert_snapshot!(dashboard(&held(Layout::Device), &topics()).unwrap());
    }

    #[test]
    fn it_is_the_same_for_old_releases() {
        let new = dashboard(&held(Layout::Device), &topics());
        assert_eq!(dashboard(&held(Layout::Component), &topics()), new);
    }

    #[test]
    fn what_others_announced_is_not_on_it() {
        assert_eq!(dashboard(&held(Layout::Device), &Topics::new("somebody_else")), None);
        assert_eq!(dashboard(&BTreeMap::new(), &topics()), None);
    }
}
