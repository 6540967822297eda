/// The word that was probably meant.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_ascii_lowercase().replace('-', "_");
    let distance = |candidate: &str| strsim::damerau_levenshtein(&word, candidate);
    // Whoever writes a single letter means that letter, in capitals perhaps.
    let allowed = if word.len() < 2 { 0 } else { (word.len() / 3).clamp(1, 3) };
    known
        .iter()
        .map(|candidate| (distance(candidate), *candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `; did you mean 'every'?`, or nothing.
pub(super) fn hint(word: &str, known: &[&str]) -> String {
    nearest(word, known).map(|meant| format!("; did you mean '{meant}'?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_are_recognised() {
        let known = ["url", "username", "password", "every", "tls_pin"];
        for (written, meant) in
            [("evry", "every"), ("passwrod", "password"), ("URL", "url"), ("tls-pin", "tls_pin")]
        {
            assert_eq!(nearest(written, &known), Some(meant));
        }
        assert_eq!(nearest("colour", &known), None);
        assert_eq!((nearest("f", &["auto", "a", "b"]), nearest("B", &["auto", "a", "b"])), (None, Some("b")));
        assert_eq!(hint("colour", &known), "");
    }
}
