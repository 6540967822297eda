//! Boxes that are not configured, read on request with the driver of the exporter's family.

use std::collections::BTreeMap;

use async_trait::async_trait;
use reqwest::Url;

use crate::engine::{About, BoxView};
use crate::metrics::Compat;
use crate::model::{BoxId, Clock, Fault, Identity, Section, Sections};
use crate::routers::{Credentials, Driver, FAMILIES, Family, Wiring};
use crate::transport::{Pin, Settings, Transport, Trust, fetch};
use crate::web::{Guest, Host, Stranger};

/// What the exporter read.
const SECTIONS: [Section; 3] = [Section::System, Section::Line, Section::Provisioning];

/// The parameter of the exporter that logs somebody else out is this option of the family.
const FORCE: &str = "force_login";

/// Makes what reads such boxes.
#[derive(Debug)]
pub(super) struct Reception(pub Clock);

impl Host for Reception {
    fn receive(&self, stranger: Stranger) -> Box<dyn Guest> {
        Box::new(Visitor { stranger, clock: self.0.clone(), driver: None, identity: Identity::default() })
    }
}

/// Reads one such box. The driver stays, as it knows what the box speaks and what it can bear; its login does not.
#[derive(Debug)]
struct Visitor {
    stranger: Stranger,
    clock: Clock,
    /// With the certificate that it trusts.
    driver: Option<(Pin, Box<dyn Driver>)>,
    identity: Identity,
}

#[async_trait]
impl Guest for Visitor {
    async fn visit(&mut self) -> Result<BoxView, Fault> {
        let family = FAMILIES
            .iter()
            .find(|family| family.name == Compat::Hitron.word())
            .ok_or_else(|| Fault::NotSupported("be read".to_owned()))?;
        let id = "probe".parse::<BoxId>().map_err(|error| Fault::malformed("the request", error))?;
        let driver = self.driver(family).await?;
        let mut seen = driver.poll(&SECTIONS.into_iter().collect::<Sections>()).await?;
        // What never changes is read once.
        self.identity.update(std::mem::take(&mut seen.identity));
        seen.identity = self.identity.clone();
        let about = About {
            id,
            name: family.title.to_owned(),
            family: family.name,
            manufacturer: family.manufacturer,
            url: String::new(),
            actions: Vec::new(),
        };
        Ok(BoxView::visited(about, seen))
    }

    async fn leave(&mut self) {
        if let Some((_, driver)) = &mut self.driver {
            driver.close().await;
        }
    }
}

impl Visitor {
    async fn driver(&mut self, family: &'static Family) -> Result<&mut Box<dyn Driver>, Fault> {
        let url = Url::parse(&format!("https://{}", self.stranger.address))
            .map_err(|error| Fault::malformed("the address", error))?;
        let mut settings = Settings { gap: family.gap, ..Settings::new(url) };
        let pin = match self.stranger.pin {
            Some(pin) => pin,
            // Between this and the login nobody can take the box's place: it is this certificate that is trusted from here on.
            None => fetch(&settings.url, settings.deadlines).await?.pin,
        };
        if self.driver.as_ref().is_none_or(|(trusted, _)| *trusted != pin) {
            if self.stranger.pin.is_none() {
                tracing::warn!(
                    address = %self.stranger.address,
                    "nobody vouches for the box at this address; if its certificate is the one with the SHA-256 {pin}, give that as 'fingerprint'"
                );
            }
            settings.trust = Trust::Pinned(vec![pin]);
            settings.secrets = vec![self.stranger.password.clone()];
            self.driver = Some((pin, (family.build)(self.wiring(Transport::new(settings, None)?))));
            self.identity = Identity::default();
        }
        let driver = self.driver.as_mut().map(|(_, driver)| driver);
        driver.ok_or_else(|| Fault::NotSupported("be read".to_owned()))
    }

    fn wiring(&self, transport: Transport) -> Wiring {
        Wiring {
            transport,
            credentials: Credentials {
                username: Some(self.stranger.username.clone()),
                password: Some(self.stranger.password.clone()),
                app_token: None,
            },
            options: BTreeMap::from([(FORCE.to_owned(), self.stranger.force.to_string())]),
            clock: self.clock.clone(),
        }
    }
}
