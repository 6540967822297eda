use super::Node;
use crate::model::{BitRate, Bytes, Item, State, Text, catalog};

/// `connection/`: refreshed by the box every five seconds.
pub fn connection(status: Node<'_>, router: &mut Item) {
    router
        .set(catalog::WAN, status.text("state").and_then(is_up))
        .set(catalog::WAN_STATE, status.text("state").map(State::new))
        .set(catalog::WAN_PROTOCOL, status.text("type").map(State::new))
        .set(catalog::MEDIA, status.text("media").map(State::new))
        .set(catalog::DOWNLOAD_RATE, status.number("rate_down").map(BitRate::bytes))
        .set(catalog::UPLOAD_RATE, status.number("rate_up").map(BitRate::bytes))
        .set(catalog::RECEIVED, status.count("bytes_down").map(Bytes))
        .set(catalog::SENT, status.count("bytes_up").map(Bytes))
        .set(catalog::LINE_RATE_DOWN, status.number("bandwidth_down").map(BitRate::bits))
        .set(catalog::LINE_RATE_UP, status.number("bandwidth_up").map(BitRate::bits));
    addresses(status, router);
}

/// An address that the box still shows while the connection is down belongs to nobody.
fn addresses(status: Node<'_>, router: &mut Item) {
    let up = status.text("state").and_then(is_up) == Some(true);
    router
        .set(catalog::IPV4, status.text("ipv4").filter(|_| up).map(Text::new))
        .set(catalog::IPV6, status.text("ipv6").filter(|_| up).map(Text::new))
        .set(catalog::IPV4_PORTS, ipv4_ports(status).filter(|_| up).map(Text::new));
}

fn is_up(state: &str) -> Option<bool> {
    match state {
        "up" => Some(true),
        "going_up" | "going_down" | "down" => Some(false),
        _ => None,
    }
}

/// The ports that belong to this line: all of them, or a quarter of a shared address.
fn ipv4_ports(status: Node<'_>) -> Option<String> {
    let mut bounds = status.at("ipv4_port_range").list().map(Node::as_count);
    match (bounds.next()??, bounds.next()??) {
        (first, last) if first <= last && last <= u64::from(u16::MAX) => Some(format!("{first}-{last}")),
        _ => None,
    }
}

/// `lan/config/`: the box as the house sees it.
pub fn lan(config: Node<'_>, router: &mut Item) {
    router
        .set(catalog::MODE, config.text("mode").map(State::new))
        .set(catalog::LAN_IPV4, config.text("ip").map(Text::new));
}

/// Whether the box hands everything through, and so has no household of its own.
pub fn is_bridge(config: Node<'_>) -> bool {
    config.text("mode") == Some("bridge")
}
