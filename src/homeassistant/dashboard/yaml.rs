//! Documents as YAML that people may go on with. JSON would be YAML, too, but nobody's joy.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

/// The document, with a line break at its end.
pub(super) fn document(value: &Json) -> String {
    let mut out = String::new();
    block(value, 0, &mut out);
    out
}

/// Writes a map or a list, each entry on lines of its own; the first one begins where the text stands.
fn block(value: &Json, depth: usize, out: &mut String) {
    match value {
        Json::Object(map) => {
            for (at, (key, value)) in ordered(map).enumerate() {
                indent(if at == 0 { 0 } else { depth }, out);
                out.push_str(key);
                out.push(':');
                after_key(value, depth, out);
            }
        }
        Json::Array(list) => {
            for (at, value) in list.iter().enumerate() {
                indent(if at == 0 { 0 } else { depth }, out);
                out.push_str("- ");
                if is_block(value) { block(value, depth + 2, out) } else { line(value, out) }
            }
        }
        scalar => line(scalar, out),
    }
}

/// The entries of a map, with what says most at the top.
fn ordered(map: &Map<String, Json>) -> impl Iterator<Item = (&String, &Json)> {
    let tells = |key: &str| matches!(key, "type" | "title" | "entity");
    let (first, rest): (Vec<_>, Vec<_>) = map.iter().partition(|(key, _)| tells(key));
    first.into_iter().rev().chain(rest)
}

fn after_key(value: &Json, depth: usize, out: &mut String) {
    if is_block(value) {
        let deeper = depth + 2;
        out.push('\n');
        indent(deeper, out);
        block(value, deeper, out);
    } else {
        out.push(' ');
        line(value, out);
    }
}

/// Whether it takes lines of its own: what is empty does not.
fn is_block(value: &Json) -> bool {
    match value {
        Json::Object(map) => !map.is_empty(),
        Json::Array(list) => !list.is_empty(),
        _ => false,
    }
}

fn indent(depth: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', depth));
}

fn line(value: &Json, out: &mut String) {
    match value {
        Json::String(text) if is_plain(text) => out.push_str(text),
        // Everything else as JSON, which is YAML.
        // Writing to a text cannot fail.
        other => drop(write!(out, "{other}")),
    }
    out.push('\n');
}

/// Whether a text means itself without quotes: a word or several, of which none means anything else to YAML.
fn is_plain(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | ' ');
    let reserved = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(' ')
        && text.chars().all(fits)
        && !reserved.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_read_like_those_that_people_write() {
        let made = document(&json!({
            "views": [{"title": "A box", "cards": [{"type": "gauge", "min": 0}, "x"]}, {"empty": [], "icon": "mdi:wan"}],
        }));
        let lines = [
            "views:",
            "  - title: A box",
            "    cards:",
            "      - type: gauge",
            "        min: 0",
            "      - x",
            "  - empty: []",
            "    icon: \"mdi:wan\"",
            "",
        ];
        assert_eq!(made, lines.join("\n"));
    }

    #[test]
    fn what_would_mean_something_else_is_quoted() {
        let long = "x".repeat(9);
        let expected = ["\"on\"", "\"12\"", "\"a: b\"", "\"\"", "\"Température\"", &long];
        for (text, expected) in ["on", "12", "a: b", "", "Température", &long].iter().zip(expected) {
            assert_eq!(document(&json!(text)), format!("{expected}\n"));
        }
    }
}
