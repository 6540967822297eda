//! Our session at the portal, which has room for one per user, and tells nobody that it has thrown them out.

use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

use super::hosts::Hosts;
use super::login::{Client, Login, Ticket};
use super::pages::{self, Pages};
use crate::model::Fault;
use crate::routers::Credentials;

/// A session that ends sooner than this after its login was ended by somebody else's.
const YOUNG: Duration = Duration::from_secs(10 * 60);

#[derive(Debug)]
pub(super) struct Session {
    credentials: Credentials,
    /// Which of the customer's addresses to read.
    site: Option<String>,
    /// Kept from one login to the next, until one fails.
    client: Option<Client>,
    open: Option<Open>,
    /// Whether the session before this one ended without our doing.
    lost_one: bool,
}

/// A session that is open as far as we know.
#[derive(Debug)]
struct Open {
    place: Place,
    since: Instant,
    /// Whether it was opened because the one before had been lost.
    is_second: bool,
}

/// What a request for data needs.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub ticket: SecretString,
    pub site: String,
}

impl Session {
    pub const fn new(credentials: Credentials, site: Option<String>) -> Self {
        Self { credentials, site, client: None, open: None, lost_one: false }
    }

    /// Our place at the portal; logs in when there is none. Sends the credentials at most once.
    pub async fn open(&mut self, hosts: &Hosts, pages: &Pages) -> Result<Place, Fault> {
        if let Some(open) = &self.open {
            return Ok(open.place.clone());
        }
        let entered = self.log_in(hosts, pages).await.and_then(|ticket| self.choose(ticket));
        let place = entered.map_err(|fault| self.kept_out(fault))?;
        let is_second = std::mem::take(&mut self.lost_one);
        self.open = Some(Open { place: place.clone(), since: Instant::now(), is_second });
        Ok(place)
    }

    /// Takes in that a login failed. Gives the fault to report.
    fn kept_out(&mut self, fault: Fault) -> Fault {
        // What the portal's script said may be what is wrong.
        self.client = None;
        if fault == Fault::SessionExpired { self.lost() } else { fault }
    }

    async fn log_in(&mut self, hosts: &Hosts, pages: &Pages) -> Result<Ticket, Fault> {
        let (Some(username), Some(password)) = (&self.credentials.username, &self.credentials.password)
        else {
            return Err(Fault::NotSupported("be read without 'username' and 'password'".to_owned()));
        };
        hosts.forget_cookies();
        let mut login = Login::new(hosts, pages);
        let client = match self.client.take() {
            Some(client) => client,
            None => login.client().await?,
        };
        let ticket = login.enter(&client, username, password).await?;
        self.client = Some(client);
        Ok(ticket)
    }

    fn choose(&self, Ticket { ticket, sites }: Ticket) -> Result<Place, Fault> {
        let several = sites.len() > 1;
        let wanted = |id: &String| self.site.as_ref().is_none_or(|wanted| wanted == id);
        let Some(site) = sites.into_iter().find(wanted) else {
            return Err(Fault::NotSupported(format!("show the address of '{}'", pages::SITE)));
        };
        if several && self.site.is_none() {
            tracing::info!(
                "the customer has several addresses; reading the first, unless '{}' names another",
                pages::SITE
            );
        }
        Ok(Place { ticket, site })
    }

    /// The portal no longer knows us. Gives the fault to report.
    pub fn lost(&mut self) -> Fault {
        let again = match self.open.take() {
            Some(open) => open.is_second && open.since.elapsed() < YOUNG,
            // Before the login was complete.
            None => self.lost_one,
        };
        self.lost_one = true;
        if again { Fault::BusyWithAnotherUser } else { Fault::SessionExpired }
    }

    /// Something went wrong that may be the end of the session, said in another way than is known. One that is no longer
    /// young is opened anew at the next poll; that is no oftener than the portal's users are thrown out anyway.
    pub fn doubt(&mut self) {
        self.open = self.open.take().filter(|open| open.since.elapsed() < YOUNG);
    }

    /// Forgets the session. The portal has no known way to end one; it ends by itself, or with the next login.
    pub fn forget(&mut self) {
        self.open = None;
    }
}
