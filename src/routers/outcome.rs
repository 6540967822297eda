//! What the faults of single pages mean for a poll: the same for every box whose sections come from several pages.

use crate::model::{Fault, FaultClass, Snapshot};

/// The first fault of a poll in which no section could be read.
pub(super) fn nothing_but_faults(seen: &Snapshot) -> Option<Fault> {
    let mut outcomes = seen.sections().map(|(_, outcome)| outcome.err());
    let first = outcomes.next()??;
    outcomes.all(|fault| fault.is_some()).then(|| first.clone())
}

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
