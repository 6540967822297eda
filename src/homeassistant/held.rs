//! What Home Assistant was told earlier, as the broker still holds it.

use bytes::Bytes;
use serde_json::{Map, Value as Json};

use super::config::Origin;
use crate::mqtt::{Held, Topics, Wanted};

/// Whether a message is ours: it bears our name, and depends on this very bridge's availability. Another
/// bridge of our kind on the same broker has another prefix. Gives the topics of ours from which its entities
/// take their values.
pub(super) fn recognise(payload: &[u8], topics: &Topics) -> Option<Vec<String>> {
    let message: Json = serde_json::from_slice(payload).ok()?;
    let origin = message.get("o").or_else(|| message.get("origin"))?;
    let ours = origin.get("name")?.as_str()? == Origin::NAME;
    let mut named = Named::default();
    named.collect(&message);
    let bridge = topics.bridge_availability();
    if !ours || !named.availability.contains(&bridge) {
        return None;
    }
    // What a box says it is stands beside its availability, and no entity takes its value from there.
    let about = named.availability.iter().filter_map(|topic| topics.info_beside(topic)).collect::<Vec<_>>();
    let all = named.availability.into_iter().chain(named.states).chain(about);
    Some(all.filter(|topic| *topic != bridge && topics.retains(topic)).collect())
}

#[derive(Default)]
struct Named {
    availability: Vec<String>,
    states: Vec<String>,
}

impl Named {
    fn collect(&mut self, part: &Json) {
        let Json::Object(fields) = part else { return };
        for (key, value) in fields {
            match (key.as_str(), value) {
                ("stat_t" | "json_attr_t", Json::String(topic)) => self.states.push(topic.clone()),
                ("avty", Json::Array(list)) => {
                    let topics = list.iter().filter_map(|entry| entry.get("t")?.as_str());
                    self.availability.extend(topics.map(str::to_owned));
                }
                ("cmps", Json::Object(components)) => components.values().for_each(|part| self.collect(part)),
                _ => {}
            }
        }
    }
}

/// The device message to send where the broker holds another.
///
/// Home Assistant keeps an entity that is merely left out of a message, as a ghost. So a component that is no
/// longer wanted is sent with nothing but its platform, which removes the entity, for as long as this
/// connection lasts; the next one finds it so and leaves it out. While a box has not been read, nothing is
/// removed.
pub(super) fn replace(held: &Held, wanted: &Wanted) -> Bytes {
    let parsed = |payload: &Bytes| serde_json::from_slice::<Map<String, Json>>(payload).ok();
    let (Some(old), Some(mut new)) = (parsed(&held.payload), parsed(&wanted.payload)) else {
        return wanted.payload.clone();
    };
    if wanted.partial {
        add_missing(&mut new, &old, "dev", |field| Some(field.clone()));
    }
    add_missing(&mut new, &old, "cmps", |component| keep(component, held.sent, wanted.partial));
    if new == old {
        return held.payload.clone();
    }
    serde_json::to_vec(&new).map_or_else(|_| wanted.payload.clone(), Bytes::from)
}

/// What becomes of a component that is not wanted.
fn keep(component: &Json, sent: bool, partial: bool) -> Option<Json> {
    let is_removal = component.as_object().is_some_and(|fields| fields.len() == 1);
    if is_removal {
        return sent.then(|| component.clone());
    }
    if partial {
        return Some(component.clone());
    }
    let platform = component.get("p")?.clone();
    Some(Json::Object(std::iter::once(("p".to_owned(), platform)).collect()))
}

/// Adds to one object of the new message what only the old one has there, as far as `keep` keeps it.
fn add_missing(
    new: &mut Map<String, Json>,
    old: &Map<String, Json>,
    object: &str,
    keep: impl Fn(&Json) -> Option<Json>,
) {
    let (Some(Json::Object(new)), Some(Json::Object(old))) = (new.get_mut(object), old.get(object)) else {
        return;
    };
    for (key, value) in old {
        if let Some(kept) = keep(value).filter(|_| !new.contains_key(key)) {
            new.insert(key.clone(), kept);
        }
    }
}
