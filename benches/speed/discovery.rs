//! What announcing a large household costs in computing: when there is something new, and at every other change of the
//! world.

use std::hint::black_box;

use criterion::Criterion;
use jiff::Timestamp;
use router2mqtt::engine::{About, BoxView, Known, World};
use router2mqtt::homeassistant::{Announcer, Style, announce};
use router2mqtt::model::{Mac, Subject, SubjectKind, catalog};
use router2mqtt::mqtt::{Declare as _, Ledger, Topics};

/// Enough devices for about a thousand entities.
const DEVICES: u8 = 60;

fn household() -> World {
    let mut view = BoxView::new(About {
        id: "box".parse().unwrap(),
        name: "Box".to_owned(),
        family: "freebox",
        manufacturer: "Somebody",
        url: "http://192.0.2.1/".to_owned(),
        actions: Vec::new(),
    });
    for number in 0..DEVICES {
        let rows = catalog::ALL.iter().filter(|row| row.on.contains(&SubjectKind::Client));
        let known = Known {
            label: Some(format!("Device {number}")),
            rows: rows.map(|row| (row.key, *row)).collect(),
            seen: Timestamp::UNIX_EPOCH,
        };
        view.shape.remember(Subject::Client(Mac::new([0, 0, 0x5e, 0, 0x53, number])), known);
    }
    let mut world = World::default();
    world.put(view);
    world
}

pub fn run(criterion: &mut Criterion) {
    let (world, topics) = (household(), Topics::new("router2mqtt"));
    let style = Style::default();
    criterion.bench_function("announce_1000", |bench| {
        bench.iter(|| announce(black_box(&world), &style, &topics));
    });

    let announcer = Announcer::new(style, topics.clone());
    criterion.bench_function("announce_1000_again", |bench| {
        bench.iter(|| announcer.declare(black_box(&world)));
    });

    let wanted = announcer.declare(&world);
    let mut ledger = Ledger::new(topics, Default::default());
    let mut difference = || ledger.difference(&wanted, true, |_, _, wanted| wanted.payload.clone());
    assert_eq!(difference().len(), usize::from(DEVICES) + 1);
    criterion.bench_function("nothing_new_of_1000", |bench| bench.iter(&mut difference));
}
