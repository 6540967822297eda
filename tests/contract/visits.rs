//! How a box is treated: how many requests, how many logins, and how one takes one's leave.

use router2mqtt::routers::Session;

use crate::boxes::Subjected;

#[tokio::test]
async fn a_visit_is_as_short_as_the_family_says_and_ends_with_a_goodbye() {
    Subjected::each(|box_| async move {
        let (name, tally) = (&box_.name, box_.tally());
        let mut driver = box_.driver();
        for visit in 1..=2 {
            let (requests, bytes) = (tally.requests(), tally.bytes());
            driver.poll(&box_.everything()).await.unwrap();
            driver.close().await;
            let (requests, bytes) = (tally.requests() - requests, tally.bytes() - bytes);
            assert!(
                requests > 0 && requests <= box_.family.max_requests.into(),
                "{name}: {requests} requests"
            );
            assert!(tally.logins() <= visit, "{name}: {} logins", tally.logins());
            assert_eq!(tally.logouts(), tally.logins(), "{name}");
            println!("{name}, poll {visit}: {requests} requests, {:.1} kB", bytes as f64 / 1e3);
        }
        assert_eq!(tally.most_in_flight(), 1, "{name}");
        assert_eq!(tally.rejected(), 0, "{name}");
    })
    .await;
}

#[tokio::test]
async fn a_session_is_kept_until_it_is_ended() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        for _ in 0..3 {
            driver.poll(&box_.everything()).await.unwrap();
        }
        assert!(box_.tally().logins() <= 1, "{}", box_.name);
        driver.close().await;
        assert_eq!(box_.tally().logouts(), box_.tally().logins(), "{}", box_.name);
        assert!(box_.family.session != Session::None || box_.tally().logins() == 0, "{}", box_.name);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_said_to_a_box_before_it_is_asked_for() {
    Subjected::each(|box_| async move {
        let mut driver = box_.driver();
        driver.close().await;
        driver.close().await;
        assert_eq!(box_.tally().requests(), 0, "{}", box_.name);
    })
    .await;
}
