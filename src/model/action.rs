use std::fmt;
use std::str::FromStr;

/// Something a box can be made to do. Each is opt-in by `allow:` in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// Restart the box. Done only when it went away and came back with its uptime restarted.
    Reboot,
}

impl Deed {
    /// Every deed.
    pub const ALL: [Self; 1] = [Self::Reboot];

    /// The word in topics, commands and the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reboot => "reboot",
        }
    }
}

/// What can be asked of the bridge about a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Poll everything now.
    Refresh,
    /// Forget that credentials were rejected, or that logins are refused for a while, and try again.
    RetryLogin,
    /// Leave the box alone for a while.
    Pause,
    /// End a pause.
    Resume,
    /// Make the box do something.
    Do(Deed),
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] =
        [Self::Refresh, Self::RetryLogin, Self::Pause, Self::Resume, Self::Do(Deed::Reboot)];

    /// The word in topics and commands.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::RetryLogin => "retry_login",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Do(deed) => deed.word(),
        }
    }

    /// The name people read on a button.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refresh => "Refresh",
            Self::RetryLogin => "Retry login",
            Self::Pause => "Pause polling",
            Self::Resume => "Resume polling",
            Self::Do(Deed::Reboot) => "Restart",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// The word names no action.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no action '{0}'; there are {list}", list = words())]
pub struct UnknownAction(String);

fn words() -> String {
    Action::ALL.map(Action::word).join(", ")
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(word: &str) -> Result<Self, UnknownAction> {
        Self::ALL
            .into_iter()
            .find(|action| action.word() == word)
            .ok_or_else(|| UnknownAction(super::text::shorten(word, 40)))
    }
}
