//! What comes in, byte by byte, from servers that only browsers forgive. Pure: no I/O.
//!
//! Knows answers whose lines end with LF only, answers without a status line that begin with the size of their first
//! chunk, and answers that are over although the connection stays: a line `[error]` with a number is always the last.

use httparse::{EMPTY_HEADER, ParserConfig, Status};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// No box has a longer head, in bytes.
const MAX_HEAD: usize = 64 * 1024;

/// No box sends more headers.
const MAX_HEADERS: usize = 100;

/// The longest line that can be the size of a chunk, in bytes.
const MAX_SIZE_LINE: usize = 64;

/// An answer, as far as it has come in.
#[derive(Debug)]
pub(super) struct Incoming {
    cap: usize,
    stage: Stage,
    /// What has come in but is not understood yet.
    pending: Vec<u8>,
    head: Head,
    body: Vec<u8>,
    /// Where in the body the line begins that has not ended yet.
    line: usize,
}

/// The head of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// The status; 200 when the server left out the whole head.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Head,
    /// So many bytes are left.
    Length(usize),
    /// The size of a chunk comes next.
    ChunkSize,
    /// So many bytes of a chunk are left.
    Chunk(usize),
    /// The body ends with the connection.
    Open,
    Over,
}

/// Why an answer is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is in another language than HTTP.
    NotHttp,
    /// It is longer than anybody wants to read.
    TooLong,
}

impl Incoming {
    /// Nothing yet; `cap` is the longest body that is read, in bytes.
    pub(super) fn new(cap: usize) -> Self {
        Self {
            cap,
            stage: Stage::Head,
            pending: Vec::new(),
            head: Head::default(),
            body: Vec::new(),
            line: 0,
        }
    }

    /// Takes in what came.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        self.pending.extend_from_slice(bytes);
        while self.step()? {}
        Ok(())
    }

    /// The longest body that is read, in bytes.
    pub(super) const fn cap(&self) -> usize {
        self.cap
    }

    /// Whether the head is complete.
    pub(super) fn has_head(&self) -> bool {
        self.stage != Stage::Head
    }

    /// Whether the answer is complete, whatever else the connection may bring.
    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Whether the answer may be complete: it is, if nothing follows.
    pub(super) fn may_be_over(&self) -> bool {
        self.has_head() && self.body.get(self.line..).is_some_and(is_last_line)
    }

    /// Whether anything has come in.
    pub(super) fn is_empty(&self) -> bool {
        self.stage == Stage::Head && self.pending.is_empty()
    }

    /// The head, the body, and whether the body is complete now that nothing more will come.
    pub(super) fn end(self) -> (Head, Vec<u8>, bool) {
        let complete = matches!(self.stage, Stage::Over | Stage::Open) || self.may_be_over();
        (self.head, self.body, complete)
    }

    /// Goes on by one step; `false` when more has to come in first.
    fn step(&mut self) -> Result<bool, Broken> {
        match self.stage {
            Stage::Head => self.read_head(),
            Stage::Length(0) => Ok(self.go_to(Stage::Over)),
            Stage::Length(left) => self.read_body(left, Stage::Length),
            Stage::ChunkSize => self.read_chunk_size(),
            Stage::Chunk(0) => Ok(self.go_to(Stage::ChunkSize)),
            Stage::Chunk(left) => self.read_body(left, Stage::Chunk),
            Stage::Open => self.read_body(usize::MAX, |_| Stage::Open),
            Stage::Over => Ok(false),
        }
    }

    fn go_to(&mut self, stage: Stage) -> bool {
        self.stage = stage;
        true
    }

    fn read_head(&mut self) -> Result<bool, Broken> {
        const START: &[u8] = b"HTTP/";
        let start = self.pending.get(..START.len().min(self.pending.len())).unwrap_or_default();
        if !START.starts_with(start) {
            return self.do_without_head();
        }
        if !self.pending.contains(&b'\n') {
            return if self.pending.len() > MAX_HEAD { Err(Broken::NotHttp) } else { Ok(false) };
        }
        let mut headers = [EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        match tolerant().parse_response(&mut response, &self.pending) {
            Ok(Status::Complete(length)) => {
                let head = Head::of(&response);
                self.stage = head.framing();
                self.head = head;
                self.pending.drain(..length);
                Ok(true)
            }
            Ok(Status::Partial) if self.pending.len() <= MAX_HEAD => Ok(false),
            Ok(Status::Partial) | Err(_) => Err(Broken::NotHttp),
        }
    }

    /// Some firmware begins with the first chunk, or with the text itself.
    fn do_without_head(&mut self) -> Result<bool, Broken> {
        let line = self.pending.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let has_ended = line.len() < self.pending.len();
        let stage = if line.starts_with(b"[") {
            Stage::Open
        } else if has_ended && chunk_size(line).is_some() {
            Stage::ChunkSize
        } else if has_ended || line.len() > MAX_SIZE_LINE {
            return Err(Broken::NotHttp);
        } else {
            return Ok(false);
        };
        self.head = Head { status: 200, headers: HeaderMap::new() };
        Ok(self.go_to(stage))
    }

    fn read_chunk_size(&mut self) -> Result<bool, Broken> {
        let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') else {
            return if self.pending.len() > MAX_SIZE_LINE { Err(Broken::NotHttp) } else { Ok(false) };
        };
        let line: Vec<u8> = self.pending.drain(..=end).collect();
        if line.trim_ascii().is_empty() {
            // The end of the chunk before.
            return Ok(true);
        }
        let size = chunk_size(&line).ok_or(Broken::NotHttp)?;
        Ok(self.go_to(if size == 0 { Stage::Over } else { Stage::Chunk(size) }))
    }

    fn read_body(&mut self, left: usize, rest: impl FnOnce(usize) -> Stage) -> Result<bool, Broken> {
        let taken = left.min(self.pending.len());
        if taken == 0 {
            return Ok(false);
        }
        if self.body.len() + taken > self.cap {
            return Err(Broken::TooLong);
        }
        self.stage = rest(left - taken);
        let from = self.body.len();
        self.body.extend(self.pending.drain(..taken));
        self.look_for_last_line(from);
        Ok(true)
    }

    /// Ends the answer behind its last line. What stands behind it was not meant for us.
    fn look_for_last_line(&mut self, mut from: usize) {
        let newline = |body: &[u8], from: usize| body.iter().skip(from).position(|byte| *byte == b'\n');
        while let Some(length) = newline(&self.body, from) {
            let end = from + length;
            if self.body.get(self.line..end).is_some_and(is_last_line) {
                self.body.truncate(end + 1);
                self.stage = Stage::Over;
                return;
            }
            (self.line, from) = (end + 1, end + 1);
        }
    }
}

impl Head {
    fn of(response: &httparse::Response<'_, '_>) -> Self {
        let mut headers = HeaderMap::new();
        for header in response.headers.iter() {
            let name = HeaderName::from_bytes(header.name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(header.value)) {
                headers.append(name, value);
            }
        }
        Self { status: response.code.unwrap_or(0), headers }
    }

    fn framing(&self) -> Stage {
        let says = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok());
        if says("transfer-encoding").is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")) {
            return Stage::ChunkSize;
        }
        match says("content-length").and_then(|length| length.trim().parse().ok()) {
            _ if matches!(self.status, 204 | 304) => Stage::Over,
            Some(length) => Stage::Length(length),
            None => Stage::Open,
        }
    }
}

fn tolerant() -> ParserConfig {
    let mut config = ParserConfig::default();
    config
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .ignore_invalid_headers_in_responses(true);
    config
}

/// The size that a line gives, in bytes: hexadecimal, with or without an extension behind it.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let digits = std::str::from_utf8(digits).ok()?;
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| usize::from_str_radix(digits, 16).ok())?
}

/// `[error]0`, with any number.
fn is_last_line(line: &[u8]) -> bool {
    let number = line.trim_ascii_end().strip_prefix(b"[error]").unwrap_or_default();
    !number.is_empty() && number.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Outcome = Result<(Head, Vec<u8>, bool), Broken>;

    fn all(parts: &[&[u8]]) -> Outcome {
        let mut incoming = Incoming::new(10_000);
        for part in parts {
            incoming.feed(part)?;
        }
        Ok(incoming.end())
    }

    fn at_once(text: &str) -> (u16, String, bool) {
        let (head, body, complete) = all(&[text.as_bytes()]).unwrap();
        (head.status, String::from_utf8(body).unwrap(), complete)
    }

    #[test]
    fn lines_may_end_with_a_line_feed_only() {
        let text = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nSet-Cookie: a=b\n\n3\nabc\n4\n\ndef\n0\n\n";
        assert_eq!(at_once(text), (200, "abc\ndef".to_owned(), true));
        let (head, ..) = all(&[text.as_bytes()]).unwrap();
        assert_eq!(head.headers.get("set-cookie").unwrap(), "a=b");
    }

    #[test]
    fn an_answer_may_begin_with_its_first_chunk() {
        assert_eq!(
            at_once("18\r\n[cgi]0\n$.ret=0;\n[error]0"),
            (200, "[cgi]0\n$.ret=0;\n[error]0".into(), true)
        );
        assert_eq!(at_once("5\r\nabcde\r\n0\r\n\r\n"), (200, "abcde".into(), true));
        assert_eq!(at_once("5\r\nabc"), (200, "abc".into(), false));
        assert_eq!(at_once("[error]9003\n"), (200, "[error]9003\n".into(), true));
    }

    #[test]
    fn an_answer_is_over_behind_its_last_line() {
        let mut incoming = Incoming::new(100);
        incoming.feed(b"HTTP/1.1 200 OK\r\n\r\na=1\n[error]90").unwrap();
        assert!(incoming.may_be_over() && !incoming.is_over());
        incoming.feed(b"03\r\n").unwrap();
        assert!(incoming.is_over());
        incoming.feed(b"more").unwrap();
        assert_eq!(incoming.end().1, b"a=1\n[error]9003\r\n");
    }

    #[test]
    fn what_only_looks_like_the_last_line_is_not() {
        for text in ["x[error]0\n", "[error]\n", "[error]x\n", "name=[error]0\n"] {
            let mut incoming = Incoming::new(100);
            incoming.feed(format!("HTTP/1.0 200 OK\r\n\r\n{text}").as_bytes()).unwrap();
            assert!(!incoming.is_over() && !incoming.may_be_over(), "{text}");
        }
    }

    #[test]
    fn a_body_has_the_announced_length_or_is_incomplete() {
        assert_eq!(at_once("HTTP/1.1 500 X\r\nContent-Length: 3\r\n\r\nabcdef"), (500, "abc".into(), true));
        assert_eq!(at_once("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), (200, "abc".into(), false));
        assert_eq!(at_once("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), (200, String::new(), true));
    }

    #[test]
    fn other_languages_are_refused() {
        for text in ["220 mail.example ESMTP\r\n", "<html>\n", "HTTP/x.y\r\n\r\n", "\n"] {
            assert_eq!(all(&[text.as_bytes()]), Err(Broken::NotHttp), "{text:?}");
        }
        let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(10_001));
        assert_eq!(all(&[endless.as_bytes()]), Err(Broken::TooLong));
    }

    /// Answers, and what looks like one.
    fn some_answer() -> impl Strategy<Value = Vec<u8>> {
        let head = prop_oneof![
            Just("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"),
            Just("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n"),
            Just("HTTP/1.0 500 Oh\r\n\r\n"),
            Just(""),
        ];
        let piece = prop_oneof![
            Just("5\r\nabcde\r\n".to_owned()),
            Just("a\n[error]0\n12\n".to_owned()),
            Just("[error]0\n".to_owned()),
            Just("[1,0,0,0,0,0]0\na=b\n".to_owned()),
            Just("0\r\n\r\n".to_owned()),
            "[ -~\r\n]{0,12}",
        ];
        (head, prop::collection::vec(piece, 0..6))
            .prop_map(|(head, pieces)| format!("{head}{}", pieces.concat()).into_bytes())
    }

    proptest! {
        #[test]
        fn it_does_not_matter_in_which_pieces_an_answer_comes(bytes in some_answer(), cuts: Vec<prop::sample::Index>) {
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.sort_unstable();
            let starts = std::iter::once(0).chain(cuts.iter().copied());
            let ends = cuts.iter().copied().chain([bytes.len()]);
            let parts: Vec<_> = starts.zip(ends).map(|(start, end)| &bytes[start..end]).collect();
            prop_assert_eq!(all(&parts), all(&[&bytes]));
        }

        #[test]
        fn noise_is_survived(bytes: Vec<u8>) {
            drop(all(&bytes.chunks(7).collect::<Vec<_>>()));
        }
    }
}
