//! What is posted to a server of a test.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// A message that came.
#[derive(Clone, Debug)]
pub struct Came {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Came {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// The message that comes, unless whoever posts it goes before it is whole.
pub async fn receive(stream: &mut TcpStream) -> Option<Came> {
    let mut text = Vec::new();
    while stream.read_buf(&mut text).await.ok()? > 0 {
        if let Some(came) = whole(&String::from_utf8_lossy(&text)) {
            return Some(came);
        }
    }
    None
}

fn whole(text: &str) -> Option<Came> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: BTreeMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length: usize = headers.get("content-length")?.parse().ok()?;
    (body.len() >= length).then(|| Came { path, headers, body: body.to_owned() })
}
