use std::fmt;
use std::str::FromStr;

use super::{Mac, Metric, Subject, catalog};

/// Something of a box that can be turned on and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Switch {
    /// All Wi-Fi radios.
    Wifi,
    /// The connection over the mobile network.
    MobileData,
}

impl Switch {
    /// Every switch.
    pub const ALL: [Self; 2] = [Self::Wifi, Self::MobileData];

    /// The word in topics and the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wifi => "wifi",
            Self::MobileData => "mobile_data",
        }
    }

    /// The metric that shows how the switch stands.
    pub const fn metric(self) -> Metric<bool> {
        match self {
            Self::Wifi => catalog::WIFI,
            Self::MobileData => catalog::MOBILE_DATA,
        }
    }
}

/// Something a box can be made to do. Each is opt-in by `allow:` in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// Restart the box. Done only when it went away and came back with its uptime restarted.
    Reboot,
    /// Turn something on or off. Done only when the box shows it so.
    Turn(Switch, bool),
    /// Keep a client from the internet. Done only when the box shows it so.
    Block,
    /// Let a client into the internet again. Done only when the box shows it so.
    Unblock,
}

impl Deed {
    /// Every deed.
    pub const ALL: [Self; 7] = [
        Self::Reboot,
        Self::Turn(Switch::Wifi, true),
        Self::Turn(Switch::Wifi, false),
        Self::Turn(Switch::MobileData, true),
        Self::Turn(Switch::MobileData, false),
        Self::Block,
        Self::Unblock,
    ];

    /// The word in topics and commands.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reboot => "reboot",
            Self::Block => "block",
            Self::Unblock => "unblock",
            Self::Turn(Switch::Wifi, true) => "wifi_on",
            Self::Turn(Switch::Wifi, false) => "wifi_off",
            Self::Turn(Switch::MobileData, true) => "mobile_data_on",
            Self::Turn(Switch::MobileData, false) => "mobile_data_off",
        }
    }

    /// The word that permits it under `allow:`; what can be turned on may be turned off.
    pub const fn permission(self) -> &'static str {
        match self {
            Self::Reboot => "reboot",
            Self::Turn(switch, _) => switch.word(),
            Self::Block | Self::Unblock => "block",
        }
    }

    /// Whether it is done to one client, who has to be named.
    pub const fn needs_client(self) -> bool {
        matches!(self, Self::Block | Self::Unblock)
    }
}

/// A [`Deed`] with all that it takes to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// [`Deed::Reboot`].
    Reboot,
    /// [`Deed::Turn`].
    Turn(Switch, bool),
    /// [`Deed::Block`] or, when `blocked` is false, [`Deed::Unblock`].
    Access {
        /// Who.
        client: Mac,
        /// What becomes of the client.
        blocked: bool,
    },
}

impl Task {
    /// The task of doing this; `None` when it takes a client, and there is none.
    pub fn new(deed: Deed, client: Option<Mac>) -> Option<Self> {
        Some(match deed {
            Deed::Reboot => Self::Reboot,
            Deed::Turn(switch, on) => Self::Turn(switch, on),
            Deed::Block => Self::Access { client: client?, blocked: true },
            Deed::Unblock => Self::Access { client: client?, blocked: false },
        })
    }

    /// What is done.
    pub const fn deed(self) -> Deed {
        match self {
            Self::Reboot => Deed::Reboot,
            Self::Turn(switch, on) => Deed::Turn(switch, on),
            Self::Access { blocked: true, .. } => Deed::Block,
            Self::Access { blocked: false, .. } => Deed::Unblock,
        }
    }

    /// The flag that proves it, where there is one.
    pub const fn proof(self) -> Option<Proof> {
        match self {
            Self::Reboot => None,
            Self::Turn(switch, on) => {
                Some(Proof { subject: Subject::Router, metric: switch.metric(), wanted: on })
            }
            Self::Access { client, blocked } => {
                Some(Proof { subject: Subject::Client(client), metric: catalog::BLOCKED, wanted: blocked })
            }
        }
    }
}

/// What a box shows when a [`Task`] is done.
#[derive(Clone, Debug)]
pub struct Proof {
    /// On whom it shows.
    pub subject: Subject,
    /// The flag.
    pub metric: Metric<bool>,
    /// How it stands then.
    pub wanted: bool,
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
    /// Adds what was bought to the quota.
    TopUp,
    /// Says what the operator has counted of the quota by now.
    SetUsed,
    /// Make the box do something.
    Do(Deed),
}

impl Action {
    /// Every action.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Refresh, Self::RetryLogin, Self::Pause, Self::Resume, Self::TopUp, Self::SetUsed]
            .into_iter()
            .chain(Deed::ALL.into_iter().map(Self::Do))
    }

    /// The word in topics and commands.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::RetryLogin => "retry_login",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::TopUp => "top_up",
            Self::SetUsed => "set_used",
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
            Self::TopUp => "Top up quota",
            Self::SetUsed => "Set quota used",
            Self::Do(Deed::Reboot) => "Restart",
            Self::Do(Deed::Turn(Switch::Wifi, true)) => "Turn Wi-Fi on",
            Self::Do(Deed::Turn(Switch::Wifi, false)) => "Turn Wi-Fi off",
            Self::Do(Deed::Turn(Switch::MobileData, true)) => "Turn mobile data on",
            Self::Do(Deed::Turn(Switch::MobileData, false)) => "Turn mobile data off",
            Self::Do(Deed::Block) => "Block",
            Self::Do(Deed::Unblock) => "Unblock",
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
    Action::all().map(Action::word).collect::<Vec<_>>().join(", ")
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(word: &str) -> Result<Self, UnknownAction> {
        Self::all()
            .find(|action| action.word() == word)
            .ok_or_else(|| UnknownAction(super::text::shorten(word, 40)))
    }
}
