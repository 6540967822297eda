//! The profiles of the parental control, by which the box decides who may reach the internet. Pure.
//!
//! A device is in one profile at most, and a profile has a mode for everybody in it, so somebody can be blocked without
//! touching what the owner has arranged for others: by a profile that the owner has made for that, and nothing else.

use serde_json::Value as Json;

use super::wire::Node;
use crate::model::{Fault, Mac, printed};

/// All profiles.
pub(super) const PROFILES: &str = "network_control/";

/// The mode in which nobody in a profile reaches the internet.
pub(super) const DENIED: &str = "denied";

/// A profile as it is to be: where, and what.
pub(super) type Change = (String, Json);

/// What puts a client into the profile that blocks, or takes it out; `None` when it is so already. The box takes a
/// profile only as a whole.
///
/// # Errors
/// [`Fault::NotSupported`] when the profile is not there or does not block, or the client is in another one.
pub(super) fn change(
    profiles: &Json,
    name: &str,
    client: Mac,
    blocked: bool,
) -> Result<Option<Change>, Fault> {
    let list = || profiles.as_array().into_iter().flatten();
    let Some(ours) = list().find(|profile| Node::of(profile).text("profile_name") == Some(name)) else {
        return refused(&format!("it has no profile '{name}'"));
    };
    let is_in = has(ours, client);
    match (blocked, list().filter(|profile| *profile != ours).find(|profile| has(profile, client))) {
        (true, Some(other)) => {
            let other = Node::of(other).text("profile_name").unwrap_or("another one");
            return refused(&format!("it is in the profile '{other}', and can be in one only"));
        }
        (true, None) if Node::of(ours).text("current_mode") != Some(DENIED) => {
            return refused(&format!("the profile '{name}' does not keep anybody from the internet now"));
        }
        _ => {}
    }
    if is_in == blocked {
        return Ok(None);
    }
    let id = Node::of(ours).count("profile_id").ok_or_else(|| Fault::Malformed {
        what: PROFILES.to_owned(),
        why: format!("the profile '{name}' has no number"),
    })?;
    let mut profile = ours.clone();
    let mut macs: Vec<_> =
        macs(ours).filter(|mac| printed::mac(mac) != Some(client)).map(Json::from).collect();
    if blocked {
        macs.push(client.to_string().into());
    }
    if let Some(profile) = profile.as_object_mut() {
        profile.insert("macs".to_owned(), macs.into());
    }
    Ok(Some((format!("{PROFILES}{id}"), profile)))
}

fn refused<T>(why: &str) -> Result<T, Fault> {
    Err(Fault::NotSupported(format!("change who is blocked: {why}")))
}

fn has(profile: &Json, client: Mac) -> bool {
    macs(profile).any(|mac| printed::mac(mac) == Some(client))
}

fn macs(profile: &Json) -> impl Iterator<Item = &str> {
    profile.get("macs").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PHONE: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 6]);
    const TABLET: Mac = Mac::new([0, 0, 0x5e, 0, 0x53, 5]);

    fn profiles(mode: &str) -> Json {
        json!([
            {"profile_id": 1, "profile_name": "Children", "current_mode": "allowed", "macs": ["00:00:5E:00:53:05"]},
            {"profile_id": 7, "profile_name": "Off", "current_mode": mode, "override_until": null, "hosts": {},
             "macs": ["00:00:5E:00:53:01"]},
        ])
    }

    #[test]
    fn a_profile_is_given_back_whole_but_for_the_client() {
        let (path, profile) = change(&profiles("denied"), "Off", PHONE, true).unwrap().unwrap();
        assert_eq!(path, "network_control/7");
        let mut expected = profiles("denied")[1].clone();
        expected["macs"] = json!(["00:00:5E:00:53:01", "00:00:5e:00:53:06"]);
        assert_eq!(profile, expected);
        let all = json!([profile]);
        assert_eq!(change(&all, "Off", PHONE, true), Ok(None), "it is so already");
        let (_, profile) = change(&all, "Off", PHONE, false).unwrap().unwrap();
        assert_eq!(profile["macs"], json!(["00:00:5E:00:53:01"]));
        assert_eq!(change(&profiles("allowed"), "Off", PHONE, false), Ok(None));
    }

    #[test]
    fn the_owners_arrangements_are_left_alone() {
        for (all, client, why) in [
            (profiles("denied"), TABLET, "in the profile 'Children'"),
            (profiles("allowed"), PHONE, "does not keep anybody"),
            (json!([]), PHONE, "no profile 'Off'"),
            (json!({}), PHONE, "no profile 'Off'"),
        ] {
            let refused = change(&all, "Off", client, true).unwrap_err();
            assert!(refused.to_string().contains(why), "{refused}");
        }
        let nameless = json!([{"profile_name": "Off", "current_mode": "denied"}]);
        assert!(matches!(change(&nameless, "Off", PHONE, true), Err(Fault::Malformed { .. })));
    }
}
