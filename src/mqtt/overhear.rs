//! What the broker holds, for somebody who only wants to look.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use super::link::{Address, Happening, Link, Lost, Message};
use super::pace::Pace;
use super::{Settings, Traffic, Unwelcome, greet};

/// It has let us in a moment ago.
const CONNECTS: Duration = Duration::from_secs(15);

/// A broker sends what it holds in one go: after so much silence there is no more.
const SILENCE: Duration = Duration::from_millis(700);

/// Connects to the broker beside a bridge that may be running, and leaves with the retained messages on the topics that
/// match these filters. Nothing is published.
///
/// # Errors
/// When the broker cannot be reached, is not trusted, or does not want us.
pub async fn overhear(
    settings: &Settings,
    filters: Vec<String>,
    random: fastrand::Rng,
) -> Result<BTreeMap<String, Bytes>, Unwelcome> {
    greet(settings).await?;
    let mut link = Link::start(Address::of_visitor(settings)?, Pace::default(), random, Traffic::default());
    let lost = |_| Unwelcome::Unreachable("it ended the connection".to_owned());
    let mut held = BTreeMap::new();
    let mut patience = CONNECTS;
    while let Ok(happening) = timeout(patience, link.next()).await {
        match happening {
            Some(Happening::Up(session)) => {
                patience = SILENCE;
                drop(session.subscribe(filters.clone(), false).map_err(lost)?);
            }
            Some(Happening::Heard(Message { topic, payload, retained: true })) => {
                held.insert(topic, payload);
            }
            Some(Happening::Heard(_)) => {}
            Some(Happening::Down) | None => return Err(lost(Lost)),
        }
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestBroker, settings};
    use super::*;

    #[tokio::test]
    async fn what_the_broker_holds_is_heard_and_nothing_else() {
        let broker = TestBroker::start().await;
        broker.say("homes/a/config", "one", true).await;
        broker.say("homes/b/config", "two", true).await;
        broker.say("homes/b/state", "three", true).await;
        let filters = vec!["homes/+/config".to_owned()];
        let held = overhear(&settings(broker.port), filters, fastrand::Rng::with_seed(1)).await.unwrap();
        let expected = [("homes/a/config", "one"), ("homes/b/config", "two")];
        assert_eq!(held, expected.map(|(topic, payload)| (topic.to_owned(), Bytes::from(payload))).into());
    }

    #[tokio::test]
    async fn nobody_at_the_port_is_an_answer() {
        let port = TestBroker::start().await.stop().await;
        let refused = overhear(&settings(port), Vec::new(), fastrand::Rng::with_seed(1)).await;
        assert!(matches!(refused, Err(Unwelcome::Unreachable(_))), "{refused:?}");
    }
}
