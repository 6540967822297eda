use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::place::{Manner, Place};
use super::{Host, Stranger};
use crate::engine::BoxView;
use crate::model::Clock;
use crate::web::Allowed;

/// How many boxes that are not configured are kept in mind.
const MOST_PLACES: usize = 32;

/// The boxes that are not configured. Each is read by one task at a time, whatever credentials are brought, and what came of it is the
/// answer for all who ask with the same ones until it is no longer fresh.
#[derive(Debug)]
pub(in crate::web) struct Guests {
    allowed: Allowed,
    manner: Manner,
    places: Lock<BTreeMap<SocketAddr, Arc<Mutex<Place>>>>,
    tasks: TaskTracker,
}

impl Guests {
    pub(in crate::web) fn new(
        allowed: Allowed,
        host: Arc<dyn Host>,
        fresh_for: Duration,
        clock: Clock,
        stop: CancellationToken,
    ) -> Self {
        let manner = Manner { host, fresh_for, clock, stop };
        Self { allowed, manner, places: Lock::default(), tasks: TaskTracker::new() }
    }

    /// Who may be visited.
    pub(super) const fn allowed(&self) -> &Allowed {
        &self.allowed
    }

    /// What a box says, and how old that is; or why there is nothing.
    pub(super) async fn read(&self, stranger: Stranger) -> Result<(Arc<BoxView>, Duration), String> {
        let place = self.place(stranger.address).ok_or_else(|| {
            format!("more than {MOST_PLACES} boxes that are not configured are too many; configure them")
        })?;
        let mut place = place.lock_owned().await;
        if let Some(told) = place.told(&stranger, &self.manner) {
            return told;
        }
        let manner = self.manner.clone();
        let named = tracing::error_span!("probe", address = %stranger.address);
        // A scraper that goes away does not end the visit: a login that is left behind keeps the owner out.
        let visit = self.tasks.spawn(async move { place.visit(stranger, &manner).await }.instrument(named));
        visit.await.unwrap_or_else(|_| Err("the box could not be asked".to_owned()))
    }

    /// What is known of the box at an address; `None` when there is no room for another one.
    fn place(&self, address: SocketAddr) -> Option<Arc<Mutex<Place>>> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if !places.contains_key(&address) && places.len() >= MOST_PLACES {
            let oldest = places
                .iter()
                .filter_map(|(address, place)| Some((place.try_lock().ok()?.forgettable_since()?, *address)))
                .min();
            places.remove(&oldest?.1);
        }
        Some(Arc::clone(places.entry(address).or_default()))
    }

    /// Waits until nobody is logged in anywhere.
    pub(in crate::web) async fn gone(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
