//! What holds for every recording, whatever is in it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::transport::har::{Content, Har, Log, Request};

/// Secrets as people and boxes choose them: not one of the words that are part of the format itself.
fn secret() -> impl Strategy<Value = String> {
    "[A-Za-z]{2,6}[0-9]{3,6}[ !$%&/()=?+*#üß\"'\\\\<>-]{0,3}[A-Z]{1,3}"
}

/// A secret in one of the spellings in which it travels.
fn spelled(secret: &str, spelling: usize) -> String {
    match spelling % 6 {
        0 => secret.to_owned(),
        1 => pairs::encode([("", secret)]).trim_start_matches('=').to_owned(),
        2 => hex::encode(secret),
        3 => hex::encode_upper(secret),
        4 => STANDARD.encode(secret),
        _ => STANDARD.encode(format!("user:{secret}:more")),
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z_]{1,8}",
        prop::sample::select(vec![
            "password", "ssid", "name", "mac", "key", "value", "token", "uptime", "version", "hostname",
            "pin",
        ])
        .prop_map(str::to_owned),
    ]
}

fn leaf(secret: String) -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<i32>().prop_map(|eighths| Json::from(f64::from(eighths) / 8.0)),
        ".{0,20}".prop_map(Json::from),
        "[0-9a-fA-F:.-]{0,24}".prop_map(Json::from),
        any::<[u8; 6]>().prop_map(|bytes| Json::from(Mac::new(bytes).to_string())),
        any::<[u8; 4]>().prop_map(|bytes| Json::from(IpAddr::from(bytes).to_string())),
        any::<[u8; 16]>().prop_map(|bytes| Json::from(IpAddr::from(bytes).to_string())),
        (".{0,5}", 0..6_usize).prop_map(move |(around, spelling)| {
            let secret = spelled(&secret, spelling);
            Json::from(format!("{around} {secret} {around}"))
        }),
    ]
}

fn document(secret: String) -> impl Strategy<Value = Json> {
    leaf(secret).prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((word(), inner), 0..5)
                .prop_map(|fields| Json::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn recording(secret: &str, document: &Json, noise: &str, spelling: usize) -> Har {
    let spelled = spelled(secret, spelling);
    let query = pairs::encode([("q", secret), ("n", noise)]);
    let pair = |name: &str, value: String| Pair { name: name.to_owned(), value };
    let entry = |mime_type: &str, text: String| Entry {
        request: Request {
            method: "POST".to_owned(),
            url: format!("http://192.168.1.1/cgi/;stok={}/page?{query}", hex::encode(secret)),
            headers: vec![
                pair("Cookie", format!("a={spelled}; b=1")),
                pair("X-Odd", spelled.clone()),
                pair("Authorization", format!("Basic {}", STANDARD.encode(format!("u:{secret}")))),
            ],
            post_data: Some(PostData {
                mime_type: mime_type.to_owned(),
                params: vec![pair("f", secret.to_owned())],
                text: text.clone(),
            }),
            ..Request::default()
        },
        response: Response {
            headers: vec![pair("Set-Cookie", format!("s={spelled}; Path=/"))],
            redirect_url: format!("http://192.168.1.1/next?{query}"),
            content: Content { mime_type: mime_type.to_owned(), text: Some(text), ..Content::default() },
            ..Response::default()
        },
        ..Entry::default()
    };
    let entries = vec![
        entry("application/json", document.to_string()),
        entry(
            "application/x-www-form-urlencoded",
            pairs::encode([("x", secret), ("y", noise), ("pwd", noise)]),
        ),
        entry("text/html", format!("<p title=\"{noise}\">{spelled}</p> {noise} {}", json!({"a": secret}))),
        entry("text/xml", format!("<a><key>{noise}</key><b>{}</b></a>", secret.replace('&', "&amp;"))),
    ];
    Har { log: Log { entries, ..Log::default() } }
}

/// Everything a recording says, without the coding of the file itself.
fn everything(har: &Har) -> String {
    fn collect(json: &Json, out: &mut String) {
        match json {
            Json::String(text) => out.push_str(&format!("{text}\n")),
            Json::Array(items) => items.iter().for_each(|item| collect(item, out)),
            Json::Object(fields) => fields.iter().for_each(|(name, value)| {
                out.push_str(&format!("{name}\n"));
                collect(value, out);
            }),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
    let mut out = String::new();
    collect(&serde_json::to_value(har).unwrap(), &mut out);
    out
}

fn same_shape(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_shape(one, other))
        }
        // The order of fields changes with their names.
        (Json::Object(one), Json::Object(other)) => one.len() == other.len(),
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

fn case() -> impl Strategy<Value = (String, Json, String, usize)> {
    secret().prop_flat_map(|secret| (Just(secret.clone()), document(secret), "[ -~üß]{0,40}", 0..6_usize))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_survives_in_any_spelling((secret, document, noise, spelling) in case()) {
        let mut har = recording(&secret, &document, &noise, spelling);
        redact(&mut har, &[&secret]);
        let left = everything(&har);
        for spelling in 0..5 {
            let spelled = spelled(&secret, spelling);
            prop_assert!(!left.contains(&spelled), "{spelled} in {left}");
        }
        let inner: String = STANDARD.encode(format!("user:{secret}:more")).chars().skip(8).take(6).collect();
        prop_assert!(!left.contains(&inner), "{inner} in {left}");
    }

    #[test]
    fn what_is_redacted_stays_as_it_is((secret, document, noise, spelling) in case()) {
        let mut har = recording(&secret, &document, &noise, spelling);
        redact(&mut har, &[&secret]);
        let once = serde_json::to_string_pretty(&har).unwrap();
        redact(&mut har, &[]);
        let twice = serde_json::to_string_pretty(&har).unwrap();
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn a_document_stays_a_document((secret, document, _, _) in case()) {
        let mut redactor = Redactor::default();
        redactor.conceal(&secret);
        let redacted = redactor.body("application/json", &document.to_string());
        let redacted: Json = if document.is_object() || document.is_array() {
            serde_json::from_str(&redacted).unwrap()
        } else {
            return Ok(());
        };
        prop_assert!(same_shape(&document, &redacted), "{document} {redacted}");
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}", kind in prop::sample::select(vec![
        "application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/html", "",
    ])) {
        let mut redactor = Redactor::default();
        redactor.conceal(&text);
        redactor.body(kind, &text);
        redactor.url(&text);
        redactor.header("Set-Cookie", &text);
        redactor.header("Authorization", &text);
    }
}
