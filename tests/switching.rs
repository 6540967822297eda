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

use router2mqtt::metrics::compat::Compat;
use router2mqtt::model::EventKind;
use support::exported::EXPORTED;
use support::seeds::SEEDS;

/// The words in quotes in a column, of which the first one is 1.
fn quoted(row: &str, column: usize) -> Vec<String> {
    let column = row.split('|').nth(column).unwrap_or_else(|| panic!("too few columns: {row}"));
    column.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The keys that a row names: the words in its second column that are neither topics nor commands.
fn ours(row: &str) -> Vec<String> {
    quoted(row, 2).into_iter().filter(|word| !word.contains(['/', ' ', ':'])).collect()
}

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/switching.md")).unwrap()
}

/// The rows of all tables in a text, without their heads.
fn rows_of(page: &str) -> Vec<String> {
    let rows = page.lines().filter(|line| line.starts_with('|') && !line.starts_with("|-"));
    rows.filter(|line| !line.starts_with("| there")).map(str::to_owned).collect()
}

fn rows() -> Vec<String> {
    rows_of(&page())
}

/// What is said of an exporter.
fn section_of(exporter: Compat) -> String {
    let heading = match exporter {
        Compat::Hitron => "hitron-exporter",
        Compat::Altibox => "altibox-network-exporter",
        Compat::Freebox => "freebox-revolution-monitoring",
    };
    let page = page();
    let mut sections = page.split("\n## ");
    sections.find(|section| section.starts_with(heading)).expect("a section of its own").to_owned()
}

/// The names of all tests in `tests/compat/`.
fn tests() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let texts: Vec<_> = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let after = |text: &str| -> Vec<String> {
        let tests = text.split("#[tokio::test(flavor = \"multi_thread\")]\nasync fn ").skip(1);
        tests.filter_map(|rest| rest.split('(').next()).map(str::to_owned).collect()
    };
    texts.iter().flat_map(|text| after(text)).collect()
}

/// No metric of an exporter is without its row, and no row without the test that shows it equal under its own name.
#[test]
fn every_metric_of_the_exporters_has_its_row_and_its_test() {
    let tests = tests();
    for (exporter, names) in EXPORTED {
        let section = section_of(*exporter);
        let rows = rows_of(&section);
        for name in *names {
            let of = rows.iter().filter(|row| quoted(row, 1).iter().any(|word| word == name));
            assert_eq!(of.count(), 1, "{exporter}: rows about '{name}'");
        }
        let [_, head] = section.split("\n| there | here").collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(head.lines().next().unwrap().matches('|').count(), 3, "{exporter}: four columns");
        let about = |row: &&String| quoted(row, 1).iter().any(|word| names.contains(&word.as_str()));
        for row in rows.iter().filter(about) {
            let shown_by = quoted(row, 4);
            assert!(!shown_by.is_empty(), "which test? {row}");
            shown_by
                .iter()
                .for_each(|test| assert!(tests.contains(test), "there is no test '{test}': {row}"));
        }
    }
}

/// A reader is told what to write where, and what was there.
#[test]
fn each_exporter_has_its_steps() {
    for (exporter, port) in
        [(Compat::Hitron, Some("9938")), (Compat::Altibox, Some("8080")), (Compat::Freebox, None)]
    {
        let section = section_of(exporter);
        for word in ["# before", "# after", "\n1. ", "\n2. ", "\n3. ", &format!("--compat {exporter}")] {
            assert!(section.contains(word), "{exporter}: {word}");
        }
        assert!(port.is_none_or(|port| section.contains(port)), "{exporter}");
    }
}

#[test]
fn every_row_has_an_answer() {
    assert!(rows().len() > 50);
    for row in rows() {
        let columns: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert!(matches!(columns.len(), 3 | 4) && !columns[0].is_empty() && !columns[1].is_empty(), "{row}");
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
