//! The envelope around every answer but `/api_version`, and what its error codes mean.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use super::rights;
use crate::model::Fault;
use crate::transport::Reply;

/// What an endpoint said.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// What was asked for; `null` when the box leaves out an empty list.
    Result(Json),
    /// This box, or this firmware, has no such thing; in the box's words.
    Lacks(String),
}

/// How long the box is left alone after too many rejected logins. It does not say how long it needs.
const LOCK_OUT: SignedDuration = SignedDuration::from_mins(5);

/// Opens the envelope. The status says little: many failures come with 200, and a 403 carries an envelope, too.
///
/// # Errors
/// The fault that the error code stands for, or that there is no envelope.
pub fn read(reply: &Reply, now: Timestamp) -> Result<Answer, Fault> {
    let mut envelope: Json = match reply.json() {
        Ok(envelope) => envelope,
        Err(_) if reply.status >= 500 => {
            return Err(broken(reply, &format!("no answer but status {}", reply.status)));
        }
        Err(fault) => return Err(fault),
    };
    match envelope.get("success").and_then(Json::as_bool) {
        Some(true) => Ok(Answer::Result(envelope.get_mut("result").map(Json::take).unwrap_or_default())),
        Some(false) => refusal(reply, &envelope, now),
        None => Err(Fault::malformed(&reply.what, "an answer without 'success'")),
    }
}

/// What an endpoint that every box has answered.
///
/// # Errors
/// As [`read`]; that the box lacks it is a fault here.
pub fn result(reply: &Reply, now: Timestamp) -> Result<Json, Fault> {
    match read(reply, now)? {
        Answer::Result(result) => Ok(result),
        Answer::Lacks(why) => Err(broken(reply, &why)),
    }
}

/// The box that refused a login, where it says so.
pub fn uid(reply: &Reply) -> Option<String> {
    let envelope: Json = reply.json().ok()?;
    envelope.get("uid")?.as_str().map(str::to_owned)
}

fn refusal(reply: &Reply, envelope: &Json, now: Timestamp) -> Result<Answer, Fault> {
    let text = |key| envelope.get(key).and_then(Json::as_str).unwrap_or_default();
    let code = text("error_code");
    let why = match (code, text("msg")) {
        ("", "") => "it does not say why".to_owned(),
        ("", message) => message.to_owned(),
        (code, "") => code.to_owned(),
        (code, message) => format!("{message} ({code})"),
    };
    Err(match code {
        "invalid_request" | "service_down" | "noent" | "nodev" | "notsupp" | "bad_port" => {
            return Ok(Answer::Lacks(why));
        }
        "auth_required" | "invalid_session" => Fault::SessionExpired,
        "invalid_token" => Fault::CredentialsRejected,
        "pending_token" => Fault::PairingPending,
        "ratelimited" => Fault::LockedOut { until: now.saturating_add(LOCK_OUT).unwrap_or(now) },
        "insufficient_rights" | "missing_right" | "access_denied" => {
            Fault::MissingRight(rights::shown(text("missing_right")))
        }
        "apps_denied" => Fault::MissingRight("access for applications (apps_denied)".to_owned()),
        "new_apps_denied" => Fault::MissingRight(
            "Permettre les nouvelles demandes d'associations (new_apps_denied)".to_owned(),
        ),
        "invalid_api_version" => Fault::UnknownDialect(why),
        _ => broken(reply, &why),
    })
}

fn broken(reply: &Reply, why: &str) -> Fault {
    Fault::BoxError { what: reply.what.clone(), why: crate::model::text::shorten(why, 160) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderMap;
    use serde_json::json;

    use super::*;

    fn reply(status: u16, body: impl Into<Vec<u8>>) -> Reply {
        let body = body.into();
        Reply { what: "api/v16/x".into(), status, headers: HeaderMap::new(), body, complete: true }
    }

    fn fault(status: u16, code: &str) -> Fault {
        let body = json!({"success": false, "error_code": code, "msg": "", "result": {"challenge": "x"}});
        read(&reply(status, body.to_string()), Timestamp::UNIX_EPOCH).unwrap_err()
    }

    #[test]
    fn a_missing_result_is_an_empty_one() {
        let answer = read(&reply(200, r#"{"success":true}"#), Timestamp::UNIX_EPOCH);
        assert_eq!(answer, Ok(Answer::Result(Json::Null)));
    }

    #[test]
    fn failures_are_recognised_by_their_code_whatever_the_status() {
        for status in [200, 403] {
            assert_eq!(fault(status, "auth_required"), Fault::SessionExpired);
            assert_eq!(fault(status, "invalid_session"), Fault::SessionExpired);
            assert_eq!(fault(status, "invalid_token"), Fault::CredentialsRejected);
            assert_eq!(fault(status, "pending_token"), Fault::PairingPending);
            assert!(matches!(fault(status, "invalid_api_version"), Fault::UnknownDialect(_)));
            assert!(matches!(fault(status, "denied_from_external_ip"), Fault::BoxError { .. }));
            assert!(matches!(fault(status, "apps_denied"), Fault::MissingRight(_)));
        }
        let until = "1970-01-01T00:05:00Z".parse().unwrap();
        assert_eq!(fault(403, "ratelimited"), Fault::LockedOut { until });
    }

    #[test]
    fn a_missing_right_is_named_as_the_box_shows_it() {
        let body =
            r#"{"success":false,"missing_right":"settings","error_code":"insufficient_rights","msg":"Non"}"#;
        let fault = read(&reply(403, body), Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(
            fault,
            Fault::MissingRight("Modification des réglages de la Freebox (settings)".to_owned())
        );
    }

    #[test]
    fn what_a_box_lacks_is_no_fault() {
        for code in ["service_down", "noent", "nodev", "notsupp", "invalid_request"] {
            let body = json!({"success": false, "error_code": code});
            let answer = read(&reply(404, body.to_string()), Timestamp::UNIX_EPOCH);
            assert!(matches!(answer, Ok(Answer::Lacks(_))), "{code}");
        }
    }

    #[test]
    fn a_failure_without_a_code_is_told_in_the_boxs_words() {
        let fault = read(&reply(200, r#"{"msg":"invalid_db","success":false}"#), Timestamp::UNIX_EPOCH);
        assert!(fault.unwrap_err().to_string().contains("invalid_db"));
    }

    #[test]
    fn a_web_page_is_the_boxs_fault_when_the_status_says_so() {
        let page = "<html>502 Bad Gateway</html>";
        let at = Timestamp::UNIX_EPOCH;
        assert!(matches!(read(&reply(502, page), at), Err(Fault::BoxError { .. })));
        assert!(matches!(read(&reply(200, page), at), Err(Fault::Malformed { .. })));
        assert!(matches!(read(&reply(200, "[1]"), at), Err(Fault::Malformed { .. })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_a_fault(status in 100_u16..600, body: Vec<u8>) {
            let reply = reply(status, body);
            let _answer = read(&reply, Timestamp::UNIX_EPOCH);
            let _uid = uid(&reply);
        }
    }
}
