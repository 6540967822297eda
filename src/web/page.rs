use std::collections::BTreeSet;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::metrics::{self, Family, Format};

/// Families on their way to a scraper: in the format that it asked for, and only those that it named.
#[derive(Debug)]
pub(super) struct Page {
    format: Format,
    /// The names of samples; empty for all.
    names: BTreeSet<String>,
    text: String,
}

impl Page {
    /// For whoever sends these headers and these fields: `name[]`, as often as there are names, as the client libraries
    /// of Prometheus have it.
    pub(super) fn for_whom(headers: &HeaderMap, asked: &[(String, String)]) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let names = asked.iter().filter(|(key, _)| key == "name[]").map(|(_, name)| name.clone());
        Self { format: Format::negotiated(accept), names: names.collect(), text: String::new() }
    }

    /// The format, where everything is wanted; `None` where some names are.
    pub(super) fn of_everything(&self) -> Option<Format> {
        self.names.is_empty().then_some(self.format)
    }

    pub(super) fn add(&mut self, mut families: Vec<Family>) {
        if !self.names.is_empty() {
            families.retain(|family| self.names.contains(&family.sample_name()));
        }
        self.text.push_str(&metrics::part(&families, self.format));
    }

    /// Adds what was made of families before, in the same format.
    pub(super) fn add_text(&mut self, text: &str) {
        // What follows is little: with room for it, nothing is moved again.
        self.text.reserve(text.len() + text.len() / 16 + 16_384);
        self.text.push_str(text);
    }

    pub(super) fn show(mut self) -> Response {
        self.text.push_str(self.format.end());
        let content_type = [(header::CONTENT_TYPE, self.format.content_type())];
        (StatusCode::OK, content_type, self.text).into_response()
    }
}
