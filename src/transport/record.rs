use std::fmt;
use std::time::Duration;

use reqwest::Url;

use super::{Reply, Request};

/// One request and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// Where it was asked, query included.
    pub url: &'a Url,
    /// What came back.
    pub reply: &'a Reply,
    /// How long it took, from the request to the end of the answer.
    pub took: Duration,
}

/// Somebody who writes down what is said.
pub trait Recorder: Send + Sync + fmt::Debug {
    /// Writes down one exchange.
    fn record(&self, exchange: Exchange<'_>);

    /// Learns a word that must not be written down.
    fn conceal(&self, secret: &str);
}
