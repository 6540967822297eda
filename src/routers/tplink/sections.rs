//! From objects to readings. Pure: what the box said goes in, what it means comes out.

use super::clients::{self, Known};
use super::gather::Objects;
use super::grammar::Row;
use super::objects::{Object, source};
use super::{line, wan};
use crate::model::{
    BitRate, Count, Identity, ItemId, Readings, Seconds, Section, Sections, Snapshot, State, Subject, Text,
    catalog, printed, text,
};

/// Fills a snapshot with the wanted sections, as far as the objects hold them.
pub(super) fn fill(seen: &mut Snapshot, wanted: &Sections, objects: &Objects, known: &mut Known) {
    seen.identity = identity(objects);
    for section in wanted.iter() {
        let main = source(section).main;
        if main.iter().any(|object| objects.has(*object)) {
            read(section, objects, known, seen.section(section));
        } else if let Some(fault) = main.iter().find_map(|object| objects.fault(*object)) {
            seen.failed(section, fault.clone());
        }
    }
}

fn read(section: Section, objects: &Objects, known: &mut Known, out: &mut Readings) {
    match section {
        Section::System => system(objects, out),
        Section::Connection => wan::read(objects, out),
        Section::Line => line::read(objects, out),
        Section::Messages => line::messages(objects, out),
        Section::Ports => ports(objects, out),
        Section::Wifi => wifi(objects, out),
        Section::Clients => clients::read(objects, known, out),
        Section::WideChannels
        | Section::Provisioning
        | Section::Storage
        | Section::Updates
        | Section::Plan
        | Section::Log => {}
    }
}

fn identity(objects: &Objects) -> Identity {
    let device = |name| objects.row(Object::Device).and_then(|device| device.read(name, text::name));
    let lan = |name| objects.row(Object::Lan).and_then(|lan| lan.mac(name));
    Identity {
        model: device("modelName"),
        firmware: device("softwareVersion"),
        hardware: device("hardwareVersion"),
        mac: lan("X_TP_MACAddress").or_else(|| lan("X_TPLINK_MACAddress")),
        ..Identity::default()
    }
}

fn system(objects: &Objects, out: &mut Readings) {
    let device = objects.row(Object::Device);
    let uptime = device.and_then(|device| device.read("upTime", printed::duration));
    let address = objects.row(Object::Lan).and_then(|lan| lan.read("IPInterfaceIPAddress", printed::address));
    out.router()
        .set(catalog::UPTIME, uptime.map(Seconds::from))
        .set(catalog::FIRMWARE, device.and_then(|device| device.text("softwareVersion")).map(Text::new))
        .set(catalog::LAN_IPV4, address.map(Text::from));
}

/// The socket towards the provider, and those of the house. The first of the latter is often the one by which the
/// switch talks to its own processor: it negotiates nothing.
fn ports(objects: &Objects, out: &mut Readings) {
    if let Some(row) = objects.row(Object::WanPort) {
        port("wan", row, out);
    }
    let rows = objects.rows(Object::LanPorts);
    let is_internal =
        |row: &Row| row.text("maxBitRate").is_some_and(|rate| rate.eq_ignore_ascii_case("auto"));
    let internal = usize::from(rows.first().is_some_and(is_internal));
    for (row, number) in rows.iter().skip(internal).zip(1_u32..) {
        port(&format!("lan{number}"), row, out);
    }
}

fn port(name: &str, row: &Row, out: &mut Readings) {
    let Some(id) = ItemId::new(name) else { return };
    let link = row.read("status", |status| match status.to_ascii_lowercase().as_str() {
        "up" => Some(true),
        "nolink" | "down" | "disabled" => Some(false),
        _ => None,
    });
    // A socket without a link shows the speed that it would try first.
    let negotiated = |name| row.text(name).filter(|_| link == Some(true));
    let speed = negotiated("maxBitRate").and_then(printed::number).map(BitRate::megabits);
    let duplex = negotiated("duplexMode").map(|duplex| State::new(duplex.to_ascii_lowercase()));
    out.subject(Subject::Port(id))
        .label(name.to_ascii_uppercase())
        .set(catalog::LINK, link)
        .set(catalog::LINK_SPEED, speed)
        .set(catalog::DUPLEX, duplex);
}

fn wifi(objects: &Objects, out: &mut Readings) {
    let radios = objects.rows(Object::Radios);
    let states: Vec<_> = radios.iter().map(is_on).collect();
    // Off is only what is off everywhere.
    let is_on = states.contains(&Some(true));
    let is_certain = is_on || (!states.is_empty() && states.iter().all(Option::is_some));
    out.router().set(catalog::WIFI, is_certain.then_some(is_on));
    for row in radios {
        radio(row, objects, out);
    }
}

fn is_on(radio: &Row) -> Option<bool> {
    radio.flag("enable").or_else(|| radio.flag("status"))
}

fn radio(row: &Row, objects: &Objects, out: &mut Readings) {
    let [_, number, ..] = row.stack.0;
    let Some(id) = ItemId::new(number) else { return };
    let band = row.text("X_TP_Band").and_then(band_of).or_else(|| row.count("channel").and_then(band_at));
    let works = row.flag("status") == Some(true);
    let channel = row.count("channel").filter(|channel| works && *channel > 0);
    out.subject(Subject::Radio(id))
        .label(band.unwrap_or_default())
        .set(catalog::BAND, band.map(Text::new))
        .set(catalog::RADIO_STATE, row.text("status").map(|state| Text(state.to_ascii_lowercase())))
        .set(catalog::CHANNEL, channel.map(Count))
        .set(catalog::CLIENTS, clients::stations_at(objects, number).map(Count));
}

fn band_of(said: &str) -> Option<&'static str> {
    match said.to_ascii_lowercase().replace(' ', "").as_str() {
        "2.4ghz" => Some("2.4 GHz"),
        "5ghz" => Some("5 GHz"),
        _ => None,
    }
}

const fn band_at(channel: u64) -> Option<&'static str> {
    match channel {
        1..=14 => Some("2.4 GHz"),
        36..=177 => Some("5 GHz"),
        _ => None,
    }
}
