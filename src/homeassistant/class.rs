use crate::model::{Kind, Row, Unit};

/// What Home Assistant has to know of a metric besides its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class {
    pub(super) platform: &'static str,
    pub(super) device_class: Option<&'static str>,
    pub(super) state_class: Option<&'static str>,
    pub(super) unit: Option<&'static str>,
    pub(super) precision: Option<u32>,
}

impl Class {
    /// The class of a metric. Home Assistant refuses an entity whose unit does not belong to its device
    /// class.
    pub(super) fn of(row: &Row) -> Self {
        if row.kind == Kind::Flag {
            return Self { platform: "binary_sensor", device_class: row.class, ..Self::TEXT };
        }
        Self {
            platform: "sensor",
            device_class: row.class.or_else(|| device_class(row)),
            state_class: state_class(row),
            unit: row.unit.symbol(),
            precision: row.unit.display_precision(),
        }
    }

    const TEXT: Self =
        Self { platform: "sensor", device_class: None, state_class: None, unit: None, precision: None };
}

const fn device_class(row: &Row) -> Option<&'static str> {
    match (row.kind, row.unit) {
        (Kind::State, _) => Some("enum"),
        (Kind::Moment, _) => Some("timestamp"),
        (_, Unit::BitRate) => Some("data_rate"),
        (_, Unit::Bytes) => Some("data_size"),
        (_, Unit::Decibel | Unit::DecibelMilliwatt) => Some("signal_strength"),
        (_, Unit::Celsius) => Some("temperature"),
        (_, Unit::Frequency) => Some("frequency"),
        (_, Unit::Seconds | Unit::Days) => Some("duration"),
        // There is no class that takes dBmV, rpm or shares.
        _ => None,
    }
}

const fn state_class(row: &Row) -> Option<&'static str> {
    match row.kind {
        Kind::Gauge => Some("measurement"),
        Kind::Counter => Some("total_increasing"),
        Kind::Tally => Some("total"),
        Kind::Flag | Kind::Text | Kind::State | Kind::Moment => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog;

    /// The units and state classes that Home Assistant accepts for a sensor's device class.
    fn accepts(class: &str, unit: Option<&str>, state_class: Option<&str>) -> bool {
        let measured = state_class == Some("measurement");
        match (class, unit) {
            ("data_rate", Some("bit/s" | "kbit/s" | "Mbit/s" | "Gbit/s")) => measured,
            ("data_size", Some("B" | "kB" | "MB" | "GB" | "TB")) => state_class.is_some(),
            ("signal_strength", Some("dB" | "dBm")) => measured,
            ("temperature", Some("°C")) | ("battery", Some("%")) => measured,
            ("frequency", Some("Hz" | "kHz" | "MHz" | "GHz")) => measured,
            ("duration", Some("d" | "h" | "min" | "s" | "ms")) => true,
            ("enum" | "timestamp", None) => state_class.is_none(),
            _ => false,
        }
    }

    const BINARY: [&str; 4] = ["connectivity", "power", "problem", "running"];

    #[test]
    fn home_assistant_accepts_the_class_and_unit_of_every_metric() {
        for row in catalog::ALL {
            let class = Class::of(row);
            let accepted = match (class.platform, class.device_class) {
                ("binary_sensor", class) => class.is_none_or(|class| BINARY.contains(&class)),
                (_, Some(name)) => accepts(name, class.unit, class.state_class),
                (_, None) => class.unit.is_none() || class.state_class.is_some(),
            };
            assert!(accepted, "{}: {class:?}", row.key);
            assert_eq!(row.kind == Kind::State, class.device_class == Some("enum"), "{}", row.key);
            let numeric = class.unit.is_some() || class.state_class.is_some() || class.precision.is_some();
            assert_eq!(numeric, matches!(row.kind, Kind::Gauge | Kind::Counter | Kind::Tally), "{}", row.key);
        }
    }

    #[test]
    fn what_has_no_class_has_an_icon() {
        for row in catalog::ALL.iter().filter(|row| row.shows != crate::model::Shows::Attribute) {
            assert!(Class::of(row).device_class.is_some() || row.icon.is_some(), "{}", row.key);
            assert!(row.icon.is_none_or(|icon| icon.starts_with("mdi:")), "{}", row.key);
        }
    }
}
