//! `/api_version`: what a box says of itself before anybody has logged in.

use serde_json::Value as Json;

use super::wire::Node;
use crate::model::Fault;
use crate::transport::{Request, Transport};

/// The newest layout that the decoders know. A newer box still speaks it: versions are kept for later firmwares.
const NEWEST_KNOWN: u64 = 16;

/// What a box says of itself before anybody has logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The version of the API that is used with this box.
    pub major: u64,
    /// What identifies the box for ever; missing when the box takes us for a stranger.
    pub uid: Option<String>,
    /// The maker's name of the model, such as `fbxgw9-r1`.
    pub model_id: Option<String>,
    /// The model's name for people.
    pub model_name: Option<String>,
    /// What the box calls itself.
    pub device_name: Option<String>,
    root: String,
}

/// Which version to use with a box that has several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The box's own, or the newest that the decoders know.
    #[default]
    Known,
    /// The box's own. A last resort, for a firmware that dropped the version we know.
    Own,
}

/// Asks a box what it is.
///
/// # Errors
/// [`Fault::UnknownDialect`] when it is no Freebox.
pub async fn discover(transport: &Transport, choice: Choice) -> Result<Announcement, Fault> {
    let reply = transport.send(Request::get("api_version")).await?;
    let json: Json = match reply.json() {
        Ok(json) => json,
        Err(_) if reply.status >= 500 => {
            let why = format!("no answer but status {}", reply.status);
            return Err(Fault::BoxError { what: reply.what, why });
        }
        Err(_) if reply.status >= 300 => {
            let why = format!("no Freebox: /api_version answers with status {}", reply.status);
            return Err(Fault::UnknownDialect(why));
        }
        Err(fault) => return Err(fault),
    };
    read(&json, choice).ok_or_else(|| Fault::UnknownDialect("/api_version names no version".to_owned()))
}

fn read(json: &Json, choice: Choice) -> Option<Announcement> {
    let node = Node::of(json);
    let own = major(node)?;
    let text = |key| node.text(key).map(str::to_owned);
    Some(Announcement {
        major: if choice == Choice::Own { own } else { own.min(NEWEST_KNOWN) },
        uid: text("uid"),
        model_id: text("box_model"),
        model_name: text("box_model_name"),
        device_name: text("device_name"),
        root: root(node.text("api_base_url")),
    })
}

/// The part before the dot, which has two digits since version 10.
fn major(node: Node<'_>) -> Option<u64> {
    let version = node
        .text("api_version")
        .map(str::to_owned)
        .or_else(|| node.number("api_version").map(|version| version.to_string()))?;
    version.split('.').next()?.trim().parse().ok().filter(|major| *major > 0)
}

/// Where the API begins: a path on the same box, whatever else the box may say.
fn root(said: Option<&str>) -> String {
    let usable = |path: &&str| {
        path.starts_with('/')
            && path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-'))
    };
    said.filter(usable).unwrap_or("/api/").trim_matches('/').to_owned()
}

impl Announcement {
    /// The address of an endpoint.
    pub fn path(&self, endpoint: &str) -> String {
        format!("{}/v{}/{endpoint}", self.root, self.major)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn path(json: &Json) -> Option<String> {
        read(json, Choice::Known).map(|box_| box_.path("login/"))
    }

    #[test]
    fn the_version_is_the_number_before_the_dot() {
        assert_eq!(path(&json!({"api_version": "16.0", "api_base_url": "/api/"})).unwrap(), "api/v16/login/");
        assert_eq!(path(&json!({"api_version": "8.5"})).unwrap(), "api/v8/login/");
        assert_eq!(path(&json!({"api_version": 10.2})).unwrap(), "api/v10/login/");
    }

    #[test]
    fn a_newer_box_is_asked_in_the_newest_layout_known_and_in_its_own_if_that_is_gone() {
        let json = json!({"api_version": "23.1"});
        assert_eq!(read(&json, Choice::Known).unwrap().major, NEWEST_KNOWN);
        assert_eq!(read(&json, Choice::Own).unwrap().major, 23);
    }

    #[test]
    fn what_is_no_freebox_is_recognised() {
        for json in [json!({}), json!([]), json!({"api_version": "x"}), json!({"api_version": "0.1"})] {
            assert_eq!(read(&json, Choice::Known), None, "{json}");
        }
    }

    #[test]
    fn the_base_address_cannot_lead_elsewhere() {
        for base in ["//example.org/", "http://example.org/api/", "/../", "/api/?x="] {
            let path = path(&json!({"api_version": "8.0", "api_base_url": base})).unwrap();
            assert!(path == "api/v8/login/" || path == "example.org/v8/login/", "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_version_is_a_version_or_none(version in ".{0,12}", base in ".{0,12}") {
            let _announcement = read(&json!({"api_version": version, "api_base_url": base}), Choice::Known);
        }
    }
}
