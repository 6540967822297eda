use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What has passed between the bridge and the broker since the bridge started. Cheap to clone; all clones count the same.
#[derive(Clone, Debug, Default)]
pub struct Traffic(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    published: AtomicU64,
    connections: AtomicU64,
}

impl Traffic {
    /// How many messages were sent.
    pub fn published(&self) -> u64 {
        self.0.published.load(Ordering::Relaxed)
    }

    /// How often the broker accepted us again, after the first time.
    pub fn reconnections(&self) -> u64 {
        self.0.connections.load(Ordering::Relaxed).saturating_sub(1)
    }

    pub(super) fn sent(&self) {
        self.0.published.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn connected(&self) {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
    }
}
