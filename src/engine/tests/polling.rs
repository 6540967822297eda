use std::time::Duration;

use jiff::SignedDuration;

use super::home::{Home, days, minutes};
use crate::engine::Availability;
use crate::model::{Action, Deadline, Fault, FaultClass, Section, Subject, catalog};
use crate::routers::Session;

#[tokio::test(start_paused = true)]
async fn a_rejected_password_costs_one_login_even_across_restarts() {
    let mut home = Home::new();
    home.script(|box_| box_.fault = Some(Fault::CredentialsRejected));
    home.run_for(days(2)).await;
    home.restart().await;
    home.run_for(days(2)).await;
    assert_eq!(home.script(|box_| box_.logins), 1);
    let problem = home.view().problem.unwrap();
    assert_eq!(problem.class, FaultClass::CredentialsRejected);
    assert!(problem.advice.contains("retry_login"), "{}", problem.advice);
}

#[tokio::test(start_paused = true)]
async fn a_new_password_opens_the_latch() {
    let mut home = Home::new();
    home.script(|box_| box_.fault = Some(Fault::CredentialsRejected));
    home.run_for(minutes(5)).await;
    home.script(|box_| box_.fault = None);
    home.password = "second";
    home.restart().await;
    home.run_for(minutes(1)).await;
    assert!(home.view().availability.is_online());
}

#[tokio::test(start_paused = true)]
async fn retry_login_tries_once_and_closes_again() {
    let mut home = Home::new();
    home.script(|box_| box_.fault = Some(Fault::CredentialsRejected));
    home.run_for(minutes(5)).await;
    home.story(Action::RetryLogin).await;
    home.run_for(days(1)).await;
    assert_eq!(home.script(|box_| box_.logins), 2);
    home.script(|box_| box_.fault = None);
    home.story(Action::RetryLogin).await;
    assert!(home.view().availability.is_online());
    home.restart().await;
    home.run_for(minutes(1)).await;
    assert!(home.view().availability.is_online(), "the latch was opened for good");
}

#[tokio::test(start_paused = true)]
async fn a_lock_out_is_waited_for_to_the_second() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    let until = "2026-11-01T01:00:00Z".parse().unwrap();
    home.script(|box_| box_.fault = Some(Fault::LockedOut { until }));
    home.run_for(minutes(1)).await;
    let asked = home.script(|box_| {
        box_.fault = None;
        box_.polls
    });
    home.run_for(minutes(57)).await;
    assert_eq!(home.script(|box_| box_.polls), asked);
    assert_eq!(home.story(Action::Refresh).await.len(), 1, "refused at once");
    home.run_for(minutes(2)).await;
    assert!(home.view().availability.is_online());
}

#[tokio::test(start_paused = true)]
async fn a_lock_out_outlasts_a_pause() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    let until = "2026-11-01T01:00:00Z".parse().unwrap();
    home.script(|box_| box_.fault = Some(Fault::LockedOut { until }));
    home.run_for(minutes(1)).await;
    let asked = home.script(|box_| box_.polls);
    home.story(Action::Pause).await;
    home.run_for(minutes(20)).await;
    assert_eq!(home.view().paused_until, None);
    home.story(Action::Pause).await;
    home.story(Action::Resume).await;
    home.run_for(minutes(30)).await;
    assert_eq!(home.script(|box_| box_.polls), asked);
    home.run_for(minutes(10)).await;
    assert!(home.script(|box_| box_.polls) > asked);
}

#[tokio::test(start_paused = true)]
async fn a_lock_out_that_is_over_as_soon_as_it_is_named_is_no_reason_to_hurry() {
    let mut home = Home::new();
    home.script(|box_| box_.fault = Some(Fault::LockedOut { until: jiff::Timestamp::UNIX_EPOCH }));
    home.run_for(minutes(60)).await;
    let polls = home.script(|box_| box_.polls);
    assert!((10..25).contains(&polls), "{polls} polls in an hour");
}

#[tokio::test(start_paused = true)]
async fn a_right_that_was_granted_is_no_longer_missing() {
    let mut home = Home::new();
    home.script(|box_| box_.missing_rights = ["settings".to_owned()].into());
    home.run_for(minutes(1)).await;
    assert!(home.view().missing_rights.contains("settings"));
    home.script(|box_| box_.missing_rights.clear());
    home.run_for(minutes(1)).await;
    assert!(home.view().missing_rights.is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_lost_answer_is_nothing_to_tell_anybody() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home.script(|box_| box_.mishaps.push(Fault::TimedOut(Deadline::FirstByte)));
    home.run_for(Duration::from_secs(11)).await;
    assert!(home.script(|box_| box_.mishaps.is_empty()));
    assert!(home.view().availability.is_online());
    assert_eq!(home.view().problem, None);
}

#[tokio::test(start_paused = true)]
async fn a_box_that_is_gone_is_unavailable_within_two_polls_and_back_by_itself() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home.script(|box_| box_.fault = Some(Fault::Unreachable("connection refused".into())));
    home.run_for(Duration::from_secs(20)).await;
    assert!(matches!(home.view().availability, Availability::Offline { .. }));
    assert_eq!(home.view().problem.unwrap().class, FaultClass::Unreachable);
    home.run_for(days(1)).await;
    home.script(|box_| box_.fault = None);
    home.run_for(minutes(6)).await;
    assert!(home.view().availability.is_online());
    assert_eq!(home.view().problem, None);
}

#[tokio::test(start_paused = true)]
async fn a_box_that_is_gone_is_asked_ever_more_rarely() {
    let mut home = Home::new();
    home.script(|box_| box_.fault = Some(Fault::Unreachable("connection refused".into())));
    home.run_for(days(1)).await;
    let polls = home.script(|box_| box_.polls);
    assert!((280..340).contains(&polls), "{polls} polls in a day of five-minute pauses");
}

#[tokio::test(start_paused = true)]
async fn a_visitor_on_the_boxs_page_is_given_way_to() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home.script(|box_| box_.fault = Some(Fault::BusyWithAnotherUser));
    home.run_for(minutes(4)).await;
    assert!(home.view().availability.is_online(), "what was read is still true");
    assert_eq!(home.view().problem.unwrap().class, FaultClass::BusyWithAnotherUser);
    home.run_for(minutes(3)).await;
    assert!(!home.view().availability.is_online(), "and no longer is");
}

/// The polls of an hour in which a box with such sessions fails like this.
async fn polls_in_an_hour(session: Session, fault: &Fault) -> u32 {
    let mut home = Home::new();
    home.session = session;
    home.run_for(minutes(1)).await;
    let before = home.script(|box_| {
        box_.fault = Some(fault.clone());
        box_.polls
    });
    home.run_for(minutes(60)).await;
    home.script(|box_| box_.polls) - before
}

#[tokio::test(start_paused = true)]
async fn where_a_login_throws_somebody_out_logins_are_rare() {
    let busy = Fault::BusyWithAnotherUser;
    assert_eq!(polls_in_an_hour(Session::Held, &busy).await, 60);
    assert_eq!(polls_in_an_hour(Session::Sole, &busy).await, 12);
    for fault in [Fault::UnknownDialect("new".into()), Fault::NotSupported("be read".into())] {
        assert!(polls_in_an_hour(Session::Held, &fault).await > 12);
        assert_eq!(polls_in_an_hour(Session::Sole, &fault).await, 1);
    }
    let expired = Fault::SessionExpired;
    assert_eq!(
        polls_in_an_hour(Session::Sole, &expired).await,
        polls_in_an_hour(Session::Held, &expired).await
    );
}

#[tokio::test(start_paused = true)]
async fn an_expired_session_costs_one_new_login_and_nobody_notices() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home.script(|box_| box_.mishaps.push(Fault::SessionExpired));
    home.run_for(Duration::from_secs(11)).await;
    assert!(home.view().availability.is_online());
    assert_eq!(home.view().problem, None);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_never_holds_is_not_tried_without_end() {
    let mut home = Home::new();
    home.script(|box_| box_.fault = Some(Fault::SessionExpired));
    home.run_for(minutes(60)).await;
    let polls = home.script(|box_| box_.polls);
    assert!(polls < 50, "{polls} polls in an hour");
    assert_eq!(home.view().problem.unwrap().class, FaultClass::SessionExpired);
}

#[tokio::test(start_paused = true)]
async fn a_section_that_fails_leaves_the_others_alone() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home.script(|box_| {
        box_.section_faults.push((Section::Connection, Fault::malformed("connection", "html")));
    });
    home.run_for(Duration::from_secs(20)).await;
    let row = catalog::DOWNLOAD_RATE.row();
    assert!(home.view().availability.is_online());
    assert!(home.view().value(&Subject::Router, row).is_some(), "held for a while");
    home.run_for(minutes(1)).await;
    assert_eq!(home.view().value(&Subject::Router, row), None, "then unknown, never old");
    assert_eq!(home.view().state(&Subject::Router)["download_rate"], serde_json::Value::Null);
    assert_eq!(home.view().problem.unwrap().class, FaultClass::Malformed);
}

#[tokio::test(start_paused = true)]
async fn the_login_is_released_after_each_poll_where_the_box_has_room_for_one() {
    let mut home = Home::new();
    home.session = Session::Released;
    home.run_for(minutes(5)).await;
    let (polls, closes) = home.script(|box_| (box_.polls, box_.closes));
    assert_eq!(polls, closes);
}

#[tokio::test(start_paused = true)]
async fn the_bridge_logs_out_when_it_stops_even_in_the_middle_of_a_poll() {
    let mut home = Home::new();
    home.script(|box_| box_.takes = Duration::from_secs(60));
    home.run_for(Duration::from_secs(5)).await;
    let began = tokio::time::Instant::now();
    home.stop().await;
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(home.script(|box_| box_.closes), 1);
}

#[tokio::test(start_paused = true)]
async fn what_a_box_has_is_known_at_once_after_a_restart() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    let shape = home.view().shape;
    home.script(|box_| box_.fault = Some(Fault::Unreachable("connection refused".into())));
    home.restart().await;
    let keys = |shape: &crate::engine::Shape| {
        shape.get(&Subject::Router).unwrap().rows.keys().copied().collect::<Vec<_>>()
    };
    assert_eq!(keys(&home.view().shape), keys(&shape));
    assert!(!home.view().has_readings(&Subject::Router));
}

#[tokio::test(start_paused = true)]
async fn the_boot_time_stands_still() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    let first = home.view().state(&Subject::Router)["last_boot"].clone();
    assert!(first.is_string());
    for _ in 0..50 {
        home.run_for(minutes(7)).await;
        assert_eq!(home.view().state(&Subject::Router)["last_boot"], first);
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_rests_the_box_and_ends_by_itself() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home.story(Action::Pause).await;
    let asked = home.script(|box_| box_.polls);
    assert!(home.view().paused_until.is_some());
    home.run_for(minutes(6)).await;
    assert!(!home.view().availability.is_online(), "readings of five minutes ago are not shown");
    home.run_for(minutes(8)).await;
    assert_eq!(home.script(|box_| box_.polls), asked);
    home.run_for(minutes(2)).await;
    assert_eq!(home.view().paused_until, None);
    assert!(home.view().availability.is_online());
    let since = match home.view().availability {
        Availability::Online { since } => since,
        other => panic!("{other:?}"),
    };
    assert!(
        since.duration_since("2026-11-01T00:16:00Z".parse().unwrap()).abs() < SignedDuration::from_secs(5)
    );
}
