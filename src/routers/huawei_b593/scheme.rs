//! How a password is wrapped for the login. It changes with the firmware, which operators push without a word, so it is
//! found out at the box, and without a single attempt to log in: three wrong ones lock the owner out as well.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::front::{Front, Pair};
use super::wire::{self, Seen};
use crate::model::Fault;
use crate::routers::rsa::{PublicKey, os_random};
use crate::transport::{Request, Transport};

/// The script with the key.
const KEY_SCRIPT: &str = "/js/rsa.js";
/// The script of the login page.
const LOGIN_SCRIPT: &str = "/js/index.js";

/// The modulus that all units of the family share. It is printed in the script of each of them.
const MODULUS: &str = "BEB90F8AF5D8A7C7DA8CA74AC43E1EE8A48E6860C0D46A5D690BEA082E3A74E1\
                       571F2C58E94EE339862A49A811A31BB4A48F41B3BCDFD054C3443BB610B5418B\
                       3CBAFAE7936E1BE2AFD2E0DF865A6E59C2B8DF1E8D5702567D0A9650CB07A43D\
                       E39020969DF0997FCA587D9A8AE4627CF18477EC06765DF3AA8FB459DD4C9AF3";
const EXPONENT: &str = "10001";

/// How a password is wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    /// In base64 only: V100R001 before July 2015.
    Base64,
    /// Encrypted: V100R001C07SP102, E5172.
    Rsa(PublicKey, Token),
    /// Hashed together with the user name and the page's own values, then encrypted: B593s-22.
    Hash {
        /// The key for the hash.
        key: PublicKey,
        /// Whether the password is hashed on its own first.
        twice: bool,
    },
}

/// Whether a login has to come with a value from a page of its own, as on a Speedport LTE II.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Not asked yet.
    Unknown,
    /// It has to.
    Wanted,
    /// There is no such page.
    None,
}

/// What the owner says about the scheme; it is found out otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Choice {
    #[default]
    Auto,
    Base64,
    Rsa,
    RsaToken,
    Hash,
    DoubleHash,
}

impl Choice {
    /// The words of the configuration, the default first.
    pub const WORDS: &[&str] = &["auto", "base64", "rsa", "rsa_token", "hash", "double_hash"];

    /// The choice of this word.
    pub fn of(word: Option<&str>) -> Self {
        match word {
            Some("base64") => Self::Base64,
            Some("rsa") => Self::Rsa,
            Some("rsa_token") => Self::RsaToken,
            Some("hash") => Self::Hash,
            Some("double_hash") => Self::DoubleHash,
            _ => Self::Auto,
        }
    }

    /// The scheme, without an attempt to log in: by what the login page and its scripts hold.
    pub async fn find(self, transport: &Transport, front: &Front) -> Result<Scheme, Fault> {
        if self == Self::Base64 {
            return Ok(Scheme::Base64);
        }
        let printed = match script(transport, KEY_SCRIPT).await? {
            Some(script) => wire::modulus(&script),
            None => None,
        };
        let printed = printed.and_then(|modulus| PublicKey::from_hex(&modulus, EXPONENT));
        Ok(match self {
            Self::Rsa => Scheme::Rsa(or_shared(printed)?, Token::None),
            Self::RsaToken => Scheme::Rsa(or_shared(printed)?, Token::Wanted),
            Self::Hash => Scheme::Hash { key: or_shared(printed)?, twice: false },
            Self::DoubleHash => Scheme::Hash { key: or_shared(printed)?, twice: true },
            Self::Auto | Self::Base64 => Self::find_by_pages(transport, front, printed).await?,
        })
    }

    async fn find_by_pages(
        transport: &Transport,
        front: &Front,
        printed: Option<PublicKey>,
    ) -> Result<Scheme, Fault> {
        if let (Some(key), None) = (&printed, &front.pair) {
            return Ok(Scheme::Rsa(key.clone(), Token::Unknown));
        }
        let login = script(transport, LOGIN_SCRIPT).await?.unwrap_or_default();
        if front.pair.is_some() {
            Ok(Scheme::Hash { key: or_shared(printed)?, twice: hashes_first(&login) })
        } else if front.mentions_rsa || login.contains("RSA") {
            Ok(Scheme::Rsa(or_shared(None)?, Token::Unknown))
        } else {
            Ok(Scheme::Base64)
        }
    }
}

/// A script of the login page, if this firmware has it.
async fn script(transport: &Transport, path: &str) -> Result<Option<String>, Fault> {
    match Seen::of(transport.send(Request::get(path)).await?)? {
        Seen::Page(reply) => Ok(Some(reply.text().into_owned())),
        Seen::Closed | Seen::Absent => Ok(None),
    }
}

fn or_shared(printed: Option<PublicKey>) -> Result<PublicKey, Fault> {
    let shared = || PublicKey::from_hex(MODULUS, EXPONENT);
    printed.or_else(shared).ok_or_else(|| Fault::malformed(KEY_SCRIPT, "no key"))
}

/// Whether the login script hashes the password on its own before it is hashed with the rest.
fn hashes_first(script: &str) -> bool {
    let code: String = script.chars().filter(|c| !c.is_whitespace()).collect();
    code.to_ascii_lowercase().contains("base64encode(sha256(")
}

impl Scheme {
    /// The word of the configuration for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Rsa(_, Token::Wanted) => "rsa_token",
            Self::Rsa(_, Token::Unknown | Token::None) => "rsa",
            Self::Hash { twice: false, .. } => "hash",
            Self::Hash { twice: true, .. } => "double_hash",
        }
    }

    /// Whether it may be used again without asking the box. Base64 is what is left when a box shows nothing better; a
    /// firmware that brings RSA must not be sent a password in it.
    pub const fn is_certain(&self) -> bool {
        !matches!(self, Self::Base64)
    }

    /// The fields of the login form.
    pub fn form(
        &self,
        username: &str,
        password: &SecretString,
        pair: Option<&Pair>,
    ) -> Result<Vec<(&'static str, String)>, Fault> {
        let password = password.expose_secret();
        let wrapped = match self {
            Self::Base64 => STANDARD.encode(password),
            Self::Rsa(key, _) => STANDARD.encode(key.encrypt(password.as_bytes(), os_random)?),
            Self::Hash { key, twice } => {
                let pair = pair.ok_or_else(|| {
                    Fault::UnknownDialect("its login page has no values to hash the password with".to_owned())
                })?;
                let hash = salted(username, password, pair, *twice);
                STANDARD.encode(key.encrypt(hash.as_bytes(), os_random)?)
            }
        };
        let mut fields = vec![("Username", username.to_owned()), ("Password", wrapped)];
        fields.extend(pair.into_iter().flat_map(Pair::fields));
        Ok(fields)
    }
}

fn salted(username: &str, password: &str, pair: &Pair, twice: bool) -> String {
    let own = if twice { STANDARD.encode(sha256(password)) } else { STANDARD.encode(password) };
    sha256(&format!("{username}{own}{}{}", pair.param, pair.token))
}

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> Pair {
        Pair { param: "p4r4m".into(), token: "t0k3n".into() }
    }

    #[test]
    fn base64_is_only_base64() {
        let fields = Scheme::Base64.form("admin", &"admin".into(), None).unwrap();
        assert_eq!(fields, [("Username", "admin".into()), ("Password", "YWRtaW4=".into())]);
    }

    #[test]
    fn an_encrypted_password_has_172_characters_and_is_never_the_same() {
        let scheme = Scheme::Rsa(or_shared(None).unwrap(), Token::None);
        let wrapped = || scheme.form("admin", &"admin".into(), None).unwrap().remove(1).1;
        let (one, other) = (wrapped(), wrapped());
        assert_eq!((one.len(), one.ends_with('=')), (172, true));
        assert_ne!(one, other);
    }

    #[test]
    fn the_hash_is_that_of_the_login_scripts() {
        // Computed with `printf %s … | sha256sum`.
        let once = salted("admin", "admin", &pair(), false);
        assert_eq!(once, "b995ed6613260da27b368676b97ece6120ad3fd0cee7489f5ca1d1a1e396ba80");
        let twice = salted("admin", "admin", &pair(), true);
        assert_eq!(twice, "cd68252d1815775118905b5447f9384858e8573d46a625f22dce25f27b562b6d");
    }

    #[test]
    fn a_hash_comes_with_the_values_of_its_page() {
        let scheme = Scheme::Hash { key: or_shared(None).unwrap(), twice: false };
        let fields = scheme.form("admin", &"admin".into(), Some(&pair())).unwrap();
        assert_eq!(fields[2..], [("csrf_param", "p4r4m".into()), ("csrf_token", "t0k3n".into())]);
        let without = scheme.form("admin", &"admin".into(), None);
        assert!(matches!(without, Err(Fault::UnknownDialect(_))), "{without:?}");
    }

    #[test]
    fn the_login_script_tells_whether_the_password_is_hashed_first() {
        assert!(hashes_first("var psd = base64encode( SHA256(password) );"));
        assert!(!hashes_first(
            "var psd = base64encode(password); SHA256(name + psd + csrf_param + csrf_token)"
        ));
    }
}
