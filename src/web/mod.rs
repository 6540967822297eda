//! The HTTP server: what the world comes to in numbers, for scrapers; how the bridge is, for whoever watches over it.
//!
//! Everything is read here and nothing is done, but for `/probe`, which asks the keeper of a box to look now. What a scraper can cost is
//! bounded: connections, headers, the time to send a request, to wait for an answer and to take it.
//!
//! - `settings`, `allowed`: what its owner wants
//! - `server`, `outlet`: connections and their limits
//! - `routes`: who answers what, and what all answers have in common
//! - `page`: families as text
//! - `health`: whether the bridge moves, and whether it has begun
//! - `probe`: a configured box, read now
//! - `ingress`: the page within Home Assistant
//! - `adhoc`: a box that is not configured, read with the credentials that come with the request

mod adhoc;
mod allowed;
mod boxes;
mod health;
mod ingress;
mod outlet;
mod page;
mod probe;
mod routes;
mod server;
mod settings;

pub use adhoc::{Guest, Host, Stranger};
pub use allowed::{Allowed, AllowedError, Who};
pub use health::{Begun, Life};
pub use ingress::{Ingress, IngressSettings};
pub use server::{ListenError, Parts, Port, Reporter, Server};
pub use settings::{Names, Settings};
