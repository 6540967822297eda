//! Finds fields in text that is no JSON: XML, web pages, scripts, logs.

/// What encloses a value, in text and in text within text.
const QUOTES: [&str; 4] = ["\"", "'", "\\\"", "&quot;"];

/// What is assigned but is no value.
const NO_VALUES: [&str; 6] = ["null", "undefined", "true", "false", "function", "new"];

/// The text with some values replaced: `redact` is asked about each name and value, and answers what to write instead.
///
/// Knows `<name>value</name>`, `name = "value"`, `name: value`, `name=value&…`, and in tags `name="name" value="value"`.
pub(super) fn fields(text: &str, mut redact: impl FnMut(&str, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut label = None;
    while !rest.is_empty() {
        let (gap, tail) = split(rest, rest.find(is_part_of_name).unwrap_or(rest.len()));
        let (name, tail) = split(tail, tail.find(|c| !is_part_of_name(c)).unwrap_or(tail.len()));
        out.push_str(gap);
        out.push_str(name);
        rest = tail;
        if gap.contains(['<', '>']) {
            label = None;
        }
        let opens_tag = gap.ends_with('<');
        // Only behind a '<': looking for the end of a tag at every word would read a long text once for each of them.
        let tagged = if opens_tag { element(tail) } else { None };
        let Some(found) = tagged.or_else(|| assignment(tail)) else {
            continue;
        };
        let known_as = match (name, label) {
            ("value" | "content", Some(label)) => label,
            _ => name,
        };
        if matches!(name, "name" | "id") {
            label = Some(found.value);
        }
        if let Some(replacement) = redact(known_as, found.value) {
            out.push_str(found.lead);
            out.push_str(&replacement);
            rest = found.after;
        }
    }
    out
}

/// The same for the parts of a multipart form.
pub(super) fn parts(text: &str, mut redact: impl FnMut(&str, &str) -> Option<String>) -> String {
    const BLANK: &str = "\r\n\r\n";
    let mut out = Vec::new();
    let mut name = None;
    for section in text.split(BLANK) {
        let (value, head) = split(section, section.find("\r\n--").unwrap_or(section.len()));
        let replacement = name.and_then(|name| redact(name, value));
        out.push(replacement.unwrap_or_else(|| value.to_owned()) + head);
        name = head.split("name=\"").nth(1).or_else(|| section.split("name=\"").nth(1));
        name = name.and_then(|name| name.split('"').next());
    }
    out.join(BLANK)
}

/// A value, with what stands between it and its name, and what comes after it.
struct Found<'a> {
    lead: &'a str,
    value: &'a str,
    after: &'a str,
}

/// The value of an element without children; the text begins after the element's name.
fn element(text: &str) -> Option<Found<'_>> {
    let (lead, rest) = split(text, text.find(['<', '>'])? + 1);
    let (value, after) = split(rest, rest.find('<')?);
    let has_value = lead.ends_with('>') && !lead.ends_with("/>") && after.starts_with("</");
    (has_value && !value.trim().is_empty()).then_some(Found { lead, value, after })
}

/// A value that is assigned; the text begins after the name.
fn assignment(text: &str) -> Option<Found<'_>> {
    let rest = QUOTES.iter().find_map(|quote| text.strip_prefix(quote)).unwrap_or(text);
    let rest = rest.trim_start_matches([' ', '\t']);
    let sign = rest.chars().next().filter(|c| matches!(c, '=' | ':'))?;
    let rest = rest.strip_prefix(sign)?;
    if rest.starts_with(['=', ':']) || rest.starts_with("//") {
        return None;
    }
    let rest = rest.trim_start_matches([' ', '\t']);
    let quote = QUOTES.iter().find(|quote| rest.starts_with(**quote));
    let rest = quote.and_then(|quote| rest.strip_prefix(quote)).unwrap_or(rest);
    let end = match quote {
        // What was cut off has no end.
        Some(quote) => closing(rest, quote).unwrap_or(rest.len()),
        None => rest.find(ends_bare_value).unwrap_or(rest.len()),
    };
    let (value, after) = split(rest, end);
    let lead = text.get(..text.len() - rest.len())?;
    let is_value = !value.is_empty() && (quote.is_some() || !NO_VALUES.contains(&value));
    is_value.then_some(Found { lead, value, after })
}

/// Where the quote ends that has been opened: quotes with a backslash belong to what is quoted.
fn closing(text: &str, quote: &str) -> Option<usize> {
    let mut ends = text.match_indices(quote).map(|(at, _)| at);
    ends.find(|at| !text.get(..*at).is_some_and(|before| before.ends_with('\\')))
}

const fn is_part_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn ends_bare_value(c: char) -> bool {
    c.is_whitespace() || "&;,<>\"'(){}[]|\\".contains(c)
}

fn split(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_pin(text: &str) -> String {
        fields(text, |name, _| (name == "pin").then(|| "X".to_owned()))
    }

    #[test]
    fn a_field_is_found_in_every_notation() {
        for (text, expected) in [
            ("<pin>1234</pin>", "<pin>X</pin>"),
            ("<pin type=\"a\">1234</pin>", "<pin type=\"a\">X</pin>"),
            ("var pin = '1234';", "var pin = 'X';"),
            ("{pin: \"1234\", a: 1}", "{pin: \"X\", a: 1}"),
            ("'{\\\"pin\\\": \\\"1234\\\"}'", "'{\\\"pin\\\": \\\"X\\\"}'"),
            ("a=1&pin=1234&b=2", "a=1&pin=X&b=2"),
            (";pin=1234/path", ";pin=X"),
            ("pin: 1234\nnext", "pin: X\nnext"),
            (
                "<input name=\"pin\" type=hidden value=\"1234\">",
                "<input name=\"pin\" type=hidden value=\"X\">",
            ),
            ("<meta name='pin' content='1234'/>", "<meta name='pin' content='X'/>"),
        ] {
            assert_eq!(without_pin(text), expected);
        }
    }

    #[test]
    fn a_field_is_found_in_a_form_of_parts() {
        let form = "--B\r\nContent-Disposition: form-data; name=\"pin\"\r\n\r\n1234\r\n\
                    --B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n5\r\n--B--\r\n";
        let redacted = parts(form, |name, _| (name == "pin").then(|| "X".to_owned()));
        assert_eq!(redacted, form.replace("1234", "X"));
    }

    #[test]
    fn what_is_no_value_stays() {
        for text in [
            "pin",
            "pin=",
            "pin==1",
            "pin::a",
            "pin://host",
            "<pin/>",
            "<pin></pin>",
            "pin = null;",
            "pin = \"\"",
            "ping=1",
            "<input name=\"a\" value=\"1\">",
            "<a name=\"pin\"><b value=\"1\">",
        ] {
            assert_eq!(without_pin(text), text);
        }
    }

    #[test]
    fn a_long_text_without_tags_is_read_once_only() {
        let text = "[{\"a\":".repeat(1_000_000);
        assert_eq!(without_pin(&text), text);
    }

    #[test]
    fn a_value_that_was_cut_off_or_has_quotes_in_it_is_replaced_whole() {
        assert_eq!(without_pin("{\"pin\": \"12"), "{\"pin\": \"X");
        assert_eq!(without_pin("{\"pin\": \"1\\\"2\", a"), "{\"pin\": \"X\", a");
        assert_eq!(without_pin("pin = '1\n2';"), "pin = 'X';");
    }

    #[test]
    fn a_value_that_stays_is_searched_itself() {
        assert_eq!(without_pin("data=\"pin=1234\""), "data=\"pin=X\"");
    }
}
