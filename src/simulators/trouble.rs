use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::{Framing, HttpResponse};

/// Longer than anybody waits.
const TOO_LONG: Duration = Duration::from_secs(60);

/// A way for a simulated box to misbehave, named on the command line by `--fault`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// Every login is rejected.
    WrongPassword,
    /// Too many failed logins: none is accepted for a while.
    LockOut,
    /// Each session ends before everything could be read.
    SessionExpires,
    /// Somebody else is logged in.
    Busy,
    /// Every page answers with status 500.
    Status500,
    /// Every page breaks off in the middle.
    Truncated,
    /// Every page is a web page instead of data.
    Html,
    /// Every page takes longer than anybody waits.
    Slow,
    /// Every page begins, and never ends.
    Stalled,
    /// Every page is noise.
    Garbage,
    /// Values are null, `--`, `NA` or missing.
    MissingFields,
    /// Every counter and rate is zero, on a page that looks right otherwise: how some boxes show that they do not know.
    Zeros,
    /// After the first connection another certificate is shown, as when somebody is in between.
    CertificateChange,
    /// Noise on the cable: every third channel arrives with a far lower SNR.
    DegradedLine,
    /// The login is no longer what it was, as after an update of its pages.
    LoginChanged,
    /// Every page comes without a status line and headers.
    NoStatusLine,
    /// Every page comes as a whole, but the connection never ends.
    NeverEnds,
}

impl Trouble {
    /// Every trouble.
    pub const ALL: [Self; 17] = [
        Self::WrongPassword,
        Self::LockOut,
        Self::SessionExpires,
        Self::Busy,
        Self::Status500,
        Self::Truncated,
        Self::Html,
        Self::Slow,
        Self::Stalled,
        Self::Garbage,
        Self::MissingFields,
        Self::Zeros,
        Self::CertificateChange,
        Self::DegradedLine,
        Self::LoginChanged,
        Self::NoStatusLine,
        Self::NeverEnds,
    ];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong-password",
            Self::LockOut => "lock-out",
            Self::SessionExpires => "session-expires",
            Self::Busy => "busy",
            Self::Status500 => "status-500",
            Self::Truncated => "truncated",
            Self::Html => "html",
            Self::Slow => "slow",
            Self::Stalled => "stalled",
            Self::Garbage => "garbage",
            Self::MissingFields => "missing-fields",
            Self::Zeros => "zeros",
            Self::CertificateChange => "certificate-change",
            Self::DegradedLine => "degraded-line",
            Self::LoginChanged => "login-changed",
            Self::NoStatusLine => "no-status-line",
            Self::NeverEnds => "never-ends",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// No trouble has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault '{0}'; there are {list}", list = Trouble::ALL.map(Trouble::name).join(", "))]
pub struct UnknownTrouble(String);

impl FromStr for Trouble {
    type Err = UnknownTrouble;

    fn from_str(name: &str) -> Result<Self, UnknownTrouble> {
        Self::ALL
            .into_iter()
            .find(|trouble| trouble.name() == name)
            .ok_or_else(|| UnknownTrouble(name.to_owned()))
    }
}

/// The troubles that are on at the moment; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Troubles(Arc<RwLock<BTreeSet<Trouble>>>);

impl Troubles {
    /// Switches a trouble on.
    pub fn begin(&self, trouble: Trouble) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(trouble);
    }

    /// Switches a trouble off.
    pub fn end(&self, trouble: Trouble) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&trouble);
    }

    /// Whether a trouble is on.
    pub fn has(&self, trouble: Trouble) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&trouble)
    }

    /// What becomes of an answer with data. Logins are left alone, so that what fails is the reading.
    pub fn spoil(&self, mut response: HttpResponse) -> HttpResponse {
        if self.has(Trouble::Status500) {
            return HttpResponse::new(500, "text/html", "<html><body>Internal Server Error</body></html>");
        }
        if self.has(Trouble::Html) {
            return HttpResponse::new(
                200,
                "text/html",
                "<html><body>RedirectLoginIdentify? Not quite.</body></html>",
            );
        }
        if self.has(Trouble::Garbage) {
            response.body = (0_u16..300).map(|n| (n.wrapping_mul(167) % 251) as u8).collect();
        }
        if self.has(Trouble::Truncated) || self.has(Trouble::Stalled) {
            response.cut_at = Some(response.body.len() / 2);
        }
        if self.has(Trouble::Stalled) {
            response.stall = TOO_LONG;
        }
        if self.has(Trouble::NoStatusLine) {
            response.framing = Framing::Bare;
        }
        if self.has(Trouble::NeverEnds) {
            response.framing = Framing::Endless;
        }
        if self.has(Trouble::Slow) {
            response.delay = TOO_LONG;
        }
        response
    }
}

impl FromIterator<Trouble> for Troubles {
    fn from_iter<I: IntoIterator<Item = Trouble>>(troubles: I) -> Self {
        Self(Arc::new(RwLock::new(troubles.into_iter().collect())))
    }
}
