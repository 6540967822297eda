//! What the endpoints answer, and which readings that makes.
//!
//! Every function here is total: a field that is missing, `null`, misspelt or of the wrong type makes one reading
//! unknown and leaves the rest alone.

mod clients;
mod connection;
mod line;
mod node;
mod ports;
mod storage;
mod system;
mod wifi;

#[cfg(test)]
mod tests;

pub use clients::{access, has_access_points, hosts, interfaces, nobody, stations};
pub use connection::{connection, is_bridge, lan};
pub use line::{ftth, has_fibre, has_modem, has_xdsl, lte, xdsl};
pub use node::Node;
pub use ports::{port_ids, port_stats, ports};
pub use storage::disks;
pub use system::{identity, latest_firmware, system};
pub use wifi::{Radio, radio_clients, radios, switched_on};
