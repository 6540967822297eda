use std::process::ExitCode;

use crate::model::{Fault, FaultClass};
use crate::mqtt::Unwelcome;

/// How the program ends; the numbers are those of `sysexits.h`. Ordered by what matters more when several things
/// happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// All is well.
    Success,
    /// Anything that has no number of its own.
    Failure,
    /// The command line is wrong.
    Usage,
    /// Something cannot be reached.
    Unavailable,
    /// The credentials are rejected.
    NoPermission,
    /// The configuration is wrong.
    Configuration,
}

impl Exit {
    /// How a fault of a box ends the program.
    pub(super) const fn of(fault: &Fault) -> Self {
        match fault.class() {
            FaultClass::CredentialsRejected | FaultClass::PairingPending | FaultClass::MissingRight => {
                Self::NoPermission
            }
            _ => Self::Unavailable,
        }
    }

    /// How a broker that does not let us in ends the program.
    pub(super) const fn of_broker(unwelcome: &Unwelcome) -> Self {
        match unwelcome {
            Unwelcome::Tls(_) => Self::Configuration,
            Unwelcome::Rejected(_) => Self::NoPermission,
            Unwelcome::Unreachable(_) => Self::Unavailable,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Unavailable => 69,
            Exit::NoPermission => 77,
            Exit::Configuration => 78,
        })
    }
}
