//! The recordings in `fixtures/`: each is played to the real driver, and none tells anything of anybody.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;

use router2mqtt::engine;
use router2mqtt::model::{Clock, Identity, Snapshot};
use router2mqtt::routers::{self, Credentials, Driver, Wiring};
use router2mqtt::simulators::{Options, Running, replay};
use router2mqtt::transport::har::Har;
use router2mqtt::transport::{Settings, Transport, redact};
use serde_json::Value as Json;

/// Every recording, by its name without the ending.
fn fixtures() -> Vec<(String, Har)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|kind| kind == "har"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), Har::read(&path).unwrap()))
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

/// The real driver, with credentials that no box has ever heard of.
fn driver(of: &Running) -> (&'static routers::Family, Box<dyn Driver>) {
    let family = routers::family(of.configuration()["type"].as_str().unwrap()).unwrap();
    let settings = Settings { gap: Duration::ZERO, ..Settings::new(of.url().parse().unwrap()) };
    let credentials = Credentials {
        username: Some("somebody".into()),
        password: Some("something".to_owned().into()),
        app_token: Some("something".to_owned().into()),
    };
    let wiring = Wiring {
        transport: Transport::new(settings, None).unwrap(),
        credentials,
        options: BTreeMap::new(),
        clock: Clock::system(),
    };
    (family, (family.build)(wiring))
}

/// What the box says of itself, a line for each property.
fn identity(identity: &Identity) -> String {
    let Identity { manufacturer, model, model_id, serial, firmware, hardware, mac } = identity;
    let mac = mac.map(|mac| mac.to_string());
    let all = [
        ("manufacturer", manufacturer),
        ("model", model),
        ("model_id", model_id),
        ("serial", serial),
        ("firmware", firmware),
        ("hardware", hardware),
        ("mac", &mac),
    ];
    all.map(|(name, value)| format!("{name} = {}\n", value.as_deref().unwrap_or("unknown"))).concat()
}

/// What was read, a line for each reading.
fn readings(seen: &Snapshot) -> String {
    let mut text = String::new();
    for (section, outcome) in seen.sections() {
        writeln!(text, "\n# {}", section.name()).unwrap();
        match outcome {
            Err(fault) => writeln!(text, "failed: {fault}").unwrap(),
            Ok(readings) => {
                for (subject, item) in readings.iter() {
                    let label = item.label.as_ref().map(|label| format!(" ({label})")).unwrap_or_default();
                    for (row, value) in item.iter() {
                        writeln!(text, "{subject}{label} {} = {}", row.key, row.show(value)).unwrap();
                    }
                }
                for entry in &readings.log {
                    writeln!(text, "{entry:?}").unwrap();
                }
            }
        }
    }
    text
}

#[tokio::test]
async fn every_recording_is_read_by_its_driver() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 4, "the recordings are gone");
    for (name, har) in fixtures {
        let running = replay(&har, Options::default()).await.unwrap();
        let (family, mut driver) = driver(&running);
        let everything = family.sections.iter().map(|(section, _)| *section).collect();
        let mut seen = driver.poll(&everything).await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        engine::summarise(&mut seen);
        driver.close().await;
        insta::assert_snapshot!(name.clone(), identity(&seen.identity) + &readings(&seen));
        let mut again = driver.poll(&everything).await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        engine::summarise(&mut again);
        let (first, second) = (readings(&seen), readings(&again));
        // This one counts the polls themselves.
        let counts_polls = |line: &str| line.contains("ofdm_reads_left");
        let mut lines = first.lines().zip(second.lines()).filter(|(first, _)| !counts_polls(first));
        let differences = lines.find(|(first, second)| first != second);
        assert_eq!(differences, None, "{name}: a second poll of the same");
    }
}

#[test]
fn the_recordings_were_made_by_the_present_version_of_the_redaction() {
    for (name, mut har) in fixtures() {
        let before = serde_json::to_value(&har).unwrap();
        redact(&mut har, &[]);
        assert_eq!(before, serde_json::to_value(&har).unwrap(), "{name} still holds what is redacted today");
    }
}

/// Every text in a document.
fn texts(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::String(text) => found.push(text.clone()),
        Json::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Json::Object(fields) => fields.iter().for_each(|(name, value)| {
            found.push(name.clone());
            texts(value, found);
        }),
        _ => {}
    }
}

/// The hardware addresses in a text, as twelve digits: six pairs, with the same colons or dashes between them.
fn hardware_addresses(text: &str) -> Vec<String> {
    let is_address = |window: &&[u8]| {
        window.iter().enumerate().all(|(at, byte)| match at % 3 {
            2 => *byte == window[2] && matches!(byte, b':' | b'-'),
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let found = text.as_bytes().windows(17).filter(is_address);
    found.map(|window| String::from_utf8_lossy(window).to_lowercase().replace([':', '-'], "")).collect()
}

fn is_nobodys_mac(digits: &str) -> bool {
    digits.starts_with("020000")
        || digits.starts_with("00005e0053")
        || digits.bytes().all(|byte| byte == b'0')
        || digits.bytes().all(|byte| byte == b'f')
}

fn is_nobodys_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    let is_netmask = bits.leading_ones() + bits.trailing_zeros() == 32;
    address.is_documentation() || address.is_loopback() || is_netmask || address.octets()[0] == 0
}

fn is_nobodys_v6(address: Ipv6Addr) -> bool {
    let is_stand_in = matches!(address.segments(), [0xfe80, 0, 0, 0, 0, 0, _, _]);
    let is_documentation = matches!(address.segments(), [0x2001, 0xdb8, ..]);
    is_stand_in || is_documentation || address.is_loopback() || address.is_unspecified()
}

/// What somebody could be recognised by.
fn strangers(text: &str) -> Vec<String> {
    let mut found = hardware_addresses(text);
    found.retain(|mac| !is_nobodys_mac(mac));
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-')));
    for word in words {
        let v4 = word.split(':').next().unwrap().parse::<Ipv4Addr>();
        let v6 = word.parse::<Ipv6Addr>();
        let bare = word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        if v4.is_ok_and(|address| !is_nobodys_v4(address))
            || v6.is_ok_and(|address| !is_nobodys_v6(address))
            || (bare && !is_number && !is_nobodys_mac(&word.to_lowercase()))
        {
            found.push(word.to_owned());
        }
    }
    found
}

#[test]
fn no_recording_has_an_address_of_anybody() {
    for (name, har) in fixtures() {
        let mut all = Vec::new();
        texts(&serde_json::to_value(&har).unwrap(), &mut all);
        for text in all {
            assert_eq!(strangers(&text), [""; 0], "{name}: {text}");
        }
    }
}

#[test]
fn somebodys_address_would_be_found() {
    for (text, stranger) in [
        (r#"{"mac":"00:00:5E:10:00:01"}"#, "00005e100001"),
        ("ether-00-00-5e-10-00-01.bin", "00005e100001"),
        ("id=00005E10000A&x=1", "00005E10000A"),
        ("http://198.18.0.7:8080/", "198.18.0.7:8080"),
        ("\"10.0.0.1/24\"", "10.0.0.1"),
        ("[fd00:e0a::1]", "fd00:e0a::1"),
        ("fe80::11:22ff:fe33:4455", "fe80::11:22ff:fe33:4455"),
    ] {
        assert_eq!(strangers(text), [stranger], "{text}");
    }
    for text in
        ["02:00:00:00:00:07", "00-00-5e-00-53-01", "255.255.252.0", "203.0.113.7", "2001:db8::7", "07:53:59"]
    {
        assert_eq!(strangers(text), [""; 0], "{text}");
    }
}
