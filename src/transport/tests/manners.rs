use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::Instant;

use super::certificate::Certificate;
use super::server::{hear, port, say, says, says_over_tls};
use super::settings;
use crate::model::{Fault, FaultClass};
use crate::transport::{Request, Transport, Trust};

async fn asked(url: &str) -> Result<crate::transport::Reply, Fault> {
    Transport::new(settings(url), None).unwrap().send(Request::get("/data")).await
}

#[tokio::test]
async fn a_body_may_end_with_the_connection() {
    let reply = asked(&says("HTTP/1.0 200 OK\r\n\r\n{\"a\": 1}").await).await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.complete), ("{\"a\": 1}", true));
}

#[tokio::test]
async fn a_body_without_its_last_chunk_is_kept_and_marked() {
    let url = says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"a\": 1}\r\n").await;
    let reply = asked(&url).await.unwrap();
    assert_eq!((reply.text().as_ref(), reply.complete), ("{\"a\": 1}", false));
    assert_eq!(reply.json::<serde_json::Value>().unwrap()["a"], 1);
}

#[tokio::test]
async fn a_body_shorter_than_announced_says_that_it_was_cut_off() {
    let reply = asked(&says("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"a\":").await).await.unwrap();
    assert!(!reply.complete);
    let fault = reply.json::<serde_json::Value>().unwrap_err();
    assert_eq!(fault, Fault::malformed("/data", "cut off after 5 bytes"));
}

#[tokio::test]
async fn no_body_where_one_was_announced_is_a_fault() {
    let fault = asked(&says("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n").await).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::Unreachable, "{fault}");
    assert!(!fault.to_string().contains("https"), "it did answer in HTTP: {fault}");
}

#[tokio::test]
async fn an_answer_over_tls_may_end_without_a_farewell() {
    let certificate = Certificate::new();
    let url = says_over_tls(certificate.server(), "HTTP/1.0 200 OK\r\n\r\n{\"a\": 1}").await;
    let mut settings = settings(&url);
    settings.trust = Trust::Pinned(vec![certificate.pin()]);
    let reply = Transport::new(settings, None).unwrap().send(Request::get("/")).await.unwrap();
    assert_eq!(reply.json::<serde_json::Value>().unwrap()["a"], 1);
}

#[tokio::test]
async fn headers_that_break_the_rules_are_survived() {
    let url = says(
        "HTTP/1.1 200 OK\r\nno colon at all\r\nX Y : 1\r\nA : 2\r\nB: folded\r\n  over\r\nContent-Length: 2\r\n\r\nok",
    )
    .await;
    assert_eq!(asked(&url).await.unwrap().text(), "ok");
}

#[tokio::test]
async fn a_connection_that_was_to_be_kept_alive_is_not_missed() {
    // Promises to keep the connection, and closes it.
    let url = says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok").await;
    let transport = Transport::new(settings(&url), None).unwrap();
    for _ in 0..50 {
        assert_eq!(transport.send(Request::get("/")).await.unwrap().text(), "ok");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let url = says("HTTP/1.1 302 Found\r\nLocation: /login.html\r\nContent-Length: 0\r\n\r\n").await;
    let reply = asked(&url).await.unwrap();
    assert_eq!((reply.status, reply.header("location")), (302, Some("/login.html")));
}

#[tokio::test]
async fn cookies_come_back_until_they_are_forgotten() {
    let address = port(|mut stream| async move {
        let heard = hear(&mut stream).await.to_ascii_lowercase();
        let had = if heard.contains("cookie: session=abc") { "yes" } else { "no " };
        let head = "HTTP/1.1 200 OK\r\nSet-Cookie: session=abc; path=/\r\nContent-Length: 3\r\n\r\n";
        say(&mut stream, &format!("{head}{had}")).await;
    })
    .await;
    let transport = Transport::new(settings(&format!("http://{address}")), None).unwrap();
    let mut had = Vec::new();
    for _ in 0..2 {
        had.push(transport.send(Request::get("/")).await.unwrap().text().into_owned());
    }
    transport.forget_cookies();
    had.push(transport.send(Request::get("/")).await.unwrap().text().into_owned());
    assert_eq!(had, ["no ", "yes", "no "]);
}

#[tokio::test]
async fn the_next_request_waits_for_the_gap() {
    let url = says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let mut settings = settings(&url);
    settings.gap = Duration::from_millis(120);
    let transport = Transport::new(settings, None).unwrap();
    transport.send(Request::get("/")).await.unwrap();
    let ended = Instant::now();
    transport.send(Request::get("/")).await.unwrap();
    assert!(ended.elapsed() >= Duration::from_millis(115), "{:?}", ended.elapsed());
}

#[tokio::test]
async fn the_gap_is_kept_after_a_fault_too() {
    let refusing = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut settings = settings(&format!("http://{refusing}"));
    settings.gap = Duration::from_millis(120);
    let transport = Transport::new(settings, None).unwrap();
    let began = Instant::now();
    for _ in 0..2 {
        transport.send(Request::get("/")).await.unwrap_err();
    }
    assert!(began.elapsed() >= Duration::from_millis(115), "{:?}", began.elapsed());
}

#[tokio::test]
async fn two_requests_never_overlap() {
    let now = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (counted, peak) = (Arc::clone(&now), Arc::clone(&most));
    let address = port(move |mut stream| {
        let (now, most) = (Arc::clone(&counted), Arc::clone(&peak));
        async move {
            hear(&mut stream).await;
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Gives a second request every chance to come in.
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            now.fetch_sub(1, Ordering::SeqCst);
            say(&mut stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        }
    })
    .await;
    let transport = Transport::new(settings(&format!("http://{address}")), None).unwrap();
    let transport = Arc::new(transport);
    let sending: Vec<_> = (0..8)
        .map(|_| {
            let transport = Arc::clone(&transport);
            tokio::spawn(async move { transport.send(Request::get("/")).await.unwrap().status })
        })
        .collect();
    for sent in sending {
        assert_eq!(sent.await.unwrap(), 200);
    }
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn why_nothing_was_reached_is_short_and_plain() {
    let refusing = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let fault = asked(&format!("http://{refusing}")).await.unwrap_err();
    assert_eq!(fault, Fault::Unreachable("connection refused".into()));

    // No name server needs to be asked about a name that is too long for any.
    let fault = asked(&format!("http://{}", "a".repeat(64))).await.unwrap_err();
    assert_eq!(fault, Fault::Unreachable("name not found".into()));
}

#[tokio::test]
async fn a_server_of_something_else_gets_a_hint() {
    for greeting in ["", "220 mail.example ESMTP\r\n"] {
        let fault = asked(&says(greeting).await).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::Unreachable, "{fault}");
        assert!(fault.to_string().contains("write https://"), "{greeting:?}: {fault}");
    }
}
