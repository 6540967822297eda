use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;

use super::server::{hear, port, say, says};
use super::settings;
use crate::transport::har::Har;
use crate::transport::{Capture, Recorder, Request, Transport};

const LOGIN: &str = "HTTP/1.1 200 OK\r\nSet-Cookie: session=c00k1e-value; path=/\r\nContent-Type: application/json\r\n\
                     Content-Length: 42\r\n\r\n{\"welcome\": \"t0ken-1234\", \"uptime\": 12345}";

async fn recorded(url: &str) -> Arc<Capture> {
    let capture = Capture::new();
    let mut settings = settings(url);
    settings.secrets = vec![SecretString::from("hunter2!x")];
    let transport = Transport::new(settings, Some(Arc::clone(&capture) as Arc<dyn Recorder>)).unwrap();
    let login = Request::post("/login?who=hunter2%21x")
        .header("X-Odd", "hunter2!x")
        .form([("usr", "bob".to_owned()), ("odd", "hunter2!x".to_owned())]);
    transport.send(login).await.unwrap();
    // Only the driver knows that this was a token, and only after it was recorded.
    transport.conceal("t0ken-1234");
    transport.send(Request::post("/data").json(json!({"t": "t0ken-1234"}))).await.unwrap();
    capture
}

#[tokio::test]
async fn a_recording_tells_everything_but_the_secrets() {
    let capture = recorded(&says(LOGIN).await).await;
    capture.describe("hitron");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("box.har");
    capture.save(&file).unwrap();

    let text = std::fs::read_to_string(&file).unwrap();
    for secret in ["hunter2", "c00k1e-value", "t0ken-1234", "bob", "127.0.0.1"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let har = Har::read(&file).unwrap();
    assert_eq!(har.log.about.unwrap().family.as_deref(), Some("hitron"));
    let [login, data] = har.log.entries.as_slice() else { panic!("two exchanges") };
    assert_eq!(
        (login.request.method.as_str(), login.request.url.as_str()),
        ("POST", "http://box/login?who=redacted-1")
    );
    let form = login.request.post_data.as_ref().unwrap();
    assert_eq!(form.text, "usr=redacted-2&odd=redacted-1");
    assert_eq!(login.response.content.text.as_deref(), Some(r#"{"uptime":12345,"welcome":"redacted-4"}"#));
    assert_eq!(data.request.post_data.as_ref().unwrap().text, r#"{"t":"redacted-4"}"#);
    assert!(login.time > 0.0 && login.started_date_time.starts_with("20"), "{login:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_recording_is_for_its_owner_only_and_leaves_nothing_behind() {
    use std::os::unix::fs::PermissionsExt;

    let capture = recorded(&says(LOGIN).await).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("box.har");
    std::fs::write(&file, "an older one, readable by all").unwrap();
    capture.save(&file).unwrap();

    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(capture.save(&folder.path().join("missing/box.har")).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_page_that_was_cut_off_is_marked() {
    let url = says("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"a\":").await;
    let capture = Capture::new();
    let transport = Transport::new(settings(&url), Some(Arc::clone(&capture) as Arc<dyn Recorder>)).unwrap();
    transport.send(Request::get("/")).await.unwrap();
    let har = capture.har();
    assert!(har.log.entries[0].comment.as_deref().unwrap().contains("broke"));
}

#[tokio::test]
async fn a_full_recording_says_so() {
    let address = port(|mut stream| async move {
        hear(&mut stream).await;
        say(&mut stream, &format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1000))).await;
    })
    .await;
    for (entries, bytes, kept) in [(3, usize::MAX, 3), (100, 4500, 4)] {
        let capture = Capture::limited_to(entries, bytes);
        let recorder = Arc::clone(&capture) as Arc<dyn Recorder>;
        let transport = Transport::new(settings(&format!("http://{address}")), Some(recorder)).unwrap();
        for _ in 0..5 {
            transport.send(Request::get("/")).await.unwrap();
        }
        let har = capture.har();
        assert_eq!(har.log.entries.len(), kept);
        let note = har.log.comment.unwrap();
        assert!(
            note.starts_with("the recording was full") && note.contains(&format!("{}", 5 - kept)),
            "{note}"
        );
    }
}
