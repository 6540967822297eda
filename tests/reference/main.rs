//! `docs/reference.md` is made from the catalog and from what is really announced; this test makes it, and fails when the
//! committed one is another. `UPDATE_DOCS=1 cargo test --test reference` writes it.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod metrics;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use router2mqtt::engine::{About, BoxView, Known, World};
use router2mqtt::homeassistant::{Style, announce};
use router2mqtt::model::{
    Action, BoxId, Deed, EventKind, FaultClass, Kind, Mac, Row, Subject, SubjectKind, catalog,
};
use router2mqtt::mqtt::Topics;
use serde_json::Value as Json;

const CLIENT: &str = "00005e005301";

fn box_id() -> BoxId {
    "box".parse().unwrap()
}

fn subject(kind: SubjectKind) -> Subject {
    Subject::of(kind, if kind == SubjectKind::Client { CLIENT } else { "id" }).unwrap()
}

fn about(actions: Vec<Action>) -> About {
    About {
        id: box_id(),
        name: "Box".into(),
        family: "any",
        manufacturer: "Anybody",
        url: "http://192.0.2.1".into(),
        actions,
    }
}

/// A box that has every metric there is.
fn everything(actions: impl Iterator<Item = Action>) -> World {
    let mut view = BoxView::new(about(actions.collect()));
    for kind in SubjectKind::ALL {
        let rows =
            catalog::ALL.iter().filter(|row| row.on.contains(&kind)).map(|row| (row.key, *row)).collect();
        view.shape.remember(subject(kind), Known { label: None, rows, seen: Timestamp::UNIX_EPOCH });
    }
    let mut world = World::default();
    world.put(view);
    world
}

/// Everything announced of a box that may be made to do this, by unique id.
fn announced(actions: impl Iterator<Item = Action>) -> BTreeMap<String, Json> {
    let told = announce(&everything(actions), &Style::default(), &Topics::new("router2mqtt"));
    let mut components = BTreeMap::new();
    for (_, wanted) in told.iter() {
        let message: Json = serde_json::from_slice(&wanted.payload).unwrap();
        for component in message["cmps"].as_object().unwrap().values() {
            components.insert(component["uniq_id"].as_str().unwrap().to_owned(), component.clone());
        }
    }
    components
}

fn with_placeholders(topic: &str) -> String {
    topic.replace("router2mqtt/box/", "router2mqtt/<box>/").replace(CLIENT, "<mac>").replace("/id/", "/<id>/")
}

fn text<'a>(component: &'a Json, key: &str) -> &'a str {
    component.get(key).and_then(Json::as_str).unwrap_or("")
}

fn entity(component: Option<&Json>) -> String {
    let Some(component) = component else {
        return "–".to_owned();
    };
    let mut words = vec![text(component, "p").to_owned()];
    words.extend(["dev_cla", "stat_cla"].iter().map(|key| text(component, key).to_owned()));
    if text(component, "ent_cat") == "diagnostic" {
        words.push("diagnostic".to_owned());
    }
    if component.get("en") == Some(&Json::Bool(false)) {
        words.push("off by default".to_owned());
    }
    words.retain(|word| !word.is_empty());
    words.join(", ")
}

fn kind(row: &Row) -> &'static str {
    match row.kind {
        Kind::Gauge => "gauge",
        Kind::Counter => "counter",
        Kind::Tally => "tally",
        Kind::Flag => "true or false",
        Kind::Text => "text",
        Kind::State => "one of the words",
        Kind::Moment => "point in time",
    }
}

fn readings(out: &mut String, announced: &BTreeMap<String, Json>) {
    for kind_of in SubjectKind::ALL {
        let topics = Topics::new("router2mqtt");
        let topic = with_placeholders(&topics.state(&box_id(), &subject(kind_of)));
        writeln!(out, "\n### {}\n\nTopic `{topic}`\n", kind_of.noun()).unwrap();
        writeln!(out, "| key | name | unit | kind | Home Assistant | meaning |\n|---|---|---|---|---|---|")
            .unwrap();
        for row in catalog::ALL.iter().filter(|row| row.on.contains(&kind_of)) {
            let slug = match subject(kind_of) {
                Subject::Router => row.key.to_owned(),
                other => format!("{}_{}", other.slug(), row.key),
            };
            let component = announced.get(&format!("router2mqtt_box_{slug}"));
            let words = if row.options.is_empty() {
                String::new()
            } else {
                format!(" One of `{}`.", row.options.join("`, `"))
            };
            writeln!(
                out,
                "| `{}` | {} | {} | {} | {} | {}{words} |",
                row.key,
                row.name,
                row.unit.symbol().unwrap_or(""),
                kind(row),
                entity(component),
                row.doc.split_whitespace().collect::<Vec<_>>().join(" "),
            )
            .unwrap();
        }
    }
}

fn other_entities(out: &mut String, announced: &BTreeMap<String, Json>) {
    writeln!(out, "| entity | Home Assistant | topic |\n|---|---|---|").unwrap();
    for component in announced.values() {
        let key =
            component["def_ent_id"].as_str().unwrap().replace(CLIENT, "<mac>").replace(".box_", ".<box>_");
        let of_metric = text(component, "stat_t").ends_with("/state") && text(component, "cmd_t").is_empty();
        if of_metric {
            continue;
        }
        let topics = ["stat_t", "cmd_t"].map(|topic| text(component, topic)).into_iter();
        let topics =
            topics.filter(|topic| !topic.is_empty()).map(|topic| format!("`{}`", with_placeholders(topic)));
        let topics = topics.collect::<Vec<_>>().join(", ");
        writeln!(out, "| `{key}` | {} | {topics} |", entity(Some(component))).unwrap();
    }
}

fn topics(out: &mut String) {
    let topics = Topics::new("router2mqtt");
    let (id, mac): (_, Mac) = (box_id(), CLIENT.parse().unwrap());
    let rows = [
        (topics.bridge_availability(), "yes", "`online`, or `offline` by the bridge's last will"),
        (topics.bridge_info(), "yes", "JSON: the version of the bridge"),
        (topics.availability(&id), "yes", "`online` when the box can be read, else `offline`"),
        (
            topics.info(&id),
            "yes",
            "JSON: `family`, `manufacturer`, `model`, `model_id`, `serial`, `firmware`, `hardware`, `mac`",
        ),
        (topics.state(&id, &Subject::Router), "yes", "JSON: every metric of the box"),
        (
            topics.state(&id, &subject(SubjectKind::Downstream)),
            "yes",
            "JSON: every metric of one thing: `channel/down`, `channel/up`, `port`, `radio`, `sensor`, `fan`, `disk`, `client`",
        ),
        (topics.presence(&id, &mac), "yes", "`home`, `not_home`, or `None` while it is not known"),
        (
            topics.attributes(&id, &mac),
            "yes",
            "JSON: address, network, access point and the like of a client",
        ),
        (
            topics.problem(&id),
            "yes",
            "JSON: `problem`, `error`, `advice`, `class`, `since`, `missing_rights`, `paused_until`",
        ),
        (topics.firmware(&id), "yes", "JSON: installed and latest version, where the box tells both"),
        (topics.command(&id), "never", "a command to the box: a word, or JSON with `action` and `id`"),
        (
            topics.command_for(&id, Action::Refresh),
            "never",
            "the same for one action; the payload does not matter",
        ),
        (topics.client_command(&id, &mac), "never", "what may be done to a client: `block`, `unblock`"),
        (topics.result(&id), "no", "JSON: how far a command has come"),
        (topics.event(&id), "no", "JSON: something that happened; see [events](events.md)"),
    ];
    writeln!(out, "| topic | retained | payload |\n|---|---|---|").unwrap();
    for (topic, retained, payload) in rows {
        let topic = with_placeholders(&topic).replace("channel/down", "<kind>");
        writeln!(out, "| `{topic}` | {retained} | {payload} |").unwrap();
    }
}

fn page() -> String {
    // A switch takes the place of the sensor for its metric.
    let announced_to_read =
        announced(Action::all().filter(|action| !matches!(action, Action::Do(Deed::Turn(..) | Deed::Block))));
    let announced = announced(Action::all());
    let mut out = String::from(
        "# Reference\n\nMade from the code; `UPDATE_DOCS=1 cargo test --test reference` makes it anew.\n\n\
         Every payload has every key its subject has ever had a value for; `null` is *unknown*, never 0. Numbers have the unit of the table. \
         `router2mqtt` is the prefix (`mqtt.prefix`), `<box>` the id of a router in the configuration.\n\n## Topics\n\n",
    );
    topics(&mut out);
    out.push_str(
        "\nA command is `{\"action\": \"reboot\", \"id\": \"any text\"}` or the bare word. Actions: ",
    );
    let actions: Vec<String> = Action::all().map(|action| format!("`{action}`")).collect();
    writeln!(
        out,
        "{}. `pause` takes `\"minutes\"`; `block` and `unblock` take `\"client\"`, a hardware address.",
        actions.join(", ")
    )
    .unwrap();
    out.push_str(
        "\nA result is `{\"id\", \"action\", \"client\", \"state\", \"reason\", \"after_s\", \"down_s\"}`. `state` is one of `accepted`, `sent`, `down`, `up`, and then \
         exactly one of `done`, `failed` (with a reason) or `refused` (with a reason; nothing was tried).\n\n\
         `class` of a problem is one of ",
    );
    let classes: Vec<String> = FaultClass::ALL.iter().map(|class| format!("`{}`", class.word())).collect();
    writeln!(out, "{}; see [faults](faults.md).", classes.join(", ")).unwrap();
    let events: Vec<String> = EventKind::WORDS.iter().map(|word| format!("`{word}`")).collect();
    writeln!(out, "\n`event_type` of an event is one of {}; see [events](events.md).", events.join(", "))
        .unwrap();
    out.push_str("\n## Metrics\n");
    readings(&mut out, &announced_to_read);
    out.push_str("\n## Other entities\n\n");
    other_entities(&mut out, &announced);
    out
}

#[test]
fn the_reference_is_what_the_code_does() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    let made = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == made, "docs/reference.md is out of date; UPDATE_DOCS=1 cargo test --test reference");
}
