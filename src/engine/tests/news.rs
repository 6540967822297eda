use std::time::Duration;

use super::home::{Home, Script, days, minutes};
use crate::engine::{ClientPolicy, Track};
use crate::model::{Action, Command, EventKind, Fault, Mac, Section, Subject};
use crate::routers::Cadence;

const PHONE: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 1]);
const LAPTOP: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 2]);
const MADE_UP: Mac = Mac::new([2, 0, 0x5e, 0, 0x53, 3]);

const LINE: &[(Section, Cadence)] = &[
    (Section::System, Cadence::Every),
    (Section::Connection, Cadence::Every),
    (Section::Line, Cadence::Every),
];

/// A box that is in good order, and has been for a while.
async fn home(prepare: impl FnOnce(&mut Script)) -> Home {
    let mut home = Home::new();
    home.plan = LINE;
    settled(home, prepare).await
}

/// The same, with a list of devices.
async fn household(clients: ClientPolicy, prepare: impl FnOnce(&mut Script)) -> Home {
    let mut home = Home::new();
    home.clients = clients;
    home.every = minutes(1);
    settled(home, prepare).await
}

async fn settled(mut home: Home, prepare: impl FnOnce(&mut Script)) -> Home {
    home.script(prepare);
    home.run_for(minutes(10)).await;
    assert_eq!(home.events(), [], "a start is no news");
    home
}

async fn words_after(home: &mut Home, time: Duration) -> Vec<&'static str> {
    home.run_for(time).await;
    home.events().iter().map(EventKind::word).collect()
}

fn gone() -> Option<Fault> {
    Some(Fault::Unreachable("connection refused".into()))
}

#[tokio::test(start_paused = true)]
async fn a_box_goes_down_once_and_comes_back_once() {
    let mut home = home(|_| ()).await;
    home.script(|box_| box_.mishaps = vec![Fault::Unreachable("no".into())]);
    assert_eq!(words_after(&mut home, minutes(2)).await, Vec::<&str>::new(), "one failure is nothing");
    let before = home.clock.now();
    home.script(|box_| box_.fault = gone());
    home.run_for(minutes(60)).await;
    let down = home.events();
    let [EventKind::Down { reason }] = down.as_slice() else { panic!("{down:?}") };
    assert_eq!(reason, "not reachable: connection refused");
    home.script(|box_| box_.fault = None);
    home.run_for(minutes(10)).await;
    let up = home.events();
    let [EventKind::Up { since }] = up.as_slice() else { panic!("{up:?}") };
    let lasted = since.duration_since(before).as_secs();
    assert!((0..60).contains(&lasted), "{lasted}");
}

#[tokio::test(start_paused = true)]
async fn a_box_that_is_down_when_the_bridge_starts_is_no_news() {
    let mut home = Home::new();
    home.script(|box_| box_.fault = gone());
    assert_eq!(words_after(&mut home, minutes(30)).await, Vec::<&str>::new());
    home.script(|box_| box_.fault = None);
    assert_eq!(words_after(&mut home, minutes(30)).await, Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_box_that_comes_back_while_the_bridge_is_away_is_told_at_the_next_start() {
    let mut home = home(|box_| box_.fault = None).await;
    home.script(|box_| box_.fault = gone());
    assert_eq!(words_after(&mut home, minutes(5)).await, ["box_down"]);
    home.restart().await;
    assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new(), "it still is");
    home.stop().await;
    home.script(|box_| box_.fault = None);
    home.restart().await;
    assert_eq!(words_after(&mut home, minutes(5)).await, ["box_up"]);
    home.restart().await;
    assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_lasts_too_long_says_why_nothing_is_known() {
    let mut home = home(|_| ()).await;
    let pause = Command { minutes: Some(20), ..Command::new(Action::Pause) };
    drop(super::home::told(home.send(pause)).await);
    home.run_for(minutes(10)).await;
    assert_eq!(home.events(), [EventKind::Down { reason: "its polling is paused".into() }]);
    assert_eq!(words_after(&mut home, minutes(15)).await, ["box_up"]);
}

#[tokio::test(start_paused = true)]
async fn a_restart_is_told_once_whoever_ordered_it() {
    let mut home = home(|_| ()).await;
    home.story(Action::Do(crate::model::Deed::Reboot)).await;
    assert_eq!(words_after(&mut home, minutes(10)).await, ["box_down", "box_up", "box_rebooted"]);
    home.script(|box_| box_.booted = tokio::time::Instant::now());
    home.run_for(minutes(10)).await;
    let told = home.events();
    let [EventKind::Rebooted { boot }] = told.as_slice() else { panic!("{told:?}") };
    let ago = home.clock.now().duration_since(*boot).as_secs();
    assert!((590..610).contains(&ago), "{ago}");
}

#[tokio::test(start_paused = true)]
async fn a_restart_while_the_bridge_is_away_is_told_at_the_next_start() {
    let mut home = home(|_| ()).await;
    home.stop().await;
    tokio::time::sleep(days(1)).await;
    home.restart().await;
    assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new(), "it ran on");
    home.stop().await;
    home.script(|box_| box_.booted = tokio::time::Instant::now());
    tokio::time::sleep(days(1)).await;
    home.restart().await;
    assert_eq!(words_after(&mut home, minutes(5)).await, ["box_rebooted"]);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_put_right_restarts_nothing() {
    let mut home = home(|_| ()).await;
    for leap in [86_400, -86_400] {
        home.clock.leap(leap);
        assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new(), "{leap}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_box_without_an_uptime_never_restarts_as_far_as_anybody_knows() {
    let mut home = home(|box_| box_.shows_uptime = false).await;
    home.script(|box_| box_.booted = tokio::time::Instant::now());
    assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn another_address_is_told_once_and_an_absent_one_never() {
    let mut home = home(|box_| box_.ipv4 = Some("192.0.2.1")).await;
    for address in [None, Some("192.0.2.1")] {
        home.script(|box_| box_.ipv4 = address);
        assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new(), "{address:?}");
    }
    home.stop().await;
    home.script(|box_| box_.ipv4 = Some("192.0.2.2"));
    home.restart().await;
    home.run_for(minutes(5)).await;
    let change = EventKind::WanAddress { before: "192.0.2.1".into(), now: "192.0.2.2".into() };
    assert_eq!(home.events(), [change]);
}

#[tokio::test(start_paused = true)]
async fn of_an_ipv6_address_only_the_network_counts() {
    let mut home = home(|box_| box_.ipv6 = Some("2001:db8:0:1::a")).await;
    home.script(|box_| box_.ipv6 = Some("2001:db8:0:1::b"));
    assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new());
    home.script(|box_| box_.ipv6 = Some("2001:db8:0:2::b"));
    home.run_for(minutes(5)).await;
    let change =
        EventKind::WanAddress { before: "2001:db8:0:1::/64".into(), now: "2001:db8:0:2::/64".into() };
    assert_eq!(home.events(), [change]);
}

#[tokio::test(start_paused = true)]
async fn the_line_is_told_when_its_verdict_changes() {
    let mut home = home(|_| ()).await;
    home.script(|box_| box_.snr_margin = 1.0);
    home.run_for(minutes(5)).await;
    let worse = EventKind::LineQuality {
        before: "good".into(),
        now: "critical".into(),
        reason: Some("SNR margin down 1.0 dB, 6 dB is good".into()),
    };
    assert_eq!(home.events(), [worse]);
    let lost = Fault::BoxError { what: "line".into(), why: "no".into() };
    home.script(|box_| box_.section_faults = vec![(Section::Line, lost)]);
    assert_eq!(words_after(&mut home, minutes(10)).await, Vec::<&str>::new(), "unknown is no change");
    home.script(|box_| box_.section_faults.clear());
    assert_eq!(words_after(&mut home, minutes(10)).await, Vec::<&str>::new(), "nor is what was told before");
    home.script(|box_| box_.snr_margin = 10.0);
    assert_eq!(words_after(&mut home, minutes(10)).await, ["line_quality_changed"]);
}

#[tokio::test(start_paused = true)]
async fn another_firmware_is_told_once_and_another_box_is_not_one() {
    let mut home = home(|box_| (box_.firmware, box_.serial) = (Some("1.0"), Some("A1"))).await;
    home.script(|box_| box_.firmware = None);
    assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new());
    home.stop().await;
    home.script(|box_| box_.firmware = Some("1.1"));
    home.restart().await;
    home.run_for(minutes(5)).await;
    assert_eq!(home.events(), [EventKind::Firmware { before: "1.0".into(), now: "1.1".into() }]);
    home.script(|box_| (box_.firmware, box_.serial) = (Some("9.9"), Some("B2")));
    assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_device_is_new_once_even_after_it_was_forgotten() {
    let mut home = household(ClientPolicy::default(), |box_| box_.connected = vec![LAPTOP]).await;
    home.script(|box_| box_.connected = vec![LAPTOP, PHONE]);
    home.run_for(minutes(5)).await;
    let told = home.events();
    let [EventKind::NewClient { client, .. }] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(*client, Subject::Client(PHONE));
    home.script(|box_| box_.connected.clear());
    home.run_for(days(32)).await;
    assert!(home.view().shape.get(&Subject::Client(PHONE)).is_none(), "forgotten");
    home.events();
    home.restart().await;
    home.script(|box_| box_.connected = vec![LAPTOP, PHONE]);
    assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new());
}

#[tokio::test(start_paused = true)]
async fn a_device_that_joins_while_the_bridge_is_away_is_told_at_the_next_start() {
    let mut home = household(ClientPolicy::default(), |box_| box_.connected = vec![LAPTOP]).await;
    home.stop().await;
    home.script(|box_| box_.connected = vec![PHONE]);
    home.restart().await;
    assert_eq!(words_after(&mut home, minutes(5)).await, ["new_client"]);
}

#[tokio::test(start_paused = true)]
async fn devices_that_nobody_asked_about_are_not_told() {
    let only = ClientPolicy { track: Track::Only([PHONE].into()), ..ClientPolicy::default() };
    for (policy, told) in [
        (ClientPolicy { track: Track::Nobody, ..ClientPolicy::default() }, 0),
        (only, 1),
        (ClientPolicy::default(), 2),
        (ClientPolicy { randomised: true, ..ClientPolicy::default() }, 3),
    ] {
        let mut home = household(policy.clone(), |_| ()).await;
        home.script(|box_| box_.connected = vec![PHONE, LAPTOP, MADE_UP]);
        let words = words_after(&mut home, minutes(5)).await;
        assert_eq!(words, vec!["new_client"; told], "{policy:?}");
        // Who was there all the while is no stranger when the owner begins to ask.
        home.clients = ClientPolicy::default();
        home.restart().await;
        assert_eq!(words_after(&mut home, minutes(5)).await, Vec::<&str>::new(), "{policy:?}");
    }
}
