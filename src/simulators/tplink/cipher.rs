//! The box's side of the encryption: an RSA key of 512 bits that opens signatures, AES for everything else.

use std::sync::LazyLock;

use aes::Aes128;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use num_bigint::BigUint;

/// The modulus that the box shows, in hexadecimal. The key is a throwaway one: it protects nothing.
pub(super) const MODULUS: &str = "B670FD2C1DB37A0A6DD17E59A357BC3FBF74CC0C533F65E2EF95BF7EB5FECC1A\
     288C3DC3CBC5BF1D42CEB07EC93AE23422BC529A3634C26306698D862E97C511";
/// The exponent that the box shows.
pub(super) const EXPONENT: &str = "010001";
const SECRET: &str = "A6ADF5EFAF370101B431589146956A8C873B8B0C9BA5E94CFAFCC2165EE9E9C7\
     54AD9241F162ABD975B1718997502ECB092A3F579944EEA9205D677985A1BB9D";
/// What a block is encrypted to, in bytes.
const BLOCK: usize = 64;

struct Key {
    modulus: BigUint,
    secret: BigUint,
}

static KEY: LazyLock<Option<Key>> = LazyLock::new(|| {
    let number = |digits: &str| BigUint::parse_bytes(digits.as_bytes(), 16);
    Some(Key { modulus: number(MODULUS)?, secret: number(SECRET)? })
});

/// How clients fill a block before they encrypt it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    /// With zeros, on the right. Flag 0 in the page's script.
    Zeros,
    /// As PKCS#1 v1.5 has it. Flag 1.
    Pkcs1,
}

impl Padding {
    /// The flag with which the page's script asks for it.
    pub const fn flag(self) -> u8 {
        match self {
            Self::Zeros => 0,
            Self::Pkcs1 => 1,
        }
    }

    fn strip(self, block: &[u8]) -> Option<&[u8]> {
        match self {
            Self::Zeros => block.split(|byte| *byte == 0).next(),
            Self::Pkcs1 => {
                let padded = block.strip_prefix(&[0, 2])?;
                let end = padded.iter().position(|byte| *byte == 0).filter(|filling| *filling >= 8)?;
                padded.get(end + 1..)
            }
        }
    }
}

/// Decrypts blocks in hexadecimal, as signatures and names come; `None` when they are no such thing.
pub(super) fn open(blocks: &str, padding: Padding) -> Option<String> {
    let key = KEY.as_ref()?;
    let bytes = hex::decode(blocks).ok()?;
    let mut text = Vec::new();
    for block in bytes.chunks(BLOCK) {
        let number = BigUint::from_bytes_be(block).modpow(&key.secret, &key.modulus).to_bytes_be();
        let mut plain = vec![0; BLOCK.checked_sub(number.len())?];
        plain.extend(number);
        text.extend_from_slice(padding.strip(&plain)?);
    }
    String::from_utf8(text).ok().filter(|_| bytes.len() % BLOCK == 0)
}

/// What both sides encrypt with during a session.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Cipher {
    key: [u8; 16],
    iv: [u8; 16],
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Cipher")
    }
}

impl Cipher {
    /// Key and initial vector as text of 16 characters each, the way clients make them up.
    pub fn new(key: &str, iv: &str) -> Option<Self> {
        Some(Self { key: key.as_bytes().try_into().ok()?, iv: iv.as_bytes().try_into().ok()? })
    }

    pub fn encrypt(&self, plain: &[u8]) -> String {
        let mode = cbc::Encryptor::<Aes128>::new(&self.key.into(), &self.iv.into());
        STANDARD.encode(mode.encrypt_padded_vec::<Pkcs7>(plain))
    }

    pub fn decrypt(&self, text: &str) -> Option<Vec<u8>> {
        let mode = cbc::Decryptor::<Aes128>::new(&self.key.into(), &self.iv.into());
        mode.decrypt_padded_vec::<Pkcs7>(&STANDARD.decode(text).ok()?).ok()
    }
}

/// What a client proves its requests with.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signature {
    /// What it wants to encrypt with; only at the login.
    pub cipher: Option<Cipher>,
    /// The fingerprint of name and password.
    pub hash: String,
    /// The number that the box gave out, plus the length of the data.
    pub sum: u64,
}

impl Signature {
    pub fn open(sign: &str, padding: Padding) -> Option<Self> {
        let text = open(sign, padding)?;
        let field = |name: &str| {
            text.split('&')
                .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name))
                .map(|(_, v)| v)
        };
        let cipher = match (field("key"), field("iv")) {
            (Some(key), Some(iv)) => Some(Cipher::new(key, iv)?),
            _ => None,
        };
        Some(Self { cipher, hash: field("h")?.to_owned(), sum: field("s")?.parse().ok()? })
    }
}

/// The fingerprint of name and password, as signatures carry it.
pub(super) fn hash(username: &str, password: &str) -> String {
    hex::encode(Md5::digest(format!("{username}{password}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = "NTIrGnEymf442zeRYzmP9CbEgh0yyuXkdVbJMoPkCtRa4Fi0dHp58BAJjBp2xOeTybiTpEjTLCIEohIX8G/uc26k24nF\
                        KgWgyDyYNf3yABgJnEdCrlniO72umrYhV3av";
    const SIGN: &str = "a42c06e9e33ae78a5840440898d2b435819f715e81167ae76ff96e3e39afb59515cbbce99dd2ab2f11caa77a61e94e\
                        0a978cb84fb70abf0e0d2f197755cdfbb9";

    #[test]
    fn a_signed_request_is_opened() {
        let cipher = Cipher::new("1700000000000123", "1700000000000456").unwrap();
        let plain = b"1&5\r\n[STAT_CFG#0,0,0,0,0,0#0,0,0,0,0,0]0,0\r\n\
                      [STAT_ENTRY#0,0,0,0,0,0#0,0,0,0,0,0]1,0\r\n";
        assert_eq!(cipher.decrypt(DATA).unwrap(), plain);
        assert_eq!(cipher.encrypt(plain), DATA);
        let signature = Signature::open(SIGN, Padding::Zeros).unwrap();
        assert_eq!(signature.hash, hash("admin", "admin"));
        assert_eq!((signature.sum, signature.cipher), (123_456_789 + DATA.len() as u64, None));
    }

    #[test]
    fn answers_are_encrypted_as_captured_ones() {
        let cipher = Cipher::new("1618851624837207", "1618851624837491").unwrap();
        assert_eq!(
            cipher.encrypt(b"[cgi]0\n$.ret=0;\n[error]0\n"),
            "g1fpy+7OoHDLS06qUfdBP9uMU8ZNKNmv6bUJkBlTegc="
        );
        assert_eq!(hash("admin", "password123"), "bb0f7e021d52a4e31613d463fc0525d8");
    }

    /// What a client does with the box's public key.
    fn seal(block: &[u8]) -> String {
        let exponent = BigUint::parse_bytes(EXPONENT.as_bytes(), 16).unwrap();
        let sealed = BigUint::from_bytes_be(block).modpow(&exponent, &KEY.as_ref().unwrap().modulus);
        format!("{sealed:0128x}")
    }

    #[test]
    fn padded_blocks_are_stripped_and_others_are_not_taken() {
        let block = |text: &str| {
            let mut block = vec![0, 2];
            block.resize(BLOCK - text.len() - 1, 0x77);
            block.push(0);
            block.extend_from_slice(text.as_bytes());
            block
        };
        let sealed = seal(&block("key=1700000000000123&iv=1700000000000456&")) + &seal(&block("h=ab&s=7"));
        let signature = Signature::open(&sealed, Padding::Pkcs1).unwrap();
        assert_eq!((signature.hash.as_str(), signature.sum, signature.cipher.is_some()), ("ab", 7, true));
        assert_eq!(Signature::open(SIGN, Padding::Pkcs1), None);
    }

    #[test]
    fn nonsense_opens_nothing() {
        for nonsense in ["", "zz", "00", SIGN.trim_end_matches('9'), &"0".repeat(128)] {
            assert_eq!(Signature::open(nonsense, Padding::Zeros), None, "{nonsense}");
        }
        let cipher = Cipher::new("1700000000000123", "1700000000000456").unwrap();
        assert!(cipher.decrypt("AAAA").is_none() && cipher.decrypt("?").is_none());
        assert!(Cipher::new("short", "1700000000000456").is_none());
    }
}
