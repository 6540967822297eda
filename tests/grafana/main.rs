//! The dashboards in `examples/grafana` are made from the catalog: no name of a metric is written out in them. This test makes
//! them, and fails when the committed ones are others; `UPDATE_DOCS=1 cargo test --test grafana` writes them. The rules and
//! alerts for Prometheus are written by hand, and are looked through here for names that nobody has.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value
)]

mod boards;
mod dashboard;
mod figures;
mod panel;
mod series;
mod table;
mod texts;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use dashboard::WIDTH;

fn examples(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(folder)
}

fn files(folder: &Path, kind: &str) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == kind)).collect()
}

#[test]
fn the_dashboards_are_those_of_the_catalog() {
    let folder = examples("grafana/dashboards");
    fs::create_dir_all(&folder).unwrap();
    let mut made = BTreeSet::new();
    for dashboard in boards::all() {
        let file = folder.join(format!("{}.json", dashboard.word));
        let text = format!("{}\n", serde_json::to_string_pretty(&dashboard.json()).unwrap());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&file, &text).unwrap();
        }
        let committed = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            committed == text,
            "{} is not up to date: UPDATE_DOCS=1 cargo test --test grafana",
            file.display()
        );
        made.insert(file);
    }
    assert_eq!(files(&folder, "json"), made, "a dashboard that nobody makes");
}

/// The panels of a dashboard that show something, those in closed rows included, and with the row each is in.
fn panels(dashboard: &Json) -> Vec<(String, Json)> {
    let mut row = String::new();
    let mut found = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        if panel["type"] == "row" {
            row = panel["title"].as_str().unwrap().to_owned();
            let inside = panel["panels"].as_array().unwrap().iter();
            found.extend(inside.map(|panel| (row.clone(), panel.clone())));
        } else {
            found.push((row.clone(), panel.clone()));
        }
    }
    found
}

fn number(json: &Json) -> u32 {
    u32::try_from(json.as_u64().unwrap()).unwrap()
}

#[test]
fn panels_have_places_of_their_own() {
    for dashboard in boards::all() {
        let json = dashboard.json();
        let mut taken = BTreeSet::new();
        let rows = json["panels"].as_array().unwrap().iter();
        let headlines = rows.filter(|panel| panel["type"] == "row" && panel["collapsed"] == true);
        let open = json["panels"].as_array().unwrap().iter();
        let mut lists: Vec<Vec<&Json>> = vec![open.collect()];
        // What is in a closed row moves when the row is opened; it must only leave room for its neighbours in there.
        lists.extend(headlines.map(|row| row["panels"].as_array().unwrap().iter().collect()));
        for (list, panels) in lists.into_iter().enumerate() {
            for panel in panels {
                let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| number(&panel["gridPos"][side]));
                assert!(x + w <= WIDTH && w > 0 && h > 0, "{panel}");
                for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (list, x, y))) {
                    assert!(
                        taken.insert(cell),
                        "{}: {} is on top of another",
                        dashboard.word,
                        panel["title"]
                    );
                }
            }
        }
    }
}

#[test]
fn lines_of_panels_are_full() {
    for dashboard in boards::all() {
        for row in &dashboard.rows {
            let (mut left, mut height) = (WIDTH, 0);
            for panel in &row.panels {
                if left == WIDTH {
                    (left, height) = (0, panel.height);
                }
                assert_eq!(panel.height, height, "{}: '{}' has steps", dashboard.word, row.title);
                left += panel.width;
            }
            assert_eq!(left, WIDTH, "{}: there is a gap at the end of '{}'", dashboard.word, row.title);
        }
    }
}

#[test]
fn every_panel_says_what_it_shows() {
    let stock = ["timeseries", "stat", "table", "bargauge", "state-timeline", "gauge"];
    let mut uids = BTreeSet::new();
    for dashboard in boards::all() {
        let json = dashboard.json();
        assert!(uids.insert(json["uid"].as_str().unwrap().to_owned()));
        let mut ids = BTreeSet::new();
        let mut titles = BTreeSet::new();
        for (row, panel) in panels(&json) {
            let title = panel["title"].as_str().unwrap();
            assert!(
                !title.is_empty() && titles.insert(title.to_owned()),
                "{}: {title:?} twice",
                dashboard.word
            );
            assert!(ids.insert(number(&panel["id"])));
            assert!(stock.contains(&panel["type"].as_str().unwrap()), "{title}");
            assert!(panel["fieldConfig"]["defaults"]["unit"].is_string(), "{title}");
            let described = panel["description"].as_str().is_some_and(|text| text.ends_with('.'));
            assert!(described || panel["type"] == "table", "{row}: {title} says nothing of itself");
            let targets = panel["targets"].as_array().unwrap();
            assert!(!targets.is_empty(), "{title}");
            let letters: BTreeSet<_> =
                targets.iter().map(|target| target["refId"].as_str().unwrap()).collect();
            assert_eq!(letters.len(), targets.len(), "{title}");
            for target in targets {
                assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
                let legend = target["legendFormat"].as_str().unwrap();
                assert!(panel["type"] == "table" || !legend.is_empty(), "{title}");
                assert!(!legend.contains("client") && !legend.contains("person"), "{title}: an address");
            }
        }
    }
}

#[test]
fn several_boxes_can_be_chosen() {
    for dashboard in boards::all() {
        for (_, panel) in panels(&dashboard.json()) {
            for target in panel["targets"].as_array().unwrap() {
                let expression = target["expr"].as_str().unwrap();
                let of_a_box = expression.contains("$box");
                assert!(of_a_box || dashboard.word == "bridge", "{expression}");
            }
        }
    }
}

/// The words that begin so.
fn words(text: &str, beginning: &str) -> BTreeSet<String> {
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let starts = text.match_indices(beginning).filter(|(at, _)| !text[..*at].ends_with(word));
    starts.map(|(at, _)| text[at..].chars().take_while(|letter| word(*letter)).collect()).collect()
}

/// `docs/metrics.md` is made from what the code writes.
#[test]
fn every_name_is_one_that_is_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let metrics = fs::read_to_string(root.join("docs/metrics.md")).unwrap();
    let mut files = files(&examples("prometheus"), "yml");
    files.extend(crate::files(&examples("grafana/dashboards"), "json"));
    files.insert(root.join("docs/grafana.md"));
    let mut seen = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for name in words(&text, "router2mqtt_").union(&words(&text, "process_")) {
            let is_pattern = name.ends_with('_');
            assert!(
                is_pattern || metrics.contains(&format!("`{name}`")),
                "{}: nobody writes {name}",
                file.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 100, "{seen}");
}
