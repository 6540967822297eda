//! Enough of HTTP/1 to be a box: our own, because boxes break the rules in ways that no server library would let us.

use std::net::IpAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::transport::pairs;

/// No client of a box sends more than this.
const MAX_HEAD: usize = 64 * 1024;
const MAX_BODY: usize = 1024 * 1024;
/// How much a box computes before it sends what it has.
const CHUNK: usize = 512;

/// A request as a simulated box sees it.
#[derive(Clone, Debug, Default)]
pub struct HttpRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without the query, as it came.
    pub path: String,
    /// The query, without its question mark.
    pub query: String,
    /// The headers as they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the client spoke HTTP/1.1.
    pub modern: bool,
    /// The client's address; boxes that know their one user by it ask for it.
    pub peer: Option<IpAddr>,
}

impl HttpRequest {
    /// A header's value; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .filter(|(key, _)| key == "cookie")
            .find_map(|(_, line)| {
                line.split(';').find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name))
            })
            .map(|(_, value)| value)
    }

    /// The fields of a form, urlencoded or multipart.
    pub fn form(&self) -> Vec<(String, String)> {
        let kind = self.header("content-type").unwrap_or_default();
        match kind.split_once("boundary=") {
            Some((_, boundary)) if kind.starts_with("multipart/form-data") => {
                multipart(&self.body, boundary.trim_matches('"'))
            }
            _ => pairs::decode(&String::from_utf8_lossy(&self.body)),
        }
    }

    /// One field of a form.
    pub fn field(&self, name: &str) -> Option<String> {
        self.form().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }

    fn wants_to_stay(&self) -> bool {
        let said = self.header("connection").unwrap_or_default().to_ascii_lowercase();
        if self.modern { !said.contains("close") } else { said.contains("keep-alive") }
    }
}

fn multipart(body: &[u8], boundary: &str) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    text.split(&format!("--{boundary}"))
        .filter_map(|part| {
            let (head, value) = part.trim_start_matches("\r\n").split_once("\r\n\r\n")?;
            let name = head.split("name=\"").nth(1)?.split('"').next()?;
            Some((name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
        })
        .collect()
}

/// How the end of a body is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// By `Content-Length`; the connection stays open.
    #[default]
    Length,
    /// By closing the connection, and in HTTP/1.0, as old boxes do.
    Close,
    /// By an empty chunk, as boxes do that send while they compute; the connection stays open.
    Chunked,
    /// In chunks, too, but without the status line and the headers that would say so.
    Bare,
    /// Not at all: the connection stays open, and nothing follows.
    Endless,
}

impl Framing {
    const fn is_chunked(self) -> bool {
        matches!(self, Self::Chunked | Self::Bare)
    }

    const fn lets_stay(self) -> bool {
        matches!(self, Self::Length | Self::Chunked)
    }
}

/// What a simulated box answers.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// Headers besides those of the framing.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How the end of the body is marked.
    pub framing: Framing,
    /// How long the box thinks first.
    pub delay: Duration,
    /// Where the answer breaks off, in bytes of the body.
    pub cut_at: Option<usize>,
    /// How long the connection stays open where the answer breaks off.
    pub stall: Duration,
}

impl HttpResponse {
    /// An answer of this type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.into(),
            framing: Framing::Length,
            delay: Duration::ZERO,
            cut_at: None,
            stall: Duration::ZERO,
        }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { headers: Vec::new(), ..Self::new(status, "", Vec::new()) }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The bytes on the wire, up to where the connection breaks.
    fn bytes(&self, head_only: bool, staying: bool) -> Vec<u8> {
        let mut bytes =
            if self.framing == Framing::Bare { Vec::new() } else { self.head(staying).into_bytes() };
        if !head_only {
            let end = self.cut_at.map_or(self.body.len(), |cut| cut.min(self.body.len()));
            self.write_body(self.body.get(..end).unwrap_or_default(), &mut bytes);
        }
        bytes
    }

    fn head(&self, staying: bool) -> String {
        let version = if self.framing == Framing::Close { "1.0" } else { "1.1" };
        let mut head = format!("HTTP/{version} {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match self.framing {
            Framing::Length => head.push_str(&format!("Content-Length: {}\r\n", self.body.len())),
            Framing::Chunked => head.push_str("Transfer-Encoding: chunked\r\n"),
            Framing::Close | Framing::Bare | Framing::Endless => {}
        }
        head.push_str(if staying { "Connection: keep-alive\r\n\r\n" } else { "Connection: close\r\n\r\n" });
        head
    }

    fn write_body(&self, body: &[u8], bytes: &mut Vec<u8>) {
        if !self.framing.is_chunked() {
            return bytes.extend_from_slice(body);
        }
        for chunk in body.chunks(CHUNK) {
            bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
        if self.cut_at.is_none() {
            bytes.extend_from_slice(b"0\r\n\r\n");
        }
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

/// Reads the next request; `None` when the client is done, or talks nonsense.
pub(super) async fn read<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
) -> Option<HttpRequest> {
    let (mut request, head_length) = loop {
        if let Some(parsed) = parse_head(buffer)? {
            break parsed;
        }
        if buffer.len() > MAX_HEAD || stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    buffer.drain(..head_length);
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
    }
    let chunked = request
        .header("transfer-encoding")
        .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
    request.body = if chunked {
        read_chunks(stream, buffer).await?
    } else {
        let length =
            request.header("content-length").and_then(|value| value.trim().parse().ok()).unwrap_or(0);
        take(stream, buffer, length).await?
    };
    Some(request)
}

fn parse_head(buffer: &[u8]) -> Option<Option<(HttpRequest, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = parsed.parse(buffer).ok()? else {
        return Some(None);
    };
    let target = parsed.path.unwrap_or("/");
    // Proxies and some simple clients send the whole address; a query may hold one, too.
    let target = target
        .split_once("://")
        .filter(|(scheme, _)| !scheme.contains('/'))
        .map_or(target, |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = HttpRequest {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: parsed
            .headers
            .iter()
            .map(|header| {
                (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned())
            })
            .collect(),
        body: Vec::new(),
        modern: parsed.version == Some(1),
        peer: None,
    };
    Some(Some((request, length)))
}

async fn take<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>, length: usize) -> Option<Vec<u8>> {
    if length > MAX_BODY {
        return None;
    }
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    Some(buffer.drain(..length).collect())
}

async fn read_chunks<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let (start, size) = loop {
            match httparse::parse_chunk_size(buffer).ok()? {
                httparse::Status::Complete((start, size)) => break (start, usize::try_from(size).ok()?),
                httparse::Status::Partial => {
                    if stream.read_buf(buffer).await.ok()? == 0 {
                        return None;
                    }
                }
            }
        };
        buffer.drain(..start);
        let mut chunk = take(stream, buffer, size.checked_add(2)?).await?;
        chunk.truncate(size);
        if size == 0 {
            return Some(body);
        }
        body.append(&mut chunk);
        if body.len() > MAX_BODY {
            return None;
        }
    }
}

/// Writes the answer; `true` when the connection may carry another request.
pub(super) async fn write<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    request: &HttpRequest,
    response: &HttpResponse,
) -> bool {
    let staying = request.wants_to_stay() && response.framing.lets_stay() && response.cut_at.is_none();
    let bytes = response.bytes(request.method == "HEAD", staying);
    let written = stream.write_all(&bytes).await.is_ok() && stream.flush().await.is_ok();
    if written && response.framing == Framing::Endless {
        hang_on(stream).await;
    }
    written && staying
}

/// Says nothing more, until the client has had enough.
async fn hang_on<S: AsyncRead + Unpin>(stream: &mut S) {
    let mut ignored = [0; 256];
    while matches!(stream.read(&mut ignored).await, Ok(1..)) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_the_wire(framing: Framing, cut_at: Option<usize>) -> String {
        let mut response = HttpResponse::new(200, "text/plain", "x".repeat(600));
        response.framing = framing;
        response.cut_at = cut_at;
        String::from_utf8(response.bytes(false, framing.lets_stay())).unwrap()
    }

    #[test]
    fn chunks_come_with_their_sizes_and_end_with_an_empty_one() {
        let wire = on_the_wire(Framing::Chunked, None);
        let (head, body) = wire.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("Transfer-Encoding: chunked") && !head.contains("Content-Length"), "{head}");
        assert_eq!(body, format!("200\r\n{}\r\n58\r\n{}\r\n0\r\n\r\n", "x".repeat(512), "x".repeat(88)));
        assert!(on_the_wire(Framing::Chunked, Some(300)).ends_with("x\r\n"), "cut off: no end is marked");
    }

    #[test]
    fn a_bare_answer_begins_with_the_size_of_its_first_chunk() {
        assert!(on_the_wire(Framing::Bare, None).starts_with("200\r\nxxx"));
    }

    #[test]
    fn an_endless_answer_tells_no_length() {
        let wire = on_the_wire(Framing::Endless, None);
        assert!(wire.starts_with("HTTP/1.1 200 OK\r\n") && wire.ends_with("xxx"));
        assert!(!wire.contains("Length") && !wire.contains("chunked"));
    }
}
