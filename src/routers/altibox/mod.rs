//! Altibox fibre gateways, by way of the customer portal: who is connected, and how well.
//!
//! The gateways belong to the provider and tell nothing by themselves. What the portal's own pages ask for is not
//! documented anywhere; what is here follows what programs of customers did until 2022.

mod devices;
mod hosts;
mod login;
mod pages;
mod session;

use std::time::Duration;

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use serde_json::Value as Json;

use self::hosts::Hosts;
use self::pages::Pages;
use self::session::{Place, Session};
use super::{Cadence, Driver, Family, Stability, Wiring};
use crate::model::{Clock, Counting, Fault, Readings, Section, Sections, Snapshot};
use crate::transport::{Reply, Request, pairs};

/// Altibox fibre gateways.
pub static FAMILY: Family = Family {
    name: "altibox",
    title: "Altibox portal",
    manufacturer: "Altibox",
    stability: Stability::Experimental(
        "it reads the provider's customer portal, which is not documented and may have changed since 2022",
    ),
    default_url: "https://www.altibox.no",
    // Each answer is a live query to slow servers.
    default_every: Duration::from_secs(60),
    default_timeout: Duration::from_secs(45),
    gap: Duration::from_millis(200),
    needs: &["username", "password"],
    may_need: &[],
    default_username: None,
    // Both come from one list.
    sections: &[(Section::System, Cadence::Every), (Section::Clients, Cadence::Every)],
    session: super::Session::Sole,
    // Six to log in, the list, and redirects.
    max_requests: 7 + login::MOST_REDIRECTS,
    deeds: &[],
    counting: |_, _| Counting::USUAL,
    options: pages::OPTIONS,
    authorities: "",
    build: |wiring| Box::new(Altibox::new(wiring)),
};

/// The page of the portal on which its own list of devices is shown.
const OWN_PAGE: &str = "/mine-sider/internett/min-hjemmesentral/";

#[derive(Debug)]
struct Altibox {
    /// The servers and their pages; a fault when the options make no sense.
    portal: Result<(Hosts, Pages), Fault>,
    session: Session,
    clock: Clock,
    /// The access point that was taken for the box, as devices are said to be connected to it.
    gateway: Option<String>,
}

#[async_trait]
impl Driver for Altibox {
    async fn poll(&mut self, wanted: &Sections) -> Result<Snapshot, Fault> {
        if wanted.is_empty() {
            return Ok(Snapshot::new(self.clock.now()));
        }
        let answer = self.devices().await?;
        let mut seen = Snapshot::new(self.clock.now());
        let mut clients = Readings::default();
        self.recognise(&answer, devices::read(&answer, &mut clients));
        if wanted.wants(Section::System) {
            // What the box is, and nothing else.
            seen.section(Section::System);
            seen.identity = self.gateway.as_deref().map(devices::identity).unwrap_or_default();
        }
        if wanted.wants(Section::Clients) {
            *seen.section(Section::Clients) = clients;
        }
        Ok(seen)
    }

    async fn close(&mut self) {
        self.session.forget();
        if let Ok((hosts, _)) = &self.portal {
            hosts.forget_cookies();
        }
    }
}

impl Altibox {
    fn new(wiring: Wiring) -> Self {
        let site = wiring.options.get(pages::SITE).cloned();
        Self {
            session: Session::new(wiring.credentials.clone(), site),
            clock: wiring.clock.clone(),
            portal: portal(wiring),
            gateway: None,
        }
    }

    /// Devices wander between access points; the box stays what it was, as long as it is there.
    fn recognise(&mut self, answer: &Json, busiest: Option<String>) {
        let is_there = self.gateway.as_ref().is_some_and(|gateway| devices::mentions(answer, gateway));
        if !is_there {
            self.gateway = busiest.or(self.gateway.take());
        }
    }

    async fn devices(&mut self) -> Result<Json, Fault> {
        let (hosts, pages) = self.portal.as_ref().map_err(Clone::clone)?;
        let place = self.session.open(hosts, pages).await?;
        let reply = hosts.portal.send(request(hosts, pages, &place, &self.clock)?).await?;
        if matches!(reply.status, 301..=308 | 401) {
            return Err(self.session.lost());
        }
        if !reply.is_success() {
            self.session.doubt();
            return Err(Fault::BoxError { why: format!("status {}", reply.status), what: reply.what });
        }
        let answer: Json = reply.json()?;
        if devices::is_not_authenticated(&answer) {
            return Err(self.session.lost());
        }
        understood(&reply, answer)
    }
}

fn understood(reply: &Reply, answer: Json) -> Result<Json, Fault> {
    if !answer.is_object() {
        return Err(Fault::malformed(&reply.what, "no list of devices"));
    }
    match devices::refusal(&answer) {
        Some(why) => Err(Fault::BoxError { what: reply.what.clone(), why }),
        None => Ok(answer),
    }
}

/// # Errors
/// A fault that names the option that is wrong.
fn portal(wiring: Wiring) -> Result<(Hosts, Pages), Fault> {
    let pages = Pages::new(&wiring)?;
    let known = pages::IDENTITY;
    let identity =
        wiring.text(known.key, known.default).parse().map_err(|why| pages::wrong(known.key, why))?;
    let identity = wiring.transport.beside(identity)?;
    Ok((Hosts { portal: wiring.transport, identity }, pages))
}

/// The list of devices, asked for with everything that any program is known to have sent.
fn request(hosts: &Hosts, pages: &Pages, place: &Place, clock: &Clock) -> Result<Request, Fault> {
    // What differs each time keeps caches from answering.
    let now = format!("{}000", clock.now().as_second());
    let query =
        pairs::encode([("siteid", place.site.as_str()), ("_", now.as_str()), ("activeOnly", "false")]);
    Ok(Request::get(format!("{}?{query}", pages.devices))
        .header("SessionTicket", place.ticket.expose_secret())
        .header("X-Requested-With", "XMLHttpRequest")
        .header("Referer", hosts.portal.address(OWN_PAGE)?))
}

#[cfg(test)]
mod tests;
