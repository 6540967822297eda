//! The spellings in which a secret could leave the house.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// A secret as it is, as JSON and addresses write it, in hexadecimal, and in base64, wherever in a longer text it began.
pub fn of(secret: &str) -> Vec<String> {
    let hex = hex::encode(secret);
    let json = serde_json::Value::from(secret).to_string();
    let mut all = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        secret.replace('/', "\\/"),
        reqwest::Url::parse_with_params("http://a/", [("a", secret)]).unwrap().query().unwrap()[2..]
            .to_owned(),
        hex.to_uppercase(),
        hex,
    ];
    for alphabet in [STANDARD, URL_SAFE] {
        all.extend((0..3).map(|start| inside(&alphabet, start, secret)));
    }
    all.sort();
    all.dedup();
    all
}

/// The part of the base64 of a longer text that depends on the secret alone, when the secret begins at this place.
fn inside(alphabet: &impl base64::Engine, start: usize, secret: &str) -> String {
    let text = format!("{}{secret}", "\0".repeat(start));
    let encoded = alphabet.encode(text);
    let skipped = if start == 0 { 0 } else { 4 };
    encoded[skipped..][..(secret.len() - 3) / 3 * 4].to_owned()
}

/// Panics when a secret can be found in a text.
pub fn assert_clean(what: &str, text: &str, secrets: &[&str]) {
    for secret in secrets {
        for spelling in of(secret) {
            if let Some(at) = text.find(&spelling) {
                let line = text[..at].matches('\n').count() + 1;
                panic!("'{secret}' is in {what}, line {line}, as {spelling}");
            }
        }
    }
}

#[test]
fn a_secret_is_found_in_every_spelling() {
    let secret = "s3cr3t-with/and+and\"and more";
    for start in ["", "a", "ab", "abc", "user:"] {
        let text = format!("{start}{secret}!");
        for sent in [STANDARD.encode(&text), URL_SAFE.encode(&text), hex::encode(&text), text.clone()] {
            assert!(of(secret).iter().any(|spelling| sent.contains(spelling)), "{sent}");
        }
    }
    assert!(!of(secret).iter().any(|spelling| spelling.len() < 10));
}
