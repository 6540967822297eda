//! What certificate a server shows, for the owner to compare and to pin.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use reqwest::Url;
use rustls::ProtocolVersion;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::time::ASN1Time;

use super::names::{NotFound, lookup};
use super::tls::{Manner, Seen};
use super::{Deadlines, Pin, Trust, errors, tls};
use crate::model::{Deadline, Fault};

/// A certificate as a server showed it. Nobody vouches for it; but the server has proved that it holds the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its fingerprint.
    pub pin: Pin,
    /// Whose it is, such as `CN=02:00:00:00:00:00, O=Example`. Empty when the certificate cannot be read.
    pub subject: String,
    /// Who signed it; the same as the subject when nobody else did.
    pub issuer: String,
    /// From when it holds, by its own account.
    pub valid_from: Option<Timestamp>,
    /// Until when it holds, by its own account. Boxes seldom care, and neither does a pin.
    pub valid_until: Option<Timestamp>,
    /// Its key.
    pub key: Option<Key>,
    /// The version of TLS that was agreed on, such as `TLS 1.2`.
    pub version: &'static str,
}

/// The key in a certificate. Prints as `RSA, 1024 bits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// `RSA`, `EC`, …
    pub kind: &'static str,
    /// Its length.
    pub bits: Option<usize>,
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bits {
            Some(bits) => write!(out, "{}, {bits} bits", self.kind),
            None => out.write_str(self.kind),
        }
    }
}

/// Asks a server for its certificate. Trusts nothing, and sends nothing but the handshake.
///
/// # Errors
/// A fault when there is no server, or no common way to encrypt.
pub async fn fetch(url: &Url, deadlines: Deadlines) -> Result<Shown, Fault> {
    if url.scheme() != "https" {
        return Err(Fault::Tls(format!(
            "there is no certificate at an address that begins with {}://",
            url.scheme()
        )));
    }
    let seen = Seen::default();
    let mut refusal = None;
    for manner in Manner::of(&Trust::Anyone) {
        let version = match timeout(deadlines.connect, handshake(url, *manner, &seen)).await {
            Err(_) => return Err(Fault::TimedOut(Deadline::Connect)),
            Ok(Ok(version)) => version,
            Ok(Err(error)) => {
                let fault = fault(&error, &seen);
                if !errors::may_be_age(&error) {
                    return Err(fault);
                }
                refusal.get_or_insert(fault);
                continue;
            }
        };
        let certificate =
            seen.certificate().ok_or_else(|| Fault::Tls("no certificate was shown".to_owned()))?;
        return Ok(Shown::new(&certificate, version));
    }
    Err(refusal.unwrap_or_else(|| Fault::Tls("no way to speak TLS".to_owned())))
}

async fn handshake(url: &Url, manner: Manner, seen: &Seen) -> io::Result<Option<ProtocolVersion>> {
    let config = tls::config(&Trust::Anyone, manner, seen).map_err(io::Error::other)?;
    let host = url.host_str().unwrap_or_default();
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(443);
    let name = match host.parse::<IpAddr>() {
        Ok(address) => ServerName::IpAddress(address.into()),
        Err(_) => ServerName::try_from(host.to_owned()).map_err(io::Error::other)?,
    };
    let addresses = lookup(host, port).await.map_err(io::Error::other)?;
    let stream = TcpStream::connect(addresses.as_slice()).await?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    let (_, session) = stream.get_ref();
    Ok(session.protocol_version())
}

fn fault(error: &io::Error, seen: &Seen) -> Fault {
    match errors::cause::<rustls::Error>(error) {
        Some(tls) => errors::tls_fault(tls, &Trust::Anyone, seen),
        None if errors::cause::<NotFound>(error).is_some() => Fault::Unreachable(NotFound.to_string()),
        None => Fault::Unreachable(errors::connection(error, true)),
    }
}

impl Shown {
    fn new(der: &CertificateDer<'_>, version: Option<ProtocolVersion>) -> Self {
        let parsed = X509Certificate::from_der(der).ok().map(|(_, certificate)| certificate);
        let parsed = parsed.as_ref();
        Self {
            pin: Pin::of(der),
            subject: parsed.map(|certificate| certificate.subject().to_string()).unwrap_or_default(),
            issuer: parsed.map(|certificate| certificate.issuer().to_string()).unwrap_or_default(),
            valid_from: parsed.and_then(|certificate| moment(certificate.validity().not_before)),
            valid_until: parsed.and_then(|certificate| moment(certificate.validity().not_after)),
            key: parsed.map(key),
            version: match version {
                Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
                Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
                _ => "TLS",
            },
        }
    }
}

fn moment(time: ASN1Time) -> Option<Timestamp> {
    Timestamp::from_second(time.timestamp()).ok()
}

fn key(certificate: &X509Certificate<'_>) -> Key {
    match certificate.public_key().parsed() {
        Ok(PublicKey::RSA(key)) => Key { kind: "RSA", bits: Some(key.key_size()) },
        Ok(PublicKey::EC(key)) => Key { kind: "EC", bits: Some(key.key_size()) },
        Ok(PublicKey::DSA(_)) => Key { kind: "DSA", bits: None },
        // Only the older kinds have a reader in the library; what is left is of the Edwards curves.
        _ => Key { kind: "other", bits: None },
    }
}
