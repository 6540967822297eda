//! The shape of the house: who may know whom. A new arrow is a decision, made here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use router2mqtt::routers::FAMILIES;

/// Each module, with the modules it may know.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("accounting", &["model"]),
    ("history", &["model", "accounting"]),
    ("transport", &["model"]),
    ("routers", &["model", "transport"]),
    ("engine", &["model", "accounting", "history", "routers"]),
    ("mqtt", &["model", "history", "transport", "engine"]),
    ("homeassistant", &["model", "engine", "mqtt"]),
    ("simulators", &["model", "transport"]),
    ("notify", &["model", "accounting", "transport", "engine"]),
    ("csvlog", &["model", "accounting", "engine"]),
    ("metrics", &["model", "history", "engine"]),
    ("graphite", &["model", "engine", "metrics"]),
    ("web", &["model", "history", "transport", "engine", "mqtt", "metrics"]),
    ("importers", &["model", "accounting"]),
    ("host", &["engine", "mqtt"]),
    ("supervisor", &["model", "transport", "mqtt"]),
    (
        "config",
        &[
            "model",
            "accounting",
            "history",
            "transport",
            "routers",
            "engine",
            "mqtt",
            "homeassistant",
            "notify",
            "csvlog",
            "metrics",
            "graphite",
            "web",
        ],
    ),
    (
        "bridge",
        &[
            "model",
            "accounting",
            "history",
            "transport",
            "routers",
            "engine",
            "mqtt",
            "homeassistant",
            "notify",
            "csvlog",
            "metrics",
            "graphite",
            "web",
            "host",
            "config",
        ],
    ),
    (
        "cli",
        &[
            "model",
            "accounting",
            "history",
            "transport",
            "routers",
            "engine",
            "mqtt",
            "homeassistant",
            "notify",
            "csvlog",
            "metrics",
            "graphite",
            "web",
            "importers",
            "config",
            "host",
            "supervisor",
            "simulators",
            "bridge",
        ],
    ),
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

fn source() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&root).unwrap().to_path_buf();
            let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            (first.trim_end_matches(".rs").to_owned(), inside, text)
        })
        .collect()
}

/// The words after each `crate::` in the code; comments may speak of anybody.
fn mentioned(text: &str) -> Vec<String> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    code.split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect())
        .collect()
}

#[test]
fn modules_know_only_those_below_them() {
    let rules: BTreeMap<_, _> = MAY_KNOW.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, file, text) in source() {
        let is_test =
            file.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
        if module == "main" || module == "lib" || is_test {
            continue;
        }
        let allowed =
            rules.get(module.as_str()).unwrap_or_else(|| panic!("{module} has no place in the house yet"));
        for path in mentioned(&text) {
            let known = path.split("::").next().unwrap().to_owned();
            if rules.contains_key(known.as_str()) && known != module && !allowed.contains(&known.as_str()) {
                wrong.push(format!("{}: {module} must not know {known}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nobody_but_the_registry_and_the_pairing_knows_a_family_by_name() {
    let mut wrong = Vec::new();
    for (module, file, text) in source() {
        if module == "routers" || file.ends_with("cli/register.rs") {
            continue;
        }
        for path in mentioned(&text) {
            if FAMILIES.iter().any(|family| path.starts_with(&format!("routers::{}", family.name))) {
                wrong.push(format!("{} knows {path}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_simulators_do_not_know_the_drivers() {
    for (module, file, text) in source() {
        assert!(module != "simulators" || !text.contains("crate::routers"), "{}", file.display());
    }
}

#[test]
fn no_file_is_longer_than_one_idea() {
    for (_, file, text) in source() {
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines", file.display());
    }
}
