use std::time::Duration;

use reqwest::Url;
use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::client::plain;
use super::tls::{self, Seen};
use super::{Trust, errors};
use crate::model::Fault;

/// The way to a server that is no box, to which messages are posted. Where it is may be a secret, so no log names it.
#[derive(Debug)]
pub struct Postbox {
    client: reqwest::Client,
    trust: Trust,
    seen: Seen,
}

/// What the server said to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The HTTP status.
    pub status: u16,
    /// When to come back, in the server's words.
    pub retry_after: Option<String>,
}

impl Postbox {
    /// Prepares to post; nothing is sent yet. A message that is not answered within the time was not delivered.
    ///
    /// # Errors
    /// [`Fault::Tls`] when the trust cannot be made into a client.
    pub fn new(trust: Trust, timeout: Duration) -> Result<Self, Fault> {
        let seen = Seen::default();
        let tls = tls::modern(&trust, &seen).map_err(|error| Fault::Tls(error.to_string()))?;
        let client = plain(tls)
            .connect_timeout(timeout)
            .timeout(timeout)
            .build()
            .map_err(|error| Fault::Tls(error.to_string()))?;
        Ok(Self { client, trust, seen })
    }

    /// Posts a message once. Any status is a receipt; what stands below it is not read.
    ///
    /// # Errors
    /// A fault when none came: unreachable, too late, or TLS.
    pub async fn post(&self, url: Url, headers: HeaderMap, body: Vec<u8>) -> Result<Receipt, Fault> {
        self.seen.forget();
        let encrypted = url.scheme() == "https";
        let sent = self.client.post(url).headers(headers).body(body).send().await;
        let head = sent.map_err(|error| errors::fault(error, &self.trust, &self.seen, encrypted))?;
        let retry_after = head.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        Ok(Receipt { status: head.status().as_u16(), retry_after: retry_after.map(str::to_owned) })
    }
}
