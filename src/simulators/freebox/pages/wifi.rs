//! `wifi/`.

use serde_json::{Value as Json, json};

use super::super::envelope::{Failure, Page};
use super::super::household::{all, on_radio};
use super::super::profile::Radio;
use super::Moment;

impl Moment<'_> {
    pub(super) fn wifi(&self, path: &[&str]) -> Page {
        match path {
            ["config"] => Ok(Some(config(self.about.wifi))),
            _ if self.about.profile.bridge => Err(Failure::SERVICE_DOWN),
            ["state"] if self.about.version >= 10 => Ok(Some(self.wifi_state())),
            ["ap"] => {
                Ok(Some(self.shuffled(self.radios().map(|(_, radio)| self.access_point(radio)).collect())))
            }
            ["ap", id] => self.radio(id).map(|(_, radio)| Some(self.access_point(radio))),
            ["ap", id, "stations"] => self.stations(id),
            ["bss"] => {
                Ok(Some(self.shuffled(self.radios().map(|(at, radio)| self.bss(at, radio)).collect())))
            }
            ["custom_key" | "mac_filter"] => Ok(None),
            _ => Err(Failure::NOT_FOUND),
        }
    }

    fn radios(&self) -> impl Iterator<Item = (usize, &'static Radio)> + use<> {
        self.about.profile.radios.iter().enumerate()
    }

    fn radio(&self, id: &str) -> Result<(usize, &'static Radio), Failure> {
        self.radios().find(|(_, radio)| radio.id.to_string() == id).ok_or(Failure::NO_ENTRY)
    }

    fn wifi_state(&self) -> Json {
        let phys =
            self.radios().map(|(_, radio)| json!({"phy_id": radio.id, "band": radio.band, "detected": true}));
        let state = if self.about.wifi { "enabled" } else { "disabled" };
        json!({"state": state, "power_saving_capability": "supported", "expected_phys": phys.collect::<Vec<_>>()})
    }

    /// A radio without stations leaves its list out.
    fn stations(&self, id: &str) -> Page {
        let (position, _) = self.radio(id)?;
        let stations: Vec<_> =
            all().filter_map(|(number, device)| device.station(number, position, &self.about)).collect();
        Ok((!stations.is_empty()).then(|| self.shuffled(stations)))
    }

    fn bss(&self, position: usize, radio: &Radio) -> Json {
        let stations = on_radio(position, &self.about);
        let state = if self.about.wifi { "active" } else { "phy_stopped" };
        json!({
            "id": format!("02:00:00:00:01:{position:02x}"),
            "phy_id": radio.id,
            "status": {
                "state": state, "sta_count": stations, "authorized_sta_count": stations, "is_main_bss": true,
                "band": radio.band.replace("2d4g", "2G4").to_uppercase(), "partners": [],
            },
            "config": {
                "enabled": true, "ssid": "Maison", "encryption": "wpa2_psk_ccmp", "hide_ssid": false,
                "key": "********", "wps_enabled": false,
            },
        })
    }

    fn access_point(&self, radio: &Radio) -> Json {
        let capabilities = json!({radio.band: {"supported": true, "shortgi_20": true, "vht_rx_ldpc": true}});
        let state = if self.about.wifi { "active" } else { "disabled" };
        json!({
            "id": radio.id,
            "name": radio.name,
            "capabilities": capabilities,
            "config": {
                "enabled": true, "band": radio.band, "channel_width": radio.width, "primary_channel": 0,
                "secondary_channel": 0, "dfs_enabled": false,
            },
            "status": {
                "state": state, "channel_width": radio.width, "primary_channel": radio.channel,
                "secondary_channel": 0, "dfs_cac_remaining_time": 0, "dfs_disabled": false,
            },
        })
    }
}

/// `wifi/config/`: the switch of all radios.
pub fn config(enabled: bool) -> Json {
    json!({"enabled": enabled, "power_saving": false, "mac_filter_state": "disabled"})
}
