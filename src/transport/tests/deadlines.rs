use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::server::{hear, port, say};
use super::settings;
use crate::model::{Deadline, Fault};
use crate::transport::{Request, Transport, Trust};

const SHORT: Duration = Duration::from_millis(150);

/// Longer than any test waits.
const FOREVER: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_handshake_that_never_ends_is_given_up() {
    let address = port(|stream| async move {
        sleep(FOREVER).await;
        drop(stream);
    })
    .await;
    let mut settings = settings(&format!("https://{address}"));
    settings.trust = Trust::Anyone;
    settings.deadlines.connect = SHORT;
    let transport = Transport::new(settings, None).unwrap();
    assert_eq!(transport.send(Request::get("/")).await.unwrap_err(), Fault::TimedOut(Deadline::Connect));
}

#[tokio::test]
async fn a_box_that_says_nothing_is_given_up() {
    let address = port(|mut stream| async move {
        hear(&mut stream).await;
        sleep(FOREVER).await;
    })
    .await;
    let mut settings = settings(&format!("http://{address}"));
    settings.deadlines.first_byte = SHORT;
    let transport = Transport::new(settings, None).unwrap();
    assert_eq!(transport.send(Request::get("/")).await.unwrap_err(), Fault::TimedOut(Deadline::FirstByte));
}

#[tokio::test]
async fn an_answer_that_dribbles_is_given_up() {
    let address = port(|mut stream| async move {
        hear(&mut stream).await;
        say(&mut stream, "HTTP/1.1 200 OK\r\n\r\n").await;
        for _ in 0..1000 {
            say(&mut stream, "drip ").await;
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let mut settings = settings(&format!("http://{address}"));
    settings.deadlines.whole = 5 * SHORT;
    let transport = Transport::new(settings, None).unwrap();
    let began = Instant::now();
    assert_eq!(transport.send(Request::get("/")).await.unwrap_err(), Fault::TimedOut(Deadline::Whole));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn an_answer_without_end_is_cut_at_the_cap() {
    let address = port(|mut stream| async move {
        hear(&mut stream).await;
        say(&mut stream, "HTTP/1.1 200 OK\r\n\r\n").await;
        for _ in 0..1000 {
            say(&mut stream, &"x".repeat(1000)).await;
        }
    })
    .await;
    let mut settings = settings(&format!("http://{address}"));
    settings.body_cap = 10_000;
    let transport = Transport::new(settings, None).unwrap();
    let fault = transport.send(Request::get("/endless?_=1")).await.unwrap_err();
    assert_eq!(fault, Fault::malformed("/endless", "more than 10000 bytes"));
}
