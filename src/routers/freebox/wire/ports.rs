use super::Node;
use crate::model::{BitRate, Bytes, Count, ItemId, Readings, State, Subject, Text, catalog};

/// The cage for an optical module towards the house, on boxes that have one.
const SFP_CAGE: u64 = 9999;

/// The numbers of the ports in `switch/status/`, which lists them in any order.
pub fn port_ids(status: Node<'_>, most: usize) -> Vec<u64> {
    let mut ids: Vec<_> = status.list().filter_map(|port| port.count("id")).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(most);
    ids
}

/// `switch/status/`: what is plugged in. A port with nothing in it claims 10 Mbit/s half duplex.
pub fn ports(status: Node<'_>, seen: &mut Readings) {
    for port in status.list() {
        let Some((id, item)) = port.count("id").and_then(|id| Some((id, ItemId::new(id)?))) else {
            continue;
        };
        let link = port.text("link").and_then(|link| match link {
            "up" => Some(true),
            "down" => Some(false),
            _ => None,
        });
        let up = link == Some(true);
        let speed = port.number("speed").filter(|speed| up && *speed > 0.0);
        seen.subject(Subject::Port(item))
            .label(if id == SFP_CAGE { "SFP" } else { "" })
            .label(port.text("name").unwrap_or_default())
            .set(catalog::LINK, link)
            .set(catalog::LINK_SPEED, speed.map(BitRate::megabits))
            .set(catalog::DUPLEX, port.text("duplex").filter(|_| up).map(State::new))
            .set(catalog::PORT_MODE, port.text("mode").filter(|_| up).map(Text::new));
    }
}

/// `switch/port/{id}/stats`: what went through. `rx` is what the box received from the house.
pub fn port_stats(id: u64, stats: Node<'_>, seen: &mut Readings) {
    let Some(item) = ItemId::new(id) else {
        return;
    };
    seen.subject(Subject::Port(item))
        .set(catalog::RX_RATE, stats.number("rx_bytes_rate").map(BitRate::bytes))
        .set(catalog::TX_RATE, stats.number("tx_bytes_rate").map(BitRate::bytes))
        .set(catalog::RX_BYTES, stats.count("rx_good_bytes").map(Bytes))
        .set(catalog::TX_BYTES, stats.count("tx_bytes").map(Bytes))
        .set(catalog::RX_ERRORS, stats.count("rx_err_packets").map(Count))
        .set(catalog::COLLISIONS, stats.count("tx_collisions").map(Count));
}
