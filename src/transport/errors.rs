//! From what the HTTP library says to what the engine has a policy for.

use std::error::Error;

use super::tls::Seen;
use super::{Pin, Trust};
use crate::model::{Deadline, Fault};

/// The fault behind a failed request.
pub(super) fn fault(error: reqwest::Error, trust: &Trust, seen: &Seen) -> Fault {
    let error = error.without_url();
    if let Some(tls) = cause::<rustls::Error>(&error) {
        return tls_fault(tls, trust, seen);
    }
    if error.is_timeout() {
        return Fault::TimedOut(if error.is_connect() { Deadline::Connect } else { Deadline::Whole });
    }
    Fault::Unreachable(deepest(&error))
}

fn tls_fault(error: &rustls::Error, trust: &Trust, seen: &Seen) -> Fault {
    let seen = seen.lock().ok().and_then(|seen| *seen);
    match (error, trust, seen) {
        (rustls::Error::InvalidCertificate(_), Trust::Pinned(pins), Some(seen)) if !pins.contains(&seen) => {
            Fault::PinMismatch { expected: listed(pins), seen: seen.to_string() }
        }
        (rustls::Error::InvalidCertificate(_), Trust::Authorities(_), Some(seen)) => {
            Fault::PinMissing { seen: seen.to_string() }
        }
        _ => Fault::Tls(error.to_string()),
    }
}

fn listed(pins: &[Pin]) -> String {
    pins.iter().map(Pin::to_string).collect::<Vec<_>>().join(" or ")
}

fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An io::Error hides what it wraps from source().
        if let Some(inner) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref)
            && let Some(found) = cause::<E>(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    deepest.to_string()
}
