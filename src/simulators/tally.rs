use std::sync::atomic::{AtomicU64, Ordering};

/// What a simulated box counts, for tests that ask how it was treated.
#[derive(Debug, Default)]
pub struct Tally {
    requests: AtomicU64,
    bytes: AtomicU64,
    in_flight: AtomicU64,
    most_in_flight: AtomicU64,
    logins: AtomicU64,
    rejected: AtomicU64,
    logouts: AtomicU64,
    reboots: AtomicU64,
}

macro_rules! counted {
    ($($(#[$doc:meta])+ $name:ident, $note:ident;)+) => {$(
        $(#[$doc])+
        pub fn $name(&self) -> u64 {
            self.$name.load(Ordering::Relaxed)
        }

        pub(super) fn $note(&self) {
            self.$name.fetch_add(1, Ordering::Relaxed);
        }
    )+};
}

impl Tally {
    counted! {
        /// Attempts to log in, right or wrong.
        logins, note_login;
        /// Attempts to log in that were rejected.
        rejected, note_rejection;
        /// Sessions that were ended properly.
        logouts, note_logout;
        /// Reboots that were ordered.
        reboots, note_reboot;
    }

    /// Requests taken, also those that nobody waited for to be answered.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Bytes of bodies sent.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The most requests that were ever answered at the same time.
    pub fn most_in_flight(&self) -> u64 {
        self.most_in_flight.load(Ordering::Relaxed)
    }

    pub(super) fn began(&self) -> InFlight<'_> {
        let now = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_in_flight.fetch_max(now, Ordering::Relaxed);
        InFlight(self)
    }
}

/// A request that the box is busy with, until this is dropped: answered, abandoned by its client, or cut off.
#[derive(Debug)]
pub(super) struct InFlight<'a>(&'a Tally);

impl InFlight<'_> {
    pub(super) fn answered(self, bytes: usize) {
        self.0.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.0.requests.fetch_add(1, Ordering::Relaxed);
    }
}
