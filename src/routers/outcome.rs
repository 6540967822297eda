//! What the faults of single pages mean for a poll: the same for every box whose sections come from several pages.

use crate::model::{Fault, FaultClass};

/// Whether the fault is one of the way to the box, or of the session: other pages would fare no better.
pub(super) const fn ends_the_poll(fault: &Fault) -> bool {
    matches!(
        fault.class(),
        FaultClass::Unreachable
            | FaultClass::TimedOut
            | FaultClass::PinMismatch
            | FaultClass::PinMissing
            | FaultClass::Tls
            | FaultClass::SessionExpired
    )
}
