//! The flows of the example, as they are imported.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::support::household::Household;

/// All nodes: tabs, nodes and the configuration of the broker.
pub fn all() -> Vec<Json> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/node-red/router2mqtt.json");
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

pub fn of_type<'a>(flows: &'a [Json], kind: &str) -> Vec<&'a Json> {
    flows.iter().filter(|node| node["type"] == kind).collect()
}

/// The flows with this household's broker, by TLS and as the user `nodered`, and with a listener at each debug node: what it
/// shows in the sidebar also goes to [`tap`].
pub fn tapped(house: &Household) -> Json {
    let mut flows = all();
    let shown: Vec<_> = of_type(&flows, "debug").into_iter().cloned().collect();
    for node in &mut flows {
        if node["type"] == "mqtt-broker" {
            node["port"] = json!(house.tls_port.to_string());
            node["usetls"] = json!(true);
            node["tls"] = json!("tls");
            node["credentials"] = json!({"user": "nodered", "password": house.password("nodered")});
        }
        for output in node["wires"].as_array_mut().into_iter().flatten() {
            let output = output.as_array_mut().unwrap();
            let taps: Vec<_> =
                output.iter().filter(|id| shown.iter().any(|to| to["id"] == **id)).map(listener).collect();
            output.extend(taps);
        }
    }
    let broker = of_type(&flows, "mqtt-broker")[0]["id"].clone();
    for debug in &shown {
        let topic = tap(debug["name"].as_str().unwrap());
        flows.push(json!({
            "id": listener(&debug["id"]), "type": "mqtt out", "z": debug["z"], "name": "", "topic": topic, "qos": "1",
            "retain": "false", "broker": broker, "x": 0, "y": 0, "wires": [],
        }));
    }
    flows.push(json!({"id": "tls", "type": "tls-config", "name": "", "cert": "", "key": "", "ca": house.file("ca.crt"),
        "servername": "", "verifyservercert": true, "alpnprotocol": ""}));
    Json::Array(flows)
}

/// Where to hear what the debug node of this name shows: one of the topics that Node-RED may write.
pub fn tap(name: &str) -> String {
    format!("house/tap/{name}")
}

fn listener(id: &Json) -> Json {
    json!(format!("listener-{}", id.as_str().unwrap()))
}
