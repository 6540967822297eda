//! `docs/switching.md` answers for every value of the programs before this one, with what is really published.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use router2mqtt::model::EventKind;
use support::seeds::SEEDS;

/// The keys that a row names: the words in its second column that are neither topics nor commands.
fn ours(row: &str) -> Vec<String> {
    let column = row.split('|').nth(2).unwrap_or_else(|| panic!("no second column: {row}"));
    column
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| !word.contains(['/', ' ', ':']))
        .map(str::to_owned)
        .collect()
}

/// The rows of all tables, without their heads.
fn rows() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/switching.md");
    let page = std::fs::read_to_string(file).unwrap();
    let rows = page.lines().filter(|line| line.starts_with('|') && !line.starts_with("|-"));
    rows.filter(|line| !line.starts_with("| there")).map(str::to_owned).collect()
}

#[test]
fn every_row_has_an_answer() {
    assert!(rows().len() > 50);
    for row in rows() {
        let columns: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(columns.len() == 3 && !columns[0].is_empty() && !columns[1].is_empty(), "{row}");
    }
}

/// What `tests/bridge.rs` sees on a broker.
#[test]
fn every_value_is_one_that_is_seen_to_be_published() {
    let wanted = SEEDS.iter().flat_map(|seed| seed.wanted);
    let mut published: BTreeSet<_> = wanted.flat_map(|(_, keys)| *keys).copied().collect();
    published.extend(EventKind::WORDS);
    for row in rows() {
        for word in ours(&row) {
            assert!(published.contains(word.as_str()), "nobody has seen '{word}': {row}");
        }
    }
}
