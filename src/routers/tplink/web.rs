//! How these web servers want to be spoken to, whatever is said.

use crate::model::{Fault, text};
use crate::transport::{Reply, Request, Transport};

/// The way to a box.
#[derive(Debug)]
pub(super) struct Web {
    pub transport: Transport,
    /// Every request has to come from a page of the box itself; without that it is refused.
    referer: String,
}

/// Who we are in a request.
#[derive(Clone, Default)]
pub(super) struct Pass {
    /// The cookie, name and value, exactly as it is sent.
    pub cookie: Option<String>,
    /// The number that newer firmware wants besides.
    pub token: Option<String>,
}

impl Web {
    pub fn new(transport: Transport) -> Self {
        let referer = format!("{}/", transport.url().origin().ascii_serialization());
        Self { transport, referer }
    }

    /// Reads a page.
    pub async fn get(&self, path: &str, pass: &Pass) -> Result<Reply, Fault> {
        self.transport.send(self.request(Request::get(path), pass)).await
    }

    /// Sends something to a script.
    pub async fn post(&self, path: &str, body: &str, pass: &Pass) -> Result<Reply, Fault> {
        self.transport.send(self.posted(path, body, pass)).await
    }

    /// The same, for what is encrypted; recorded as `meant`, and as what `open` makes of the answer.
    pub async fn post_sealed(
        &self,
        path: &str,
        body: &str,
        meant: &str,
        pass: &Pass,
        open: impl FnOnce(&Reply) -> Option<Vec<u8>> + Send,
    ) -> Result<Reply, Fault> {
        let address = path.split('?').next().unwrap_or_default();
        let meant = self.posted(address, meant, pass);
        self.transport.send_sealed(self.posted(path, body, pass), &meant, open).await
    }

    fn posted(&self, path: &str, body: &str, pass: &Pass) -> Request {
        self.request(Request::post(path).text("text/plain", body), pass)
    }

    fn request(&self, request: Request, pass: &Pass) -> Request {
        let mut request = request.raw().header("Referer", self.referer.clone());
        if let Some(cookie) = &pass.cookie {
            request = request.header("Cookie", cookie.clone());
        }
        if let Some(token) = &pass.token {
            request = request.header("TokenID", token.clone());
        }
        request
    }
}

/// Whether the box says in place of an answer that it has none: with a status, or with a web page that is sent as if
/// all were well.
pub(super) fn is_refusal(reply: &Reply) -> bool {
    matches!(reply.status, 401 | 403 | 406 | 500) || is_page(reply)
}

/// Whether the answer is a web page.
pub(super) fn is_page(reply: &Reply) -> bool {
    reply.text().trim_start().starts_with('<')
}

/// Whether the server itself is not well. Some send the page of a status 500 with a status 200.
pub(super) fn is_unwell(reply: &Reply) -> bool {
    reply.status >= 500 || is_failure_page(reply)
}

/// Whether the answer is the page that these servers have for everything that they do not want to do.
pub(super) fn is_failure_page(reply: &Reply) -> bool {
    reply.text().contains("<title>500 Internal Server Error</title>")
}

/// A box that has failed.
pub(super) fn failed(reply: &Reply) -> Fault {
    Fault::BoxError { what: reply.what.clone(), why: format!("status {}", reply.status) }
}

/// An answer that cannot be understood.
pub(super) fn misunderstood(reply: &Reply) -> Fault {
    let why = reply.instead_of("an answer", || {
        let printable: String =
            reply.text().trim().chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
        format!("no end of an answer behind '{}'", text::shorten(&printable, 40))
    });
    Fault::malformed(&reply.what, why)
}
