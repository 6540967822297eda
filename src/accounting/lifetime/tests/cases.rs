//! What real boxes do, one case each.

use jiff::{SignedDuration, Timestamp};

use crate::accounting::{Evidence, Gap, Growth, Lifetime};
use crate::model::{Counting, Overflow, Renewal};

const SAVED_COPY: Counting = Counting { renewal: Renewal::SavedCopy, ..Counting::USUAL };
const CLEARED: Counting = Counting { renewal: Renewal::Never, ..Counting::USUAL };
const ROW: Counting = Counting {
    bits: 32,
    overflow: Overflow::Wraps,
    renewal: Renewal::Appearance,
    ceiling: Some(30_000_000),
    rounded: false,
};
const RANGE: u64 = 1 << 32;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn then(second: i64) -> Evidence {
    Evidence::at(at(second))
}

fn up_since(second: i64, boot: i64) -> Evidence {
    Evidence { boot: Some(at(boot)), ..then(second) }
}

fn exactly(amount: u64, from: i64, to: i64) -> Option<Growth> {
    Some(Growth { amount, from: at(from), to: at(to), gap: None })
}

fn but_for(growth: Option<Growth>, from: i64, to: i64) -> Option<Growth> {
    growth.map(|growth| Growth { gap: Some(Gap { from: at(from), to: at(to) }), ..growth })
}

fn begun(raw: u64, how: &Counting) -> Lifetime {
    let (life, growth) = Lifetime::begin(raw, how, &up_since(0, -5000));
    assert_eq!(growth, None, "what was before is no growth");
    life
}

#[test]
fn the_opening_balance_is_what_the_box_had_counted() {
    let mut life = begun(700, &Counting::USUAL);
    assert_eq!(life.total(), 700);
    assert_eq!(life.take(750, &Counting::USUAL, &then(60)), exactly(50, 0, 60));
    assert_eq!(life.take(750, &Counting::USUAL, &then(120)), exactly(0, 60, 120));
    assert_eq!(life.total(), 750);
}

#[test]
fn a_single_low_reading_counts_nothing() {
    for wrong in [0, 3, 99_000] {
        let mut life = begun(100_000, &Counting::USUAL);
        assert_eq!(life.take(wrong, &Counting::USUAL, &up_since(60, -5000)), None);
        assert_eq!(life.total(), 100_000);
        assert_eq!(life.take(100_500, &Counting::USUAL, &up_since(120, -5000)), exactly(500, 0, 120));
    }
}

#[test]
fn an_impossible_reading_counts_nothing() {
    let how = Counting { ceiling: Some(1000), ..Counting::USUAL };
    let mut life = begun(100_000, &how);
    assert_eq!(life.take(u64::MAX, &how, &then(60)), None);
    assert_eq!(life.take(100_500, &how, &then(120)), exactly(500, 0, 120));
}

#[test]
fn a_restart_that_the_box_tells_of_is_one_at_once() {
    let mut life = begun(100_000, &Counting::USUAL);
    let growth = life.take(40, &Counting::USUAL, &up_since(60, 30));
    assert_eq!(growth, but_for(exactly(40, 0, 60), 0, 30));
    assert_eq!(life.total(), 100_040);
}

#[test]
fn a_restart_is_seen_in_the_uptime_when_the_figure_is_higher() {
    let mut life = begun(1000, &Counting::USUAL);
    let growth = life.take(5000, &Counting::USUAL, &up_since(600, 100));
    assert_eq!(growth, but_for(exactly(5000, 0, 600), 0, 100));
}

#[test]
fn a_restart_that_nobody_tells_of_has_to_be_confirmed() {
    let mut life = begun(100_000, &Counting::USUAL);
    assert_eq!(life.take(40, &Counting::USUAL, &then(60)), None);
    let growth = life.take(90, &Counting::USUAL, &then(120));
    assert_eq!(growth, but_for(exactly(90, 0, 120), 0, 120), "what was held may have been a glitch");
    assert_eq!(life.total(), 100_090);
}

#[test]
fn a_row_of_zeros_confirms_nothing() {
    let mut life = begun(100_000, &Counting::USUAL);
    for second in [60, 120, 180] {
        assert_eq!(life.take(0, &Counting::USUAL, &then(second)), None);
    }
    let mut begun_anew = life.clone();
    let growth = life.take(100_700, &Counting::USUAL, &then(240));
    assert_eq!(growth, but_for(exactly(700, 0, 240), 0, 240), "it may have begun anew all the same");
    let growth = begun_anew.take(20, &Counting::USUAL, &then(240));
    assert_eq!(growth, but_for(exactly(20, 0, 240), 0, 240));
}

/// As seen at a B593 in 28 months, in kilobytes, with an hour between two readings.
#[test]
fn a_step_back_to_the_copy_that_was_saved_is_no_restart() {
    let step_back = |last, back, next| {
        let mut life = begun(last, &SAVED_COPY);
        assert_eq!(life.take(back, &SAVED_COPY, &then(3600)), None);
        assert_eq!(life.total(), last);
        life.take(next, &SAVED_COPY, &then(7200))
    };
    let growth = step_back(25_630_845, 25_620_466, 25_625_000);
    assert_eq!(growth, but_for(exactly(4534, 0, 7200), 0, 7200));
    for (last, back, next) in [
        (421_888_101, 421_887_930, 421_890_000),
        (421_999_000, 421_998_837, 422_000_000),
        (61_000_702, 61_000_000, 61_003_500),
    ] {
        let growth = step_back(last, back, next);
        assert_eq!(growth, but_for(exactly(next - last, 0, 7200), 0, 7200), "the least that it can mean");
    }
}

#[test]
fn a_step_back_after_a_wrong_reading_does_not_count_the_way_back_up() {
    let mut life = begun(736_000_000, &SAVED_COPY);
    assert_eq!(life.take(245_000_000, &SAVED_COPY, &then(60)), None);
    assert_eq!(life.take(721_000_000, &SAVED_COPY, &then(120)), None);
    let growth = life.take(721_000_700, &SAVED_COPY, &then(180));
    assert_eq!(growth, but_for(exactly(700, 0, 180), 0, 180));
}

#[test]
fn a_b593_that_is_cleared_begins_anew() {
    let mut life = begun(42_761_926, &SAVED_COPY);
    assert_eq!(life.take(50_640, &SAVED_COPY, &then(3600)), None);
    let growth = life.take(61_000, &SAVED_COPY, &then(7200));
    assert_eq!(growth, but_for(exactly(10_360, 0, 7200), 0, 7200), "the least that it can mean");
    assert_eq!(life.take(62_000, &SAVED_COPY, &then(10_800)), exactly(1000, 7200, 10_800));
}

#[test]
fn a_hilink_box_goes_on_over_restarts_and_begins_anew_when_cleared() {
    let mut life = begun(217_298_263_292, &CLEARED);
    let growth = life.take(217_298_263_392, &CLEARED, &up_since(60, 30));
    assert_eq!(growth, exactly(100, 0, 60));
    assert_eq!(life.take(6352, &CLEARED, &up_since(120, 30)), None);
    assert_eq!(life.take(9000, &CLEARED, &up_since(180, 30)), but_for(exactly(9000, 60, 180), 60, 180));
}

#[test]
fn a_tp_link_row_goes_over_its_end() {
    let mut life = begun(RANGE - 1_000_000, &ROW);
    assert_eq!(life.take(500_000, &ROW, &up_since(60, -5000)), exactly(1_500_000, 0, 60));
    assert_eq!(life.total(), RANGE + 500_000);
}

/// It may have gone over its end before the reading that was held, and been cleared after it; or what was held was wrong, and all of it
/// happened later.
#[test]
fn a_tp_link_row_that_is_far_from_its_end_was_cleared_at_some_time() {
    for (last, back, next, least) in [
        (1_000_000, 500, 600, 600),
        (1_000_000, 0, 600, 600),
        (RANGE / 2, 500, 600, 600),
        (2_661_077_296, 286_110_000, 300_000_000, 13_890_000),
        (2_944_757_296, 440_000_000, 1_160_000_000, 720_000_000),
    ] {
        let mut life = begun(last, &ROW);
        assert_eq!(life.take(back, &ROW, &up_since(79, -5000)), None);
        let growth = life.take(next, &ROW, &up_since(103, -5000));
        assert_eq!(growth, but_for(exactly(least, 0, 103), 0, 103));
    }
}

#[test]
fn a_tp_link_row_that_was_dropped_comes_back_at_zero() {
    let mut life = begun(2_000_000, &ROW);
    let back = Evidence { listed: Some(at(60)), ..up_since(120, -5000) };
    assert_eq!(life.take(700, &ROW, &back), but_for(exactly(700, 0, 120), 0, 60));
    let back = Evidence { listed: Some(at(180)), ..up_since(240, -5000) };
    let doubtful = life.take(900, &ROW, &back);
    assert_eq!(doubtful, but_for(exactly(200, 120, 240), 120, 240), "the list may have been incomplete");
}

#[test]
fn a_tp_link_row_that_is_new_has_counted_since_the_list_was_read() {
    let evidence = Evidence { listed: Some(at(60)), ..then(120) };
    let (life, growth) = Lifetime::begin(700, &ROW, &evidence);
    assert_eq!((life.total(), growth), (700, exactly(700, 60, 120)));
    let (life, growth) = Lifetime::begin(RANGE - 1, &ROW, &evidence);
    assert_eq!((life.total(), growth), (RANGE - 1, None), "that much has not passed in a minute");
    let (_, growth) = Lifetime::begin(700, &Counting::USUAL, &evidence);
    assert_eq!(growth, None, "where a subject that comes back is not counted anew");
}

#[test]
fn a_part_that_joins_does_not_bring_its_past() {
    let (life, growth) = Lifetime::join(700, &Counting::USUAL, &then(0));
    assert_eq!((life.total(), growth), (0, None));
}

#[test]
fn after_a_long_outage_of_the_bridge_the_least_is_counted() {
    let mut life = begun(RANGE - 1_000_000, &ROW);
    let growth = life.take(RANGE - 400_000, &ROW, &up_since(3600, -5000));
    assert_eq!(growth, but_for(exactly(600_000, 0, 3600), 0, 3600), "it may have gone around");
    let mut life = begun(RANGE - 1_000_000, &ROW);
    assert_eq!(life.take(100_000, &ROW, &up_since(3600, -5000)), None, "or have been cleared");
    assert_eq!(life.take(130_000, &ROW, &up_since(3660, -5000)), but_for(exactly(130_000, 0, 3660), 0, 3660));
}

#[test]
fn a_counter_that_stays_at_its_end_says_nothing_until_it_begins_anew() {
    let how = Counting { bits: 32, overflow: Overflow::Saturates, ..Counting::USUAL };
    let mut life = begun(RANGE - 1000, &how);
    let growth = life.take(RANGE - 1, &how, &up_since(60, -5000));
    assert_eq!(growth, but_for(exactly(999, 0, 60), 0, 60));
    let growth = life.take(RANGE - 1, &how, &up_since(120, -5000));
    assert_eq!(growth, but_for(exactly(0, 60, 120), 60, 120));
    let growth = life.take(50, &how, &up_since(180, 150));
    assert_eq!(growth, but_for(exactly(50, 120, 180), 120, 150));
}

#[test]
fn another_box_is_a_new_beginning_and_no_jump() {
    let mut life = begun(1000, &Counting::USUAL);
    let replaced = Evidence { replaced: true, ..then(3600) };
    let mut told_before = life.clone();
    assert_eq!(life.take(77_000_000, &Counting::USUAL, &replaced), but_for(exactly(0, 0, 3600), 0, 3600));
    assert_eq!(life.take(77_000_009, &Counting::USUAL, &then(3660)), exactly(9, 3600, 3660));
    assert_eq!(life.total(), 1009);
    told_before.replace();
    assert_eq!(told_before.take(5, &Counting::USUAL, &then(60)), but_for(exactly(0, 0, 60), 0, 60));
}

#[test]
fn no_interval_is_negative_when_the_clock_is_set_back() {
    let mut life = begun(1000, &Counting::USUAL);
    assert_eq!(life.take(1500, &Counting::USUAL, &up_since(-3540, -8600)), exactly(500, -3540, -3540));
    assert_eq!(life.take(1600, &Counting::USUAL, &up_since(-3480, -8600)), exactly(100, -3540, -3480));
}

#[test]
fn a_clock_that_is_put_forward_is_no_restart() {
    let mut life = begun(1_000_000, &Counting::USUAL);
    let day = 86_400;
    let growth = life.take(1_000_500, &Counting::USUAL, &up_since(60 + day, day - 5000)).unwrap();
    assert_eq!(growth.amount, 500);
}

#[test]
fn what_is_stored_is_small_and_read_back() {
    let mut life = begun(700, &Counting::USUAL);
    let text = serde_json::to_string(&life).unwrap();
    assert_eq!(text, r#"{"t":700,"r":700,"a":1800000000000,"u":5000}"#);
    life.take(3, &Counting::USUAL, &then(60));
    let text = serde_json::to_string(&life).unwrap();
    assert_eq!(serde_json::from_str::<Lifetime>(&text).unwrap(), life);
    let later = r#"{"t":700,"r":700,"a":1800000000000,"invented_later":[1]}"#;
    assert_eq!(serde_json::from_str::<Lifetime>(later).unwrap().total(), 700);
}

#[test]
fn intervals_meet_after_a_restart_of_the_bridge() {
    let odd = SignedDuration::from_nanos(123_456_789);
    let (life, _) = Lifetime::begin(1, &Counting::USUAL, &Evidence::at(at(0) + odd));
    let mut stored: Lifetime = serde_json::from_str(&serde_json::to_string(&life).unwrap()).unwrap();
    assert_eq!(stored, life);
    let first = stored.take(2, &Counting::USUAL, &Evidence::at(at(60) + odd)).unwrap();
    let second = stored.take(3, &Counting::USUAL, &Evidence::at(at(120) + odd)).unwrap();
    assert_eq!(first.to, second.from);
}
