//! Real sockets, and a Carbon of the test's own that has all the bad habits.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::super::courier::{Pace, Shared};
use super::super::sender::Task;
use super::super::wire::{Deadlines, Dialler, connect};
use super::*;
use crate::engine::World;
use crate::model::Clock;

const SOON: Duration = Duration::from_secs(20);
const HURRIED: Pace = Pace {
    pauses: (Duration::from_millis(5), Duration::from_millis(20)),
    arrived: Duration::from_millis(1500),
    farewell: Duration::from_secs(2),
};
const SHORT: Deadlines = Deadlines {
    connect: Duration::from_millis(500),
    write: Duration::from_millis(500),
    datagrams: Duration::from_millis(1),
};

struct Bridge {
    shared: Shared,
    stop: CancellationToken,
    sender: JoinHandle<()>,
    _world: watch::Sender<World>,
}

impl Bridge {
    fn to(address: Address) -> Self {
        let (world, seen) = watch::channel(World::default());
        let stop = CancellationToken::new();
        let task = Task::new(
            &settings(address.clone(), 10_000_000, 3600),
            Dialler::new(address, SHORT),
            HURRIED,
            seen,
            Clock::system(),
            fastrand::Rng::with_seed(7),
        );
        let shared = task.shared.clone();
        Self { shared, sender: tokio::spawn(task.run(stop.clone())), stop, _world: world }
    }

    fn tell(&self, numbers: std::ops::Range<u32>) {
        self.shared.push(numbers.map(line).collect());
    }

    async fn until(&self, what: &str, is_so: impl FnMut(&Figures) -> bool) {
        let mut figures = self.shared.figures();
        let came = timeout(SOON, figures.wait_for(is_so)).await;
        assert!(came.is_ok(), "never: {what}");
    }

    async fn stop(self) -> Duration {
        let began = Instant::now();
        self.stop.cancel();
        self.sender.await.unwrap();
        began.elapsed()
    }
}

fn line(number: u32) -> String {
    format!("router2mqtt.modem.downstream.{number}.snr_db 40.5 1800000000\n")
}

fn all(numbers: std::ops::Range<u32>) -> String {
    numbers.map(line).collect()
}

async fn listen() -> (TcpListener, Address) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = address(Protocol::Tcp, listener.local_addr().unwrap());
    (listener, address)
}

async fn accept(listener: &TcpListener) -> TcpStream {
    timeout(SOON, listener.accept()).await.expect("nobody came").unwrap().0
}

/// Reads as much as is expected.
async fn read(stream: &mut TcpStream, expected: &str) {
    let mut text = vec![0; expected.len()];
    timeout(SOON, stream.read_exact(&mut text)).await.expect("not all came").unwrap();
    assert!(text == expected.as_bytes(), "{}", String::from_utf8_lossy(&text));
}

async fn closed(mut stream: TcpStream) {
    assert_eq!(timeout(SOON, stream.read(&mut [0; 10])).await.unwrap().unwrap(), 0);
}

#[tokio::test]
async fn lines_travel_in_one_connection_which_is_closed_at_the_end() {
    let (carbon, address) = listen().await;
    let bridge = Bridge::to(address);
    bridge.tell(0..3);
    let mut stream = accept(&carbon).await;
    read(&mut stream, &all(0..3)).await;
    bridge.tell(3..6);
    read(&mut stream, &all(3..6)).await;
    bridge.until("all have arrived", |figures| figures.sent == 6 && figures.connected).await;
    bridge.tell(6..7);
    let end = tokio::spawn(bridge.stop());
    read(&mut stream, &all(6..7)).await;
    closed(stream).await;
    assert!(end.await.unwrap() < Duration::from_millis(1900));
}

#[tokio::test]
async fn one_that_dies_and_comes_back_gets_everything() {
    let (carbon, address) = listen().await;
    let port = carbon.local_addr().unwrap();
    let bridge = Bridge::to(address);
    bridge.tell(0..100);
    let mut stream = accept(&carbon).await;
    read(&mut stream, &all(0..100)).await;
    drop((stream, carbon));
    bridge.until("the end is seen", |figures| !figures.connected).await;
    bridge.tell(100..200);
    let carbon = TcpListener::bind(port).await.unwrap();
    let mut stream = accept(&carbon).await;
    // It may have died before it had done anything with what it had.
    read(&mut stream, &all(0..200)).await;
    bridge.until("all have arrived", |figures| figures.sent == 200).await;
}

#[tokio::test]
async fn a_line_that_was_torn_is_written_as_a_whole() {
    let (carbon, address) = listen().await;
    let bridge = Bridge::to(address);
    bridge.tell(0..1000);
    let mut stream = accept(&carbon).await;
    read(&mut stream, &(line(0) + "router2mqtt.m")).await;
    drop(stream);
    let mut stream = accept(&carbon).await;
    read(&mut stream, &all(0..1000)).await;
}

#[tokio::test]
async fn one_that_does_not_read_is_left_alone() {
    let (carbon, address) = listen().await;
    let bridge = Bridge::to(address);
    bridge.tell(0..100_000);
    let deaf = accept(&carbon).await;
    let mut stream = accept(&carbon).await;
    read(&mut stream, &all(0..100_000)).await;
    bridge.until("all have arrived", |figures| figures.sent == 100_000 && figures.lost == 0).await;
    drop(deaf);
}

#[tokio::test]
async fn one_that_is_slow_is_waited_for() {
    let (carbon, address) = listen().await;
    let bridge = Bridge::to(address);
    bridge.tell(0..100_000);
    let mut stream = accept(&carbon).await;
    let (mut rest, mut steps) = (all(0..100_000).len(), interval(Duration::from_millis(20)));
    let mut piece = vec![0; 64 * 1024];
    while rest > 0 {
        steps.tick().await;
        let read = timeout(SOON, stream.read(&mut piece)).await.unwrap().unwrap();
        assert!(read > 0, "it lost its patience with {rest} bytes to go");
        rest -= read;
    }
    assert!(timeout(Duration::from_millis(50), carbon.accept()).await.is_err(), "there is one connection");
}

#[tokio::test]
async fn what_it_says_is_not_listened_to() {
    let (carbon, address) = listen().await;
    let bridge = Bridge::to(address);
    bridge.tell(0..1);
    let mut stream = accept(&carbon).await;
    stream.write_all(&[b'x'; 10_000]).await.unwrap();
    read(&mut stream, &all(0..1)).await;
    bridge.tell(1..2);
    read(&mut stream, &all(1..2)).await;
}

#[tokio::test]
async fn one_that_neither_reads_nor_leaves_does_not_delay_the_end() {
    let (carbon, address) = listen().await;
    let bridge = Bridge::to(address);
    bridge.tell(0..100_000);
    let _deaf = accept(&carbon).await;
    assert!(bridge.stop().await < Duration::from_millis(2300));
}

#[tokio::test]
async fn each_address_of_a_name_is_tried() {
    let (carbon, _) = listen().await;
    let open = carbon.local_addr().unwrap();
    let shut = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert!(connect(Protocol::Tcp, &[shut, open], SHORT).await.is_ok());
    assert!(connect(Protocol::Tcp, &[open, shut], SHORT).await.is_ok());
    assert!(connect(Protocol::Tcp, &[shut], SHORT).await.is_err());
    assert!(connect(Protocol::Udp, &[], SHORT).await.is_err());
}

#[tokio::test]
async fn names_and_ipv6_work() {
    let carbon = TcpListener::bind("[::1]:0").await.unwrap();
    let bridge = Bridge::to(address(Protocol::Tcp, carbon.local_addr().unwrap()));
    bridge.tell(0..1);
    read(&mut accept(&carbon).await, &all(0..1)).await;
    let (carbon, address) = listen().await;
    let bridge = Bridge::to(Address { host: "localhost".into(), ..address });
    bridge.tell(0..1);
    read(&mut accept(&carbon).await, &all(0..1)).await;
}

/// Takes datagrams until this text is there, whatever came twice.
async fn datagrams(socket: &UdpSocket, last: &str) -> String {
    let mut text = String::new();
    let mut datagram = [0; 2000];
    while !text.ends_with(last) {
        let length = timeout(SOON, socket.recv(&mut datagram)).await.expect("not all came").unwrap();
        assert!(length <= 1400, "{length}");
        let lines = std::str::from_utf8(&datagram[..length]).unwrap();
        assert!(lines.starts_with("router2mqtt.") && lines.ends_with('\n'), "whole lines");
        text.push_str(lines);
    }
    text
}

#[tokio::test]
async fn datagrams_hold_whole_lines() {
    for any in ["127.0.0.1:0", "[::1]:0"] {
        let carbon = UdpSocket::bind(any).await.unwrap();
        let bridge = Bridge::to(address(Protocol::Udp, carbon.local_addr().unwrap()));
        bridge.tell(0..200);
        assert_eq!(datagrams(&carbon, &line(199)).await, all(0..200));
        bridge.until("nobody complained", |figures| figures.sent == 200).await;
        bridge.tell(200..201);
        assert!(bridge.stop().await < Duration::from_millis(500));
        assert_eq!(datagrams(&carbon, &line(200)).await, line(200));
    }
}

#[tokio::test]
async fn datagrams_that_nobody_took_are_sent_again() {
    let carbon = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let socket: SocketAddr = carbon.local_addr().unwrap();
    drop(carbon);
    let bridge = Bridge::to(address(Protocol::Udp, socket));
    bridge.tell(0..50);
    bridge.until("it is sent to", |figures| figures.connected).await;
    bridge.until("nobody is there", |figures| !figures.connected).await;
    let carbon = UdpSocket::bind(socket).await.unwrap();
    let text = datagrams(&carbon, &line(49)).await;
    assert!(text.ends_with(&all(0..50)), "{text}");
}
