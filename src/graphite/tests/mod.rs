mod schedule;
mod sockets;

use std::time::Duration;

use super::*;

fn settings(address: Address, buffer: usize, every: u64) -> Settings {
    let compat = BTreeSet::new();
    Settings { address, every: Duration::from_secs(every), template: Template::default(), compat, buffer }
}

fn address(protocol: Protocol, socket: std::net::SocketAddr) -> Address {
    Address { protocol, host: socket.ip().to_string(), port: socket.port() }
}
