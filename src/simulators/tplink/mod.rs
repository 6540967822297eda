//! TP-Link boxes that speak numbered acts at `/cgi?` and `/cgi_gdpr`: routers, mobile routers and modems.
//!
//! Models, by how they are logged in to: `archer-c20` (the usual one) and `archer-c3200` take name and password with each
//! request; `archer-mr200` (mobile) has a login and a token; `archer-c20-v5`, `archer-c50-v4` and `tl-wr841n-v14` encrypt
//! everything; `tl-mr6400` (mobile) and `archer-vr` (DSL) do so, too, and have a token.

mod access;
mod admin;
mod cipher;
mod gateway;
mod grammar;
mod household;
mod live;
mod login;
mod objects;
mod page;
mod profile;
mod state;

use std::sync::Arc;

use self::gateway::Gateway;
use super::Family;

/// TP-Link boxes.
pub(super) const FAMILY: Family = Family {
    name: "tplink",
    credentials: &[("username", "admin"), ("password", "password")],
    addresses: &[],
    models: profile::NAMES,
    build: |parts| Arc::new(Gateway::new(parts)),
};

#[cfg(test)]
mod tests;
