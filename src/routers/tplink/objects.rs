//! The objects that are read, and which section comes from which of them.

use super::grammar::{Act, Kind, Stack};
use crate::model::{Section, Sections};

/// An object of the box. They are asked for in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Object {
    Device,
    Lan,
    WanAccess,
    Forwarding,
    IpConnections,
    PppConnections,
    L2tpConnections,
    PptpConnections,
    WanPort,
    LanPorts,
    Radios,
    Hosts,
    RefreshFirst,
    RefreshSecond,
    StationsFirst,
    StationsSecond,
    Statistics,
    Traffic,
    Firewall,
    InternalHosts,
    Rules,
    LteLink,
    LteRates,
    LteSignal,
    LteOperator,
    DslLine,
    DslErrors,
}

/// What is asked for together. Something that a box lacks spoils only its own group, and that only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Box,
    Household,
    /// What passes, and who may.
    Statistics,
    Lte,
    Dsl,
}

impl Group {
    pub const ALL: [Self; 5] = [Self::Box, Self::Household, Self::Statistics, Self::Lte, Self::Dsl];

    /// The object without which a box has none of the group.
    pub const fn anchor(self) -> Option<Object> {
        match self {
            Self::Lte => Some(Object::LteLink),
            Self::Dsl => Some(Object::DslLine),
            Self::Box | Self::Household | Self::Statistics => None,
        }
    }
}

/// Where radios, their stations and their refreshing are: each below the first LAN device.
const FIRST_RADIO: Stack = Stack([1, 1, 0, 0, 0, 0]);
const SECOND_RADIO: Stack = Stack([1, 2, 0, 0, 0, 0]);
const FIRST: Stack = Stack([1, 0, 0, 0, 0, 0]);
const MODEM: Stack = Stack([2, 1, 0, 0, 0, 0]);
const MODEM_DEVICE: Stack = Stack([2, 0, 0, 0, 0, 0]);

/// Reading no attribute by name means all.
const ALL_ATTRIBUTES: &[&str] = &[];

/// Connections hold the provider's password and radios that of the Wi-Fi, so only these attributes are asked for.
const CONNECTION: [&[&str]; 3] = [
    &[
        "enable",
        "connectionStatus",
        "name",
        "uptime",
        "externalIPAddress",
        "X_TP_IPv4Enabled",
        "X_TP_ExternalIPv6Address",
    ],
    &["enable", "connectionStatus", "name", "uptime", "externalIPAddress"],
    &["enable", "name", "externalIPAddress"],
];
const RADIO: [&[&str]; 3] = [
    &["enable", "status", "channel", "standard", "X_TP_Band"],
    &["enable", "status", "channel", "standard"],
    &["status", "channel", "standard"],
];
const STATION: [&[&str]; 2] = [ALL_ATTRIBUTES, &["AssociatedDeviceMACAddress"]];
const HOST: [&[&str]; 2] = [ALL_ATTRIBUTES, &["leaseTimeRemaining", "MACAddress", "hostName", "IPAddress"]];
const LAN: [&[&str]; 3] = [
    &["IPInterfaceIPAddress", "X_TP_MACAddress"],
    &["IPInterfaceIPAddress", "X_TPLINK_MACAddress"],
    &["IPInterfaceIPAddress"],
];
const SOCKET: [&[&str]; 2] = [&["status", "maxBitRate", "duplexMode"], &["status"]];
const LTE_SIGNAL: [&[&str]; 3] = [
    &["smsUnreadCount", "sigLevel", "rfInfoRsrp", "rfInfoRsrq", "rfInfoSnr"],
    &["sigLevel", "rfInfoRsrp", "rfInfoRsrq", "rfInfoSnr"],
    ALL_ATTRIBUTES,
];
const LTE_LINK: [&[&str]; 2] =
    [&["enable", "connectStatus", "networkType", "roamingStatus", "simStatus"], ALL_ATTRIBUTES];
const EVERYTHING: [&[&str]; 1] = [ALL_ATTRIBUTES];

impl Object {
    const ALL: [Self; 27] = [
        Self::Device,
        Self::Lan,
        Self::WanAccess,
        Self::Forwarding,
        Self::IpConnections,
        Self::PppConnections,
        Self::L2tpConnections,
        Self::PptpConnections,
        Self::WanPort,
        Self::LanPorts,
        Self::Radios,
        Self::Hosts,
        Self::RefreshFirst,
        Self::RefreshSecond,
        Self::StationsFirst,
        Self::StationsSecond,
        Self::Statistics,
        Self::Traffic,
        Self::Firewall,
        Self::InternalHosts,
        Self::Rules,
        Self::LteLink,
        Self::LteRates,
        Self::LteSignal,
        Self::LteOperator,
        Self::DslLine,
        Self::DslErrors,
    ];

    /// How it is asked for. The box refuses an act for a single attribute that it does not know, so there are several
    /// forms, the richest first; `None` when there is no other.
    pub fn act(self, form: usize) -> Option<Act> {
        let attributes = self.forms().get(form)?;
        let act = match self {
            Self::Device => Act::new(Kind::Get, "IGD_DEV_INFO"),
            Self::Lan => Act::new(Kind::List, "LAN_IP_INTF"),
            Self::WanAccess => Act::new(Kind::List, "WAN_COMMON_INTF_CFG"),
            Self::Forwarding => Act::new(Kind::Get, "L3_FORWARDING"),
            Self::IpConnections => Act::new(Kind::List, "WAN_IP_CONN"),
            Self::PppConnections => Act::new(Kind::List, "WAN_PPP_CONN"),
            Self::L2tpConnections => Act::new(Kind::List, "WAN_L2TP_CONN"),
            Self::PptpConnections => Act::new(Kind::List, "WAN_PPTP_CONN"),
            Self::WanPort => Act::new(Kind::Get, "WAN_ETH_INTF").at(FIRST),
            Self::LanPorts => Act::new(Kind::List, "LAN_ETH_INTF"),
            Self::Radios => Act::new(Kind::List, "LAN_WLAN"),
            Self::Hosts => Act::new(Kind::List, "LAN_HOST_ENTRY"),
            // The driver of the radio keeps its list of stations only as fresh as it was told to.
            Self::RefreshFirst => Act::new(Kind::Operate, "ACT_WLAN_UPDATE_ASSOC").at(FIRST_RADIO),
            Self::RefreshSecond => Act::new(Kind::Operate, "ACT_WLAN_UPDATE_ASSOC").at(SECOND_RADIO),
            Self::StationsFirst => Act::new(Kind::Below, "LAN_WLAN_ASSOC_DEV").below(FIRST_RADIO),
            Self::StationsSecond => Act::new(Kind::Below, "LAN_WLAN_ASSOC_DEV").below(SECOND_RADIO),
            Self::Statistics => Act::new(Kind::Get, "STAT_CFG"),
            Self::Traffic => Act::new(Kind::List, "STAT_ENTRY"),
            Self::Firewall => Act::new(Kind::Get, "FIREWALL"),
            Self::InternalHosts => Act::new(Kind::List, "INTERNAL_HOST"),
            Self::Rules => Act::new(Kind::List, "RULE"),
            Self::LteLink => Act::new(Kind::Get, "WAN_LTE_LINK_CFG").at(MODEM),
            Self::LteRates => Act::new(Kind::Get, "WAN_LTE_INTF_CFG").at(MODEM_DEVICE),
            Self::LteSignal => Act::new(Kind::Get, "LTE_NET_STATUS").at(MODEM),
            Self::LteOperator => Act::new(Kind::Get, "LTE_PROF_STAT").at(MODEM),
            Self::DslLine => Act::new(Kind::Get, "WAN_DSL_INTF_CFG").at(FIRST),
            Self::DslErrors => Act::new(Kind::Get, "WAN_DSL_INTF_STATS_TOTAL").at(FIRST),
        };
        Some(act.with(attributes.iter().copied()))
    }

    const fn forms(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Device => &[&["modelName", "softwareVersion", "hardwareVersion", "upTime"]],
            Self::Lan => &LAN,
            Self::WanAccess => &[&["WANAccessType"]],
            Self::Forwarding => &[&["__ifAliasName"]],
            Self::IpConnections | Self::PppConnections | Self::L2tpConnections | Self::PptpConnections => {
                &CONNECTION
            }
            Self::WanPort | Self::LanPorts => &SOCKET,
            Self::Radios => &RADIO,
            Self::Hosts => &HOST,
            Self::StationsFirst | Self::StationsSecond => &STATION,
            Self::Firewall => &[&["enable", "defaultAction"]],
            Self::LteLink => &LTE_LINK,
            Self::LteRates => &[&["curRxSpeed", "curTxSpeed"]],
            Self::LteSignal => &LTE_SIGNAL,
            Self::LteOperator => &[&["ispName"]],
            Self::RefreshFirst
            | Self::RefreshSecond
            | Self::Statistics
            | Self::Traffic
            | Self::InternalHosts
            | Self::Rules
            | Self::DslLine
            | Self::DslErrors => &EVERYTHING,
        }
    }

    pub const fn group(self) -> Group {
        match self {
            Self::Hosts
            | Self::RefreshFirst
            | Self::RefreshSecond
            | Self::StationsFirst
            | Self::StationsSecond => Group::Household,
            Self::Statistics | Self::Traffic | Self::Firewall | Self::InternalHosts | Self::Rules => {
                Group::Statistics
            }
            Self::LteLink | Self::LteRates | Self::LteSignal | Self::LteOperator => Group::Lte,
            Self::DslLine | Self::DslErrors => Group::Dsl,
            _ => Group::Box,
        }
    }

    /// What to ask for when these sections are wanted, in order. What the box is, is always wanted: by its firmware the
    /// driver knows that it is still the same.
    pub fn wanted_for(wanted: &Sections) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|object| {
            *object == Self::Device
                || wanted.iter().any(|section| {
                    let source = source(section);
                    source.main.contains(object) || source.more.contains(object)
                })
        })
    }
}

/// Where a section comes from.
pub(super) struct Source {
    /// The section is read when one of these could be; it fails when none could.
    pub main: &'static [Object],
    /// What else it takes when it is there.
    pub more: &'static [Object],
}

/// Where this section comes from; nowhere for sections that the family lacks.
pub(super) const fn source(section: Section) -> Source {
    match section {
        Section::System => Source { main: &[Object::Device], more: &[Object::Lan] },
        Section::Connection => Source {
            main: &[Object::IpConnections, Object::PppConnections],
            more: &[
                Object::Lan,
                Object::WanAccess,
                Object::Forwarding,
                Object::L2tpConnections,
                Object::PptpConnections,
            ],
        },
        Section::Line => Source {
            main: &[Object::LteLink, Object::DslLine],
            more: &[Object::LteRates, Object::LteSignal, Object::LteOperator, Object::DslErrors],
        },
        Section::Ports => Source { main: &[Object::LanPorts], more: &[Object::WanPort] },
        Section::Wifi => Source {
            main: &[Object::Radios],
            more: &[
                Object::RefreshFirst,
                Object::RefreshSecond,
                Object::StationsFirst,
                Object::StationsSecond,
            ],
        },
        Section::Clients => Source {
            main: &[Object::Hosts],
            more: &[
                Object::RefreshFirst,
                Object::RefreshSecond,
                Object::StationsFirst,
                Object::StationsSecond,
                Object::Statistics,
                Object::Traffic,
                Object::Firewall,
                Object::InternalHosts,
                Object::Rules,
            ],
        },
        Section::Messages => Source { main: &[Object::LteSignal], more: &[Object::LteLink] },
        Section::WideChannels
        | Section::Provisioning
        | Section::Storage
        | Section::Updates
        | Section::Plan
        | Section::Log => Source { main: &[], more: &[] },
    }
}
