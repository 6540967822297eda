//! The HTTP server of a bridge that runs, asked over real sockets: by scrapers, by strangers and by whoever means it ill.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod health;
mod hostile;
mod house;
mod probing;
mod scraping;
mod strangers;
#[path = "../support/mod.rs"]
mod support;
