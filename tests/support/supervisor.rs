//! A Supervisor as Home Assistant has one, as far as an app can see it: what it says of the broker changes as the test likes.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The token that it gives to the app at this start.
pub const TOKEN: &str = "token-of-this-start";

/// The Supervisor.
#[derive(Clone)]
pub struct Supervisor {
    pub url: String,
    answer: Arc<Mutex<(u16, String)>>,
    asked: Arc<Mutex<usize>>,
}

impl Supervisor {
    /// One that knows of no broker yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let supervisor = Self { url, answer: Arc::default(), asked: Arc::default() };
        supervisor.knows_no_broker();
        let server = supervisor.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                server.converse(stream).await;
            }
        });
        supervisor
    }

    async fn converse(&self, mut stream: TcpStream) {
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n")
            && stream.read_buf(&mut request).await.is_ok_and(|read| read > 0)
        {}
        let (status, body) = self.answer_to(&String::from_utf8_lossy(&request));
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status} Status\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        stream.write_all((head + &body).as_bytes()).await.ok();
    }

    /// As the real one does it: plain text where the token is missing or wrong, JSON elsewhere.
    fn answer_to(&self, request: &str) -> (u16, String) {
        let mut lines = request.lines();
        let first = lines.next().unwrap_or_default().to_owned();
        let given = lines.find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("authorization").then(|| value.to_owned())
        });
        match given {
            None => (401, "401: Unauthorized".to_owned()),
            Some(given) if given != format!("Bearer {TOKEN}") => (403, "403: Forbidden".to_owned()),
            Some(_) if first == "GET /services/mqtt HTTP/1.1" => {
                *self.asked.lock().unwrap() += 1;
                self.answer.lock().unwrap().clone()
            }
            Some(_) => (404, r#"{"result": "error", "message": "Service does not exist"}"#.to_owned()),
        }
    }

    pub fn knows_no_broker(&self) {
        let body = r#"{"result": "error", "message": "Service not enabled"}"#;
        *self.answer.lock().unwrap() = (400, body.to_owned());
    }

    pub fn knows_broker(&self, port: u16, username: &str, password: &str) {
        let data = serde_json::json!({
            "addon": "core_mosquitto", "host": "127.0.0.1", "port": port, "ssl": false, "protocol": "3.1.1",
            "username": username, "password": password,
        });
        *self.answer.lock().unwrap() = (200, serde_json::json!({"result": "ok", "data": data}).to_string());
    }

    /// How often the app has asked for the broker.
    pub fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}
