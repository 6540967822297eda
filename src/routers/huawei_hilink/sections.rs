//! From what the box says to what the model knows.

use std::net::IpAddr;

use super::hosts;
use super::pages::{Page, Pages};
use super::signal;
use super::xml::Element;
use crate::model::{
    BitRate, Bytes, Count, Identity, Item, Percent, Readings, Seconds, Section, Sections, Snapshot, State,
    Text, catalog, printed, text,
};

/// What stands for the version of a newer firmware, of which the box says only that there is one.
const NEWER: &str = "newer";

/// Fills in the wanted sections; one is read when one of its main endpoints was, and failed when none was.
pub(super) fn fill(seen: &mut Snapshot, wanted: &Sections, pages: &Pages, firmware: Option<&str>) {
    for section in wanted.iter() {
        let mains = Page::of(section);
        if mains.iter().any(|page| pages.get(*page).is_some()) {
            read(section, pages, firmware, seen.section(section));
        } else if let Some(fault) = mains.iter().find_map(|page| pages.fault(*page)) {
            seen.failed(section, fault.clone());
        } else if section == Section::Clients {
            hosts::count_of_strangers(pages, seen);
        }
    }
}

fn read(section: Section, pages: &Pages, firmware: Option<&str>, out: &mut Readings) {
    match section {
        Section::System => system(pages, out.router()),
        Section::Connection => connection(pages, out.router()),
        Section::Line => signal::line(pages, out.router()),
        Section::Wifi => wifi(pages, out.router()),
        Section::Clients => hosts::read(pages, out),
        Section::Plan => plan(pages, out.router()),
        Section::Messages => messages(pages, out.router()),
        Section::Updates => updates(pages, firmware, out.router()),
        _ => {}
    }
}

/// What the box says it is.
pub(super) fn identity(pages: &Pages) -> Identity {
    let both = [Page::Information, Page::BasicInformation];
    let said = |name: &str| both.iter().find_map(|page| pages.get(*page)?.read_with(name, text::name));
    let device = said("DeviceName");
    Identity {
        manufacturer: None,
        model: said("spreadname_en").or_else(|| device.clone()),
        model_id: device,
        serial: said("SerialNumber"),
        firmware: said("SoftwareVersion"),
        hardware: said("HardwareVersion"),
        mac: pages.get(Page::Information).and_then(|info| info.mac("MacAddress1")),
    }
}

fn system(pages: &Pages, out: &mut Item) {
    let info = pages.get(Page::Information);
    let firmware = identity(pages).firmware;
    out.set(catalog::FIRMWARE, firmware.map(Text));
    if let Some(uptime) = info.and_then(|info| seconds(info, "uptime")) {
        out.set(catalog::UPTIME, uptime);
    }
}

/// Spans are far below what a float holds exactly.
pub(super) fn seconds(said: &Element, name: &str) -> Option<Seconds> {
    said.read_with(name, printed::number).map(Seconds)
}

/// Whether the mobile connection is up.
pub(super) fn is_connected(status: &Element) -> bool {
    status.integer("ConnectionStatus") == Some(CONNECTED)
}

const CONNECTED: i64 = 901;

/// The state in steps. Nearly all of the other numbers are reasons why there is no connection.
fn steps(code: i64) -> &'static str {
    match code {
        900 => "going_up",
        CONNECTED => "up",
        903 => "going_down",
        _ => "down",
    }
}

/// Rates are bytes a second, totals bytes, both of the mobile network alone. A box with a cable in its WAN socket is
/// connected all the same, and says so elsewhere.
fn connection(pages: &Pages, out: &mut Item) {
    let traffic = pages.get(Page::Traffic);
    let mobile_is_up = pages.get(Page::Status).is_some_and(is_connected);
    let total = |name| traffic.and_then(|traffic| traffic.count(name)).map(Bytes);
    let status = pages.get(Page::Status);
    let mobile = status.and_then(|status| status.integer("ConnectionStatus"));
    let cable = pages.get(Page::Cradle).and_then(|cradle| cradle.integer("connectstatus"));
    let by_cable = cable == Some(CONNECTED);
    // What goes through the cable is not measured, and not nothing.
    let measured = traffic.filter(|_| !by_cable);
    let rate =
        |name| measured.and_then(|traffic| traffic.read_with(name, printed::number)).map(BitRate::bytes);
    let state = if by_cable { Some("up") } else { mobile.map(steps) };
    let media = if by_cable { Some("ethernet") } else { status.filter(|_| mobile_is_up).and_then(media) };
    let uptime = traffic.filter(|_| mobile_is_up).and_then(|traffic| seconds(traffic, "CurrentConnectTime"));
    out.set(catalog::WAN, state.map(|state| matches!(state, "up" | "going_down")))
        .set(catalog::WAN_STATE, state.map(State::new))
        .set(catalog::MEDIA, media.map(State::new))
        .set(catalog::WAN_UPTIME, uptime)
        .set(catalog::DOWNLOAD_RATE, rate("CurrentDownloadRate"))
        .set(catalog::UPLOAD_RATE, rate("CurrentUploadRate"))
        .set(catalog::RECEIVED, total("TotalDownload"))
        .set(catalog::SENT, total("TotalUpload"))
        .set(catalog::IPV4, address(pages, "WanIPAddress", IpAddr::is_ipv4))
        .set(catalog::IPV6, address(pages, "WanIPv6Address", IpAddr::is_ipv6))
        .set(catalog::MOBILE_DATA, pages.get(Page::DataSwitch).and_then(|said| flag(said, "dataswitch")));
}

/// Older sticks have the addresses in their status.
fn address(pages: &Pages, name: &str, kind: fn(&IpAddr) -> bool) -> Option<Text> {
    let said = |page| pages.get(page)?.read_with(name, printed::address);
    said(Page::Information).or_else(|| said(Page::Status)).filter(kind).map(Text::from)
}

/// `0` and `1`; some switches have more positions, and what those mean is not known.
pub(super) fn flag(said: &Element, name: &str) -> Option<bool> {
    match said.text(name)? {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

fn media(status: &Element) -> Option<&'static str> {
    match signal::network_type(status)? {
        "4G" | "4G+" => Some("lte"),
        "5G" => Some("5g"),
        _ => None,
    }
}

fn wifi(pages: &Pages, out: &mut Item) {
    let status = pages.get(Page::Status);
    let is_on = |name| status.and_then(|status| flag(status, name));
    out.set(catalog::WIFI, is_on("WifiStatus").or_else(|| is_on("wifiswitchstatus")));
}

fn plan(pages: &Pages, out: &mut Item) {
    let month = pages.get(Page::Month);
    let used = |name| month.and_then(|month| month.count(name)).map(Bytes);
    let plan = pages.get(Page::Plan).filter(|plan| flag(plan, "SetMonthData") == Some(true));
    out.set(catalog::MONTH_RECEIVED, used("CurrentMonthDownload"))
        .set(catalog::MONTH_SENT, used("CurrentMonthUpload"))
        .set(catalog::DATA_LIMIT, plan.and_then(|plan| plan.read_with("DataLimit", limit)));
}

/// `40GB`, in powers of 1024 as the box's own page has it; no limit is no limit of nothing.
fn limit(said: &str) -> Option<Bytes> {
    let amount = said.strip_suffix(['B', 'b'])?;
    printed::bytes(&format!("{amount} Bytes"), printed::Factor::Binary).filter(|limit| *limit > 0).map(Bytes)
}

/// Messages lie in the box and on the SIM card. Without a login there is only one figure.
fn messages(pages: &Pages, out: &mut Item) {
    let counts = pages.get(Page::Messages);
    let sum = |names: [&str; 2]| {
        let counts: Vec<_> = names.iter().filter_map(|name| counts?.count(name)).collect();
        (!counts.is_empty()).then(|| counts.iter().fold(0, |sum: u64, count| sum.saturating_add(*count)))
    };
    let unread =
        sum(["LocalUnread", "SimUnread"]).or_else(|| pages.get(Page::Notifications)?.count("UnreadMessage"));
    out.set(catalog::SMS_UNREAD, unread.map(Count));
    if counts.is_some() {
        out.set(catalog::SMS_INBOX, sum(["LocalInbox", "SimInbox"]).map(Count));
    }
}

/// The box finds newer firmware without saying which.
fn updates(pages: &Pages, installed: Option<&str>, out: &mut Item) {
    let state = pages.get(Page::Notifications).and_then(|said| said.integer("OnlineUpdateStatus"));
    let latest = match state {
        Some(12 | 50) => Some(NEWER),
        Some(10 | 13 | 14) => installed,
        _ => None,
    };
    out.set(catalog::LATEST_FIRMWARE, latest.map(Text::new));
}

/// The charge of the battery; boxes on the mains print nothing, or that there is none.
pub(super) fn battery(status: &Element) -> Option<Percent> {
    if status.integer("BatteryStatus") == Some(2) {
        return None;
    }
    status.read_with("BatteryPercent", printed::number).map(Percent)
}
