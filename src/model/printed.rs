//! Total parsers for what boxes print instead of numbers.
//!
//! Each takes any text and gives `None` when it does not say what is asked for: a reader shows *unknown* then. None of
//! them guesses, and none of them can panic.

use std::net::IpAddr;
use std::time::Duration;

use super::Mac;

/// The text without surrounding blanks; `None` for what boxes print when they have no value.
pub fn clean(text: &str) -> Option<&str> {
    const NO_VALUE: [&str; 9] = ["", "-", "--", "na", "n/a", "null", "undefined", "todo", "secret"];
    let text = text.trim();
    (!NO_VALUE.iter().any(|word| text.eq_ignore_ascii_case(word))).then_some(text)
}

/// A plain decimal number: `16.800`, ` 620600000`, `-2.200001`. No exponents, no units.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !plain {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number that may carry this unit, in any case: `-95dBm`, `1000 Mbps`.
///
/// A bound such as `>=-51dBm` is not a measurement, and another unit is another quantity: both give `None`.
pub fn measured(text: &str, unit: &str) -> Option<f64> {
    let text = text.trim();
    let start = text.len().saturating_sub(unit.len());
    match (text.get(..start), text.get(start..)) {
        (Some(bare), Some(tail)) if tail.eq_ignore_ascii_case(unit) => number(bare),
        _ => number(text),
    }
}

/// As [`measured`], of a scale that ends somewhere: `>=-51dBm` and `<-20dB` are -51 dBm and -20 dB.
///
/// For meters that stop counting where the signal is as good, or as bad, as it matters.
pub fn clamped(text: &str, unit: &str) -> Option<f64> {
    measured(text.trim().trim_start_matches(['<', '>', '=']), unit)
}

/// A counter: `3134003928`, or `18 * 2e32 + 1167003739` as Hitron firmware prints what is beyond 32 bits.
///
/// The firmware means 2 to the power of 32, whatever it writes.
pub fn count(text: &str) -> Option<u64> {
    let Some((wraps, rest)) = text.split_once('*') else {
        return digits(text.trim());
    };
    let (base, rest) = rest.split_once('+')?;
    if base.trim() != "2e32" {
        return None;
    }
    digits(wraps.trim())?.checked_mul(1 << 32)?.checked_add(digits(rest.trim())?)
}

fn digits(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// What the letters `K`, `M`, `G`… in front of `Bytes` stand for; firmware does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Factor {
    /// Powers of 1000.
    #[default]
    Decimal,
    /// Powers of 1024.
    Binary,
}

impl Factor {
    const fn base(self) -> u128 {
        match self {
            Self::Decimal => 1000,
            Self::Binary => 1024,
        }
    }
}

/// An amount of data: `40.25M Bytes`, `123 Bytes`, or a bare count of bytes. Rounded to whole bytes.
pub fn bytes(text: &str, factor: Factor) -> Option<u64> {
    let Some(amount) = without_suffix(text.trim(), "bytes") else {
        return digits(text.trim());
    };
    let amount = amount.trim_end();
    let (figure, power) = match amount.chars().last().and_then(power_of) {
        Some(power) => (amount.get(..amount.len().saturating_sub(1))?.trim_end(), power),
        None => (amount, 0),
    };
    let (whole, decimals) = figure.split_once('.').unwrap_or((figure, "0"));
    if decimals.is_empty() || decimals.len() > 9 {
        return None;
    }
    let scale = 10_u128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let parts = u128::from(digits(whole)?).checked_mul(scale)?.checked_add(digits(decimals)?.into())?;
    let scaled = parts.checked_mul(factor.base().checked_pow(power)?)?.checked_add(scale / 2)?;
    u64::try_from(scaled / scale).ok()
}

fn without_suffix<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let start = text.len().checked_sub(suffix.len())?;
    text.get(start..)?.eq_ignore_ascii_case(suffix).then(|| text.get(..start))?
}

const fn power_of(letter: char) -> Option<u32> {
    Some(match letter.to_ascii_uppercase() {
        'K' => 1,
        'M' => 2,
        'G' => 3,
        'T' => 4,
        'P' => 5,
        'E' => 6,
        _ => return None,
    })
}

/// A span of time in any of the forms boxes use, to the second:
/// `10 Days,17 Hours,33 Minutes,47 Seconds`, `003 days 01h:40m:02s`, `479h:40m:38s`, `D: 6 H: 09 M: 25 S: 55`, `468117`.
///
/// Dashes in place of any part make the whole unknown.
pub fn duration(text: &str) -> Option<Duration> {
    if let Some(seconds) = digits(text.trim()) {
        return Some(Duration::from_secs(seconds));
    }
    let words = words(text)?;
    let (pairs, rest) = words.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return None;
    }
    let mut total = 0_u64;
    let mut last = u64::MAX;
    for [first, second] in pairs {
        // The unit follows its number, except in `D: 6`.
        let (value, unit) = match (digits(first), unit_seconds(first)) {
            (Some(value), _) => (value, unit_seconds(second)?),
            (None, Some(unit)) => (digits(second)?, unit),
            (None, None) => return None,
        };
        if unit >= last {
            return None;
        }
        last = unit;
        total = total.checked_add(value.checked_mul(unit)?)?;
    }
    Some(Duration::from_secs(total))
}

/// Runs of digits and runs of letters; `None` when there is anything else but separators.
fn words(text: &str) -> Option<Vec<&str>> {
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || matches!(c, ',' | ':')) {
        return None;
    }
    let mut words = Vec::new();
    for part in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        let at = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        let (number, unit) = part.split_at_checked(at)?;
        words.extend([number, unit].into_iter().filter(|word| !word.is_empty()));
    }
    Some(words)
}

fn unit_seconds(word: &str) -> Option<u64> {
    Some(match word.to_ascii_lowercase().as_str() {
        "d" | "day" | "days" => 86_400,
        "h" | "hour" | "hours" => 3600,
        "m" | "min" | "minute" | "minutes" => 60,
        "s" | "sec" | "second" | "seconds" => 1,
        _ => return None,
    })
}

/// Yes or no, in the words boxes use.
pub fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "enable" | "enabled" | "1" | "success" | "up" => Some(true),
        "off" | "false" | "no" | "disable" | "disabled" | "0" | "down" => Some(false),
        _ => None,
    }
}

/// What Hitron firmware says when it refuses logins after too many failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginProtect {
    /// How many logins have failed.
    pub attempts: u64,
    /// How long it refuses logins from now on.
    pub wait: Duration,
}

/// Finds `LoginProtect=9|58|21` in a text: 9 failures, wait 58 minutes and 21 seconds.
pub fn login_protect(text: &str) -> Option<LoginProtect> {
    let (_, triple) = text.split_once("LoginProtect=")?;
    let mut parts = triple.split('|').map(|part| {
        let part = part.trim_start();
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part.get(..end).and_then(digits)
    });
    let (attempts, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let wait = minutes.checked_mul(60)?.checked_add(seconds)?;
    Some(LoginProtect { attempts, wait: Duration::from_secs(wait) })
}

/// A hardware address; all zeros and all ones are no device's.
pub fn mac(text: &str) -> Option<Mac> {
    text.parse().ok().filter(|mac: &Mac| mac.bytes() != [0; 6] && mac.bytes() != [0xff; 6])
}

/// An address, with or without a prefix length behind a slash; `0.0.0.0` and `::` are no addresses.
pub fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.split_once('/').map_or(text, |(address, _)| address);
    address.parse().ok().filter(|address: &IpAddr| !address.is_unspecified())
}

#[cfg(test)]
mod tests;
