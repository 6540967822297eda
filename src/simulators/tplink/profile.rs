//! The models, and what tells them apart.

use super::cipher::Padding;
use super::objects::Objects;

/// How a box wants to be talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Name and password in a cookie with every request, and no login.
    Cookie,
    /// A login with RSA, then plain acts and a token.
    Token,
    /// Everything encrypted; the login is an act like others, and there is no token.
    Sealed(Padding),
    /// Everything encrypted; the login is a query, and then there is a token.
    SealedToken,
    /// Everything encrypted; the login is an act, and then there is a token.
    SealedVr,
}

impl Dialect {
    /// Where the key is.
    pub const fn key_path(self) -> Option<&'static str> {
        match self {
            Self::Cookie => None,
            Self::Token | Self::Sealed(_) | Self::SealedToken => Some("/cgi/getParm"),
            Self::SealedVr => Some("/cgi/getGDPRParm"),
        }
    }

    /// How signatures are padded, where there are any.
    pub const fn padding(self) -> Option<Padding> {
        match self {
            Self::Cookie | Self::Token => None,
            Self::Sealed(padding) => Some(padding),
            Self::SealedToken | Self::SealedVr => Some(Padding::Zeros),
        }
    }

    /// Whether the page hands out a token that has to come with each request.
    pub const fn has_token(self) -> bool {
        matches!(self, Self::Token | Self::SealedToken | Self::SealedVr)
    }

    /// Whether wrong passwords are counted, and tell so.
    pub const fn counts_failures(self) -> bool {
        matches!(self, Self::SealedToken | Self::SealedVr)
    }

    /// Whether a session belongs to an address, and nobody else comes in while it lasts.
    pub const fn has_one_owner(self) -> bool {
        matches!(self, Self::Cookie | Self::Sealed(_))
    }

    /// What the script that ends a session says.
    pub const fn goodbye(self) -> &'static str {
        match self {
            Self::Token | Self::SealedToken => "$.ret=0;\n",
            Self::Cookie | Self::Sealed(_) | Self::SealedVr => "",
        }
    }
}

/// When a box insists that its page is fetched, as a browser does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Insists {
    Never,
    BeforeAndAfterLogin,
    AfterLogin,
}

/// A model.
#[derive(Debug)]
pub(super) struct Profile {
    /// Its name on the command line.
    pub name: &'static str,
    pub dialect: Dialect,
    pub insists: Insists,
    /// What its household's addresses begin with.
    pub lan: &'static str,
    /// Whether its leases tell who is there, and on what.
    pub knows_links: bool,
    files: &'static [&'static str],
}

const BASE: &str = include_str!("objects/base.txt");
const FIVE: &str = include_str!("objects/five.txt");
const MODERN: &str = include_str!("objects/modern.txt");
const ETHERNET: &str = include_str!("objects/ethernet.txt");
const DHCP: &str = include_str!("objects/dhcp.txt");
const PPPOE: &str = include_str!("objects/pppoe.txt");
const LTE: &str = include_str!("objects/lte.txt");
const DSL: &str = include_str!("objects/dsl.txt");

/// The names of the models, the usual one first.
pub(super) const NAMES: &[&str] = &[
    "archer-c20",
    "archer-c20-v5",
    "archer-c50-v4",
    "tl-wr841n-v14",
    "archer-c3200",
    "archer-mr200",
    "tl-mr6400",
    "archer-vr",
];

static PROFILES: [Profile; 8] = [
    Profile {
        name: "archer-c20",
        dialect: Dialect::Cookie,
        insists: Insists::Never,
        lan: "192.168.0",
        knows_links: false,
        files: &[BASE, FIVE, ETHERNET, PPPOE, include_str!("objects/archer-c20.txt")],
    },
    Profile {
        name: "archer-c20-v5",
        dialect: Dialect::Sealed(Padding::Zeros),
        insists: Insists::Never,
        lan: "192.168.0",
        knows_links: true,
        files: &[BASE, FIVE, MODERN, ETHERNET, DHCP, include_str!("objects/archer-c20-v5.txt")],
    },
    Profile {
        name: "archer-c50-v4",
        dialect: Dialect::Sealed(Padding::Pkcs1),
        insists: Insists::AfterLogin,
        lan: "192.168.0",
        knows_links: true,
        files: &[BASE, FIVE, MODERN, ETHERNET, DHCP, include_str!("objects/archer-c50-v4.txt")],
    },
    Profile {
        name: "tl-wr841n-v14",
        dialect: Dialect::Sealed(Padding::Zeros),
        insists: Insists::BeforeAndAfterLogin,
        lan: "192.168.0",
        knows_links: true,
        files: &[BASE, MODERN, ETHERNET, DHCP, include_str!("objects/tl-wr841n-v14.txt")],
    },
    Profile {
        name: "archer-c3200",
        dialect: Dialect::Cookie,
        insists: Insists::Never,
        lan: "192.168.0",
        knows_links: true,
        files: &[BASE, FIVE, ETHERNET, DHCP, include_str!("objects/archer-c3200.txt")],
    },
    Profile {
        name: "archer-mr200",
        dialect: Dialect::Token,
        insists: Insists::Never,
        lan: "192.168.1",
        knows_links: true,
        files: &[BASE, FIVE, ETHERNET, LTE, include_str!("objects/archer-mr200.txt")],
    },
    Profile {
        name: "tl-mr6400",
        dialect: Dialect::SealedToken,
        insists: Insists::Never,
        lan: "192.168.1",
        knows_links: true,
        files: &[BASE, MODERN, ETHERNET, LTE, include_str!("objects/tl-mr6400.txt")],
    },
    Profile {
        name: "archer-vr",
        dialect: Dialect::SealedVr,
        insists: Insists::Never,
        lan: "192.168.1",
        knows_links: true,
        files: &[BASE, FIVE, MODERN, ETHERNET, PPPOE, DSL, include_str!("objects/archer-vr.txt")],
    },
];

impl Profile {
    /// The model of this name, or the usual one.
    pub fn of(name: Option<&str>) -> &'static Self {
        let [usual, ..] = &PROFILES;
        PROFILES.iter().find(|profile| Some(profile.name) == name).unwrap_or(usual)
    }

    /// Its objects, as they are after a factory reset and a quick setup.
    pub fn objects(&self) -> Objects {
        Objects::read(self.files)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::grammar::Stack;
    use super::super::live::Live;
    use super::*;

    #[test]
    fn the_names_are_those_of_the_models() {
        assert_eq!(PROFILES.each_ref().map(|profile| profile.name), NAMES);
    }

    #[test]
    fn every_living_value_is_one_that_lives() {
        for profile in &PROFILES {
            let (objects, live) =
                (profile.objects(), Live { uptime: Duration::from_secs(60), lan: profile.lan });
            for oid in
                ["IGD_DEV_INFO", "WAN_IP_CONN", "WAN_LTE_INTF_CFG", "LTE_NET_STATUS", "WAN_DSL_INTF_CFG"]
            {
                for row in objects.rows(oid).unwrap_or_default() {
                    let filled = live.fill(row);
                    assert!(filled.attrs.iter().all(|(_, value)| !value.starts_with(b"@")), "{filled:?}");
                }
            }
            let model = objects.text("IGD_DEV_INFO", Stack::NONE, "modelName");
            assert!(model.is_some_and(|model| !model.is_empty()), "{}", profile.name);
        }
    }
}
