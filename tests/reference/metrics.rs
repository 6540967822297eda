//! `docs/metrics.md`: a short introduction by hand, and every metric in our own names, from what is really written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use router2mqtt::engine::{Availability, BoxView, Presence, Problem, SectionView, World};
use router2mqtt::history::StoreHealth;
use router2mqtt::metrics::{
    Family, FamilyKind, Figures, Mqtt, Process, Shown, families, info, of_the_bridge, shown, unit_of,
};
use router2mqtt::model::{FaultClass, Identity, Kind, Readings, Row, Section, SubjectKind, Value, catalog};

use crate::{CLIENT, about, subject};

const INTRODUCTION: &str = include_str!("metrics.md");

fn value(row: &Row) -> Value {
    match row.kind {
        Kind::Text => Value::Text(row.key.to_owned()),
        Kind::State => Value::Text(row.options[0].to_owned()),
        _ => Value::Count(1),
    }
}

/// A box that can be read, and has every metric there is.
fn everything() -> World {
    let now = Timestamp::UNIX_EPOCH;
    let mut view = BoxView::new(about(Vec::new()));
    view.availability = Availability::Online { since: now };
    let word = || Some("word".to_owned());
    view.identity =
        Identity { model: word(), serial: word(), firmware: word(), hardware: word(), ..Identity::default() };
    view.missing_rights.insert("settings".into());
    let problem =
        Problem { class: FaultClass::Tls, summary: String::new(), advice: String::new(), since: now };
    view.problem = Some(problem);
    view.record.last_success = Some(now);
    view.record.took = Some(Duration::ZERO);
    view.record.faults.insert(FaultClass::Tls, 1);
    let home = Presence { home: Some(true), last_seen: Some(now) };
    view.presence.insert(CLIENT.parse().unwrap(), home);
    let mut readings = Readings::default();
    for kind in SubjectKind::ALL {
        let item = readings.subject(subject(kind));
        for row in catalog::ALL.iter().filter(|row| row.on.contains(&kind)) {
            item.put(row, Some(value(row)));
        }
    }
    for (subject, item) in readings.iter() {
        view.shape.learn(subject, item, now);
    }
    view.sections.insert(Section::Connection, SectionView { at: now, readings });
    let mut world = World::default();
    world.put(view);
    world.put_history(StoreHealth::default());
    world
}

fn figures() -> Figures {
    let process = Process {
        resident: Some(1),
        virtual_memory: Some(1),
        processor: Some(Duration::ZERO),
        open_files: Some(1),
        most_files: Some(1),
        threads: Some(1),
        started: Some(1.0),
    };
    Figures { started: Timestamp::UNIX_EPOCH, mqtt: Some(Mqtt::default()), process }
}

/// The families of each kind of subject; those that no row of the catalog is behind are with the box or the client.
fn by_subject(families: Vec<Family>) -> BTreeMap<SubjectKind, Vec<Family>> {
    let mut of_rows = BTreeMap::new();
    for kind in SubjectKind::ALL {
        of_rows.insert(info(kind), kind);
        for row in catalog::ALL.iter().filter(|row| row.on.contains(&kind)) {
            match shown(kind, row) {
                Shown::Number { family, .. } | Shown::States { family } | Shown::Info { family } => {
                    of_rows.insert(family, kind);
                }
                Shown::Label | Shown::Nowhere => {}
            }
        }
    }
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for family in families {
        let about_client = family.samples[0].labels.iter().any(|(name, _)| name == "client");
        let other = if about_client { SubjectKind::Client } else { SubjectKind::Router };
        let kind = of_rows.get(family.name.as_ref()).copied().unwrap_or(other);
        all.entry(kind).or_default().push(family);
    }
    all
}

fn table(out: &mut String, families: &[Family]) {
    writeln!(out, "| name | type | labels | unit | meaning |\n|---|---|---|---|---|").unwrap();
    let mut families: Vec<_> = families.iter().collect();
    families.sort_by_key(|family| family.sample_name());
    for family in families {
        let kind = match family.kind {
            FamilyKind::Gauge => "gauge",
            FamilyKind::Counter => "counter",
            FamilyKind::Info => "info",
        };
        let labels: Vec<_> = family.samples[0].labels.iter().map(|(name, _)| format!("`{name}`")).collect();
        writeln!(
            out,
            "| `{}` | {kind} | {} | {} | {} |",
            family.sample_name(),
            labels.join(", "),
            unit_of(&family.name).unwrap_or_default().replace('_', " "),
            family.help,
        )
        .unwrap();
    }
}

/// What the labels mean that a description has beside the name.
fn labels(out: &mut String, kind: SubjectKind) {
    let rows = catalog::ALL.iter().filter(|row| row.on.contains(&kind));
    let mut words = rows.filter(|row| shown(kind, row) == Shown::Label).peekable();
    if words.peek().is_some() {
        writeln!(out, "\nThe labels of `{}_info`:\n", info(kind)).unwrap();
    }
    for row in words {
        writeln!(out, "* `{}`: {}", row.key, row.doc.trim()).unwrap();
    }
}

fn page() -> String {
    let world = everything();
    let mut out = String::from(INTRODUCTION);
    out.push_str("\n## The bridge\n\n");
    table(&mut out, &of_the_bridge(&world, &figures()));
    for (kind, families) in by_subject(families(&world)) {
        writeln!(out, "\n## {}\n", kind.noun()).unwrap();
        table(&mut out, &families);
        labels(&mut out, kind);
    }
    out
}

#[test]
fn the_list_of_metrics_is_what_the_code_writes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    let made = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == made, "docs/metrics.md is out of date; UPDATE_DOCS=1 cargo test --test reference");
}

#[test]
fn the_bridge_and_its_boxes_have_no_name_in_common() {
    let world = everything();
    let of_boxes = families(&world);
    for family in of_the_bridge(&world, &figures()) {
        assert!(of_boxes.iter().all(|other| other.name != family.name), "{}", family.name);
    }
}
