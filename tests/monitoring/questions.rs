//! What dashboards and alerts ask.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

/// A question, and who asks it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The file, and the title of the panel or the name of the alert.
    pub by: String,
    pub text: String,
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(path)).unwrap()
}

fn dashboards() -> Vec<(String, Json)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/grafana/dashboards");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<_> = names
        .map(|name| {
            let json = serde_json::from_str(&read(&format!("grafana/dashboards/{name}"))).unwrap();
            (name.trim_end_matches(".json").to_owned(), json)
        })
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

/// As Grafana would fill it in, for all boxes and a moment of a test.
fn filled(text: &str) -> String {
    text.replace("$__rate_interval", "10s").replace("$__range", "30s").replace("$box", ".+")
}

/// Every question of every dashboard, that of its marks included.
pub fn of_dashboards() -> Vec<Question> {
    let mut all = Vec::new();
    for (name, dashboard) in dashboards() {
        let mut ask = |title: &Json, text: &Json| {
            let by = format!("{name}: {}", title.as_str().unwrap());
            all.push(Question { by, text: filled(text.as_str().unwrap()) });
        };
        for mark in dashboard["annotations"]["list"].as_array().unwrap() {
            ask(&mark["name"], &mark["expr"]);
        }
        let mut panels: Vec<&Json> = dashboard["panels"].as_array().unwrap().iter().collect();
        while let Some(panel) = panels.pop() {
            panels.extend(panel["panels"].as_array().into_iter().flatten());
            for target in panel["targets"].as_array().into_iter().flatten() {
                ask(&panel["title"], &target["expr"]);
            }
        }
    }
    all.sort();
    all
}

/// The series that the lists of boxes above the dashboards are made from, by dashboard.
pub fn of_lists() -> Vec<Question> {
    let of = |(by, dashboard): (String, Json)| {
        let lists = dashboard["templating"]["list"].as_array().unwrap().clone();
        let list = lists.into_iter().find(|list| list["name"] == "box").unwrap();
        let query = list["query"]["query"].as_str().unwrap();
        let series =
            query.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(", box)")).unwrap();
        Question { by, text: series.to_owned() }
    };
    dashboards().into_iter().map(of).collect()
}

/// Every series that an alert looks at: while all is well an alert itself is answered with nothing.
pub fn of_alerts() -> Vec<Question> {
    let mut all = Vec::new();
    let text = read("prometheus/alerts.yml");
    for alert in text.split("- alert: ").skip(1) {
        let (name, rest) = alert.split_once('\n').unwrap();
        let (_, rest) = rest.split_once("expr:").unwrap();
        let (expression, _) = rest.split_once("labels:").unwrap();
        for series in series(expression) {
            all.push(Question { by: format!("alert: {name}"), text: series });
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The selectors of an expression.
fn series(expression: &str) -> Vec<String> {
    let word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let starts =
        expression.match_indices("router2mqtt_").filter(|(at, _)| !expression[..*at].ends_with(word));
    let found = starts.map(|(at, _)| {
        let rest = &expression[at..];
        let name = rest.find(|letter| !word(letter)).unwrap_or(rest.len());
        let labels = rest[name..].starts_with('{').then(|| rest.find('}').unwrap() + 1);
        rest[..labels.unwrap_or(name)].to_owned()
    });
    found.collect()
}
