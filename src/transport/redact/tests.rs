use serde_json::json;

use super::*;

fn json_of(redactor: &mut Redactor, json: &Json) -> Json {
    serde_json::from_str(&redactor.body("application/json", &json.to_string())).unwrap()
}

#[test]
fn a_document_keeps_its_shape_and_its_types() {
    let mut redactor = Redactor::default();
    let before = json!({
        "uptime": 1234, "firmware_version": "4.5.10.201", "serial": "A-1234-5678", "imei": 861_234_567_890_123_u64,
        "wifi": [{"ssidName": "Bob's House", "bssid": "00:00:5E:00:53:01", "passPhrase": "very secret", "ssidEnabled": "1"}],
        "hosts": [
            {"primary_name": "bobs-phone", "l2ident": {"id": "00:00:5e:00:53:02"}, "names": [{"name": "bobs-phone", "source": "dhcp"}]},
            {"name": "Bob's TV", "mac": "00005E005302", "ip": "192.168.1.50", "active": true}
        ],
        "port": {"name": "lan1", "speed": 1000}, "pin": null, "password_set": true,
        "dns": ["192.168.1.1", "fd00:e0a::53"], "settings": [{"name": "wpaKey", "value": "abcdefgh1"}],
    });
    let after = json_of(&mut redactor, &before);
    assert_eq!(
        after,
        json!({
            "uptime": 1234, "firmware_version": "4.5.10.201", "serial": "redacted-1", "imei": 0,
            "wifi": [{"ssidName": "name-3", "bssid": "02:00:00:00:00:02", "passPhrase": "redacted-3", "ssidEnabled": "1"}],
            "hosts": [
                {"primary_name": "name-1", "l2ident": {"id": "02:00:00:00:00:01"}, "names": [{"name": "name-1", "source": "dhcp"}]},
                {"name": "name-2", "mac": "020000000001", "ip": "192.0.2.50", "active": true}
            ],
            "port": {"name": "lan1", "speed": 1000}, "pin": null, "password_set": true,
            "dns": ["192.0.2.1", "2001:db8::1"], "settings": [{"name": "wpaKey", "value": "redacted-2"}],
        })
    );
}

#[test]
fn small_numbers_are_not_anybodys() {
    let mut redactor = Redactor::default();
    let cpu = json!({"user": 12, "system": 3, "key": "7", "pin": "", "number": "12"});
    assert_eq!(json_of(&mut redactor, &cpu), cpu);
    let call = json!({"number": "0123456789", "pin": 1234, "dns_server": "198.18.0.9"});
    assert_eq!(
        json_of(&mut redactor, &call),
        json!({"number": "redacted-1", "pin": 0, "dns_server": "203.0.113.1"})
    );
}

#[test]
fn what_is_secret_in_one_place_is_secret_everywhere() {
    let mut redactor = Redactor::default();
    assert_eq!(redactor.header("Set-Cookie", "session=a1b2c3d4; Path=/"), "session=redacted-1; Path=/");
    assert_eq!(redactor.form("preSession=a1b2c3d4&x=1"), "preSession=redacted-1&x=1");
    assert_eq!(redactor.text("the session a1b2c3d4 ended"), "the session redacted-1 ended");
    assert_eq!(
        redactor.url("http://192.168.0.1/cgi/;stok=a1b2c3d4/a?t=a1b2c3d4"),
        "http://box/cgi/;stok=redacted-1/a?t=redacted-1"
    );
}

#[test]
fn headers_that_open_something_are_emptied() {
    let mut redactor = Redactor::default();
    assert_eq!(redactor.header("Authorization", "Basic dXNlcjpwYXNz"), "Basic redacted-1");
    assert_eq!(redactor.header("X-Fbx-App-Auth", "abc/def"), "redacted-2");
    assert_eq!(redactor.header("cookie", "a=1234; b=5678"), "a=redacted-3; b=redacted-4");
    assert_eq!(redactor.header("Host", "192.168.0.1:8080"), "box");
    assert_eq!(redactor.header("Location", "http://192.168.0.1/login.html"), "http://box/login.html");
    assert_eq!(redactor.header("Location", "/login.html"), "/login.html");
    assert_eq!(redactor.header("Content-Type", "text/html; charset=utf-8"), "text/html; charset=utf-8");
    assert_eq!(redactor.header("WWW-Authenticate", "Basic realm=\"Box\""), "Basic realm=\"Box\"");
}

#[test]
fn a_document_within_a_form_is_read() {
    let mut redactor = Redactor::default();
    let body = pairs::encode([("model", r#"{"password":"x y z","name":"admin"}"#)]);
    let redacted = redactor.body("application/x-www-form-urlencoded", &body);
    assert_eq!(
        pairs::decode(&redacted),
        [("model".into(), r#"{"name":"admin","password":"redacted-1"}"#.into())]
    );
}

#[test]
fn xml_and_pages_are_searched() {
    let mut redactor = Redactor::default();
    let xml = "<response><Imei>861234567890123</Imei><WifiSsid>Bob</WifiSsid><Msisdn></Msisdn><rsrp>-95dBm</rsrp></response>";
    assert_eq!(
        redactor.body("text/xml", xml),
        "<response><Imei>redacted-1</Imei><WifiSsid>name-1</WifiSsid><Msisdn></Msisdn><rsrp>-95dBm</rsrp></response>"
    );
    let page =
        "<meta name=\"csrf_token\" content=\"abc123\"><script>var sid = '9999';</script>at 192.168.1.7";
    assert_eq!(
        redactor.body("text/html", page),
        "<meta name=\"csrf_token\" content=\"redacted-2\"><script>var sid = 'redacted-3';</script>at 192.0.2.7"
    );
}

#[test]
fn bodies_that_are_no_text_are_left_out() {
    let mut redactor = Redactor::default();
    let mut response = Response::default();
    response.content.text = Some("AAECAw==".into());
    response.content.encoding = Some("base64".into());
    redactor.response(&mut response);
    assert_eq!(response.content.text.as_deref(), Some(NOT_TEXT));
    response.content.text = Some("eyJwaW4iOiAiMTIzNCJ9".into());
    response.content.encoding = Some("base64".into());
    redactor.response(&mut response);
    assert_eq!(response.content.text.as_deref(), Some(r#"{"pin":"redacted-1"}"#));
    assert_eq!(response.content.encoding, None);
}

#[test]
fn documents_within_documents_within_documents_end() {
    let mut redactor = Redactor::default();
    let mut text = "[[[[1]]]]".to_owned();
    for _ in 0..12 {
        text = format!("[[[[{}]]]]", Json::from(text));
    }
    let redacted = redactor.body("application/json", &text);
    assert_eq!(redacted, text);
}
