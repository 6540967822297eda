//! Between the history and the rest: how it is doing goes into the world, and what happens goes into it.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::{Listener, World};
use crate::history::{Store, StoreHealth, Tick};
use crate::model::Event;

/// So much of a difference in size is worth telling, in bytes.
const WORTH_TELLING: u64 = 1_000_000;

/// Goes on until told to stop; what waits then is still written.
pub(super) async fn keep(
    store: Store,
    world: watch::Sender<World>,
    mut events: Listener,
    stop: CancellationToken,
) {
    let mut health = store.health();
    let mut told = health.borrow_and_update().clone();
    tell(&world, &told);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            event = events.next() => write(&store, event).await,
            Ok(()) = health.changed() => {
                let now = health.borrow_and_update().clone();
                if is_news(&told, &now) {
                    tell(&world, &now);
                    told = now;
                }
            }
        }
    }
    while let Some(event) = events.waiting() {
        write(&store, event).await;
    }
}

fn tell(world: &watch::Sender<World>, health: &StoreHealth) {
    world.send_modify(|world| world.put_history(health.clone()));
}

fn is_news(told: &StoreHealth, now: &StoreHealth) -> bool {
    let same_size = StoreHealth { size: told.size, ..now.clone() };
    same_size != *told || told.size.abs_diff(now.size) >= WORTH_TELLING
}

async fn write(store: &Store, event: Event) {
    let mut tick = Tick::new(event.box_id.clone(), event.at);
    tick.events.push(event);
    if let Err(trouble) = store.commit(tick).await {
        tracing::debug!(%trouble, "an event is not written yet");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_grows_as_usual_is_no_news() {
        let told = StoreHealth { size: 5_000_000, ..StoreHealth::default() };
        let with = |size, given_up| StoreHealth { size, given_up, ..told.clone() };
        assert!(!is_news(&told, &with(5_900_000, 0)));
        assert!(is_news(&told, &with(6_000_000, 0)) && is_news(&told, &with(4_000_000, 0)));
        assert!(is_news(&told, &with(5_000_000, 1)));
    }
}
