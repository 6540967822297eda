//! Whoever means it ill gets an answer that says no, or none, in bounded time; and no box hears of it.

use std::time::Duration;

use router2mqtt::simulators::Options;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use crate::house::{House, RARELY, box_, rest, send};

/// How long a request may take to arrive, with the time that a busy machine needs.
const CUT_OFF: Duration = Duration::from_secs(20);

async fn house() -> (House, router2mqtt::simulators::Running) {
    let freebox = box_("freebox", Options::default()).await;
    let boxes = [("fiber", &freebox, json!({"every": RARELY}))];
    let house = House::open(&boxes, json!({"fresh_for": "1h"}), json!({})).await.ready().await;
    (house, freebox)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_question_is_refused() {
    let (house, freebox) = house().await;
    let before = freebox.tally().requests();
    let long = "x".repeat(3000);
    let longer = "x".repeat(100_000);
    let flood = "X-Many: 1\r\n".repeat(500);
    for (line, headers, allowed) in [
        ("POST /metrics", "Content-Length: 0\r\n", &[405][..]),
        ("DELETE /probe?target=fiber", "", &[405]),
        ("TRACE /", "", &[405]),
        ("OPTIONS *", "", &[405]),
        ("BREW /probe", "", &[405]),
        ("CONNECT box:80", "", &[400, 405]),
        ("GET /", "", &[404]),
        ("GET /metrics/", "", &[404]),
        ("GET /metrics/../probe", "", &[404]),
        ("GET /../../etc/passwd", "", &[404]),
        ("GET /%2e%2e/%2e%2e/etc/passwd", "", &[404]),
        ("GET //metrics", "", &[404]),
        ("GET metrics", "", &[400, 404]),
        ("GET /probe?target=fi%00ber&usr=a&pwd=b", "", &[403]),
        ("GET /probe?target=%ff&usr=a&pwd=b", "", &[403]),
        (&format!("GET /probe?target={long}"), "", &[414]),
        (&format!("GET /probe?target={longer}"), "", &[400, 414, 431]),
        ("GET /metrics", &flood, &[400, 431]),
        ("GET /metrics", &format!("X-Long: {longer}\r\n"), &[400, 431]),
        ("GET /metrics", "Bad Header\r\n", &[400]),
    ] {
        let answer = send(house.address, &format!("{line} HTTP/1.1\r\nHost: bridge\r\n{headers}\r\n")).await;
        assert!(allowed.contains(&answer.status), "{}: {answer:?}", &line[..line.len().min(60)]);
    }
    let no_http = send(house.address, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!(no_http.status == 0 || no_http.status >= 400, "{no_http:?}");
    let wrong =
        send(house.address, "POST /metrics HTTP/1.1\r\nHost: bridge\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(wrong.header("allow"), Some("get, head"));
    assert_eq!(house.get("/metrics").await.status, 200);
    assert_eq!(freebox.tally().requests(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_say_what_they_want_is_cut_off() {
    let (house, _freebox) = house().await;
    let began = Instant::now();
    let mut silent = TcpStream::connect(house.address).await.unwrap();
    let mut half = TcpStream::connect(house.address).await.unwrap();
    half.write_all(b"GET /metrics HTTP/1.1\r\nHost: bri").await.unwrap();
    let mut slow = TcpStream::connect(house.address).await.unwrap();
    let drip = async {
        slow.write_all(b"GET /metrics HTTP/1.1\r\n").await.ok();
        // Each header is in time; their sum is not.
        while slow.write_all(b"X-Slow: 1\r\n").await.is_ok() && began.elapsed() < CUT_OFF {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let (silence, half, ()) = tokio::join!(rest(&mut silent), rest(&mut half), drip);
    assert!(!silence.contains("200 OK") && !half.contains("200 OK"), "{silence} {half}");
    assert!(began.elapsed() < CUT_OFF, "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_hang_on_keep_others_waiting_for_a_moment_only() {
    let (house, _freebox) = house().await;
    let mut idle = Vec::new();
    for _ in 0..200 {
        idle.push(TcpStream::connect(house.address).await.unwrap());
    }
    let began = Instant::now();
    assert_eq!(house.get("/healthz").await.status, 200);
    assert!(began.elapsed() < CUT_OFF, "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_hangs_on_keeps_the_bridge_from_its_end() {
    let (mut house, freebox) = house().await;
    let mut hanging = Vec::new();
    for request in ["", "GET /met", "GET /metrics HTTP/1.1\r\nHost: bridge\r\n\r\n"] {
        for _ in 0..20 {
            let mut stream = TcpStream::connect(house.address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            hanging.push(stream);
        }
    }
    let began = Instant::now();
    assert!(house.bridge.stop().await.success());
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(!house.bridge.log().contains("the HTTP server did not come to its end"));
    assert_eq!(freebox.tally().logouts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_reaches_no_address_that_is_not_listed() {
    let bystander = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = bystander.local_addr().unwrap().port();
    let freebox = box_("freebox", Options::default()).await;
    let allow = json!({"adhoc_probes": {"allow": ["192.0.2.1", "198.51.100.0/24", "localhost"]}});
    let house = House::open(&[("fiber", &freebox, json!({}))], allow, json!({})).await;
    for target in
        ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "::ffff:127.0.0.1", "192.0.2.1@127.0.0.1"]
    {
        for name in ["target", "address"] {
            let answer = house.get(&format!("/probe?{name}={target}&usr=a&pwd=b&_port={port}")).await;
            assert_eq!(answer.status, 403, "{target}: {answer:?}");
            assert!(!answer.body.contains(target), "{answer:?}");
        }
    }
    let heard = tokio::time::timeout(Duration::from_millis(100), bystander.accept()).await;
    assert!(heard.is_err(), "somebody came: {heard:?}");
}
