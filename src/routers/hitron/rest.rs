//! The REST tree says what the data pages say, under other names: this gives its answers the names of the data pages.

use serde_json::{Map, Value as Json};

use super::pages::Page;
use super::wire::Row;
use crate::model::{Fault, text};
use crate::transport::Reply;

/// The code of an answer without an error.
const GOOD: &str = "000";

/// The rows of an answer: those of its list, or else the answer itself.
pub(super) fn rows(page: Page, reply: &Reply) -> Result<Vec<Row>, Fault> {
    let mut answer: Map<String, Json> = reply.json()?;
    check(&answer, reply)?;
    let list = answer.keys().find(|key| key.ends_with("_List")).cloned();
    let rows = match list.and_then(|key| answer.remove(&key)) {
        Some(Json::Array(rows)) => rows,
        // An empty list may be `null`.
        Some(_) => Vec::new(),
        None if is_list(page) => return Err(Fault::malformed(&reply.what, "no list in it")),
        None => vec![Json::Object(answer)],
    };
    Ok(rows.into_iter().filter_map(Row::of).map(|row| renamed(page, row)).collect())
}

fn check(answer: &Map<String, Json>, reply: &Reply) -> Result<(), Fault> {
    let word = |key| answer.get(key).and_then(Json::as_str).unwrap_or_default();
    match word("errCode") {
        GOOD | "" => Ok(()),
        code @ ("401" | "403") => Err(Fault::MissingRight(format!("{} ({code})", reply.what))),
        "404" => Err(Fault::NotSupported(format!("show {}", reply.what))),
        code => {
            let why = format!("code {code} {}", word("errMsg"));
            Err(Fault::BoxError { what: reply.what.clone(), why: text::shorten(why.trim(), 80) })
        }
    }
}

const fn is_list(page: Page) -> bool {
    !matches!(page, Page::Model | Page::SysInfo | Page::Init | Page::DocsisWan | Page::TunedFrequency)
}

fn renamed(page: Page, mut row: Row) -> Row {
    for (theirs, ours) in names(page) {
        row.also_as(theirs, ours);
    }
    row
}

/// Their names and ours, where they differ.
const fn names(page: Page) -> &'static [(&'static str, &'static str)] {
    match page {
        Page::SysInfo => &[
            ("SoftwareVersion", "swVersion"),
            ("HwVersion", "hwVersion"),
            ("SerialNum", "serialNumber"),
            ("wanIP", "wanIp"),
            ("privLanIP", "lanIp"),
            ("sysTime", "systemTime"),
            ("wanRx", "WRecPkt"),
            ("wanTx", "WSendPkt"),
            ("lanRx", "LRecPkt"),
            ("lanTx", "LSendPkt"),
        ],
        Page::DocsisWan => &[
            ("ip", "CmIpAddress"),
            ("subMask", "CmNetMask"),
            ("gw", "CmGateway"),
            ("lease", "CmIpLeaseDuration"),
        ],
        Page::Upstream => &[("modulationType", "modtype")],
        Page::Links => &[("linked", "LinkStatus"), ("speed", "LinkSpeed"), ("duplex", "LinkDuplex")],
        Page::Stations => &[("mac", "macAddr"), ("hostname", "hostName")],
        // What the data pages call `connectType` is another thing.
        Page::Hosts => &[("ip", "ipAddr"), ("connectType", "interface"), ("status", "online")],
        _ => &[],
    }
}
