//! `probe --capture` as a process: what is in the file, and what is not.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use router2mqtt::simulators::{Options, Running, Trouble, start};
use serde_json::{Value as Json, json};

use support::encodings;
use support::program::{Home, Outcome, keys};

const MODELS: [(&str, &str); 9] = [
    ("freebox", "ultra"),
    ("freebox", "revolution"),
    ("hitron", "cgnv4"),
    ("hitron", "coda"),
    ("huawei_b593", "b593u-12"),
    ("huawei_b593", "speedport-lte-ii"),
    ("huawei_b593", "b593s-22"),
    ("huawei_hilink", "b525s-65a"),
    ("huawei_hilink", "b310s-22"),
];

const SECRET: &str = "s3cr3t-0123456789/ABCDEFGHIJ+klmnopqrstuvwxyz-of-the-box";

async fn box_(family: &str, model: &str) -> Running {
    let (model, password) = (Some(model.to_owned()), Some(SECRET.to_owned()));
    start(family, Options { model, password, ..Options::default() }).await.unwrap()
}

async fn captured(home: &Home) -> (Outcome, Json) {
    let probed = home.run(&["probe", "box", "--format", "json", "--capture", "box.har"]).await;
    let har = serde_json::from_str(&home.read("box.har")).unwrap();
    (probed, har)
}

fn entries(har: &Json) -> &Vec<Json> {
    har["log"]["entries"].as_array().unwrap()
}

/// Every text in a document, the documents in its texts taken apart, too.
fn texts(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::String(text) => match serde_json::from_str::<Json>(text) {
            Ok(inner @ (Json::Object(_) | Json::Array(_))) => texts(&inner, found),
            _ => found.push(text.clone()),
        },
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// What the box told the probe about itself and the household, and nobody else should know.
fn identities(probe: &Json) -> Vec<String> {
    let mut found: Vec<_> = ["serial", "mac"]
        .iter()
        .filter_map(|key| probe["identity"][key].as_str().map(str::to_owned))
        .collect();
    for (subject, fields) in probe["subjects"].as_object().unwrap() {
        if let Some(mac) = subject.strip_prefix("client_") {
            found.push(mac.to_owned());
            found.push(
                mac.as_bytes()
                    .chunks(2)
                    .map(|pair| str::from_utf8(pair).unwrap())
                    .collect::<Vec<_>>()
                    .join(":"),
            );
            found.extend(fields["label"].as_str().map(str::to_owned));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_is_a_har_file_without_secrets_and_identities() {
    for (family, model) in MODELS {
        let simulated = box_(family, model).await;
        let home = Home::with(1, &[("box", keys(&simulated, &json!({})))]);
        let (probed, har) = captured(&home).await;
        assert_eq!(probed.code, 0, "{model}: {probed:?}");
        is_har_1_2(&har);
        assert_eq!(har["log"]["_router2mqtt"]["type"], family);
        let said = format!("box.har: {} exchanges; ", entries(&har).len());
        assert!(probed.err.starts_with(&said) && probed.err.contains("look through it"), "{}", probed.err);

        let whole = home.read("box.har");
        for spelling in encodings::of(SECRET) {
            assert!(!whole.contains(&spelling), "{model}: {spelling}");
        }
        let mut texts_of_har = Vec::new();
        texts(&har, &mut texts_of_har);
        let identities = identities(&serde_json::from_str(&probed.out).unwrap());
        assert!(
            identities.len() > 5 || model == "coda" || family == "huawei_b593",
            "{model}: {identities:?}"
        );
        for identity in identities {
            let in_lower_case = identity.to_lowercase();
            assert!(!texts_of_har.contains(&identity), "{model}: {identity}");
            let is_address = identity.len() == 12 || identity.contains(':');
            let inside = |text: &String| text.to_lowercase().contains(&in_lower_case);
            assert!(!is_address || !texts_of_har.iter().any(inside), "{model}: {identity}");
        }
    }
}

/// What the format demands of every entry.
fn is_har_1_2(har: &Json) {
    let log = &har["log"];
    assert_eq!(log["version"], "1.2");
    assert!(log["creator"]["name"].is_string() && log["creator"]["version"].is_string());
    assert!(!entries(har).is_empty());
    for entry in entries(har) {
        let (request, response) = (&entry["request"], &entry["response"]);
        entry["startedDateTime"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert!(entry["time"].is_number() && entry["cache"].is_object());
        for text in ["method", "url", "httpVersion"] {
            assert!(request[text].is_string(), "{text}");
        }
        for text in ["statusText", "httpVersion", "redirectURL"] {
            assert!(response[text].is_string(), "{text}");
        }
        for part in [request, response] {
            assert!(part["cookies"].is_array() && part["headers"].is_array());
            assert!(part["headersSize"].is_number() && part["bodySize"].is_number());
        }
        assert!(request["queryString"].is_array() && response["status"].is_number());
        assert!(response["content"]["size"].is_number() && response["content"]["mimeType"].is_string());
        for number in ["send", "wait", "receive"] {
            assert!(entry["timings"][number].is_number(), "{number}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_is_written_all_the_more_when_the_probe_failed() {
    for (family, model, trouble) in
        [("hitron", "cgnv4", Trouble::Html), ("freebox", "ultra", Trouble::WrongPassword)]
    {
        let simulated = box_(family, model).await;
        simulated.troubles().begin(trouble);
        let home = Home::with(1, &[("box", keys(&simulated, &json!({})))]);
        let (probed, har) = captured(&home).await;
        assert!([69, 77].contains(&probed.code) && probed.out.is_empty(), "{probed:?}");
        assert_eq!(probed.err.lines().count(), 2, "{}", probed.err);
        assert!(entries(&har).len() > 1, "{har:#}");
        assert!(!home.read("box.har").contains(SECRET));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_never_answers_leaves_an_empty_capture() {
    let keys =
        json!({"type": "hitron", "url": "http://127.0.0.1:9", "username": "admin", "password": SECRET});
    let (probed, har) = captured(&Home::with(1, &[("box", keys)])).await;
    assert_eq!(probed.code, 69);
    assert!(probed.err.starts_with("box.har: 0 exchanges"), "{}", probed.err);
    assert_eq!(entries(&har).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capture_that_cannot_be_written_is_a_failure() {
    let simulated = box_("hitron", "coda").await;
    let home = Home::with(1, &[("box", keys(&simulated, &json!({})))]);
    let probed = home.run(&["probe", "--capture", "no/such/folder/box.har"]).await;
    assert_eq!(probed.code, 1, "{probed:?}");
    assert!(probed.err.starts_with("cannot write no/such/folder/box.har: "), "{}", probed.err);
}
