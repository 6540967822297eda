use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The SHA-256 fingerprint of a certificate (DER, leaf only).
///
/// Prints as 32 upper-case pairs with colons, the way browsers and `openssl x509 -fingerprint` do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pin([u8; 32]);

/// The text is no SHA-256 fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// As long as an MD5 or SHA-1 fingerprint: both can be forged.
    #[error(
        "that is {0} fingerprint, which can be forged; give the SHA-256 one, or run 'router2mqtt pin URL'"
    )]
    Weak(&'static str),
    /// Anything else.
    #[error("not a SHA-256 fingerprint: 64 hexadecimal digits are needed, with or without colons")]
    Malformed,
}

impl Pin {
    /// The fingerprint of this certificate.
    pub fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

impl FromStr for Pin {
    type Err = PinError;

    fn from_str(text: &str) -> Result<Self, PinError> {
        let digits: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        let bytes = hex::decode(digits).map_err(|_| PinError::Malformed)?;
        match bytes.len() {
            16 => Err(PinError::Weak("an MD5")),
            20 => Err(PinError::Weak("a SHA-1")),
            _ => bytes.try_into().map(Self).map_err(|_| PinError::Malformed),
        }
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, byte) in self.0.iter().enumerate() {
            let colon = if position == 0 { "" } else { ":" };
            write!(out, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_the_same_pin() {
        let pin = Pin::of(b"certificate");
        assert_eq!(pin.to_string().parse(), Ok(pin));
        assert_eq!(pin.to_string().len(), 95);
        assert_eq!(pin.to_string().to_lowercase().replace(':', "").parse(), Ok(pin));
    }

    #[test]
    fn weak_and_broken_fingerprints_are_told_apart() {
        assert_eq!("aa".repeat(16).parse::<Pin>(), Err(PinError::Weak("an MD5")));
        assert_eq!("aa:".repeat(20).parse::<Pin>(), Err(PinError::Weak("a SHA-1")));
        assert_eq!("aa".repeat(31).parse::<Pin>(), Err(PinError::Malformed));
        assert_eq!("not hex".parse::<Pin>(), Err(PinError::Malformed));
    }
}
