//! Our session at the portal, which has room for one per user, and tells nobody that it has thrown them out.

use secrecy::SecretString;

use super::hosts::Hosts;
use super::login::{Client, Login, Ticket};
use super::pages::{self, Pages};
use crate::model::Fault;
use crate::routers::Credentials;
use crate::routers::tenure::Tenure;

#[derive(Debug)]
pub(super) struct Session {
    credentials: Credentials,
    /// Which of the customer's addresses to read.
    site: Option<String>,
    /// Kept from one login to the next, until one fails.
    client: Option<Client>,
    /// The session that is open as far as we know.
    open: Option<Place>,
    tenure: Tenure,
}

/// What a request for data needs.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub ticket: SecretString,
    pub site: String,
}

impl Session {
    pub fn new(credentials: Credentials, site: Option<String>) -> Self {
        Self { credentials, site, client: None, open: None, tenure: Tenure::default() }
    }

    /// Our place at the portal; logs in when there is none. Sends the credentials at most once.
    pub async fn open(&mut self, hosts: &Hosts, pages: &Pages) -> Result<Place, Fault> {
        if let Some(place) = &self.open {
            return Ok(place.clone());
        }
        let entered = self.log_in(hosts, pages).await.and_then(|ticket| self.choose(ticket));
        let place = entered.map_err(|fault| self.kept_out(fault))?;
        self.tenure.begin();
        self.open = Some(place.clone());
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
        self.open = None;
        self.tenure.lost()
    }

    /// Something went wrong that may be the end of the session, said in another way than is known. One that is no longer
    /// young is opened anew at the next poll; that is no oftener than the portal's users are thrown out anyway.
    pub fn doubt(&mut self) {
        if !self.tenure.is_young() {
            self.forget();
        }
    }

    /// Forgets the session. The portal has no known way to end one; it ends by itself, or with the next login.
    pub fn forget(&mut self) {
        self.open = None;
        self.tenure.end();
    }
}
