//! router2mqtt talks to home routers in their own languages and gives the household what the router knows.
//!
//! Data runs one way: a driver polls its box and returns a snapshot of readings; the engine repairs and completes
//! them and puts the result into the world; each reader turns the same world into its own output. Only commands run
//! back: reader, engine, the one task that owns the box.
//!
//! Dependencies point up this list only (`tests/house.rs` fails when they do not):
//!
//! - [`model`]: the words everything else speaks
//! - [`accounting`]: who used how much, and how sure that is
//! - [`history`]: what is kept of it, in one file
//! - [`transport`]: the one way to talk to a box
//! - [`routers`]: one folder per family
//! - [`engine`]: policy, and the world
//! - [`mqtt`], [`homeassistant`], [`notify`], [`csvlog`], [`metrics`], [`graphite`], [`web`]: the readers
//! - [`importers`]: readings that other programs have kept
//! - [`simulators`]: each family's box as a real server
//! - `host`: the machine that the bridge runs on, and whoever watches over it there
//! - [`supervisor`]: Home Assistant's, when the bridge is one of its apps
//! - [`config`]: file, environment and secrets, made into one checked configuration
//! - [`bridge`]: the wiring
//! - [`cli`]: the command line

pub mod accounting;
pub mod bridge;
pub mod cli;
pub mod config;
pub mod csvlog;
pub mod engine;
pub mod graphite;
pub mod history;
pub mod homeassistant;
#[cfg(unix)]
pub mod host;
pub mod importers;
pub mod metrics;
pub mod model;
pub mod mqtt;
pub mod notify;
pub mod routers;
pub mod simulators;
pub mod supervisor;
pub mod transport;
pub mod web;
