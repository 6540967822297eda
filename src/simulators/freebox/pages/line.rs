//! `connection/`.

use serde_json::{Value as Json, json};

use super::super::envelope::{Failure, Page};
use super::super::profile::Media;
use super::Moment;

impl Moment<'_> {
    pub(super) fn line(&self, path: &[&str]) -> Page {
        let split = self.about.version >= 10;
        match path {
            [] => Ok(Some(self.connection())),
            ["full"] => Ok(Some(self.full())),
            ["ftth"] => Ok(Some(self.ftth())),
            ["xdsl"] => self.xdsl().map(Some),
            ["config"] => Ok(Some(config())),
            ["logs"] => Ok(Some(self.logs())),
            ["ipv6", "config"] => Ok(Some(json!({"ipv6_enabled": true, "ipv6_firewall": true}))),
            ["lte", "backup" | "aggregation"] if split => Ok(Some(self.lte())),
            ["lte", "config"] if !split => Ok(Some(self.lte())),
            ["aggregation"] if split => Err(Failure::NO_ENTRY),
            _ => Err(Failure::NOT_FOUND),
        }
    }

    fn connection(&self) -> Json {
        let (media, kind, down, up) = match self.about.profile.media {
            Media::Ftth => ("ftth", "ethernet", 8_000_000_000_u64, 8_000_000_000_u64),
            Media::Xdsl => ("xdsl", "rfc2684", 28_031_000, 1_022_000),
            Media::Backup4g => ("backup_4g", "ethernet", 150_000_000, 50_000_000),
        };
        let (bytes, rate) = (self.traffic.bytes(), self.traffic.rate());
        let mut status = json!({
            "state": if self.up { "up" } else { "going_up" },
            "type": kind,
            "media": media,
            "rate_down": rate.received,
            "rate_up": rate.sent,
            "bytes_down": bytes.received,
            "bytes_up": bytes.sent,
            "bandwidth_down": down,
            "bandwidth_up": up,
        });
        if let (true, Some(fields)) = (self.up, status.as_object_mut()) {
            fields.insert("ipv4".to_owned(), json!("203.0.113.7"));
            fields.insert("ipv6".to_owned(), json!("2001:db8::7"));
            if self.about.version >= 4 {
                fields.insert("ipv4_port_range".to_owned(), json!([16_384, 32_767]));
            }
        }
        status
    }

    fn full(&self) -> Json {
        let mut status = self.connection();
        if let Some(fields) = status.as_object_mut() {
            fields.insert("ftth".to_owned(), self.ftth());
            let xdsl = self.xdsl().unwrap_or_else(|_| json!({"status": "disabled"}));
            fields.insert("xdsl".to_owned(), xdsl);
        }
        status
    }

    fn ftth(&self) -> Json {
        if self.about.profile.media == Media::Xdsl {
            return json!({"sfp_present": false, "sfp_has_signal": false, "link": false});
        }
        let lit = self.about.profile.media == Media::Ftth;
        let dip = self.about.age.swing(10, 3, 1).cast_signed();
        json!({
            "has_sfp": true,
            "sfp_present": true,
            "sfp_alim_ok": true,
            "sfp_has_signal": lit,
            "link": lit,
            "link_type": "pon",
            "sfp_has_power_report": true,
            "sfp_pwr_rx": if lit { -1820 - dip } else { -4000 },
            "sfp_pwr_tx": 630 + dip,
            "sfp_model": "PON-1",
            "sfp_vendor": "Example Optics",
            "sfp_serial": "SIMULATED0001",
        })
    }

    fn xdsl(&self) -> Result<Json, Failure> {
        if self.about.profile.media != Media::Xdsl {
            return Err(Failure::SERVICE_DOWN);
        }
        let age = self.about.age;
        Ok(json!({
            "status": {"status": "showtime", "protocol": "adsl2plus_a", "modulation": "adsl", "uptime": self.uptime},
            "down": {
                "rate": 28_031, "maxrate": 30_636, "snr": 7, "snr_10": age.swing(70, 1, 2), "attn": 18, "attn_10": 184,
                "fec": age.seconds() * 3, "crc": age.seconds() / 60, "hec": age.seconds() / 90, "es": 43, "ses": 12,
                "phyr": false, "ginp": true, "nitro": true, "rtx_tx": age.seconds(), "rtx_c": age.seconds() / 2, "rtx_uc": 3,
            },
            "up": {
                "rate": 1022, "maxrate": 1190, "snr": 15, "attn": 23, "snr_10": 0, "attn_10": 0,
                "fec": 0, "crc": 0, "hec": 0, "es": 0, "ses": 0, "phyr": false, "ginp": true, "nitro": true,
                "rtx_tx": age.seconds() / 5, "rtx_c": age.seconds() / 9, "rtx_uc": 0,
            },
        }))
    }

    fn lte(&self) -> Json {
        if self.about.profile.media != Media::Backup4g {
            return json!({
                "enabled": false, "state": "not_detected", "fsm_state": "wait_neighboor",
                "sim": {"present": false, "pin_locked": false, "puk_locked": false},
                "radio": {"associated": false, "plmn": 0, "signal_level": 0, "ue_active": false, "bands": []},
                "network": {"pdn_up": false, "has_ipv4": false, "ipv4": "0.0.0.0"},
            });
        }
        let fade = self.about.age.swing(95, 1, 0).cast_signed();
        json!({
            "enabled": true, "state": "connected", "fsm_state": "poll_network", "antenna": "internal",
            "sim": {"present": true, "pin_locked": false, "puk_locked": false, "pin_remaining": 3},
            "network": {"pdn_up": true, "has_ipv4": true, "ipv4": "203.0.113.9"},
            "radio": {
                "associated": true, "plmn": 20_815, "signal_level": 4, "ue_active": true, "gcid": "000000000000",
                "bands": [
                    {"enabled": false, "band": 0, "bandwidth": 0, "rsrp": 0, "rsrq": 0, "rssi": 0, "pci": 0},
                    {"enabled": true, "band": 3, "bandwidth": 20, "rsrp": -fade, "rsrq": -11, "rssi": 28 - fade, "pci": 321},
                ],
            },
        })
    }

    fn logs(&self) -> Json {
        let start = self.about.now - self.uptime.cast_signed();
        json!([
            {"id": 1, "type": "link", "link": "ftth", "state": "up", "bw_down": 8_000_000_000_u64,
             "bw_up": 8_000_000_000_u64, "date": start + 20},
            {"id": 3, "type": "conn", "conn": "ftth_pub", "state": "up", "date": start + 26},
        ])
    }
}

fn config() -> Json {
    json!({
        "ping": true, "wol": false, "adblock": false, "sip_alg": "direct_media", "disable_guest": false,
        "remote_access": false, "api_remote_access": false, "allow_token_request": true, "is_secure_pass": true,
        "api_domain": "simulated.example", "https_available": false, "https_port": 0,
    })
}
