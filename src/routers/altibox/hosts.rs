//! The portal and the server at which its users log in, and the redirects between their pages.

use crate::model::Fault;
use crate::transport::{Reply, Request, Transport};

/// Which of the two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Portal,
    Identity,
}

/// The two servers. Each has its own cookies, and is only ever told what is meant for it.
#[derive(Debug)]
pub(super) struct Hosts {
    pub portal: Transport,
    pub identity: Transport,
}

/// Where a request has led.
#[derive(Debug)]
pub(super) struct Landing {
    pub reply: Reply,
    /// The last redirect on the way, as it was written.
    pub redirect: Option<String>,
}

/// How many redirects a login may still follow.
#[derive(Debug)]
pub(super) struct Patience(pub u32);

/// Why a redirect is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Astray {
    #[error("it redirects too often")]
    TooFar,
    #[error("it redirects to a server that is neither the portal nor 'identity_url'")]
    Elsewhere,
}

/// What can go wrong on the way to a page.
#[derive(Debug)]
pub(super) enum Lost {
    /// No answer.
    Fault(Fault),
    /// Answers, but none to stop at.
    Astray(Astray),
}

impl Hosts {
    pub const fn at(&self, host: Host) -> &Transport {
        match host {
            Host::Portal => &self.portal,
            Host::Identity => &self.identity,
        }
    }

    /// Ends what the servers know of us.
    pub fn forget_cookies(&self) {
        self.portal.forget_cookies();
        self.identity.forget_cookies();
    }

    /// Sends a request, and goes where the answer leads, as browsers do: by GET, with nothing but cookies.
    pub async fn follow(
        &self,
        mut host: Host,
        mut request: Request,
        patience: &mut Patience,
    ) -> Result<Landing, Lost> {
        let mut redirect = None;
        loop {
            let from = self.at(host).address(request.what()).map_err(Lost::Fault)?;
            let reply = self.at(host).send(request).await.map_err(Lost::Fault)?;
            let Some(location) = location(&reply) else {
                return Ok(Landing { reply, redirect });
            };
            patience.0 = patience.0.checked_sub(1).ok_or(Lost::Astray(Astray::TooFar))?;
            let to = from.join(location).map_err(|_| Lost::Astray(Astray::Elsewhere))?;
            // Both may be one server; then its page is still that of the one that sent there.
            let other = if host == Host::Portal { Host::Identity } else { Host::Portal };
            let leads_to = |host: &Host| self.at(*host).url().origin() == to.origin();
            host = [host, other].into_iter().find(leads_to).ok_or(Lost::Astray(Astray::Elsewhere))?;
            redirect = Some(location.to_owned());
            request = Request::get(to);
        }
    }
}

fn location(reply: &Reply) -> Option<&str> {
    matches!(reply.status, 301 | 302 | 303 | 307 | 308).then(|| reply.header("location"))?
}
