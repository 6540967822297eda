//! Flows that people can read: named, explained, laid out from left to right, and nothing on top of anything else.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::flows::{all, of_type};

/// What every Node-RED has.
const STOCK: [&str; 9] =
    ["tab", "comment", "inject", "debug", "switch", "function", "mqtt in", "mqtt out", "mqtt-broker"];

/// The grid of the editor.
const GRID: f64 = 20.0;

fn text<'a>(node: &'a Json, key: &str) -> &'a str {
    node[key].as_str().unwrap_or_else(|| panic!("no {key} in {node}"))
}

/// The nodes that are on a tab.
fn placed(flows: &[Json]) -> Vec<&Json> {
    flows.iter().filter(|node| node["z"].is_string()).collect()
}

/// Where the editor draws a node: left, top, right, bottom. A little more than it needs for the name, and with the line
/// that some nodes show below themselves.
fn area(node: &Json) -> (f64, f64, f64, f64) {
    let letters: f64 = text(node, "name").chars().map(|_| 8.0).sum();
    let outputs: f64 = node["wires"].as_array().unwrap().iter().map(|_| 15.0).sum();
    let (wide, high) = ((letters + 60.0).max(100.0) / 2.0, outputs.max(30.0) / 2.0);
    let (x, y) = (node["x"].as_f64().unwrap(), node["y"].as_f64().unwrap());
    (x - wide, y - high, x + wide, y + high + GRID)
}

#[test]
fn every_import_works_in_a_stock_node_red() {
    let flows = all();
    let ids: BTreeSet<_> = flows.iter().map(|node| text(node, "id")).collect();
    assert_eq!(ids.len(), flows.len(), "ids are unique");
    let brokers = of_type(&flows, "mqtt-broker");
    assert_eq!(brokers.len(), 1, "one place for the address of the broker");
    assert_eq!(of_type(&flows, "tab").len(), 3);
    for node in &flows {
        assert!(STOCK.contains(&text(node, "type")), "{node}");
        if text(node, "type").starts_with("mqtt ") {
            assert_eq!(node["broker"], brokers[0]["id"], "{node}");
        }
        assert_ne!(node["retain"], "true", "a retained command would run again at every start: {node}");
    }
}

#[test]
fn everything_is_named_and_explained() {
    let flows = all();
    for tab in of_type(&flows, "tab") {
        assert!(text(tab, "info").len() > 80, "{tab}");
        let explained = of_type(&flows, "comment").iter().any(|comment| comment["z"] == tab["id"]);
        assert!(explained, "{tab}");
    }
    for node in placed(&flows) {
        assert!(!text(node, "name").is_empty(), "{node}");
        assert!(node["type"] != "comment" || text(node, "info").len() > 40, "{node}");
        for line in node["func"].as_str().into_iter().flat_map(str::lines) {
            assert!(line.chars().count() <= 130, "{line}");
        }
    }
}

#[test]
fn nothing_lies_on_anything_else() {
    let flows = all();
    let nodes = placed(&flows);
    for (place, node) in nodes.iter().enumerate() {
        let (left, top, right, bottom) = area(node);
        assert!(left >= 0.0 && top >= 0.0, "{} leaves the canvas", node["name"]);
        for other in nodes.iter().skip(place + 1).filter(|other| other["z"] == node["z"]) {
            let (to_the_left, above, to_the_right, below) = area(other);
            let apart = right <= to_the_left || to_the_right <= left || bottom <= above || below <= top;
            assert!(apart, "{} lies on {}", node["name"], other["name"]);
        }
    }
}

#[test]
fn wires_lead_to_the_right_and_stay_on_their_tab() {
    let flows = all();
    for node in placed(&flows) {
        let outputs = node["wires"].as_array().unwrap();
        assert!(
            outputs.iter().all(|output| output != &Json::Array(Vec::new())),
            "{} leads nowhere",
            node["name"]
        );
        for to in outputs.iter().flat_map(|output| output.as_array().unwrap()) {
            let to = flows.iter().find(|other| other["id"] == *to).unwrap_or_else(|| panic!("no {to}"));
            assert_eq!(to["z"], node["z"]);
            assert!(area(to).0 > area(node).2, "{} is not to the right of {}", to["name"], node["name"]);
        }
    }
    let wired: BTreeSet<_> = placed(&flows)
        .iter()
        .flat_map(|node| node["wires"].as_array().unwrap())
        .flat_map(|output| output.as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .collect();
    for node in placed(&flows) {
        let begins = ["comment", "inject", "mqtt in"].contains(&text(node, "type"));
        assert_eq!(wired.contains(text(node, "id")), !begins, "{}", node["name"]);
    }
}
