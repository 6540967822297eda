//! From pages to readings. Pure: what the box said goes in, what it means comes out.

use std::net::IpAddr;
use std::time::Duration;

use super::channels;
use super::hosts;
use super::log;
use super::pages::{Page, Pages, source};
use super::radios;
use super::wire::Row;
use crate::model::printed::{self, Factor};
use crate::model::{
    BitRate, Bytes, FaultClass, Frequency, Identity, ItemId, Readings, Seconds, Section, Sections, Snapshot,
    State, Subject, Text, catalog, text,
};

/// Fills a snapshot with the wanted sections, as far as the pages hold them.
pub(super) fn fill(seen: &mut Snapshot, wanted: &Sections, pages: &Pages, factor: Factor) {
    seen.identity = identity(pages);
    for section in wanted.iter() {
        let main = source(section).main;
        if main.iter().any(|page| pages.has(*page)) {
            read(section, pages, factor, seen.section(section));
        } else if let Some(fault) = main.iter().find_map(|page| pages.fault(*page)) {
            // A page that does not exist is a section that this box lacks.
            if fault.class() != FaultClass::NotSupported {
                seen.failed(section, fault.clone());
            }
        }
    }
}

fn read(section: Section, pages: &Pages, factor: Factor, out: &mut Readings) {
    match section {
        Section::System => system(pages, out),
        Section::Connection => connection(pages, factor, out),
        Section::Line => channels::line(pages, out),
        Section::WideChannels => channels::wide(pages, out),
        Section::Provisioning => provisioning(pages, out),
        Section::Clients => hosts::read(pages.rows(Page::Hosts), pages.rows(Page::Stations), out),
        Section::Ports => ports(pages.rows(Page::Links), out),
        Section::Wifi => radios::read(pages.rows(Page::Radios), out),
        Section::Log => log::read(pages.rows(Page::Log), out),
        Section::Storage | Section::Updates | Section::Plan | Section::Messages => {}
    }
}

fn identity(pages: &Pages) -> Identity {
    let info = |key| pages.row(Page::SysInfo).and_then(|info| info.read(key, text::name));
    Identity {
        manufacturer: None,
        model: [Page::Model, Page::SysInfo]
            .into_iter()
            .find_map(|page| pages.row(page)?.read("modelName", text::name)),
        model_id: None,
        serial: info("serialNumber"),
        firmware: info("swVersion"),
        hardware: info("hwVersion"),
        mac: ["rfMac", "deviceId"].into_iter().find_map(|key| pages.row(Page::SysInfo)?.mac(key)),
    }
}

/// How long the box has been up. Some say only how long their two sides have been up: the elder one comes with the box,
/// and both are zero in bridge mode.
pub(super) fn uptime(pages: &Pages) -> Option<Duration> {
    let info = pages.row(Page::SysInfo)?;
    let of = |key| info.read(key, printed::duration);
    let sides = || of("systemLanUptime").max(of("systemWanUptime")).filter(|span| !span.is_zero());
    of("systemUptime").or_else(sides)
}

fn system(pages: &Pages, out: &mut Readings) {
    let info = |key| pages.row(Page::SysInfo).and_then(|info| info.text(key));
    out.router()
        .set(catalog::UPTIME, uptime(pages).map(Seconds::from))
        .set(catalog::FIRMWARE, info("swVersion").map(Text))
        .set(catalog::DEVICE_CLOCK, info("systemTime").map(Text));
}

/// The totals are bytes, whatever the box calls them, and are printed with two decimals of K, M or G. With the wrong
/// [`Factor`] they fall by up to 2.4 % where the unit changes; that is not a restart of the counter.
fn connection(pages: &Pages, factor: Factor, out: &mut Readings) {
    let info = pages.row(Page::SysInfo);
    let total = |key| info.and_then(|info| info.read(key, |said| printed::bytes(said, factor))).map(Bytes);
    let address = |key, wanted: fn(&IpAddr) -> bool| {
        let said = info.map(|info| info.parts(key)).unwrap_or_default();
        said.iter().filter_map(|said| printed::address(said)).find(wanted).map(Text::from)
    };
    let plan = |key| pages.row(Page::DocsisWan).and_then(|wan| wan.number(key)).filter(|rate| *rate > 0.0);
    let wan_up = info.and_then(|info| info.read("systemWanUptime", printed::duration));
    out.router()
        .set(catalog::MEDIA, State::new("cable"))
        .set(catalog::WAN, pages.row(Page::Init).and_then(is_online))
        .set(catalog::RECEIVED, total("WRecPkt"))
        .set(catalog::SENT, total("WSendPkt"))
        .set(catalog::LAN_RECEIVED, total("LRecPkt"))
        .set(catalog::LAN_SENT, total("LSendPkt"))
        .set(catalog::IPV4, address("wanIp", IpAddr::is_ipv4))
        .set(catalog::IPV6, address("wanIp", IpAddr::is_ipv6))
        .set(catalog::LAN_IPV4, address("lanIp", IpAddr::is_ipv4));
    // What only some boxes tell, so that the others do not seem to lack it.
    for (metric, rate) in
        [(catalog::LINE_RATE_DOWN, plan("DsDataRate")), (catalog::LINE_RATE_UP, plan("UsDataRate"))]
    {
        if rate.is_some() {
            out.router().set(metric, rate.map(BitRate::bits));
        }
    }
    if let Some(up) = wan_up.filter(|up| !up.is_zero()) {
        out.router().set(catalog::WAN_UPTIME, Seconds::from(up));
    }
    if let Some(mode) = info.and_then(mode) {
        out.router().set(catalog::MODE, mode);
    }
}

/// Whether the box is a router, or only hands through.
fn mode(info: &Row) -> Option<State> {
    let routes = match (info.text("routerMode"), info.read("gatewayOnOff", printed::truth)) {
        (Some(mode), _) => !mode.eq_ignore_ascii_case("bridge"),
        (None, gateway) => gateway?,
    };
    Some(State::new(if routes { "router" } else { "bridge" }))
}

/// A cable modem is online when it is registered and the operator lets its traffic through.
fn is_online(init: &Row) -> Option<bool> {
    match (init.read("registration", step), init.read("networkAccess", step)) {
        (Some(registered), Some(let_through)) => Some(registered && let_through),
        (one, other) => one.or(other),
    }
}

fn provisioning(pages: &Pages, out: &mut Readings) {
    let init = pages.row(Page::Init);
    let done = |key| init.and_then(|init| init.read(key, step));
    let privacy = init.and_then(|init| init.text("bpiStatus")).unwrap_or_default();
    let wan = |key| {
        let said = pages.row(Page::DocsisWan).map(|wan| wan.parts(key)).unwrap_or_default();
        said.into_iter().find(|said| printed::clean(said).is_some()).map(Text)
    };
    let lease = pages.row(Page::DocsisWan).and_then(|wan| wan.read("CmIpLeaseDuration", printed::duration));
    let tuned = pages.row(Page::TunedFrequency).and_then(|row| row.number("tunefreq"));
    out.router()
        .set(catalog::CM_HW_INIT, done("hwInit"))
        .set(catalog::CM_FIND_DOWNSTREAM, done("findDownstream"))
        .set(catalog::CM_RANGING, done("ranging"))
        .set(catalog::CM_DHCP, done("dhcp"))
        .set(catalog::CM_TIME_OF_DAY, done("timeOfday"))
        .set(catalog::CM_DOWNLOAD_CONFIG, done("downloadCfg"))
        .set(catalog::CM_REGISTRATION, done("registration"))
        .set(catalog::CM_NETWORK_ACCESS, done("networkAccess"))
        .set(catalog::CM_TRAFFIC, done("trafficStatus"))
        .set(catalog::CM_EAE, init.and_then(|init| init.text("eaeStatus")).map(Text))
        .set(catalog::BPI_AUTH, part_of(&privacy, "auth").map(Text))
        .set(catalog::BPI_TEK, part_of(&privacy, "tek").map(Text))
        .set(catalog::CM_CONFIG, wan("Configname"))
        .set(catalog::CM_IP, wan("CmIpAddress"))
        .set(catalog::CM_NETMASK, wan("CmNetMask"))
        .set(catalog::CM_GATEWAY, wan("CmGateway"))
        .set(catalog::CM_LEASE, lease.map(Seconds::from))
        .set(catalog::TUNED_FREQUENCY, tuned.map(|megahertz| Frequency(megahertz * 1e6)));
}

/// A step of the provisioning. One that is still blank is not reached; one that is `Secret` is withheld by the operator,
/// which is not the same.
fn step(said: &str) -> Option<bool> {
    match said.to_ascii_lowercase().as_str() {
        "success" | "enable" | "enabled" | "permitted" => Some(true),
        "" | "processing..." | "processing" | "denied" | "disable" | "disabled" => Some(false),
        _ => None,
    }
}

/// One part of `AUTH:authorized, TEK:operational`, in lower case.
fn part_of(privacy: &str, part: &str) -> Option<String> {
    let mut parts = privacy.split(',').filter_map(|part| part.split_once(':'));
    let (_, state) = parts.find(|(name, _)| name.trim().eq_ignore_ascii_case(part))?;
    Some(state.trim().to_ascii_lowercase())
}

fn ports(rows: &[Row], out: &mut Readings) {
    for (row, place) in rows.iter().zip(1_u64..) {
        let Some(id) = ItemId::new(row.count("portId").unwrap_or(place)) else { continue };
        let duplex = row.text("LinkDuplex").map(|duplex| State::new(duplex.to_ascii_lowercase()));
        out.subject(Subject::Port(id))
            .set(catalog::LINK, row.read("LinkStatus", link))
            .set(catalog::LINK_SPEED, row.read("LinkSpeed", speed))
            .set(catalog::DUPLEX, duplex);
    }
}

fn link(said: &str) -> Option<bool> {
    match said.to_ascii_lowercase().as_str() {
        "linked" | "connected" => Some(true),
        "unlinked" | "not linked" | "disconnected" => Some(false),
        _ => printed::truth(said),
    }
}

/// A speed with its unit; a bare number could be anything.
fn speed(said: &str) -> Option<BitRate> {
    const UNITS: [(&str, f64); 4] = [("Mbps", 1.0), ("Gbps", 1e3), ("M", 1.0), ("G", 1e3)];
    let is_bare = printed::number(said).is_some();
    let in_unit = |(unit, megabits)| printed::measured(said, unit).map(|it| BitRate::megabits(it * megabits));
    UNITS.into_iter().filter(|_| !is_bare).find_map(in_unit)
}
