use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

/// What a reading holds, in the unit the model uses (see [`Unit`]).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A measured or computed quantity. Always finite.
    Number(f64),
    /// A count of whole things, exact to 64 bits.
    Count(u64),
    /// Yes or no.
    Flag(bool),
    /// Words.
    Text(String),
    /// A point in time.
    Moment(Timestamp),
}

/// The unit of a metric: how the model holds it, how it is shown, and what is physically possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Held in bit/s, shown in Mbit/s.
    BitRate,
    /// Held in bytes, shown in GB to the byte.
    Bytes,
    /// Decibels, a ratio: SNR, MER, margin, attenuation, RSRQ.
    Decibel,
    /// Decibels over one milliwatt: optical power, RSSI, RSRP.
    DecibelMilliwatt,
    /// Decibels over one millivolt into 75 Ω: DOCSIS power.
    DecibelMillivolt,
    /// Degrees Celsius.
    Celsius,
    /// Turns per minute.
    Rpm,
    /// Held in Hz, shown in MHz.
    Frequency,
    /// Seconds.
    Seconds,
    /// Days, and parts of days.
    Days,
    /// Per cent of a whole.
    Percent,
    /// Per cent of what was agreed, which may be exceeded.
    Share,
    /// Whole things without a unit.
    Count,
    /// Yes or no.
    Flag,
    /// Words, free or from a list.
    Text,
    /// A point in time.
    Moment,
}

impl Unit {
    /// The unit as Home Assistant spells it; `None` where there is none.
    pub const fn symbol(self) -> Option<&'static str> {
        Some(match self {
            Self::BitRate => "Mbit/s",
            Self::Bytes => "GB",
            Self::Decibel => "dB",
            Self::DecibelMilliwatt => "dBm",
            Self::DecibelMillivolt => "dBmV",
            Self::Celsius => "°C",
            Self::Rpm => "rpm",
            Self::Frequency => "MHz",
            Self::Seconds => "s",
            Self::Days => "d",
            Self::Percent | Self::Share => "%",
            Self::Count | Self::Flag | Self::Text | Self::Moment => return None,
        })
    }

    /// How many of the model's units make one shown unit.
    pub const fn scale(self) -> f64 {
        match self {
            Self::BitRate | Self::Frequency => 1e6,
            Self::Bytes => 1e9,
            _ => 1.0,
        }
    }

    /// How many decimals are published: enough to lose nothing a box reports, few enough to hide arithmetic noise.
    pub const fn decimals(self) -> u32 {
        match self {
            Self::Bytes => 9,
            Self::BitRate | Self::Frequency => 6,
            Self::Decibel | Self::DecibelMilliwatt | Self::DecibelMillivolt | Self::Seconds => 3,
            Self::Celsius | Self::Percent | Self::Share | Self::Days => 2,
            _ => 0,
        }
    }

    /// How many decimals a person wants to see.
    pub const fn display_precision(self) -> Option<u32> {
        match self {
            Self::BitRate | Self::Bytes | Self::Frequency | Self::DecibelMilliwatt => Some(2),
            Self::Decibel
            | Self::DecibelMillivolt
            | Self::Celsius
            | Self::Percent
            | Self::Share
            | Self::Days => Some(1),
            Self::Rpm | Self::Seconds => Some(0),
            Self::Count | Self::Flag | Self::Text | Self::Moment => None,
        }
    }

    /// The smallest and the largest value that can be true; anything else is a misreading.
    const fn possible(self) -> (f64, f64) {
        match self {
            Self::BitRate => (0.0, 1e13),
            Self::Decibel => (-100.0, 200.0),
            Self::DecibelMilliwatt => (-200.0, 60.0),
            Self::DecibelMillivolt => (-100.0, 150.0),
            Self::Celsius => (-60.0, 250.0),
            Self::Rpm => (0.0, 100_000.0),
            Self::Frequency => (1.0, 1e12),
            Self::Seconds => (0.0, 1e11),
            Self::Percent => (0.0, 100.0),
            Self::Share => (0.0, 1e9),
            Self::Days => (0.0, 1e6),
            Self::Bytes | Self::Count | Self::Flag | Self::Text | Self::Moment => (0.0, f64::MAX),
        }
    }

    /// The number as a reading, or nothing when it cannot be true.
    fn check(self, number: f64) -> Option<Value> {
        let (least, most) = self.possible();
        (number.is_finite() && (least..=most).contains(&number)).then_some(Value::Number(number))
    }
}

/// A type that drivers hand over for a metric; it fixes the unit, so that no conversion happens anywhere else.
pub trait Quantity {
    /// The unit every metric of this quantity has.
    const UNIT: Unit;

    /// The value as the model holds it; `None` when it is not physically possible, and so not a reading.
    fn value(self) -> Option<Value>;
}

macro_rules! numbers {
    ($($(#[$doc:meta])+ $name:ident = $unit:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name(pub f64);

        impl Quantity for $name {
            const UNIT: Unit = Unit::$unit;

            fn value(self) -> Option<Value> {
                Self::UNIT.check(self.0)
            }
        }
    )+};
}

numbers! {
    /// A data rate in bit/s.
    BitRate = BitRate;
    /// A ratio in dB.
    Decibel = Decibel;
    /// A power in dBm.
    DecibelMilliwatt = DecibelMilliwatt;
    /// A level in dBmV.
    DecibelMillivolt = DecibelMillivolt;
    /// A temperature in °C.
    Celsius = Celsius;
    /// A speed of rotation in turns per minute.
    Rpm = Rpm;
    /// A frequency in Hz.
    Frequency = Frequency;
    /// A span of time in seconds.
    Seconds = Seconds;
    /// A share in per cent.
    Percent = Percent;
    /// A share in per cent that may exceed the whole.
    Share = Share;
    /// A span of time in days.
    Days = Days;
}

impl BitRate {
    /// A rate that the box gives in bit/s.
    pub const fn bits(rate: f64) -> Self {
        Self(rate)
    }

    /// A rate that the box gives in bytes per second.
    pub const fn bytes(rate: f64) -> Self {
        Self(rate * 8.0)
    }

    /// A rate that the box gives in kbit/s.
    pub const fn kilobits(rate: f64) -> Self {
        Self(rate * 1e3)
    }

    /// A rate that the box gives in Mbit/s.
    pub const fn megabits(rate: f64) -> Self {
        Self(rate * 1e6)
    }
}

/// An amount of data in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub u64);

/// A number of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub u64);

/// Free words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(pub String);

/// One word of the list that the metric's row holds; a word that is not on the list is no reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(pub String);

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl Quantity for Bytes {
    const UNIT: Unit = Unit::Bytes;

    fn value(self) -> Option<Value> {
        Some(Value::Count(self.0))
    }
}

impl Quantity for Count {
    const UNIT: Unit = Unit::Count;

    fn value(self) -> Option<Value> {
        Some(Value::Count(self.0))
    }
}

impl Quantity for bool {
    const UNIT: Unit = Unit::Flag;

    fn value(self) -> Option<Value> {
        Some(Value::Flag(self))
    }
}

impl Quantity for Text {
    const UNIT: Unit = Unit::Text;

    fn value(self) -> Option<Value> {
        super::text::name(&self.0).map(Value::Text)
    }
}

impl Quantity for State {
    const UNIT: Unit = Unit::Text;

    fn value(self) -> Option<Value> {
        Some(Value::Text(self.0))
    }
}

impl Quantity for Moment {
    const UNIT: Unit = Unit::Moment;

    fn value(self) -> Option<Value> {
        Some(Value::Moment(self.0))
    }
}

impl Text {
    /// Anything that can be made a string of.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<IpAddr> for Text {
    fn from(address: IpAddr) -> Self {
        Self(address.to_string())
    }
}

impl From<Duration> for Seconds {
    fn from(span: Duration) -> Self {
        Self(span.as_secs_f64())
    }
}

impl State {
    /// One of the metric's options.
    pub fn new(word: impl Into<String>) -> Self {
        Self(word.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_true_is_no_reading() {
        assert_eq!(Celsius(999.0).value(), None);
        assert_eq!(BitRate::bytes(-1.0).value(), None);
        assert_eq!(Frequency(0.0).value(), None);
        assert_eq!(Decibel(f64::NAN).value(), None);
        assert_eq!(Text::new("--").value(), None);
    }

    #[test]
    fn zero_is_a_reading_where_it_can_be_true() {
        assert_eq!(Rpm(0.0).value(), Some(Value::Number(0.0)));
        assert_eq!(Bytes(0).value(), Some(Value::Count(0)));
        assert_eq!(Decibel(0.0).value(), Some(Value::Number(0.0)));
    }

    proptest! {
        #[test]
        fn numbers_are_kept_or_refused_never_changed(number: f64) {
            if let Some(value) = DecibelMillivolt(number).value() {
                prop_assert_eq!(value, Value::Number(number));
            }
        }
    }
}
