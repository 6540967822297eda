//! What the models have, lack, and do in their own way.

use super::document::Style;

/// How one logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// There is no login.
    None,
    /// With the password in Base64 (type 3) or hashed (type 4).
    Password(u8),
    /// By challenge, and hashed (type 4) as before.
    Both,
    /// By challenge; the old login is refused whatever the password.
    Challenge,
}

impl Login {
    pub const fn by_challenge(self) -> bool {
        matches!(self, Self::Both | Self::Challenge)
    }
}

/// Where the first session and the first tokens come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tokens {
    /// A cookie and two tokens with the front page.
    Page,
    /// A cookie with the front page, pairs of tokens at `webserver/token`.
    Endpoint,
    /// Both in a document.
    Document,
}

/// What becomes of who is logged in when somebody else logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rival {
    /// The new one is refused.
    Refused,
    /// The old one is out.
    Evicts,
}

/// What the modem hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Radio {
    Lte,
    /// LTE with 5G beside it, close to the mast.
    Nsa,
    /// LTE, of which the firmware tells nothing.
    Untold,
    /// Nothing: the internet comes through a cable.
    Silent,
}

/// A model.
#[derive(Debug)]
pub(super) struct Profile {
    pub model: &'static str,
    pub name: &'static str,
    pub called: &'static str,
    pub classify: &'static str,
    pub firmware: &'static str,
    pub login: Login,
    pub tokens: Tokens,
    pub rival: Rival,
    pub radio: Radio,
    pub style: Style,
    /// What strangers are told.
    pub open: &'static [&'static str],
    pub lacks: &'static [&'static str],
    pub tells_uptime: bool,
    pub tells_lock: bool,
    pub has_battery: bool,
    /// Whether it is gone at once when told to restart, without an answer.
    pub drops: bool,
    /// What it had received when the simulation began.
    pub received: u64,
}

const COMPACT: Style = Style { between: "", twice: false, reversed: false };
const DOUBLED: Style = Style { between: "\n\n", twice: false, reversed: false };
const CRLF: Style = Style { between: "\r\n", twice: false, reversed: false };

const OPEN: &[&str] = &[
    "device/basic_information",
    "monitoring/status",
    "monitoring/traffic-statistics",
    "monitoring/month_statistics",
    "monitoring/check-notifications",
    "monitoring/converged-status",
    "net/current-plmn",
];

const OPEN_WITH_SIGNAL: &[&str] = &[
    "device/basic_information",
    "device/signal",
    "monitoring/status",
    "monitoring/traffic-statistics",
    "monitoring/month_statistics",
    "monitoring/check-notifications",
    "monitoring/converged-status",
    "net/current-plmn",
    "sms/sms-count",
];

/// The names of the models, the usual one first.
pub(super) const MODELS: &[&str] =
    &["b525s-65a", "b525s-65a-ethernet", "b310s-22", "b618", "e8372", "h122-373", "e3372"];

const B525: Profile = Profile {
    model: "b525s-65a",
    name: "B525s-65a",
    called: "HUAWEI 4G Router B525",
    classify: "cpe",
    firmware: "81.191.11.00.00",
    login: Login::Both,
    tokens: Tokens::Endpoint,
    rival: Rival::Refused,
    radio: Radio::Lte,
    style: DOUBLED,
    open: OPEN,
    lacks: &[],
    tells_uptime: true,
    tells_lock: true,
    has_battery: false,
    drops: false,
    received: 217_298_263_292,
};

static PROFILES: &[Profile] = &[
    B525,
    Profile { model: "b525s-65a-ethernet", radio: Radio::Silent, received: 726_399, ..B525 },
    Profile {
        model: "b310s-22",
        name: "B310s-22",
        called: "",
        firmware: "21.311.01.00.00",
        login: Login::Password(3),
        tokens: Tokens::Page,
        style: CRLF,
        open: OPEN_WITH_SIGNAL,
        lacks: &["cradle/status-info"],
        tells_uptime: false,
        tells_lock: false,
        ..B525
    },
    Profile {
        model: "b618",
        name: "B618s-66d",
        called: "",
        firmware: "11.196.03.02.302",
        login: Login::Challenge,
        style: COMPACT,
        ..B525
    },
    Profile {
        model: "e8372",
        name: "E8372h-153",
        called: "",
        classify: "wingle",
        firmware: "21.333.01.00.00",
        login: Login::Password(4),
        tokens: Tokens::Page,
        rival: Rival::Evicts,
        radio: Radio::Untold,
        style: CRLF,
        lacks: &["cradle/status-info", "lan/HostInfo"],
        tells_uptime: false,
        tells_lock: false,
        ..B525
    },
    Profile {
        model: "h122-373",
        name: "H122-373",
        called: "HUAWEI 5G CPE Pro 2",
        firmware: "11.0.2.1(H1SP1C983)",
        radio: Radio::Nsa,
        style: Style { reversed: true, ..COMPACT },
        drops: true,
        received: 18_554_169_910_362,
        ..B525
    },
    Profile {
        model: "e3372",
        name: "E3372h-320",
        called: "",
        classify: "hilink",
        firmware: "10.0.3.1(H192SP1C983)",
        login: Login::None,
        tokens: Tokens::Document,
        style: Style { twice: true, ..COMPACT },
        lacks: &["cradle/status-info", "lan/HostInfo", "user/state-login", "monitoring/start_date"],
        tells_uptime: false,
        tells_lock: false,
        has_battery: true,
        ..B525
    },
];

/// The model of this name, or the usual one.
pub(super) fn profile(model: Option<&str>) -> &'static Profile {
    PROFILES.iter().find(|profile| Some(profile.model) == model).unwrap_or(&B525)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_has_its_profile() {
        let profiles: Vec<_> = PROFILES.iter().map(|profile| profile.model).collect();
        assert_eq!(profiles, MODELS);
    }
}
