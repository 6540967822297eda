//! From what the HTTP and TLS libraries say to what the engine has a policy for, in words for the owner of a box.

use std::error::Error;
use std::io;

use rustls::{AlertDescription as Alert, CertificateError, PeerIncompatible};

use super::names::NotFound;
use super::tls::Seen;
use super::{Pin, Trust};
use crate::model::{Deadline, Fault};

const USE_HTTPS: &str = "if its port speaks TLS, write https:// in 'url'";
const USE_HTTP: &str = "if its port speaks plain HTTP, write http:// in 'url'";

const PIN_IT: &str = "its certificate has to be pinned: see whether 'router2mqtt pin URL' shows one";

/// The fault behind a failed request.
pub(super) fn fault(error: reqwest::Error, trust: &Trust, seen: &Seen, encrypted: bool) -> Fault {
    let connecting = error.is_connect();
    let error = error.without_url();
    if let Some(tls) = cause::<rustls::Error>(&error) {
        return tls_fault(tls, trust, seen);
    }
    if error.is_timeout() {
        return Fault::TimedOut(if connecting { Deadline::Connect } else { Deadline::Whole });
    }
    if cause::<NotFound>(&error).is_some() {
        return Fault::Unreachable(NotFound.to_string());
    }
    Fault::Unreachable(match (innermost_io(&error), connecting, encrypted) {
        (Some(io), true, encrypted) => connection(io, encrypted),
        (Some(io), false, false) => format!("{}; {USE_HTTPS}", spoken(io)),
        (Some(io), false, true) => spoken(io),
        (None, _, false) => format!("no answer in HTTP ({}); {USE_HTTPS}", deepest(&error)),
        (None, _, true) => format!("no answer in HTTP ({})", deepest(&error)),
    })
}

/// The fault behind an answer of which only the head came.
pub(super) fn without_body(what: &str, error: reqwest::Error) -> Fault {
    let error = error.without_url();
    match innermost_io(&error) {
        Some(io) => Fault::Unreachable(format!("{} before the body of the answer", spoken(io))),
        None => Fault::malformed(what, deepest(&error)),
    }
}

/// What became of a connection that did not come about.
pub(super) fn connection(error: &io::Error, encrypted: bool) -> String {
    // Nothing has been read yet, so only a handshake can be disappointed by an end, or by a reset.
    if encrypted && hung_up(error) {
        format!("the connection was closed during the TLS handshake; {USE_HTTP}")
    } else {
        spoken(error)
    }
}

fn spoken(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "the connection was closed".to_owned(),
        io::ErrorKind::HostUnreachable => "no route to the host".to_owned(),
        io::ErrorKind::NetworkUnreachable => "no route to its network".to_owned(),
        kind => kind.to_string(),
    }
}

/// The fault behind a failed handshake.
pub(super) fn tls_fault(error: &rustls::Error, trust: &Trust, seen: &Seen) -> Fault {
    match (error, trust, seen.pin()) {
        (rustls::Error::InvalidCertificate(_), Trust::Pinned(pins), Some(seen)) if !pins.contains(&seen) => {
            Fault::PinMismatch { expected: listed(pins), seen: seen.to_string() }
        }
        (rustls::Error::InvalidCertificate(_), Trust::Authorities(_), Some(seen)) => {
            Fault::PinMissing { seen: seen.to_string() }
        }
        (_, Trust::Authorities(_), None) if may_be_age(error) => {
            Fault::Tls(format!("{}; or it is so old that {PIN_IT}", explained(error)))
        }
        _ => Fault::Tls(explained(error)),
    }
}

/// Whether a handshake that failed like this may succeed in another [`Manner`](super::tls::Manner).
pub(super) fn may_be_age(error: &(dyn Error + 'static)) -> bool {
    match (cause::<rustls::Error>(error), innermost_io(error)) {
        (Some(tls), _) => matches!(
            tls,
            rustls::Error::InvalidCertificate(_)
                | rustls::Error::AlertReceived(_)
                | rustls::Error::PeerIncompatible(_)
                | rustls::Error::PeerMisbehaved(_)
        ),
        // Some just hang up on a greeting that is newer than they are.
        (None, Some(io)) => hung_up(io),
        (None, None) => false,
    }
}

fn hung_up(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
}

fn explained(error: &rustls::Error) -> String {
    match error {
        rustls::Error::AlertReceived(Alert::ProtocolVersion)
        | rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => "the box offers only TLS 1.0 or 1.1, which this program does not speak".to_owned(),
        rustls::Error::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity)
        | rustls::Error::PeerIncompatible(_) => {
            "the box offers only TLS 1.0 or 1.1, or key exchanges and ciphers that this program does not speak"
                .to_owned()
        }
        rustls::Error::InvalidCertificate(CertificateError::BadSignature) => {
            "the box does not prove that it holds the key of its certificate: either the certificate is a copy, \
             or the key is too short to be checked"
                .to_owned()
        }
        rustls::Error::InvalidMessage(_) => format!("the box does not answer in TLS; {USE_HTTP}"),
        other => other.to_string(),
    }
}

fn listed(pins: &[Pin]) -> String {
    pins.iter().map(Pin::to_string).collect::<Vec<_>>().join(" or ")
}

/// The error of this type among the causes.
pub(super) fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An io::Error hides what it wraps from source().
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(found) = cause::<E>(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The system's own error: the libraries like to wrap it in others of the same type.
fn innermost_io<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let mut innermost = cause::<io::Error>(error)?;
    while let Some(inner) = innermost.get_ref().and_then(|inner| cause::<io::Error>(inner)) {
        innermost = inner;
    }
    Some(innermost)
}

fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    deepest.to_string()
}
