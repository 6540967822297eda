use std::collections::BTreeMap;

use super::home::{Home, minutes, told};
use crate::model::{
    Action, Cause, Command, Deed, EventKind, Fault, ItemId, Mac, Progress, Stage, Subject, Value, Whose,
    catalog,
};

const PHONE: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 1]);
const LAPTOP: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 2]);
const STRANGER: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 9]);

fn alice() -> Whose {
    Whose { subject: Subject::Person(ItemId::new("alice").unwrap()), name: "Alice".into() }
}

fn alices(devices: &[Mac]) -> Option<BTreeMap<Mac, Whose>> {
    Some(devices.iter().map(|mac| (*mac, alice())).collect())
}

/// Everybody is there, and the box has been read.
async fn home() -> Home {
    let mut home = Home::new();
    home.script(|box_| box_.connected = vec![PHONE, LAPTOP]);
    home.run_for(minutes(2)).await;
    home.events();
    home
}

async fn story(home: &Home, deed: Deed, client: Option<Mac>) -> Vec<Progress> {
    told(home.send(Command { client, ..Command::new(Action::Do(deed)) })).await
}

fn stages(story: &[Progress]) -> Vec<Stage> {
    story.iter().map(|progress| progress.state).collect()
}

fn reason(story: &[Progress]) -> &str {
    story.last().unwrap().reason.as_deref().unwrap()
}

fn orders(home: &Home) -> Vec<(Mac, bool)> {
    home.script(|box_| std::mem::take(&mut box_.access_orders))
}

fn shown(home: &Home, client: Mac) -> Option<Value> {
    home.view().value(&Subject::Client(client), catalog::BLOCKED.row()).cloned()
}

/// The bridge starts again, and is told who is to be kept from the internet.
async fn restarted(home: &mut Home, wanted: Option<BTreeMap<Mac, Whose>>) {
    // Whoever has a quota is counted.
    home.script(|box_| box_.traffic = Some(0));
    home.withheld = wanted;
    home.restart().await;
    home.run_for(minutes(5)).await;
}

fn access_news(home: &mut Home) -> Vec<EventKind> {
    let mut news = home.events();
    news.retain(|kind| matches!(kind, EventKind::ClientBlocked { .. } | EventKind::ClientUnblocked { .. }));
    news
}

#[tokio::test(start_paused = true)]
async fn a_client_is_blocked_when_the_box_shows_it_so_and_that_is_told_once() {
    let mut home = home().await;
    for (deed, blocked) in [(Deed::Block, true), (Deed::Unblock, false)] {
        for is_new in [true, false] {
            let story = story(&home, deed, Some(PHONE)).await;
            assert_eq!(stages(&story), [Stage::Accepted, Stage::Sent, Stage::Done]);
            assert!(story.iter().all(|told| told.client == Some(PHONE.to_string())), "{story:?}");
            assert_eq!(shown(&home, PHONE), Some(Value::Flag(blocked)));
            assert_eq!(shown(&home, LAPTOP), Some(Value::Flag(false)));
            assert_eq!(orders(&home), [(PHONE, blocked)]);
            let (client, name, cause) = (Subject::Client(PHONE), None, Cause::Command);
            let kind = if blocked {
                EventKind::ClientBlocked { client, name, cause }
            } else {
                EventKind::ClientUnblocked { client, name, cause }
            };
            assert_eq!(access_news(&mut home), if is_new { vec![kind] } else { vec![] });
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_done_to_a_client_is_refused_and_not_tried() {
    let mut home = home().await;
    let refused = |told: &[Progress], why: &str| {
        assert_eq!(stages(told), [Stage::Refused]);
        assert!(reason(told).contains(why), "{told:?}");
    };
    refused(&story(&home, Deed::Block, None).await, "'block' needs a client");
    refused(&story(&home, Deed::Block, Some(STRANGER)).await, "the box knows no client 00:00:5e:00:53:09");
    home.allow = [Deed::Reboot].into();
    home.restart().await;
    refused(&story(&home, Deed::Unblock, Some(PHONE)).await, "'block' is not allowed");
    assert_eq!(orders(&home), []);
}

#[tokio::test(start_paused = true)]
async fn nobody_cuts_off_the_bridge_itself() {
    let mut home = home().await;
    home.url = "http://127.0.0.1:8080";
    home.script(|box_| box_.client_address = "127.0.0.1");
    restarted(&mut home, alices(&[PHONE])).await;
    let told = story(&home, Deed::Block, Some(LAPTOP)).await;
    assert!(reason(&told).contains("the machine that this bridge runs on"), "{told:?}");
    assert_eq!(orders(&home), [], "not by itself either");
    assert_eq!(story(&home, Deed::Unblock, Some(LAPTOP)).await.last().unwrap().state, Stage::Done);
}

#[tokio::test(start_paused = true)]
async fn a_box_that_does_not_do_it_fails_the_order_with_what_it_shows() {
    let home = home().await;
    home.script(|box_| box_.obeys_access = false);
    let failed = story(&home, Deed::Block, Some(PHONE)).await;
    assert_eq!(stages(&failed), [Stage::Accepted, Stage::Sent, Stage::Failed]);
    assert_eq!(
        reason(&failed),
        "the box took the order, but still shows that 00:00:5e:00:53:01 is not blocked"
    );
    home.script(|box_| {
        box_.order_fault = Some(Fault::NotSupported("block a client: its firewall is off".into()));
    });
    let failed = story(&home, Deed::Block, Some(PHONE)).await;
    assert_eq!(stages(&failed), [Stage::Accepted, Stage::Failed]);
    assert!(reason(&failed).contains("its firewall is off"), "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn whoever_has_used_up_a_quota_is_blocked_once_and_let_in_again_once() {
    let mut home = home().await;
    restarted(&mut home, alices(&[PHONE, LAPTOP, STRANGER])).await;
    assert_eq!(orders(&home), [(PHONE, true), (LAPTOP, true)], "whom the box has not shown waits");
    let news = access_news(&mut home);
    assert_eq!(news.len(), 2);
    let details = news[0].details();
    assert_eq!((&details["why"], &details["whose"]), (&"quota".into(), &"person_alice".into()));
    restarted(&mut home, alices(&[PHONE, LAPTOP])).await;
    assert_eq!(orders(&home), []);
    // A top-up, the end of the cycle, a change of the configuration, also of what is allowed.
    home.allow.clear();
    restarted(&mut home, alices(&[])).await;
    assert_eq!(orders(&home), [(PHONE, false), (LAPTOP, false)]);
    assert_eq!(access_news(&mut home)[0].details()["whose_name"], "Alice");
    restarted(&mut home, alices(&[])).await;
    assert_eq!(orders(&home), []);
}

#[tokio::test(start_paused = true)]
async fn without_leave_nobody_is_blocked() {
    let mut home = home().await;
    home.allow = [Deed::Reboot].into();
    restarted(&mut home, alices(&[PHONE])).await;
    assert_eq!(orders(&home), []);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_has_blocked_stays_blocked() {
    let mut home = home().await;
    home.script(|box_| box_.blocked.insert(PHONE));
    restarted(&mut home, alices(&[PHONE])).await;
    restarted(&mut home, alices(&[])).await;
    assert_eq!(orders(&home), [], "not ours to undo");
    // The same when it is ordered while the bridge has it blocked.
    restarted(&mut home, alices(&[LAPTOP])).await;
    assert_eq!(story(&home, Deed::Block, Some(LAPTOP)).await.last().unwrap().state, Stage::Done);
    orders(&home);
    restarted(&mut home, alices(&[])).await;
    assert_eq!(orders(&home), []);
}

#[tokio::test(start_paused = true)]
async fn whom_somebody_lets_in_again_is_left_alone_until_the_quota_is_open_again() {
    let mut home = home().await;
    restarted(&mut home, alices(&[PHONE, LAPTOP])).await;
    assert_eq!(story(&home, Deed::Unblock, Some(PHONE)).await.last().unwrap().state, Stage::Done);
    home.script(|box_| box_.blocked.remove(&LAPTOP));
    orders(&home);
    restarted(&mut home, alices(&[PHONE, LAPTOP])).await;
    assert_eq!(orders(&home), []);
    restarted(&mut home, alices(&[])).await;
    assert_eq!(orders(&home), [], "they are in already");
    restarted(&mut home, alices(&[PHONE, LAPTOP])).await;
    assert_eq!(orders(&home), [(PHONE, true), (LAPTOP, true)], "in the next cycle");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_comes_to_nothing_is_given_again_after_a_rest() {
    let mut home = home().await;
    home.script(|box_| box_.obeys_access = false);
    restarted(&mut home, alices(&[PHONE])).await;
    assert_eq!(orders(&home), [(PHONE, true)]);
    home.run_for(minutes(10)).await;
    assert_eq!(orders(&home), [(PHONE, true)]);
    home.script(|box_| box_.obeys_access = true);
    home.run_for(minutes(11)).await;
    assert_eq!(orders(&home), [(PHONE, true)]);
    home.run_for(minutes(30)).await;
    assert_eq!(orders(&home), []);
}

#[tokio::test(start_paused = true)]
async fn a_bridge_that_ends_in_the_middle_knows_afterwards_whose_block_it_is() {
    let mut home = home().await;
    home.script(|box_| (box_.obeys_access, box_.traffic) = (false, Some(0)));
    home.withheld = alices(&[PHONE]);
    home.restart().await;
    home.run_for(minutes(1)).await;
    assert_eq!(orders(&home), [(PHONE, true)]);
    // It was carried out after the bridge had ended.
    home.stop().await;
    home.script(|box_| {
        box_.obeys_access = true;
        box_.blocked.insert(PHONE);
    });
    restarted(&mut home, alices(&[PHONE])).await;
    assert_eq!(orders(&home), []);
    restarted(&mut home, alices(&[])).await;
    assert_eq!(orders(&home), [(PHONE, false)]);
}
