//! Finding out what a box speaks, and noticing when it speaks something else.

use router2mqtt::model::{Fault, FaultClass, Section, Sections, Snapshot, Subject, Value, catalog};
use router2mqtt::routers::Driver;

use crate::home::*;
use crate::support::canned::{Canned, ok, ok_with, redirect, status};

fn driver(of: &Canned) -> Box<dyn Driver> {
    wire(settings(&of.url), credentials("password"), &[])
}

fn info(firmware: &str) -> String {
    ok(&format!(r#"[{{"swVersion":"{firmware}","systemUptime":"1h:00m:00s"}}]"#))
}

/// A gateway with the pages that matter here.
async fn gateway() -> Canned {
    Canned::serving(&[
        ("/", redirect("/login.html", "Set-Cookie: preSession=abc; path=/\r\n")),
        ("/goform/login", ok("success")),
        ("/goform/logout", redirect("/login.html", "")),
        ("/data/getSysInfo.asp", info("1")),
    ])
    .await
}

#[tokio::test]
async fn boxes_that_cannot_be_read_are_named() {
    let hub = ok(r#"{"errCode":"000","errMsg":"","modelName":"CHITA-1"}"#);
    let cases = [
        (vec![("/1/Device/CM/Basicinfo", hub)], "Virgin"),
        (vec![("/login.asp", ok("<html><input name=\"pws\"></html>"))], "firmware 3.1"),
        (vec![("/", redirect("https://192.0.2.1/", ""))], "status 302, to https://192.0.2.1/"),
        (vec![], "none of the signs"),
    ];
    for (cans, sign) in cases {
        let stranger = Canned::serving(&cans).await;
        let fault = poll(&mut *driver(&stranger)).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::UnknownDialect, "{sign}");
        assert!(fault.to_string().contains(sign), "{fault}");
        for login in ["/goform/login", "/1/Device/Users/Login"] {
            assert_eq!(stranger.asked(login), 0, "no password goes to a stranger");
        }
    }
}

#[tokio::test]
async fn each_sign_leads_to_the_login_of_its_dialect() {
    let model = |name: &str| ok(&format!(r#"{{"modelName":"{name}","skipWizard":"1"}}"#));
    let legacy = ("/login.asp", ok("<html><input name=\"usernamehaha\"></html>"));
    let rest = "/1/Device/Users/Login";
    let cases = [
        (
            vec![("/data/system_model.asp", model("CGN3")), ("/data/getSysInfo.asp", status(302))],
            "/goform/login",
        ),
        (vec![("/data/system_model.asp", model("CVE-30360")), legacy.clone()], "/goform/login"),
        (vec![legacy], "/goform/login"),
        (vec![("/1/Device/CM/Version", ok(r#"{"errCode":"001","errMsg":""}"#))], rest),
        (vec![("/1/Device/CM/Basicinfo", redirect("/webpages/login.html", ""))], rest),
        (vec![("/", redirect("/webpages/login.html", ""))], rest),
    ];
    for (cans, login) in cases {
        let gateway = Canned::serving(&cans).await;
        poll(&mut *driver(&gateway)).await.unwrap_err();
        assert_eq!(gateway.asked(login), 1, "{cans:?}");
    }
}

#[tokio::test]
async fn a_modem_without_a_front_page_is_recognised_by_its_data() {
    let model = ok(r#"{"modelName":"CODA","vendorname":"HITRON"}"#);
    let modem =
        Canned::serving(&[("/data/system_model.asp", model), ("/data/getSysInfo.asp", info("7"))]).await;
    let seen = poll(&mut *driver(&modem)).await.unwrap();
    assert_eq!(seen.get(&Subject::Router, catalog::UPTIME), Some(&Value::Number(3600.0)));
}

#[tokio::test]
async fn a_box_that_is_ill_is_not_taken_for_a_stranger() {
    let ill = Canned::serving(&[("/", status(503))]).await;
    assert_eq!(poll(&mut *driver(&ill)).await.unwrap_err().class(), FaultClass::BoxError);
}

#[tokio::test]
async fn nobody_at_home_is_a_fault_of_its_own() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let fault = poll(&mut *wire(settings(&url), credentials("password"), &[])).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::Unreachable);
}

#[tokio::test]
async fn the_dialect_is_asked_for_again_when_the_firmware_changes() {
    let gateway = gateway().await;
    let mut driver = driver(&gateway);
    poll(&mut *driver).await.unwrap();
    poll(&mut *driver).await.unwrap();
    assert_eq!(gateway.asked("/"), 3, "once to find out, and once for each login");

    gateway.put("/data/getSysInfo.asp", info("2"));
    poll(&mut *driver).await.unwrap();
    poll(&mut *driver).await.unwrap();
    assert_eq!(gateway.asked("/"), 6, "once more to find out");
}

#[tokio::test]
async fn a_login_page_that_has_gone_makes_the_box_a_stranger() {
    let gateway = gateway().await;
    let mut driver = driver(&gateway);
    poll(&mut *driver).await.unwrap();

    gateway.put("/goform/login", status(405));
    assert_eq!(poll(&mut *driver).await.unwrap_err().class(), FaultClass::UnknownDialect);
    gateway.put("/", redirect("/home.html", ""));
    poll(&mut *driver).await.expect("it is a modem without a login now");
}

#[tokio::test]
async fn an_empty_page_is_asked_for_once_more_and_not_again() {
    let gateway = gateway().await;
    gateway.put("/data/getSysInfo.asp", ok(""));
    gateway.put("/data/getCMInit.asp", ok(""));
    let fault = poll(&mut *driver(&gateway)).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::Malformed);
    assert_eq!(gateway.asked("/data/getSysInfo.asp"), 2);
    assert_eq!(gateway.asked("/data/getCMInit.asp"), 1, "once per poll is enough");
}

#[tokio::test]
async fn a_page_that_does_not_exist_is_a_section_that_the_box_lacks() {
    let gateway = gateway().await;
    let seen = poll(&mut *driver(&gateway)).await.unwrap();
    let (read, failed) = outcome(&seen);
    assert_eq!(read.len(), 2, "system and connection: {read:?}");
    assert!(failed.is_empty());
}

#[tokio::test]
async fn an_unknown_error_means_that_the_session_is_over() {
    let gateway = gateway().await;
    gateway.put("/data/getSysInfo.asp", ok("Unknown error."));
    assert_eq!(poll(&mut *driver(&gateway)).await.unwrap_err(), Fault::SessionExpired);
}

#[tokio::test]
async fn a_login_that_is_answered_with_nonsense_is_logged_out_of() {
    let gateway = gateway().await;
    gateway.put("/goform/login", ok("<html>hello</html>"));
    let fault = poll(&mut *driver(&gateway)).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::BoxError);
    assert_eq!(gateway.asked("/goform/login"), 1);
    assert_eq!(gateway.asked("/goform/logout"), 1, "the box may have let us in");
}

#[tokio::test]
async fn a_login_that_is_refused_in_unknown_words_costs_two_tries_at_most() {
    let gateway = gateway().await;
    gateway.put("/goform/login", ok("Falsches Passwort."));
    let mut driver = driver(&gateway);
    for _ in 0..4 {
        let fault = driver.poll(&[Section::System].into_iter().collect()).await.unwrap_err();
        driver.close().await;
        assert_eq!(fault.class(), FaultClass::BoxError);
    }
    assert_eq!(gateway.asked("/goform/login"), 1);
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(900)).await;
    tokio::time::resume();
    let fault = driver.poll(&[Section::System].into_iter().collect()).await.unwrap_err();
    assert_eq!(fault, Fault::CredentialsRejected);
    assert_eq!(gateway.asked("/goform/login"), 2);
}

/// A gateway whose session is the cookie `userid`.
async fn user_id_gateway() -> Canned {
    Canned::serving(&[
        ("/", ok("<html>RedirectLoginIdentify</html>")),
        ("/data/system_model.asp", ok(r#"{"modelName":"CODA-4582"}"#)),
        ("/goform/login", ok_with("Set-Cookie: userid=1234567890; path=/\r\n", "success")),
        ("/goform/logout", redirect("/login.html", "")),
        ("/data/getSysInfo.asp", ok(r#"[{"swVersion":"2.0","systemLanUptime":"000 days 01h:00m:00s"}]"#)),
        ("/data/usinfo.asp", ok("[]")),
    ])
    .await
}

fn uptime(seen: &Snapshot) -> Option<&Value> {
    seen.get(&Subject::Router, catalog::UPTIME)
}

#[tokio::test]
async fn a_firmware_that_brings_rest_is_followed() {
    let gateway = user_id_gateway().await;
    let mut driver = driver(&gateway);
    let seen = poll(&mut *driver).await.unwrap();
    assert_eq!(uptime(&seen), Some(&Value::Number(3600.0)));

    for gone in ["/goform/login", "/data/system_model.asp", "/data/getSysInfo.asp", "/data/usinfo.asp"] {
        gateway.put(gone, status(405));
    }
    let good = r#"{"errCode":"000","errMsg":"","result":"success"}"#;
    gateway.put("/1/Device/CM/Version", ok(good));
    gateway.put("/1/Device/Users/Login", ok_with("Set-Cookie: PHPSESSID=abc; path=/\r\n", good));
    gateway.put(
        "/1/Device/Router/SysInfo",
        ok(r#"{"errCode":"000","errMsg":"","SoftwareVersion":"7.1","systemLanUptime":"468117"}"#),
    );
    assert_eq!(poll(&mut *driver).await.unwrap_err().class(), FaultClass::UnknownDialect);
    let seen = poll(&mut *driver).await.unwrap();
    assert_eq!(uptime(&seen), Some(&Value::Number(468_117.0)));
    assert_eq!(gateway.asked("/1/Device/Users/Login"), 1);
}

#[tokio::test]
async fn a_box_that_speaks_nothing_any_more_is_not_asked_without_end() {
    let gateway = user_id_gateway().await;
    let mut driver = driver(&gateway);
    poll(&mut *driver).await.unwrap();
    for gone in ["/data/getSysInfo.asp", "/data/usinfo.asp"] {
        gateway.put(gone, status(404));
    }
    let before = gateway.asked("/");
    assert_eq!(poll(&mut *driver).await.unwrap_err().class(), FaultClass::UnknownDialect);
    assert_eq!(gateway.asked("/"), before, "it is asked at the next poll, not in this one");
    poll(&mut *driver).await.unwrap_err();
    assert_eq!(gateway.asked("/"), before + 1);
}

#[tokio::test]
async fn a_page_out_of_order_is_not_taken_for_the_end_of_the_session() {
    let gateway = user_id_gateway().await;
    gateway.put("/data/getCMInit.asp", ok("<html>RedirectLoginIdentify</html>"));
    let mut driver = driver(&gateway);
    for _ in 0..3 {
        let (read, failed) = outcome(&driver.poll(&Sections::all()).await.unwrap());
        assert_eq!(failed, [Section::Provisioning]);
        assert!(read.contains(&Section::System));
    }
    assert_eq!(gateway.asked("/goform/login"), 1);
}

#[tokio::test]
async fn two_pages_out_of_order_are() {
    let gateway = user_id_gateway().await;
    let mut driver = driver(&gateway);
    driver.poll(&Sections::all()).await.unwrap();
    for nothing in [ok("<html>RedirectLoginIdentify</html>"), ok(""), status(401)] {
        gateway.put("/data/getSysInfo.asp", nothing.clone());
        gateway.put("/data/getCMInit.asp", nothing.clone());
        assert_eq!(driver.poll(&Sections::all()).await.unwrap_err(), Fault::SessionExpired, "{nothing}");
    }
}
