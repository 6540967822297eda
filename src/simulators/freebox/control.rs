//! The profiles of the parental control, as their owner has made them: one for the children, and one that blocks.

use serde_json::{Value as Json, json};

use super::envelope::Failure;

/// What a profile consists of; a box takes it only as a whole.
const KEYS: [&str; 8] = [
    "profile_id",
    "profile_name",
    "current_mode",
    "rule_mode",
    "override",
    "override_mode",
    "override_until",
    "macs",
];

/// The profiles.
#[derive(Clone, Debug)]
pub struct Profiles(Vec<Json>);

impl Profiles {
    pub fn new() -> Self {
        let profile = |id: u64, name: &str, mode: &str, macs: &[&str]| {
            json!({
                "profile_id": id, "profile_name": name, "current_mode": mode, "rule_mode": mode,
                "override": false, "override_mode": "allowed", "override_until": null, "next_change": 0,
                "macs": macs, "hosts": {},
            })
        };
        Self(vec![
            profile(1, "Enfants", "allowed", &["00:00:5E:00:53:05"]),
            profile(2, "Internet coupé", "denied", &[]),
        ])
    }

    /// `GET network_control/`.
    pub fn list(&self) -> Json {
        Json::from(self.0.clone())
    }

    /// What the list of hosts says of a device that is in a profile.
    pub fn of(&self, mac: &str) -> Option<Json> {
        let profile = self.0.iter().find(|profile| has(profile, mac))?;
        let [id, name, mode] = ["profile_id", "profile_name", "current_mode"].map(|key| profile.get(key));
        Some(json!({"profile_id": id, "name": name, "current_mode": mode}))
    }

    /// `PUT network_control/{id}`.
    pub fn put(&mut self, id: &str, wanted: Option<&Json>) -> Result<Option<Json>, Failure> {
        let wanted = wanted.filter(|wanted| KEYS.iter().all(|key| wanted.get(key).is_some()));
        let wanted = wanted.ok_or(Failure::NO_JSON)?;
        let profile = self
            .0
            .iter_mut()
            .find(|profile| profile.get("profile_id").map(Json::to_string).as_deref() == Some(id));
        let profile = profile.ok_or(Failure::NO_ENTRY)?;
        profile.clone_from(wanted);
        Ok(Some(profile.clone()))
    }
}

fn has(profile: &Json, mac: &str) -> bool {
    let macs = profile.get("macs").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    macs.into_iter().any(|known| known.eq_ignore_ascii_case(mac))
}
