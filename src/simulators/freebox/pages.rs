//! What the endpoints that need a login answer.

mod lan;
mod line;
mod storage;
mod system;
mod wifi;

pub use self::wifi::config as wifi_config;

use serde_json::json;

use super::super::Noise;
use super::auth::Rights;
use super::envelope::{Failure, Page};
use super::household::About;
use super::life::Traffic;

/// The box at the moment of a request.
#[derive(Debug)]
pub struct Moment<'a> {
    /// The box, and the time.
    pub about: About<'a>,
    /// Its connection.
    pub traffic: &'a Traffic,
    /// Whether the connection is up; it takes a while after a restart.
    pub up: bool,
    /// How long the box says it has been on.
    pub uptime: u64,
    /// Its randomness.
    pub noise: &'a Noise,
    /// What the asking application may do.
    pub rights: Rights,
}

impl Moment<'_> {
    /// The answer of an endpoint, by the segments of its address.
    pub fn page(&self, path: &[&str]) -> Page {
        let version = self.about.version;
        match path {
            ["login", "perms"] => Ok(Some(self.rights.list())),
            ["connection", rest @ ..] => self.line(rest),
            ["system"] => Ok(Some(if version >= 6 { self.system() } else { self.flat_system() })),
            ["lan", rest @ ..] => self.lan(rest),
            ["dhcp", rest @ ..] => self.dhcp(rest),
            ["wifi", rest @ ..] => self.wifi(rest),
            ["switch", rest @ ..] => self.switch(rest),
            ["storage", rest @ ..] => self.storage(rest),
            ["update"] if version >= 11 => Ok(Some(json!({"state": "up_to_date"}))),
            ["network_control"] if version >= 8 && !self.about.profile.bridge => {
                Ok(Some(self.about.control.list()))
            }
            ["call", "log"] => Ok(Some(self.calls())),
            ["lcd", "config"] => Ok(Some(json!({
                "brightness": 60, "orientation": 0, "orientation_forced": false, "hide_wifi_key": false,
            }))),
            ["lang"] if version >= 8 => Ok(Some(json!({"lang": "fra", "avalaible": ["fra", "eng", "ita"]}))),
            ["freeplug" | "player"] => Ok(None),
            _ => Err(Failure::NOT_FOUND),
        }
    }

    fn calls(&self) -> serde_json::Value {
        let call = |id: i64, kind: &str, duration: u64| {
            json!({"id": id, "type": kind, "datetime": self.about.now - 7200 * id, "number": "0100000001",
                   "name": "0100000001", "duration": duration, "new": id == 3, "contact_id": 0})
        };
        json!([call(3, "missed", 29), call(2, "outgoing", 180), call(1, "accepted", 65)])
    }

    /// In another order each time, as the box's own lists are.
    fn shuffled(&self, mut list: Vec<serde_json::Value>) -> serde_json::Value {
        for position in (1..list.len()).rev() {
            let other = self.noise.whole(0, position as u64);
            list.swap(position, usize::try_from(other).unwrap_or(position));
        }
        list.into()
    }
}
