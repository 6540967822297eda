//! The driver against a box that says exactly what a test wants: what no simulated box would.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::super::FAMILY;
use super::wanted;
use crate::model::{Clock, Fault, Section, Sections, Subject, Value, catalog};
use crate::routers::{Credentials, Driver, Wiring};
use crate::transport::{Settings, Transport};

/// The answers, by path; what is not listed is not found.
type Script = Arc<Mutex<BTreeMap<&'static str, Json>>>;

struct Scripted {
    driver: Box<dyn Driver>,
    script: Script,
    asked: Arc<Mutex<Vec<String>>>,
}

const UID: &str = "00112233445566778899aabbccddeeff";

impl Scripted {
    async fn new() -> Self {
        let script: Script = Arc::default();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, Arc::clone(&script), Arc::clone(&asked)));
        let settings = Settings { gap: Duration::ZERO, ..Settings::new(url.parse().unwrap()) };
        let driver = (FAMILY.build)(Wiring {
            transport: Transport::new(settings, None).unwrap(),
            credentials: Credentials { app_token: Some("token".into()), ..Credentials::default() },
            options: BTreeMap::new(),
            clock: Clock::starting_at(jiff::Timestamp::UNIX_EPOCH),
        });
        let new = Self { driver, script, asked };
        new.says("/api_version", json!({"api_version": "16.0", "api_base_url": "/api/", "uid": UID}));
        new.says("/api/v16/login/", json!({"success": true, "result": {"challenge": "c"}}));
        new.says("/api/v16/login/session/", json!({"success": true, "result": {"session_token": "s"}}));
        new
    }

    fn says(&self, path: &'static str, answer: Json) {
        self.script.lock().unwrap().insert(path, answer);
    }

    fn refuses(&self, path: &'static str, code: &str) {
        self.says(
            path,
            json!({"success": false, "error_code": code, "msg": "", "missing_right": "parental"}),
        );
    }

    fn times_asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }
}

async fn serve(listener: TcpListener, script: Script, asked: Arc<Mutex<Vec<String>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _closed = answer(stream, &script, &asked).await;
    }
}

async fn answer(mut stream: TcpStream, script: &Script, asked: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(path.clone());
    let found = script.lock().unwrap().get(path.as_str()).cloned();
    let body =
        found.unwrap_or_else(|| json!({"success": false, "error_code": "invalid_request"})).to_string();
    let answer =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    stream.write_all(answer.as_bytes()).await?;
    // The request's body may still be on its way; closing before it arrived would reset the connection.
    stream.shutdown().await?;
    while stream.read_buf(&mut head).await? > 0 {}
    Ok(())
}

#[tokio::test]
async fn a_right_that_is_withheld_is_named_and_not_asked_for_at_each_poll() {
    let mut box_ = Scripted::new().await;
    box_.says("/api/v16/system/", json!({"success": true, "result": {"uptime_val": 5}}));
    box_.refuses("/api/v16/storage/disk/", "insufficient_rights");
    let sections = wanted(&[Section::System, Section::Storage]);
    for _ in 0..2 {
        let seen = box_.driver.poll(&sections).await.unwrap();
        let right = "Accès au contrôle parental (parental)".to_owned();
        assert!(seen.missing_rights.contains(&right));
        let failed: Vec<_> =
            seen.sections().filter_map(|(section, outcome)| Some((section, outcome.err()?))).collect();
        assert_eq!(failed, [(Section::Storage, &Fault::MissingRight(right))]);
    }
    assert_eq!(box_.times_asked("/api/v16/storage/disk/"), 1);
}

#[tokio::test]
async fn one_broken_endpoint_does_not_blank_the_others() {
    let mut box_ = Scripted::new().await;
    box_.says("/api/v16/system/", json!({"success": true, "result": {"uptime_val": 5}}));
    box_.refuses("/api/v16/connection/", "internal_error");
    box_.says("/api/v16/connection/ftth/", json!({"success": true, "result": {"sfp_present": true}}));
    let seen = box_
        .driver
        .poll(&wanted(&[Section::System, Section::Connection, Section::Line, Section::Storage]))
        .await
        .unwrap();
    let outcomes: Vec<_> = seen.sections().map(|(section, outcome)| (section, outcome.is_ok())).collect();
    assert_eq!(outcomes, [(Section::System, true), (Section::Connection, false), (Section::Line, true)]);
}

#[tokio::test]
async fn a_box_where_everything_fails_gives_the_first_fault() {
    let mut box_ = Scripted::new().await;
    box_.refuses("/api/v16/system/", "internal_error");
    box_.refuses("/api/v16/connection/", "busy");
    let fault = box_.driver.poll(&wanted(&[Section::System, Section::Connection])).await.unwrap_err();
    assert!(matches!(&fault, Fault::BoxError { what, .. } if what.ends_with("system/")), "{fault}");
}

#[tokio::test]
async fn a_module_that_is_not_there_does_not_hide_that_the_fibre_cannot_be_read() {
    let mut box_ = Scripted::new().await;
    box_.says("/api/v16/connection/", json!({"success": true, "result": {"media": "ftth"}}));
    box_.refuses("/api/v16/connection/ftth/", "internal_error");
    box_.says(
        "/api/v16/connection/lte/backup",
        json!({"success": true, "result": {"state": "not_detected"}}),
    );
    let seen = box_.driver.poll(&wanted(&[Section::Connection, Section::Line])).await.unwrap();
    let outcomes: Vec<_> = seen.sections().map(|(section, outcome)| (section, outcome.is_ok())).collect();
    assert_eq!(outcomes, [(Section::Connection, true), (Section::Line, false)]);
}

#[tokio::test]
async fn another_freebox_is_not_shown_the_credentials() {
    let mut box_ = Scripted::new().await;
    box_.refuses("/api/v16/system/", "auth_required");
    let system = wanted(&[Section::System]);
    assert_eq!(box_.driver.poll(&system).await, Err(Fault::SessionExpired));
    box_.says("/api_version", json!({"api_version": "16.0", "uid": "ffeeddccbbaa99887766554433221100"}));
    assert!(matches!(box_.driver.poll(&system).await, Err(Fault::BoxError { .. })));
    assert_eq!(box_.times_asked("/api/v16/login/session/"), 1);
}

#[tokio::test]
async fn a_rejection_by_another_box_is_not_ours() {
    let mut box_ = Scripted::new().await;
    box_.says(
        "/api/v16/login/session/",
        json!({"success": false, "error_code": "invalid_token", "uid": "ffeeddccbbaa99887766554433221100"}),
    );
    assert!(matches!(box_.driver.poll(&Sections::all()).await, Err(Fault::BoxError { .. })));
}

#[tokio::test]
async fn a_challenge_for_browsers_is_recognised_before_it_costs_a_login() {
    let mut box_ = Scripted::new().await;
    box_.says("/api/v16/login/", json!({"success": true, "result": {"challenge": ["eval(1)", "eval(2)"]}}));
    assert!(matches!(box_.driver.poll(&Sections::all()).await, Err(Fault::UnknownDialect(_))));
    assert_eq!(box_.times_asked("/api/v16/login/session/"), 0);
}

#[tokio::test]
async fn a_firmware_that_dropped_our_version_is_asked_in_its_own_at_the_next_poll() {
    let mut box_ = Scripted::new().await;
    box_.says("/api_version", json!({"api_version": "19.0", "uid": UID}));
    box_.refuses("/api/v16/login/", "invalid_api_version");
    let system = wanted(&[Section::System]);
    assert!(matches!(box_.driver.poll(&system).await, Err(Fault::UnknownDialect(_))));
    box_.says("/api/v19/login/", json!({"success": true, "result": {"challenge": "c"}}));
    box_.says("/api/v19/login/session/", json!({"success": true, "result": {"session_token": "s"}}));
    box_.says("/api/v19/system/", json!({"success": true, "result": {"uptime_val": 5}}));
    assert!(box_.driver.poll(&system).await.is_ok());
}

#[tokio::test]
async fn a_version_that_is_gone_after_an_update_is_found_out_again() {
    let mut box_ = Scripted::new().await;
    let system = wanted(&[Section::System]);
    box_.says("/api/v16/system/", json!({"success": true, "result": {"uptime_val": 5}}));
    box_.driver.poll(&system).await.unwrap();
    box_.refuses("/api/v16/system/", "invalid_api_version");
    assert!(matches!(box_.driver.poll(&system).await, Err(Fault::UnknownDialect(_))));
    box_.says("/api/v16/system/", json!({"success": true, "result": {"uptime_val": 5}}));
    box_.driver.poll(&system).await.unwrap();
    assert_eq!(box_.times_asked("/api_version"), 2);
}

#[tokio::test]
async fn what_was_lacking_is_asked_for_again_after_a_while() {
    let mut box_ = Scripted::new().await;
    box_.refuses("/api/v16/storage/disk/", "service_down");
    let storage = wanted(&[Section::Storage]);
    for (minutes, asked) in [(0, 1), (5, 1), (6, 2)] {
        // Stopped for the leap only: with a stopped clock, real sockets run into their deadlines.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(60 * minutes)).await;
        tokio::time::resume();
        box_.driver.poll(&storage).await.unwrap();
        assert_eq!(box_.times_asked("/api/v16/storage/disk/"), asked);
    }
}

#[tokio::test]
async fn a_network_without_its_list_is_no_empty_house() {
    let mut box_ = Scripted::new().await;
    box_.says("/api/v16/system/", json!({"success": true, "result": {"uptime_val": 5}}));
    box_.says(
        "/api/v16/lan/browser/interfaces/",
        json!({"success": true, "result": [{"name": "pub", "host_count": 3}]}),
    );
    box_.refuses("/api/v16/lan/browser/pub/", "service_down");
    let sections = wanted(&[Section::System, Section::Clients]);
    let seen = box_.driver.poll(&sections).await.unwrap();
    assert!(seen.sections().any(|(section, outcome)| section == Section::Clients && outcome.is_err()));
    box_.says("/api/v16/lan/browser/pub/", json!({"success": true}));
    let seen = box_.driver.poll(&sections).await.unwrap();
    assert_eq!(seen.get(&Subject::Router, catalog::CLIENTS), Some(&Value::Count(0)), "asked again at once");
}
