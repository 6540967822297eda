//! Boxes that are not configured, read as `hitron-exporter` read them.

use futures_util::future::join_all;
use router2mqtt::simulators::{Options, Running, Trouble};
use serde_json::json;

use crate::house::{Answer, House, RARELY, box_, modem};
use crate::support::encodings::assert_clean;
use crate::support::eventually;

const PASSWORD: &str = "s3cr3t-of-the-modem/GHI+jkl";
const WRONG: &str = "s3cr3t-that-is-wrong-for-the-modem";
const USER: &str = "s0mebody-special";

async fn house(web: serde_json::Value) -> (House, Running) {
    let freebox = box_("freebox", Options::default()).await;
    let house = House::open(&[("fiber", &freebox, json!({"every": RARELY}))], web, json!({})).await;
    (house, freebox)
}

fn open(fresh_for: &str) -> serde_json::Value {
    json!({"adhoc_probes": {"allow": ["127.0.0.1"]}, "fresh_for": fresh_for})
}

fn path(modem: &Running, usr: &str, pwd: &str, more: &[(&str, &str)]) -> String {
    let (ip, port) = (modem.address().ip().to_string(), modem.address().port().to_string());
    let all = [("target", ip.as_str()), ("_port", port.as_str()), ("usr", usr), ("pwd", pwd)];
    let url = reqwest::Url::parse_with_params("http://a/probe", all.iter().chain(more)).unwrap();
    format!("/probe?{}", url.query().unwrap())
}

fn assert_read(answer: &Answer) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.samples("hitron_channel_downstream_snr{").len(), 24);
    assert_eq!(answer.samples("hitron_system_info{").len(), 1);
    assert!(answer.body.contains(r#"model_name="CGNV4-FX4""#) && answer.samples("router2mqtt_").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_on_the_list_is_read_as_the_exporter_read_it() {
    let (modem, (house, _freebox)) = (modem().await, house(open("1s")).await);
    let pin = modem.pin().unwrap().to_string();
    let pinned = path(&modem, "admin", "password", &[("fingerprint", &pin)]);
    for visit in 1..=3 {
        assert_read(&house.get(&pinned).await);
        assert_eq!((modem.tally().logins(), modem.tally().logouts()), (visit, visit));
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    }
    let wrong = "AA:".repeat(31) + "AA";
    let answer = house.get(&path(&modem, "admin", "password", &[("fingerprint", &wrong)])).await;
    assert!(answer.status == 503 && answer.body.contains("the certificate changed"), "{answer:?}");
    assert_eq!(modem.tally().logins(), 3, "nobody is logged in to past a wrong certificate");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_ask_at_once_cost_one_login() {
    let (modem, (house, _freebox)) = (modem().await, house(open("1h")).await);
    let path = path(&modem, "admin", "password", &[]);
    for answer in join_all((0..50).map(|_| house.get(&path))).await {
        assert_read(&answer);
    }
    assert_eq!((modem.tally().logins(), modem.tally().logouts()), (1, 1));
    let pin = modem.pin().unwrap().to_string();
    eventually("the fingerprint", || house.bridge.log().contains(&pin).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_password_is_one_login_until_another_one_comes() {
    let (modem, (house, _freebox)) = (modem().await, house(open("1s")).await);
    for round in 0..2 {
        for more in [&[][..], &[("force", "1")]] {
            let answer = house.get(&path(&modem, "admin", WRONG, more)).await;
            assert!(answer.status == 503 && answer.body.contains("rejected the credentials"), "{answer:?}");
            assert_eq!(modem.tally().logins(), 1, "round {round}");
        }
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    }
    assert_read(&house.get(&path(&modem, "admin", "password", &[])).await);
    assert_eq!((modem.tally().logins(), modem.tally().rejected()), (2, 1));
    let answer = house.get(&path(&modem, "admin", WRONG, &[])).await;
    assert_eq!((answer.status, modem.tally().logins()), (503, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_locks_us_out_is_left_alone_whoever_asks() {
    let troubles = [Trouble::LockOut].into_iter().collect();
    let modem = box_("hitron", Options { tls: true, troubles, ..Options::default() }).await;
    let (house, _freebox) = house(open("1s")).await;
    let first = house.get(&path(&modem, "admin", "password", &[])).await;
    assert!(first.status == 503 && first.body.contains("refuses logins until"), "{first:?}");
    let requests = modem.tally().requests();
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let second = house.get(&path(&modem, "admin", "another", &[])).await;
    assert_eq!((second.status, second.body), (503, first.body));
    assert_eq!(modem.tally().requests(), requests);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_list_nobody_is_visited() {
    let (modem, (house, _freebox)) = (modem().await, house(json!({})).await);
    let answer = house.get(&path(&modem, "admin", "password", &[])).await;
    assert!(answer.status == 403 && answer.body.contains("web.adhoc_probes"), "{answer:?}");
    assert_eq!(modem.tally().requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_cannot_send_somebody_to_a_box() {
    let (modem, (house, _freebox)) = (modem().await, house(open("1s")).await);
    let path = path(&modem, "admin", "password", &[]);
    for headers in [
        "Origin: http://evil.example\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Referer: http://evil.example/\r\nUser-Agent: Mozilla/5.0\r\n",
    ] {
        assert_eq!(house.ask(&path, headers).await.status, 403, "{headers}");
    }
    assert_eq!(modem.tally().requests(), 0);
    // The exporter's own vault is another program's business.
    let vault = format!("/probe?target={}&ipa_vault_namespace=service:x", modem.address().ip());
    let answer = house.get(&vault).await;
    assert!(answer.status == 400 && answer.body.contains("configure the box"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_in_no_log_and_in_no_answer() {
    let options = Options {
        tls: true,
        username: Some(USER.to_owned()),
        password: Some(PASSWORD.to_owned()),
        ..Options::default()
    };
    let modem = box_("hitron", options).await;
    let (mut house, _freebox) = house(open("1s")).await;
    house.bridge.stop().await;
    house.bridge.configuration["log"] = json!("trace");
    house.bridge.configuration["web"]["listen"] = json!("127.0.0.1:0");
    house.address = {
        let before = house.bridge.log().matches("listening on").count();
        house.bridge.start();
        let log = eventually("the server listens again", || {
            let log = house.bridge.log();
            (log.matches("listening on http://").count() > before).then_some(log)
        })
        .await;
        log.rsplit_once("listening on http://").unwrap().1.split_whitespace().next().unwrap().parse().unwrap()
    };
    let nowhere = [("target", "127.0.0.2"), ("force", "zz"), ("_port", "zz"), ("fingerprint", "zz")];
    let mut answers = vec![
        house.get(&path(&modem, USER, WRONG, &[])).await,
        house.get(&path(&modem, USER, PASSWORD, &[])).await,
    ];
    assert_read(&answers[1]);
    for (name, value) in nowhere {
        let wrong = path(&modem, USER, PASSWORD, &[]).replacen(
            &format!("{name}="),
            &format!("{name}={value}&was="),
            1,
        );
        answers.push(house.get(&format!("{wrong}&{name}={value}")).await);
    }
    let referer = format!("Referer: http://a/?pwd={PASSWORD}\r\n");
    answers.push(house.ask(&path(&modem, USER, PASSWORD, &[]), &referer).await);
    answers.push(house.get(&format!("/nowhere?pwd={PASSWORD}")).await);
    answers.push(house.ask("/metrics", &"X: 1\r\n".repeat(500)).await);
    house.bridge.stop().await;
    let log = house.bridge.log();
    assert!(log.contains("TRACE") && log.contains("DEBUG"));
    assert_clean("the log", &log, &[PASSWORD, WRONG, USER]);
    for answer in answers {
        assert_clean("an answer", &format!("{answer:?}"), &[PASSWORD, WRONG, USER]);
    }
}
