//! A server that says exactly what a test puts into its mouth.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A box of cans: a raw answer for each path, and a list of what was asked for.
#[derive(Clone)]
pub struct Canned {
    pub url: String,
    cans: Arc<Mutex<BTreeMap<String, String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    pub async fn serving(cans: &[(&str, String)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let canned = Self {
            url: format!("http://{}", port.local_addr().unwrap()),
            cans: Arc::default(),
            asked: Arc::default(),
        };
        for (path, answer) in cans {
            canned.put(path, answer.clone());
        }
        let server = canned.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = port.accept().await {
                server.answer(stream).await;
            }
        });
        canned
    }

    pub fn put(&self, path: &str, answer: String) {
        self.cans.lock().unwrap().insert(path.to_owned(), answer);
    }

    pub fn asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    async fn answer(&self, mut stream: TcpStream) {
        let mut request = Vec::new();
        while !is_whole(&request) && stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {}
        let head = String::from_utf8_lossy(&request).into_owned();
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let answer = self.cans.lock().unwrap().get(&path).cloned().unwrap_or_else(|| status(404));
        self.asked.lock().unwrap().push(path);
        stream.write_all(answer.as_bytes()).await.ok();
        stream.shutdown().await.ok();
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    body.len() >= length.unwrap_or(0)
}

/// An answer with a body.
pub fn ok(body: &str) -> String {
    ok_with("", body)
}

/// An answer with a body, and another header line.
pub fn ok_with(header: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{header}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// An answer without one.
pub fn status(status: u16) -> String {
    format!("HTTP/1.1 {status} Status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

/// An answer that sends elsewhere, with another header line.
pub fn redirect(to: &str, header: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\n{header}Content-Length: 0\r\nConnection: close\r\n\r\n")
}
