//! As `altibox-network-exporter` shows a household: its README and its script.

use super::{Told, gauge};
use crate::engine::BoxView;
use crate::metrics::{Family, Label, label};
use crate::model::{Mac, Section, Subject, catalog};

pub(super) fn families(view: &BoxView) -> Vec<Family> {
    let mut connected = gauge("altibox_network_client", "Connection status of network client");
    let mut level = gauge("altibox_network_client_wifi_rssi", "Signal strength of connected wifi client");
    for client in Told::in_section(view, Section::Clients) {
        let Subject::Client(mac) = client.subject else { continue };
        if let Some(is_connected) = client.flag(catalog::CONNECTED) {
            let port = label("port", client.text(catalog::CLIENT_PORT).unwrap_or_default());
            connected.push([labels(mac, client), vec![port]].concat(), f64::from(u8::from(is_connected)));
        }
        // The portal leaves out the sign.
        if let Some(level_dbm) = client.number(catalog::RSSI) {
            level.push(labels(mac, client), -level_dbm);
        }
    }
    vec![connected, level]
}

/// The labels that both have. Where a client was is not where it is: whoever is away is connected to nothing.
fn labels(mac: &Mac, client: Told<'_>) -> Vec<Label> {
    let text = |metric| client.text(metric).unwrap_or_default();
    vec![
        label("connected_to", text(catalog::ACCESS_POINT)),
        label("connection", text(catalog::CONNECTION_TYPE)),
        label("ip", text(catalog::IPV4)),
        label("mac", mac.to_string()),
        label("manufacturer", text(catalog::VENDOR)),
        label("name", text(catalog::HOST_NAME)),
    ]
}
