use std::fmt;
use std::str::FromStr;

/// A hardware address.
///
/// Prints in lower case with colons, which is how Home Assistant stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac([u8; 6]);

/// The text is not six pairs of hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a hardware address such as 02:00:5e:10:00:01")]
pub struct MacError(String);

impl Mac {
    /// The address of these six bytes.
    pub const fn new(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    /// The six bytes.
    pub const fn bytes(&self) -> [u8; 6] {
        self.0
    }

    /// True when the address was made up by the device itself: phones do so to stay anonymous, and change it at will.
    pub const fn is_locally_administered(&self) -> bool {
        self.0[0] & 0x02 != 0
    }

    /// Twelve hexadecimal digits: safe in topics and identifiers.
    pub fn compact(&self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        write!(out, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
    }
}

impl FromStr for Mac {
    type Err = MacError;

    /// Accepts colons, dashes, dots or nothing between the digits, in any case.
    fn from_str(text: &str) -> Result<Self, MacError> {
        let digits: String = text.trim().chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
        let mut bytes = [0; 6];
        hex::decode_to_slice(&digits, &mut bytes).map_err(|_| MacError(text.to_owned()))?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_the_same_address() {
        for text in ["02:00:5E:10:00:01", "02-00-5e-10-00-01", "0200.5e10.0001", " 02005e100001 "] {
            assert_eq!(text.parse::<Mac>().unwrap().to_string(), "02:00:5e:10:00:01", "{text}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        for text in ["", "02:00:5e:10:00", "02:00:5e:10:00:01:02", "zz:00:5e:10:00:01"] {
            assert!(text.parse::<Mac>().is_err(), "{text}");
        }
    }

    #[test]
    fn made_up_addresses_are_recognised() {
        assert!("02:00:5e:10:00:01".parse::<Mac>().unwrap().is_locally_administered());
        assert!(!"00:00:5e:00:53:01".parse::<Mac>().unwrap().is_locally_administered());
    }
}
