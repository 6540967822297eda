//! The TCP connection to the broker: both ends say at once what they have to say.
//!
//! Brokers, Mosquitto among them, hold a small packet back while an earlier one is unacknowledged (Nagle's algorithm), and
//! this machine's kernel acknowledges up to 40 ms late when it has nothing to send. Together that would be 40 ms at the end
//! of each row of publishes, and before each command that comes shortly after one. So we acknowledge what we have read.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long an address may be silent before the next one is tried beside it.
const STAGGER: Duration = Duration::from_millis(250);

/// A connection without delays of its own.
#[derive(Debug)]
pub(super) struct Wire(TcpStream);

impl Wire {
    /// Connects to `host:port`. A name can have several addresses, and not each of them somebody who answers.
    pub(super) async fn connect(host: String) -> io::Result<Self> {
        let mut addresses = lookup_host(host).await?;
        let mut attempts = FuturesUnordered::new();
        let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        loop {
            match addresses.next() {
                Some(address) => attempts.push(TcpStream::connect(address)),
                None if attempts.is_empty() => return Err(failure),
                None => {}
            }
            match timeout(STAGGER, attempts.next()).await {
                Ok(Some(Ok(stream))) => return stream.set_nodelay(true).map(|()| Self(stream)),
                Ok(Some(Err(error))) => failure = error,
                Ok(None) | Err(_) => {}
            }
        }
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn acknowledge(&self) {
        // Without it everything works, only later.
        self.0.set_quickack(true).ok();
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const fn acknowledge(&self) {}
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.0).poll_read(context, buffer))?;
        self.acknowledge();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn what_is_sent_arrives_in_both_directions() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut wire = Wire::connect(listener.local_addr().unwrap().to_string()).await.unwrap();
        let (mut other, _) = listener.accept().await.unwrap();
        wire.write_all(b"there").await.unwrap();
        other.write_all(b"back").await.unwrap();
        let mut heard = [0; 5];
        other.read_exact(&mut heard).await.unwrap();
        assert_eq!(&heard, b"there");
        drop(other);
        let mut rest = Vec::new();
        wire.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"back");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_was_read_is_acknowledged_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut wire = Wire::connect(listener.local_addr().unwrap().to_string()).await.unwrap();
        let (mut other, _) = listener.accept().await.unwrap();
        wire.0.set_quickack(false).unwrap();
        other.write_all(b"1").await.unwrap();
        wire.read_u8().await.unwrap();
        assert!(wire.0.quickack().unwrap() && wire.0.nodelay().unwrap());
    }

    #[tokio::test]
    async fn nobody_at_the_port_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let error = Wire::connect(address).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
