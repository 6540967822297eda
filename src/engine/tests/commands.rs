use std::time::Duration;

use tokio::time::Instant;

use super::home::{Home, SECTIONS, days, minutes, told};
use crate::engine::Scope;
use crate::model::{Action, Command, Deadline, Deed, Fault, Progress, Stage};
use crate::routers::Session;

const REBOOT: Action = Action::Do(Deed::Reboot);

fn stages(story: &[Progress]) -> Vec<Stage> {
    story.iter().map(|progress| progress.state).collect()
}

fn reason(story: &[Progress]) -> &str {
    story.last().unwrap().reason.as_deref().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_reboot_is_done_when_the_box_was_gone_and_is_back() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    let story = home.story(REBOOT).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Down, Stage::Up, Stage::Done]);
    let done = story.last().unwrap();
    assert!((90.0..110.0).contains(&done.after_s.unwrap()), "{done:?}");
    assert!((80.0..95.0).contains(&done.down_s.unwrap()), "{done:?}");
    assert_eq!(home.script(|box_| box_.reboots), 1);
}

#[tokio::test(start_paused = true)]
async fn a_box_that_restarts_between_two_looks_is_proven_by_its_uptime() {
    let mut home = Home::new();
    home.script(|box_| box_.reboot_takes = Some(Duration::from_millis(500)));
    home.run_for(minutes(5)).await;
    let story = home.story(REBOOT).await;
    assert_eq!(story.last().unwrap().state, Stage::Done);
}

#[tokio::test(start_paused = true)]
async fn a_box_that_ignores_the_order_fails_it() {
    let mut home = Home::new();
    home.script(|box_| box_.reboot_takes = None);
    home.run_for(minutes(5)).await;
    let story = home.story(REBOOT).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Failed]);
    assert!(reason(&story).contains("its uptime goes on"), "{story:?}");
}

#[tokio::test(start_paused = true)]
async fn a_box_that_does_not_come_back_fails_it_within_the_deadline() {
    let mut home = Home::new();
    home.script(|box_| box_.reboot_takes = Some(minutes(60)));
    home.run_for(minutes(5)).await;
    let story = home.story(REBOOT).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Down, Stage::Failed]);
    assert!(story.last().unwrap().after_s.unwrap() < 660.0);
}

#[tokio::test(start_paused = true)]
async fn a_box_without_uptime_proves_a_reboot_by_its_absence() {
    let mut home = Home::new();
    home.script(|box_| box_.shows_uptime = false);
    home.run_for(minutes(5)).await;
    let story = home.story(REBOOT).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Down, Stage::Up, Stage::Done]);
}

#[tokio::test(start_paused = true)]
async fn a_box_without_uptime_that_is_only_slow_has_not_restarted() {
    let mut home = Home::new();
    home.script(|box_| (box_.shows_uptime, box_.reboot_takes) = (false, None));
    home.run_for(minutes(5)).await;
    home.script(|box_| box_.order_fault = Some(Fault::TimedOut(Deadline::FirstByte)));
    let mut story = home.send(Command::new(REBOOT));
    home.script(|box_| box_.mishaps.extend(vec![Fault::TimedOut(Deadline::FirstByte); 5]));
    let mut told = Vec::new();
    while let Some(progress) = story.recv().await {
        told.push(progress);
    }
    assert_eq!(stages(&told), [Stage::Accepted, Stage::Sent, Stage::Failed]);
    assert!(reason(&told).contains("never went away"), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn the_connection_of_a_box_without_uptime_says_whether_it_restarted() {
    for (keeps_connection, end) in [(false, Stage::Done), (true, Stage::Failed)] {
        let mut home = Home::new();
        home.script(|box_| {
            box_.shows_uptime = false;
            box_.connected_since = Some(Instant::now());
            box_.keeps_connection = keeps_connection;
        });
        home.run_for(minutes(20)).await;
        let story = home.story(REBOOT).await;
        assert_eq!(stages(&story)[2..4], [Stage::Down, if keeps_connection { end } else { Stage::Up }]);
        assert_eq!(story.last().unwrap().state, end, "{story:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_uptime_that_a_box_knows_only_later_is_waited_for() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    let mut story = home.send(Command::new(REBOOT));
    home.script(|box_| box_.shows_uptime = false);
    home.run_for(minutes(2)).await;
    home.script(|box_| box_.shows_uptime = true);
    let mut told = Vec::new();
    while let Some(progress) = story.recv().await {
        told.push(progress);
    }
    let done = told.last().unwrap();
    assert_eq!(done.state, Stage::Done, "{told:?}");
    assert!(done.after_s.unwrap() > 115.0, "{done:?}");
}

#[tokio::test(start_paused = true)]
async fn reboots_need_leave_and_time_between_them_even_across_restarts() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    home.story(REBOOT).await;
    home.restart().await;
    let story = home.story(REBOOT).await;
    assert_eq!(stages(&story), [Stage::Refused]);
    assert!(reason(&story).contains("too soon"), "{story:?}");
    home.run_for(minutes(11)).await;
    assert_eq!(home.story(REBOOT).await.last().unwrap().state, Stage::Done);

    home.allow.clear();
    home.restart().await;
    home.run_for(minutes(30)).await;
    let story = home.story(REBOOT).await;
    assert!(reason(&story).contains("'allow'"), "{story:?}");
    assert_eq!(home.script(|box_| box_.reboots), 2);
}

#[tokio::test(start_paused = true)]
async fn a_second_command_during_a_reboot_is_refused() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    let mut first = home.send(Command::new(REBOOT));
    home.run_for(Duration::from_secs(20)).await;
    assert_eq!(stages(&home.story(Action::Pause).await), [Stage::Refused]);
    let mut ends = 0;
    while let Some(progress) = first.recv().await {
        ends += u32::from(progress.state.is_terminal());
    }
    assert_eq!(ends, 1);
}

#[tokio::test(start_paused = true)]
async fn a_reboot_ends_when_the_bridge_does() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    let mut story = home.send(Command::new(REBOOT));
    home.run_for(Duration::from_secs(20)).await;
    home.stop().await;
    let mut last = None;
    while let Some(progress) = story.recv().await {
        last = Some(progress.state);
    }
    assert_eq!(last, Some(Stage::Failed));
}

#[tokio::test(start_paused = true)]
async fn a_paused_box_can_still_be_rebooted() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    home.story(Action::Pause).await;
    assert_eq!(home.story(REBOOT).await.last().unwrap().state, Stage::Done);
}

#[tokio::test(start_paused = true)]
async fn refresh_reads_everything_and_says_what_went_wrong() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    let story = home.story(Action::Refresh).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Done]);
    assert_eq!(home.script(|box_| box_.wanted.last().unwrap().iter().count()), SECTIONS);
    home.script(|box_| box_.fault = Some(Fault::Unreachable("connection refused".into())));
    let story = home.story(Action::Refresh).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Failed]);
    assert!(reason(&story).contains("connection refused"));
}

#[tokio::test(start_paused = true)]
async fn the_id_of_a_command_comes_back_with_every_answer() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    let mut story = home.send(Command { id: Some("x1".into()), ..Command::new(Action::Refresh) });
    while let Some(progress) = story.recv().await {
        assert_eq!(progress.id.as_deref(), Some("x1"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_still_waits_for_the_box_when_the_bridge_stops_is_told_so() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home.script(|box_| box_.takes = minutes(1));
    let underway = home.send(Command::new(Action::Refresh));
    let waiting = home.send(Command::new(Action::Pause));
    home.run_for(Duration::from_secs(30)).await;
    home.stop().await;
    let underway = told(underway).await;
    assert_eq!(stages(&underway), [Stage::Accepted, Stage::Failed]);
    assert_eq!(reason(&underway), "the bridge stopped before the box had answered");
    let waiting = told(waiting).await;
    assert_eq!(stages(&waiting), [Stage::Refused]);
    assert_eq!(reason(&waiting), "the bridge is stopping");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_never_answered_ends_all_the_same() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home.script(|box_| box_.order_takes = days(1));
    let story = home.story(REBOOT).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Failed]);
    assert!(reason(&story).contains("deadline"), "{story:?}");
    home.run_for(minutes(11)).await;
    let story = home.send(Command::new(REBOOT));
    home.run_for(Duration::from_secs(1)).await;
    home.restart().await;
    assert_eq!(stages(&told(story).await), [Stage::Accepted, Stage::Failed]);
    let story = home.story(REBOOT).await;
    assert!(reason(&story).contains("too soon"), "nobody knows whether the order arrived: {story:?}");
}

#[tokio::test(start_paused = true)]
async fn a_look_that_the_end_of_the_bridge_cuts_short_does_not_count_as_an_absence() {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home.script(|box_| {
        box_.takes = minutes(1);
        box_.reboot_takes = None;
    });
    let story = home.send(Command::new(REBOOT));
    home.run_for(minutes(2)).await;
    home.stop().await;
    assert_eq!(stages(&told(story).await), [Stage::Accepted, Stage::Sent, Stage::Failed]);
}

#[tokio::test(start_paused = true)]
async fn a_lock_out_that_an_order_meets_is_waited_for_and_our_place_given_back() {
    let mut home = Home::new();
    home.session = Session::Released;
    home.run_for(minutes(1)).await;
    let until = "2026-11-01T01:00:00Z".parse().unwrap();
    let before = home.script(|box_| {
        box_.order_fault = Some(Fault::LockedOut { until });
        (box_.polls, box_.closes + 1)
    });
    assert_eq!(home.story(REBOOT).await.last().unwrap().state, Stage::Failed);
    home.run_for(minutes(58)).await;
    assert_eq!(home.script(|box_| (box_.polls, box_.closes)), before);
    home.run_for(minutes(2)).await;
    assert!(home.view().availability.is_online());
}

#[tokio::test(start_paused = true)]
async fn a_box_that_is_back_and_locks_us_out_is_not_watched_any_longer() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    home.script(|box_| box_.reboot_takes = None);
    let story = home.send(Command::new(REBOOT));
    home.run_for(Duration::from_secs(10)).await;
    let until = "2026-11-01T01:00:00Z".parse().unwrap();
    home.script(|box_| box_.fault = Some(Fault::LockedOut { until }));
    let story = told(story).await;
    assert!(reason(&story).contains("refuses logins"), "{story:?}");
    let polls = home.script(|box_| box_.polls);
    home.run_for(minutes(50)).await;
    assert_eq!(home.script(|box_| box_.polls), polls);
}

#[tokio::test(start_paused = true)]
async fn a_box_that_restarts_without_an_answer_is_watched_all_the_same() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    home.script(|box_| box_.order_fault = Some(Fault::TimedOut(Deadline::FirstByte)));
    let story = home.story(REBOOT).await;
    assert_eq!(story.last().unwrap().state, Stage::Done, "{story:?}");
}

#[tokio::test(start_paused = true)]
async fn a_program_that_asks_gets_what_is_due_and_somebody_who_asks_gets_everything() {
    let mut home = Home::new();
    home.run_for(Duration::from_secs(2)).await;
    let wanted = |home: &Home| home.script(|box_| box_.wanted.last().unwrap().iter().count());
    assert_eq!(
        stages(&told(home.ask(Command::new(Action::Refresh), Scope::Due)).await),
        [Stage::Accepted, Stage::Done]
    );
    assert_eq!(wanted(&home), 2, "the slow sections were read a moment ago");
    home.story(Action::Refresh).await;
    assert_eq!(wanted(&home), SECTIONS);
}
