//! What follows from a fault. Drivers and the transport raise the left column; nobody but the engine reads the right one.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::Fault;
use crate::routers::Session;

/// What follows from a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// When to try again.
    pub next: Next,
    /// When the box counts as unavailable.
    pub outage: Outage,
}

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// After a pause that grows from one failure to the next.
    BackOff,
    /// At once, with a new login; once per poll.
    LogInAgain,
    /// After this while, without a word: somebody else needs the box, or the owner has to walk to it.
    GiveWay(Duration),
    /// At this moment, and not before.
    WaitUntil(Timestamp),
    /// Never, until the configuration changes or somebody sends `retry_login`. Survives a restart of the bridge.
    Latch,
}

impl Next {
    /// Whether another login would do harm.
    pub const fn forbids_logins(self) -> bool {
        matches!(self, Self::WaitUntil(_) | Self::Latch)
    }
}

/// When the box counts as unavailable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// At once: trying again will not help.
    Now,
    /// When the next attempt fails, too: one lost answer is nothing to tell anybody.
    AtTheSecond,
    /// When what was read last is older than [`STALE_AFTER`].
    WhenStale,
}

/// How old readings may become while a box is left alone on purpose.
pub const STALE_AFTER: Duration = Duration::from_secs(300);

/// How long to leave a box to somebody else.
const GIVE_WAY: Duration = Duration::from_secs(60);

/// How long to leave it to somebody whom our next login would throw out.
const LEAVE_ALONE: Duration = Duration::from_secs(5 * 60);

/// How long to leave a login alone that costs others theirs, and will not be mended within minutes.
const UNTIL_MENDED: Duration = Duration::from_secs(60 * 60);

/// How long to leave the owner to walk to the box.
const WALK: Duration = Duration::from_secs(30);

/// What follows from this fault.
pub const fn response(fault: &Fault) -> Response {
    let (next, outage) = match fault {
        Fault::Unreachable(_) | Fault::TimedOut(_) => (Next::BackOff, Outage::AtTheSecond),
        // No login is ever sent past a wrong certificate, so trying again risks nothing, and heals by itself.
        Fault::PinMismatch { .. } | Fault::PinMissing { .. } | Fault::Tls(_) => (Next::BackOff, Outage::Now),
        Fault::CredentialsRejected => (Next::Latch, Outage::Now),
        Fault::LockedOut { until } => (Next::WaitUntil(*until), Outage::Now),
        Fault::BusyWithAnotherUser => (Next::GiveWay(GIVE_WAY), Outage::WhenStale),
        Fault::SessionExpired => (Next::LogInAgain, Outage::AtTheSecond),
        Fault::PairingPending => (Next::GiveWay(WALK), Outage::Now),
        Fault::MissingRight(_)
        | Fault::UnknownDialect(_)
        | Fault::Malformed { .. }
        | Fault::BoxError { .. }
        | Fault::NotSupported(_) => (Next::BackOff, Outage::AtTheSecond),
    };
    Response { next, outage }
}

/// What follows from this fault, of a box with such sessions.
pub const fn response_of(session: Session, fault: &Fault) -> Response {
    match (session, fault) {
        (Session::Sole, Fault::BusyWithAnotherUser) => {
            Response { next: Next::GiveWay(LEAVE_ALONE), outage: Outage::WhenStale }
        }
        (Session::Sole, Fault::UnknownDialect(_) | Fault::NotSupported(_)) => {
            Response { next: Next::GiveWay(UNTIL_MENDED), outage: Outage::Now }
        }
        _ => response(fault),
    }
}
