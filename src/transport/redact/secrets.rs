//! The words that must not be written down, in every spelling in which they travel.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Shorter words are part of too many others; they are replaced only where they stand alone.
const SHORTEST_PART: usize = 4;

/// The shortest piece of base64 that is taken for a part of a secret.
const SHORTEST_BASE64: usize = 6;

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A value.
    Value,
    /// The name of a field, or a part of an address: words there are the box's own. Whose password is `password` or
    /// `admin` has no secret to lose, but a recording without such pages cannot be replayed.
    Name,
}

/// The words, and what to write in their place.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// The longest first, so that no part of a word is replaced before the word.
    spellings: Vec<Spelling>,
    short: Vec<(String, String)>,
}

#[derive(Debug)]
struct Spelling {
    text: String,
    stand_in: String,
    is_word: bool,
}

impl Secrets {
    /// Learns a word; `false` when it was known already.
    pub(super) fn learn(&mut self, secret: &str, stand_in: &str) -> bool {
        if secret.is_empty() || self.spellings.iter().any(|known| known.text == secret) {
            return false;
        }
        if secret.len() < SHORTEST_PART {
            let is_new = self.short.iter().all(|(known, _)| known != secret);
            if is_new {
                self.short.push((secret.to_owned(), stand_in.to_owned()));
            }
            return is_new;
        }
        let is_word = secret.bytes().all(|byte| byte.is_ascii_alphabetic());
        for text in spellings(secret) {
            let at = self.spellings.partition_point(|known| known.text.len() > text.len());
            self.spellings.insert(at, Spelling { text, stand_in: stand_in.to_owned(), is_word });
        }
        true
    }

    /// The text without the words.
    pub(super) fn replace(&self, text: &str, place: Place) -> String {
        if let Some((_, stand_in)) = self.short.iter().find(|(secret, _)| secret == text)
            && place == Place::Value
        {
            return stand_in.clone();
        }
        let first = self.spellings.partition_point(|known| known.text.len() > text.len());
        let mut text = text.to_owned();
        for spelling in self.spellings.iter().skip(first) {
            if (place == Place::Value || !spelling.is_word) && text.contains(&spelling.text) {
                text = text.replace(&spelling.text, &spelling.stand_in);
            }
        }
        text
    }
}

fn spellings(secret: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([secret.to_owned()]);
    for (kept, space) in [("*-._", "+"), ("-._~", "%20"), ("-._~!*'()", "%20")] {
        all.insert(percent(secret, kept, space, false));
        all.insert(percent(secret, kept, space, true));
    }
    all.insert(hex::encode(secret));
    all.insert(hex::encode_upper(secret));
    let escaped = serde_json::Value::from(secret).to_string();
    let escaped = escaped.trim_start_matches('"').strip_suffix('"').unwrap_or_default();
    all.insert(escaped.to_owned());
    all.insert(escaped.replace('/', "\\/"));
    let entities =
        secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    all.insert(entities.replace('\'', "&#39;"));
    all.insert(entities.replace('\'', "&apos;"));
    all.insert(entities);
    all.insert(STANDARD.encode(secret));
    all.insert(STANDARD_NO_PAD.encode(secret));
    all.insert(URL_SAFE_NO_PAD.encode(secret));
    all.extend(base64_parts(secret));
    all.retain(|spelling| spelling.len() >= SHORTEST_PART);
    all
}

/// What a secret looks like within longer base64, such as that of `user:password`: it depends on where among three
/// bytes it begins, and its first and last characters also on its neighbours.
fn base64_parts(secret: &str) -> impl Iterator<Item = String> {
    let alphabets = [STANDARD_NO_PAD, URL_SAFE_NO_PAD];
    alphabets.into_iter().flat_map(move |alphabet| {
        (0..3_usize).filter_map(move |before| {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(secret.as_bytes());
            let first = (before * 8).div_ceil(6);
            let end = bytes.len() * 8 / 6;
            let part = alphabet.encode(bytes).get(first..end)?.to_owned();
            (part.len() >= SHORTEST_BASE64).then_some(part)
        })
    })
}

fn percent(text: &str, kept: &str, space: &str, capitals: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match char::from(byte) {
            ' ' => out.push_str(space),
            c if c.is_ascii_alphanumeric() || kept.contains(c) => out.push(c),
            _ if capitals => out.push_str(&format!("%{byte:02X}")),
            _ => out.push_str(&format!("%{byte:02x}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(secret: &str, text: &str) -> String {
        let mut secrets = Secrets::default();
        secrets.learn(secret, "redacted-1");
        secrets.replace(text, Place::Value)
    }

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        let secret = "pä ss/w&rd9";
        for spelling in [
            "pä ss/w&rd9",
            "p%C3%A4%20ss%2Fw%26rd9",
            "p%c3%a4+ss%2fw%26rd9",
            "70c3a42073732f7726726439",
            "70C3A42073732F7726726439",
            "cMOkIHNzL3cmcmQ5",
            "pä ss/w&amp;rd9",
            "pä ss\\/w&rd9",
        ] {
            assert_eq!(without(secret, &format!("<{spelling}>")), "<redacted-1>", "{spelling}");
        }
    }

    #[test]
    fn a_secret_is_found_within_longer_base64() {
        for user in ["", "a", "ab", "abc"] {
            let text = STANDARD.encode(format!("{user}:hunter2-hunter2:more"));
            let left = without("hunter2-hunter2", &text);
            assert!(left.contains("redacted-1"), "{left}");
            assert!(!left.contains(text.get(8..20).unwrap()), "{left}");
        }
    }

    #[test]
    fn a_short_secret_is_replaced_where_it_stands_alone() {
        assert_eq!(without("abc", "abc"), "redacted-1");
        assert_eq!(without("abc", "abcd"), "abcd");
    }

    #[test]
    fn a_password_that_is_a_word_does_not_rename_the_boxes_own_pages() {
        let mut secrets = Secrets::default();
        secrets.learn("admin", "redacted-1");
        assert_eq!(secrets.replace("/admin/status", Place::Name), "/admin/status");
        assert_eq!(secrets.replace("admin", Place::Value), "redacted-1");
    }

    #[test]
    fn the_longer_of_two_secrets_goes_first() {
        let mut secrets = Secrets::default();
        secrets.learn("hunter2", "redacted-1");
        secrets.learn("hunter2-again", "redacted-2");
        assert_eq!(secrets.replace("hunter2-again", Place::Value), "redacted-2");
    }
}
