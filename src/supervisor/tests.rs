use reqwest::header::HeaderMap;

use super::*;

fn reply(status: u16, body: &str) -> Reply {
    let (what, body) = ("/services/mqtt".to_owned(), body.as_bytes().to_vec());
    Reply { what, status, headers: HeaderMap::new(), body, complete: true }
}

fn told(data: &str) -> Result<Whereabouts, String> {
    understood(&reply(200, &format!(r#"{{"result": "ok", "data": {data}}}"#)))
}

#[test]
fn the_broker_is_where_the_supervisor_says() {
    let known = told(
        r#"{"addon": "core_mosquitto", "host": "core-mosquitto", "port": 1883, "ssl": false, "protocol": "3.1.1",
            "username": "addons", "password": "hunter2"}"#,
    )
    .unwrap();
    assert_eq!((known.host.as_str(), known.port, known.tls.is_some()), ("core-mosquitto", 1883, false));
    assert_eq!(known.username.as_deref(), Some("addons"));
    assert_eq!(known.password.as_ref().unwrap().expose_secret(), "hunter2");
    assert!(!format!("{known:?}").contains("hunter2"));
}

#[test]
fn a_port_may_be_text_and_a_login_may_be_missing_or_empty() {
    let known = told(r#"{"host": "h", "port": "8883", "ssl": true, "username": ""}"#).unwrap();
    assert_eq!((known.port, known.tls.is_some()), (8883, true));
    assert!(known.username.is_none() && known.password.is_none());
}

#[test]
fn what_cannot_be_used_is_said() {
    for data in
        [r#"{"host": "", "port": 1}"#, r#"{"host": "h", "port": 70000}"#, r#"{"host": "h", "port": null}"#]
    {
        assert_eq!(told(data).unwrap_err(), "the Supervisor tells neither host nor port of it");
    }
    assert!(told("null").unwrap_err().starts_with("the Supervisor: /services/mqtt gave an answer"));
}

#[test]
fn each_refusal_says_what_to_do() {
    let why = |status| understood(&reply(status, "403: Forbidden")).unwrap_err();
    assert_eq!(why(400), NO_BROKER);
    assert_eq!(why(403), "the Supervisor does not let us ask for it (status 403)");
    assert_eq!(why(502), "the Supervisor does not tell where it is (status 502)");
}

#[tokio::test]
async fn without_a_token_nobody_is_asked() {
    let supervisor = Supervisor::new(ADDRESS.parse().unwrap(), None).unwrap();
    assert_eq!(supervisor.broker().await.unwrap_err(), NO_TOKEN);
}
