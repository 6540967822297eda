//! What `docs/mqtt.md` says is so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use router2mqtt::model::Action;
use serde_json::Value as Json;

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)).unwrap()
}

#[test]
fn the_page_has_every_command() {
    let page = document("mqtt.md");
    let rows =
        page.split("| action |").nth(1).unwrap().lines().skip(2).take_while(|line| line.starts_with("| `"));
    let told: BTreeSet<_> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap().split(','))
        .map(|word| word.trim().trim_matches('`').to_owned())
        .collect();
    let all: BTreeSet<_> = Action::all().map(|action| action.to_string()).collect();
    assert_eq!(told, all);
}

#[test]
fn every_key_of_the_page_is_in_the_reference() {
    let (page, reference) = (document("mqtt.md"), document("reference.md"));
    let payloads = page.lines().filter_map(|line| {
        let (topic, payload) = line.split_once(' ')?;
        topic.ends_with("/state").then(|| payload.replace(",…", ""))
    });
    let mut keys = 0;
    for payload in payloads {
        let payload: Json = serde_json::from_str(&payload).unwrap();
        for key in payload.as_object().unwrap().keys() {
            assert!(reference.contains(&format!("\n| `{key}` |")), "{key}");
            keys += 1;
        }
    }
    assert!(keys > 10, "the page has examples");
}
