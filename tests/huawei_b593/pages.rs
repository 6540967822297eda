//! Boxes that no simulator plays: with pages missing, in the way, or of somebody else.

use router2mqtt::model::{Fault, FaultClass, Section, Task, catalog};
use serde_json::json;

use crate::home::*;
use crate::support::canned::{Canned, ok, status};

const LOGIN: &str = "/index/login.cgi";
const ICONS: &str = "/index/getStatusByAjax.cgi?rid=1";

fn front(variables: &str) -> String {
    ok(&format!("<html><script src='/js/index.js'></script><script>{variables}</script></html>"))
}

fn replacement(to: &str) -> String {
    ok(&format!("<html><title>replace</title><script>var pageName = '{to}';</script></html>"))
}

fn welcome() -> String {
    replacement("/html/status/overview.asp")
        .replace("\r\n\r\n", "\r\nSet-Cookie: SessionID_R3=7; path=/\r\n\r\n")
}

fn traffic(up: u64, down: u64) -> String {
    ok(&format!(
        "<html>x = {{'uprate' : '85' , 'downrate' : '156' , 'upvolume' : '{up}' , 'downvolume' : '{down}'}};\n\
         y = {{'dataip' : '198.51.100.49' , 'datadns' : ''}};</html>"
    ))
}

#[tokio::test]
async fn a_box_without_icons_is_read_all_the_same() {
    let box_ = Canned::serving(&[
        ("/", front("")),
        (LOGIN, welcome()),
        ("/html/status/waninfo.asp", traffic(326_496_069, 1_114_463_689)),
    ])
    .await;
    let mut driver = driver(&box_.url, &[]);
    for _ in 0..2 {
        let seen = poll(&mut *driver).await.unwrap();
        assert_eq!(shown(&seen, catalog::RECEIVED), json!(1_141.210_817_536));
        assert_eq!(shown(&seen, catalog::SENT), json!(334.331_974_656));
        assert_eq!(shown(&seen, catalog::DOWNLOAD_RATE), json!(0.156));
        assert_eq!(shown(&seen, catalog::WAN), json!(true), "it has an address");
        let sections: Vec<_> = seen.sections().map(|(section, _)| section).collect();
        assert_eq!(sections, [Section::System, Section::Connection]);
    }
    assert_eq!((box_.asked(ICONS), box_.asked("/index/getmodemsts.cgi?rid=2")), (1, 1), "asked for once");
    assert_eq!(box_.asked("/html/status/waninforefresh.asp"), 1);
}

#[tokio::test]
async fn a_box_without_the_one_page_is_read_from_the_other() {
    let box_ = Canned::serving(&[
        ("/", front("")),
        (LOGIN, welcome()),
        ("/html/status/overview.asp", traffic(1, 2)),
    ])
    .await;
    let mut driver = driver(&box_.url, &[]);
    for _ in 0..2 {
        let seen = poll(&mut *driver).await.unwrap();
        assert_eq!(shown(&seen, catalog::RECEIVED), json!(0.000_002_048));
    }
    assert_eq!(box_.asked("/html/status/waninfo.asp"), 1);
}

#[tokio::test]
async fn strangers_are_not_told_the_password() {
    for page in [ok("<html><body>It works!</body></html>"), ok(""), status(404), status(302)] {
        let box_ = Canned::serving(&[("/", page), (LOGIN, welcome())]).await;
        let outcome = poll(&mut *driver(&box_.url, &[])).await;
        assert_eq!(outcome.unwrap_err().class(), FaultClass::UnknownDialect);
        assert_eq!(box_.asked(LOGIN), 0);
    }
}

#[tokio::test]
async fn a_box_that_is_out_of_order_is_not_taken_for_one_without_a_key() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nfunction RSAKey() {".to_owned();
    for (key, class) in [(status(500), FaultClass::BoxError), (half, FaultClass::Malformed)] {
        let box_ = Canned::serving(&[("/", front("")), ("/js/rsa.js", key), (LOGIN, welcome())]).await;
        let outcome = poll(&mut *driver(&box_.url, &[])).await;
        let seen = outcome.unwrap_err();
        assert_eq!(seen.class(), class, "{seen}");
        assert_eq!(box_.asked(LOGIN), 0, "base64 is no answer to that");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_verdict_is_not_tried_again() {
    for (answer, word) in [
        (replacement("/html/msgerrcode.asp"), "refused"),
        (ok("<html></html>"), "neither"),
        (status(500), "status 500"),
    ] {
        let box_ = Canned::serving(&[("/", front("")), (LOGIN, answer)]).await;
        let fault = poll(&mut *driver(&box_.url, &[])).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::BoxError);
        assert!(fault.to_string().contains(word), "{fault}");
        assert_eq!(box_.asked(LOGIN), 1);
        assert_eq!(box_.asked("/index/logout.cgi"), 1, "it may have let us in");
    }
}

#[tokio::test]
async fn a_rejection_is_explained_by_the_front_page() {
    for (variables, class) in [
        ("var LoginError = \"1:1\"; var Cookieflag = 0;", FaultClass::CredentialsRejected),
        ("var LoginError = \"\"; var Cookieflag = 2;", FaultClass::BusyWithAnotherUser),
        ("", FaultClass::CredentialsRejected),
    ] {
        let box_ = Canned::serving(&[("/", front(variables)), (LOGIN, replacement("/"))]).await;
        let fault = poll(&mut *driver(&box_.url, &[])).await.unwrap_err();
        assert_eq!(fault.class(), class, "{variables}");
        assert_eq!((box_.asked(LOGIN), box_.asked("/index/logout.cgi")), (1, 0));
    }
}

#[tokio::test]
async fn whatever_a_login_leads_to_without_a_cookie_is_a_rejection() {
    let front = || front("var LoginError = \"1:1\"; var Cookieflag = 0;");
    for answer in [replacement("/index.asp"), replacement("/html/status/overview.asp"), front()] {
        let box_ = Canned::serving(&[("/", front()), (LOGIN, answer)]).await;
        assert_eq!(poll(&mut *driver(&box_.url, &[])).await, Err(Fault::CredentialsRejected));
        assert_eq!(box_.asked(LOGIN), 1);
    }
}

#[tokio::test]
async fn a_login_page_or_a_redirect_in_the_place_of_a_page_is_a_session_that_ended() {
    let login_page = || front("var LoginError = \"\";");
    for away in [login_page(), status(302)] {
        let box_ = Canned::serving(&[
            ("/", login_page()),
            (ICONS, away.clone()),
            ("/html/status/waninforefresh.asp", away.clone()),
            (LOGIN, welcome()),
            ("/html/status/waninfo.asp", away),
        ])
        .await;
        assert_eq!(poll(&mut *driver(&box_.url, &[])).await, Err(Fault::SessionExpired));
    }
}

#[tokio::test]
async fn a_box_that_wants_tls_says_so() {
    let away =
        "HTTP/1.1 302 Found\r\nLocation: https://elisa.example/\r\nContent-Length: 0\r\n\r\n".to_owned();
    let pages = ["/", ICONS, "/html/status/waninforefresh.asp"];
    let box_ = Canned::serving(&pages.map(|page| (page, away.clone()))).await;
    let fault = poll(&mut *driver(&box_.url, &[])).await.unwrap_err();
    assert!(fault.to_string().contains("https://"), "{fault}");
}

#[tokio::test]
async fn a_password_is_enough_where_everybody_is_the_same_user() {
    let box_ = simulated("b593u-12").await;
    let credentials = router2mqtt::routers::Credentials { username: None, ..credentials(PASSWORD) };
    poll(&mut *driver_of(&box_.url(), credentials, &[])).await.unwrap();
    assert_eq!((box_.tally().logins(), box_.tally().rejected()), (1, 0));
}

#[tokio::test]
async fn a_box_that_goes_without_a_word_has_taken_the_order() {
    let box_ = Canned::serving(&[
        ("/", front("")),
        (LOGIN, welcome()),
        ("/html/management/reboot.cgi?RequestFile=/html/management/reset.asp", String::new()),
    ])
    .await;
    let mut driver = driver(&box_.url, &[]);
    driver.act(Task::Reboot).await.unwrap();
    driver.close().await;
    assert_eq!(box_.asked("/index/logout.cgi"), 0, "nobody is there to log out from");
}

#[tokio::test]
async fn a_page_that_tells_only_half_fails_its_section() {
    let half = ok("<html>x = {'uprate' : '85' , 'downrate' : '156' , 'upvolume' : '326496069'};</html>");
    let icons = ok("<?xml version=\"1.0\"?><Status><SIG>22</SIG></Status>");
    let box_ = Canned::serving(&[
        ("/", front("")),
        (LOGIN, welcome()),
        ("/html/status/waninfo.asp", half),
        (ICONS, icons),
    ])
    .await;
    let seen = poll(&mut *driver(&box_.url, &[])).await.unwrap();
    let Some(Fault::Malformed { what, why }) = fault(&seen, Section::Connection) else { panic!("{seen:?}") };
    assert_eq!((what.as_str(), why.as_str()), ("/html/status/waninfo.asp", "the counters are missing"));
    assert_eq!(shown(&seen, catalog::SIGNAL_LEVEL), json!(4));
}
