//! The driver against a box that says exactly what a test wants.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::sessions::driver_at;
use crate::model::{Fault, FaultClass, Section, Sections, Task};
use crate::routers::Driver;

/// The answers, by path: more headers, and a body. What is not listed is not found.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<BTreeMap<&'static str, (String, String)>>>,
    /// The requests, as they came.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Script {
    async fn begin() -> (Self, Box<dyn Driver>) {
        let script = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(script.clone().serve(listener));
        script.says(
            "/api/monitoring/month_statistics",
            "<response><CurrentMonthUpload>7</CurrentMonthUpload></response>",
        );
        (script, driver_at(&url, Some("password")))
    }

    fn says(&self, path: &'static str, body: &str) {
        self.says_with(path, "", body);
    }

    fn says_with(&self, path: &'static str, header: &str, body: &str) {
        let header = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
        self.answers.lock().unwrap().insert(path, (header, body.to_owned()));
    }

    fn times_asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.split(' ').nth(1) == Some(path)).count()
    }

    /// A header of the last request for a path.
    fn sent(&self, path: &str, header: &str) -> Option<String> {
        let asked = self.asked.lock().unwrap();
        let request = asked.iter().rfind(|asked| asked.split(' ').nth(1) == Some(path))?;
        let mut headers = request.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(name, _)| name.eq_ignore_ascii_case(header)).map(|(_, value)| value.to_owned())
    }

    async fn serve(self, listener: TcpListener) {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 8192];
            let length = stream.read(&mut head).await.unwrap();
            let request = String::from_utf8_lossy(&head[..length]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let answer = self.answers.lock().unwrap().get(path).cloned();
            self.asked.lock().unwrap().push(request);
            let status = if answer.is_some() { "200 OK" } else { "404 Not Found" };
            let (header, body) = answer.unwrap_or_default();
            let answer = format!(
                "HTTP/1.1 {status}\r\n{header}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    }
}

fn plan() -> Sections {
    [Section::Plan].into_iter().collect()
}

const MONTH: &str = "/api/monitoring/month_statistics";

#[tokio::test]
async fn an_empty_answer_is_none_from_who_has_answered_before() {
    let (script, mut driver) = Script::begin().await;
    script.says("/api/monitoring/start_date", "");
    let seen = driver.poll(&plan()).await.unwrap();
    assert!(seen.sections().all(|(_, outcome)| outcome.is_ok()));
    script.says(MONTH, "");
    let fault = driver.poll(&plan()).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::BoxError, "{fault}");
    assert_eq!(script.times_asked("/api/monitoring/start_date"), 1, "one that never answered is left alone");
    assert_eq!(script.times_asked(MONTH), 2);
}

#[tokio::test]
async fn an_old_session_is_forgotten_when_the_box_says_so() {
    let (script, mut driver) = Script::begin().await;
    driver.poll(&plan()).await.unwrap();
    script.says(MONTH, "<error><code>125003</code><message></message></error>");
    assert_eq!(driver.poll(&plan()).await, Err(Fault::SessionExpired));
    assert_eq!(script.times_asked("/"), 1);
    driver.poll(&plan()).await.unwrap_err();
    assert_eq!(script.times_asked("/"), 2, "it knocks again");
}

#[tokio::test]
async fn a_challenge_that_the_box_lacks_after_all_costs_nothing() {
    let (script, mut driver) = Script::begin().await;
    let state = "<response><State>-1</State><password_type>4</password_type><extern_password_type>1</extern_password_type></response>";
    script.says("/api/user/state-login", state);
    script.says("/api/user/challenge_login", "<error><code>100002</code></error>");
    script.says("/api/user/login", "<response>OK</response>");
    driver.poll(&plan()).await.unwrap();
    assert_eq!(script.times_asked("/api/user/login"), 1);
    script.says("/api/user/login", "<error><count>1</count><code>115002</code></error>");
    driver.close().await;
    let fault = driver.poll(&plan()).await.unwrap_err();
    assert!(fault.to_string().contains("changed on its web page"), "{fault}");
}

#[tokio::test]
async fn no_password_is_proven_to_a_box_that_does_not_answer_our_challenge() {
    let (script, mut driver) = Script::begin().await;
    script.says(
        "/api/user/state-login",
        "<response><State>-1</State><extern_password_type>1</extern_password_type></response>",
    );
    script.says(
        "/api/user/challenge_login",
        "<response><servernonce>made up</servernonce><salt>00</salt><iterations>1</iterations></response>",
    );
    let fault = driver.poll(&plan()).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::Malformed, "{fault}");
    assert_eq!(script.times_asked("/api/user/authentication_login"), 0);
    assert_eq!(script.times_asked("/api/user/login"), 0);
}

#[tokio::test]
async fn other_cookies_are_no_session_and_end_none() {
    let (script, mut driver) = Script::begin().await;
    script.says_with("/", "Set-Cookie: lang=en; path=/", "<html></html>");
    script.says(
        "/api/webserver/SesTokInfo",
        "<response><SesInfo>SessionID=abc&#x2F;d</SesInfo><TokInfo>t</TokInfo></response>",
    );
    let month = "<response><CurrentMonthUpload>7</CurrentMonthUpload></response>";
    script.says_with(MONTH, "Set-Cookie: theme=dark; path=/", month);
    driver.poll(&plan()).await.unwrap();
    let cookies = script.sent("/api/monitoring/start_date", "cookie").unwrap();
    for cookie in ["SessionID=abc/d", "lang=en", "theme=dark"] {
        assert!(cookies.split("; ").any(|sent| sent == cookie), "{cookies}");
    }
}

#[tokio::test]
async fn the_token_that_came_with_an_answer_is_the_one_for_the_next_order() {
    let (script, mut driver) = Script::begin().await;
    let old = "<meta name=\"csrf_token\" content=\"page1\"><meta name=\"csrf_token\" content=\"page2\">";
    script.says_with("/", "Set-Cookie: SessionID=1; path=/", old);
    script.says(
        "/api/user/state-login",
        "<response><State>-1</State><extern_password_type>1</extern_password_type></response>",
    );
    script.says_with(
        "/api/user/challenge_login",
        "__RequestVerificationToken: fresh",
        "<error><code>100002</code></error>",
    );
    script.says("/api/user/login", "<response>OK</response>");
    driver.poll(&plan()).await.unwrap();
    let token = |path| script.sent(path, "__RequestVerificationToken");
    assert_eq!(token("/api/user/challenge_login").as_deref(), Some("page1"));
    assert_eq!(token("/api/user/login").as_deref(), Some("fresh"));
}

#[tokio::test]
async fn what_was_withheld_from_a_guest_is_asked_for_again_by_the_owner() {
    let (script, mut driver) = Script::begin().await;
    // It is still starting, and does not know yet that there is a login.
    script.says("/api/user/state-login", "<error><code>100002</code></error>");
    script.says("/api/monitoring/start_date", "<error><code>100003</code></error>");
    assert_eq!(driver.poll(&plan()).await.unwrap().missing_rights.len(), 1);
    driver.close().await;
    script.says("/api/user/state-login", "<response><State>-1</State></response>");
    script.says("/api/user/login", "<response>OK</response>");
    script.says("/api/monitoring/start_date", "<response><SetMonthData>0</SetMonthData></response>");
    assert_eq!(driver.poll(&plan()).await.unwrap().missing_rights.len(), 0);
    assert_eq!(script.times_asked("/api/monitoring/start_date"), 2);
}

#[tokio::test]
async fn a_restart_that_was_never_ordered_is_not_taken_for_one() {
    let (script, mut driver) = Script::begin().await;
    // It never answers whoever asks for a token.
    script.says_with("/api/webserver/token", "Transfer-Encoding: chunked", "");
    driver.act(Task::Reboot).await.unwrap_err();
    assert_eq!(script.times_asked("/api/device/control"), 0);
}
