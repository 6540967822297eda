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
    families: Vec<Family>,
}

impl Page {
    /// For whoever sends these headers and these fields: `name[]`, as often as there are names, as the client libraries
    /// of Prometheus have it.
    pub(super) fn for_whom(headers: &HeaderMap, asked: &[(String, String)]) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let names = asked.iter().filter(|(key, _)| key == "name[]").map(|(_, name)| name.clone());
        Self { format: Format::negotiated(accept), names: names.collect(), families: Vec::new() }
    }

    pub(super) fn add(&mut self, families: Vec<Family>) {
        let wanted = |family: &Family| self.names.is_empty() || self.names.contains(&family.sample_name());
        self.families.extend(families.into_iter().filter(wanted));
    }

    pub(super) fn show(self) -> Response {
        let content_type = [(header::CONTENT_TYPE, self.format.content_type())];
        (StatusCode::OK, content_type, metrics::write(&self.families, self.format)).into_response()
    }
}
