use std::sync::Arc;

use secrecy::SecretString;

use super::{Guide, Whereabouts};
use crate::transport::Pin;

/// Where the broker is, and who we are to it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its name or address.
    pub host: String,
    /// Its port: 1883, or 8883 with TLS.
    pub port: u16,
    /// How to encrypt, if at all.
    pub tls: Option<Tls>,
    /// The user name.
    pub username: Option<String>,
    /// The password.
    pub password: Option<SecretString>,
    /// The first segment, or segments, of every topic of ours.
    pub prefix: String,
    /// The name of the connection; two bridges on one broker need two.
    pub client_id: String,
    /// Who is asked before each attempt to connect where the broker is, and who we are to it; nobody, where the owner has
    /// said so.
    pub guide: Option<Arc<dyn Guide>>,
}

impl Settings {
    /// The same, for a broker that is there.
    pub(super) fn at(&self, there: Whereabouts) -> Self {
        let Whereabouts { host, port, tls, username, password } = there;
        Self { host, port, tls, username, password, ..self.clone() }
    }

    /// Where the broker is, for people: `host:port`, an IPv6 address in brackets.
    pub fn address(&self) -> String {
        let (host, port) = (&self.host, self.port);
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }
}

/// How to encrypt the connection to the broker. All certificates and keys are PEM text.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// The authority that vouches for the broker; the public ones when there is none.
    pub ca: Option<String>,
    /// Or the fingerprint of the broker's own certificate.
    pub pin: Option<Pin>,
    /// Our certificate, for brokers that ask for one.
    pub certificate: Option<String>,
    /// The key of our certificate.
    pub key: Option<SecretString>,
    /// Accept any certificate. The owner has written so.
    pub insecure: bool,
}
