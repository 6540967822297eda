use regex_lite::{Regex, RegexBuilder};

/// No pattern that anybody writes by hand takes more memory than this.
const MAX_BYTES: usize = 1024 * 1024;

/// A regular expression from the configuration, compiled once. Searching takes time in proportion to the pattern times the
/// text, and never more.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// Why a text is no pattern. Does not repeat the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It does not follow the rules of regular expressions, or is too large.
    #[error("a regular expression is expected")]
    Malformed,
    /// It does not say what to take out.
    #[error("a regular expression with {groups} is expected: what is to be taken out stands in parentheses", groups = super::text::counted(*.0, "group"))]
    Groups(usize),
}

impl Pattern {
    /// Compiles a pattern that has at least this many groups.
    ///
    /// # Errors
    /// When the text is none, or takes out too little.
    pub fn new(text: &str, groups: usize) -> Result<Self, PatternError> {
        let built = RegexBuilder::new(text).size_limit(MAX_BYTES).build();
        let regex = built.map_err(|_| PatternError::Malformed)?;
        // The whole match is counted, too.
        if regex.captures_len() <= groups {
            return Err(PatternError::Groups(groups));
        }
        Ok(Self(regex))
    }

    /// Whether the text has a match.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The first groups of the first match; `None` unless each of them took part in it.
    pub fn groups<'a, const N: usize>(&self, text: &'a str) -> Option<[&'a str; N]> {
        let found = self.0.captures(text)?;
        let mut groups = [""; N];
        for (place, group) in groups.iter_mut().zip(found.iter().skip(1)) {
            *place = group?.as_str();
        }
        Some(groups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_taken_out_of_the_first_match() {
        let pattern = Pattern::new(r#"(\w+)="([^"]*)"(!)?"#, 2).unwrap();
        assert_eq!(pattern.groups(r#"<a b="c" d="e">"#), Some(["b", "c"]));
        assert_eq!(pattern.groups::<3>(r#"<a b="c">"#), None, "the third took no part");
        assert!(pattern.is_in(r#"a="""#) && !pattern.is_in("a"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        assert_eq!(Pattern::new("(", 0).unwrap_err(), PatternError::Malformed);
        assert_eq!(Pattern::new("(?:(x{1000}){1000}){1000}", 0).unwrap_err(), PatternError::Malformed);
        assert_eq!(Pattern::new("(?:a)(b)", 2).unwrap_err(), PatternError::Groups(2));
        assert!(PatternError::Groups(1).to_string().contains("with 1 group is"));
    }
}
