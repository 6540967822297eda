use std::collections::BTreeSet;

use jiff::Timestamp;

use super::*;
use crate::engine::{About, Availability, Presence, Problem, SectionView};
use crate::metrics::{FamilyKind, Format, write};
use crate::model::{
    BitRate, Bytes, Celsius, Count, Decibel, FaultClass, Identity, ItemId, Mac, Moment, Percent, Section,
    Share, State, Text, catalog,
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const PHONE: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 1]);
const PRINTER: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 2]);

fn id(name: &str) -> ItemId {
    ItemId::new(name).unwrap()
}

fn online(id: &str) -> BoxView {
    let about = About {
        id: id.parse().unwrap(),
        name: "The \"box\"".into(),
        family: "any",
        manufacturer: "Anybody",
        url: "http://192.0.2.1".into(),
        actions: Vec::new(),
    };
    let mut view = BoxView::new(about);
    view.availability = Availability::Online { since: NOW };
    view
}

/// As the keeper does it.
fn read(view: &mut BoxView, section: Section, fill: impl FnOnce(&mut Readings)) {
    let mut readings = Readings::default();
    fill(&mut readings);
    for (subject, item) in readings.iter() {
        view.shape.learn(subject, item, NOW);
    }
    view.sections.insert(section, SectionView { at: NOW, readings });
}

fn household() -> BoxView {
    let mut view = online("modem");
    view.identity =
        Identity { model: Some("CODA".into()), firmware: Some("7.1".into()), ..Identity::default() };
    read(&mut view, Section::Connection, |readings| {
        let router = readings.router();
        router.set(catalog::WAN, true).set(catalog::MODE, State::new("bridge"));
        router.set(catalog::RECEIVED, Bytes(9_007_199_254_740_991));
        router
            .set(catalog::DOWNLOAD_RATE, BitRate::bytes(289_259.0))
            .set(catalog::IPV4, Text::new("192.0.2.7"));
        router.set(catalog::BATTERY, Percent(37.0)).set(catalog::UPTIME, None);
        router.set(catalog::LAST_BOOT, Moment("2026-11-01T10:20:30Z".parse().unwrap()));
        router.set(catalog::DEVICE_CLOCK, Text::new("just now"));
    });
    read(&mut view, Section::Line, |readings| {
        let channel = readings.subject(Subject::Downstream(id("9")));
        channel.set(catalog::SNR, Decibel(40.946)).set(catalog::UNCORRECTED, Count(3));
        channel.set(catalog::MODULATION, Text::new("256QAM"));
        let sensor = readings.subject(Subject::Sensor(id("t1")));
        sensor.set(catalog::TEMPERATURE, Celsius(52.0)).label("Température CPU");
    });
    read(&mut view, Section::Clients, |readings| {
        let phone = readings.subject(Subject::Client(PHONE));
        phone.label("anna's phone").set(catalog::CONNECTED, true).set(catalog::IPV4, Text::new("192.0.2.20"));
        phone.set(catalog::SSID, Text::new("not told"));
    });
    let usage = view.usage.subject(Subject::Person(id("anna")));
    usage.label("Anna").set(catalog::QUOTA_PERCENT, Share(150.0)).set(catalog::USAGE_TODAY, Bytes(1000));
    view.usage.subject(Subject::Client(PHONE)).set(catalog::USAGE_TODAY, Bytes(1000));
    for (subject, item) in view.usage.iter() {
        view.shape.learn(subject, item, NOW);
    }
    view.presence.insert(PHONE, Presence { home: Some(true), last_seen: Some(NOW) });
    view.missing_rights.insert("settings".into());
    view
}

fn text(view: &BoxView) -> String {
    let families = families_of(view);
    let text = write(&families, Format::Classic);
    text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_household_looks_like_this() {
    insta::assert_snapshot!(text(&household()), @r#"
    router2mqtt_battery_ratio{box="modem"} 0.37
    router2mqtt_box_info{box="modem",name="The \"box\"",family="any",manufacturer="Anybody",model="CODA",firmware="7.1"} 1
    router2mqtt_client_info{box="modem",client="00:00:5e:00:53:01",name="anna's phone",ipv4="192.0.2.20"} 1
    router2mqtt_client_connected{box="modem",client="00:00:5e:00:53:01"} 1
    router2mqtt_client_home{box="modem",client="00:00:5e:00:53:01"} 1
    router2mqtt_client_usage_today_bytes{box="modem",client="00:00:5e:00:53:01"} 1000
    router2mqtt_download_rate_bytes_per_second{box="modem"} 289259
    router2mqtt_downstream_info{box="modem",channel="9",name="Downstream 9",modulation="256QAM"} 1
    router2mqtt_downstream_snr_db{box="modem",channel="9"} 40.946
    router2mqtt_downstream_uncorrected_total{box="modem",channel="9"} 3
    router2mqtt_ipv4_info{box="modem",ipv4="192.0.2.7"} 1
    router2mqtt_last_boot_timestamp_seconds{box="modem"} 1793528430
    router2mqtt_missing_right{box="modem",right="settings"} 1
    router2mqtt_mode{box="modem",state="router"} 0
    router2mqtt_mode{box="modem",state="bridge"} 1
    router2mqtt_person_info{box="modem",person="anna",name="Anna"} 1
    router2mqtt_person_quota_ratio{box="modem",person="anna"} 1.5
    router2mqtt_person_usage_today_bytes{box="modem",person="anna"} 1000
    router2mqtt_received_bytes_total{box="modem"} 9007199254740991
    router2mqtt_sensor_info{box="modem",sensor="t1",name="Température CPU"} 1
    router2mqtt_sensor_temperature_celsius{box="modem",sensor="t1"} 52
    router2mqtt_wan{box="modem"} 1
    "#);
}

#[test]
fn a_box_that_is_away_shows_what_the_bridge_counts_and_nothing_that_was_read() {
    let mut view = household();
    view.availability = Availability::Offline { since: NOW };
    view.problem = Some(Problem {
        class: FaultClass::TimedOut,
        summary: "no answer".into(),
        advice: "wait".into(),
        since: NOW,
    });
    insta::assert_snapshot!(text(&view), @r#"
    router2mqtt_box_info{box="modem",name="The \"box\"",family="any",manufacturer="Anybody",model="CODA",firmware="7.1"} 1
    router2mqtt_client_info{box="modem",client="00:00:5e:00:53:01",name="anna's phone"} 1
    router2mqtt_client_usage_today_bytes{box="modem",client="00:00:5e:00:53:01"} 1000
    router2mqtt_missing_right{box="modem",right="settings"} 1
    router2mqtt_person_info{box="modem",person="anna",name="Anna"} 1
    router2mqtt_person_quota_ratio{box="modem",person="anna"} 1.5
    router2mqtt_person_usage_today_bytes{box="modem",person="anna"} 1000
    router2mqtt_problem{box="modem",class="timed_out"} 1
    "#);
}

#[test]
fn who_is_at_home_is_said_as_far_as_it_is_known() {
    let mut view = household();
    view.shape.remember(Subject::Client(PRINTER), Known::default());
    view.presence.insert(PRINTER, Presence { home: Some(false), last_seen: None });
    let at_home = |view: &BoxView| {
        let all = families_of(view).into_iter();
        let home =
            all.filter(|family| family.name == "router2mqtt_client_home").flat_map(|family| family.samples);
        home.map(|sample| (sample.labels[1].1.clone(), sample.value)).collect::<Vec<_>>()
    };
    let (phone, printer) = (PHONE.to_string(), PRINTER.to_string());
    assert_eq!(at_home(&view), [(phone.clone(), 1.0), (printer.clone(), 0.0)]);
    assert!(text(&view).contains(&format!("client=\"{printer}\",name=\"Client {printer}\"")));
    view.presence.insert(PRINTER, Presence { home: None, last_seen: None });
    assert_eq!(at_home(&view), [(phone, 1.0)]);
    assert!(!text(&view).contains(&printer), "nothing is known of it, not even that it is there");
}

#[test]
fn what_two_sections_say_is_said_once_and_by_the_first() {
    let mut view = online("modem");
    assert!(Section::Wifi < Section::Clients, "the order that the rest of this follows from");
    read(&mut view, Section::Clients, |readings| {
        readings.subject(Subject::Client(PHONE)).set(catalog::CONNECTED, true).set(catalog::BLOCKED, false);
    });
    read(&mut view, Section::Wifi, |readings| {
        readings.subject(Subject::Client(PHONE)).set(catalog::CONNECTED, None).set(catalog::BLOCKED, true);
    });
    let text = text(&view);
    let blocked: Vec<_> =
        text.lines().filter(|line| line.starts_with("router2mqtt_client_blocked")).collect();
    assert_eq!(blocked, [r#"router2mqtt_client_blocked{box="modem",client="00:00:5e:00:53:01"} 1"#]);
    assert!(
        text.contains(r#"router2mqtt_client_connected{box="modem",client="00:00:5e:00:53:01"} 1"#),
        "{text}"
    );
}

#[test]
fn a_row_where_it_does_not_belong_costs_only_itself() {
    let mut view = online("modem");
    read(&mut view, Section::Connection, |readings| {
        readings
            .router()
            .set(catalog::SNR, Decibel(1.0))
            .set(catalog::WAN, true)
            .set(catalog::BATTERY, Percent(1.0));
    });
    let names: Vec<_> = families_of(&view).into_iter().map(|family| family.name).collect();
    assert_eq!(names, ["router2mqtt_battery_ratio", "router2mqtt_box", "router2mqtt_wan"]);
}

/// Boxes that have everything there is, twice.
fn everything() -> World {
    let mut world = World::default();
    for id in ["one", "two"] {
        let mut view = online(id);
        read(&mut view, Section::Connection, |readings| {
            for kind in SubjectKind::ALL {
                for name in ["02005e100001", "02005e100002"] {
                    let item = readings.subject(Subject::of(kind, name).unwrap());
                    for row in catalog::ALL.iter().filter(|row| row.on.contains(&kind)) {
                        let word = row.options.first().map_or_else(|| "word".to_owned(), ToString::to_string);
                        let is_text =
                            matches!(row.kind, crate::model::Kind::Text | crate::model::Kind::State);
                        item.put(row, Some(if is_text { Value::Text(word) } else { Value::Count(1) }));
                    }
                }
            }
        });
        world.put(view);
    }
    world
}

#[test]
fn no_name_and_no_sample_is_there_twice() {
    let families = families(&everything());
    let names: Vec<_> = families.iter().map(|family| family.name.clone()).collect();
    assert!(names.is_sorted());
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(names.len() > 200, "{}", names.len());
    for family in &families {
        let labels: BTreeSet<_> = family.samples.iter().map(|sample| &sample.labels).collect();
        assert_eq!(labels.len(), family.samples.len(), "{}", family.name);
        for sample in &family.samples {
            let names: BTreeSet<_> = sample.labels.iter().map(|(name, _)| name).collect();
            assert_eq!(names.len(), sample.labels.len(), "{}: a label twice", family.name);
            assert_eq!(sample.labels[0].0, BOX);
        }
        assert!(family.help.ends_with('.'), "{}", family.name);
    }
}

#[test]
fn samples_of_different_kinds_are_never_called_the_same() {
    let families = families(&everything());
    let mut names = BTreeSet::new();
    for family in &families {
        assert!(names.insert(family.sample_name()), "{}", family.name);
        // The classic format has no other name, and the other one claims both.
        assert!(family.kind == FamilyKind::Gauge || !names.contains(family.name.as_ref()), "{}", family.name);
    }
}
