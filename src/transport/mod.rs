//! The one way to talk to a box: deadlines, body caps, pacing, cookies, pinned TLS, recording.
//!
//! A [`Transport`] sends one request at a time, waits a gap between two, never follows a redirect and never retries:
//! what an answer means, and what follows from it, is for drivers and the engine.

mod capture;
mod certificate;
mod client;
mod cookies;
mod errors;
pub mod har;
mod names;
pub(crate) mod pairs;
mod pin;
mod postbox;
mod raw;
mod record;
mod redact;
mod reply;
mod request;
mod settings;
mod signature;
mod tls;

#[cfg(test)]
mod tests;

pub use capture::Capture;
pub use certificate::{Key, Shown, fetch};
pub use client::Transport;
pub use pin::{Pin, PinError};
pub use postbox::{Postbox, Receipt};
pub use record::{Exchange, Recorder};
pub(crate) use redact::is_pseudonym;
pub use redact::redact;
pub use reply::Reply;
pub use request::{Body, Request};
pub use settings::{Deadlines, Settings, Trust};
pub(crate) use tls::{Seen, modern as tls_config};
