//! Records what is said to a box, for its owner to look at, to report, and to replay.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Unit;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::har::{About, Content, Creator, Entry, Har, Log, Pair, PostData, Request, Response, Timings};
use super::redact::Redactor;
use super::{Exchange, Recorder, pairs};
use crate::model::{Clock, text};

/// How many exchanges are kept; later ones are counted only.
const MOST_ENTRIES: usize = 2000;

/// How many bytes of bodies are kept.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// A recording in progress. Secrets, names and addresses are replaced before anything is kept.
#[derive(Debug)]
pub struct Capture {
    tape: Mutex<Tape>,
    clock: Clock,
    most_entries: usize,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Tape {
    redactor: Redactor,
    family: Option<String>,
    entries: Vec<Entry>,
    bytes: usize,
    left_out: usize,
}

impl Capture {
    /// A recording with nothing on it.
    pub fn new() -> Arc<Self> {
        Self::limited_to(MOST_ENTRIES, MOST_BYTES)
    }

    pub(super) fn limited_to(entries: usize, bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            tape: Mutex::default(),
            clock: Clock::system(),
            most_entries: entries,
            most_bytes: bytes,
        })
    }

    /// Notes the family of the box, as `type:` has it.
    pub fn describe(&self, family: &str) {
        self.tape().family = Some(family.to_owned());
    }

    /// How many exchanges are recorded.
    pub fn len(&self) -> usize {
        self.tape().entries.len()
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is recorded so far.
    pub fn har(&self) -> Har {
        let mut tape = self.tape();
        tape.catch_up();
        let left_out = tape.left_out;
        let note =
            format!("the recording was full: {} after that left out", text::counted(left_out, "exchange"));
        Har {
            log: Log {
                version: "1.2".to_owned(),
                creator: Creator {
                    name: env!("CARGO_PKG_NAME").to_owned(),
                    version: env!("CARGO_PKG_VERSION").to_owned(),
                },
                about: tape.family.clone().map(|family| About { family: Some(family) }),
                entries: tape.entries.clone(),
                comment: (left_out > 0).then_some(note),
            },
        }
    }

    /// Writes what is recorded so far into a file that only its owner can read. The file appears when it is complete.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        self.har().save(path)
    }

    fn tape(&self) -> MutexGuard<'_, Tape> {
        self.tape.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder for Capture {
    fn record(&self, exchange: Exchange<'_>) {
        let now = self.clock.now();
        let started =
            now.checked_sub(exchange.took).and_then(|then| then.round(Unit::Millisecond)).unwrap_or(now);
        let mut entry = entry(&exchange, started.to_string());
        let bytes =
            exchange.reply.body.len() + entry.request.post_data.as_ref().map_or(0, |data| data.text.len());
        let mut tape = self.tape();
        if tape.entries.len() >= self.most_entries || tape.bytes.saturating_add(bytes) > self.most_bytes {
            tape.left_out += 1;
            return;
        }
        tape.redactor.entry(&mut entry);
        tape.bytes += bytes;
        tape.entries.push(entry);
    }

    fn conceal(&self, secret: &str) {
        self.tape().redactor.conceal(secret);
    }
}

impl Tape {
    /// A token is often recorded before anybody says that it is one.
    fn catch_up(&mut self) {
        while self.redactor.take_stale() {
            self.redactor.entries(&mut self.entries);
        }
    }
}

fn entry(exchange: &Exchange<'_>, started: String) -> Entry {
    let took = exchange.took.as_secs_f64() * 1000.0;
    let cut = "the connection broke before the announced end of the body";
    Entry {
        started_date_time: started,
        time: took,
        request: request(exchange),
        response: response(exchange),
        timings: Timings { send: 0.0, wait: took, receive: 0.0 },
        comment: (!exchange.reply.complete).then(|| cut.to_owned()),
        ..Entry::default()
    }
}

fn request(exchange: &Exchange<'_>) -> Request {
    let body = exchange.request.body.encoded();
    let mut headers: Vec<_> = exchange
        .request
        .headers
        .iter()
        .map(|(name, value)| Pair { name: (*name).to_owned(), value: value.clone() })
        .collect();
    if let Some((kind, _)) = &body {
        headers.push(Pair { name: "Content-Type".to_owned(), value: (*kind).to_owned() });
    }
    Request {
        method: exchange.request.method.to_string(),
        url: exchange.url.to_string(),
        http_version: "HTTP/1.1".to_owned(),
        headers,
        headers_size: -1,
        body_size: body.as_ref().map_or(0, |(_, text)| size(text.len())),
        post_data: body.map(|(kind, text)| PostData {
            mime_type: kind.to_owned(),
            params: if kind.contains("x-www-form-urlencoded") { fields(&text) } else { Vec::new() },
            text,
        }),
        ..Request::default()
    }
}

fn response(exchange: &Exchange<'_>) -> Response {
    let reply = exchange.reply;
    let reason = StatusCode::from_u16(reply.status).ok().and_then(|status| status.canonical_reason());
    let kind = reply.header("content-type").unwrap_or_default();
    Response {
        status: reply.status,
        status_text: reason.unwrap_or_default().to_owned(),
        http_version: "HTTP/1.1".to_owned(),
        headers: headers(&reply.headers),
        content: content(&reply.body, kind),
        redirect_url: reply.header("location").unwrap_or_default().to_owned(),
        headers_size: -1,
        body_size: size(reply.body.len()),
        ..Response::default()
    }
}

fn content(body: &[u8], kind: &str) -> Content {
    let (text, encoding) = match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => (STANDARD.encode(body), Some("base64".to_owned())),
    };
    Content { size: size(body.len()), mime_type: kind.to_owned(), text: Some(text), encoding }
}

fn headers(headers: &HeaderMap) -> Vec<Pair> {
    let named = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| Pair {
        name: name.to_string(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    };
    headers.iter().map(named).collect()
}

fn fields(form: &str) -> Vec<Pair> {
    pairs::decode(form).into_iter().map(|(name, value)| Pair { name, value }).collect()
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
