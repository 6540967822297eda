//! The rules that a message has to keep, whatever is in it.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::Value as Json;

use super::golden::told;
use super::household::{cable_modem, fibre_box, household, phone, unread};
use crate::engine::{BoxView, World};
use crate::homeassistant::{Announcer, Layout, Style, announce};
use crate::model::{
    Action, Command, Deed, EventKind, Mac, Section, Subject, SubjectKind, Switch, Unit, Value, catalog,
};
use crate::mqtt::testing::{a_box, a_world, at, read, topics};
use crate::mqtt::{Change, Declare, Ledger, States};

/// A box that has everything there is.
fn a_box_with_everything() -> BoxView {
    let mut view = a_box("all", Section::System, |_| {});
    view.about.actions = Action::all().collect();
    read(&mut view, Section::System, |readings| {
        for kind in SubjectKind::ALL {
            let item = readings.subject(Subject::of(kind, "00005e005301").unwrap());
            for row in catalog::ALL.iter().filter(|row| row.on.contains(&kind)) {
                item.put(row, Some(some_value(row.unit, row.options)));
            }
        }
    });
    view
}

fn some_value(unit: Unit, options: &[&str]) -> Value {
    match unit {
        Unit::Bytes | Unit::Count => Value::Count(7),
        Unit::Flag => Value::Flag(true),
        Unit::Text => Value::Text(options.first().map_or("words", |word| word).to_owned()),
        Unit::Moment => Value::Moment(at("2026-11-01T00:00:00Z")),
        _ => Value::Number(7.0),
    }
}

fn worlds() -> [World; 4] {
    let unread_boxes = [unread(&fibre_box()), BoxView::new(cable_modem().about)];
    [household(), a_world([a_box_with_everything()]), a_world(unread_boxes), World::default()]
}

/// Every entity that is announced: its topic or component id, and what is said of it.
fn entities(world: &World, layout: Layout) -> Vec<(String, Json)> {
    let mut all = Vec::new();
    for (topic, message) in told(world, layout) {
        match message.get("cmps") {
            Some(Json::Object(components)) => {
                all.extend(components.iter().map(|(id, entity)| (format!("{topic} {id}"), entity.clone())));
            }
            _ => all.push((topic, message)),
        }
    }
    all
}

fn keys(part: &Json) -> Vec<&str> {
    part.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_closed_parts_of_a_message_hold_nothing_unknown_and_nothing_null() {
    let device = ["ids", "cns", "name", "mf", "mdl", "mdl_id", "hw", "sw", "sn", "cu", "via_device"];
    let root = ["dev", "o", "avty", "avty_mode", "qos", "cmps"];
    for world in worlds() {
        for (topic, message) in told(&world, Layout::Device) {
            for (part, known) in
                [(&message, &root[..]), (&message["dev"], &device), (&message["o"], &["name", "sw", "url"])]
            {
                assert!(keys(part).iter().all(|key| known.contains(key)), "{topic}: {:?}", keys(part));
                assert!(part.as_object().unwrap().values().all(|value| !value.is_null()), "{topic}: {part}");
            }
            assert!(!message["dev"]["name"].as_str().unwrap().is_empty());
            assert!(!message["cmps"].as_object().unwrap().is_empty());
        }
    }
}

#[test]
fn every_entity_has_what_it_needs_and_no_other_entity_has_its_id() {
    for world in worlds() {
        for layout in [Layout::Device, Layout::Component] {
            let mut seen = BTreeSet::new();
            for (place, entity) in entities(&world, layout) {
                let (platform, id) = (entity["p"].as_str().unwrap(), entity["uniq_id"].as_str().unwrap());
                assert!(id.starts_with("router2mqtt_") && seen.insert(id.to_owned()), "{place}: {id}");
                let entity_id = format!("{platform}.{}", entity["obj_id"].as_str().unwrap());
                assert_eq!(entity["def_ent_id"], entity_id, "{place}");
                assert_eq!(entity["name"].is_null(), platform == "device_tracker", "{place}");
                let needed = if platform == "button" { "cmd_t" } else { "stat_t" };
                assert!(entity[needed].is_string(), "{place}");
                let category = entity["ent_cat"].as_str();
                let configures = ["button", "switch"].contains(&platform);
                assert!(category != Some("config") || configures, "{place}: {category:?}");
            }
        }
    }
}

#[test]
fn both_layouts_announce_the_same_entities() {
    for world in worlds() {
        let ids = |layout| -> BTreeSet<String> {
            entities(&world, layout).iter().map(|(_, entity)| entity["uniq_id"].to_string()).collect()
        };
        assert_eq!(ids(Layout::Device), ids(Layout::Component));
    }
    assert!(told(&household(), Layout::Off).is_empty());
}

/// Home Assistant warns at each message in which a key is missing.
#[test]
fn every_key_that_a_template_reads_is_in_the_state() {
    for world in worlds().into_iter().take(2) {
        let states = States::new(topics()).declare(&world);
        let documents: BTreeMap<_, Json> = states
            .iter()
            .filter_map(|(topic, wanted)| Some((topic, serde_json::from_slice(&wanted.payload).ok()?)))
            .collect();
        let mut read = 0;
        for (place, entity) in entities(&world, Layout::Device) {
            for template in ["val_tpl", "json_attr_tpl"].iter().filter_map(|key| entity[key].as_str()) {
                let rest = template.split_once("value_json.").unwrap().1;
                let key: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let document = &documents[entity["stat_t"].as_str().unwrap()];
                assert!(document.get(&key).is_some(), "{place}: no '{key}' in {document}");
                read += 1;
            }
        }
        assert!(read > 15);
    }
}

/// Whatever an entity takes its value or its availability from is published.
#[test]
fn every_topic_that_is_announced_is_published() {
    for world in worlds().into_iter().take(2) {
        let states = States::new(topics()).declare(&world);
        for (place, entity) in entities(&world, Layout::Component) {
            let named = ["stat_t", "json_attr_t"].iter().filter_map(|key| entity[key].as_str());
            let available = entity["avty"].as_array().unwrap().iter().filter_map(|entry| entry["t"].as_str());
            for topic in named.chain(available) {
                let fleeting = entity["p"] == "event" && topic.ends_with("/event");
                let published =
                    fleeting || states.get(topic).is_some() || topic == topics().bridge_availability();
                assert!(published, "{place}: {topic}");
            }
        }
    }
}

#[test]
fn discovery_topics_are_ones_that_home_assistant_listens_to() {
    let fits =
        |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    for world in worlds() {
        for topic in told(&world, Layout::Device).keys() {
            let [prefix, device, id, config] = topic.split('/').collect::<Vec<_>>()[..] else {
                panic!("{topic}")
            };
            assert!(
                prefix == "homeassistant" && device == "device" && fits(id) && config == "config",
                "{topic}"
            );
        }
        for topic in told(&world, Layout::Component).keys() {
            let [_, _, node, id, config] = topic.split('/').collect::<Vec<_>>()[..] else {
                panic!("{topic}")
            };
            assert!(fits(node) && fits(id) && config == "config", "{topic}");
        }
    }
}

#[test]
fn a_box_is_announced_before_what_is_behind_it() {
    let world = household();
    let first =
        told(&world, Layout::Device).into_iter().find(|(topic, _)| topic.contains("freebox")).unwrap();
    assert!(first.1["dev"].get("via_device").is_none());
    let first =
        told(&world, Layout::Component).into_iter().find(|(topic, _)| topic.contains("freebox")).unwrap();
    assert!(first.1["dev"].get("via_device").is_none());
}

#[test]
fn a_box_on_a_list_of_clients_stays_apart_from_what_the_list_calls_it() {
    let (freebox, modem) = (fibre_box(), cable_modem());
    for owner in ["freebox", "modem"] {
        let mut views = [freebox.clone(), modem.clone()];
        views.iter_mut().filter(|view| view.about.id.as_str() == owner).for_each(|view| {
            view.identity.mac = Some(phone());
        });
        let told = told(&a_world(views), Layout::Device);
        let box_message = &told[&format!("homeassistant/device/router2mqtt_{owner}/config")];
        assert!(box_message["dev"].get("cns").is_none());
        let client = &told["homeassistant/device/router2mqtt_freebox_00005e005301/config"];
        assert_eq!(client["dev"]["cns"][0][1], phone().to_string());
    }
}

#[test]
fn the_update_entity_takes_the_place_of_the_firmware_sensor() {
    let told = told(&household(), Layout::Device);
    let components = |node: &str| told[&format!("homeassistant/device/{node}/config")]["cmps"].clone();
    let (freebox, modem) = (components("router2mqtt_freebox"), components("router2mqtt_modem"));
    assert_eq!(freebox["firmware_update"]["p"], "update");
    assert!(freebox.get("firmware").is_none());
    assert_eq!(modem["firmware"]["p"], "sensor");
    assert!(modem.get("firmware_update").is_none());
}

#[test]
fn a_switch_that_may_be_turned_takes_the_place_of_its_sensor() {
    let told = told(&household(), Layout::Device);
    let components = |node: &str| told[&format!("homeassistant/device/{node}/config")]["cmps"].clone();
    let (freebox, modem) = (components("router2mqtt_freebox"), components("router2mqtt_modem"));
    assert!(freebox.get("wifi").is_none());
    let switch = &freebox["wifi_switch"];
    assert_eq!((&switch["p"], &switch["def_ent_id"]), (&"switch".into(), &"switch.freebox_wifi".into()));
    for payload in ["pl_on", "pl_off"] {
        let command = Command::read(switch[payload].as_str().unwrap().as_bytes(), None).unwrap();
        assert_eq!(command.action, Action::Do(Deed::Turn(Switch::Wifi, payload == "pl_on")));
    }
    assert_eq!(modem["wifi"]["p"], "binary_sensor", "what may not be turned");
    assert!(modem.get("wifi_switch").is_none());
    assert!(freebox.get("mobile_data_switch").is_none(), "what the box does not show");
}

#[test]
fn a_client_that_may_be_blocked_has_a_switch_on_its_own_device() {
    let client = |view: BoxView| {
        let told = told(&a_world([view]), Layout::Device);
        told["homeassistant/device/router2mqtt_freebox_00005e005301/config"]["cmps"].clone()
    };
    let components = client(fibre_box());
    assert!(components.get("blocked").is_none());
    let switch = &components["internet_access"];
    assert_eq!((&switch["p"], &switch["name"]), (&"switch".into(), &"Internet access".into()));
    assert_eq!(switch["uniq_id"], "router2mqtt_freebox_client_00005e005301_internet_access");
    assert_eq!(switch["val_tpl"], "{{ value_json.blocked | default(none) }}");
    assert_eq!((&switch["stat_on"], &switch["stat_off"]), (&"False".into(), &"True".into()));
    let to = topics().read_command(switch["cmd_t"].as_str().unwrap()).unwrap();
    for (payload, deed) in [("pl_on", Deed::Unblock), ("pl_off", Deed::Block)] {
        let command = Command::read(switch[payload].as_str().unwrap().as_bytes(), to.action.as_deref());
        let command = command.unwrap().to_client(to.client.unwrap()).unwrap();
        assert_eq!((command.action, command.client), (Action::Do(deed), Some(phone())));
    }
    let mut forbidden = fibre_box();
    forbidden.about.actions.retain(|action| *action != Action::Do(Deed::Block));
    let mut unable = fibre_box();
    unable.cannot = [Deed::Block, Deed::Unblock].into();
    for view in [forbidden, unable] {
        let components = client(view);
        assert!(components.get("internet_access").is_none());
        assert_eq!(components["blocked"]["p"], "binary_sensor");
    }
    let mut silent = fibre_box();
    silent.shape.retain(|subject, _| !matches!(subject, Subject::Client(_)));
    read(&mut silent, Section::Clients, |readings| {
        readings.subject(Subject::Client(phone())).set(catalog::CONNECTED, true);
    });
    assert!(client(silent).get("internet_access").is_none(), "what the box does not show");
}

#[test]
fn a_switch_that_may_no_longer_be_turned_is_a_sensor_again() {
    let mut shelf = Shelf::new();
    shelf.tell(&household());
    let mut view = fibre_box();
    view.about.actions.retain(|action| !matches!(action, Action::Do(Deed::Turn(..))));
    shelf.tell(&a_world([view, cable_modem()]));
    let removal = serde_json::json!({ "p": "switch" });
    assert_eq!(shelf.component("router2mqtt_freebox", "wifi_switch"), Some(removal));
    assert_eq!(shelf.component("router2mqtt_freebox", "wifi").unwrap()["p"], "binary_sensor");
}

#[test]
fn nobody_is_offered_what_the_box_cannot_do() {
    let mut view = fibre_box();
    view.cannot = Deed::ALL.into_iter().collect();
    let told = told(&a_world([view]), Layout::Device);
    let components = &told["homeassistant/device/router2mqtt_freebox/config"]["cmps"];
    assert!(components.get("reboot").is_none() && components.get("wifi_switch").is_none());
    assert_eq!(components["wifi"]["p"], "binary_sensor");
    assert_eq!(components["refresh"]["p"], "button");
}

#[test]
fn a_box_has_events_also_while_it_is_away() {
    let told = told(&household(), Layout::Device);
    let components = |node: &str| told[&format!("homeassistant/device/{node}/config")]["cmps"].clone();
    let event = &components("router2mqtt_modem")["event"];
    assert_eq!(event["evt_typ"], serde_json::json!(EventKind::WORDS));
    assert_eq!(event["avty"], serde_json::json!([{ "t": topics().bridge_availability() }]));
}

/// A broker in memory that takes what the ledger sends.
struct Shelf {
    announcer: Announcer,
    ledger: Ledger,
    held: BTreeMap<String, Bytes>,
}

impl Shelf {
    fn new() -> Self {
        let announcer = Announcer::new(Style::default(), topics());
        Self { announcer, ledger: Ledger::new(topics(), BTreeSet::new()), held: BTreeMap::new() }
    }

    /// Tells it of a world, and gives what was changed under discovery.
    fn tell(&mut self, world: &World) -> Vec<Change> {
        let wanted = States::new(topics()).declare(world) + self.announcer.declare(world);
        let announcer = &self.announcer;
        let changes = self
            .ledger
            .difference(&wanted, true, |topic, held, wanted| announcer.replace(topic, held, wanted));
        self.ledger.confirmed(&changes);
        for change in &changes {
            if change.clears() {
                self.held.remove(&change.topic);
            } else {
                self.held.insert(change.topic.clone(), change.payload.clone());
            }
        }
        changes.into_iter().filter(|change| change.topic.starts_with("homeassistant/")).collect()
    }

    /// The bridge starts anew, without its list.
    fn restart(&mut self) {
        self.ledger = Ledger::new(topics(), BTreeSet::new());
        self.ledger.saw_all(self.announcer.filters());
        for (topic, payload) in &self.held {
            if let Some(named) = self.announcer.recognise(topic, payload) {
                self.ledger.claim(topic.clone());
                named.into_iter().for_each(|topic| self.ledger.claim(topic));
                self.ledger.found(topic.clone(), payload.clone());
            }
        }
    }

    fn component(&self, node: &str, id: &str) -> Option<Json> {
        let message = self.held.get(&format!("homeassistant/device/{node}/config"))?;
        let message: Json = serde_json::from_slice(message).unwrap();
        message["cmps"].get(id).cloned()
    }
}

#[test]
fn a_restart_changes_nothing_neither_before_nor_after_the_first_reading() {
    let mut shelf = Shelf::new();
    assert_eq!(shelf.tell(&household()).len(), 3);
    shelf.restart();
    assert_eq!(shelf.tell(&a_world([unread(&fibre_box()), unread(&cable_modem())])), []);
    assert_eq!(shelf.tell(&household()), []);
}

#[test]
fn a_restart_without_any_memory_takes_nothing_away() {
    let mut shelf = Shelf::new();
    shelf.tell(&household());
    shelf.restart();
    let blank = a_world([BoxView::new(fibre_box().about), BoxView::new(cable_modem().about)]);
    assert_eq!(shelf.tell(&blank), []);
    assert!(shelf.component("router2mqtt_modem", "down_9_snr").is_some());
}

#[test]
fn an_entity_that_went_is_removed_and_then_forgotten() {
    let mut shelf = Shelf::new();
    shelf.tell(&household());
    let mut smaller = cable_modem();
    smaller.shape.retain(|subject, _| !matches!(subject, Subject::Downstream(_)));
    let smaller = a_world([fibre_box(), smaller]);
    assert_eq!(shelf.tell(&smaller).len(), 1);
    let removal = serde_json::json!({ "p": "sensor" });
    assert_eq!(shelf.component("router2mqtt_modem", "down_9_snr"), Some(removal));
    assert_eq!(shelf.tell(&smaller), [], "the removal stays for this run");
    shelf.restart();
    assert_eq!(shelf.tell(&smaller).len(), 1);
    assert_eq!(shelf.component("router2mqtt_modem", "down_9_snr"), None);
    assert_eq!(shelf.tell(&household()).len(), 1);
    assert!(shelf.component("router2mqtt_modem", "down_9_snr").unwrap().get("uniq_id").is_some());
}

#[test]
fn a_client_that_was_forgotten_is_removed_with_everything_it_named() {
    let mut shelf = Shelf::new();
    shelf.tell(&household());
    shelf.restart();
    let mut view = fibre_box();
    view.shape.retain(|subject, _| !matches!(subject, Subject::Client(_)));
    let cleared: Vec<_> =
        shelf.tell(&a_world([view, cable_modem()])).into_iter().filter(Change::clears).collect();
    let topics: Vec<_> = cleared.iter().map(|change| change.topic.as_str()).collect();
    assert!(topics.contains(&"homeassistant/device/router2mqtt_freebox_00005e005301/config"), "{topics:?}");
}

#[test]
fn only_messages_that_prove_it_are_ours() {
    let announcer = Announcer::new(Style::default(), topics());
    let wanted = announcer.declare(&household());
    for (topic, message) in wanted.iter() {
        let named = announcer.recognise(topic, &message.payload).unwrap();
        assert!(named.iter().all(|topic| topics().retains(topic)));
        assert!(!named.contains(&topics().bridge_availability()));
    }
    let topic = "homeassistant/device/router2mqtt_modem/config";
    let ours = String::from_utf8(wanted.get(topic).unwrap().payload.to_vec()).unwrap();
    let other_bridge = ours.replace("\"router2mqtt/bridge", "\"second/bridge");
    let other_program = ours.replace(r#""name":"router2mqtt""#, r#""name":"zigbee2mqtt""#);
    for foreign in [other_bridge.as_str(), other_program.as_str(), "{}", "", "[1]", "not JSON"] {
        assert_eq!(announcer.recognise(topic, foreign.as_bytes()), None, "{foreign:.60}");
    }
    assert_eq!(announcer.recognise("homeassistant/status", ours.as_bytes()), None);
}

#[test]
fn a_change_of_layout_is_announced_where_the_other_layout_was() {
    let component = Announcer::new(Style { layout: Layout::Component, ..Style::default() }, topics());
    let device = Announcer::new(Style::default(), topics());
    let (of_device, of_component) = (
        "homeassistant/device/router2mqtt_modem/config",
        "homeassistant/sensor/router2mqtt_modem/down_9_snr/config",
    );
    assert!(component.farewell(of_device).is_some() && device.farewell(of_component).is_some());
    assert!(device.farewell(of_device).is_none() && component.farewell(of_component).is_none());
    assert!(device.farewell("router2mqtt/modem/state").is_none());
}

#[test]
fn names_that_people_gave_are_kept_as_they_are() {
    let mut view = fibre_box();
    let other = Mac::new([0, 0, 0x5e, 0, 0x53, 2]);
    read(&mut view, Section::Clients, |readings| {
        readings.subject(Subject::Client(other)).label("電話").set(catalog::CONNECTED, true);
    });
    let told = told(&a_world([view]), Layout::Device);
    let client = &told["homeassistant/device/router2mqtt_freebox_00005e005302/config"];
    assert_eq!(client["dev"]["name"], "電話");
    assert_eq!(client["cmps"]["presence"]["def_ent_id"], "device_tracker.freebox_00005e005302");
}

proptest! {
    #[test]
    fn whatever_is_on_a_broker_is_ours_or_not(payload: Vec<u8>, json in "[{}\\[\\]\":,a-z0-9]{0,60}") {
        let announcer = Announcer::new(Style::default(), topics());
        let topic = "homeassistant/device/router2mqtt_modem/config";
        for found in [payload, json.into_bytes()] {
            prop_assert_eq!(announcer.recognise(topic, &found), None);
            let mut shelf = Shelf::new();
            shelf.ledger.found(topic.to_owned(), found.into());
            shelf.tell(&a_world([cable_modem()]));
            prop_assert!(shelf.component("router2mqtt_modem", "wan").is_some());
        }
    }
}

#[test]
fn whatever_an_announcement_follows_from_changes_it_at_once() {
    let announcer = Announcer::new(Style::default(), topics());
    let changes: [fn(&mut BoxView); 6] = [
        |view| view.cannot = [Deed::Reboot].into(),
        |view| view.about.actions.clear(),
        |view| view.identity.model = Some("Another".into()),
        |view| view.shape.retain(|subject, _| *subject != Subject::Client(phone())),
        |view| drop(view.sections.remove(&Section::Clients)),
        |view| view.sections.clear(),
    ];
    for change in changes {
        let before = announcer.declare(&household());
        assert_eq!(announcer.declare(&household()), before);
        let mut changed = fibre_box();
        change(&mut changed);
        let world = a_world([changed, cable_modem()]);
        let after = announcer.declare(&world);
        assert_ne!(after, before);
        assert_eq!(after, announce(&world, &Style::default(), &topics()));
    }
}
