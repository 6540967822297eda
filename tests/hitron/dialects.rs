//! Finding out what a box speaks, and noticing when it speaks something else.

use router2mqtt::model::{Fault, FaultClass, Subject, Value, catalog};
use router2mqtt::routers::Driver;

use crate::canned::{Canned, ok, redirect, status};
use crate::home::*;

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
async fn dialects_that_cannot_be_read_yet_are_named() {
    let model = ok(r#"{"modelName":"CODA-4582","skipWizard":"1"}"#);
    let cases = [
        (vec![("/data/system_model.asp", model), ("/data/getSysInfo.asp", status(302))], "userid"),
        (vec![("/1/Device/CM/Version", ok(r#"{"errCode":"000","errMsg":""}"#))], "REST"),
        (vec![("/1/Device/CM/Basicinfo", redirect("/webpages/login.html", ""))], "REST"),
        (vec![("/login.asp", ok("<html></html>"))], "CVE-30360"),
        (vec![("/", redirect("https://192.0.2.1/", ""))], "status 302, to https://192.0.2.1/"),
        (vec![], "none of the signs"),
    ];
    for (cans, sign) in cases {
        let stranger = Canned::serving(&cans).await;
        let fault = poll(&mut *driver(&stranger)).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::UnknownDialect, "{sign}");
        assert!(fault.to_string().contains(sign), "{fault}");
        assert_eq!(stranger.asked("/goform/login"), 0, "no password goes to a stranger");
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
