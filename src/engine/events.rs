//! Events on their way from the keepers to the readers.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::model::Event;

/// How many events wait for a reader that is busy, or that has nobody to tell.
const WAITING: usize = 256;

/// Where keepers tell events, and readers listen to them.
///
/// Telling never waits: a reader that is too slow loses the oldest, and the log says how many.
#[derive(Clone, Debug)]
pub struct Events(broadcast::Sender<Event>);

/// A reader's ear: hears everything that is told from its making on.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Event>);

impl Events {
    /// A new place.
    pub fn new() -> Self {
        Self(broadcast::Sender::new(WAITING))
    }

    /// Listens from now on.
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }

    /// Tells everybody who listens.
    pub(crate) fn tell(&self, event: Event) {
        // Without listeners there is nobody to tell, which is no failure.
        self.0.send(event).ok();
    }
}

impl Default for Events {
    fn default() -> Self {
        Self::new()
    }
}

impl Listener {
    /// The next event, as soon as there is one. Safe to drop.
    pub async fn next(&mut self) -> Event {
        loop {
            match self.0.recv().await {
                Ok(event) => return event,
                Err(RecvError::Lagged(lost)) => warn(lost),
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// An event that waits already.
    pub fn waiting(&mut self) -> Option<Event> {
        loop {
            match self.0.try_recv() {
                Ok(event) => return Some(event),
                Err(TryRecvError::Lagged(lost)) => warn(lost),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    }
}

fn warn(lost: u64) {
    tracing::warn!(lost, "events came faster than they could be told; the oldest were dropped");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventKind;

    fn event(left_out: usize) -> Event {
        Event {
            box_id: "box".parse().unwrap(),
            at: jiff::Timestamp::UNIX_EPOCH,
            kind: EventKind::LogFlood { left_out },
        }
    }

    #[tokio::test]
    async fn a_reader_that_is_too_slow_loses_the_oldest_and_holds_up_nobody() {
        let events = Events::new();
        events.tell(event(0));
        let (mut slow, mut quick) = (events.listen(), events.listen());
        for number in 1..=WAITING + 3 {
            events.tell(event(number));
            assert_eq!(quick.next().await, event(number));
        }
        assert_eq!(slow.waiting(), Some(event(4)));
        assert_eq!(slow.next().await, event(5));
        assert_eq!(std::iter::from_fn(|| slow.waiting()).count(), WAITING - 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_engine_that_has_ended_tells_nothing_more() {
        let mut listener = Events::new().listen();
        assert_eq!(listener.waiting(), None);
        let waited = tokio::time::timeout(std::time::Duration::from_secs(60), listener.next()).await;
        assert!(waited.is_err());
    }
}
