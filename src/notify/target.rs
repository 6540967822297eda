use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value as Json;

use super::{Choice, Notice, Template, phrases};
use crate::model::BoxId;
use crate::transport::Trust;

/// Somewhere to tell what happens.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its place in the list, from 1.
    pub number: usize,
    /// How it wants to be told.
    pub kind: Kind,
    /// Where it is.
    pub address: Address,
    /// Which events it is told.
    pub choice: Choice,
    /// Of which boxes; `None` for all of them.
    pub boxes: Option<BTreeSet<BoxId>>,
    /// The title, if it is not the usual one.
    pub title: Option<Template>,
    /// The text, if it is not the usual one.
    pub text: Option<Template>,
    /// Headers besides, which come before ours; what opens the target is among them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Whose certificate to accept.
    pub trust: Trust,
    /// How long it may take to answer.
    pub timeout: Duration,
}

/// How a target wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A JSON document, or whatever the template makes.
    Webhook,
    /// Text, with title, priority and tags in headers.
    Ntfy,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Webhook, Self::Ntfy];

    /// The word of the configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Ntfy => "ntfy",
        }
    }
}

/// Where a target is. Whoever knows the whole of it can post there, so that only the server is ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// This one.
    pub const fn new(url: Url) -> Self {
        Self(url)
    }

    /// The whole of it.
    pub(super) const fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it leads anywhere beneath the server.
    pub fn has_path(&self) -> bool {
        self.0.path() != "/"
    }

    /// Whether the way there is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.origin().ascii_serialization())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// What is posted.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Its name in the log.
impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({} at {})", self.number, self.kind.word(), self.address)
    }
}

impl Target {
    /// Whether it wants to be told.
    pub(super) fn wants(&self, notice: &Notice) -> bool {
        let of_box = self.boxes.as_ref().is_none_or(|boxes| boxes.contains(&notice.event.box_id));
        of_box && self.choice.has(notice.event.kind.word())
    }

    /// What it is told.
    pub(super) fn write(&self, notice: &Notice) -> Letter {
        let mut fields = notice.fields();
        let (usual_title, usual_text) = notice.phrase();
        let fill =
            |template: &Option<Template>| template.as_ref().and_then(|template| template.fill(&fields));
        let (title, text) = (fill(&self.title).unwrap_or(usual_title), fill(&self.text));
        let mut letter = match (self.kind, text) {
            (Kind::Ntfy, text) => ntfy(notice, &title, text.unwrap_or(usual_text)),
            (Kind::Webhook, Some(text)) => templated(text),
            (Kind::Webhook, None) => {
                fields.insert("title".to_owned(), Json::from(title));
                document(&Json::Object(fields))
            }
        };
        for (name, value) in &self.headers {
            letter.headers.insert(name, value.clone());
        }
        letter
    }
}

fn document(document: &Json) -> Letter {
    Letter { headers: of_type("application/json"), body: document.to_string().into_bytes() }
}

/// What the owner wrote as JSON is sent as JSON.
fn templated(text: String) -> Letter {
    let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
    let kind = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
    Letter { headers: of_type(kind), body: text.into_bytes() }
}

fn ntfy(notice: &Notice, title: &str, text: String) -> Letter {
    let kind = &notice.event.kind;
    let mut headers = of_type("text/plain; charset=utf-8");
    headers.insert("title", line(title));
    headers.insert("priority", HeaderValue::from(u16::from(phrases::priority(kind))));
    headers.insert("tags", HeaderValue::from_static(phrases::tag(kind)));
    Letter { headers, body: text.into_bytes() }
}

/// A header is one line; ntfy reads it as UTF-8.
fn line(text: &str) -> HeaderValue {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    HeaderValue::from_bytes(line.trim().as_bytes()).unwrap_or_else(|_| HeaderValue::from_static(""))
}

fn of_type(kind: &'static str) -> HeaderMap {
    [(CONTENT_TYPE, HeaderValue::from_static(kind))].into_iter().collect()
}
