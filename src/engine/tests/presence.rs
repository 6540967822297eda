use super::home::{Home, minutes};
use crate::model::{Fault, Mac, Section, Subject};

const PHONE: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 1]);

#[tokio::test(start_paused = true)]
async fn a_phone_leaves_after_three_minutes_and_is_home_at_once() {
    let mut home = Home::new();
    home.run_for(minutes(5)).await;
    home.script(|box_| box_.connected = vec![PHONE]);
    home.run_for(minutes(2)).await;
    assert_eq!(home.view().presence[&PHONE].home, Some(true));
    home.script(|box_| box_.connected.clear());
    home.run_for(minutes(2)).await;
    assert_eq!(home.view().presence[&PHONE].home, Some(true));
    home.run_for(minutes(3)).await;
    assert_eq!(home.view().presence[&PHONE].home, Some(false));
    home.script(|box_| box_.connected = vec![PHONE]);
    home.run_for(minutes(2)).await;
    assert_eq!(home.view().presence[&PHONE].home, Some(true));
}

#[tokio::test(start_paused = true)]
async fn a_phone_that_never_comes_back_is_forgotten_after_a_month() {
    let mut home = Home::new();
    home.every = minutes(10);
    home.script(|box_| box_.connected = vec![PHONE]);
    home.run_for(minutes(30)).await;
    home.script(|box_| box_.connected.clear());
    home.run_for(minutes(29 * 24 * 60)).await;
    assert!(home.view().shape.get(&Subject::Client(PHONE)).is_some());
    home.run_for(minutes(2 * 24 * 60)).await;
    assert!(home.view().shape.get(&Subject::Client(PHONE)).is_none());
    assert!(!home.view().presence.contains_key(&PHONE));
}

#[tokio::test(start_paused = true)]
async fn nobody_knows_where_a_phone_is_when_the_box_has_not_said_for_long() {
    let mut home = Home::new();
    home.script(|box_| box_.connected = vec![PHONE]);
    home.run_for(minutes(2)).await;
    home.script(|box_| box_.section_faults.push((Section::Clients, Fault::malformed("clients", "html"))));
    home.run_for(minutes(2)).await;
    assert_eq!(home.view().presence[&PHONE].home, Some(true), "held for a while");
    home.run_for(minutes(3)).await;
    assert_eq!(home.view().presence[&PHONE].home, None);
    home.script(|box_| box_.section_faults.clear());
    home.run_for(minutes(2)).await;
    assert_eq!(home.view().presence[&PHONE].home, Some(true));
}

#[tokio::test(start_paused = true)]
async fn nobody_is_forgotten_when_the_clock_is_put_right() {
    const MONTHS: i64 = 90 * 86_400;
    for leap in [MONTHS, -MONTHS] {
        let mut home = Home::new();
        home.every = minutes(10);
        home.script(|box_| box_.connected = vec![PHONE]);
        home.run_for(minutes(30)).await;
        home.script(|box_| box_.connected.clear());
        home.run_for(minutes(25 * 60)).await;
        home.clock.leap(leap);
        home.run_for(minutes(60)).await;
        assert!(home.view().shape.get(&Subject::Client(PHONE)).is_some(), "{leap}");
    }
}
