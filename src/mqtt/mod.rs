//! The broker's side of the house: one connection, one publisher, and a ledger of what the broker should
//! hold.
//!
//! Readers [declare](Declare) the whole set of retained messages they want; the ledger compares it with what
//! the broker holds, and the publisher sends the difference. A stale entity, a renamed box, a forgotten
//! client and a broker without memory are then all the same case.
//!
//! A broker with access rules has to let the bridge write everything below its prefix and below the discovery
//! prefix, and read the command topics. If it may also read what it writes, it publishes less and cleans up
//! more; and it has to read Home Assistant's status topic to know when to announce everything again.

mod commands;
mod conversation;
mod events;
mod greet;
mod guide;
mod ledger;
mod link;
#[cfg(test)]
mod link_tests;
mod overhear;
mod pace;
mod published;
mod publisher;
mod rebirth;
mod retained;
mod settings;
mod state;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tls;
mod topics;
mod traffic;
mod wire;

pub use greet::{Unwelcome, greet};
pub use guide::{Guide, Whereabouts};
pub use ledger::{Change, Held, Ledger};
pub use overhear::overhear;
pub use published::understand_published;
pub use publisher::{Broker, Publisher};
pub use retained::{Declare, Retained, Wanted};
pub use settings::{Settings, Tls};
pub use state::States;
pub use tls::TlsError;
pub use topics::{CommandTopic, Rank, Topics};
pub use traffic::Traffic;
