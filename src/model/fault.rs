use jiff::Timestamp;

/// Why a poll or a command failed. Drivers and the transport report; only the engine decides what follows.
///
/// The text says what is wrong, in words for the owner of the box; [`Fault::advice`] says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing answers at the address.
    #[error("not reachable: {0}")]
    Unreachable(String),
    /// It answers, but not in time.
    #[error("no answer in time: {0}")]
    TimedOut(Deadline),
    /// The certificate is not the pinned one.
    #[error("the certificate changed: pinned {expected}, but the box shows {seen}")]
    PinMismatch {
        /// The pinned fingerprint, or fingerprints.
        expected: String,
        /// The fingerprint of what the box shows now.
        seen: String,
    },
    /// The certificate is not one that the public authorities vouch for, and none is pinned.
    #[error("the certificate is not trusted, and none is pinned; its fingerprint is {seen}")]
    PinMissing {
        /// The fingerprint, to paste.
        seen: String,
    },
    /// The two ends have no common way to encrypt.
    #[error("cannot agree on TLS: {0}")]
    Tls(String),
    /// The box refuses the credentials.
    #[error("the box rejected the credentials")]
    CredentialsRejected,
    /// The box refuses all logins for a while.
    #[error("the box refuses logins until {until:.0}")]
    LockedOut {
        /// When it will accept logins again.
        until: Timestamp,
    },
    /// Somebody else is logged in, and the box takes one at a time.
    #[error("somebody else is logged in to the box")]
    BusyWithAnotherUser,
    /// The session ended before the poll did.
    #[error("the session expired")]
    SessionExpired,
    /// The pairing is not complete: somebody has to accept it at the box.
    #[error("the pairing waits to be accepted at the box")]
    PairingPending,
    /// The box withholds a right.
    #[error("the box does not grant the right '{0}'")]
    MissingRight(String),
    /// The box speaks none of the dialects that the driver knows.
    #[error("the box speaks a dialect that is not known: {0}")]
    UnknownDialect(String),
    /// An answer that cannot be understood.
    #[error("{what} gave an answer that cannot be understood: {why}")]
    Malformed {
        /// Which page or endpoint.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// The box says that it failed.
    #[error("{what} failed at the box: {why}")]
    BoxError {
        /// Which page or endpoint.
        what: String,
        /// What the box said.
        why: String,
    },
    /// The box cannot do that.
    #[error("the box cannot {0}")]
    NotSupported(String),
}

/// Which deadline passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Deadline {
    /// No connection.
    #[error("no connection within the deadline")]
    Connect,
    /// Connected, but nothing came back.
    #[error("connected, but no first byte within the deadline")]
    FirstByte,
    /// The answer began, but did not end.
    #[error("the answer began, but did not end within the deadline")]
    Whole,
    /// The sum of all requests took too long.
    #[error("the whole poll took longer than its deadline")]
    Poll,
}

/// The classes of [`Fault`] that the engine has a policy for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are those of Fault")]
pub enum FaultClass {
    Unreachable,
    TimedOut,
    PinMismatch,
    PinMissing,
    Tls,
    CredentialsRejected,
    LockedOut,
    BusyWithAnotherUser,
    SessionExpired,
    PairingPending,
    MissingRight,
    UnknownDialect,
    Malformed,
    BoxError,
    NotSupported,
}

impl FaultClass {
    /// Every class.
    pub const ALL: [Self; 15] = [
        Self::Unreachable,
        Self::TimedOut,
        Self::PinMismatch,
        Self::PinMissing,
        Self::Tls,
        Self::CredentialsRejected,
        Self::LockedOut,
        Self::BusyWithAnotherUser,
        Self::SessionExpired,
        Self::PairingPending,
        Self::MissingRight,
        Self::UnknownDialect,
        Self::Malformed,
        Self::BoxError,
        Self::NotSupported,
    ];

    /// The word in topics, logs and the state file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::PinMismatch => "pin_mismatch",
            Self::PinMissing => "pin_missing",
            Self::Tls => "tls",
            Self::CredentialsRejected => "credentials_rejected",
            Self::LockedOut => "locked_out",
            Self::BusyWithAnotherUser => "busy_with_another_user",
            Self::SessionExpired => "session_expired",
            Self::PairingPending => "pairing_pending",
            Self::MissingRight => "missing_right",
            Self::UnknownDialect => "unknown_dialect",
            Self::Malformed => "malformed",
            Self::BoxError => "box_error",
            Self::NotSupported => "not_supported",
        }
    }
}

impl Fault {
    /// An answer that cannot be understood.
    pub fn malformed(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self::Malformed { what: what.into(), why: super::text::shorten(&why.to_string(), 160) }
    }

    /// The class that the engine's policy goes by.
    pub const fn class(&self) -> FaultClass {
        match self {
            Self::Unreachable(_) => FaultClass::Unreachable,
            Self::TimedOut(_) => FaultClass::TimedOut,
            Self::PinMismatch { .. } => FaultClass::PinMismatch,
            Self::PinMissing { .. } => FaultClass::PinMissing,
            Self::Tls(_) => FaultClass::Tls,
            Self::CredentialsRejected => FaultClass::CredentialsRejected,
            Self::LockedOut { .. } => FaultClass::LockedOut,
            Self::BusyWithAnotherUser => FaultClass::BusyWithAnotherUser,
            Self::SessionExpired => FaultClass::SessionExpired,
            Self::PairingPending => FaultClass::PairingPending,
            Self::MissingRight(_) => FaultClass::MissingRight,
            Self::UnknownDialect(_) => FaultClass::UnknownDialect,
            Self::Malformed { .. } => FaultClass::Malformed,
            Self::BoxError { .. } => FaultClass::BoxError,
            Self::NotSupported(_) => FaultClass::NotSupported,
        }
    }

    /// What the owner can do about it.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "check that the box is on and that its 'url' is right",
            Self::TimedOut(_) => "the box is slow or overloaded; a longer 'every' may help",
            Self::PinMismatch { .. } => {
                "if you replaced or updated the box, put the new fingerprint into 'tls_pin'; if not, somebody may be in between"
            }
            Self::PinMissing { .. } => {
                "compare the fingerprint with the box's own, then paste it into 'tls_pin', or write 'tls: insecure'"
            }
            Self::Tls(_) => {
                "use http:// on your own network if the box offers it, or put a proxy in front that speaks modern TLS"
            }
            Self::CredentialsRejected => "correct the credentials in the configuration, or send retry_login",
            Self::LockedOut { .. } => "wait; logging in before that only makes it longer",
            Self::BusyWithAnotherUser => "log out of the box's web page; polling resumes by itself",
            Self::SessionExpired => "nothing; the bridge logs in again by itself",
            Self::PairingPending => "accept the pairing on the box's display",
            Self::MissingRight(_) => "grant the right in the box's settings",
            Self::UnknownDialect(_) => {
                "check 'type' and 'url'; if they are right, record a capture with 'router2mqtt probe BOX --capture FILE' and report it"
            }
            Self::Malformed { .. } => {
                "record a capture with 'router2mqtt probe BOX --capture FILE' and report it"
            }
            Self::BoxError { .. } => "nothing; the bridge tries again by itself",
            Self::NotSupported(_) => {
                "correct the key, if one is named; otherwise nothing, as this model does not offer it"
            }
        }
    }
}
