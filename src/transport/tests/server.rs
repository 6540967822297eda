use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A port at which every connection is handed to `serve`. The runtime of the test ends it.
pub(super) async fn port<F, Fut>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// A plain box that reads a request, sends these bytes, and closes the connection.
pub(super) async fn says(bytes: &'static str) -> String {
    let address = port(move |mut stream| async move {
        hear(&mut stream).await;
        say(&mut stream, bytes).await;
    })
    .await;
    format!("http://{address}")
}

/// The same over TLS. The connection is torn down without the farewell that TLS asks for.
pub(super) async fn says_over_tls(config: Arc<ServerConfig>, bytes: &'static str) -> String {
    let address = port(move |stream| {
        let config = Arc::clone(&config);
        async move {
            if let Some(mut stream) = greet(config, stream).await {
                hear(&mut stream).await;
                say(&mut stream, bytes).await;
            }
        }
    })
    .await;
    format!("https://{address}")
}

pub(super) async fn greet(config: Arc<ServerConfig>, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    TlsAcceptor::from(config).accept(stream).await.ok()
}

/// Reads up to the empty line after the head of a request, and returns the head.
pub(super) async fn hear(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut heard = Vec::new();
    while !heard.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => heard.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(heard).unwrap()
}

pub(super) async fn say(stream: &mut (impl AsyncWrite + Unpin), text: &str) {
    // The other end may have heard enough.
    drop(stream.write_all(text.as_bytes()).await);
    drop(stream.flush().await);
}
