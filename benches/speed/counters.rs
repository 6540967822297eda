//! What it costs to make counters last: five boxes with 200 devices each, polled once.

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use jiff::{SignedDuration, Timestamp};
use router2mqtt::engine::{Counters, Occasion};
use router2mqtt::model::{Bytes, Counting, Mac, Section, Snapshot, Subject, catalog};

const BOXES: usize = 5;
const CLIENTS: u8 = 200;

fn snapshot(poll: u64) -> Snapshot {
    let mut seen = Snapshot::new(moment(poll));
    for number in 0..CLIENTS {
        let client =
            seen.section(Section::Clients).subject(Subject::Client(Mac::new([2, 0, 0x5e, 0, 0, number])));
        client.set(catalog::RECEIVED, Bytes(poll * 1000)).set(catalog::SENT, Bytes(poll * 100));
    }
    seen
}

fn moment(poll: u64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(poll.try_into().unwrap())
}

pub fn run(criterion: &mut Criterion) {
    let mut boxes: Vec<_> = (0..BOXES).map(|_| Counters::default()).collect();
    let mut poll = 0;
    criterion.bench_function("counters of 5 boxes with 200 devices", |bencher| {
        bencher.iter_batched(
            || {
                poll += 1;
                (poll, (0..BOXES).map(|_| snapshot(poll)).collect::<Vec<_>>())
            },
            |(poll, mut seen)| {
                let occasion =
                    Occasion { at: moment(poll), boot: Some(Timestamp::UNIX_EPOCH), replaced: false };
                for (counters, seen) in boxes.iter_mut().zip(&mut seen) {
                    black_box(counters.take(seen, |_, _| Counting::USUAL, &occasion));
                }
                seen
            },
            BatchSize::LargeInput,
        );
    });
}
