//! RSA as old web pages do it: the public half, for passwords and signatures, with the oldest padding or none.

use num_bigint::BigUint;
use ring::rand::{SecureRandom, SystemRandom};

use crate::model::Fault;

/// Zero, two, at least eight bytes of padding, zero: what PKCS#1 v1.5 needs of each block.
const OVERHEAD: usize = 11;

/// The shortest and the longest key of any box, in bytes. A longer one would keep this program busy for the box's
/// pleasure.
const SIZES: std::ops::RangeInclusive<usize> = 64..=512;

/// What fills a block up to the length of the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Padding {
    /// Zeros behind the message.
    #[default]
    Zeros,
    /// PKCS#1 v1.5: random bytes in front of it.
    Pkcs1,
}

/// The public key of a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicKey {
    modulus: BigUint,
    exponent: BigUint,
}

impl PublicKey {
    /// The key as pages print it, in hexadecimal digits. `None` when that is no number, or of a size that no box has.
    pub fn from_hex(modulus: &str, exponent: &str) -> Option<Self> {
        let number = |digits: &str| BigUint::parse_bytes(digits.as_bytes(), 16);
        let key = Self { modulus: number(modulus)?, exponent: number(exponent)? };
        SIZES.contains(&key.size()).then_some(key)
    }

    /// The length of everything it encrypts, in bytes.
    fn size(&self) -> usize {
        usize::try_from(self.modulus.bits().div_ceil(8)).unwrap_or(0)
    }

    /// Encrypts a message that fits into one block, with PKCS#1. The result always has the length of the key; `random`
    /// fills its padding.
    ///
    /// # Errors
    /// [`Fault::NotSupported`] when the message is too long for the key, and whatever `random` fails with.
    pub fn encrypt(
        &self,
        message: &[u8],
        random: impl FnOnce(&mut [u8]) -> Result<(), Fault>,
    ) -> Result<Vec<u8>, Fault> {
        if message.len() > self.room(Padding::Pkcs1) {
            return Err(Fault::NotSupported(format!("take a password of {} bytes", message.len())));
        }
        let mut noise = vec![0; self.size().saturating_sub(message.len() + 3)];
        random(&mut noise)?;
        // A zero would end the padding.
        noise.iter_mut().for_each(|byte| *byte = (*byte).max(1));
        Ok(self.power(&[&[0, 2], noise.as_slice(), &[0], message].concat()))
    }

    /// Encrypts a message of any length, block by block; `random` fills the padding that is made of it.
    ///
    /// # Errors
    /// Whatever `random` fails with.
    pub fn encrypt_blocks(
        &self,
        message: &[u8],
        padding: Padding,
        random: impl Fn(&mut [u8]) -> Result<(), Fault>,
    ) -> Result<Vec<u8>, Fault> {
        let one = |block: &[u8]| match padding {
            Padding::Pkcs1 => self.encrypt(block, &random),
            Padding::Zeros => Ok(self.power(&[block, &vec![0; self.size() - block.len()]].concat())),
        };
        // Nothing is one empty block.
        let blocks = message.chunks(self.room(padding)).chain(message.is_empty().then_some(message));
        blocks.map(one).collect::<Result<Vec<_>, _>>().map(|blocks| blocks.concat())
    }

    /// How much of a message fits into one block.
    fn room(&self, padding: Padding) -> usize {
        match padding {
            Padding::Zeros => self.size(),
            Padding::Pkcs1 => self.size() - OVERHEAD,
        }
    }

    fn power(&self, block: &[u8]) -> Vec<u8> {
        let digits = BigUint::from_bytes_be(block).modpow(&self.exponent, &self.modulus).to_bytes_be();
        [vec![0; self.size().saturating_sub(digits.len())], digits].concat()
    }
}

/// Randomness of the operating system.
///
/// # Errors
/// When it has none.
pub(super) fn os_random(bytes: &mut [u8]) -> Result<(), Fault> {
    SystemRandom::new().fill(bytes).map_err(|_| Fault::BoxError {
        what: "the login".to_owned(),
        why: "this machine has no random numbers".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The primes 2^521-1 and 2^607-1: a key of 1128 bits whose private half is no secret.
    fn pair() -> (PublicKey, BigUint) {
        let prime = |power: u32| (BigUint::from(1_u8) << power) - 1_u8;
        let (p, q) = (prime(521), prime(607));
        let phi = (&p - 1_u8) * (&q - 1_u8);
        let exponent = BigUint::from(65_537_u32);
        let private = exponent.modinv(&phi).unwrap();
        (PublicKey { modulus: p * q, exponent }, private)
    }

    /// Randomness that is always the same byte.
    fn only(byte: u8) -> impl FnOnce(&mut [u8]) -> Result<(), Fault> {
        move |bytes| {
            bytes.fill(byte);
            Ok(())
        }
    }

    fn opened(encrypted: &[u8]) -> Vec<u8> {
        let (key, private) = pair();
        BigUint::from_bytes_be(encrypted).modpow(&private, &key.modulus).to_bytes_be()
    }

    #[test]
    fn a_message_is_padded_as_pkcs_1_says() {
        let (key, _) = pair();
        let encrypted = key.encrypt(b"secret", only(7)).unwrap();
        assert_eq!(encrypted.len(), 141);
        let mut block = vec![2];
        block.extend([7; 132]);
        block.push(0);
        block.extend(b"secret");
        assert_eq!(opened(&encrypted), block, "the zero in front is no digit");
    }

    #[test]
    fn padding_has_no_zero_in_it() {
        let (key, _) = pair();
        let block = opened(&key.encrypt(b"x", only(0)).unwrap());
        assert_eq!(block.iter().position(|byte| *byte == 0), Some(block.len() - 2));
    }

    #[test]
    fn what_is_encrypted_has_the_length_of_the_key_whatever_it_is() {
        let (key, _) = pair();
        let results: Vec<_> =
            (1..=4000_u32).map(|n| key.encrypt(&n.to_be_bytes(), only(1)).unwrap()).collect();
        assert!(results.iter().all(|encrypted| encrypted.len() == 141));
        // A number that is shorter is what browsers send as it is, once in 256 times.
        assert!(results.iter().any(|encrypted| encrypted[0] == 0));
    }

    #[test]
    fn two_encryptions_of_the_same_differ() {
        let (key, _) = pair();
        assert_ne!(key.encrypt(b"x", os_random).unwrap(), key.encrypt(b"x", os_random).unwrap());
    }

    #[test]
    fn a_message_that_does_not_fit_is_refused() {
        let (key, _) = pair();
        assert!(key.encrypt(&[b'x'; 130], os_random).is_ok());
        assert!(matches!(key.encrypt(&[b'x'; 131], os_random), Err(Fault::NotSupported(_))));
    }

    #[test]
    fn what_is_no_key_is_none() {
        let (zeros, usual, endless) = ("0".repeat(128), "B".repeat(256), "B".repeat(8192));
        for (modulus, exponent) in [
            ("", "10001"),
            ("xyz", "10001"),
            ("BEB90F8A", "10001"),
            (zeros.as_str(), "10001"),
            (endless.as_str(), "10001"),
            (usual.as_str(), ""),
        ] {
            assert_eq!(PublicKey::from_hex(modulus, exponent), None);
        }
        assert!(PublicKey::from_hex(&usual, "10001").is_some());
    }
}
