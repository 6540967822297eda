//! From the catalog to the names that Prometheus and its like use: base units, `_total`, `_info`.

use super::FamilyKind;
use crate::model::{Kind, Row, Shows, SubjectKind, Unit, catalog};

/// What every name begins with.
pub const PREFIX: &str = "router2mqtt";

/// The label that says which box.
pub const BOX: &str = "box";

/// Not a label of anything: it is another one at each poll, and so would be a new series at each poll.
const TICKING: &str = catalog::DEVICE_CLOCK.key();

/// How a metric of a kind of subject is shown as numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A number in this family.
    Number {
        /// The name of the family, without the suffix of its kind.
        family: String,
        /// What it is taken for.
        kind: FamilyKind,
    },
    /// A sample for each word it can take, of which one is 1 and the others are 0; the word is the label `state`.
    States {
        /// The name of the family.
        family: String,
    },
    /// A family of its own, whose samples have the text as the label of its key.
    Info {
        /// The name of the family, without `_info`.
        family: String,
    },
    /// A label in the family that describes the subject: see [`info`].
    Label,
    /// Not at all.
    Nowhere,
}

/// How a metric is shown on a kind of subject.
pub fn shown(kind: SubjectKind, row: &Row) -> Shown {
    let family = || family(kind, row);
    match row.kind {
        Kind::Counter => Shown::Number { family: family(), kind: FamilyKind::Counter },
        Kind::Gauge | Kind::Tally | Kind::Flag | Kind::Moment => {
            Shown::Number { family: family(), kind: FamilyKind::Gauge }
        }
        Kind::State | Kind::Text if row.shows == Shows::Attribute || row.key == TICKING => Shown::Nowhere,
        Kind::State | Kind::Text if kind != SubjectKind::Router => Shown::Label,
        Kind::State => Shown::States { family: family() },
        Kind::Text => Shown::Info { family: family() },
    }
}

/// The name of the family that describes subjects of a kind, without `_info`.
pub fn info(kind: SubjectKind) -> String {
    match kind {
        SubjectKind::Router => format!("{PREFIX}_box"),
        _ => format!("{PREFIX}_{}", word(kind)),
    }
}

/// The label that tells subjects of a kind apart; `None` for the box itself.
pub const fn label_of(kind: SubjectKind) -> Option<&'static str> {
    match kind {
        SubjectKind::Router => None,
        SubjectKind::Downstream | SubjectKind::Upstream => Some("channel"),
        other => Some(word(other)),
    }
}

/// How many of a unit make one of what is shown.
pub const fn scale(unit: Unit) -> f64 {
    match unit {
        // Bits and per cent are no base units; days neither.
        Unit::BitRate => 8.0,
        Unit::Percent | Unit::Share => 100.0,
        Unit::Days => 1.0 / 86_400.0,
        _ => 1.0,
    }
}

/// The base unit that the name of a family ends with, if it has one.
pub fn unit_of(family: &str) -> Option<&'static str> {
    let ends = |unit: &&str| family.strip_suffix(*unit).is_some_and(|rest| rest.ends_with('_'));
    UNITS.into_iter().find(ends)
}

/// The base units in names.
const UNITS: [&str; 10] =
    ["bytes_per_second", "bytes", "seconds", "ratio", "hertz", "db", "dbm", "dbmv", "celsius", "rpm"];

/// The word in the names of families about a kind of subject; empty for the box itself.
pub const fn word(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Router => "",
        SubjectKind::Downstream => "downstream",
        SubjectKind::Upstream => "upstream",
        SubjectKind::Port => "port",
        SubjectKind::Radio => "radio",
        SubjectKind::Sensor => "sensor",
        SubjectKind::Fan => "fan",
        SubjectKind::Disk => "disk",
        SubjectKind::Client => "client",
        SubjectKind::Person => "person",
    }
}

const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::BitRate => "bytes_per_second",
        Unit::Bytes => "bytes",
        Unit::Decibel => "db",
        Unit::DecibelMilliwatt => "dbm",
        Unit::DecibelMillivolt => "dbmv",
        Unit::Celsius => "celsius",
        Unit::Rpm => "rpm",
        Unit::Frequency => "hertz",
        Unit::Seconds | Unit::Days => "seconds",
        Unit::Percent | Unit::Share => "ratio",
        Unit::Moment => "timestamp_seconds",
        Unit::Count | Unit::Flag | Unit::Text => "",
    }
}

fn family(kind: SubjectKind, row: &Row) -> String {
    joined([PREFIX, word(kind), &key(kind, row)])
}

/// What a metric is called on a kind of subject, with its unit, where it is told otherwise what subject it is of: `snr_db`. No word
/// of a name is said twice.
pub fn key(kind: SubjectKind, row: &Row) -> String {
    let key = match row.unit {
        Unit::Percent | Unit::Share => row.key.trim_end_matches("_percent"),
        Unit::Days => row.key,
        _ => row.key.trim_end_matches("_bytes"),
    };
    let key = if row.unit == Unit::Days { key.replace("days_", "") } else { key.to_owned() };
    let said = key.strip_prefix(word(kind)).and_then(|rest| rest.strip_prefix('_'));
    joined([said.unwrap_or(&key), unit(row.unit)])
}

fn joined<const N: usize>(parts: [&str; N]) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn name<Q>(kind: SubjectKind, metric: crate::model::Metric<Q>) -> String {
        match shown(kind, metric.row()) {
            Shown::Number { family, kind } => format!("{family}{}", kind.suffix()),
            Shown::States { family } => family,
            Shown::Info { family } => format!("{family}_info"),
            Shown::Label => "a label".into(),
            Shown::Nowhere => "nowhere".into(),
        }
    }

    #[test]
    fn names_have_base_units_and_suffixes() {
        use catalog::*;
        assert_eq!(name(SubjectKind::Router, RECEIVED), "router2mqtt_received_bytes_total");
        assert_eq!(name(SubjectKind::Client, RECEIVED), "router2mqtt_client_received_bytes_total");
        assert_eq!(name(SubjectKind::Router, DOWNLOAD_RATE), "router2mqtt_download_rate_bytes_per_second");
        assert_eq!(name(SubjectKind::Downstream, SNR), "router2mqtt_downstream_snr_db");
        assert_eq!(name(SubjectKind::Downstream, UNCORRECTED), "router2mqtt_downstream_uncorrected_total");
        assert_eq!(name(SubjectKind::Port, RX_BYTES), "router2mqtt_port_rx_bytes_total");
        assert_eq!(name(SubjectKind::Disk, DISK_FREE), "router2mqtt_disk_free_bytes");
        assert_eq!(name(SubjectKind::Person, QUOTA_PERCENT), "router2mqtt_person_quota_ratio");
        assert_eq!(name(SubjectKind::Router, QUOTA_DAYS_LEFT), "router2mqtt_quota_left_seconds");
        assert_eq!(name(SubjectKind::Router, LAST_BOOT), "router2mqtt_last_boot_timestamp_seconds");
        assert_eq!(name(SubjectKind::Router, WAN_STATE), "router2mqtt_wan_state");
        assert_eq!(name(SubjectKind::Router, IPV4), "router2mqtt_ipv4_info");
        assert_eq!(name(SubjectKind::Client, IPV4), "a label");
        assert_eq!(name(SubjectKind::Router, DEVICE_CLOCK), "nowhere");
    }

    #[test]
    fn names_tell_their_unit() {
        assert_eq!(unit_of("router2mqtt_download_rate_bytes_per_second"), Some("bytes_per_second"));
        assert_eq!(unit_of("router2mqtt_last_boot_timestamp_seconds"), Some("seconds"));
        assert_eq!(unit_of("router2mqtt_downstream_power_dbmv"), Some("dbmv"));
        assert_eq!(unit_of("router2mqtt_wan_state"), None);
        assert_eq!(unit_of("seconds"), None);
        for row in catalog::ALL {
            let known = unit(row.unit);
            assert_eq!(unit_of(&format!("a_{known}")).is_some(), !known.is_empty(), "{}", row.key);
        }
    }

    #[test]
    fn a_name_means_one_metric() {
        let mut known = BTreeMap::new();
        for kind in SubjectKind::ALL {
            for row in catalog::ALL.iter().filter(|row| row.on.contains(&kind)) {
                let family = match shown(kind, row) {
                    Shown::Number { family, .. } | Shown::States { family } | Shown::Info { family } => {
                        family
                    }
                    Shown::Label | Shown::Nowhere => continue,
                };
                assert_eq!(known.insert(family.clone(), (kind, row.key)), None, "{family}");
                assert!(!SubjectKind::ALL.map(info).contains(&family), "{family}");
            }
        }
    }
}
