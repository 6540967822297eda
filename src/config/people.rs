use config::ValueKind;

use super::read::{Entry, Group};
use super::{hours, quota, router};
use crate::accounting::{Device, People, Person};
use crate::model::{ItemId, Mac, text};

/// Who has which devices: `people`.
pub(super) fn read(root: &mut Group<'_>) -> People {
    let mut people = People::default();
    let Some(group) = root.take("people").and_then(Entry::group) else {
        return people;
    };
    for (key, entry) in group.into_entries() {
        let Some(id) = ItemId::new(&key).filter(|id| id.as_str() == key) else {
            entry.wrong("an id of a-z, 0-9 and '_' is expected; the name can be given as 'name'");
            continue;
        };
        person(&mut people, id, entry);
    }
    people
}

fn person(people: &mut People, id: ItemId, entry: Entry<'_>) {
    let Some(mut group) = entry.group() else {
        return;
    };
    let name = group
        .take("name")
        .and_then(|entry| entry.parsed(|text| text::name(text).ok_or("a name is expected")));
    let devices = group.take("devices").and_then(|entry| entry.items());
    let devices = devices.into_iter().flatten().filter_map(device).collect();
    let quota = group.take("quota").and_then(|entry| quota::limit(&entry));
    let consequence = group.take("when_exhausted");
    let block = consequence.as_ref().and_then(|entry| entry.choice(&[("tell", false), ("block", true)]));
    if let (Some(entry), None) = (&consequence, quota) {
        entry.wrong("has no effect without 'quota'");
    }
    let person = Person {
        name: name.unwrap_or_else(|| router::prettified(id.as_str())),
        id,
        quota,
        block: block.unwrap_or_default(),
    };
    if let Err(error) = people.add(person, devices) {
        group.wrong(error.to_string());
    }
    group.finish();
}

/// A hardware address, or one with the hours in which the device is theirs.
fn device(entry: Entry<'_>) -> Option<Device> {
    if !matches!(entry.kind(), ValueKind::Table(_)) {
        return Some(Device { mac: mac(&entry)?, hours: None });
    }
    let mut group = entry.group()?;
    let address = group.take("mac");
    if address.is_none() {
        group.missing("mac", "is missing; a hardware address such as 02:00:5e:10:00:01 is expected");
    }
    let hours = group.take("hours").map(|entry| hours::list(&entry));
    group.finish();
    let mac = mac(&address?)?;
    Some(Device { mac, hours: hours.map_or(Some(None), |hours| hours.map(Some))? })
}

fn mac(entry: &Entry<'_>) -> Option<Mac> {
    entry.parsed(|text| text.parse().map_err(|_| "hardware addresses such as 02:00:5e:10:00:01 are expected"))
}
