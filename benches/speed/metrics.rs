//! What a scrape costs without the network: five boxes with 200 devices in all, as families and as text. The aim is well
//! under 2 ms.

use std::hint::black_box;

use criterion::Criterion;
use jiff::Timestamp;
use router2mqtt::engine::{About, Availability, BoxView, Presence, SectionView, World};
use router2mqtt::metrics::{Format, families, write};
use router2mqtt::model::{Kind, Mac, Readings, Row, Section, Subject, SubjectKind, Unit, Value, catalog};

const BOXES: u8 = 5;
const CLIENTS: u8 = 40;

/// A value as uneven as real ones are.
fn value(row: &Row, seed: u32) -> Value {
    match row.kind {
        Kind::Flag => Value::Flag(seed.is_multiple_of(2)),
        Kind::State => Value::Text(row.options[0].to_owned()),
        Kind::Text => Value::Text(format!("{} {seed}", row.key)),
        Kind::Moment => Value::Moment(Timestamp::from_second(1_790_000_000 + i64::from(seed)).unwrap()),
        Kind::Gauge | Kind::Counter | Kind::Tally => match row.unit {
            Unit::Bytes | Unit::Count => Value::Count(49_556_332_677 * u64::from(seed)),
            _ => Value::Number(40.946 + f64::from(seed) / 7.0),
        },
    }
}

/// Fills in everything that a subject of this kind can have.
fn fill(readings: &mut Readings, subject: &Subject, seed: u32) {
    let item = readings.subject(subject.clone());
    item.label(format!("{subject} of the household"));
    for row in catalog::ALL.iter().filter(|row| row.on.contains(&subject.kind())) {
        item.put(row, Some(value(row, seed)));
    }
}

fn view(number: u8) -> BoxView {
    let about = About {
        id: format!("box-{number}").parse().unwrap(),
        name: format!("Box {number}"),
        family: "any",
        manufacturer: "Anybody",
        url: "http://192.0.2.1".into(),
        actions: Vec::new(),
    };
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let mut view = BoxView::new(about);
    view.availability = Availability::Online { since: now };
    let mut readings = Readings::default();
    fill(&mut readings, &Subject::Router, 1);
    for channel in 1..=24 {
        fill(&mut readings, &Subject::of(SubjectKind::Downstream, &channel.to_string()).unwrap(), channel);
    }
    for channel in 1..=4 {
        fill(&mut readings, &Subject::of(SubjectKind::Upstream, &channel.to_string()).unwrap(), channel);
        fill(&mut readings, &Subject::of(SubjectKind::Port, &channel.to_string()).unwrap(), channel);
    }
    for client in 0..CLIENTS {
        let mac = Mac::new([0, 0, 0x5e, 0, number, client]);
        fill(&mut readings, &Subject::Client(mac), client.into());
        view.presence.insert(mac, Presence { home: Some(true), last_seen: Some(now) });
    }
    for (subject, item) in readings.iter() {
        view.shape.learn(subject, item, now);
    }
    view.sections.insert(Section::Clients, SectionView { at: now, readings });
    view
}

pub fn run(criterion: &mut Criterion) {
    let mut world = World::default();
    (0..BOXES).for_each(|number| world.put(view(number)));
    let all = families(&world);
    let samples: usize = all.iter().map(|family| family.samples.len()).sum();
    let mut group = criterion.benchmark_group("metrics of 5 boxes with 200 devices");
    group.bench_function(format!("families, {samples} samples"), |bencher| {
        bencher.iter(|| families(black_box(&world)));
    });
    for format in [Format::Classic, Format::OpenMetrics] {
        let bytes = write(&all, format).len();
        group.bench_function(format!("{format:?}, {bytes} bytes"), |bencher| {
            bencher.iter(|| write(black_box(&all), format));
        });
    }
    group.bench_function("a scrape", |bencher| {
        bencher.iter(|| write(&families(black_box(&world)), Format::OpenMetrics));
    });
}
