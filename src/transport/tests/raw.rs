use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::server::{hear, port, say, says};
use super::settings;
use crate::model::{Deadline, Fault, FaultClass};
use crate::transport::{Capture, Recorder, Reply, Request, Transport};

const FOREVER: Duration = Duration::from_secs(3600);

async fn asked(url: &str) -> Result<Reply, Fault> {
    Transport::new(settings(url), None).unwrap().send(Request::get("/cgi?1").raw()).await
}

#[tokio::test]
async fn headers_go_out_as_they_are_and_nothing_is_added_to_them() {
    let address = port(|mut stream| async move {
        let heard = hear(&mut stream).await;
        say(&mut stream, &format!("HTTP/1.1 200 OK\n\n{heard}")).await;
    })
    .await;
    let url = format!("http://{address}");
    let transport = Transport::new(settings(&url), None).unwrap();
    let request = Request::post("/cgi?1&5")
        .raw()
        .header("Cookie", "Authorization=Basic YWRtaW46YWRtaW4=")
        .header("X", "a\r\nY: b");
    let heard = transport.send(request).await.unwrap().text().into_owned();
    let expected = format!(
        "POST /cgi?1&5 HTTP/1.1\r\nHost: {address}\r\nUser-Agent: router2mqtt/{}\r\n\
         Cookie: Authorization=Basic YWRtaW46YWRtaW4=\r\nX: aY: b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(heard, expected);
}

#[tokio::test]
async fn an_answer_without_a_head_is_read() {
    let reply = asked(&says("f\r\n[cgi]0\n[error]0\r\n0\r\n\r\n").await).await.unwrap();
    assert_eq!((reply.status, reply.text().as_ref(), reply.complete), (200, "[cgi]0\n[error]0", true));
}

#[tokio::test]
async fn a_connection_that_never_ends_is_not_waited_for() {
    for last in ["[error]0", "[error]0\n"] {
        let address = port(move |mut stream| async move {
            hear(&mut stream).await;
            say(&mut stream, &format!("HTTP/1.1 200 OK\r\n\r\n[0,0,0,0,0,0]0\na=1\n{last}")).await;
            sleep(FOREVER).await;
        })
        .await;
        let began = Instant::now();
        let reply = asked(&format!("http://{address}")).await.unwrap();
        assert!(reply.complete && reply.text().ends_with(last));
        assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn deadlines_and_caps_hold_here_too() {
    let silent = port(|mut stream| async move {
        hear(&mut stream).await;
        sleep(FOREVER).await;
    })
    .await;
    let dribbling = port(|mut stream| async move {
        hear(&mut stream).await;
        say(&mut stream, "HTTP/1.1 200 OK\r\n\r\n").await;
        for _ in 0..1000 {
            say(&mut stream, "drip ").await;
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    for (address, expected) in [(silent, Deadline::FirstByte), (dribbling, Deadline::Whole)] {
        let mut settings = settings(&format!("http://{address}"));
        settings.deadlines.first_byte = Duration::from_millis(150);
        settings.deadlines.whole = Duration::from_millis(600);
        let transport = Transport::new(settings, None).unwrap();
        let fault = transport.send(Request::get("/").raw()).await.unwrap_err();
        assert_eq!(fault, Fault::TimedOut(expected));
    }
    let mut settings = settings(&says("HTTP/1.1 200 OK\r\n\r\n0123456789").await);
    settings.body_cap = 9;
    let fault = Transport::new(settings, None).unwrap().send(Request::get("/x").raw()).await.unwrap_err();
    assert_eq!(fault, Fault::malformed("/x", "more than 9 bytes"));
}

#[tokio::test]
async fn what_is_cut_off_or_something_else_is_told() {
    let reply = asked(&says("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[1,").await).await.unwrap();
    assert!(!reply.complete);
    for text in
        ["", "220 mail.example ESMTP\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 2"]
    {
        let fault = asked(&says(text).await).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::Unreachable, "{text:?}: {fault}");
    }
}

#[tokio::test]
async fn a_recording_of_what_was_sealed_holds_what_was_meant() {
    let capture = Capture::new();
    let url = says("HTTP/1.1 200 OK\nContent-Length: 6\n\nsecret").await;
    let transport = Transport::new(settings(&url), Some(Arc::clone(&capture) as Arc<dyn Recorder>)).unwrap();
    let sealed = Request::post("/cgi/login?data=c2VhbGVk&sign=00ff").raw().text("text/plain", "sealed");
    let meant = Request::post("/cgi/login").text("text/plain", "meant");
    let reply = transport.send_sealed(sealed, &meant, |_| Some(b"opened".to_vec())).await.unwrap();
    assert_eq!(reply.text(), "secret");
    let recorded = serde_json::to_string(&capture.har()).unwrap();
    assert!(recorded.contains("meant") && recorded.contains("opened"), "{recorded}");
    for word in ["sealed", "secret", "c2VhbGVk", "00ff"] {
        assert!(!recorded.contains(word), "{word} in {recorded}");
    }
}
