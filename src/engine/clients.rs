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
    /// Devices that are known to be somebody's: their addresses are kept, even if they were made up.
    pub known: BTreeSet<Mac>,
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
            known: BTreeSet::new(),
            away_after: SignedDuration::from_mins(3),
            forget_after: SignedDuration::from_hours(30 * 24),
        }
    }
}

impl ClientPolicy {
    /// Whether this device is tracked.
    pub fn tracks(&self, mac: &Mac) -> bool {
        match &self.track {
            Track::All => self.randomised || !mac.is_locally_administered() || self.known.contains(mac),
            Track::Nobody => false,
            Track::Only(macs) => macs.contains(mac),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE_UP: Mac = Mac::new([2, 0, 0x5e, 0x10, 0, 1]);
    const BURNED_IN: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 1]);

    #[test]
    fn a_device_of_somebody_is_tracked_whatever_its_address() {
        let usual = ClientPolicy::default();
        assert!(usual.tracks(&BURNED_IN) && !usual.tracks(&MADE_UP));
        let known = ClientPolicy { known: [MADE_UP].into(), ..usual };
        assert!(known.tracks(&MADE_UP));
        let nobody = ClientPolicy { track: Track::Nobody, ..known.clone() };
        let other = ClientPolicy { track: Track::Only([BURNED_IN].into()), ..known };
        assert!(!nobody.tracks(&MADE_UP) && !other.tracks(&MADE_UP), "unless its owner wants none of it");
    }
}
