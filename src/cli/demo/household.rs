//! What the owner of the demo's boxes says of the household: who has which devices, and what everybody may use.

use serde_json::{Map, Value as Json, json};

use super::pace::Pace;

/// The box with a plan: the operator counts 40 GB from the first of a month.
const WITH_PLAN: &str = "huawei_hilink";

/// What is configured besides the broker and the boxes.
pub(super) fn keys(pace: &Pace, webhook: Option<&str>) -> Map<String, Json> {
    let mut keys = Map::new();
    keys.insert("timezone".to_owned(), json!(pace.zone_name()));
    keys.insert("on_peak".to_owned(), json!(["mon-fri 08:00-20:00"]));
    keys.insert("people".to_owned(), people());
    if let Some(url) = webhook {
        keys.insert("notify".to_owned(), json!([{ "type": "webhook", "url": url }]));
    }
    keys
}

/// What is agreed with the operator of a box.
pub(super) fn quota(id: &str) -> Option<Json> {
    let quota = json!({ "limit": "40 GB", "cycle": { "day": 1 }, "thresholds": [80, 100] });
    (id == WITH_PLAN).then_some(quota)
}

/// Everybody is shown: the addresses of devices that nobody ever bought look made up.
pub(super) fn clients() -> Json {
    json!({ "randomised": true })
}

/// Devices of the boxes that count for each: a laptop and a phone, a NAS and a phone; the rest is nobody's.
fn people() -> Json {
    json!({
        "alice": {
            "name": "Alice",
            "quota": "20 GB",
            "devices": ["02:00:5e:20:00:02", "02:00:5e:20:00:03", "00:00:5e:00:53:04", "00:00:5e:00:53:05"],
        },
        "bob": {
            "name": "Bob",
            "devices": ["02:00:5e:20:00:01", "02:5e:10:00:53:07"],
        },
    })
}
