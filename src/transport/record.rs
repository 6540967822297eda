use std::fmt;

use super::{Reply, Request};

/// One request and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// What came back.
    pub reply: &'a Reply,
}

/// Somebody who writes down what is said.
pub trait Recorder: Send + Sync + fmt::Debug {
    /// Writes down one exchange.
    fn record(&self, exchange: Exchange<'_>);

    /// Learns a word that must not be written down.
    fn conceal(&self, secret: &str);
}
