use std::fmt;
use std::marker::PhantomData;

use serde_json::Value as Json;

use super::{Quantity, SubjectKind, Unit, Value};

/// How a metric behaves over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Goes up and down.
    Gauge,
    /// Only grows, until it begins anew: as a rule when the box restarts.
    Counter,
    /// Grows, and begins anew at a known moment, such as midnight; see [`Row::since`].
    Tally,
    /// Yes or no.
    Flag,
    /// Free words.
    Text,
    /// One word of a fixed list.
    State,
    /// A point in time.
    Moment,
}

/// How prominently readers show a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// What the household looks at.
    Primary,
    /// What one looks at when something is wrong.
    Diagnostic,
    /// Announced but switched off until somebody asks for it: fast, numerous or rarely wanted.
    Hidden,
    /// Published, never announced as an entity of its own.
    Attribute,
}

/// Everything that is known of a metric: the only place that holds its name, its unit and its class.
#[derive(Debug)]
pub struct Row {
    /// The name in payloads and identifiers; unique among the metrics of one subject.
    pub key: &'static str,
    /// The name people read, without the name of the box or the subject.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// The unit.
    pub unit: Unit,
    /// How it behaves.
    pub kind: Kind,
    /// What it can be read on.
    pub on: &'static [SubjectKind],
    /// How prominently it is shown.
    pub shows: Shows,
    /// Where it is hidden all the same: a house has one router, but many clients.
    pub hidden_on: &'static [SubjectKind],
    /// Where it is published, but never announced as an entity of its own.
    pub quiet_on: &'static [SubjectKind],
    /// Home Assistant's device class where the unit alone does not give it, such as `connectivity`.
    pub class: Option<&'static str>,
    /// An icon for what no device class has one for.
    pub icon: Option<&'static str>,
    /// The words a [`Kind::State`] can take.
    pub options: &'static [&'static str],
    /// The key of the text, on the same subject, that says why the value is what it is.
    pub reason: Option<&'static str>,
    /// The key of the moment, on the same subject, since when a [`Kind::Tally`] counts.
    pub since: Option<&'static str>,
}

impl Row {
    /// What a row says when its line in the catalog does not.
    pub(crate) const PLAIN: Self = Self {
        key: "",
        name: "",
        doc: "",
        unit: Unit::Count,
        kind: Kind::Gauge,
        on: &[],
        shows: Shows::Primary,
        hidden_on: &[],
        quiet_on: &[],
        class: None,
        icon: None,
        options: &[],
        reason: None,
        since: None,
    };

    /// How prominently it is shown on this kind of subject.
    pub fn shows_on(&self, kind: SubjectKind) -> Shows {
        if self.quiet_on.contains(&kind) {
            Shows::Attribute
        } else if self.hidden_on.contains(&kind) {
            Shows::Hidden
        } else {
            self.shows
        }
    }

    /// The value as every payload shows it: in the row's unit, rounded, `null` when unknown.
    pub fn show(&self, value: Option<&Value>) -> Json {
        match value {
            None => Json::Null,
            Some(Value::Number(number)) => self.rounded(*number / self.unit.scale()),
            #[expect(clippy::cast_precision_loss, reason = "GB to the byte are exact up to 9 PB")]
            Some(Value::Count(count)) if self.unit == Unit::Bytes => {
                self.rounded(*count as f64 / self.unit.scale())
            }
            Some(Value::Count(count)) => Json::from(*count),
            Some(Value::Flag(flag)) => Json::from(*flag),
            Some(Value::Text(text)) => Json::from(text.as_str()),
            Some(Value::Moment(moment)) => Json::from(whole_seconds(*moment)),
        }
    }

    fn rounded(&self, number: f64) -> Json {
        let step = 10_f64.powi(i32::try_from(self.unit.decimals()).unwrap_or(0));
        let rounded = (number * step).round() / step;
        // "-0.0" is a number that nobody wants to see.
        Json::from(if rounded == 0.0 { 0.0 } else { rounded })
    }
}

fn whole_seconds(moment: jiff::Timestamp) -> String {
    jiff::Timestamp::from_second(moment.as_second()).unwrap_or(moment).to_string()
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Row {}

/// A metric as drivers name it: a row of the catalog, and the type that its values have.
pub struct Metric<Q> {
    row: &'static Row,
    quantity: PhantomData<fn() -> Q>,
}

impl<Q> Metric<Q> {
    pub(crate) const fn new(row: &'static Row) -> Self {
        Self { row, quantity: PhantomData }
    }

    /// The row.
    pub const fn row(self) -> &'static Row {
        self.row
    }

    /// The name in payloads.
    pub const fn key(self) -> &'static str {
        self.row.key
    }
}

impl<Q: Quantity> Metric<Q> {
    /// The quantity as a reading of this metric; `None` when it cannot be one.
    pub fn read(self, quantity: Q) -> Option<Value> {
        quantity.value().filter(|value| match value {
            Value::Text(word) if self.row.kind == Kind::State => self.row.options.contains(&word.as_str()),
            _ => true,
        })
    }
}

impl<Q> Clone for Metric<Q> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q> Copy for Metric<Q> {}

impl<Q> fmt::Debug for Metric<Q> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Metric({})", self.row.key)
    }
}

/// Declares the catalog: one row each, and the handle that drivers use.
macro_rules! metrics {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $kind:ident<$quantity:ty> {
            key: $key:literal, name: $label:literal, on: [$($on:ident),+], shows: $shows:ident
            $(, $field:ident: $value:expr)* $(,)?
        }
    )+) => {
        mod rows {
            use super::*;
            $(
                pub(super) static $name: Row = Row {
                    key: $key,
                    name: $label,
                    doc: concat!($($doc),+),
                    unit: <$quantity as Quantity>::UNIT,
                    kind: Kind::$kind,
                    on: &[$(SubjectKind::$on),+],
                    shows: Shows::$shows,
                    $($field: $value,)*
                    ..Row::PLAIN
                };
            )+
        }
        $(
            $(#[doc = $doc])+
            pub const $name: Metric<$quantity> = Metric::new(&rows::$name);
        )+
        /// Every metric there is, in the order documents list them.
        pub static ALL: &[&Row] = &[$(&rows::$name),+];
    };
}
pub(super) use metrics;

#[cfg(test)]
mod tests {
    use super::super::{BitRate, Bytes, Decibel, Moment, State, catalog};
    use super::*;

    fn shown<Q: Quantity>(metric: Metric<Q>, quantity: Q) -> String {
        metric.row().show(metric.read(quantity).as_ref()).to_string()
    }

    #[test]
    fn values_are_shown_in_the_rows_unit() {
        assert_eq!(shown(catalog::DOWNLOAD_RATE, BitRate::bytes(289_259.0)), "2.314072");
        assert_eq!(shown(catalog::RECEIVED, Bytes(49_556_332_677)), "49.556332677");
        assert_eq!(shown(catalog::SNR, Decibel(40.946)), "40.946");
        assert_eq!(shown(catalog::SNR, Decibel(-0.0)), "0.0");
        let boot = "2026-11-01T10:20:30.5Z".parse().unwrap();
        assert_eq!(shown(catalog::LAST_BOOT, Moment(boot)), "\"2026-11-01T10:20:30Z\"");
    }

    #[test]
    fn a_word_that_is_not_on_the_list_is_no_reading() {
        assert_eq!(shown(catalog::WAN_STATE, State::new("up")), "\"up\"");
        assert_eq!(shown(catalog::WAN_STATE, State::new("sideways")), "null");
    }
}
