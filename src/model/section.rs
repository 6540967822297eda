use std::collections::BTreeSet;

/// A part of a box that is read, and goes stale, on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Identity, uptime, temperatures, fans.
    System,
    /// The connection to the provider: state, rates, totals, addresses.
    Connection,
    /// The physical line: optics, xDSL, LTE, DOCSIS channels.
    Line,
    /// OFDM and OFDMA channels, which some modems cannot bear to be asked about often.
    WideChannels,
    /// DOCSIS provisioning and baseline privacy.
    Provisioning,
    /// Sockets of the switch.
    Ports,
    /// Wi-Fi radios.
    Wifi,
    /// Devices of the household.
    Clients,
    /// Disks.
    Storage,
    /// Whether newer firmware exists.
    Updates,
    /// What the provider's data plan allows, and what of it the operator has counted.
    Plan,
    /// Text messages on the SIM card and in the box.
    Messages,
    /// The log that the box keeps itself.
    Log,
}

impl Section {
    /// Every section.
    pub const ALL: [Self; 13] = [
        Self::System,
        Self::Connection,
        Self::Line,
        Self::WideChannels,
        Self::Provisioning,
        Self::Ports,
        Self::Wifi,
        Self::Clients,
        Self::Storage,
        Self::Updates,
        Self::Plan,
        Self::Messages,
        Self::Log,
    ];

    /// The name in messages and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Connection => "connection",
            Self::Line => "line",
            Self::WideChannels => "wide_channels",
            Self::Provisioning => "provisioning",
            Self::Ports => "ports",
            Self::Wifi => "wifi",
            Self::Clients => "clients",
            Self::Storage => "storage",
            Self::Updates => "updates",
            Self::Plan => "plan",
            Self::Messages => "messages",
            Self::Log => "log",
        }
    }
}

/// The sections one poll is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sections(BTreeSet<Section>);

impl Sections {
    /// All of them.
    pub fn all() -> Self {
        Section::ALL.into_iter().collect()
    }

    /// Whether the section is asked for.
    pub fn wants(&self, section: Section) -> bool {
        self.0.contains(&section)
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The sections, in order.
    pub fn iter(&self) -> impl Iterator<Item = Section> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<Section> for Sections {
    fn from_iter<I: IntoIterator<Item = Section>>(sections: I) -> Self {
        Self(sections.into_iter().collect())
    }
}
