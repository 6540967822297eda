//! Small total functions on text that boxes and people write.

use super::printed;

/// Lower-case letters, digits and single underscores: what is left of a name in an identifier.
///
/// Letters outside ASCII are dropped, so a name without any ASCII letter or digit gives an empty slug.
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    if slug.ends_with('_') {
        slug.pop();
    }
    slug
}

/// A name that says something: trimmed, without control characters, and `None` for what boxes print in place of one.
pub fn name(text: &str) -> Option<String> {
    let printable: String = text.chars().filter(|c| !c.is_control()).collect();
    let name = printed::clean(&printable)?;
    let says_nothing = ["unknown", "<unknown>"].iter().any(|word| name.eq_ignore_ascii_case(word));
    (!says_nothing).then(|| shorten(name, MAX_NAME))
}

/// Home Assistant refuses states of more than 255 characters; names stay well below.
const MAX_NAME: usize = 128;

/// The first `most` characters, with an ellipsis where something was cut off.
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(most.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// A count with its noun: `1 client`, `2 clients`.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_hold_only_what_topics_and_ids_allow() {
        assert_eq!(slug("Température CPU 1"), "temp_rature_cpu_1");
        assert_eq!(slug("--a//b--"), "a_b");
        assert_eq!(slug("日本"), "");
    }

    #[test]
    fn placeholders_are_not_names() {
        for text in ["", "  ", "Unknown", "--", "\u{0}", "TODO", "null"] {
            assert_eq!(name(text), None, "{text:?}");
        }
        assert_eq!(name(" laptop\n"), Some("laptop".into()));
    }

    #[test]
    fn long_text_is_cut_at_characters() {
        assert_eq!(shorten("äöüß", 3), "äö…");
        assert_eq!(shorten("abc", 3), "abc");
    }
}
