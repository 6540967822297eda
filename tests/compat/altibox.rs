//! `altibox-network-exporter`, rebuilt.

use router2mqtt::metrics::compat::Compat;
use serde_json::Value as Json;

use crate::page::{Page, page, same};
use crate::visit::Visit;

/// What it exports of the list of devices.
fn exporter(answer: &Json) -> Page {
    let mut out = Page::default();
    let devices = answer["networkClients"].as_array().unwrap();
    out.family("altibox_network_client", "gauge", "Connection status of network client");
    for device in devices {
        let connected = device["connectionType"] != "DISCONNECTED";
        let mut labels = labels(device).to_vec();
        labels.push(("port", if connected { words(device, "portName") } else { "" }));
        out.sample("altibox_network_client", &labels, if connected { 1.0 } else { 0.0 });
    }
    out.family("altibox_network_client_wifi_rssi", "gauge", "Signal strength of connected wifi client");
    for device in devices.iter().filter(|device| device["wifi"] == true) {
        let level = device["wifiRssi"].as_f64().unwrap();
        out.sample("altibox_network_client_wifi_rssi", &labels(device), level);
    }
    out
}

fn labels(device: &Json) -> [(&str, &str); 6] {
    let connected = device["connectionType"] != "DISCONNECTED";
    [
        ("connected_to", if connected { words(device, "connectedTo") } else { "" }),
        ("connection", words(device, "connectionType")),
        ("ip", words(device, "ipAddress")),
        ("mac", words(device, "macAddress")),
        ("manufacturer", words(device, "manufacturer")),
        ("name", words(device, "hostname")),
    ]
}

fn words<'a>(of: &'a Json, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_household_is_shown_as_the_altibox_exporter_shows_it() {
    for visit in Visit::to_all_of(Compat::Altibox).await {
        let ours = page(Compat::Altibox, &visit.view).to_string();
        let answer = visit.answers.at("/api/wifi/getlandevices").unwrap();
        same(&visit.name, &ours, &exporter(&answer).to_string());
    }
}

/// Lines as its documentation shows them, of our simulated household.
#[tokio::test(flavor = "multi_thread")]
async fn its_lines_are_those_of_its_documentation() {
    let view = Visit::to("altibox", "fibre", false).await.view;
    let ours = page(Compat::Altibox, &view).to_string();
    let gateway = "VMG8825-B50B (00:00:5e:00:53:01)";
    for line in [
        "# HELP altibox_network_client Connection status of network client".to_owned(),
        "# TYPE altibox_network_client gauge".to_owned(),
        "altibox_network_client{connected_to=\"\",connection=\"DISCONNECTED\",ip=\"192.168.1.64\",mac=\"00:00:5e:00:53:40\",manufacturer=\"Example Speakers Inc.\",name=\"\",port=\"\"} 0".to_owned(),
        format!("altibox_network_client{{connected_to=\"{gateway}\",connection=\"WIFI24GHZ\",ip=\"192.168.1.65\",mac=\"00:00:5e:00:53:41\",manufacturer=\"\",name=\"charger\",port=\"\"}} 1"),
        format!("altibox_network_client{{connected_to=\"{gateway}\",connection=\"WIRED\",ip=\"192.168.1.66\",mac=\"00:00:5e:00:53:42\",manufacturer=\"\",name=\"television\",port=\"LAN4\"}} 1"),
    ] {
        assert!(ours.lines().any(|ours| ours == line), "{line} is not in {ours}");
    }
    let level = format!(
        "altibox_network_client_wifi_rssi{{connected_to=\"{gateway}\",connection=\"WIFI5GHZ\",ip=\"192.168.1.67\",mac=\"00:00:5e:00:53:43\",manufacturer=\"\",name=\"raspberrypi\"}} "
    );
    let level: f64 = ours.lines().find_map(|line| line.strip_prefix(&level)).unwrap().parse().unwrap();
    assert!((38.0..=42.0).contains(&level), "{level}: without its sign");
}
