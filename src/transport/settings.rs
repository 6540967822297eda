use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;

use super::Pin;

/// How to talk to one box.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the box is. Paths of requests are added to its path.
    pub url: Url,
    /// Whose certificate to accept.
    pub trust: Trust,
    /// How long to wait.
    pub deadlines: Deadlines,
    /// The pause between two requests.
    pub gap: Duration,
    /// The longest answer that is read.
    pub body_cap: usize,
    /// What must never appear in a recording.
    pub secrets: Vec<SecretString>,
}

/// Whose certificate to accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Certificates that the public authorities vouch for, and those of these additional ones (PEM).
    Authorities(&'static str),
    /// One of these certificates, whatever else is wrong with it.
    Pinned(Vec<Pin>),
    /// Any certificate. The owner has written so.
    Anyone,
}

/// How long to wait for a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// From the request to the head of the answer.
    pub first_byte: Duration,
    /// From the request to the end of the answer.
    pub whole: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(10),
            whole: Duration::from_secs(30),
        }
    }
}

impl Settings {
    /// The settings for a box at this address, with everything else as most boxes like it.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            trust: Trust::Authorities(""),
            deadlines: Deadlines::default(),
            gap: Duration::from_millis(50),
            body_cap: 4 * 1024 * 1024,
            secrets: Vec::new(),
        }
    }
}
