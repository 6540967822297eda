use std::time::Duration;

use tokio::time::Instant;

use super::home::{Home, minutes, told};
use crate::model::{Action, Command, Deadline, Deed, Fault, Progress, Section, Stage, Switch, catalog};
use crate::model::{Subject, Value};
use crate::routers::Session;

const OFF: Action = Action::Do(Deed::Turn(Switch::Wifi, false));
const ON: Action = Action::Do(Deed::Turn(Switch::Wifi, true));

fn stages(story: &[Progress]) -> Vec<Stage> {
    story.iter().map(|progress| progress.state).collect()
}

fn reason(story: &[Progress]) -> &str {
    story.last().unwrap().reason.as_deref().unwrap()
}

fn after(story: &[Progress]) -> f64 {
    story.last().unwrap().after_s.unwrap()
}

fn shown(home: &Home) -> Option<Value> {
    home.view().value(&Subject::Router, catalog::WIFI.row()).cloned()
}

async fn home() -> Home {
    let mut home = Home::new();
    home.run_for(minutes(1)).await;
    home
}

#[tokio::test(start_paused = true)]
async fn a_switch_is_turned_when_the_box_shows_it_so() {
    let home = home().await;
    let story = home.story(OFF).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Done]);
    assert!(after(&story) < 2.0, "it follows at once on the screen: {story:?}");
    assert_eq!(shown(&home), Some(Value::Flag(false)));
    home.script(|box_| box_.turn_takes = Some(Duration::from_secs(20)));
    let story = home.story(ON).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Done]);
    assert!((20.0..25.0).contains(&after(&story)), "{story:?}");
    assert_eq!(shown(&home), Some(Value::Flag(true)));
}

#[tokio::test(start_paused = true)]
async fn what_stands_as_ordered_is_ordered_all_the_same() {
    let home = home().await;
    assert_eq!(home.story(ON).await.last().unwrap().state, Stage::Done);
    assert_eq!(home.script(|box_| box_.turns), 1);
}

#[tokio::test(start_paused = true)]
async fn only_the_section_that_shows_the_switch_is_read_besides_what_is_due() {
    let home = home().await;
    home.script(|box_| {
        box_.wanted.clear();
        box_.turn_takes = Some(Duration::from_secs(8));
    });
    home.story(OFF).await;
    let wanted = home.script(|box_| std::mem::take(&mut box_.wanted));
    assert!(wanted.len() >= 3);
    assert!(wanted.iter().all(|wanted| wanted.wants(Section::Wifi)), "{wanted:?}");
    assert!(wanted.iter().any(|wanted| !wanted.wants(Section::Clients)), "{wanted:?}");
}

#[tokio::test(start_paused = true)]
async fn a_box_that_ignores_the_order_fails_it_within_a_minute() {
    let mut home = home().await;
    home.script(|box_| box_.turn_takes = None);
    let story = home.story(OFF).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Failed]);
    assert_eq!(reason(&story), "the box took the order, but still shows that Wi-Fi is on");
    assert!((60.0..70.0).contains(&after(&story)), "{story:?}");
    home.script(|box_| box_.shows_wifi = false);
    let story = home.story(OFF).await;
    assert!(reason(&story).contains("does not show whether"), "{story:?}");
    assert!(home.view().availability.is_online());
    home.run_for(minutes(5)).await;
    assert_eq!(home.script(|box_| box_.turns), 2, "nothing is ordered twice");
}

#[tokio::test(start_paused = true)]
async fn a_box_with_room_for_one_is_logged_in_to_once_for_all_that_is_watched() {
    let mut home = Home::new();
    home.session = Session::Released;
    home.run_for(minutes(1)).await;
    let closes = |home: &Home| home.script(|box_| box_.closes);
    for (takes, end) in [(Some(Duration::from_secs(20)), Stage::Done), (None, Stage::Failed)] {
        home.story(Action::Pause).await;
        home.script(|box_| box_.turn_takes = takes);
        let before = closes(&home);
        assert_eq!(home.story(OFF).await.last().unwrap().state, end);
        home.script(|box_| box_.wifi = true);
        home.run_for(Duration::from_secs(30)).await;
        assert_eq!(closes(&home), before + 1, "given back at the end, also of a box that is left alone then");
    }
}

#[tokio::test(start_paused = true)]
async fn a_box_that_is_away_for_a_while_is_waited_for() {
    let home = home().await;
    home.script(|box_| box_.away = Some((Instant::now(), Instant::now() + Duration::from_secs(90))));
    let story = home.story(OFF).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Down, Stage::Up, Stage::Done]);
    assert!((80.0..95.0).contains(&story.last().unwrap().down_s.unwrap()), "{story:?}");
}

#[tokio::test(start_paused = true)]
async fn a_switch_that_cuts_our_own_way_fails_with_that_reason_and_is_watched_no_longer() {
    let mut home = home().await;
    home.script(|box_| box_.away = Some((Instant::now(), Instant::now() + minutes(60))));
    let story = home.story(OFF).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Down, Stage::Failed]);
    assert!(reason(&story).contains("not back after 3 minutes: not reachable"), "{story:?}");
    assert!(reason(&story).ends_with("the way to it leads over what was turned off"), "{story:?}");
    assert!(after(&story) < 190.0);
    assert!(!home.view().availability.is_online());
    home.run_for(minutes(65)).await;
    assert!(home.view().availability.is_online(), "and comes back by itself");
}

#[tokio::test(start_paused = true)]
async fn switches_need_leave_but_no_rest() {
    let mut home = home().await;
    for _ in 0..3 {
        assert_eq!(home.story(OFF).await.last().unwrap().state, Stage::Done);
        assert_eq!(home.story(ON).await.last().unwrap().state, Stage::Done);
    }
    assert_eq!(home.story(Action::Do(Deed::Reboot)).await.last().unwrap().state, Stage::Done);
    assert_eq!(home.story(OFF).await.last().unwrap().state, Stage::Done, "a reboot's rest is for reboots");
    home.allow = [Deed::Reboot].into_iter().collect();
    home.restart().await;
    let story = home.story(OFF).await;
    assert_eq!(stages(&story), [Stage::Refused]);
    assert!(reason(&story).starts_with("'wifi' is not allowed"), "{story:?}");
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_orders_reaches_the_box_no_faster_than_it_is_looked_at() {
    let mut home = home().await;
    let mut stories = Vec::new();
    for turn in 0..100 {
        stories.push(home.send(Command::new(if turn % 2 == 0 { OFF } else { ON })));
        home.run_for(Duration::from_millis(100)).await;
    }
    let mut refused = 0;
    for story in stories {
        let story = told(story).await;
        let end = story.last().unwrap();
        refused += u32::from(end.state == Stage::Refused);
        assert!(end.state != Stage::Refused || reason(&story) == "another command is in progress");
    }
    let turns = home.script(|box_| box_.turns);
    assert!(turns <= 11, "{turns} orders in ten seconds");
    assert_eq!(turns + refused, 100);
}

#[tokio::test(start_paused = true)]
async fn an_expired_session_costs_one_new_login_and_a_refusal_is_told() {
    let home = home().await;
    home.script(|box_| box_.order_mishaps = vec![Fault::SessionExpired]);
    assert_eq!(home.story(OFF).await.last().unwrap().state, Stage::Done);
    home.script(|box_| box_.order_mishaps = vec![Fault::SessionExpired, Fault::SessionExpired]);
    let story = home.story(ON).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Failed]);
    home.script(|box_| box_.order_fault = Some(Fault::MissingRight("settings".into())));
    let story = home.story(ON).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Failed]);
    assert!(reason(&story).contains("settings"), "{story:?}");
    assert_eq!(shown(&home), Some(Value::Flag(false)));
}

#[tokio::test(start_paused = true)]
async fn a_box_that_takes_the_order_without_an_answer_is_watched_all_the_same() {
    let home = home().await;
    home.script(|box_| box_.order_fault = Some(Fault::TimedOut(Deadline::FirstByte)));
    assert_eq!(home.story(OFF).await.last().unwrap().state, Stage::Done);
}

#[tokio::test(start_paused = true)]
async fn a_switch_ends_when_the_bridge_does() {
    let mut home = home().await;
    home.script(|box_| box_.turn_takes = None);
    let story = home.send(Command::new(OFF));
    home.run_for(Duration::from_secs(20)).await;
    home.stop().await;
    let story = told(story).await;
    assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Failed]);
    assert!(reason(&story).contains("the bridge stopped"), "{story:?}");
}

#[tokio::test(start_paused = true)]
async fn a_paused_box_can_be_turned_and_rests_again() {
    let mut home = home().await;
    home.story(Action::Pause).await;
    assert_eq!(home.story(OFF).await.last().unwrap().state, Stage::Done);
    let polls = home.script(|box_| box_.polls);
    home.run_for(minutes(4)).await;
    assert_eq!(home.script(|box_| box_.polls), polls);
}
