//! Somebody who is told what happens: a server that takes what is posted to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A message that came.
#[derive(Clone, Debug)]
pub struct Came {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// The server.
#[derive(Clone)]
pub struct Hook {
    port: u16,
    came: Arc<Mutex<Vec<Came>>>,
    status: Arc<Mutex<&'static str>>,
}

impl Hook {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hook = Self::at(listener.local_addr().unwrap().port());
        let server = hook.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().take(stream));
            }
        });
        hook
    }

    /// A port at which nobody is.
    pub async fn nobody() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::at(listener.local_addr().unwrap().port())
    }

    fn at(port: u16) -> Self {
        Self { port, came: Arc::default(), status: Arc::new(Mutex::new("200 OK")) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What is answered from now on.
    pub fn answers(&self, status: &'static str) {
        *self.status.lock().unwrap() = status;
    }

    pub fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    async fn take(self, mut stream: TcpStream) {
        let mut text = Vec::new();
        let came = loop {
            if stream.read_buf(&mut text).await.unwrap_or(0) == 0 {
                return;
            }
            if let Some(came) = whole(&String::from_utf8_lossy(&text)) {
                break came;
            }
        };
        self.came.lock().unwrap().push(came);
        let status = *self.status.lock().unwrap();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.ok();
    }
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
