//! Whose broker we trust, and who we are to it.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;

use super::Tls;
use crate::transport::{Seen, Trust, tls_config};

/// The TLS part of the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// No certificate in the text.
    #[error("'{0}' holds no PEM certificate")]
    NoCertificate(&'static str),
    /// No key in the text.
    #[error("the client key is not a PEM key")]
    NoKey,
    /// One without the other.
    #[error("a client certificate needs its key, and a key its certificate")]
    Half,
    /// Anything else the TLS library says.
    #[error("the TLS settings cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The configuration for the connection; `seen` receives the fingerprint of the broker where that is of use.
pub(super) fn config(tls: &Tls, seen: &Seen) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = match (&tls.ca, tls.pin) {
        _ if tls.insecure => tls_config(&Trust::Anyone, seen)?,
        (_, Some(pin)) => tls_config(&Trust::Pinned(vec![pin]), seen)?,
        (Some(ca), None) => trusting(ca, Arc::clone(&provider))?,
        (None, None) => tls_config(&Trust::Authorities(""), seen)?,
    };
    if let Some(identity) = identity(tls, &provider)? {
        config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(identity));
    }
    Ok(config)
}

fn trusting(ca: &str, provider: Arc<CryptoProvider>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(ca, "ca")? {
        roots.add(certificate)?;
    }
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

fn identity(tls: &Tls, provider: &CryptoProvider) -> Result<Option<CertifiedKey>, TlsError> {
    match (&tls.certificate, &tls.key) {
        (None, None) => Ok(None),
        (Some(chain), Some(key)) => {
            let key =
                PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes()).map_err(|_| TlsError::NoKey)?;
            let chain = certificates(chain, "certificate")?;
            Ok(Some(CertifiedKey::from_der(chain, key, provider)?))
        }
        _ => Err(TlsError::Half),
    }
}

fn certificates(pem: &str, what: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(TlsError::NoCertificate(what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Pin;

    #[test]
    fn every_way_to_trust_a_broker_is_usable() {
        let key = rcgen::KeyPair::generate().unwrap();
        let own = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        let identified = Tls {
            certificate: Some(own.pem()),
            key: Some(key.serialize_pem().into()),
            ca: Some(own.pem()),
            ..Tls::default()
        };
        let pinned = Tls { pin: Some(Pin::of(own.der())), ..Tls::default() };
        for tls in [Tls::default(), Tls { insecure: true, ..Tls::default() }, pinned] {
            assert!(!config(&tls, &Seen::default()).unwrap().client_auth_cert_resolver.has_certs());
        }
        assert!(config(&identified, &Seen::default()).unwrap().client_auth_cert_resolver.has_certs());
    }

    #[test]
    fn what_cannot_be_used_is_said_before_anything_is_tried() {
        let nothing = Tls { ca: Some("not PEM".into()), ..Tls::default() };
        assert!(matches!(config(&nothing, &Seen::default()), Err(TlsError::NoCertificate("ca"))));
        let half = Tls { key: Some("key".to_owned().into()), ..Tls::default() };
        assert!(matches!(config(&half, &Seen::default()), Err(TlsError::Half)));
        let key = rcgen::KeyPair::generate().unwrap();
        let own = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        let wrong = Tls { certificate: Some(own.pem()), key: Some("x".to_owned().into()), ..Tls::default() };
        assert!(matches!(config(&wrong, &Seen::default()), Err(TlsError::NoKey)));
    }
}
