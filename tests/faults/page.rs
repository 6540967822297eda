//! The page that explains faults to users says what the program does.

use std::fs;
use std::path::{Path, PathBuf};

use router2mqtt::model::{Deadline, Fault, FaultClass};
use router2mqtt::simulators::Trouble;

use crate::table::{MODELS, as_markdown};

/// Without line breaks, which are where the page's width wants them.
fn page() -> String {
    fs::read_to_string(file()).unwrap()
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md")
}

fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One fault of each class.
fn samples() -> Vec<Fault> {
    let words = String::new;
    let at_a_page = || ("a page".to_owned(), words());
    let ((what, why), (page, said)) = (at_a_page(), at_a_page());
    vec![
        Fault::Unreachable(words()),
        Fault::TimedOut(Deadline::Connect),
        Fault::PinMismatch { expected: words(), seen: words() },
        Fault::PinMissing { seen: words() },
        Fault::Tls(words()),
        Fault::CredentialsRejected,
        Fault::LockedOut { until: jiff::Timestamp::UNIX_EPOCH },
        Fault::BusyWithAnotherUser,
        Fault::SessionExpired,
        Fault::PairingPending,
        Fault::MissingRight(words()),
        Fault::UnknownDialect(words()),
        Fault::Malformed { what, why },
        Fault::BoxError { what: page, why: said },
        Fault::NotSupported(words()),
    ]
}

#[test]
fn every_class_of_fault_has_its_section_with_the_advice_that_the_program_gives() {
    let page = page();
    assert_eq!(samples().iter().map(Fault::class).collect::<Vec<_>>(), FaultClass::ALL);
    for fault in samples() {
        let heading = format!("\n### `{}`\n", fault.class().word());
        let (_, section) = page.split_once(&heading).unwrap_or_else(|| panic!("no section{heading}"));
        let section = flowing(section.split("\n### ").next().unwrap());
        assert!(section.contains(fault.advice()), "{heading} lacks its advice: {}", fault.advice());
    }
}

/// Puts the table into the page, in place of the one that is there.
fn update() {
    let page = page();
    let (before, rest) = page.split_once("| `--fault`").unwrap();
    let after = rest.find("\n\n").map_or("", |end| &rest[end + 1..]);
    fs::write(file(), format!("{before}{}{after}", as_markdown())).unwrap();
}

#[test]
fn the_table_is_the_one_that_is_tested() {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        update();
    }
    assert!(page().contains(&as_markdown()), "docs/faults.md lacks this table:\n\n{}", as_markdown());
}

#[test]
fn every_trouble_is_tried_on_some_box() {
    for trouble in Trouble::ALL {
        assert!(MODELS.iter().any(|model| model.row(trouble).is_some()), "{trouble}");
    }
}
