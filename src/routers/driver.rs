use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::model::{Clock, Counting, Deed, Fault, Row, Section, Sections, Snapshot, Subject};
use crate::transport::Transport;

/// What speaks one box's language.
///
/// A driver reports what it saw, or the fault that kept it from seeing. It does not retry, does not wait and does not
/// know who reads: when to ask again, and when not to, is the engine's policy.
#[async_trait]
pub trait Driver: Send + fmt::Debug {
    /// Reads the wanted sections, logging in first when there is no session.
    ///
    /// A section that fails while others can be read is noted with [`Snapshot::failed`]; a section that this box lacks
    /// is left out.
    ///
    /// # Errors
    /// When nothing could be read. [`Fault::SessionExpired`] means that a login at the next call may help; the driver
    /// has already forgotten the session.
    async fn poll(&mut self, wanted: &Sections) -> Result<Snapshot, Fault>;

    /// Makes the box do something. Returns when the box has taken the order, not when it has been carried out.
    ///
    /// # Errors
    /// [`Fault::NotSupported`] when this family cannot, [`Fault::MissingRight`] when this login may not.
    async fn act(&mut self, deed: Deed) -> Result<(), Fault> {
        Err(Fault::NotSupported(deed.word().to_owned()))
    }

    /// What becomes of the login between two polls, where that is not the same for all boxes of the family.
    fn session(&self) -> Option<Session> {
        None
    }

    /// Ends the session at the box, if there is one. Best effort, and safe to call at any time.
    async fn close(&mut self);
}

/// How often a section is worth reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// At every poll.
    Every,
    /// At a poll when at least this much time has passed; in seconds.
    AtMostEvery(u32),
}

impl Cadence {
    /// The time between two readings when the box is polled `every` so often.
    pub fn period(self, every: Duration) -> Duration {
        match self {
            Self::Every => every,
            Self::AtMostEvery(seconds) => every.max(Duration::from_secs(seconds.into())),
        }
    }
}

/// What becomes of the login between two polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// The box needs no login.
    None,
    /// Kept: the box has room for several, or counts logins.
    Held,
    /// Ended after each poll, and when an order has been seen to be carried out: the box has room for one, and its owner
    /// may want it.
    Released,
    /// Kept, and the only one of its user: each login ends the session before, whosever it was, and nothing else does.
    Sole,
}

/// How well a family is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// Its boxes are known to be read well.
    Stable,
    /// It may not work: this is why, in a sentence for the owner.
    Experimental(&'static str),
}

/// Everything about a family that is true for each of its boxes.
#[derive(Debug)]
pub struct Family {
    /// The word that `type:` takes in the configuration.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Who makes it.
    pub manufacturer: &'static str,
    /// How well it is known.
    pub stability: Stability,
    /// Where such a box usually is.
    pub default_url: &'static str,
    /// How often to poll unless the owner says otherwise.
    pub default_every: Duration,
    /// How long to wait for an answer to begin unless the owner says otherwise.
    pub default_timeout: Duration,
    /// The pause between two requests that such a box needs.
    pub gap: Duration,
    /// The configuration keys without which no login is possible: of `username`, `password`, `app_token`.
    pub needs: &'static [&'static str],
    /// The configuration keys that some boxes of the family need and others do not.
    pub may_need: &'static [&'static str],
    /// Whom a password alone is for, where boxes know one user from the start.
    pub default_username: Option<&'static str>,
    /// What can be read, and how often it is worth reading.
    pub sections: &'static [(Section, Cadence)],
    /// What becomes of the login between two polls.
    pub session: Session,
    /// The most requests that one poll of everything may take, login and logout included.
    pub max_requests: u32,
    /// What a box of the family can be made to do.
    pub deeds: &'static [Deed],
    /// How its boxes count, of each [counter](crate::model::Kind::Counter) that can be read.
    pub counting: fn(&Subject, &Row) -> Counting,
    /// Configuration keys that only this family has.
    pub options: &'static [FamilyOption],
    /// Certificates (PEM) of the maker's own authority, trusted besides the public ones.
    pub authorities: &'static str,
    /// Makes a driver.
    pub build: fn(Wiring) -> Box<dyn Driver>,
}

/// A configuration key that only one family has.
#[derive(Debug)]
pub struct FamilyOption {
    /// The key.
    pub key: &'static str,
    /// What it is for, in a sentence.
    pub doc: &'static str,
    /// What it takes.
    pub kind: OptionKind,
}

/// What a [`FamilyOption`] takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionKind {
    /// `true` or `false`.
    Flag,
    /// One of these words; the first is the default.
    Word(&'static [&'static str]),
    /// Any text.
    Text,
    /// The address of a server besides the box.
    Url,
    /// The path of a page, from the first `/` on.
    Path,
    /// A regular expression with at least this many groups.
    Pattern(usize),
}

/// Who we are to the box.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// The user name.
    pub username: Option<String>,
    /// The password.
    pub password: Option<SecretString>,
    /// The token of a pairing.
    pub app_token: Option<SecretString>,
}

/// What a driver is made from.
#[derive(Debug)]
pub struct Wiring {
    /// The way to the box.
    pub transport: Transport,
    /// Who we are to it.
    pub credentials: Credentials,
    /// The family's own options, by key; checked against [`Family::options`].
    pub options: BTreeMap<String, String>,
    /// What time it is.
    pub clock: Clock,
}

impl Wiring {
    /// What an option of text was set to, or its default.
    pub fn text<'a>(&'a self, key: &str, default: &'a str) -> &'a str {
        self.options.get(key).map_or(default, String::as_str)
    }

    /// Whether a [`OptionKind::Flag`] is set.
    pub fn flag(&self, key: &str) -> bool {
        self.options.get(key).is_some_and(|value| value == "true")
    }
}
