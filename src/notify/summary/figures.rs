//! What a day came to, from what is known of a box: as figures, and as words.

use jiff::civil::Date;
use jiff::{ToSpan as _, Zoned};
use serde_json::{Map, Value as Json, json};

use super::super::amounts::{bytes, duration};
use crate::engine::{Availability, BoxView};
use crate::model::{Item, Row, Subject, SubjectKind, Value, catalog};

/// How many people or devices are named.
const NAMED: usize = 5;

/// What is taken as it is.
const ROWS: [&Row; 12] = [
    catalog::RECEIVED_CYCLE.row(),
    catalog::SENT_CYCLE.row(),
    catalog::USAGE_CYCLE.row(),
    catalog::QUOTA.row(),
    catalog::QUOTA_USED.row(),
    catalog::QUOTA_LEFT.row(),
    catalog::QUOTA_PERCENT.row(),
    catalog::QUOTA_DAYS_LEFT.row(),
    catalog::QUOTA_SAFE_DAILY.row(),
    catalog::QUOTA_PROJECTED.row(),
    catalog::LINE_QUALITY.row(),
    catalog::LINE_QUALITY_REASON.row(),
];

/// What is counted by the day: as it was on the day before, and as it is today.
const DAILY: [(&Row, &Row); 3] = [
    (catalog::RECEIVED_YESTERDAY.row(), catalog::RECEIVED_TODAY.row()),
    (catalog::SENT_YESTERDAY.row(), catalog::SENT_TODAY.row()),
    (catalog::USAGE_YESTERDAY.row(), catalog::USAGE_TODAY.row()),
];

/// What the day before came to, in words and in figures. Amounts are bytes, durations seconds. A figure that is not known
/// is `null`, and the words leave it out.
pub fn sum_up(view: &BoxView, now: &Zoned) -> (String, Map<String, Json>) {
    let figures = figures(view, now);
    (words(&figures), figures)
}

/// What a template for the summary can make use of.
pub fn summary_fields(view: &BoxView, text: &str, figures: &Map<String, Json>) -> Map<String, Json> {
    with_box(view.about.id.as_str(), &view.about.name, text, figures)
}

fn with_box(id: &str, name: &str, text: &str, figures: &Map<String, Json>) -> Map<String, Json> {
    let mut fields = figures.clone();
    let besides = [("box", id), ("box_name", name), ("text", text)];
    fields.extend(besides.map(|(key, value)| (key.to_owned(), Json::from(value))));
    fields
}

fn figures(view: &BoxView, now: &Zoned) -> Map<String, Json> {
    let date = now.date().saturating_sub(1.day());
    let offline = match view.availability {
        Availability::Offline { since } => Some(since),
        Availability::Online { .. } | Availability::Unknown => None,
    };
    let boot = match view.value(&Subject::Router, catalog::LAST_BOOT.row()) {
        Some(Value::Moment(boot)) if offline.is_none() => Some(*boot),
        _ => None,
    };
    let mut figures = Map::new();
    let mut put = |key: &str, figure: Json| drop(figures.insert(key.to_owned(), figure));
    put("date", json!(date));
    let router = |row: &'static Row| view.value(&Subject::Router, row);
    for (yesterday, today) in DAILY {
        put(yesterday.key, raw(on(date, now, router, yesterday, today)));
    }
    for row in ROWS {
        put(row.key, raw(router(row)));
    }
    put("top", Json::Array(top(view, date, now)));
    put("uptime", json!(boot.map(|boot| now.timestamp().duration_since(boot).as_secs().max(0))));
    put("online", json!(view.availability.is_online()));
    put("offline_for", json!(offline.map(|since| now.timestamp().duration_since(since).as_secs().max(0))));
    put("problem", json!(view.problem.as_ref().map(|problem| problem.summary.as_str())));
    figures
}

/// What was counted on a day. Where no reading has come since midnight, that day is still called today.
fn on<'a>(
    date: Date,
    now: &Zoned,
    value: impl Fn(&'static Row) -> Option<&'a Value>,
    yesterday: &'static Row,
    today: &'static Row,
) -> Option<&'a Value> {
    let Some(Value::Moment(since)) = value(catalog::TODAY_SINCE.row()) else {
        return value(yesterday);
    };
    let counted_today = since.to_zoned(now.time_zone().clone()).date();
    if counted_today == date {
        value(today)
    } else if counted_today > date {
        value(yesterday)
    } else {
        None
    }
}

/// Who used most on that day: of the people, where they are known, or else of the devices.
fn top(view: &BoxView, date: Date, now: &Zoned) -> Vec<Json> {
    let of_kind = |kind| {
        let parties = view.usage.iter().filter(move |(subject, _)| subject.kind() == kind);
        let mut used: Vec<_> = parties
            .filter_map(|(subject, item)| {
                let [.., (yesterday, today)] = DAILY;
                match on(date, now, |row| item.get(row), yesterday, today) {
                    Some(Value::Count(used)) if *used > 0 => Some((*used, name(view, subject, item))),
                    _ => None,
                }
            })
            .collect();
        used.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.cmp(y)));
        used
    };
    let people = of_kind(SubjectKind::Person);
    let used = if people.is_empty() { of_kind(SubjectKind::Client) } else { people };
    used.into_iter().take(NAMED).map(|(used, name)| json!({ "name": name, "used": used })).collect()
}

fn name(view: &BoxView, subject: &Subject, item: &Item) -> String {
    let label = item.label.as_ref().or_else(|| view.shape.get(subject)?.label.as_ref());
    match (label, subject) {
        (Some(label), _) => label.clone(),
        (None, Subject::Client(mac)) => mac.to_string(),
        (None, other) => other.id(),
    }
}

fn raw(value: Option<&Value>) -> Json {
    match value {
        None => Json::Null,
        Some(Value::Number(number)) => json!((number * 100.0).round() / 100.0),
        Some(Value::Count(count)) => json!(count),
        Some(Value::Flag(flag)) => json!(flag),
        Some(Value::Text(text)) => json!(text),
        Some(Value::Moment(moment)) => json!(moment),
    }
}

fn words(figures: &Map<String, Json>) -> String {
    let figures = Figures(figures);
    let date = figures.text("date").and_then(|date| date.parse::<Date>().ok());
    let lines = [
        date.map(|date| date.strftime("%A %-d %B %Y").to_string()),
        figures.traffic("Yesterday", "yesterday"),
        figures.traffic("This cycle", "cycle"),
        figures.quota(),
        figures.most(),
        figures.line(),
        figures.presence(),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

struct Figures<'a>(&'a Map<String, Json>);

impl Figures<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.0.get(key)?.as_f64()
    }

    fn amount(&self, key: &str) -> Option<String> {
        self.number(key).map(bytes)
    }

    fn traffic(&self, when: &str, span: &str) -> Option<String> {
        let amount = |direction: &str| self.amount(&format!("{direction}_{span}"));
        let all = amount("usage");
        Some(match (amount("received"), amount("sent"), all) {
            (Some(received), Some(sent), Some(all)) => {
                format!("{when}: {received} received, {sent} sent, {all} in all.")
            }
            (Some(received), Some(sent), None) => format!("{when}: {received} received, {sent} sent."),
            (_, _, Some(all)) => format!("{when}: {all}."),
            (_, _, None) => return None,
        })
    }

    fn quota(&self) -> Option<String> {
        let (quota, left) = (self.amount("quota")?, self.number("quota_left")?);
        if left <= 0.0 {
            let used =
                self.amount("quota_used").map(|used| format!(", {used} of {quota}")).unwrap_or_default();
            return Some(format!("Quota: used up{used}."));
        }
        let days = self.number("quota_days_left").map(|days| format!(" for {}", in_days(days)));
        let safe = self.amount("quota_safe_daily").map(|safe| format!("; {safe} a day is safe"));
        let (days, safe) = (days.unwrap_or_default(), safe.unwrap_or_default());
        Some(format!("Quota: {} of {quota} left{days}{safe}.", bytes(left)))
    }

    fn most(&self) -> Option<String> {
        let top = self.0.get("top")?.as_array()?;
        let named = top.iter().filter_map(|one| {
            let (name, used) = (one.get("name")?.as_str()?, one.get("used")?.as_f64()?);
            Some(format!("{name} {}", bytes(used)))
        });
        let named: Vec<_> = named.collect();
        (!named.is_empty()).then(|| format!("Most: {}.", named.join(", ")))
    }

    fn line(&self) -> Option<String> {
        let quality = self.text("line_quality")?;
        let why = self.text("line_quality_reason").map(|reason| format!(" ({reason})"));
        Some(format!("Line: {quality}{}.", why.unwrap_or_default()))
    }

    fn presence(&self) -> Option<String> {
        if let Some(seconds) = self.number("offline_for") {
            let why = self.text("problem").map(|problem| format!(": {problem}")).unwrap_or_default();
            return Some(format!("Cannot be read for {}{why}.", duration(seconds)));
        }
        let up = self.number("uptime").map(|seconds| format!("Up for {}.", duration(seconds)));
        let problem = self.text("problem").map(|problem| format!("Problem: {problem}."));
        let said: Vec<_> = [up, problem].into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join(" "))
    }
}

fn in_days(days: f64) -> String {
    match format!("{days:.0}").as_str() {
        "1" => "1 day".to_owned(),
        "0" => "less than a day".to_owned(),
        days => format!("{days} days"),
    }
}

/// Figures such as there may be, or only those that there always are.
pub(in super::super) fn sample(full: bool) -> Map<String, Json> {
    let figure = |row: &Row| match (full, row.key) {
        (false, _) => Json::Null,
        (true, "line_quality" | "line_quality_reason") => json!("good"),
        (true, _) => json!(1_000_000_000),
    };
    let rows = DAILY.iter().map(|(yesterday, _)| *yesterday).chain(ROWS);
    let mut figures: Map<_, _> = rows.map(|row| (row.key.to_owned(), figure(row))).collect();
    let top = if full { json!([{ "name": "laptop", "used": 1_000_000_000 }]) } else { json!([]) };
    let others = [
        ("date", json!("2026-11-19")),
        ("top", top),
        ("uptime", json!(full.then_some(86_400))),
        ("online", json!(full)),
        ("offline_for", json!((!full).then_some(600))),
        ("problem", Json::Null),
    ];
    figures.extend(others.map(|(key, figure)| (key.to_owned(), figure)));
    figures
}

/// What a template for the summary is tried on.
pub fn summary_samples() -> [Map<String, Json>; 2] {
    [true, false].map(|full| {
        let figures = sample(full);
        with_box("box", "Box", &words(&figures), &figures)
    })
}
