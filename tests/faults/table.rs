//! What becomes of each fault: the table that `docs/faults.md` shows and the stories prove.

use std::fmt::Write as _;

use router2mqtt::model::FaultClass;
use router2mqtt::simulators::Trouble;

use FaultClass::{
    BoxError, BusyWithAnotherUser, CredentialsRejected, LockedOut, Malformed, PinMismatch, SessionExpired,
    TimedOut, UnknownDialect, Unreachable,
};

/// A box that can be simulated.
#[derive(Debug)]
pub struct Model {
    pub title: &'static str,
    pub family: &'static str,
    pub model: Option<&'static str>,
    pub tls: bool,
    pub faults: &'static [Row],
}

/// What becomes of one fault.
#[derive(Debug)]
pub struct Row {
    pub trouble: Trouble,
    pub online: bool,
    /// The class of the problem; `None` when nobody notices.
    pub class: Option<FaultClass>,
    /// The most logins that the box may see during the trouble, which lasts for a few polls.
    pub logins: u64,
    pub ends: Ends,
}

/// What ends the fault, once its cause is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The next attempt, within seconds.
    ByItself,
    /// The next attempt, which is a minute away: this command brings it forward.
    Refresh,
    /// This command, or another configuration, or the moment that the box named.
    RetryLogin,
}

const fn offline(trouble: Trouble, class: FaultClass, logins: u64, ends: Ends) -> Row {
    Row { trouble, online: false, class: Some(class), logins, ends }
}

const fn online(trouble: Trouble, class: Option<FaultClass>, logins: u64, ends: Ends) -> Row {
    Row { trouble, online: true, class, logins, ends }
}

/// A Freebox keeps its session, so faults of its pages cost no login at all.
pub const FREEBOX: Model = Model {
    title: "Freebox",
    family: "freebox",
    model: None,
    tls: false,
    faults: &[
        offline(Trouble::WrongPassword, CredentialsRejected, 1, Ends::RetryLogin),
        offline(Trouble::LockOut, LockedOut, 1, Ends::RetryLogin),
        offline(Trouble::SessionExpires, SessionExpired, 12, Ends::ByItself),
        offline(Trouble::Status500, BoxError, 0, Ends::ByItself),
        offline(Trouble::Truncated, Malformed, 0, Ends::ByItself),
        offline(Trouble::Html, Malformed, 0, Ends::ByItself),
        offline(Trouble::Slow, TimedOut, 0, Ends::ByItself),
        offline(Trouble::Stalled, TimedOut, 0, Ends::ByItself),
        offline(Trouble::Garbage, Malformed, 0, Ends::ByItself),
        online(Trouble::MissingFields, None, 0, Ends::ByItself),
        offline(Trouble::NoStatusLine, Unreachable, 0, Ends::ByItself),
        offline(Trouble::NeverEnds, TimedOut, 0, Ends::ByItself),
    ],
};

/// A gateway is logged in to for each poll. A web page in place of data is its way to say that the session is over.
pub const GATEWAY: Model = Model {
    title: "Hitron gateway",
    family: "hitron",
    model: Some("cgnv4"),
    tls: true,
    faults: &[
        offline(Trouble::WrongPassword, CredentialsRejected, 1, Ends::RetryLogin),
        offline(Trouble::LockOut, LockedOut, 1, Ends::RetryLogin),
        offline(Trouble::SessionExpires, SessionExpired, 12, Ends::ByItself),
        online(Trouble::Busy, Some(BusyWithAnotherUser), 1, Ends::Refresh),
        offline(Trouble::Status500, BoxError, 6, Ends::ByItself),
        offline(Trouble::Truncated, Malformed, 6, Ends::ByItself),
        offline(Trouble::Html, SessionExpired, 12, Ends::ByItself),
        offline(Trouble::Slow, TimedOut, 6, Ends::ByItself),
        offline(Trouble::Stalled, TimedOut, 6, Ends::ByItself),
        offline(Trouble::Garbage, Malformed, 6, Ends::ByItself),
        online(Trouble::MissingFields, None, 12, Ends::ByItself),
        offline(Trouble::CertificateChange, PinMismatch, 0, Ends::ByItself),
        offline(Trouble::NoStatusLine, Unreachable, 6, Ends::ByItself),
        offline(Trouble::NeverEnds, TimedOut, 6, Ends::ByItself),
        online(Trouble::DegradedLine, None, 12, Ends::ByItself),
    ],
};

/// A modem has no login.
pub const MODEM: Model = Model {
    title: "Hitron modem",
    family: "hitron",
    model: Some("coda"),
    tls: false,
    faults: &[
        offline(Trouble::Status500, BoxError, 0, Ends::ByItself),
        offline(Trouble::Truncated, Malformed, 0, Ends::ByItself),
        offline(Trouble::Html, Malformed, 0, Ends::ByItself),
        offline(Trouble::Slow, TimedOut, 0, Ends::ByItself),
        offline(Trouble::Stalled, TimedOut, 0, Ends::ByItself),
        offline(Trouble::Garbage, Malformed, 0, Ends::ByItself),
        online(Trouble::MissingFields, None, 0, Ends::ByItself),
        offline(Trouble::NoStatusLine, Unreachable, 0, Ends::ByItself),
        offline(Trouble::NeverEnds, TimedOut, 0, Ends::ByItself),
        online(Trouble::DegradedLine, None, 0, Ends::ByItself),
    ],
};

/// The portal has room for one session, and shows its end only. A second end within minutes is taken for somebody else's
/// login.
pub const PORTAL: Model = Model {
    title: "Altibox",
    family: "altibox",
    model: None,
    tls: false,
    faults: &[
        offline(Trouble::WrongPassword, CredentialsRejected, 1, Ends::RetryLogin),
        online(Trouble::SessionExpires, Some(BusyWithAnotherUser), 1, Ends::Refresh),
        offline(Trouble::Status500, BoxError, 0, Ends::ByItself),
        offline(Trouble::Truncated, Malformed, 0, Ends::ByItself),
        offline(Trouble::Html, Malformed, 0, Ends::ByItself),
        offline(Trouble::Slow, TimedOut, 0, Ends::ByItself),
        offline(Trouble::Stalled, TimedOut, 0, Ends::ByItself),
        offline(Trouble::Garbage, Malformed, 0, Ends::ByItself),
        online(Trouble::MissingFields, None, 0, Ends::ByItself),
        offline(Trouble::NoStatusLine, Unreachable, 0, Ends::ByItself),
        offline(Trouble::NeverEnds, TimedOut, 0, Ends::ByItself),
        offline(Trouble::LoginChanged, UnknownDialect, 0, Ends::Refresh),
    ],
};

/// A B593 is logged in to for each poll. That it shows zeros is only the fault of the connection.
pub const B593: Model = Model {
    title: "Huawei B593",
    family: "huawei_b593",
    model: Some("b593-sp102"),
    tls: false,
    faults: &[
        offline(Trouble::WrongPassword, CredentialsRejected, 1, Ends::RetryLogin),
        offline(Trouble::LockOut, LockedOut, 0, Ends::RetryLogin),
        offline(Trouble::SessionExpires, SessionExpired, 12, Ends::ByItself),
        online(Trouble::Busy, Some(BusyWithAnotherUser), 1, Ends::Refresh),
        offline(Trouble::Status500, BoxError, 6, Ends::ByItself),
        offline(Trouble::Truncated, Malformed, 6, Ends::ByItself),
        offline(Trouble::Html, Malformed, 6, Ends::ByItself),
        offline(Trouble::Slow, TimedOut, 6, Ends::ByItself),
        offline(Trouble::Stalled, TimedOut, 6, Ends::ByItself),
        offline(Trouble::Garbage, Malformed, 6, Ends::ByItself),
        online(Trouble::MissingFields, None, 12, Ends::ByItself),
        online(Trouble::Zeros, Some(Malformed), 12, Ends::ByItself),
        offline(Trouble::NoStatusLine, Unreachable, 6, Ends::ByItself),
        offline(Trouble::NeverEnds, TimedOut, 6, Ends::ByItself),
    ],
};

/// A HiLink box is logged in to for each poll, and has room for one.
pub const HILINK: Model = Model {
    title: "Huawei HiLink",
    family: "huawei_hilink",
    model: Some("b525s-65a"),
    tls: false,
    faults: &[
        offline(Trouble::WrongPassword, CredentialsRejected, 1, Ends::RetryLogin),
        offline(Trouble::LockOut, LockedOut, 0, Ends::RetryLogin),
        offline(Trouble::SessionExpires, SessionExpired, 12, Ends::ByItself),
        online(Trouble::Busy, Some(BusyWithAnotherUser), 1, Ends::Refresh),
        offline(Trouble::Status500, BoxError, 6, Ends::ByItself),
        offline(Trouble::Truncated, Malformed, 6, Ends::ByItself),
        offline(Trouble::Html, Malformed, 6, Ends::ByItself),
        offline(Trouble::Slow, TimedOut, 6, Ends::ByItself),
        offline(Trouble::Stalled, TimedOut, 6, Ends::ByItself),
        offline(Trouble::Garbage, Malformed, 6, Ends::ByItself),
        online(Trouble::MissingFields, None, 12, Ends::ByItself),
        offline(Trouble::NoStatusLine, Unreachable, 6, Ends::ByItself),
        offline(Trouble::NeverEnds, TimedOut, 6, Ends::ByItself),
    ],
};

/// A TP-Link router with encryption, which is logged in to for each poll.
pub const TPLINK: Model = Model {
    title: "TP-Link",
    family: "tplink",
    model: Some("archer-c20-v5"),
    tls: false,
    faults: &[
        offline(Trouble::WrongPassword, CredentialsRejected, 1, Ends::RetryLogin),
        // A second end in a row is taken for somebody else's login.
        online(Trouble::SessionExpires, Some(BusyWithAnotherUser), 2, Ends::Refresh),
        online(Trouble::Busy, Some(BusyWithAnotherUser), 1, Ends::Refresh),
        offline(Trouble::Status500, BoxError, 6, Ends::ByItself),
        offline(Trouble::Truncated, Malformed, 6, Ends::ByItself),
        offline(Trouble::Html, Malformed, 6, Ends::ByItself),
        offline(Trouble::Slow, TimedOut, 6, Ends::ByItself),
        offline(Trouble::Stalled, TimedOut, 6, Ends::ByItself),
        offline(Trouble::Garbage, Malformed, 6, Ends::ByItself),
        online(Trouble::MissingFields, None, 12, Ends::ByItself),
        offline(Trouble::NeverEnds, TimedOut, 6, Ends::ByItself),
    ],
};

/// Every box that can be simulated.
pub const MODELS: [&Model; 7] = [&FREEBOX, &GATEWAY, &MODEM, &B593, &HILINK, &TPLINK, &PORTAL];

impl Model {
    pub fn row(&self, trouble: Trouble) -> Option<&'static Row> {
        self.faults.iter().find(|row| row.trouble == trouble)
    }

    /// Whether it has a login that is kept from poll to poll, so that only the end of a session brings up another one.
    pub fn keeps_its_session(&self) -> bool {
        [FREEBOX.family, PORTAL.family].contains(&self.family)
    }
}

/// The table as the page has it.
pub fn as_markdown() -> String {
    let mut table = "| `--fault` |".to_owned();
    for model in MODELS {
        write!(table, " {} |", model.title).unwrap();
    }
    writeln!(table, "\n|---|{}", "---|".repeat(MODELS.len())).unwrap();
    for trouble in Trouble::ALL {
        write!(table, "| `{trouble}` |").unwrap();
        for model in MODELS {
            let cell = model.row(trouble).map_or_else(String::new, Row::in_words);
            write!(table, " {cell} |").unwrap();
        }
        table.push('\n');
    }
    table
}

impl Row {
    fn in_words(&self) -> String {
        let availability = if self.online { "online" } else { "offline" };
        self.class.map_or_else(
            || format!("{availability}, no problem"),
            |class| format!("{availability}, `{}`", class.word()),
        )
    }
}
