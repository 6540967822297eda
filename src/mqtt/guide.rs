use std::fmt::Debug;

use async_trait::async_trait;
use secrecy::SecretString;

use super::Tls;

/// Somebody who knows where the broker is, when the owner has not said so.
#[async_trait]
pub trait Guide: Debug + Send + Sync {
    /// Where it is now. Asked before each attempt to connect, as all of it may change.
    ///
    /// # Errors
    /// When nobody knows of a broker yet, in words for the owner.
    async fn broker(&self) -> Result<Whereabouts, String>;
}

/// Where a broker is, and who we are to it.
#[derive(Clone, Debug)]
pub struct Whereabouts {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How to encrypt, if at all.
    pub tls: Option<Tls>,
    /// The user name.
    pub username: Option<String>,
    /// The password.
    pub password: Option<SecretString>,
}
