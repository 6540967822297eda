use std::borrow::Cow;

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use crate::model::Fault;

/// What a box answered. Any status is an answer; only what never arrived is a fault.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The page that was asked for, for messages.
    pub what: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
    /// False when the connection broke before the body's announced end. Old boxes do so after a complete answer.
    pub complete: bool,
}

impl Reply {
    /// The body as text; bytes that are not UTF-8 are replaced, as some boxes print such in names and logs.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// [`Fault::Malformed`], saying what came instead.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_str(&self.text())
            .map_err(|error| Fault::malformed(&self.what, self.instead_of("JSON", || error.to_string())))
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The value of a cookie that the answer sets.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        lines
            .filter_map(|line| line.split(';').next()?.split_once('='))
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim())
    }

    /// Whether the box sends elsewhere, to an address with `https://`: it answers on its other port only.
    pub fn leads_to_tls(&self) -> bool {
        self.header("location").is_some_and(|to| to.starts_with("https://"))
    }

    /// Whether the status says that something was found.
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// What came instead of what was `wanted`, for messages: nothing, a part, a web page, or else what `other` says.
    pub fn instead_of(&self, wanted: &str, other: impl FnOnce() -> String) -> String {
        let text = self.text();
        let start = text.trim_start();
        if start.is_empty() {
            format!("an empty answer (status {})", self.status)
        } else if !self.complete {
            format!("cut off after {} bytes", self.body.len())
        } else if start.starts_with('<') {
            format!("a web page instead of {wanted} (status {})", self.status)
        } else {
            format!("{} (status {})", other(), self.status)
        }
    }
}
