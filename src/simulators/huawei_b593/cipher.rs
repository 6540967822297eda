//! How the firmwares want their password. Real boxes share one key whose private half nobody has; these have one of their
//! own, and serve it where clients look for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use num_bigint::BigUint;
use sha2::{Digest, Sha256};

/// The modulus, as the script prints it.
pub(super) const MODULUS: &str = "B4235C0C40CE4692425C0FA001348D56876DE1C755F18BD5D7DFECB61A0E9454\
                       326B59732FE4C5D55510A4BFF244FB9C8394E686BEC39FAF1D925E7AA5331B2C\
                       9646CCDE6C4F2EE86CDB3763B717E8773AA154CF41FFE3593C72159D184F7D22\
                       5BB1468B1854E7D8CCE004AEBD250B1083DA12F3FED46F9A0348954C1F83B32B";
/// The private exponent. It opens nothing but simulated boxes.
const PRIVATE: &str = "6B1004FA475E11F585B93F9422834069A82E379D88C7FA0B4BB58BF3A342FD07\
                       99BBD1BB3340EE0FDFF1F76919ADC4397EBEF5D029FB0CA2409A28CB0DFA74F0\
                       27DBAFEAD9E1A4B0D0DF0751CCC2049C93B13B1769823301492BDA32D1785402\
                       536E3AA89682C0622361B4FFBF27BFD2BD2B6B6DB0CD09E7BABC8B7894997869";

/// The length of the key in bytes.
const SIZE: usize = 128;

/// How a firmware wants its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Login {
    /// In base64.
    Base64,
    /// Encrypted.
    Rsa,
    /// Encrypted, and with a value from a page of its own.
    RsaToken,
    /// Hashed with the values of the login page, then encrypted.
    Hash,
    /// The same with the password hashed first.
    DoubleHash,
}

impl Login {
    /// Whether the pages come with values that their forms have to send back.
    pub const fn has_pairs(self) -> bool {
        matches!(self, Self::Hash | Self::DoubleHash)
    }

    /// Whether the field says the password.
    pub fn accepts(self, field: &str, username: &str, password: &str, pair: &str) -> bool {
        let Ok(wrapped) = STANDARD.decode(field) else { return false };
        let own = match self {
            Self::Base64 => return wrapped == password.as_bytes(),
            Self::Rsa | Self::RsaToken => return opened(&wrapped).as_deref() == Some(password.as_bytes()),
            Self::Hash => STANDARD.encode(password),
            Self::DoubleHash => STANDARD.encode(sha256(password)),
        };
        opened(&wrapped).as_deref() == Some(sha256(&format!("{username}{own}{pair}")).as_bytes())
    }
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// What was encrypted, without its padding. Browsers drop zeros at the beginning of what they send.
fn opened(wrapped: &[u8]) -> Option<Vec<u8>> {
    let number = |digits: &str| BigUint::parse_bytes(digits.as_bytes(), 16);
    let (modulus, private) = (number(MODULUS)?, number(PRIVATE)?);
    let block = BigUint::from_bytes_be(wrapped).modpow(&private, &modulus).to_bytes_be();
    // The block begins with a zero, which is no digit of the number.
    let padded = block.strip_prefix(&[2]).filter(|_| wrapped.len() <= SIZE && block.len() == SIZE - 1)?;
    let end = padded.iter().position(|byte| *byte == 0).filter(|end| *end >= 8)?;
    padded.get(end + 1..).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encrypted(block: &[u8]) -> Vec<u8> {
        let modulus = BigUint::parse_bytes(MODULUS.as_bytes(), 16).unwrap();
        BigUint::from_bytes_be(block).modpow(&BigUint::from(65_537_u32), &modulus).to_bytes_be()
    }

    fn block(padding: u8) -> Vec<u8> {
        let mut block = vec![0, 2];
        block.extend([padding; 120]);
        block.push(0);
        block.extend(b"admin");
        block
    }

    #[test]
    fn what_is_shorter_than_the_key_is_understood_as_well() {
        let lengths: Vec<_> = (1..=255).map(|padding| encrypted(&block(padding))).collect();
        for wrapped in &lengths {
            assert_eq!(opened(wrapped).as_deref(), Some(b"admin".as_slice()));
        }
        let mut padded = vec![0; 128 - lengths[0].len()];
        padded.extend(&lengths[0]);
        assert!(opened(&padded).is_some());
    }

    #[test]
    fn what_is_not_padded_says_nothing() {
        assert_eq!(opened(&encrypted(b"admin")), None);
        assert_eq!(opened(&[]), None);
        assert_eq!(opened(&[0xff; 300]), None);
    }

    #[test]
    fn base64_is_not_good_enough_for_newer_firmware() {
        assert!(Login::Base64.accepts("YWRtaW4=", "admin", "admin", ""));
        assert!(!Login::Rsa.accepts("YWRtaW4=", "admin", "admin", ""));
        assert!(!Login::Base64.accepts("admin", "admin", "admin", ""));
    }
}
