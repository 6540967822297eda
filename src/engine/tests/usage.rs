use std::sync::Arc;

use jiff::tz::TimeZone;

use super::home::{Home, days, minutes, told};
use crate::accounting::{Calendar, Hours, QuotaPolicy, Timetable};
use crate::engine::Rules;
use crate::model::{Action, Bytes, Command, EventKind, Fault, Metric, Stage, Subject, Value, catalog};

/// A box that counts from 5,000 bytes on, with a plan of 10,000.
async fn home() -> Home {
    let mut home = Home::new();
    let calendar = Calendar::new(TimeZone::UTC);
    home.rules = Rules {
        timetable: Timetable::new(calendar, Hours::default(), Hours::default()),
        people: Arc::default(),
        quota: QuotaPolicy { limit: Some(10_000), ..QuotaPolicy::default() },
    };
    receives(&home, 5_000);
    home.run_for(minutes(1)).await;
    home
}

fn receives(home: &Home, total: u64) {
    home.script(|box_| box_.received = Some(total));
}

fn shown(home: &Home, metric: Metric<Bytes>) -> Option<u64> {
    match home.view().value(&Subject::Router, metric.row())? {
        Value::Count(bytes) => Some(*bytes),
        other => panic!("{other:?}"),
    }
}

async fn sent(home: &Home, action: Action, amount: Option<u64>) -> (Stage, String) {
    let story = told(home.send(Command { amount, ..Command::new(action) })).await;
    let last = story.last().unwrap().clone();
    (last.state, last.reason.unwrap_or_default())
}

#[tokio::test(start_paused = true)]
async fn what_was_before_is_in_the_total_and_what_passes_is_usage() {
    let mut home = home().await;
    assert_eq!(shown(&home, catalog::RECEIVED), Some(5_000));
    assert_eq!(shown(&home, catalog::USAGE_TODAY), Some(0));
    receives(&home, 5_700);
    home.run_for(minutes(1)).await;
    assert_eq!(shown(&home, catalog::RECEIVED), Some(5_700));
    assert_eq!(shown(&home, catalog::USAGE_TODAY), Some(700));
    assert_eq!(shown(&home, catalog::QUOTA_LEFT), Some(9_300));
}

#[tokio::test(start_paused = true)]
async fn a_box_that_restarts_loses_nothing_of_its_total() {
    let mut home = home().await;
    home.script(|box_| {
        box_.booted = tokio::time::Instant::now();
        box_.received = Some(40);
    });
    home.run_for(minutes(2)).await;
    assert_eq!(shown(&home, catalog::RECEIVED), Some(5_040));
    assert_eq!(shown(&home, catalog::USAGE_CYCLE), Some(40));
    let unaccounted = home.view().value(&Subject::Router, catalog::UNACCOUNTED.row()).cloned();
    assert!(matches!(unaccounted, Some(Value::Number(seconds)) if seconds > 0.0), "{unaccounted:?}");
}

#[tokio::test(start_paused = true)]
async fn a_bridge_that_restarts_goes_on_where_it_was() {
    let mut home = home().await;
    receives(&home, 9_000);
    home.run_for(minutes(1)).await;
    home.stop().await;
    receives(&home, 9_500);
    home.restart().await;
    home.run_for(minutes(1)).await;
    assert_eq!(shown(&home, catalog::RECEIVED), Some(9_500));
    assert_eq!(shown(&home, catalog::USAGE_TODAY), Some(4_500), "what passed meanwhile, too");
}

#[tokio::test(start_paused = true)]
async fn what_was_used_stays_known_while_the_box_is_away() {
    let mut home = home().await;
    receives(&home, 5_100);
    home.run_for(minutes(1)).await;
    home.script(|box_| box_.fault = Some(Fault::Unreachable("gone".into())));
    home.run_for(minutes(30)).await;
    assert_eq!(shown(&home, catalog::USAGE_CYCLE), Some(100));
}

#[tokio::test(start_paused = true)]
async fn a_quota_is_told_of_once_and_begins_anew_with_the_month() {
    let mut home = home().await;
    home.events();
    receives(&home, 5_000 + 8_100);
    home.run_for(minutes(1)).await;
    receives(&home, 5_000 + 10_000);
    home.run_for(minutes(10)).await;
    let words = |home: &mut Home| home.events().iter().map(EventKind::word).collect::<Vec<_>>();
    assert_eq!(words(&mut home), ["quota_threshold", "quota_exhausted"]);
    home.every = std::time::Duration::from_secs(900);
    home.restart().await;
    home.run_for(minutes(30)).await;
    assert_eq!(words(&mut home), [""; 0]);
    home.run_for(days(30)).await;
    assert_eq!(words(&mut home), ["cycle_ended"]);
    assert_eq!(shown(&home, catalog::QUOTA_USED), Some(0));
    assert_eq!(shown(&home, catalog::USAGE_LAST_CYCLE), Some(10_000));
}

#[tokio::test(start_paused = true)]
async fn a_quota_is_changed_by_commands() {
    let mut home = home().await;
    assert_eq!(sent(&home, Action::TopUp, Some(2_000)).await.0, Stage::Done);
    assert_eq!(shown(&home, catalog::QUOTA), Some(12_000));
    assert_eq!(sent(&home, Action::SetUsed, Some(3_000)).await.0, Stage::Done);
    assert_eq!(shown(&home, catalog::QUOTA_LEFT), Some(9_000));
    for slip in [0, u64::MAX] {
        let (state, reason) = sent(&home, Action::TopUp, Some(slip)).await;
        assert!(state == Stage::Refused && reason.contains("a size such as"), "{reason}");
    }
    let (state, reason) = sent(&home, Action::TopUp, None).await;
    assert!(state == Stage::Refused && reason.contains("needs an amount"), "{reason}");
    home.rules.quota.limit = None;
    home.restart().await;
    let (state, reason) = sent(&home, Action::SetUsed, Some(1)).await;
    assert!(state == Stage::Refused && reason.contains("no quota"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_leaps_takes_nothing_back_and_ends_no_cycle_twice() {
    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;
    let there_and_back = [
        ([HOUR, -HOUR], 0),
        ([-HOUR, HOUR], 0),
        ([-3 * DAY, 3 * DAY], 0),
        ([70 * DAY, -70 * DAY], 1),
        ([-70 * DAY, 70 * DAY], 0),
    ];
    for (leaps, cycles_ended) in there_and_back {
        let mut home = home().await;
        home.events();
        let mut total = 5_000;
        for leap in leaps.into_iter().chain([0]) {
            home.clock.leap(leap);
            for _ in 0..5 {
                total += 10;
                receives(&home, total);
                home.run_for(minutes(1)).await;
                assert_eq!(shown(&home, catalog::RECEIVED), Some(total), "{leaps:?}");
            }
        }
        let told = home.events();
        let ended = told.iter().filter(|event| event.word() == "cycle_ended").count();
        assert_eq!((ended, told.len()), (cycles_ended, cycles_ended), "{leaps:?}: {told:?}");
    }
}
