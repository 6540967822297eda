//! How many readings it takes to change a verdict.

use proptest::prelude::*;

use super::super::evidence::{Evidence, Reason};
use super::super::grade::Grade::{self, Critical, Good, Marginal, Tolerable};
use super::super::grade::Marks;
use super::super::policy::Patience;
use super::super::steady::Steady;

const PATIENCE: Patience = Patience { worse_after: 3, better_after: 5, margin: 0.5 };

fn evidence(plain: Grade, firm: Grade) -> Evidence {
    let reason = Reason { blames: vec![plain.word().to_owned()], text: format!("seen as {}", plain.word()) };
    Evidence { marks: Marks { plain, firm }, reason: (plain > Good).then_some(reason) }
}

/// The verdict after each of these readings, with nothing to spare where they are better.
fn shown(readings: &[(Option<Grade>, Grade)]) -> Vec<Option<Grade>> {
    let mut steady = Steady::default();
    let mut verdict = |(plain, firm): &(Option<Grade>, Grade)| {
        steady.observe(plain.map(|plain| evidence(plain, *firm)), &PATIENCE);
        steady.shown()
    };
    readings.iter().map(&mut verdict).collect()
}

fn clear(grades: &[Grade]) -> Vec<Option<Grade>> {
    shown(&grades.iter().map(|grade| (Some(*grade), *grade)).collect::<Vec<_>>())
}

#[test]
fn a_single_bad_reading_is_no_alarm() {
    assert_eq!(clear(&[Good, Critical, Good, Critical, Critical, Good]), [Some(Good); 6]);
    assert_eq!(clear(&[Critical, Critical]), [None, None], "not even the first one");
}

#[test]
fn three_in_a_row_are_worth_the_least_of_them() {
    let verdicts = clear(&[Good, Critical, Marginal, Critical, Critical, Critical]);
    assert_eq!(verdicts[2..], [Some(Good), Some(Marginal), Some(Marginal), Some(Marginal)]);
    assert_eq!(clear(&[Marginal, Critical, Marginal]).last(), Some(&Some(Marginal)), "known at the third");
}

#[test]
fn better_by_the_margin_counts_sooner_than_just_better() {
    let bad = [(Some(Marginal), Marginal); 3];
    let clearly = shown(&[&bad[..], &[(Some(Good), Good); 3]].concat());
    assert_eq!(clearly[4..], [Some(Marginal), Some(Good)]);
    let barely = shown(&[&bad[..], &[(Some(Good), Marginal); 5]].concat());
    assert_eq!(barely[6..], [Some(Marginal), Some(Good)]);
}

#[test]
fn silence_says_nothing_until_it_lasts() {
    let silent = (None, Good);
    let verdicts = shown(&[(Some(Good), Good), silent, silent, (Some(Good), Good), silent, silent, silent]);
    assert_eq!(verdicts[1..], [Some(Good), Some(Good), Some(Good), Some(Good), Some(Good), None]);
}

#[test]
fn the_reason_is_that_of_the_verdict_and_follows_the_blame() {
    let mut steady = Steady::default();
    let see = |steady: &mut Steady, grade| {
        steady.observe(Some(evidence(grade, grade)), &PATIENCE);
        steady.reason().map(str::to_owned)
    };
    assert_eq!(see(&mut steady, Good), None);
    assert_eq!(see(&mut steady, Marginal), None, "not while the verdict is good");
    see(&mut steady, Critical);
    assert_eq!(see(&mut steady, Critical).as_deref(), Some("seen as marginal"));
    assert_eq!(see(&mut steady, Good).as_deref(), Some("seen as marginal"), "the verdict still stands");
    assert_eq!(see(&mut steady, Critical).as_deref(), Some("seen as critical"), "somebody else is to blame");
    for _ in 0..3 {
        see(&mut steady, Good);
    }
    assert_eq!((steady.shown(), steady.reason()), (Some(Good), None));
}

fn any_grade() -> impl Strategy<Value = Grade> {
    proptest::sample::select(vec![Good, Tolerable, Marginal, Critical])
}

/// A reading: nothing, or a grade, and one with the margin that is no better.
fn any_reading() -> impl Strategy<Value = Option<Marks>> {
    proptest::option::weighted(
        0.9,
        (any_grade(), any_grade()).prop_map(|(a, b)| Marks { plain: a.min(b), firm: a.max(b) }),
    )
}

proptest! {
    #[test]
    fn no_verdict_changes_without_its_evidence(readings in proptest::collection::vec(any_reading(), 0..60)) {
        let mut steady = Steady::default();
        let last = |n: usize, until: usize| readings.get((until + 1).checked_sub(n)?..=until);
        for (now, reading) in readings.iter().enumerate() {
            let before = steady.shown();
            steady.observe(reading.map(|marks| evidence(marks.plain, marks.firm)), &PATIENCE);
            let all = |n: usize, holds: &dyn Fn(&Marks) -> bool| {
                last(n, now).is_some_and(|last| last.iter().all(|reading| reading.as_ref().is_some_and(holds)))
            };
            match (before, steady.shown()) {
                (before, after) if before == after => {}
                (Some(_), None) => prop_assert!(last(3, now).unwrap().iter().all(Option::is_none)),
                (None, Some(Good)) => prop_assert_eq!(reading.map(|marks| marks.plain), Some(Good)),
                (before, Some(after)) if after > before.unwrap_or(Good) => {
                    prop_assert!(all(3, &|marks| marks.plain >= after), "{:?} became {:?}", before, after);
                }
                (before, Some(after)) => {
                    let evident = all(3, &|marks| marks.firm <= after) || all(5, &|marks| marks.plain <= after);
                    prop_assert!(evident, "{:?} became {:?}", before, after);
                }
                (None, None) => {}
            }
        }
    }
}
