//! The envelope around every answer, and what its error codes mean, as seen in captures and in the scripts of the box's own
//! page.

use jiff::{SignedDuration, Timestamp};

use super::xml::Element;
use crate::model::{Fault, text};
use crate::transport::Reply;

/// What an endpoint said. The status is 200 whatever happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// What was asked for.
    Response(Element),
    /// This box, or this firmware, has no such thing.
    Lacks,
    /// An empty body: from a service that the box was built without, or from one that is out of breath.
    Silent,
    /// It takes a login to be told, or not even one helps.
    Closed,
    /// It says that something is wrong.
    Error(Refusal),
}

/// An error, as the box numbers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    code: i64,
    /// How many logins have failed, where the box tells.
    pub failures: Option<u64>,
    /// How long logins are refused, in the box's own unit.
    wait: Option<u64>,
    what: String,
}

/// How long a box refuses logins at least, after too many have failed. It does not always say how long.
const LOCK_OUT: SignedDuration = SignedDuration::from_mins(10);

/// How long it wants to be left alone after logins that were too close to each other.
const TOO_OFTEN: SignedDuration = SignedDuration::from_mins(1);

impl Answer {
    /// Opens the envelope.
    ///
    /// # Errors
    /// When there is none: [`Fault::Malformed`], or [`Fault::BoxError`] when the status says that the box failed.
    pub fn read(reply: &Reply) -> Result<Self, Fault> {
        let body = reply.text();
        match reply.status {
            500.. => return Err(broken(&reply.what, format!("status {}", reply.status))),
            300..=399 if reply.leads_to_tls() => {
                return Err(broken(&reply.what, "it sends to https://; write https:// in 'url'".to_owned()));
            }
            300.. => return Ok(Self::Lacks),
            _ if body.trim().is_empty() && reply.complete => return Ok(Self::Silent),
            _ => {}
        }
        let root = Element::read(&body).map_err(|why| Fault::malformed(&reply.what, why))?;
        if root.is("response") {
            return Ok(Self::Response(root));
        }
        match root.integer("code").filter(|_| root.is("error")) {
            Some(-1 | 100_002 | 100_006) => Ok(Self::Lacks),
            Some(100_003) => Ok(Self::Closed),
            Some(code) => Ok(Self::Error(Refusal {
                code,
                failures: root.count("count"),
                wait: root.count("waittime").or_else(|| root.count("remainwaittime")),
                what: reply.what.clone(),
            })),
            None if root.is("html") => Err(Fault::malformed(&reply.what, "a web page instead of an answer")),
            None => Err(Fault::malformed(&reply.what, "neither a response nor an error")),
        }
    }
}

impl Refusal {
    /// What it means at any request: codes below 107000 are of single functions, 108000 of logins, 125000 of sessions.
    pub fn fault(&self, now: Timestamp) -> Fault {
        let later = |wait| Fault::LockedOut { until: now.saturating_add(wait).unwrap_or(now) };
        match self.code {
            108_001 | 108_002 | 108_006 | 135_001 => Fault::CredentialsRejected,
            108_003 | 108_005 | 108_009 => Fault::BusyWithAnotherUser,
            108_007 => later(self.wait.map(wait_of).unwrap_or_default().max(LOCK_OUT)),
            108_010 => later(TOO_OFTEN),
            125_001..=125_003 => Fault::SessionExpired,
            code => broken(&self.what, format!("error {code}{}", explained(code))),
        }
    }
}

const fn explained(code: i64) -> &'static str {
    match code {
        100_004 => " (busy)",
        100_005 => " (it does not understand the request)",
        101_001..=101_009 => " (the SIM card is missing or locked)",
        115_002 => " (its password has to be changed on its web page first)",
        _ => "",
    }
}

/// A span as the box tells it. Whether it means seconds or minutes is not known; taken for seconds, a box that means
/// minutes is merely asked once more how long it will take.
pub(super) fn wait_of(wait: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(wait).unwrap_or(i64::MAX).min(86_400))
}

pub(super) fn broken(what: &str, why: impl Into<String>) -> Fault {
    Fault::BoxError { what: what.to_owned(), why: text::shorten(&why.into(), 160) }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply { what: "/api/x".into(), status, headers: HeaderMap::new(), body: body.into(), complete: true }
    }

    fn error(inner: &str) -> Answer {
        Answer::read(&reply(200, &format!("<error>{inner}</error>"))).unwrap()
    }

    fn fault(inner: &str) -> Fault {
        match error(inner) {
            Answer::Error(refusal) => refusal.fault(Timestamp::UNIX_EPOCH),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_a_box_lacks_comes_in_many_ways() {
        for code in ["-1", "100002", "100006"] {
            assert_eq!(error(&format!("<code>{code}</code><message/>")), Answer::Lacks, "{code}");
        }
        for nothing in [reply(404, "<html/>"), reply(302, "")] {
            assert_eq!(Answer::read(&nothing), Ok(Answer::Lacks));
        }
        assert_eq!(Answer::read(&reply(200, "\r\n")), Ok(Answer::Silent));
        assert_eq!(error("<message></message><code>100003</code>"), Answer::Closed);
    }

    #[test]
    fn codes_are_classes() {
        assert_eq!(fault("<code>108006</code>"), Fault::CredentialsRejected);
        assert_eq!(fault("<code>108003</code>"), Fault::BusyWithAnotherUser);
        assert_eq!(fault("<code>125002</code>"), Fault::SessionExpired);
        assert!(fault("<code>100004</code>").to_string().contains("busy"));
        let until = |minutes: i64| Fault::LockedOut { until: Timestamp::from_second(minutes * 60).unwrap() };
        assert_eq!(fault("<code>108007</code>"), until(10));
        assert_eq!(fault("<waittime>1200</waittime><code>108007</code>"), until(20));
        assert_eq!(fault("<code>108010</code>"), until(1));
    }

    #[test]
    fn what_is_no_answer_is_told_as_what_it_is() {
        let class = |status, body| Answer::read(&reply(status, body)).unwrap_err();
        assert!(matches!(class(200, "<html><body>x</body></html>"), Fault::Malformed { .. }));
        assert!(matches!(class(200, "<response><a>"), Fault::Malformed { .. }));
        assert!(matches!(class(200, "<error><message/></error>"), Fault::Malformed { .. }));
        assert!(matches!(class(503, "<html></html>"), Fault::BoxError { .. }));
        let mut away = reply(307, "");
        away.headers.insert("location", HeaderValue::from_static("https://192.168.8.1/"));
        assert!(Answer::read(&away).unwrap_err().to_string().contains("https"));
    }
}
