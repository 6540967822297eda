//! A box in good order beside the one that a test is about: its polls tell that time has passed for both.

use router2mqtt::simulators::{Options, Running, start};
use serde_json::json;

use super::bridge::Bridge;
use super::eventually;

/// The requests of one poll of a modem, and to spare.
const A_POLL: u64 = 6;

/// A modem without a login, polled as often as any box of these tests.
pub struct Neighbour(Running);

impl Neighbour {
    pub async fn moves_in(bridge: &mut Bridge) -> Self {
        let modem =
            start("hitron", Options { model: Some("coda".into()), ..Options::default() }).await.unwrap();
        bridge.add("neighbour", &modem, &json!({}));
        Self(modem)
    }

    /// Waits until it has been polled a few times more. A box that the same bridge polls could have been, too.
    pub async fn is_polled_on(&self) {
        self.is_polled(3).await;
    }

    /// Waits until it has been polled at least so many times more.
    pub async fn is_polled(&self, times: u64) {
        let enough = self.0.tally().requests() + times * A_POLL;
        eventually("the neighbour is polled on", || (self.0.tally().requests() >= enough).then_some(()))
            .await;
    }
}
