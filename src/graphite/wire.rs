//! The sockets. Everything that can block has a deadline here.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::time::{sleep, timeout};

use super::{Address, Protocol};

/// Whoever can connect.
pub(super) trait Dial: Send {
    /// What comes of it.
    type Wire: Wire;

    /// How many bytes are given to the wire at a time.
    fn batch(&self) -> usize;

    /// Connects.
    fn dial(&mut self) -> impl Future<Output = io::Result<Self::Wire>> + Send;
}

/// A connection.
pub(super) trait Wire: Send {
    /// Writes whole lines.
    fn write(&mut self, lines: &str) -> impl Future<Output = io::Result<()>> + Send;

    /// Waits until the other side ends the connection, or something breaks it. Can be given up at any time.
    fn ended(&mut self) -> impl Future<Output = io::Result<()>> + Send;

    /// Says goodbye, and waits until everything has arrived, as far as that can be known.
    fn finish(&mut self) -> impl Future<Output = io::Result<()>> + Send;
}

/// How long sockets may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    /// To find out the addresses, and to connect to one of them.
    pub(super) connect: Duration,
    /// To take any more bytes, or to confirm that they have arrived at the other machine.
    pub(super) write: Duration,
    /// The pause between two datagrams: many at once are more than a receiver has room for.
    pub(super) datagrams: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            write: Duration::from_secs(10),
            datagrams: Duration::from_millis(2),
        }
    }
}

/// What the system may hold back of a connection before it makes us wait: what it holds may be lost.
const HELD: usize = 64 * 1024;
/// What is written at a time.
const BATCH: usize = 16 * 1024;
/// The largest datagram that no network on the way takes apart.
const DATAGRAM: usize = 1400;

/// Connects to Carbon.
#[derive(Debug)]
pub(super) struct Dialler {
    address: Address,
    deadlines: Deadlines,
    /// How often it was tried: each time begins with another one of the addresses, as a datagram that gets lost does not tell.
    tries: usize,
}

impl Dialler {
    pub(super) const fn new(address: Address, deadlines: Deadlines) -> Self {
        Self { address, deadlines, tries: 0 }
    }

    async fn addresses(&mut self) -> io::Result<Vec<SocketAddr>> {
        let target = (self.address.host.as_str(), self.address.port);
        let found = in_time(self.deadlines.connect, "nobody says what its address is", lookup_host(target));
        let mut found: Vec<_> = found.await?.collect();
        let first = self.tries.checked_rem(found.len()).unwrap_or_default();
        found.rotate_left(first);
        self.tries = self.tries.wrapping_add(1);
        Ok(found)
    }
}

impl Dial for Dialler {
    type Wire = Socket;

    fn batch(&self) -> usize {
        match self.address.protocol {
            Protocol::Tcp => BATCH,
            Protocol::Udp => DATAGRAM,
        }
    }

    async fn dial(&mut self) -> io::Result<Socket> {
        let addresses = self.addresses().await?;
        connect(self.address.protocol, &addresses, self.deadlines).await
    }
}

async fn in_time<T>(
    patience: Duration,
    otherwise: &'static str,
    what: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    timeout(patience, what).await.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, otherwise)))
}

/// Connects to the first address at which that can be done.
pub(super) async fn connect(
    protocol: Protocol,
    addresses: &[SocketAddr],
    deadlines: Deadlines,
) -> io::Result<Socket> {
    let mut outcome = Err(io::Error::other("the name has no address"));
    for address in addresses {
        let connected = async {
            Ok(match protocol {
                Protocol::Tcp => Socket::Tcp(stream(*address, deadlines).await?, deadlines.write),
                Protocol::Udp => Socket::Udp(socket(*address).await?, deadlines),
            })
        };
        outcome = in_time(deadlines.connect, "it does not answer", connected).await;
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

async fn stream(address: SocketAddr, deadlines: Deadlines) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let options = SockRef::from(&stream);
    options.set_send_buffer_size(HELD)?;
    // Or a machine that has vanished would be believed in for a quarter of an hour.
    #[cfg(target_os = "linux")]
    options.set_tcp_user_timeout(Some(deadlines.write))?;
    Ok(stream)
}

async fn socket(address: SocketAddr) -> io::Result<UdpSocket> {
    let any = match address {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(address).await?;
    Ok(socket)
}

/// A socket that is connected.
#[derive(Debug)]
pub(super) enum Socket {
    /// And how long it may take to take more.
    Tcp(TcpStream, Duration),
    Udp(UdpSocket, Deadlines),
}

impl Wire for Socket {
    async fn write(&mut self, lines: &str) -> io::Result<()> {
        match self {
            Self::Tcp(stream, patience) => {
                let mut rest = lines.as_bytes();
                // It may be slow, as long as it moves.
                while !rest.is_empty() {
                    let taken = in_time(*patience, "it does not read", stream.write(rest)).await?;
                    if taken == 0 {
                        return Err(io::ErrorKind::WriteZero.into());
                    }
                    rest = rest.get(taken..).unwrap_or_default();
                }
            }
            Self::Udp(socket, deadlines) => {
                in_time(deadlines.write, "it cannot be sent to", socket.send(lines.as_bytes())).await?;
                sleep(deadlines.datagrams).await;
            }
        }
        Ok(())
    }

    async fn ended(&mut self) -> io::Result<()> {
        // Nobody is expected to say anything.
        let mut ignored = [0; 256];
        loop {
            let heard = match self {
                Self::Tcp(stream, _) => stream.read(&mut ignored).await?,
                Self::Udp(socket, _) => socket.recv(&mut ignored).await?.max(1),
            };
            if heard == 0 {
                return Ok(());
            }
        }
    }

    async fn finish(&mut self) -> io::Result<()> {
        if let Self::Tcp(stream, _) = self {
            stream.shutdown().await?;
            // Whoever has read to the end closes, too.
            self.ended().await?;
        }
        Ok(())
    }
}
