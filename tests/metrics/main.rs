//! What is written as metrics of all simulated boxes, and whether those read it that it is written for: `promtool` and the
//! official parsers for Python. Those run with `cargo test --test metrics -- --ignored`.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/configured.rs"]
mod configured;
mod house;
mod readers;

use std::collections::BTreeSet;

use jiff::Timestamp;
use router2mqtt::engine::{BoxView, World};
use router2mqtt::metrics::compat::{self, Compat};
use router2mqtt::metrics::{
    Family, Figures, Format, Mqtt, Process, Shown, families, families_of, of_the_bridge, shown, write,
};

/// Everything that a scrape of the bridge shows.
fn shown_of(world: &World) -> Vec<Family> {
    let mqtt = Some(Mqtt { connected: true, settled: true, published: 1000, reconnections: 0 });
    let figures = Figures { started: Timestamp::UNIX_EPOCH, mqtt, graphite: None, process: Process::now() };
    families(world).into_iter().chain(of_the_bridge(world, &figures)).collect()
}

/// How many numbers are known of a box: of each subject and metric one, whichever sections say it.
fn numbers(view: &BoxView) -> usize {
    let read = view.sections.values().flat_map(|section| section.readings.iter());
    let values = read.flat_map(|(subject, item)| {
        let known = item.iter().filter(|(_, value)| value.is_some());
        known.map(move |(row, _)| (subject, row.key, shown(subject.kind(), row)))
    });
    let numbers = values.filter(|(.., shown)| matches!(shown, Shown::Number { .. }));
    numbers.map(|(subject, key, _)| (subject, key)).collect::<BTreeSet<_>>().len()
}

#[tokio::test]
async fn every_number_of_every_box_is_shown_once() {
    let world = house::world().await;
    for view in world.boxes() {
        let samples = families_of(view).into_iter().flat_map(|family| {
            let plain = family.kind != router2mqtt::metrics::FamilyKind::Info;
            family.samples.into_iter().filter(move |_| plain)
        });
        // States have one for each of their words, and rights that are missing have a family of their own.
        let shown = samples
            .filter(|sample| !sample.labels.iter().any(|(name, _)| name == "state" || name == "right"));
        let expected = numbers(view);
        assert!(expected > 0, "{} ({}) tells nothing", view.about.id, view.about.family);
        assert_eq!(shown.count(), expected, "{} ({})", view.about.id, view.about.family);
    }
}

#[tokio::test]
#[ignore = "needs promtool"]
async fn promtool_finds_nothing_to_say() {
    let world = house::world().await;
    assert_eq!(readers::promtool(&write(&shown_of(&world), Format::Classic)).await, "");
    // Each box as it would be on a page of its own, under the names of an exporter before us.
    for compat in Compat::ALL {
        let pages: Vec<_> = world.boxes().map(|view| compat::families(compat, view)).collect();
        let pages: Vec<_> = pages.iter().filter(|families| !families.is_empty()).collect();
        assert!(!pages.is_empty(), "{compat:?}");
        for families in pages {
            assert_eq!(readers::promtool(&write(families, Format::Classic)).await, "", "{compat:?}");
        }
    }
}

#[tokio::test]
#[ignore = "needs prometheus_client"]
async fn the_official_parsers_read_what_was_meant() {
    let families = shown_of(&house::world().await);
    let meant = readers::meant(&families);
    for format in [Format::Classic, Format::OpenMetrics] {
        let read = readers::parsed(&write(&families, format), format).await;
        let other: Vec<_> = read.iter().filter(|(key, value)| meant.get(key) != Some(value)).collect();
        assert!(other.is_empty(), "{format:?} is read as {other:?}");
        assert_eq!(read.len(), meant.len(), "{format:?}");
    }
}
