//! The file, and the environment above it.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use config::{Environment, FileFormat, Format, Map, Source, Value, ValueKind};

use super::json::Unique;
use super::read::Report;
use super::{ConfigError, Problem, toml, yaml};

/// More than anybody writes; a file beyond it was named by mistake.
const MAX_BYTES: u64 = 1024 * 1024;

/// What the names of our variables begin with; `__` also stands between the keys.
pub(super) const PREFIX: &str = "ROUTER2MQTT__";

/// What config says a value from a variable comes from.
pub(super) const ENVIRONMENT: &str = "the environment";

/// The top-level keys, for variables in which an underscore is missing.
const TOP: [&str; 7] = ["MQTT", "ROUTERS", "NOTIFY", "SUMMARY", "DATA", "LOG_FORMAT", "LOG"];

/// The values of a file.
pub(super) fn file(path: &Path) -> Result<Value, ConfigError> {
    let name = path.display().to_string();
    let text = read(path).map_err(|error| ConfigError::Unreadable { path: path.to_owned(), error })?;
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    Ok(match extension.to_ascii_lowercase().as_str() {
        "yaml" | "yml" => yaml::parse(&name, &text)?,
        "json" => json(&name, &text)?,
        "toml" => toml::parse(&name, &text)?,
        _ => return Err(whole(&name, "the name must end in .yaml, .yml, .toml or .json").into()),
    })
}

/// The values when there is no file.
pub(super) fn nothing() -> Value {
    Value::new(Some(&ENVIRONMENT.to_owned()), Map::<String, Value>::new())
}

pub(super) fn read(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    let text = String::from_utf8(bytes).map_err(|_| std::io::Error::other("it is not UTF-8 text"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

pub(super) fn json(name: &str, text: &str) -> Result<Value, Problem> {
    serde_json::from_str::<Unique>(text).map_err(|error| Problem {
        place: format!("{name}:{}", error.line()),
        key: String::new(),
        text: format!("this is not JSON as it should be: {error}"),
    })?;
    let origin = name.to_owned();
    let table =
        FileFormat::Json.parse(Some(&origin), text).map_err(|_| whole(name, "the top must be an object"))?;
    Ok(Value::new(Some(&origin), table))
}

fn whole(name: &str, text: &str) -> Problem {
    Problem { place: name.to_owned(), key: String::new(), text: text.to_owned() }
}

/// Whether any variable is ours.
pub(super) fn speaks(variables: &BTreeMap<String, String>) -> bool {
    variables.keys().any(|name| key(name).is_some())
}

/// The variable that overrides a key, such as `ROUTER2MQTT__MQTT__PASSWORD`.
pub(super) fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "__").to_ascii_uppercase())
}

/// The part of a variable's name that is the key.
fn key(name: &str) -> Option<String> {
    name.to_ascii_uppercase().strip_prefix(PREFIX).map(str::to_ascii_lowercase)
}

/// Puts the variables that are ours above what the file says.
pub(super) fn environment(variables: &BTreeMap<String, String>, root: &mut Value, report: &Report) {
    let mut ours = Map::new();
    let mut keys: BTreeMap<String, &str> = BTreeMap::new();
    for (name, value) in variables {
        let Some(key) = key(name) else {
            warn_of_missing_underscore(name, report);
            continue;
        };
        if !is_path(&key) {
            report.problem(name, "", "the name must be keys with '__' between them");
        } else if let Some(other) = contradiction(&keys, &key) {
            report.problem(name, "", format!("contradicts {other}"));
        } else {
            keys.insert(key, name);
            ours.insert(name.clone(), value.clone());
        }
    }
    // The top may be nothing, in a file without keys.
    if matches!(root.kind, ValueKind::Nil) {
        root.kind = ValueKind::Table(Map::new());
    }
    let source = Environment::default()
        .prefix(PREFIX.trim_end_matches('_'))
        .prefix_separator("__")
        .separator("__")
        .source(Some(ours));
    if let Err(error) = source.collect_to(root) {
        report.problem(ENVIRONMENT, "", error.to_string());
    }
}

/// Names are made into paths by config, in which dots and brackets have a meaning.
fn is_path(key: &str) -> bool {
    let segment = |segment: &str| {
        !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    key.split("__").all(segment)
}

/// A variable that gives the same key, or gives a value to what has to be a group for this one. Which of the two
/// came last would be left to chance.
fn contradiction<'a>(keys: &BTreeMap<String, &'a str>, key: &str) -> Option<&'a str> {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("__"))
    };
    keys.iter().find(|(other, _)| within(key, other) || within(other, key)).map(|(_, name)| *name)
}

/// Only for our own keys: Kubernetes sets `ROUTER2MQTT_PORT` and the like for a service of that name.
fn warn_of_missing_underscore(name: &str, report: &Report) {
    let Some(rest) = name.strip_prefix("ROUTER2MQTT_") else {
        return;
    };
    let begins = |top: &str| rest.strip_prefix(top).is_some_and(|rest| rest.starts_with('_'));
    if TOP.into_iter().any(begins) {
        report.warning(
            name,
            "",
            format!("is ignored: the names of overriding variables begin with {PREFIX}"),
        );
    }
}
