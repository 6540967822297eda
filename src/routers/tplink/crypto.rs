//! How newer firmware wraps what it is asked: AES-128-CBC for the text, and a signature under a small RSA key that
//! carries the AES key to the box. As the box's own page does it; strong it is not.

use std::fmt;

use aes::Aes128;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use crate::model::Fault;
use crate::routers::rsa::{Padding, PublicKey, os_random};

/// How blocks are filled before RSA, as `/js/tpEncrypt.js` says: the last argument of its RSA call is `512,0` or `512,1`.
pub(super) fn padding_of(script: &str) -> Option<Padding> {
    script.match_indices("512").find_map(|(at, size)| {
        let flag = script.get(at + size.len()..)?.trim_start().strip_prefix(',')?.trim_start();
        match flag.chars().next()? {
            '0' => Some(Padding::Zeros),
            '1' => Some(Padding::Pkcs1),
            _ => None,
        }
    })
}

/// What a session is wrapped in: a key of our own choice, which only the box learns.
#[derive(Clone)]
pub(super) struct Seal {
    key: [u8; 16],
    iv: [u8; 16],
    /// What stands for user and password in each signature.
    hash: String,
    /// The box's number for the session. It stays the same.
    sequence: u64,
    rsa: PublicKey,
    padding: Padding,
}

/// A text as it goes over the wire.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    /// The text, encrypted, in base64.
    pub data: String,
    /// What tells the box that it comes from us, in hexadecimal digits.
    pub sign: String,
}

/// What a signature carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carries {
    /// The key as well: the box does not know it yet.
    Key,
    /// Only that it is us.
    Nothing,
}

impl fmt::Debug for Seal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Seal").field("padding", &self.padding).finish_non_exhaustive()
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Sealed")
    }
}

impl Seal {
    /// A seal with a new key.
    ///
    /// # Errors
    /// [`Fault::BoxError`] when this machine has no randomness to give.
    pub fn new(rsa: PublicKey, padding: Padding, sequence: u64, hash: String) -> Result<Self, Fault> {
        Ok(Self { key: digits()?, iv: digits()?, hash, sequence, rsa, padding })
    }

    /// What stands for a user and a password.
    pub fn hash(user: &str, password: &str) -> String {
        hex::encode(Md5::new().chain_update(user).chain_update(password).finalize())
    }

    /// Wraps a text.
    ///
    /// # Errors
    /// [`Fault::BoxError`] when this machine has no randomness to give.
    pub fn close(&self, text: &str, carries: Carries) -> Result<Sealed, Fault> {
        let cipher = cbc::Encryptor::<Aes128>::new(&self.key.into(), &self.iv.into());
        let data = STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(text.as_bytes()));
        let signed = self.signed(data.len(), carries);
        Ok(Sealed { sign: hidden(&self.rsa, &signed, self.padding)?, data })
    }

    fn signed(&self, length: usize, carries: Carries) -> String {
        let sum = self.sequence.wrapping_add(length as u64);
        let ours = format!("h={}&s={sum}", self.hash);
        let word = String::from_utf8_lossy;
        match carries {
            Carries::Key => format!("key={}&iv={}&{ours}", word(&self.key), word(&self.iv)),
            Carries::Nothing => ours,
        }
    }

    /// Unwraps an answer; `None` when it was not wrapped for us.
    pub fn open(&self, body: &[u8]) -> Option<Vec<u8>> {
        let packed: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bytes = STANDARD.decode(packed).ok().filter(|bytes| !bytes.is_empty())?;
        let cipher = cbc::Decryptor::<Aes128>::new(&self.key.into(), &self.iv.into());
        cipher.decrypt_padded_vec::<Pkcs7>(&bytes).ok()
    }
}

/// The text under the box's key, in hexadecimal digits.
///
/// # Errors
/// [`Fault::BoxError`] when this machine has no randomness to give.
pub(super) fn hidden(key: &PublicKey, text: &str, padding: Padding) -> Result<String, Fault> {
    key.encrypt_blocks(text.as_bytes(), padding, os_random).map(hex::encode)
}

/// Sixteen random digits: the page makes its keys of them.
fn digits() -> Result<[u8; 16], Fault> {
    let mut digits = [0; 16];
    os_random(&mut digits)?;
    Ok(digits.map(|byte| b'0' + byte % 10))
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;
    use proptest::prelude::*;

    use super::*;

    /// The key of a box whose traffic was captured.
    const CAPTURED: &str = "BCCEFCBAC01F94A1D440A1200DD7B599D57F2C29F7B495DFE0A2CC6FF6C0FF1A211DA5BF3BDEC9262EA85778379F03023EBF2100962FC65732DBB6C8261E7F53";

    /// A throwaway key, with its secret exponent.
    const MODULUS: &str = "B670FD2C1DB37A0A6DD17E59A357BC3FBF74CC0C533F65E2EF95BF7EB5FECC1A288C3DC3CBC5BF1D42CEB07EC93AE23422BC529A3634C26306698D862E97C511";
    const SECRET: &str = "A6ADF5EFAF370101B431589146956A8C873B8B0C9BA5E94CFAFCC2165EE9E9C754AD9241F162ABD975B1718997502ECB092A3F579944EEA9205D677985A1BB9D";

    fn seal(modulus: &str, [key, iv]: [&str; 2], sequence: u64, password: &str) -> Seal {
        Seal {
            key: key.as_bytes().try_into().unwrap(),
            iv: iv.as_bytes().try_into().unwrap(),
            hash: Seal::hash("admin", password),
            sequence,
            rsa: PublicKey::from_hex(modulus, "010001").unwrap(),
            padding: Padding::Zeros,
        }
    }

    fn captured() -> Seal {
        seal(CAPTURED, ["1618851624837207", "1618851624837491"], 403_182_619, "password123")
    }

    fn throwaway() -> Seal {
        seal(MODULUS, ["1700000000000123", "1700000000000456"], 123_456_789, "admin")
    }

    fn decrypted(sign: &str) -> Vec<u8> {
        let number = |digits: &[u8]| BigUint::parse_bytes(digits, 16).unwrap();
        let mut text = Vec::new();
        for block in sign.as_bytes().chunks(128) {
            let plain =
                number(block).modpow(&number(SECRET.as_bytes()), &number(MODULUS.as_bytes())).to_bytes_be();
            text.extend(std::iter::repeat_n(0, 64 - plain.len()).chain(plain));
        }
        text
    }

    #[test]
    fn a_captured_login_is_reproduced() {
        let seal = captured();
        assert_eq!(seal.hash, "bb0f7e021d52a4e31613d463fc0525d8");
        let login =
            "8\r\n[/cgi/login#0,0,0,0,0,0#0,0,0,0,0,0]0,2\r\nusername=admin\r\npassword=password123\r\n";
        assert_eq!(
            seal.signed(128, Carries::Key),
            "key=1618851624837207&iv=1618851624837491&h=bb0f7e021d52a4e31613d463fc0525d8&s=403182747"
        );
        let sealed = seal.close(login, Carries::Key).unwrap();
        assert_eq!(
            sealed.data,
            "pU7DeAkIPNhur8qY2HFIDtzbqlxdhnTsqzaGVvlF4rK9smknIrC1S8D7nLRYIs46+bMX06AdJnRxLbRSZC3bp0KIPerVDXlT7HCIviSxIHQYZOwrcfvml26Wjd3fovJ9"
        );
        assert_eq!(
            sealed.sign,
            "b6a306802e38d158cc457df275bb1b5a6d8daaa69c17a3b910063dc9c5cc65c88428febe758393797d925426218a17cecfceb6afbd34a677185a80c9ada12d2b\
             a6c1e3f7151b88092be217ab66f9d348d12d98df826c9e1e9a23634ef18b13df215a97487aef35d4362558802a9ff3df503053778cf467c8757fd96acdad2803"
        );
    }

    #[test]
    fn a_captured_request_and_its_answer_are_reproduced() {
        let seal = captured();
        let request = "1\r\n[WAN_ETH_INTF#1,0,0,0,0,0#0,0,0,0,0,0]0,1\r\nstatus\r\n";
        let sealed = seal.close(request, Carries::Nothing).unwrap();
        assert_eq!(
            sealed.data,
            "lohRDiOc7Ml1lfS1VkhgkwOi5Um5t0+BNq1b9i9g3qbt24eeqB+2CeF/5/XAvOXgciGdixPcFw5gcNDPBnn/JQ=="
        );
        assert_eq!(seal.signed(88, Carries::Nothing), "h=bb0f7e021d52a4e31613d463fc0525d8&s=403182707");
        assert_eq!(
            sealed.sign,
            "2ae92e7df9e3de29b4981f20aa9b0dd460ac56a0922017341a1cf7d2142b5cb431774e2e98faa3199110db956a46258c82a65afa625665c0f34f4e008e544352"
        );
        for (body, text) in [
            (
                "dwx3PhorBXCx9KomaJs8hCrxeTf+URmnc94P/lPwLEn/mhFNVJs6O5+89TTQbS0c",
                "[1,0,0,0,0,0]0\nstatus=NoLink\n[error]0\n",
            ),
            ("g1fpy+7OoHDLS06qUfdBP9uMU8ZNKNmv6bUJkBlTegc=", "[cgi]0\n$.ret=0;\n[error]0\n"),
        ] {
            assert_eq!(seal.open(body.as_bytes()).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn the_box_reads_what_was_signed() {
        let seal = throwaway();
        assert_eq!(seal.hash, "f6fdffe48c908deb0f4c3bd36c032e72");
        let request =
            "1&5\r\n[STAT_CFG#0,0,0,0,0,0#0,0,0,0,0,0]0,0\r\n[STAT_ENTRY#0,0,0,0,0,0#0,0,0,0,0,0]1,0\r\n";
        let sealed = seal.close(request, Carries::Nothing).unwrap();
        assert_eq!(
            sealed.data,
            "NTIrGnEymf442zeRYzmP9CbEgh0yyuXkdVbJMoPkCtRa4Fi0dHp58BAJjBp2xOeTybiTpEjTLCIEohIX8G/uc26k24nFKgWgyDyYNf3yABgJnEdCrlniO72umrYhV3av"
        );
        assert_eq!(
            sealed.sign,
            "a42c06e9e33ae78a5840440898d2b435819f715e81167ae76ff96e3e39afb59515cbbce99dd2ab2f11caa77a61e94e0a978cb84fb70abf0e0d2f197755cdfbb9"
        );
        let text = decrypted(&sealed.sign);
        assert!(text.starts_with(b"h=f6fdffe48c908deb0f4c3bd36c032e72&s=123456917\0"));
    }

    #[test]
    fn pkcs1_blocks_are_as_long_and_hold_what_was_signed() {
        let mut seal = throwaway();
        seal.padding = Padding::Pkcs1;
        let sealed = seal.close("1\r\n", Carries::Key).unwrap();
        assert_eq!(sealed.sign.len(), 256);
        let text = decrypted(&sealed.sign);
        let parts: Vec<_> = text
            .chunks(64)
            .map(|block| {
                assert_eq!(&block[..2], [0, 2]);
                let end = 2 + block[2..].iter().position(|byte| *byte == 0).unwrap();
                &block[end + 1..]
            })
            .collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [53, 34]);
        assert_eq!(parts.concat(), seal.signed(24, Carries::Key).as_bytes());
        let other = seal.close("1\r\n", Carries::Nothing).unwrap();
        assert_eq!(other.sign.len(), 128);
        assert_eq!(decrypted(&other.sign)[64 - 46 - 1], 0);
    }

    #[test]
    fn the_script_says_how_blocks_are_filled() {
        let call = |flag| format!("rsa.setKey(nn, ee); return rsa.encrypt(s, 64, 512, {flag});");
        assert_eq!(padding_of(&call(0)), Some(Padding::Zeros));
        assert_eq!(padding_of(&call(1)), Some(Padding::Pkcs1));
        assert_eq!(padding_of("a=512;b(512,x);c(512,1)"), Some(Padding::Pkcs1));
        assert_eq!(padding_of("<html>"), None);
    }

    proptest! {
        #[test]
        fn what_is_closed_can_be_opened(text in "[ -~\r\n]{0,200}") {
            let seal = throwaway();
            let sealed = seal.close(&text, Carries::Nothing).unwrap();
            prop_assert_eq!(seal.open(sealed.data.as_bytes()).unwrap(), text.as_bytes());
        }

        #[test]
        fn noise_is_not_opened_but_survived(body: Vec<u8>) {
            drop(throwaway().open(&body));
        }
    }
}
