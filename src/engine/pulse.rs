use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::BoxId;

/// Longer than any turn of a keeper can take: two attempts at a poll, or an order, and a farewell to a box that is slow.
const LONGEST_TURN: Duration = Duration::from_secs(600);

/// Where keepers show that they move: each of them says at the beginning of each turn when it wants to have the next one.
#[derive(Clone, Debug, Default)]
pub struct Pulse(Arc<Mutex<BTreeMap<BoxId, Beat>>>);

#[derive(Clone, Copy, Debug)]
struct Beat {
    at: Instant,
    /// Nothing, where only a command can change anything.
    due: Option<Instant>,
}

impl Pulse {
    /// A turn begins; the next one is due then.
    pub(super) fn beat(&self, id: &BoxId, due: Option<Instant>) {
        self.beats().insert(id.clone(), Beat { at: Instant::now(), due });
    }

    /// A box whose keeper should have had its turn long ago, and for how long.
    pub fn missed(&self) -> Option<(BoxId, Duration)> {
        let now = Instant::now();
        self.beats().iter().find_map(|(id, beat)| {
            let late = now.saturating_duration_since(beat.due?.max(beat.at));
            (late > LONGEST_TURN).then(|| (id.clone(), late))
        })
    }

    fn beats(&self) -> MutexGuard<'_, BTreeMap<BoxId, Beat>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_wants_a_turn_and_does_not_come_is_missed() {
        let (pulse, second) = (Pulse::default(), Duration::from_secs(1));
        let (latched, alive): (BoxId, BoxId) = ("latched".parse().unwrap(), "alive".parse().unwrap());
        pulse.beat(&latched, None);
        pulse.beat(&alive, Some(Instant::now() + 300 * second));
        tokio::time::advance(LONGEST_TURN + 300 * second).await;
        assert_eq!(pulse.missed(), None, "a pause, and a long turn after it");
        tokio::time::advance(second).await;
        assert_eq!(pulse.missed(), Some((alive.clone(), LONGEST_TURN + second)));
        pulse.beat(&alive, None);
        assert_eq!(pulse.missed(), None);
    }
}
