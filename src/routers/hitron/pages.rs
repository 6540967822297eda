//! The data pages, and which section is read from which of them.

use std::collections::BTreeMap;

use super::wire::Row;
use crate::model::{Fault, Section, Sections};

/// A page under `/data`. They are read in this order: what matters most first, the slowest last.
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
    Links,
    Hosts,
}

impl Page {
    const ALL: [Self; 11] = [
        Self::Model,
        Self::SysInfo,
        Self::Init,
        Self::DocsisWan,
        Self::TunedFrequency,
        Self::Downstream,
        Self::Upstream,
        Self::WideDownstream,
        Self::WideUpstream,
        Self::Links,
        Self::Hosts,
    ];

    pub const fn path(self) -> &'static str {
        match self {
            Self::Model => "/data/system_model.asp",
            Self::SysInfo => "/data/getSysInfo.asp",
            Self::Init => "/data/getCMInit.asp",
            Self::DocsisWan => "/data/getCmDocsisWan.asp",
            Self::TunedFrequency => "/data/getTuneFreq.asp",
            Self::Downstream => "/data/dsinfo.asp",
            Self::Upstream => "/data/usinfo.asp",
            Self::WideDownstream => "/data/dsofdminfo.asp",
            Self::WideUpstream => "/data/usofdminfo.asp",
            Self::Links => "/data/getLinkStatus.asp",
            Self::Hosts => "/data/getConnectInfo.asp",
        }
    }

    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.path() == path)
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
        Section::Connection => Source { main: &[Page::SysInfo], more: &[Page::Init] },
        Section::Line => Source { main: &[Page::Downstream, Page::Upstream], more: &[] },
        // The uptime tells whether the modem has restarted, and with it the number of reads it can bear.
        Section::WideChannels => {
            Source { main: &[Page::WideDownstream, Page::WideUpstream], more: &[Page::SysInfo] }
        }
        Section::Provisioning => {
            Source { main: &[Page::Init], more: &[Page::DocsisWan, Page::TunedFrequency] }
        }
        Section::Clients => Source { main: &[Page::Hosts], more: &[] },
        Section::Ports => Source { main: &[Page::Links], more: &[] },
        Section::Wifi
        | Section::Storage
        | Section::Updates
        | Section::Plan
        | Section::Messages
        | Section::Log => Source { main: &[], more: &[] },
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

    pub fn fault(&self, page: Page) -> Option<&Fault> {
        self.0.get(&page)?.as_ref().err()
    }
}
