use std::collections::BTreeSet;

use crate::engine::BoxView;
use crate::model::{BoxId, Item, Readings, Row, Subject, Value};

use super::Shown;
use super::figures::seconds;
use super::names::{key, scale, shown, word};

/// One value, and what it is of: for whoever keeps numbers under paths instead of labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Which box.
    pub box_id: BoxId,
    /// What of the box.
    pub subject: Subject,
    /// What is told of it, with its unit, such as `snr_db`.
    pub key: String,
    /// The value.
    pub value: PointValue,
}

/// What a point holds.
#[derive(Clone, Debug, PartialEq)]
pub enum PointValue {
    /// A measure, in the base unit that the key names. Always finite.
    Number(f64),
    /// A number of whole things, exact to 64 bits; 1 and 0 for yes and no.
    Count(u64),
    /// Words, for those who can keep them.
    Text(String),
}

impl Point {
    /// The word for the kind of subject it is of, such as `downstream`; empty for the box itself.
    pub const fn word(&self) -> &'static str {
        word(self.subject.kind())
    }

    /// The way to it: the box, the word and the id of the subject, and the key. The box itself has neither word nor id.
    pub fn path(&self) -> Vec<String> {
        let (word, id) = (self.word().to_owned(), self.subject.id());
        let parts = [self.box_id.to_string(), word, id, self.key.clone()];
        parts.into_iter().filter(|part| !part.is_empty()).collect()
    }
}

/// Everything that is known of a box now, under our own names. What it told before it went away is not among it; what the bridge
/// counts itself is.
pub fn points_of(view: &BoxView) -> Vec<Point> {
    let read = view.sections.values().map(|section| &section.readings);
    let read = read.filter(|_| view.availability.is_online());
    let mut known = BTreeSet::new();
    // What two sections tell is what the first of them tells, as everywhere.
    read.chain([&view.usage])
        .flat_map(|readings| points_in(&view.about.id, readings))
        .filter(|point| known.insert((point.subject.clone(), point.key.clone())))
        .collect()
}

/// What these readings of a box tell, under our own names.
pub fn points_in<'a>(id: &'a BoxId, readings: &'a Readings) -> impl Iterator<Item = Point> + 'a {
    readings.iter().flat_map(|(subject, item)| told(id, subject, item))
}

/// Under which key the name of a subject stands.
const NAME: &str = "name";

fn told<'a>(id: &'a BoxId, subject: &'a Subject, item: &'a Item) -> impl Iterator<Item = Point> + 'a {
    let point = |key, value| Point { box_id: id.clone(), subject: subject.clone(), key, value };
    let name = item.label.iter().map(move |name| point(NAME.to_owned(), PointValue::Text(name.clone())));
    let values = item.iter().filter_map(move |(row, value)| {
        let is_told = !matches!(shown(subject.kind(), row), Shown::Nowhere);
        let value = value.filter(|_| is_told)?;
        Some(point(key(subject.kind(), row), in_base_unit(row, value)))
    });
    name.chain(values)
}

/// The value in the unit that the key names.
pub(super) fn in_base_unit(row: &Row, value: &Value) -> PointValue {
    match value {
        Value::Number(number) => PointValue::Number(number / scale(row.unit)),
        Value::Count(count) => PointValue::Count(*count),
        Value::Flag(flag) => PointValue::Count(u64::from(*flag)),
        Value::Moment(moment) => PointValue::Number(seconds(*moment)),
        Value::Text(text) => PointValue::Text(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::engine::{About, Availability};
    use crate::metrics::{graphite, influx};
    use crate::model::{
        BitRate, Bytes, Decibel, ItemId, Kind, Section, Snapshot, SubjectKind, Text, Unit, catalog,
    };

    fn view() -> BoxView {
        let mut seen = Snapshot::new(Timestamp::from_second(1_800_000_000).unwrap());
        seen.section(Section::Connection)
            .router()
            .set(catalog::WAN, true)
            .set(catalog::RECEIVED, Bytes(49_556_332_677))
            .set(catalog::DOWNLOAD_RATE, BitRate::bits(20.0))
            .set(catalog::IPV4, Text::new("192.0.2.1"));
        seen.section(Section::System).router().set(catalog::DEVICE_CLOCK, Text::new("12:00"));
        let port = Subject::Port(ItemId::new(1).unwrap());
        seen.section(Section::Ports)
            .subject(port.clone())
            .label("Office, \"left\" \\")
            .set(catalog::LINK, false);
        let channel = Subject::Downstream(ItemId::new("9").unwrap());
        seen.section(Section::Line).subject(channel).set(catalog::SNR, Decibel(40.9));
        let about = About {
            id: "modem".parse().unwrap(),
            name: "Modem".into(),
            family: "hitron",
            manufacturer: "Hitron",
            url: "http://192.0.2.1/".into(),
            actions: Vec::new(),
        };
        BoxView::visited(about, seen)
    }

    #[test]
    fn graphite_gets_a_line_for_each_number() {
        let view = view();
        let lines = graphite::lines(&view, view.sections.values().next().unwrap().at);
        for line in [
            "router2mqtt.modem.received_bytes 49556332677 1800000000",
            "router2mqtt.modem.download_rate_bytes_per_second 2.5 1800000000",
            "router2mqtt.modem.wan 1 1800000000",
            "router2mqtt.modem.port.1.link 0 1800000000",
            "router2mqtt.modem.downstream.9.snr_db 40.9 1800000000",
        ] {
            assert!(lines.lines().any(|other| other == line), "{line} in {lines}");
        }
        assert!(!lines.contains("192.0.2.1") && !lines.contains("Office") && !lines.contains("12:00"));
    }

    #[test]
    fn influx_gets_a_line_for_each_subject() {
        let view = view();
        let lines = influx::lines(&view, view.sections.values().next().unwrap().at);
        let port = "router2mqtt,box=modem,subject=port,id=1 name=\"Office, \\\"left\\\" \\\\\",link=0i 1800000000000000000";
        assert!(lines.lines().any(|line| line == port), "{port} in {lines}");
        let own = lines.lines().find(|line| line.starts_with("router2mqtt,box=modem ")).unwrap();
        for field in ["received_bytes=49556332677i", "wan=1i", "ipv4=\"192.0.2.1\""] {
            assert!(own.split([' ', ',']).any(|other| other == field), "{field} in {own}");
        }
        assert!(lines.contains("subject=downstream,id=9 snr_db=40.9 "));
    }

    #[test]
    fn a_box_that_is_away_has_only_what_the_bridge_counts() {
        let mut view = view();
        view.availability = Availability::Unknown;
        view.usage.router().set(catalog::USAGE_TODAY, Bytes(7));
        let points = points_of(&view);
        assert_eq!(points.len(), 1);
        assert_eq!(points[0].path(), ["modem", "usage_today_bytes"]);
        assert_eq!(points[0].value, PointValue::Count(7));
    }

    /// InfluxDB takes a field of a measurement for what it was the first time.
    #[test]
    fn a_field_is_always_of_one_type() {
        let mut known = BTreeMap::new();
        for kind in SubjectKind::ALL {
            for row in catalog::ALL.iter().filter(|row| row.on.contains(&kind)) {
                let of = match (row.kind, row.unit) {
                    (Kind::Text | Kind::State, _) => "text",
                    (Kind::Flag, _) | (_, Unit::Bytes | Unit::Count) => "integer",
                    _ => "float",
                };
                assert_eq!(*known.entry(key(kind, row)).or_insert(of), of, "{}", row.key);
            }
        }
    }
}
