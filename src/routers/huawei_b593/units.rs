//! What the counters count. The same pages print kilobytes and kbit/s on one firmware, bytes and bit/s on the next, and
//! volume and rate always match, so comparing them tells nothing.

use jiff::{SignedDuration, Timestamp};

use super::scheme::{Scheme, Token};
use super::traffic::Traffic;
use crate::model::{BitRate, Bytes};

/// No box of the family goes beyond 150 Mbit/s: a larger rate is not in kbit/s.
const MOST_KILOBITS: f64 = 150_000.0;

/// A household that uses its line exceeds 150 kbit/s sooner than this: a box that never shows it is not counting bits.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// What the counters count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Kilobytes and kbit/s: V100R001.
    Kilobytes,
    /// Bytes and bit/s: V200R001.
    Bytes,
}

impl Unit {
    /// The rate in bit/s.
    pub fn rate(self, printed: f64) -> BitRate {
        match self {
            Self::Kilobytes => BitRate::kilobits(printed),
            Self::Bytes => BitRate::bits(printed),
        }
    }
}

/// What is known of the unit.
#[derive(Debug)]
pub(super) struct Units {
    /// What the owner says.
    configured: Option<Unit>,
    /// How many bytes a kilobyte of the box has.
    kilobyte: u64,
    /// What a login has told; new firmware brings another login, but not another kind of box.
    by_login: Option<Unit>,
    /// Whether a rate was seen that cannot be in kbit/s.
    fast: bool,
    /// When the first traffic was seen.
    since: Option<Timestamp>,
}

impl Units {
    /// By the words of the configuration.
    pub fn new(units: Option<&str>, kilobyte: Option<&str>) -> Self {
        let configured = match units {
            Some("kilobytes") => Some(Unit::Kilobytes),
            Some("bytes") => Some(Unit::Bytes),
            _ => None,
        };
        let kilobyte = if kilobyte == Some("decimal") { 1000 } else { 1024 };
        Self { configured, kilobyte, by_login: None, fast: false, since: None }
    }

    /// Learns from the login.
    pub fn learn_login(&mut self, scheme: &Scheme) {
        self.by_login = self.by_login.or_else(|| by_scheme(scheme));
    }

    /// Learns from the rates.
    pub fn learn(&mut self, read: &Traffic, now: Timestamp) {
        let most = read.up_rate.into_iter().chain(read.down_rate).fold(0.0, f64::max);
        self.fast |= most > MOST_KILOBITS;
        if most > 0.0 && self.since.is_none() {
            self.since = Some(now);
        }
    }

    /// The unit, or none as long as nobody can tell: a wrong guess would put terabytes into somebody's statistics.
    pub fn known(&self, firmware: Option<&str>, now: Timestamp) -> Option<Unit> {
        let waited = self.since.is_some_and(|since| now.duration_since(since) >= PATIENCE);
        self.configured
            .or_else(|| by_firmware(firmware?))
            .or(self.fast.then_some(Unit::Bytes))
            .or(self.by_login)
            .or(waited.then_some(Unit::Kilobytes))
    }

    /// A counter in bytes.
    pub fn bytes(&self, unit: Unit, counted: u64) -> Option<Bytes> {
        match unit {
            Unit::Kilobytes => counted.checked_mul(self.kilobyte).map(Bytes),
            Unit::Bytes => Some(Bytes(counted)),
        }
    }
}

fn by_firmware(firmware: &str) -> Option<Unit> {
    match firmware.get(..4)? {
        "V100" => Some(Unit::Kilobytes),
        "V200" => Some(Unit::Bytes),
        _ => None,
    }
}

/// Plain RSA came to both lines; the other schemes to one each.
const fn by_scheme(scheme: &Scheme) -> Option<Unit> {
    match scheme {
        Scheme::Base64 | Scheme::Rsa(_, Token::Wanted) => Some(Unit::Kilobytes),
        Scheme::Hash { .. } => Some(Unit::Bytes),
        Scheme::Rsa(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routers::rsa::PublicKey;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 3600 * hour).unwrap()
    }

    fn rates(up: f64, down: f64) -> Traffic {
        let (up_rate, down_rate) = (Some(up), Some(down));
        Traffic { up: 1, down: 1, up_rate, down_rate, address: None, connected: None }
    }

    fn key() -> PublicKey {
        PublicKey::from_hex(&"B".repeat(256), "10001").unwrap()
    }

    fn rsa(token: Token) -> Scheme {
        Scheme::Rsa(key(), token)
    }

    #[test]
    fn what_the_owner_says_is_so() {
        let mut units = Units::new(Some("kilobytes"), None);
        units.learn(&rates(0.0, 9e6), at(0));
        assert_eq!(units.known(Some("V200R001C24"), at(0)), Some(Unit::Kilobytes));
        assert_eq!(Units::new(Some("bytes"), None).known(None, at(0)), Some(Unit::Bytes));
    }

    #[test]
    fn the_firmware_tells_and_so_does_the_login() {
        let units = Units::new(Some("auto"), None);
        assert_eq!(units.known(Some("V100R001C07SP102"), at(0)), Some(Unit::Kilobytes));
        assert_eq!(units.known(Some("V200R001C24SP100"), at(0)), Some(Unit::Bytes));
        for (scheme, unit) in [
            (Scheme::Base64, Some(Unit::Kilobytes)),
            (rsa(Token::Wanted), Some(Unit::Kilobytes)),
            (Scheme::Hash { key: key(), twice: false }, Some(Unit::Bytes)),
            (rsa(Token::None), None),
        ] {
            let mut units = Units::new(None, None);
            units.learn_login(&scheme);
            assert_eq!(units.known(None, at(0)), unit, "{}", scheme.word());
        }
    }

    #[test]
    fn another_login_is_not_another_box() {
        // As in July 2015: base64 one day, RSA the next, and the counters go on.
        let mut units = Units::new(None, None);
        units.learn_login(&Scheme::Base64);
        units.learn_login(&rsa(Token::None));
        assert_eq!(units.known(None, at(0)), Some(Unit::Kilobytes));
    }

    #[test]
    fn one_fast_rate_proves_bits_for_good() {
        let mut units = Units::new(None, None);
        units.learn(&rates(85.0, 150_000.0), at(0));
        assert_eq!(units.known(None, at(0)), None);
        units.learn(&rates(0.0, 150_001.0), at(1));
        units.learn(&rates(0.0, 7.0), at(2));
        assert_eq!(units.known(None, at(50)), Some(Unit::Bytes));
    }

    #[test]
    fn a_day_of_use_without_one_proves_kilobits() {
        let mut units = Units::new(None, None);
        units.learn(&rates(0.0, 0.0), at(0));
        assert_eq!(units.known(None, at(48)), None, "nobody used the line");
        units.learn(&rates(2.0, 7.0), at(48));
        assert_eq!(units.known(None, at(71)), None);
        assert_eq!(units.known(None, at(72)), Some(Unit::Kilobytes));
    }

    #[test]
    fn a_kilobyte_has_1024_bytes_unless_told_otherwise() {
        let bytes = |kilobyte| Units::new(None, kilobyte).bytes(Unit::Kilobytes, 1_114_463_689);
        assert_eq!(bytes(None), Some(Bytes(1_141_210_817_536)));
        assert_eq!(bytes(Some("decimal")), Some(Bytes(1_114_463_689_000)));
        assert_eq!(Units::new(None, None).bytes(Unit::Kilobytes, u64::MAX), None);
        assert_eq!(Unit::Kilobytes.rate(156.0), BitRate::bits(156_000.0));
        assert_eq!(Unit::Bytes.rate(156.0), BitRate::bits(156.0));
    }
}
