//! Whose certificate is accepted, and how the handshake's signature is checked: always, also of pinned certificates,
//! as otherwise anybody who copied the certificate would pass for the box.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::version::TLS12;
use rustls::{
    CertificateError, ClientConfig, DEFAULT_VERSIONS, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use super::{Pin, Trust, signature};

/// The certificate that the last handshake showed, so that a refusal can say it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Option<CertificateDer<'static>>>>);

impl Seen {
    pub(super) fn forget(&self) {
        self.put(None);
    }

    pub(super) fn certificate(&self) -> Option<CertificateDer<'static>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its fingerprint.
    pub(crate) fn pin(&self) -> Option<Pin> {
        self.certificate().map(|certificate| Pin::of(&certificate))
    }

    fn put(&self, certificate: Option<CertificateDer<'static>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = certificate;
    }
}

/// How to speak TLS to a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// As the library does.
    Modern,
    /// As boxes need that are older than the library's rules: TLS 1.2 with PKCS#1 signatures, SHA-1 included, RSA keys
    /// from 1024 bits on, and certificates in the first version of their format.
    Legacy,
}

impl Manner {
    /// What to try with this trust. The authorities have not vouched for anything so old in years.
    pub(super) const fn of(trust: &Trust) -> &'static [Self] {
        match trust {
            Trust::Authorities(_) => &[Self::Modern],
            Trust::Pinned(_) | Trust::Anyone => &[Self::Modern, Self::Legacy],
        }
    }

    /// The line for the log when a box turns out to need it.
    pub(super) const fn described(self) -> &'static str {
        match self {
            Self::Modern => "the box speaks modern TLS now",
            Self::Legacy => "the box has an old key or certificate; using TLS 1.2 with old signatures",
        }
    }
}

/// The TLS configuration for anything that is not a box, such as the broker: no concessions to age.
pub(crate) fn modern(trust: &Trust, seen: &Seen) -> Result<ClientConfig, rustls::Error> {
    config(trust, Manner::Modern, seen)
}

/// The TLS configuration for this trust; `seen` receives each certificate.
pub(super) fn config(trust: &Trust, manner: Manner, seen: &Seen) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier {
        trust: trust.clone(),
        manner,
        seen: seen.clone(),
        authorities: authorities(trust, &provider)?,
        algorithms: provider.signature_verification_algorithms,
    };
    let versions = match manner {
        Manner::Modern => DEFAULT_VERSIONS,
        Manner::Legacy => &[&TLS12],
    };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn authorities(
    trust: &Trust,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<dyn ServerCertVerifier>>, rustls::Error> {
    let Trust::Authorities(additional) = trust else {
        return Ok(None);
    };
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in CertificateDer::pem_slice_iter(additional.as_bytes()) {
        let certificate = certificate.map_err(|error| rustls::Error::General(error.to_string()))?;
        roots.add(certificate)?;
    }
    let verifier =
        rustls::client::WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
    Ok(Some(verifier))
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    manner: Manner,
    seen: Seen,
    authorities: Option<Arc<dyn ServerCertVerifier>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.seen.put(Some(leaf.clone().into_owned()));
        match (&self.trust, &self.authorities) {
            (Trust::Authorities(_), Some(verifier)) => {
                verifier.verify_server_cert(leaf, intermediates, name, ocsp, now)
            }
            (Trust::Pinned(pins), _) if !pins.contains(&Pin::of(leaf)) => {
                Err(CertificateError::ApplicationVerificationFailure.into())
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match self.manner {
            Manner::Modern => verify_tls12_signature(message, certificate, signed, &self.algorithms),
            Manner::Legacy => signature::verify(message, certificate, signed)
                .map(|()| HandshakeSignatureValid::assertion())
                .map_err(rustls::Error::from),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        match self.manner {
            Manner::Modern => self.algorithms.supported_schemes(),
            Manner::Legacy => signature::SCHEMES.to_vec(),
        }
    }
}
