use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

use super::*;

fn timetable(zone: &str) -> Timetable {
    let on_peak = hours(&["mon-fri 08:00-20:00", "sat,sun 10:00-24:00"]);
    Timetable::new(calendar(zone), on_peak, hours(&["02:30-05:00"]))
}

fn interval(from: Timestamp, to: Timestamp, bytes: u64) -> Interval {
    Interval { from, to, amounts: received(bytes), gap: None }
}

#[test]
fn an_hour_over_midnight_is_halved() {
    let passed = interval(at("2026-11-20T23:30"), at("2026-11-21T00:30"), 1001);
    let pieces = split(&passed, &timetable("Europe/Oslo"));
    let dates: Vec<_> = pieces.iter().map(|piece| (piece.date, piece.amounts.received)).collect();
    assert_eq!(dates, [(date("2026-11-20"), 500), (date("2026-11-21"), 501)]);
}

#[test]
fn each_piece_has_its_band() {
    let passed = interval(at("2026-11-20T00:00"), at("2026-11-21T00:00"), 24_000);
    let pieces = split(&passed, &timetable("Europe/Oslo"));
    let pieces: Vec<_> =
        pieces.iter().map(|piece| (piece.amounts.received, piece.band, piece.free)).collect();
    assert_eq!(
        pieces,
        [
            (2500, Band::OffPeak, false),
            (2500, Band::OffPeak, true),
            (3000, Band::OffPeak, false),
            (12_000, Band::OnPeak, false),
            (4000, Band::OffPeak, false),
        ]
    );
}

#[test]
fn a_gap_is_of_the_pieces_that_it_lies_in() {
    let gap = Some(Gap { from: at("2026-11-20T23:59:10"), to: at("2026-11-21T00:00:40") });
    let passed = Interval { gap, ..interval(at("2026-11-20T23:30"), at("2026-11-21T00:30"), 10) };
    let gaps: Vec<_> =
        split(&passed, &timetable("Europe/Oslo")).iter().map(|piece| piece.gap_seconds).collect();
    assert_eq!(gaps, [50, 40]);
}

#[test]
fn a_clock_that_was_put_back_loses_nothing() {
    let pieces =
        split(&interval(at("2026-11-21T00:30"), at("2026-11-20T23:30"), 7), &timetable("Europe/Oslo"));
    assert_eq!(pieces.len(), 1);
    assert_eq!((pieces[0].date, pieces[0].amounts.received), (date("2026-11-20"), 7));
    assert_eq!((pieces[0].from, pieces[0].to), (at("2026-11-20T23:30"), at("2026-11-20T23:30")));
}

#[test]
fn what_took_years_is_put_on_their_last_days() {
    let passed = interval(Timestamp::MIN, at("2026-11-20T12:00"), u64::MAX);
    let pieces = split(&passed, &timetable("Europe/Oslo"));
    assert!(pieces.len() < 401 * 6, "{}", pieces.len());
    assert_eq!(pieces.iter().map(|piece| piece.amounts.received).sum::<u64>(), u64::MAX);
    assert_eq!(pieces[0].date, date("2025-10-16"));
    split(&interval(Timestamp::MIN, Timestamp::MAX, 1), &timetable("Europe/Oslo"));
}

#[test]
fn counters_of_one_party_are_one_interval() {
    let growth = |amount, from: &str, gap| {
        Some(Growth { amount, from: time(from), to: time("2026-11-20T12:00Z"), gap })
    };
    let gap = |from: &str, to: &str| Some(Gap { from: time(from), to: time(to) });
    let one = growth(5, "2026-11-20T11:00Z", gap("2026-11-20T11:10Z", "2026-11-20T11:20Z"));
    let other = growth(7, "2026-11-20T11:30Z", gap("2026-11-20T11:30Z", "2026-11-20T11:40Z"));
    let both = Interval::of(one, other, None).unwrap();
    assert_eq!(both.amounts, Amounts { received: 5, sent: 7, mixed: 0 });
    assert_eq!((both.from, both.to), (time("2026-11-20T11:00Z"), time("2026-11-20T12:00Z")));
    assert_eq!(both.gap, gap("2026-11-20T11:10Z", "2026-11-20T11:40Z"));
    assert_eq!(Interval::of(None, None, None), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pieces_tile_the_interval_and_come_to_the_whole(
        zone in 0..ZONES.len(),
        from in 1_293_840_000_i64..1_325_635_200,
        length in prop_oneof![0..120_i64, 0..200_000_i64, 0..40_000_000_i64],
        amounts in (any::<u64>(), any::<u64>(), 0..1000_u64),
        gap in (0.0..1.0_f64, 0.0..1.0_f64),
    ) {
        let timetable = timetable(ZONES[zone]);
        let from = Timestamp::from_second(from).unwrap();
        let to = from + SignedDuration::from_secs(length);
        let moment = |share: f64| from + SignedDuration::from_secs((length as f64 * share) as i64);
        let gap = Gap { from: moment(gap.0.min(gap.1)), to: moment(gap.0.max(gap.1)) };
        let amounts = Amounts { received: amounts.0, sent: amounts.1, mixed: amounts.2 };
        let passed = Interval { from, to, amounts, gap: Some(gap) };
        let pieces = split(&passed, &timetable);
        prop_assert_eq!(&pieces, &split(&passed, &timetable));

        prop_assert_eq!(pieces.first().unwrap().from, from.max(to - SignedDuration::from_hours(9600)));
        prop_assert_eq!(pieces.last().unwrap().to, to);
        let mut sum = Amounts::default();
        for piece in &pieces {
            sum = Amounts {
                received: sum.received + piece.amounts.received,
                sent: sum.sent + piece.amounts.sent,
                mixed: sum.mixed + piece.amounts.mixed,
            };
            prop_assert!(piece.from < piece.to || pieces.len() == 1);
            let calendar = timetable.calendar();
            for inside in [piece.from, (piece.to - 1.nanosecond()).max(piece.from)] {
                prop_assert_eq!(calendar.day_of(inside), piece.date);
                prop_assert_eq!(timetable.band(inside), piece.band);
                prop_assert_eq!(timetable.is_free(inside), piece.free);
            }
        }
        prop_assert_eq!(sum, amounts);
        prop_assert!(pieces.windows(2).all(|two| two[0].to == two[1].from));
        if length < 9600 * 3600 {
            let seconds = gap.to.duration_since(gap.from).as_secs().unsigned_abs();
            prop_assert_eq!(pieces.iter().map(|piece| piece.gap_seconds).sum::<u64>(), seconds);
        }
    }
}
