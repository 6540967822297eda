use super::*;
use crate::accounting::Gap;
use crate::model::{BitRate, Bytes, Count, Mac, Metric, Overflow, Quantity, Seconds, Section};

const ROW: Counting = Counting {
    bits: 32,
    overflow: Overflow::Wraps,
    renewal: Renewal::Appearance,
    ceiling: Some(30_000_000),
    rounded: false,
};

fn counting(subject: &Subject, _: &Row) -> Counting {
    if matches!(subject, Subject::Client(_)) { ROW } else { Counting::USUAL }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn client(number: u8) -> Subject {
    Subject::Client(Mac::new([2, 0, 0x5e, 0, 0, number]))
}

fn channel(id: u16) -> Subject {
    Subject::of(SubjectKind::Downstream, &id.to_string()).unwrap()
}

struct Box_(Counters);

impl Box_ {
    fn new() -> Self {
        Self(Counters::default())
    }

    fn poll(&mut self, second: i64, fill: impl FnOnce(&mut Snapshot)) -> (Snapshot, Vec<Counted>) {
        self.poll_on(Occasion { at: at(second), boot: None, replaced: false }, fill)
    }

    fn poll_on(&mut self, occasion: Occasion, fill: impl FnOnce(&mut Snapshot)) -> (Snapshot, Vec<Counted>) {
        let mut seen = Snapshot::new(occasion.at);
        fill(&mut seen);
        let counted = self.0.take(&mut seen, counting, &occasion);
        (seen, counted)
    }

    fn received(&mut self, second: i64, raw: u64) -> (Snapshot, Option<Growth>) {
        let (seen, counted) = self.poll(second, |seen| {
            seen.section(Section::Connection).router().set(catalog::RECEIVED, Bytes(raw));
        });
        (seen, counted[0].growth)
    }

    /// The rows of the statistics: whose, by which address, how much.
    fn rows(&mut self, second: i64, rows: &[(u8, &str, u64)]) -> (Snapshot, Vec<Counted>) {
        self.poll(second, |seen| {
            for (number, address, raw) in rows {
                let item = seen.section(Section::Clients).subject(client(*number));
                item.count(catalog::TRAFFIC, *address, Some(*raw));
            }
        })
    }

    fn restart(&mut self) {
        let saved = self.0.changed();
        self.0 = Counters::restore(saved);
    }
}

fn amount(counted: &[Counted], number: u8) -> Option<u64> {
    counted.iter().find(|one| one.subject == client(number))?.growth.map(|growth| growth.amount)
}

fn total(seen: &Snapshot, number: u8) -> Option<f64> {
    seen.number(&client(number), catalog::TRAFFIC)
}

fn rate<Q: Quantity>(seen: &Snapshot, subject: &Subject, metric: Metric<Q>) -> Option<f64> {
    seen.number(subject, metric)
}

#[test]
fn what_is_published_does_not_fall() {
    let mut box_ = Box_::new();
    assert_eq!(box_.received(0, 1000).1, None);
    let (seen, growth) = box_.received(60, 0);
    assert_eq!((seen.number(&Subject::Router, catalog::RECEIVED), growth), (Some(1000.0), None));
    let (seen, growth) = box_.received(120, 1600);
    assert_eq!(seen.number(&Subject::Router, catalog::RECEIVED), Some(1600.0));
    assert_eq!(growth, Some(Growth { amount: 600, from: at(0), to: at(120), gap: None }));
    assert_eq!(rate(&seen, &Subject::Router, catalog::DOWNLOAD_RATE), Some(40.0));
}

#[test]
fn what_is_unknown_stays_unknown_and_what_the_month_comes_to_is_left_alone() {
    let mut box_ = Box_::new();
    box_.received(0, 1000);
    let (seen, counted) = box_.poll(60, |seen| {
        let router = seen.section(Section::Connection).router();
        router.set(catalog::RECEIVED, None).set(catalog::MONTH_SENT, Bytes(5));
    });
    assert_eq!((seen.get(&Subject::Router, catalog::RECEIVED), counted), (None, vec![]));
    let (seen, _) = box_.poll(120, |seen| {
        seen.section(Section::Plan).router().set(catalog::MONTH_SENT, Bytes(2));
    });
    assert_eq!(seen.number(&Subject::Router, catalog::MONTH_SENT), Some(2.0));
}

#[test]
fn there_is_no_rate_across_a_gap_nor_over_a_long_time_nor_beside_the_boxs_own() {
    let mut box_ = Box_::new();
    box_.received(0, 1000);
    let (seen, _) = box_.received(3600, 2000);
    assert_eq!(rate(&seen, &Subject::Router, catalog::DOWNLOAD_RATE), None);
    let boot = Some(at(3630));
    let (seen, counted) = box_.poll_on(Occasion { at: at(3660), boot, replaced: false }, |seen| {
        seen.section(Section::Connection).router().set(catalog::RECEIVED, Bytes(10));
    });
    assert_eq!(counted[0].growth.unwrap().gap, Some(Gap { from: at(3600), to: at(3630) }));
    assert_eq!(rate(&seen, &Subject::Router, catalog::DOWNLOAD_RATE), None);
    box_.poll(3720, |seen| {
        seen.section(Section::Line).router().set(catalog::DOWNLOAD_RATE, BitRate(7.0));
    });
    let (seen, _) = box_.received(3780, 70);
    assert_eq!(
        rate(&seen, &Subject::Router, catalog::DOWNLOAD_RATE),
        None,
        "the box gives it at other polls"
    );
}

#[test]
fn the_rows_of_a_device_overflow_and_begin_anew_on_their_own() {
    let mut box_ = Box_::new();
    let near_the_end = u64::from(u32::MAX) - 999;
    box_.rows(0, &[(1, "192.0.2.1", near_the_end), (1, "192.0.2.2", 5000)]);
    let (seen, counted) = box_.rows(60, &[(1, "192.0.2.1", 500), (1, "192.0.2.2", 5600)]);
    assert_eq!(amount(&counted, 1), Some(2100));
    assert_eq!(total(&seen, 1), Some((near_the_end + 5000 + 2100) as f64));
    assert_eq!(rate(&seen, &client(1), catalog::TRAFFIC_RATE), Some(280.0));
    let (seen, counted) = box_.rows(120, &[(1, "192.0.2.2", 5700)]);
    assert_eq!((amount(&counted, 1), total(&seen, 1)), (Some(100), Some((near_the_end + 7200) as f64)));
    let (seen, counted) =
        box_.rows(180, &[(1, "192.0.2.1", 30), (1, "192.0.2.2", 5700), (1, "192.0.2.3", 8)]);
    assert_eq!(amount(&counted, 1), Some(38), "one is back and one is new: both count from zero");
    assert_eq!(total(&seen, 1), Some((near_the_end + 7238) as f64));
}

#[test]
fn a_device_that_is_new_on_the_list_has_counted_since_the_list_was_read() {
    let mut box_ = Box_::new();
    let (_, counted) = box_.rows(0, &[(1, "192.0.2.1", 100)]);
    assert_eq!(amount(&counted, 1), None, "whoever was there before us");
    let (_, counted) = box_.rows(60, &[(1, "192.0.2.1", 100), (2, "192.0.2.2", 70)]);
    assert_eq!(amount(&counted, 2), Some(70));
    box_.restart();
    let (_, counted) = box_.rows(120, &[(1, "192.0.2.1", 150), (2, "192.0.2.2", 75), (3, "192.0.2.3", 9)]);
    assert_eq!([1, 2, 3].map(|number| amount(&counted, number)), [Some(50), Some(5), Some(9)]);
}

#[test]
fn a_row_whose_figure_is_unknown_is_still_on_the_list() {
    let mut box_ = Box_::new();
    box_.rows(0, &[(1, "192.0.2.1", 100), (2, "192.0.2.2", 10)]);
    let (seen, _) = box_.poll(60, |seen| {
        let clients = seen.section(Section::Clients);
        clients.subject(client(1)).count(catalog::TRAFFIC, "192.0.2.1", None);
        clients.subject(client(2)).count(catalog::TRAFFIC, "192.0.2.2", Some(20));
    });
    assert_eq!(seen.get(&client(1), catalog::TRAFFIC), None);
    let (_, counted) = box_.rows(120, &[(1, "192.0.2.1", 300), (2, "192.0.2.2", 20)]);
    assert_eq!(counted[0].growth, Some(Growth { amount: 200, from: at(0), to: at(120), gap: None }));
}

#[test]
fn a_sum_over_channels_grows_with_them_and_outlives_them() {
    let mut box_ = Box_::new();
    let mut poll = |second, channels: &[(u16, u64)]| {
        let (seen, _) = box_.poll(second, |seen| {
            for (id, count) in channels {
                seen.section(Section::Line).subject(channel(*id)).set(catalog::CORRECTED, Count(*count));
            }
            super::super::summarise(seen);
        });
        seen.number(&Subject::Router, catalog::CORRECTED_SUM)
    };
    assert_eq!(poll(0, &[(1, 100), (2, 50)]), Some(150.0));
    assert_eq!(poll(60, &[(1, 110)]), Some(160.0), "one is gone");
    assert_eq!(poll(120, &[(1, 111), (3, 9000)]), Some(161.0), "what a new one had before is not ours");
    assert_eq!(poll(180, &[(1, 111), (2, 52), (3, 9004)]), Some(167.0));
}

#[test]
fn another_box_does_not_make_a_counter_jump() {
    let mut box_ = Box_::new();
    box_.received(0, 1000);
    // It is noticed at a poll that does not read the counter.
    box_.poll_on(Occasion { at: at(30), boot: None, replaced: true }, |_| ());
    box_.restart();
    let (seen, growth) = box_.received(60, 99_000);
    assert_eq!(seen.number(&Subject::Router, catalog::RECEIVED), Some(1000.0));
    let gap = Some(Gap { from: at(0), to: at(60) });
    assert_eq!(growth, Some(Growth { amount: 0, from: at(0), to: at(60), gap }));
}

#[test]
fn a_new_association_is_seen_where_the_box_tells_of_it() {
    let mut box_ = Box_::new();
    let mut poll = |second, raw, connected| {
        let (_, counted) = box_.poll(second, |seen| {
            let item = seen.section(Section::Clients).subject(client(1));
            item.set(catalog::RECEIVED, Bytes(raw)).set(catalog::CONNECTED_FOR, Seconds(connected));
        });
        counted[0].growth
    };
    poll(0, 1000, 5000.0);
    let growth = poll(60, 4000, 20.0).unwrap();
    assert_eq!((growth.amount, growth.gap), (4000, Some(Gap { from: at(0), to: at(40) })));
}

#[test]
fn only_what_changed_is_saved_and_what_stands_still_once_in_a_while() {
    let mut box_ = Box_::new();
    box_.rows(0, &[(1, "192.0.2.1", 100), (2, "192.0.2.2", 10)]);
    assert_eq!(box_.0.changed().len(), 2);
    box_.rows(60, &[(1, "192.0.2.1", 100), (2, "192.0.2.2", 11)]);
    let changed = box_.0.changed();
    assert_eq!(changed.iter().map(|one| one.subject.clone()).collect::<Vec<_>>(), [client(2)]);
    assert_eq!(box_.0.changed(), []);
    box_.rows(3600, &[(1, "192.0.2.1", 100), (2, "192.0.2.2", 11)]);
    assert_eq!(box_.0.changed().len(), 1, "it has stood still for an hour");
}

#[test]
fn who_is_not_seen_for_long_is_forgotten_but_a_part_stays_in_its_total() {
    let mut box_ = Box_::new();
    let (day, month) = (86_400, SignedDuration::from_hours(30 * 24));
    box_.rows(0, &[(1, "192.0.2.1", 100), (1, "192.0.2.9", 40), (2, "192.0.2.2", 10)]);
    box_.rows(31 * day, &[(1, "192.0.2.1", 100)]);
    box_.0.forget_unseen(at(31 * day), month);
    let forgotten = box_.0.forgotten();
    assert!(forgotten.contains(&(client(2), "traffic", "192.0.2.2".to_owned())), "{forgotten:?}");
    assert!(forgotten.contains(&(client(1), "traffic", "192.0.2.9".to_owned())), "{forgotten:?}");
    box_.restart();
    let (seen, _) = box_.rows(31 * day + 60, &[(1, "192.0.2.1", 100)]);
    assert_eq!(total(&seen, 1), Some(140.0));
}

#[test]
fn who_returns_after_being_forgotten_brings_no_history() {
    let mut box_ = Box_::new();
    let day = 86_400;
    let of_old = |box_: &mut Box_, second, rows: &[(u8, u64)]| {
        let (_, counted) = box_.poll(second, |seen| {
            for (number, raw) in rows {
                seen.section(Section::Ports)
                    .subject(channel(u16::from(*number)))
                    .set(catalog::CORRECTED, Count(*raw));
            }
        });
        counted.iter().filter_map(|one| one.growth).map(|growth| growth.amount).sum::<u64>()
    };
    of_old(&mut box_, 0, &[(1, 100), (2, 7)]);
    of_old(&mut box_, 40 * day, &[(2, 7)]);
    box_.0.forget_unseen(at(40 * day), SignedDuration::from_hours(30 * 24));
    assert_eq!(of_old(&mut box_, 40 * day + 60, &[(1, 100), (2, 7)]), 0);
}
