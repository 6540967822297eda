//! HAR 1.2, the format in which browsers, too, save what was said to a server: the parts of it that matter here.
//!
//! Reading is tolerant: what is missing, unknown or of another type is left out, and the rest is kept.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

/// No recording of a box is longer, in bytes.
const MAX_FILE: u64 = 256 * 1024 * 1024;

/// A recording.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Har {
    /// Everything that is in it.
    pub log: Log,
}

/// Why a file is no recording.
#[derive(Debug, thiserror::Error)]
pub enum HarError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is longer than any recording of a box.
    #[error("is longer than {MAX_FILE} bytes")]
    TooLong,
    /// The file holds something else.
    #[error("is no HAR file: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl Har {
    /// Reads a recording from a file.
    ///
    /// # Errors
    /// When there is no such file, or it holds something else.
    pub fn read(path: &Path) -> Result<Self, HarError> {
        if fs::metadata(path)?.len() > MAX_FILE {
            return Err(HarError::TooLong);
        }
        Self::parse(&fs::read(path)?)
    }

    /// Reads a recording.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(bytes: &[u8]) -> Result<Self, HarError> {
        // Some browsers on Windows begin the file with a byte order mark.
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        Ok(serde_json::from_slice(bytes)?)
    }

    /// Writes the recording into a file that only its owner can read. The file appears when it is complete.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(format!(".{:08x}.tmp", fastrand::u32(..)));
        let unfinished = path.with_file_name(name);
        let written = write_new(&unfinished, &text).and_then(|()| fs::rename(&unfinished, path));
        if written.is_err() {
            // It may not exist; the first error is the one that counts.
            drop(fs::remove_file(&unfinished));
        }
        written
    }
}

fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// What a recording holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Log {
    /// The version of the format.
    #[serde(default, deserialize_with = "lenient")]
    pub version: String,
    /// Who recorded.
    #[serde(default, deserialize_with = "lenient")]
    pub creator: Creator,
    /// What only our own recordings know.
    #[serde(rename = "_router2mqtt", default, deserialize_with = "lenient")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<About>,
    /// The exchanges, in the order in which they began.
    #[serde(deserialize_with = "lenient_list")]
    pub entries: Vec<Entry>,
    /// A note.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A program that records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Creator {
    /// Its name.
    #[serde(default, deserialize_with = "lenient")]
    pub name: String,
    /// Its version.
    #[serde(default, deserialize_with = "lenient")]
    pub version: String,
}

/// What only our own recordings know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The family of the box, as `type:` has it in the configuration.
    #[serde(rename = "type", default, deserialize_with = "lenient")]
    pub family: Option<String>,
}

/// One exchange.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When it began, as ISO 8601.
    #[serde(default, deserialize_with = "lenient")]
    pub started_date_time: String,
    /// How long it took, in milliseconds.
    #[serde(default, deserialize_with = "lenient")]
    pub time: f64,
    /// What was asked.
    pub request: Request,
    /// What came back.
    pub response: Response,
    /// Nothing; the format wants it to be there.
    #[serde(default, deserialize_with = "lenient")]
    pub cache: Cache,
    /// Where the time went.
    #[serde(default, deserialize_with = "lenient")]
    pub timings: Timings,
    /// A note.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// What a browser knew already: nothing.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Cache {}

/// Where the time went, in milliseconds; -1 is unknown.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Timings {
    /// Sending.
    #[serde(default, deserialize_with = "lenient")]
    pub send: f64,
    /// Waiting for the answer.
    #[serde(default, deserialize_with = "lenient")]
    pub wait: f64,
    /// Receiving.
    #[serde(default, deserialize_with = "lenient")]
    pub receive: f64,
}

/// What was asked.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The whole address.
    pub url: String,
    /// The version of HTTP.
    #[serde(default, deserialize_with = "lenient")]
    pub http_version: String,
    /// Always empty in what we write: the headers say it, too.
    #[serde(default, skip_deserializing)]
    pub cookies: [(); 0],
    /// The headers.
    #[serde(default, deserialize_with = "lenient_list")]
    pub headers: Vec<Pair>,
    /// The parts of the address's query.
    #[serde(default, deserialize_with = "lenient_list")]
    pub query_string: Vec<Pair>,
    /// The body.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub post_data: Option<PostData>,
    /// In bytes; -1 is unknown.
    #[serde(default = "unknown_size", skip_deserializing)]
    pub headers_size: i64,
    /// In bytes; -1 is unknown.
    #[serde(default = "unknown_size", deserialize_with = "lenient")]
    pub body_size: i64,
}

/// A name and a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    /// The name.
    pub name: String,
    /// The value.
    #[serde(default, deserialize_with = "lenient")]
    pub value: String,
}

/// The body of a request.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostData {
    /// Its type.
    #[serde(default, deserialize_with = "lenient")]
    pub mime_type: String,
    /// The fields of a form.
    #[serde(default, deserialize_with = "lenient_list")]
    pub params: Vec<Pair>,
    /// The body as it was sent.
    #[serde(default, deserialize_with = "lenient")]
    pub text: String,
}

/// What came back.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The status; browsers write 0 when nothing came back.
    #[serde(default, deserialize_with = "lenient")]
    pub status: u16,
    /// The status in words.
    #[serde(default, deserialize_with = "lenient")]
    pub status_text: String,
    /// The version of HTTP.
    #[serde(default, deserialize_with = "lenient")]
    pub http_version: String,
    /// Always empty in what we write: the headers say it, too.
    #[serde(default, skip_deserializing)]
    pub cookies: [(); 0],
    /// The headers.
    #[serde(default, deserialize_with = "lenient_list")]
    pub headers: Vec<Pair>,
    /// The body.
    #[serde(default, deserialize_with = "lenient")]
    pub content: Content,
    /// Where the box sends the browser.
    #[serde(rename = "redirectURL", default, deserialize_with = "lenient")]
    pub redirect_url: String,
    /// In bytes; -1 is unknown.
    #[serde(default = "unknown_size", skip_deserializing)]
    pub headers_size: i64,
    /// In bytes; -1 is unknown.
    #[serde(default = "unknown_size", deserialize_with = "lenient")]
    pub body_size: i64,
}

/// The body of an answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// In bytes.
    #[serde(default, deserialize_with = "lenient")]
    pub size: i64,
    /// Its type.
    #[serde(default, deserialize_with = "lenient")]
    pub mime_type: String,
    /// The body.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How the body is written here, if not as it is: `base64`.
    #[serde(default, deserialize_with = "lenient", skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
}

impl Content {
    /// The body as it was sent; empty when it was not recorded.
    pub fn bytes(&self) -> Vec<u8> {
        let text = self.text.as_deref().unwrap_or_default();
        if self.encoding.as_deref() == Some("base64") {
            let packed: String = text.split_ascii_whitespace().collect();
            STANDARD.decode(packed).unwrap_or_default()
        } else {
            text.as_bytes().to_vec()
        }
    }
}

const fn unknown_size() -> i64 {
    -1
}

fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(input: D) -> Result<T, D::Error> {
    Ok(serde_json::from_value(Json::deserialize(input)?).unwrap_or_default())
}

fn lenient_list<'de, D: Deserializer<'de>, T: DeserializeOwned>(input: D) -> Result<Vec<T>, D::Error> {
    let items = match Json::deserialize(input)? {
        Json::Array(items) => items,
        _ => Vec::new(),
    };
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROWSER: &str = r#"{"log": {
        "version": "1.2", "pages": [{"id": "page_1"}], "browser": {"name": "Some"},
        "creator": {"name": "WebInspector", "version": "537.36"},
        "entries": [
            {"_initiator": {"type": "script"}, "startedDateTime": "2026-11-20T08:00:00.000Z", "time": 12.5,
             "request": {"method": "GET", "url": "http://192.168.0.1/data?x=1", "httpVersion": "http/1.1",
                "headers": [{"name": "Accept", "value": "*/*", "_odd": 1}, {"name": 7}],
                "queryString": [{"name": "x", "value": "1"}], "cookies": [{"name": "a", "value": "b"}],
                "headersSize": 300, "bodySize": 0, "postData": null},
             "response": {"status": 200, "statusText": "OK", "headers": null, "cookies": [], "redirectURL": null,
                "content": {"size": 8, "mimeType": "application/json", "text": "eyJhIjog\nMX0=", "encoding": "base64"},
                "_transferSize": 300},
             "cache": null, "timings": {"blocked": -1, "wait": 3, "send": "?"}},
            {"request": "broken"},
            {"request": {"method": "GET", "url": "http://192.168.0.1/blocked"}, "response": {"status": 0}}
        ]}}"#;

    #[test]
    fn a_browsers_recording_is_read() {
        let har = Har::parse(format!("\u{feff}{BROWSER}").as_bytes()).unwrap();
        let [first, blocked] = har.log.entries.as_slice() else { panic!("two of three entries can be read") };
        assert_eq!(first.response.content.bytes(), b"{\"a\": 1}");
        assert_eq!(first.request.headers, [Pair { name: "Accept".into(), value: "*/*".into() }]);
        assert_eq!((first.time, first.timings.wait, first.timings.send), (12.5, 3.0, 0.0));
        assert_eq!(blocked.response.status, 0);
        assert_eq!(har.log.about, None);
    }

    #[test]
    fn what_is_written_can_be_read_again() {
        let once = serde_json::to_value(Har::parse(BROWSER.as_bytes()).unwrap()).unwrap();
        let twice = serde_json::to_value(Har::parse(once.to_string().as_bytes()).unwrap()).unwrap();
        assert_eq!(once, twice);
        assert_eq!(once["log"]["entries"][0]["request"]["cookies"], serde_json::json!([]));
        assert_eq!(once["log"]["entries"][0]["cache"], serde_json::json!({}));
    }

    #[test]
    fn something_else_is_refused() {
        for text in ["", "[]", "{}", r#"{"log": 1}"#, r#"{"log": {"version": "1.2"}}"#] {
            assert!(Har::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
