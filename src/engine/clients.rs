use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::model::Mac;

/// Which devices of the household get entities, and when one of them is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientPolicy {
    /// Whose devices.
    pub track: Track,
    /// Whether devices with a made-up hardware address are tracked, too. They come back under another address.
    pub randomised: bool,
    /// How long a device has to be missing before it counts as away: phones sleep.
    pub away_after: SignedDuration,
    /// How long a device has to be missing before it is forgotten, entities and all.
    pub forget_after: SignedDuration,
}

/// Whose devices are tracked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Track {
    /// Everybody's.
    All,
    /// Nobody's.
    Nobody,
    /// Only these.
    Only(BTreeSet<Mac>),
}

impl Default for ClientPolicy {
    fn default() -> Self {
        Self {
            track: Track::All,
            randomised: false,
            away_after: SignedDuration::from_mins(3),
            forget_after: SignedDuration::from_hours(30 * 24),
        }
    }
}

impl ClientPolicy {
    /// Whether this device is tracked.
    pub fn tracks(&self, mac: &Mac) -> bool {
        match &self.track {
            Track::All => self.randomised || !mac.is_locally_administered(),
            Track::Nobody => false,
            Track::Only(macs) => macs.contains(mac),
        }
    }
}
