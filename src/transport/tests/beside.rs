//! Two servers that belong together, and redirects between pages of one.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::certificate::Certificate;
use super::server::{hear, port, say, says_over_tls};
use super::settings;
use crate::model::{Fault, FaultClass};
use crate::transport::{Request, Transport, Trust};

const PAGE: &str = "HTTP/1.1 200 OK\r\nSet-Cookie: theirs=1\r\nContent-Length: 2\r\n\r\nok";

/// A server that tells what it hears.
async fn listener() -> (String, mpsc::Receiver<String>) {
    let (sender, heard) = mpsc::channel(8);
    let address = port(move |mut stream| {
        let sender = sender.clone();
        async move {
            sender.send(hear(&mut stream).await).await.unwrap();
            say(&mut stream, PAGE).await;
        }
    })
    .await;
    (format!("http://{address}"), heard)
}

#[tokio::test]
async fn each_server_hears_its_own_cookies_only() {
    let ((one, mut at_one), (other, mut at_other)) = (listener().await, listener().await);
    let box_ = Transport::new(settings(&one), None).unwrap();
    let beside = box_.beside(other.parse().unwrap()).unwrap();
    box_.keep_cookie("ours", "2");
    for transport in [&box_, &beside, &box_, &beside] {
        transport.send(Request::get("/data")).await.unwrap();
    }
    let first = at_one.recv().await.unwrap();
    assert!(first.contains("cookie: ours=2\r\n"), "{first}");
    let second = at_one.recv().await.unwrap();
    assert!(second.contains("ours=2") && second.contains("theirs=1"), "{second}");
    assert!(!at_other.recv().await.unwrap().contains("cookie"));
    assert!(!at_other.recv().await.unwrap().contains("ours"));
}

#[tokio::test]
async fn a_whole_address_is_taken_as_it_is_at_the_same_server_only() {
    let (url, mut heard) = listener().await;
    let box_ = Transport::new(settings(&format!("{url}/below")), None).unwrap();
    box_.send(Request::get(format!("{url}/elsewhere?a=1"))).await.unwrap();
    assert!(heard.recv().await.unwrap().starts_with("GET /elsewhere?a=1 "));
    box_.send(Request::get("/data")).await.unwrap();
    assert!(heard.recv().await.unwrap().starts_with("GET /below/data "));
    for stranger in ["http://192.0.2.1/data", "https://127.0.0.1/data", "http://"] {
        let fault = box_.send(Request::get(stranger)).await.unwrap_err();
        assert_eq!(fault, Fault::malformed("a redirect", "it leads to another server"), "{stranger}");
    }
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_pin_is_for_the_box_and_not_for_the_server_beside_it() {
    let certificate = Certificate::new();
    let url = says_over_tls(certificate.server(), PAGE).await;
    for trust in [Trust::Pinned(vec![certificate.pin()]), Trust::Anyone] {
        let mut settings = settings(&url);
        settings.trust = trust;
        let box_ = Transport::new(settings, None).unwrap();
        let same = box_.beside(format!("{url}/login").parse().unwrap()).unwrap();
        assert_eq!(same.send(Request::get("/")).await.unwrap().status, 200);
        let other = says_over_tls(Arc::clone(&certificate.server()), PAGE).await;
        let other = box_.beside(other.parse().unwrap()).unwrap();
        let fault = other.send(Request::get("/")).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::PinMissing, "{fault}");
    }
}
