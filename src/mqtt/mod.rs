//! The broker's side of the house: one connection, one publisher, and a ledger of what the broker should hold.

mod settings;

pub use settings::{Settings, Tls};
