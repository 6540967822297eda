//! The driver against a box that says exactly what a test wants.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::sessions::driver_at;
use crate::model::{Fault, FaultClass, Section, Sections};
use crate::routers::Driver;

/// The answers, by path; what is not listed is not found.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<BTreeMap<&'static str, String>>>,
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
        self.answers.lock().unwrap().insert(path, body.to_owned());
    }

    fn times_asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    async fn serve(self, listener: TcpListener) {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 8192];
            let length = stream.read(&mut head).await.unwrap();
            let path =
                String::from_utf8_lossy(&head[..length]).split(' ').nth(1).unwrap_or_default().to_owned();
            let body = self.answers.lock().unwrap().get(path.as_str()).cloned();
            self.asked.lock().unwrap().push(path);
            let (status, body) = body.map_or(("404 Not Found", String::new()), |body| ("200 OK", body));
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
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
