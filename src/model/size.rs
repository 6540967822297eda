use std::str::FromStr;

use super::Bytes;
use super::printed::{self, Factor};

/// The text is not an amount of data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a size such as 500 MB, 1.5 GB or 40 GiB is expected")]
pub struct SizeError;

impl FromStr for Bytes {
    type Err = SizeError;

    /// A size as people write it, always with its unit: `40 GB` has powers of 1000, and `40 GiB` powers of 1024.
    fn from_str(text: &str) -> Result<Self, SizeError> {
        let amount = text.trim().strip_suffix('B').ok_or(SizeError)?;
        let (amount, factor) = match amount.strip_suffix('i') {
            Some(amount) => (amount, Factor::Binary),
            None => (amount, Factor::Decimal),
        };
        // A small m would be a thousandth, and a small b a bit.
        let letter = amount.chars().last().ok_or(SizeError)?;
        let is_unit = matches!(letter, 'k' | 'K' | 'M' | 'G' | 'T' | 'P');
        let is_bare = factor == Factor::Decimal && !letter.is_ascii_alphabetic();
        if !is_unit && !is_bare {
            return Err(SizeError);
        }
        printed::bytes(&format!("{amount} bytes"), factor).map(Self).ok_or(SizeError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_as_people_do() {
        for (text, bytes) in [
            ("40 GB", 40_000_000_000),
            ("40GiB", 42_949_672_960),
            ("1.5 TB", 1_500_000_000_000),
            ("500 MB", 500_000_000),
            ("64 kB", 64_000),
            ("1 KiB", 1024),
            (" 0 GB ", 0),
            ("17 B", 17),
        ] {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_size_is_refused() {
        for text in [
            "", "B", "GB", "40", "40 G", "40 Gb", "40 gb", "40 mB", "-1 GB", "1,5 GB", "1e3 GB", "4 iB",
            "99 EB", "1 GB 2",
        ] {
            assert_eq!(text.parse::<Bytes>(), Err(SizeError), "{text}");
        }
    }
}
