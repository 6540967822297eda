//! The data pages, where each language has them, and which section is read from which of them.

use std::collections::BTreeMap;

use super::dialect::Dialect;
use super::rest;
use super::wire::Row;
use crate::model::{Fault, Section, Sections};
use crate::transport::Reply;

/// A page of data. They are read in this order: what matters most first, the slowest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Page {
    Model,
    SysInfo,
    Init,
    DocsisWan,
    TunedFrequency,
    Downstream,
    Upstream,
    WideDownstream,
    WideUpstream,
    Log,
    Links,
    Radios,
    Stations,
    Hosts,
}

impl Page {
    const ALL: [Self; 14] = [
        Self::Model,
        Self::SysInfo,
        Self::Init,
        Self::DocsisWan,
        Self::TunedFrequency,
        Self::Downstream,
        Self::Upstream,
        Self::WideDownstream,
        Self::WideUpstream,
        Self::Log,
        Self::Links,
        Self::Radios,
        Self::Stations,
        Self::Hosts,
    ];

    /// Where the page is; `None` for languages that lack it.
    pub const fn path(self, dialect: Dialect) -> Option<&'static str> {
        use Dialect::{Legacy, ModemOnly, PreSession, Rest, UserId};
        Some(match (self, dialect) {
            (_, Rest) => return self.rest_path(),
            (Self::Model, _) => "/data/system_model.asp",
            (Self::SysInfo, _) => "/data/getSysInfo.asp",
            (Self::Init, _) => "/data/getCMInit.asp",
            (Self::DocsisWan, _) => "/data/getCmDocsisWan.asp",
            (Self::Downstream, _) => "/data/dsinfo.asp",
            (Self::Upstream, _) => "/data/usinfo.asp",
            (Self::WideDownstream, ModemOnly) => "/data/dsofdminfo.asp",
            (Self::WideUpstream, ModemOnly) => "/data/usofdminfo.asp",
            (Self::Links, ModemOnly) => "/data/getLinkStatus.asp",
            (Self::Log, PreSession | UserId | ModemOnly) => "/data/status_log.asp",
            (Self::TunedFrequency, PreSession | UserId) => "/data/getTuneFreq.asp",
            (Self::Radios, PreSession | UserId) => "/data/wireless_basic.asp",
            (Self::Hosts, PreSession | UserId | Legacy) => "/data/getConnectInfo.asp",
            _ => return None,
        })
    }

    /// Pages with keys and passwords in them, such as the networks of the Wi-Fi, are not among these.
    const fn rest_path(self) -> Option<&'static str> {
        Some(match self {
            // The model stands in the next one, too.
            Self::Model | Self::TunedFrequency => return None,
            Self::SysInfo => "/1/Device/Router/SysInfo",
            Self::Init => "/1/Device/CM/DocsisProvision",
            Self::DocsisWan => "/1/Device/CM/SysInfo",
            Self::Downstream => "/1/Device/CM/DsInfo",
            Self::Upstream => "/1/Device/CM/UsInfo",
            Self::WideDownstream => "/1/Device/CM/DsOfdm",
            Self::WideUpstream => "/1/Device/CM/UsOfdm",
            Self::Log => "/1/Device/CM/Log",
            Self::Links => "/1/Device/Advanced/AdvancedSwitch",
            Self::Radios => "/1/Device/WiFi/Radios",
            Self::Stations => "/1/Device/WiFi/Client",
            Self::Hosts => "/1/Device/Hosts",
        })
    }

    /// The page that is found there, and the language that has it there.
    pub fn at(path: &str) -> Option<(Self, Dialect)> {
        let dialects = [Dialect::ModemOnly, Dialect::PreSession, Dialect::Rest];
        dialects
            .into_iter()
            .flat_map(|dialect| Self::ALL.map(|page| (page, dialect)))
            .find(|(page, dialect)| page.path(*dialect) == Some(path))
    }

    /// What the page says, under the names that the data pages have.
    pub fn rows(self, dialect: Dialect, reply: &Reply) -> Result<Vec<Row>, Fault> {
        match dialect {
            Dialect::Rest => rest::rows(self, reply),
            _ => Row::all_of(reply),
        }
    }

    /// The pages to read for these sections, in order.
    pub fn wanted_for(wanted: &Sections) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|page| {
            wanted.iter().any(|section| {
                let source = source(section);
                source.main.contains(page) || source.more.contains(page)
            })
        })
    }
}

/// Where a section comes from.
pub(super) struct Source {
    /// The section is read when one of these could be; it fails when none could.
    pub main: &'static [Page],
    /// What else it takes when it is there.
    pub more: &'static [Page],
}

/// Where this section comes from; nowhere for sections that the family lacks.
pub(super) const fn source(section: Section) -> Source {
    match section {
        Section::System => Source { main: &[Page::SysInfo], more: &[Page::Model] },
        Section::Connection => Source { main: &[Page::SysInfo], more: &[Page::Init, Page::DocsisWan] },
        Section::Line => Source { main: &[Page::Downstream, Page::Upstream], more: &[] },
        // The uptime tells whether the modem has restarted, and with it the number of reads it can bear.
        Section::WideChannels => {
            Source { main: &[Page::WideDownstream, Page::WideUpstream], more: &[Page::SysInfo] }
        }
        Section::Provisioning => {
            Source { main: &[Page::Init], more: &[Page::DocsisWan, Page::TunedFrequency] }
        }
        Section::Clients => Source { main: &[Page::Hosts], more: &[Page::Stations] },
        Section::Ports => Source { main: &[Page::Links], more: &[] },
        Section::Wifi => Source { main: &[Page::Radios], more: &[] },
        Section::Log => Source { main: &[Page::Log], more: &[] },
        Section::Storage | Section::Updates | Section::Plan | Section::Messages => {
            Source { main: &[], more: &[] }
        }
    }
}

/// What the pages of one poll said, or why they did not. A page that was not asked for is not in here.
#[derive(Debug, Default)]
pub(super) struct Pages(BTreeMap<Page, Result<Vec<Row>, Fault>>);

impl Pages {
    pub fn put(&mut self, page: Page, outcome: Result<Vec<Row>, Fault>) {
        self.0.insert(page, outcome);
    }

    /// The rows of a page; none when it was not read.
    pub fn rows(&self, page: Page) -> &[Row] {
        self.0.get(&page).and_then(|outcome| outcome.as_deref().ok()).unwrap_or_default()
    }

    /// The only row of a page that has one.
    pub fn row(&self, page: Page) -> Option<&Row> {
        self.rows(page).first()
    }

    pub fn has(&self, page: Page) -> bool {
        matches!(self.0.get(&page), Some(Ok(_)))
    }

    /// Whether nothing could be read at all.
    pub fn is_blank(&self) -> bool {
        !self.0.values().any(Result::is_ok)
    }

    pub fn fault(&self, page: Page) -> Option<&Fault> {
        self.0.get(&page)?.as_ref().err()
    }
}
