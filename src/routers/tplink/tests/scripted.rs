//! The driver against a box that says exactly what a test wants: what no simulated box would.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::super::FAMILY;
use crate::model::{Clock, Deed, Fault, FaultClass, Mac, Section, Sections, Task};
use crate::routers::{Credentials, Driver, Wiring};
use crate::transport::{Settings, Transport};

const FAILURE: &str = "<html><head><title>500 Internal Server Error</title></head><body><center><h1>500 Internal Server Error</h1></center></body></html>";
const KEY: &str = "var ee=\"010001\";\nvar nn=\"B670FD2C1DB37A0A6DD17E59A357BC3FBF74CC0C533F65E2EF95BF7EB5FECC1A288C3DC3CBC5BF1D42CEB07EC93AE23422BC529A3634C26306698D862E97C511\";\n";
const DEVICE: &str = "[0,0,0,0,0,0]0\nmodelName=Archer\nsoftwareVersion=1.0\nupTime=5\n[error]0";

/// A status and a body for each request, by how its path begins and by what it contains. The last that fits counts.
type Script = Arc<Mutex<Vec<(&'static str, &'static str, u16, String)>>>;

struct Scripted {
    driver: Box<dyn Driver>,
    clock: Clock,
    script: Script,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    async fn new(dialect: &str) -> Self {
        let script = Script::default();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, Arc::clone(&script), Arc::clone(&asked)));
        let settings = Settings { gap: Duration::ZERO, ..Settings::new(url.parse().unwrap()) };
        let clock = Clock::starting_at(jiff::Timestamp::UNIX_EPOCH);
        let driver = (FAMILY.build)(Wiring {
            transport: Transport::new(settings, None).unwrap(),
            credentials: Credentials {
                username: Some("admin".to_owned()),
                password: Some("hunter2".into()),
                app_token: None,
            },
            options: BTreeMap::from([("dialect".to_owned(), dialect.to_owned())]),
            clock: clock.clone(),
        });
        let new = Self { driver, clock, script, asked };
        new.says("/", "GET / ", 200, "<html><title>Archer</title></html>");
        new
    }

    fn says(&self, path: &'static str, holding: &'static str, status: u16, body: &str) {
        self.script.lock().unwrap().push((path, holding, status, body.to_owned()));
    }

    /// Everything that was asked and holds this word.
    fn asked(&self, word: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.contains(word)).count()
    }

    async fn poll(&mut self, sections: &[Section]) -> Result<crate::model::Snapshot, Fault> {
        let wanted: Sections = sections.iter().copied().collect();
        let outcome = self.driver.poll(&wanted).await;
        self.driver.close().await;
        outcome
    }

    async fn fault(&mut self) -> FaultClass {
        self.poll(&[Section::System]).await.unwrap_err().class()
    }
}

async fn serve(listener: TcpListener, script: Script, asked: Arc<Mutex<Vec<String>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        drop(answer(stream, &script, &asked).await);
    }
}

async fn answer(mut stream: TcpStream, script: &Script, asked: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut heard = Vec::new();
    let text = loop {
        if stream.read_buf(&mut heard).await? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&heard).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.split("Content-Length: ").nth(1).and_then(|rest| rest.lines().next());
        if length.and_then(|length| length.parse().ok()) == Some(body.len()) {
            break text;
        }
    };
    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(text.clone());
    let (status, body) = script
        .lock()
        .unwrap()
        .iter()
        .rev()
        .find(|(start, holding, ..)| path.starts_with(start) && text.contains(holding))
        .map_or((404, String::new()), |(_, _, status, body)| (*status, body.clone()));
    let head = format!(
        "HTTP/1.1 {status} X\nSet-Cookie: JSESSIONID=abc; Path=/\nContent-Length: {}\n\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await
}

/// How many requests carried user and password in a cookie.
const COOKIE: &str = "Cookie: Authorization=Basic YWRtaW46aHVudGVyMg==\r\n";

#[tokio::test]
async fn every_request_is_as_the_page_makes_it() {
    let mut box_ = Scripted::new("auto").await;
    box_.says("/cgi?1", "[IGD_DEV_INFO#", 200, DEVICE);
    box_.poll(&[Section::System]).await.unwrap();
    let asked = box_.asked.lock().unwrap();
    for text in asked.iter() {
        let host = text.split("Host: ").nth(1).unwrap().lines().next().unwrap();
        assert!(text.contains(&format!("Referer: http://{host}/\r\n")), "{text}");
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(body.is_empty() || body.ends_with("\r\n"), "{text}");
        assert_eq!(body.matches('\n').count(), body.matches("\r\n").count(), "{text}");
    }
    let last = asked.last().unwrap();
    assert!(
        last.starts_with("POST /cgi?8 ") && last.contains("[/cgi/logout#") && last.contains(COOKIE),
        "{last}"
    );
}

#[tokio::test]
async fn a_wrong_password_costs_one_try() {
    let mut box_ = Scripted::new("auto").await;
    box_.says("/cgi", "", 500, FAILURE);
    assert_eq!(box_.fault().await, FaultClass::CredentialsRejected);
    assert_eq!(box_.asked(COOKIE), 1);
}

#[tokio::test]
async fn whoever_was_let_in_before_is_not_told_to_have_a_wrong_password() {
    let mut box_ = Scripted::new("auto").await;
    box_.says("/cgi?1", "[IGD_DEV_INFO#", 200, DEVICE);
    box_.poll(&[Section::System]).await.unwrap();
    box_.says("/cgi", "", 500, FAILURE);
    assert_eq!(box_.fault().await, FaultClass::BusyWithAnotherUser);
    let before = box_.asked("POST /cgi/getParm");
    assert_eq!(box_.fault().await, FaultClass::BusyWithAnotherUser);
    assert_eq!(box_.asked("POST /cgi/getParm"), before + 1, "it may have become another box");
}

#[tokio::test]
async fn a_refusal_in_unknown_words_is_doubted_once() {
    let mut box_ = Scripted::new("a").await;
    box_.says("/cgi", "", 500, "out of order");
    for _ in 0..3 {
        assert_eq!(box_.fault().await, FaultClass::BoxError);
    }
    assert_eq!(box_.asked(COOKIE), 1, "not before somebody who has forgotten to log out would be out");
    box_.clock.leap(900);
    assert_eq!(box_.fault().await, FaultClass::CredentialsRejected);
    assert_eq!(box_.asked(COOKIE), 2);
}

#[tokio::test]
async fn a_login_that_is_refused_without_a_word_costs_two_tries_at_most() {
    let key = format!("{KEY}var seq=\"1\";\n$.ret=0;");
    for (dialect, login) in [
        ("b", "POST /cgi/login?"),
        ("c", "POST /cgi_gdpr "),
        ("d", "POST /cgi/login?"),
        ("e", "POST /cgi_gdpr "),
    ] {
        for (status, said, class) in [
            (500, FAILURE, FaultClass::BusyWithAnotherUser),
            (200, FAILURE, FaultClass::BusyWithAnotherUser),
            (406, "", FaultClass::BusyWithAnotherUser),
            (403, "", FaultClass::BoxError),
            (200, "<html>Log in</html>", FaultClass::Malformed),
            (200, "$.ret=71299;", FaultClass::BoxError),
        ] {
            let mut box_ = Scripted::new(dialect).await;
            box_.says("/cgi/getParm", "", 200, &key);
            box_.says("/cgi/getGDPRParm", "", 200, &key);
            box_.says("/cgi/login", "", status, said);
            box_.says("/cgi_gdpr", "", status, said);
            for _ in 0..3 {
                assert_eq!(box_.fault().await, class, "{dialect}, {status} {said}");
            }
            assert_eq!(box_.asked(login), 1, "{dialect}, {status} {said}");
            box_.clock.leap(900);
            assert_eq!(box_.fault().await, FaultClass::CredentialsRejected, "{dialect}, {status} {said}");
            assert_eq!(box_.asked(login), 2, "{dialect}, {status} {said}");
        }
    }
}

#[tokio::test]
async fn whoever_had_only_left_a_page_open_is_waited_for() {
    let mut box_ = Scripted::new("b").await;
    box_.says("/", "GET / ", 200, "<script>var token=\"00ff\";</script>");
    box_.says("/cgi/getParm", "", 200, KEY);
    box_.says("/cgi/login", "", 500, FAILURE);
    assert_eq!(box_.fault().await, FaultClass::BusyWithAnotherUser);
    box_.says("/cgi/login", "", 200, "$.ret=0;");
    box_.says("/cgi?1", "[IGD_DEV_INFO#", 200, DEVICE);
    box_.clock.leap(900);
    box_.poll(&[Section::System]).await.unwrap();
    // From now on the password is known to be right, and refusals mean somebody else, for hours.
    box_.says("/cgi/login", "", 500, FAILURE);
    for _ in 0..10 {
        assert_eq!(box_.fault().await, FaultClass::BusyWithAnotherUser);
        box_.clock.leap(3600);
    }
    let before = box_.asked("POST /cgi/login?");
    assert!(before <= 12, "{before}");
    box_.clock.leap(24 * 3600);
    assert_eq!(box_.fault().await, FaultClass::CredentialsRejected, "nobody uses a page for a day");
}

#[tokio::test]
async fn a_stranger_is_shown_no_credentials() {
    let mut box_ = Scripted::new("auto").await;
    box_.says("/", "GET / ", 200, "<html>Welcome to nginx</html>");
    assert_eq!(box_.fault().await, FaultClass::UnknownDialect);
    box_.says("/", "GET / ", 503, "TP-Link");
    assert_eq!(box_.fault().await, FaultClass::BoxError);
    box_.says("/", "GET / ", 200, "<html>Archer <script src='js/tpEncrypt.js'></html>");
    assert_eq!(box_.fault().await, FaultClass::BoxError, "it has a key, but gave none");
    assert_eq!(box_.asked("Authorization"), 0);
}

#[tokio::test]
async fn dialects_that_cannot_be_read_are_named() {
    let with_number = format!("{KEY}var seq=\"1\";\n$.ret=0;");
    for (letter, path, said, script) in [
        ("H", "/cgi/getParm", "{\"eccPubKey_X_HEX\":\"00\"}", ""),
        ("G", "/cgi/getParm", with_number.as_str(), "function gcmEncrypt(){}"),
        ("F", "/cgi/getGDPRParm", with_number.as_str(), ""),
    ] {
        let mut box_ = Scripted::new("auto").await;
        box_.says(path, "", 200, said);
        box_.says("/js/tpEncrypt.js", "", 200, script);
        let fault = box_.poll(&[Section::System]).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::UnknownDialect);
        assert!(fault.to_string().contains(&format!("dialect {letter}")), "{fault}");
        assert_eq!(box_.asked("/cgi/login") + box_.asked("/cgi_gdpr"), 0);
    }
}

#[tokio::test]
async fn each_way_in_is_tried_once_when_the_box_does_not_understand_it() {
    let mut box_ = Scripted::new("auto").await;
    box_.says("/cgi/getParm", "", 200, &format!("{KEY}var seq=\"1\";\n$.ret=0;"));
    box_.says("/js/tpEncrypt.js", "", 200, "encrypt(512, 0)");
    box_.says("/cgi_gdpr", "", 200, "[cgi]0\n$.ret=71234;\n[error]0");
    box_.says("/cgi/login", "", 200, "$.ret=71234;");
    for _ in 0..4 {
        assert_eq!(box_.fault().await, FaultClass::UnknownDialect);
    }
    assert_eq!(box_.asked("POST /cgi_gdpr"), 1);
    assert_eq!(box_.asked("POST /cgi/login?"), 1);

    let mut pinned = Scripted::new("d").await;
    pinned.says("/cgi/getParm", "", 200, &format!("{KEY}var seq=\"1\";\n$.ret=0;"));
    pinned.says("/cgi/login", "", 200, "$.ret=71234;");
    for _ in 0..3 {
        assert_eq!(pinned.fault().await, FaultClass::UnknownDialect);
    }
    assert_eq!(pinned.asked("POST /cgi/login?"), 1);
}

#[tokio::test]
async fn a_login_that_does_not_exist_belongs_to_another_dialect() {
    let mut box_ = Scripted::new("auto").await;
    box_.says("/cgi/getParm", "", 200, &format!("{KEY}var seq=\"1\";\n$.ret=0;"));
    box_.says("/cgi/getBusy", "", 200, "var isLogined=0;\nvar isBusy=0;\n$.ret=0;");
    box_.says("/cgi/login", "", 405, "");
    box_.says("/cgi_gdpr", "", 200, "[cgi]0\n$.ret=71233;\n[error]0");
    assert_eq!(box_.fault().await, FaultClass::UnknownDialect);
    assert_eq!(box_.fault().await, FaultClass::CredentialsRejected, "the next way in is the right one");
    assert_eq!(box_.asked("POST /cgi/login?"), 1);
}

#[tokio::test]
async fn a_box_that_refuses_logins_for_a_while_is_not_asked_again_before() {
    let mut box_ = Scripted::new("d").await;
    box_.says("/cgi/getParm", "", 200, &format!("{KEY}var seq=\"1\";"));
    box_.says("/cgi/login", "", 200, "var currAuthTimes=5;\nvar currForbidTime=600;\n$.ret=71233;");
    let until = jiff::Timestamp::from_second(600).unwrap();
    let fault = box_.poll(&[Section::System]).await.unwrap_err();
    assert!(matches!(&fault, Fault::LockedOut { until: end } if *end >= until), "{fault}");
    box_.says("/", "GET / ", 200, "<script>var authTimes=5;\nvar forbidTime=300;</script>");
    assert_eq!(box_.fault().await, FaultClass::LockedOut);
    assert_eq!(box_.asked("POST /cgi/login?"), 1, "the front page said so already");
}

#[tokio::test]
async fn whoever_is_logged_in_stays() {
    let mut box_ = Scripted::new("d").await;
    box_.says("/cgi/getParm", "", 200, &format!("{KEY}var seq=\"1\";"));
    box_.says("/cgi/getBusy", "", 200, "var isLogined=1;\nvar isBusy=1;\n$.ret=0;");
    assert_eq!(box_.fault().await, FaultClass::BusyWithAnotherUser);
    assert_eq!(box_.asked("POST /cgi/login?"), 0);
}

#[tokio::test]
async fn whoever_pushes_us_out_twice_may_stay() {
    let mut box_ = Scripted::new("b").await;
    box_.says("/", "GET / ", 200, "<script>var token=\"00ff\";</script>");
    box_.says("/cgi/getParm", "", 200, KEY);
    box_.says("/cgi/login", "", 200, "$.ret=0;");
    box_.says("/cgi?", "", 500, FAILURE);
    box_.says("/cgi?1", "[IGD_DEV_INFO#", 200, DEVICE);
    // The household is in another request than what the box is.
    for expected in [FaultClass::SessionExpired, FaultClass::BusyWithAnotherUser] {
        let fault = box_.poll(&[Section::Clients]).await.unwrap_err();
        assert_eq!(fault.class(), expected);
    }
    box_.poll(&[Section::System]).await.unwrap();
    let fault = box_.poll(&[Section::Clients]).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::SessionExpired, "all was well in between");
    assert!(box_.asked("TokenID: 00ff") > 0);
}

#[tokio::test]
async fn what_a_box_lacks_spoils_nothing_and_is_not_asked_for_again() {
    let mut box_ = Scripted::new("a").await;
    box_.says("/cgi?1", "[IGD_DEV_INFO#", 200, DEVICE);
    box_.says("/cgi?1&5", "[LAN_IP_INTF#", 200, &DEVICE.replace("[error]0", "[error]9804"));
    box_.says("/cgi?5", "", 200, "[error]9804");
    for _ in 0..2 {
        let seen = box_.poll(&[Section::System]).await.unwrap();
        assert_eq!(seen.identity.model.as_deref(), Some("Archer"));
    }
    assert_eq!(box_.asked("[LAN_IP_INTF#"), 4, "once together, and once in each form");
}

#[tokio::test]
async fn what_fails_for_a_moment_is_asked_for_again() {
    let mut box_ = Scripted::new("a").await;
    box_.says("/cgi?1", "[IGD_DEV_INFO#", 200, DEVICE);
    box_.says("/cgi?5", "", 200, "[error]9002");
    box_.says("/cgi?1&5", "[LAN_ETH_INTF#", 200, "[error]9002");
    for _ in 0..2 {
        let seen = box_.poll(&[Section::System, Section::Ports]).await.unwrap();
        let outcomes: Vec<_> = seen.sections().map(|(section, outcome)| (section, outcome.is_ok())).collect();
        assert_eq!(outcomes, [(Section::System, true), (Section::Ports, false)]);
    }
}

#[tokio::test]
async fn another_firmware_is_asked_again_what_it_speaks() {
    let mut box_ = Scripted::new("auto").await;
    box_.says("/cgi?1", "[IGD_DEV_INFO#", 200, DEVICE);
    box_.poll(&[Section::System]).await.unwrap();
    box_.poll(&[Section::System]).await.unwrap();
    assert_eq!(box_.asked("POST /cgi/getParm"), 1);
    box_.says("/cgi?1", "[IGD_DEV_INFO#", 200, &DEVICE.replace("=1.0", "=1.1"));
    box_.poll(&[Section::System]).await.unwrap();
    box_.poll(&[Section::System]).await.unwrap();
    assert_eq!(box_.asked("POST /cgi/getParm"), 2);
}

#[tokio::test]
async fn a_box_without_an_access_control_says_so_and_is_not_asked_for_it_again() {
    let mut box_ = Scripted::new("a").await;
    box_.says("/cgi?", "", 200, "[error]9804");
    box_.says("/cgi?1", "[IGD_DEV_INFO#", 200, DEVICE);
    box_.says("/cgi?5", "[LAN_HOST_ENTRY#", 200, "[error]0");
    let seen = box_.poll(&[Section::Clients]).await.unwrap();
    assert_eq!(seen.cannot, Some([Deed::Block, Deed::Unblock].into()));
    let before = box_.asked("[FIREWALL#");
    let seen = box_.poll(&[Section::Clients]).await.unwrap();
    assert_eq!((box_.asked("[FIREWALL#"), seen.cannot.is_some()), (before, true));
    let task = Task::Access { client: Mac::new([2, 0, 0x5e, 0, 0, 1]), blocked: true };
    let fault = box_.driver.act(task).await.unwrap_err();
    assert!(matches!(&fault, Fault::NotSupported(why) if why.contains("no access control")), "{fault}");
    assert_eq!(box_.asked("[INTERNAL_HOST#0,0,0,0,0,0#0,0,0,0,0,0]0,3"), 0, "nothing was changed");
}
