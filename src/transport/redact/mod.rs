//! Takes out of a recording what opens something, and what tells one household from another.
//!
//! Each secret, name and address has the same stand-in wherever it appears, so that a recording still makes sense and
//! can be replayed. What is redacted once stays as it is when it is redacted again.

mod addresses;
mod fields;
mod markup;
mod pseudonyms;
mod secrets;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use reqwest::Url;
use serde_json::Value as Json;

pub(crate) use self::pseudonyms::is_pseudonym;

use self::fields::{Sense, Surroundings};
use self::pseudonyms::Pseudonyms;
use self::secrets::{Place, Secrets};
use super::har::{Entry, Har, Pair, PostData, Response};
use super::pairs;
use crate::model::Mac;

/// What the bodies that are no text are replaced by.
const NOT_TEXT: &str = "the body is no text, and was left out";

/// How many words are learned from what is recorded; boxes that change their token with each answer have no end of
/// them.
const MOST_LEARNED: usize = 200;

/// Some boxes put a document into a field of another one; nobody goes further.
const DEEPEST: usize = 3;

/// Redacts a recording that somebody else made, such as a browser.
pub fn redact(har: &mut Har, secrets: &[&str]) {
    let mut redactor = Redactor::default();
    for secret in secrets {
        redactor.conceal(secret);
    }
    redactor.entries(&mut har.log.entries);
    // What was learned at the end may stand at the beginning.
    redactor.entries(&mut har.log.entries);
    har.log.comment = har.log.comment.take().map(|comment| redactor.text(&comment));
}

/// Redacts, and learns from what it redacts.
#[derive(Debug, Default)]
pub(super) struct Redactor {
    pseudonyms: Pseudonyms,
    secrets: Secrets,
    learned: usize,
    /// How many documents within documents are being read.
    depth: usize,
    stale: bool,
}

impl Redactor {
    /// Learns a word that must not be written down.
    pub(super) fn conceal(&mut self, secret: &str) {
        let stand_in = self.pseudonyms.secret(secret);
        self.stale |= self.secrets.learn(secret, &stand_in);
    }

    /// Whether words were learned since this was asked last, which may stand in what was redacted before.
    pub(super) fn take_stale(&mut self) -> bool {
        std::mem::take(&mut self.stale)
    }

    pub(super) fn entries(&mut self, entries: &mut [Entry]) {
        for entry in entries {
            self.entry(entry);
        }
    }

    pub(super) fn entry(&mut self, entry: &mut Entry) {
        let request = &mut entry.request;
        request.url = self.url(&request.url);
        self.headers(&mut request.headers);
        let query = request.url.split_once('?').map_or("", |(_, query)| query);
        request.query_string = named(pairs::decode(query));
        if let Some(data) = &mut request.post_data {
            self.post_data(data);
        }
        self.response(&mut entry.response);
        entry.comment = entry.comment.take().map(|comment| self.text(&comment));
    }

    fn post_data(&mut self, data: &mut PostData) {
        for param in &mut data.params {
            param.value = self.value(Sense::of(&param.name), &param.value);
            param.name = self.name(&param.name);
        }
        data.text = self.body(&data.mime_type, &data.text);
    }

    fn response(&mut self, response: &mut Response) {
        self.headers(&mut response.headers);
        response.redirect_url = self.url(&response.redirect_url);
        response.status_text = self.text(&response.status_text);
        let content = &mut response.content;
        let bytes = content.bytes();
        content.encoding = None;
        content.text = match content.text {
            None => None,
            Some(_) if is_text(&bytes) => {
                Some(self.body(&content.mime_type, &String::from_utf8_lossy(&bytes)))
            }
            Some(_) => Some(NOT_TEXT.to_owned()),
        };
    }

    fn headers(&mut self, headers: &mut [Pair]) {
        for header in headers {
            header.value = self.header(&header.name, &header.value);
        }
    }

    fn header(&mut self, name: &str, value: &str) -> String {
        match name.to_ascii_lowercase().as_str() {
            "cookie" => {
                let cookies = value.split(';').map(|cookie| self.cookie(cookie.trim()));
                cookies.collect::<Vec<_>>().join("; ")
            }
            "set-cookie" => match value.split_once(';') {
                Some((cookie, attributes)) => {
                    format!("{};{}", self.cookie(cookie), self.pseudonyms.addresses(attributes, true))
                }
                None => self.cookie(value),
            },
            "host" => value.split(':').next().map(|host| self.host(host)).unwrap_or_default(),
            "location" | "content-location" | "referer" | "origin" => self.url(value),
            name if Sense::of_header(name) == Sense::Secret => match value.split_once(' ') {
                // The first word says how, such as Basic or Bearer.
                Some((scheme, rest)) => format!("{scheme} {}", self.value(Sense::Secret, rest)),
                None => self.value(Sense::Secret, value),
            },
            _ => self.text(value),
        }
    }

    fn cookie(&mut self, cookie: &str) -> String {
        match cookie.split_once('=') {
            Some((name, value)) => format!("{}={}", self.name(name), self.value(Sense::Secret, value)),
            None => self.value(Sense::Secret, cookie),
        }
    }

    /// An address: whole, or without its host.
    fn url(&mut self, text: &str) -> String {
        let whole = Url::parse(text).ok().filter(Url::has_host);
        let (root, rest) = match &whole {
            None => (String::new(), text),
            Some(url) => {
                let host = self.host(url.host_str().unwrap_or_default());
                (format!("{}://{host}/", url.scheme()), text.splitn(4, '/').nth(3).unwrap_or_default())
            }
        };
        let rest = rest.split('#').next().unwrap_or_default();
        match rest.split_once('?') {
            Some((path, query)) => format!("{root}{}?{}", self.path(path), self.form(query)),
            None => format!("{root}{}", self.path(rest)),
        }
    }

    fn host(&mut self, host: &str) -> String {
        if host.is_empty() {
            return String::new();
        }
        let stand_in = self.pseudonyms.host(host);
        // A name of one's own gives the household away in any text; an address has a stand-in of another kind.
        if host.contains('.') && host.parse::<IpAddr>().is_err() && host != stand_in {
            self.stale |= self.secrets.learn(host, &stand_in);
        }
        stand_in
    }

    fn path(&mut self, path: &str) -> String {
        let parts = path.split('/').map(|part| {
            let part = self.fields(part);
            self.name(&part)
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// The fields of a form or a query. Those in which nothing changes keep their spelling.
    fn form(&mut self, text: &str) -> String {
        let fields = pairs::decode(text);
        let redacted: Vec<_> = fields
            .iter()
            .map(|(name, value)| (self.name(name), self.value(Sense::of(name), value)))
            .collect();
        if redacted == fields {
            return text.to_owned();
        }
        pairs::encode(redacted.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    fn body(&mut self, kind: &str, text: &str) -> String {
        if let Some(json) = self.json_text(text) {
            json
        } else if kind.contains("x-www-form-urlencoded") {
            self.form(text)
        } else if kind.contains("multipart/") {
            let text = markup::parts(text, |name, value| self.telling(name, value));
            self.text(&text)
        } else {
            self.text(text)
        }
    }

    fn json_text(&mut self, text: &str) -> Option<String> {
        if !text.trim_start().starts_with(['{', '[']) || self.depth >= DEEPEST {
            return None;
        }
        let original: Json = serde_json::from_str(text).ok()?;
        let mut redacted = original.clone();
        self.depth += 1;
        self.json(Sense::Plain, &mut redacted);
        self.depth -= 1;
        // The box's own spelling is worth more than ours.
        Some(if redacted == original { text.to_owned() } else { redacted.to_string() })
    }

    fn json(&mut self, sense: Sense, json: &mut Json) {
        match json {
            Json::Null | Json::Bool(_) => {}
            Json::Number(number) => {
                let text = number.to_string();
                let private = sense == Sense::Secret && !fields::is_small_number(&text);
                if private || self.secrets.replace(&text, Place::Value) != text {
                    *json = Json::from(0);
                }
            }
            Json::String(text) => *text = self.value(sense, text),
            Json::Array(items) => items.iter_mut().for_each(|item| self.json(sense, item)),
            Json::Object(fields) => {
                let surroundings =
                    Surroundings::of(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
                let old = std::mem::take(fields);
                for (name, mut value) in old {
                    let own = surroundings.sense(&name);
                    // What is within a secret is secret; within a name only the name is.
                    let inherited = match sense {
                        Sense::Secret => Sense::Secret,
                        Sense::Name if name == "name" => Sense::Name,
                        _ => own,
                    };
                    self.json(inherited, &mut value);
                    fields.insert(self.name(&name), value);
                }
            }
        }
    }

    fn value(&mut self, sense: Sense, text: &str) -> String {
        if text.is_empty() || is_pseudonym(text) {
            return text.to_owned();
        }
        match sense {
            Sense::Secret if text.chars().count() > 1 && !fields::is_small_number(text) => {
                let stand_in = self.pseudonyms.secret(text);
                self.learn(text, &stand_in);
                stand_in
            }
            Sense::Name if !fields::is_setting(text) && !is_address(text) => {
                let stand_in = self.pseudonyms.name(text);
                self.learn(text, &stand_in);
                stand_in
            }
            Sense::Version => {
                let text = self.secrets.replace(text, Place::Value);
                self.pseudonyms.addresses(&text, false)
            }
            Sense::Secret | Sense::Name | Sense::Plain => {
                self.json_text(text).unwrap_or_else(|| self.text(text))
            }
        }
    }

    /// What is secret in one place is secret everywhere, unless it is a word that may mean anything.
    fn learn(&mut self, text: &str, stand_in: &str) {
        let telling = text.len() >= 8 && text.chars().any(|c| !c.is_alphabetic()) && has_variety(text);
        if telling && self.learned < MOST_LEARNED && !is_address(text) && self.secrets.learn(text, stand_in) {
            self.learned += 1;
            self.stale = true;
        }
    }

    fn text(&mut self, text: &str) -> String {
        let text = self.secrets.replace(text, Place::Value);
        let text = self.fields(&text);
        self.pseudonyms.addresses(&text, true)
    }

    fn fields(&mut self, text: &str) -> String {
        markup::fields(text, |name, value| self.telling(name, value))
    }

    /// What to write instead of a value whose name says that it is private.
    fn telling(&mut self, name: &str, value: &str) -> Option<String> {
        let sense = Sense::of(name);
        matches!(sense, Sense::Secret | Sense::Name).then(|| self.value(sense, value))
    }

    /// The name of a field, or a part of a path.
    fn name(&mut self, name: &str) -> String {
        let name = self.secrets.replace(name, Place::Name);
        self.pseudonyms.addresses(&name, true)
    }
}

fn named(fields: Vec<(String, String)>) -> Vec<Pair> {
    fields.into_iter().map(|(name, value)| Pair { name, value }).collect()
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || text.parse::<Mac>().is_ok()
}

/// More than a placeholder such as `00000000`.
fn has_variety(text: &str) -> bool {
    let mut distinct: Vec<char> = text.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.len() >= 4
}

/// Old boxes print names in encodings of their own, so a few odd bytes are no reason to leave a page out.
fn is_text(bytes: &[u8]) -> bool {
    let odd = bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum::<usize>();
    !bytes.contains(&0) && odd * 10 <= bytes.len()
}
