use std::collections::{BTreeMap, BTreeSet};

use crate::model::ItemId;

/// The names that the log itself uses for users.
pub(super) const UNKNOWN: &str = "UNKNOWN";
pub(super) const TOTAL: &str = "TOTAL";

/// Longer names would not fit into the name of a file.
const MOST: usize = 48;

/// What is left of a name, or of an address, in the name of a file: nothing that a system could take for anything else.
pub(super) fn safe(name: &str) -> String {
    let safe: String = name.trim().chars().take(MOST).map(|c| if fits(c) { c } else { '_' }).collect();
    let safe = safe.trim_end_matches([' ', '.']);
    if safe.is_empty() || safe.starts_with('.') { format!("_{safe}") } else { safe.to_owned() }
}

fn fits(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '(' | ')' | '\'')
}

/// Whether a name could be one of ours.
pub(super) fn is_safe(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && name.chars().all(fits)
}

/// The names of people's files, each of which is somebody else's on every system.
pub(super) fn of_people<'a>(people: impl Iterator<Item = (&'a ItemId, &'a str)>) -> BTreeMap<ItemId, String> {
    let mut taken: BTreeSet<String> = [UNKNOWN, TOTAL].iter().map(|name| name.to_lowercase()).collect();
    let mut names = BTreeMap::new();
    for (id, name) in people {
        let mut candidate = safe(name);
        while !taken.insert(candidate.to_lowercase()) {
            candidate = format!("{candidate}_{}", id.as_str());
        }
        names.insert(id.clone(), candidate);
    }
    names
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_people_are_names_of_files() {
        for (name, expected) in [
            ("Alice", "Alice"),
            ("Zoë O'Neil", "Zoë O'Neil"),
            ("../../etc/passwd", "_.._.._etc_passwd"),
            ("a\0b\nc", "a_b_c"),
            ("..", "_"),
            ("", "_"),
            ("fe80::1", "fe80__1"),
        ] {
            assert_eq!(safe(name), expected, "{name}");
        }
    }

    #[test]
    fn everybody_has_a_file_of_their_own() {
        let ids = ["a", "b", "c", "d"].map(|id| ItemId::new(id).unwrap());
        let names = ["Total", "Anna", "ANNA", "unknown"];
        let files = of_people(ids.iter().zip(names));
        let files: Vec<_> = files.values().map(String::as_str).collect();
        assert_eq!(files, ["Total_a", "Anna", "ANNA_c", "unknown_d"]);
    }

    proptest! {
        #[test]
        fn any_name_stays_in_its_folder(name: String) {
            let safe = safe(&name);
            let path = std::path::Path::new("users").join(format!("{safe}.csv"));
            prop_assert_eq!(path.components().count(), 2);
            prop_assert!(is_safe(&safe) && safe.len() <= 220 && !safe.starts_with('.'));
            prop_assert!(!safe.contains(['/', '\\', ':', '\0', '\n', ',']));
        }
    }
}
