//! What things are called: identifiers that never change, and names for people.

use crate::engine::{BoxView, Known, Shape};
use crate::model::{BoxId, Mac, Subject, text};

/// `router2mqtt_<box>`: the identifier of the box, and the beginning of every identifier of its.
pub(super) fn of_box(id: &BoxId) -> String {
    format!("router2mqtt_{id}")
}

/// `router2mqtt_<box>_<mac>`: the identifier of something of the household, as this box sees it.
pub(super) fn of_client(id: &BoxId, mac: &Mac) -> String {
    format!("{}_{}", of_box(id), mac.compact())
}

/// `router2mqtt_<box>_person_<id>`: the identifier of somebody of the household, as this box sees them.
pub(super) fn of_person(id: &BoxId, person: &Subject) -> String {
    format!("{}_{}", of_box(id), person.slug())
}

/// What tells an entity from the others of its box: `snr` of downstream channel 9 is `down_9_snr`.
pub(super) fn key(subject: &Subject, key: &str) -> String {
    match subject {
        Subject::Router => key.to_owned(),
        other => format!("{}_{key}", other.slug()),
    }
}

/// The object part of the entity id to ask for.
pub(super) fn object_id(view: &BoxView, subject: &Subject, key: &str) -> String {
    let box_id = text::slug(view.about.id.as_str());
    match subject {
        Subject::Router => format!("{box_id}_{key}"),
        Subject::Client(mac) => {
            let label = view.shape.get(subject).and_then(|known| known.label.as_deref()).map(text::slug);
            let name = label.filter(|label| !label.is_empty()).unwrap_or_else(|| mac.compact());
            let object = format!("{box_id}_{name}");
            if key.is_empty() { object } else { format!("{object}_{key}") }
        }
        other => format!("{box_id}_{}_{key}", other.slug()),
    }
}

/// The name of an entity: that of the metric, behind that of the port, channel, radio, sensor, fan or disk it
/// is read on. The device's own name is put in front by Home Assistant.
pub(super) fn entity(shape: &Shape, subject: &Subject, known: &Known, metric: &str) -> String {
    match subject {
        Subject::Router | Subject::Client(_) | Subject::Person(_) => metric.to_owned(),
        other if says_so_itself(known, metric) => thing(shape, other, known),
        other => format!("{} {}", thing(shape, other, known), uncapitalised(metric)),
    }
}

/// The name of something of the household.
pub(super) fn client(mac: &Mac, known: &Known) -> String {
    known.label.clone().unwrap_or_else(|| format!("Client {mac}"))
}

/// Whether the box's own name for the thing names the metric, too, in whatever language: `Température CPU 0`.
fn says_so_itself(known: &Known, metric: &str) -> bool {
    let stem: String = metric.to_lowercase().chars().take(4).collect();
    known.label.as_ref().is_some_and(|label| label.to_lowercase().contains(&stem))
}

/// The box's own name for the thing, and what tells it from others that the box calls the same: two disks whose
/// partitions are both called `Volume`, or a disk and its sensor.
fn thing(shape: &Shape, subject: &Subject, known: &Known) -> String {
    let Some(label) = &known.label else {
        return format!("{} {}", subject.kind().noun(), subject.id());
    };
    let namesakes = shape.iter().filter(|(other, twin)| {
        *other != subject && !matches!(other, Subject::Client(_)) && twin.label.as_ref() == Some(label)
    });
    match namesakes.map(|(other, _)| other.kind() == subject.kind()).max() {
        None => label.clone(),
        Some(false) => format!("{label} {}", uncapitalised(subject.kind().noun())),
        Some(true) => format!("{label} {}", subject.id()),
    }
}

/// The name as it stands within a name: `Link speed` is `link speed`, but `SNR` and `Wi-Fi` stay.
fn uncapitalised(name: &str) -> String {
    let first = name.split(' ').next().unwrap_or_default();
    if first.chars().skip(1).any(char::is_uppercase) {
        return name.to_owned();
    }
    let mut rest = name.chars();
    rest.next().map(|letter| letter.to_lowercase().chain(rest).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ItemId;

    #[test]
    fn names_read_like_a_sentence() {
        let alone =
            |subject: &Subject, known: &Known, metric| entity(&Shape::default(), subject, known, metric);
        let channel = Subject::Downstream(ItemId::new(9).unwrap());
        let port = Subject::Port(ItemId::new(3).unwrap());
        let labelled = Known { label: Some("Ethernet 3".into()), ..Known::default() };
        assert_eq!(alone(&channel, &Known::default(), "SNR"), "Downstream 9 SNR");
        assert_eq!(alone(&channel, &Known::default(), "Channel type"), "Downstream 9 channel type");
        assert_eq!(alone(&port, &labelled, "Link"), "Ethernet 3 link");
        let sensor = Subject::Sensor(ItemId::new("t1").unwrap());
        let named = |label: &str| Known { label: Some(label.into()), ..Known::default() };
        assert_eq!(alone(&sensor, &named("Température CPU 1"), "Temperature"), "Température CPU 1");
        assert_eq!(alone(&sensor, &named("Disque dur"), "Temperature"), "Disque dur temperature");
        assert_eq!(alone(&Subject::Router, &Known::default(), "Download rate"), "Download rate");
        assert_eq!(uncapitalised("Wi-Fi link rate down"), "Wi-Fi link rate down");
    }

    #[test]
    fn what_the_box_calls_the_same_is_told_apart() {
        let named = |label: &str| Known { label: Some(label.into()), ..Known::default() };
        let id = |id: u32| ItemId::new(id).unwrap();
        let all = [
            (Subject::Disk(id(1)), "Volume", "Volume 1 temperature"),
            (Subject::Disk(id(2)), "Volume", "Volume 2 temperature"),
            (Subject::Disk(id(3)), "Disque dur", "Disque dur disk temperature"),
            (Subject::Sensor(id(3)), "Disque dur", "Disque dur sensor temperature"),
            (Subject::Fan(id(1)), "Ventilateur", "Ventilateur temperature"),
        ];
        let mut shape = Shape::default();
        for (subject, label, _) in &all {
            shape.remember(subject.clone(), named(label));
        }
        for (subject, label, name) in &all {
            assert_eq!(entity(&shape, subject, &named(label), "Temperature"), *name);
        }
    }
}
