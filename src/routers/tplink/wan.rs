//! The connection to the provider: one of many that the box has room for.

use std::net::IpAddr;

use super::gather::Objects;
use super::grammar::Row;
use super::objects::Object;
use crate::model::{Readings, Seconds, State, Text, catalog, printed};

/// Where connections are listed.
const CONNECTIONS: [Object; 4] =
    [Object::IpConnections, Object::PppConnections, Object::L2tpConnections, Object::PptpConnections];

pub(super) fn read(objects: &Objects, out: &mut Readings) {
    let active = active(objects);
    let state = active.and_then(|row| row.text("connectionStatus")).map(state);
    let is_up = state.map(|state| state == "up");
    let ipv4 = active.and_then(|row| row.read("externalIPAddress", printed::address)).filter(IpAddr::is_ipv4);
    let uptime = active.filter(|_| is_up == Some(true)).and_then(|row| row.read("uptime", printed::duration));
    out.router()
        .set(catalog::WAN, is_up)
        .set(catalog::WAN_STATE, state.map(State::new))
        .set(catalog::MEDIA, active.and_then(|row| media(objects, row)).map(State::new))
        .set(catalog::IPV4, ipv4.map(Text::from))
        .set(catalog::IPV6, ipv6(objects, active).map(Text::from))
        .set(catalog::WAN_UPTIME, uptime.map(Seconds::from));
}

/// The address for IPv6: that of the connection in use, or else of the one beside it that some firmware has for IPv6 alone.
fn ipv6(objects: &Objects, active: Option<&Row>) -> Option<IpAddr> {
    let alone = |row: &&Row| row.flag("enable") == Some(true) && row.flag("X_TP_IPv4Enabled") == Some(false);
    let beside = CONNECTIONS.into_iter().flat_map(|object| objects.rows(object)).filter(alone);
    let address = |row: &Row| row.read("X_TP_ExternalIPv6Address", printed::address).filter(IpAddr::is_ipv6);
    active.into_iter().chain(beside).find_map(address)
}

/// The connection in use, as the box's own status page chooses it: enabled, for IPv4, and if that is not enough, the
/// one that the default route goes by. One that is connected is in use, whatever else was meant to be.
fn active(objects: &Objects) -> Option<&Row> {
    let route = objects.row(Object::Forwarding).and_then(|row| row.text("__ifAliasName"));
    CONNECTIONS
        .into_iter()
        .flat_map(|object| objects.rows(object))
        .filter(|row| row.flag("enable") != Some(false) && row.flag("X_TP_IPv4Enabled") != Some(false))
        .filter(|row| row.flag("enable").is_some())
        .max_by_key(|row| {
            let is_connected = row.text("connectionStatus") == Some("Connected");
            (is_connected, route.is_some() && row.text("name") == route)
        })
}

/// The status page shows every word that it does not know as connecting.
fn state(said: &str) -> &'static str {
    match said {
        "Connected" => "up",
        "Disconnected" | "Unconfigured" => "down",
        "Disconnecting" | "PendingDisconnect" => "going_down",
        _ => "going_up",
    }
}

/// What the connection runs over: the device that it is below says so.
fn media(objects: &Objects, connection: &Row) -> Option<&'static str> {
    let [device, ..] = connection.stack.0;
    let access = objects.rows(Object::WanAccess).iter().find(|row| row.stack.0.first() == Some(&device))?;
    let kind = access.text("WANAccessType")?.to_ascii_lowercase();
    Some(match kind.as_str() {
        "ethernet" => "ethernet",
        "dsl" | "vdsl" | "adsl" => "xdsl",
        kind if kind.contains("lte") || kind.contains("3g") => "lte",
        _ => return None,
    })
}
