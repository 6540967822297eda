//! Somebody who is told what happens: a server that takes what is posted to it.

use std::sync::{Arc, Mutex};

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use super::posted::{Came, receive};

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
        let Some(came) = receive(&mut stream).await else { return };
        self.came.lock().unwrap().push(came);
        let status = *self.status.lock().unwrap();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.ok();
    }
}
