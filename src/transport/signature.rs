//! The handshake signatures of old boxes, which the library's own verifier refuses to look at.

use ring::signature as ring;
use rustls::{CertificateError, DigitallySignedStruct, SignatureScheme};
use x509_parser::prelude::{FromDer, X509Certificate};

/// What is offered to an old box. Servers take the first that they can do, and small RSA keys can be checked with
/// PKCS#1 and SHA-256 but not with PSS, so the order matters.
pub(super) const SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::RSA_PKCS1_SHA1,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
];

/// The length of an uncompressed point of the curve P-384: a marker byte and two coordinates.
const P384_POINT: usize = 97;

/// Checks that whoever signed holds the certificate's key. Of the certificate, only the key is looked at.
pub(super) fn verify(
    message: &[u8],
    certificate: &[u8],
    signed: &DigitallySignedStruct,
) -> Result<(), CertificateError> {
    let (_, certificate) =
        X509Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let key: &[u8] = &certificate.public_key().subject_public_key.data;
    let algorithm = algorithm(signed.scheme, key).ok_or(CertificateError::BadSignature)?;
    ring::UnparsedPublicKey::new(algorithm, key)
        .verify(message, signed.signature())
        .map_err(|_| CertificateError::BadSignature)
}

/// In TLS 1.2 the scheme names the hash only; the curve is the key's.
fn algorithm(scheme: SignatureScheme, key: &[u8]) -> Option<&'static dyn ring::VerificationAlgorithm> {
    let large_curve = key.len() == P384_POINT;
    Some(match scheme {
        SignatureScheme::RSA_PKCS1_SHA1 => &ring::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        SignatureScheme::RSA_PKCS1_SHA256 => &ring::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        SignatureScheme::RSA_PKCS1_SHA384 => &ring::RSA_PKCS1_2048_8192_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512 => &ring::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        SignatureScheme::RSA_PSS_SHA256 => &ring::RSA_PSS_2048_8192_SHA256,
        SignatureScheme::RSA_PSS_SHA384 => &ring::RSA_PSS_2048_8192_SHA384,
        SignatureScheme::RSA_PSS_SHA512 => &ring::RSA_PSS_2048_8192_SHA512,
        SignatureScheme::ECDSA_NISTP256_SHA256 if large_curve => &ring::ECDSA_P384_SHA256_ASN1,
        SignatureScheme::ECDSA_NISTP256_SHA256 => &ring::ECDSA_P256_SHA256_ASN1,
        SignatureScheme::ECDSA_NISTP384_SHA384 if large_curve => &ring::ECDSA_P384_SHA384_ASN1,
        SignatureScheme::ECDSA_NISTP384_SHA384 => &ring::ECDSA_P256_SHA384_ASN1,
        _ => return None,
    })
}
