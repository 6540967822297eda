//! `system/` and `switch/`.

use serde_json::{Map, Value as Json, json};

use super::super::envelope::{Failure, Page};
use super::super::household::{GATEWAY, all};
use super::super::life::Age;
use super::Moment;

impl Moment<'_> {
    fn about_system(&self) -> Map<String, Json> {
        let (days, hours) = (self.uptime / 86_400, self.uptime / 3600 % 24);
        let fields = json!({
            "mac": GATEWAY,
            "serial": "SIMULATED0002",
            "board_name": self.about.profile.board,
            "firmware_version": self.about.profile.firmware,
            "uptime": format!("{days} jours {hours} heures"),
            "uptime_val": self.uptime,
            "box_authenticated": self.up,
            "disk_status": "active",
            "user_main_storage": "Disque dur",
        });
        if let Json::Object(fields) = fields { fields } else { Map::new() }
    }

    /// Since version 6: lists.
    pub(super) fn system(&self) -> Json {
        let swing = |mean, step, position| self.about.age.swing(mean, step, position);
        let list = |things: &[(&str, &str, u64)], step| {
            let list = (0..).zip(things);
            let member = |(position, (id, name, mean)): (u64, &(&str, &str, u64))| json!({"id": id, "name": name, "value": swing(*mean, step, position)});
            self.shuffled(list.map(member).collect())
        };
        let mut fields = self.about_system();
        fields.insert("model_info".to_owned(), self.about.profile.info());
        fields.insert("sensors".to_owned(), list(self.about.profile.sensors, 1));
        fields.insert("fans".to_owned(), list(self.about.profile.fans, 30));
        fields.insert("something_new".to_owned(), json!({"of": "this firmware"}));
        Json::Object(fields)
    }

    /// Up to version 5: each sensor is a field.
    pub(super) fn flat_system(&self) -> Json {
        let mut fields = self.about_system();
        fields.insert("box_flavor".to_owned(), json!("full"));
        for (position, (id, _, mean)) in (0..).zip(self.about.profile.sensors) {
            fields.insert((*id).to_owned(), json!(self.about.age.swing(*mean, 1, position)));
        }
        if let Some((_, _, mean)) = self.about.profile.fans.first() {
            fields.insert("fan_rpm".to_owned(), json!(self.about.age.swing(*mean, 30, 0)));
        }
        Json::Object(fields)
    }

    pub(super) fn switch(&self, path: &[&str]) -> Page {
        if self.about.profile.bridge {
            return Err(Failure::SERVICE_DOWN);
        }
        match path {
            ["status"] => Ok(Some(self.ports())),
            ["port", id, "stats"] => {
                let ports = self.about.profile.ports.iter();
                let mut known = ports.filter(|(number, ..)| number.to_string() == *id);
                let (number, _, speed) = known.next().ok_or(Failure::BAD_PORT)?;
                Ok(Some(stats(self.about.age, *number, *speed)))
            }
            _ => Err(Failure::NOT_FOUND),
        }
    }

    fn ports(&self) -> Json {
        let named = self.about.profile.api.0 >= 8;
        let port = |(id, name, speed): &(u64, &str, u64)| {
            let macs: Vec<_> = all().filter_map(|(_, device)| device.in_port(*id)).collect();
            let (link, duplex, mode) = match (*speed, *id) {
                (0, 9999) => ("down", "auto", "0-FD".to_owned()),
                (0, _) => ("down", "half", "10BaseT-HD".to_owned()),
                (speed, _) => ("up", "full", format!("{speed}BaseT-FD")),
            };
            let shown = if *speed == 0 && *id != 9999 { 10 } else { *speed };
            let mut port =
                json!({"id": id, "link": link, "duplex": duplex, "mode": mode, "speed": shown.to_string()});
            if let Some(fields) = port.as_object_mut() {
                fields.insert("mac_list".to_owned(), if macs.is_empty() { json!({}) } else { macs.into() });
                if named {
                    fields.insert("name".to_owned(), json!(name));
                    fields.insert("rrd_id".to_owned(), json!(id.to_string()));
                }
            }
            port
        };
        self.shuffled(self.about.profile.ports.iter().map(port).collect())
    }
}

fn stats(age: Age, port: u64, speed: u64) -> Json {
    let busy = if speed == 0 { 0 } else { port };
    let (received, receiving) = age.flow(30_000 * busy, busy);
    let (sent, sending) = age.flow(200_000 * busy, busy + 1);
    let rate = |rate: u64| if port == 9999 { json!(-1) } else { json!(rate) };
    json!({
        "rx_good_bytes": received, "rx_bytes_rate": rate(receiving), "rx_packets_rate": rate(receiving / 900),
        "rx_good_packets": received / 900, "rx_err_packets": 0, "rx_fcs_packets": 0, "rx_bad_bytes": 0,
        "tx_bytes": sent, "tx_bytes_rate": rate(sending), "tx_packets_rate": rate(sending / 1200),
        "tx_packets": sent / 1200, "tx_collisions": 0, "tx_deferred": 0, "tx_late": 0,
    })
}
