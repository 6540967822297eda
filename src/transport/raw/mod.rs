//! HTTP for servers that break its rules so badly that no library talks to them. See [`Request::raw`].

mod incoming;

use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use self::incoming::{Broken, Incoming};
use super::errors::connection;
use super::names::{NotFound, lookup};
use super::{Reply, Request, Settings};
use crate::model::{Deadline, Fault};

/// How long to wait for more when an answer looks complete but nothing says that it is.
const AFTERTHOUGHT: Duration = Duration::from_millis(300);

/// How much is read at once, in bytes.
const PIECE: usize = 8 * 1024;

/// An answer of which the head has come in.
#[derive(Debug)]
pub(super) struct Answer {
    stream: TcpStream,
    incoming: Incoming,
    what: String,
}

/// Sends a request over a connection of its own, and reads the head of the answer.
pub(super) async fn ask(request: &Request, url: &Url, settings: &Settings) -> Result<Answer, Fault> {
    let mut stream = timeout(settings.deadlines.connect, connect(url))
        .await
        .map_err(|_| Fault::TimedOut(Deadline::Connect))??;
    let sent = stream.write_all(&written(request, url)).await;
    let what = request.what().to_owned();
    let mut answer = Answer { stream, incoming: Incoming::new(settings.body_cap), what };
    // A server that has heard enough may answer and hang up before everything was sent.
    while !answer.incoming.has_head() {
        match answer.read_piece().await {
            Ok(0) if answer.incoming.is_empty() => {
                let why = sent.err().map_or_else(|| "the connection was closed".to_owned(), |e| spoken(&e));
                return Err(Fault::Unreachable(why));
            }
            Ok(0) => return Err(not_http()),
            Ok(_) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(answer)
}

impl Answer {
    /// The whole answer. It ends where the framing says so, behind its last line, or with the connection.
    pub(super) async fn whole(mut self) -> Result<Reply, Fault> {
        while !self.incoming.is_over() {
            let read = if self.incoming.may_be_over() {
                timeout(AFTERTHOUGHT, self.read_piece()).await.unwrap_or(Ok(0))
            } else {
                self.read_piece().await
            };
            match read {
                Ok(0) | Err(Fault::Unreachable(_)) => break,
                Ok(_) => {}
                Err(fault) => return Err(fault),
            }
        }
        let (head, body, complete) = self.incoming.end();
        if body.is_empty() && !complete {
            return Err(Fault::Unreachable("the connection was closed before the body of the answer".into()));
        }
        Ok(Reply { what: self.what, status: head.status, headers: head.headers, body, complete })
    }

    async fn read_piece(&mut self) -> Result<usize, Fault> {
        let mut piece = Vec::with_capacity(PIECE);
        let read = self.stream.read_buf(&mut piece).await.map_err(|e| Fault::Unreachable(spoken(&e)))?;
        self.incoming.feed(&piece).map_err(|broken| match broken {
            Broken::NotHttp => not_http(),
            Broken::TooLong => {
                Fault::malformed(&self.what, format!("more than {} bytes", self.incoming.cap()))
            }
        })?;
        Ok(read)
    }
}

async fn connect(url: &Url) -> Result<TcpStream, Fault> {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
    // An IPv6 address stands in brackets in a URL, but nowhere else.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = lookup(host, port).await.map_err(|_| Fault::Unreachable(NotFound.to_string()))?;
    TcpStream::connect(addresses.as_slice()).await.map_err(|e| Fault::Unreachable(spoken(&e)))
}

fn spoken(error: &std::io::Error) -> String {
    connection(error, false)
}

fn not_http() -> Fault {
    Fault::Unreachable("no answer in HTTP; if its port speaks TLS, write https:// in 'url'".to_owned())
}

/// The request as it goes over the wire. What a header carries is neither quoted nor escaped.
fn written(request: &Request, url: &Url) -> Vec<u8> {
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut lines = vec![
        format!("{} {target} HTTP/1.1", request.method),
        format!("Host: {host}"),
        concat!("User-Agent: router2mqtt/", env!("CARGO_PKG_VERSION")).to_owned(),
    ];
    for (name, value) in &request.headers {
        // A line break would begin another header.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        lines.push(format!("{name}: {value}"));
    }
    let body = request.body.encoded();
    if let Some((kind, _)) = &body {
        lines.push(format!("Content-Type: {kind}"));
    }
    let body = body.map(|(_, text)| text).unwrap_or_default();
    lines.push(format!("Content-Length: {}", body.len()));
    lines.push("Connection: close".to_owned());
    format!("{}\r\n\r\n{body}", lines.join("\r\n")).into_bytes()
}
