//! Panels that stock Grafana has.

use router2mqtt::model::{Kind, SubjectKind};
use serde_json::{Map, Value as Json, json};

use super::series::Series;

/// How often a box is asked, more or less: to look closer shows the same reading again.
const STEP: &str = "1m";

/// A question, and what its answers are called.
#[derive(Clone, Debug)]
pub struct Query {
    expression: String,
    legend: String,
    /// Only the present is asked for.
    instant: bool,
    step: Option<&'static str>,
}

impl Query {
    pub fn new(expression: impl Into<String>, legend: impl Into<String>) -> Self {
        Self { expression: expression.into(), legend: legend.into(), instant: false, step: None }
    }

    #[must_use]
    pub const fn step(mut self, step: &'static str) -> Self {
        self.step = Some(step);
        self
    }

    fn json(&self, index: usize, table: bool) -> Json {
        let instant = self.instant || table;
        let mut target = json!({
            "datasource": datasource(),
            "editorMode": "code",
            "expr": self.expression,
            "format": if table { "table" } else { "time_series" },
            "instant": instant,
            "legendFormat": self.legend,
            "range": !instant,
            "refId": letter(index),
        });
        if let Some(step) = self.step {
            target["interval"] = json!(step);
        }
        target
    }
}

/// What a series shows, and how it is called: a box by its id, everything else by its name.
impl From<Series> for Query {
    fn from(series: Series) -> Self {
        let expression = match series.row.kind {
            Kind::Counter => series.rate(),
            _ => series.now(),
        };
        let query = match series.kind {
            SubjectKind::Router => Self::new(expression, "{{box}}"),
            SubjectKind::Client | SubjectKind::Person | SubjectKind::Downstream | SubjectKind::Upstream => {
                Self::new(series.named(&expression), "{{name}}")
            }
            _ => Self::new(series.named(&expression), "{{box}} {{name}}"),
        };
        if series.row.kind == Kind::Counter { query.step(STEP) } else { query }
    }
}

/// One word behind what it is called anyway.
pub fn called(series: Series, word: &str) -> Query {
    let mut query = Query::from(series);
    query.legend = format!("{} {word}", query.legend);
    query
}

pub fn datasource() -> Json {
    json!({ "type": "prometheus", "uid": "${datasource}" })
}

fn letter(index: usize) -> String {
    char::from(b'A' + u8::try_from(index).unwrap()).to_string()
}

/// Something on a dashboard, and how much of it it takes.
#[derive(Clone, Debug)]
pub struct Panel {
    pub width: u32,
    pub height: u32,
    pub json: Json,
}

/// The title and the meaning of a panel about these series: their own.
fn about(title: &str, series: &[Series]) -> (String, String) {
    let mut docs: Vec<String> = Vec::new();
    for one in series {
        let doc = one.row.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let doc = if series.len() == 1 { doc } else { format!("**{}:** {doc}", one.row.name) };
        if !docs.contains(&doc) {
            docs.push(doc);
        }
    }
    let title = if title.is_empty() { series.first().map_or("", |one| one.row.name) } else { title };
    (title.to_owned(), docs.join("\n\n"))
}

impl Panel {
    /// A panel of a type about these series, which are asked for in their usual way unless [`Panel::asks`] is used.
    fn new(kind: &str, (width, height): (u32, u32), title: &str, series: &[Series], options: Json) -> Self {
        let (title, description) = about(title, series);
        let (unit, mappings) =
            series.first().map_or(("none", json!([])), |first| (first.unit(), mappings(*first)));
        let json = json!({
            "type": kind,
            "title": title,
            "description": description,
            "datasource": datasource(),
            "fieldConfig": {
                "defaults": {
                    "unit": unit,
                    "mappings": mappings,
                    "color": { "mode": "palette-classic" },
                    "noValue": "–",
                },
                "overrides": [],
            },
            "options": options,
        });
        let several = series.len() > 1;
        let queries = series
            .iter()
            .map(|one| if several { called(*one, &short(one.row.name)) } else { Query::from(*one) });
        Self { width, height, json }.asks(queries.collect())
    }

    /// Lines over time.
    pub fn lines(width: u32, title: &str, series: &[Series]) -> Self {
        let options = json!({
            "legend": { "displayMode": "table", "placement": "bottom", "calcs": ["min", "max", "lastNotNull"], "showLegend": true },
            "tooltip": { "mode": "multi", "sort": "desc" },
        });
        let mut panel = Self::new("timeseries", (width, 9), title, series, options);
        panel.json["fieldConfig"]["defaults"]["custom"] = json!({
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 8,
            "showPoints": "never",
            "spanNulls": 300_000,
            "axisSoftMin": null,
        });
        panel
    }

    /// One number for each box or thing.
    pub fn stat(width: u32, title: &str, series: &[Series]) -> Self {
        let options = json!({
            "colorMode": "value",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
            "textMode": "auto",
        });
        let panel = Self::new("stat", (width, 4), title, series, options).instant();
        panel.thresholds(&[(None, "blue")])
    }

    /// Bars beside one another.
    pub fn bars(width: u32, title: &str, series: &[Series]) -> Self {
        let options = json!({
            "displayMode": "gradient",
            "orientation": "horizontal",
            "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
            "showUnfilled": true,
            "valueMode": "color",
        });
        let panel = Self::new("bargauge", (width, 9), title, series, options).instant();
        panel.thresholds(&[(None, "blue")]).zero_based()
    }

    /// A needle for each.
    pub fn gauge(width: u32, title: &str, series: &[Series]) -> Self {
        let options = json!({
            "orientation": "auto",
            "reduceOptions": { "calcs": ["lastNotNull"], "fields": "", "values": false },
            "showThresholdLabels": false,
            "showThresholdMarkers": true,
        });
        Self::new("gauge", (width, 6), title, series, options).instant().zero_based()
    }

    /// Which word was true when.
    pub fn states(width: u32, height: u32, title: &str, series: &[Series]) -> Self {
        let options = json!({
            "alignValue": "left",
            "legend": { "displayMode": "list", "placement": "bottom", "showLegend": false },
            "mergeValues": true,
            "rowHeight": 0.85,
            "showValue": "auto",
            "tooltip": { "mode": "single", "sort": "none" },
        });
        let mut panel = Self::new("state-timeline", (width, height), title, series, options);
        panel.json["fieldConfig"]["defaults"]["custom"] = json!({ "fillOpacity": 75, "lineWidth": 0 });
        panel.json["fieldConfig"]["defaults"]["color"] = json!({ "mode": "thresholds" });
        panel.thresholds(&[(None, "transparent")])
    }

    /// Other questions than the usual ones.
    #[must_use]
    pub fn asks(mut self, queries: Vec<Query>) -> Self {
        let table = self.json["type"] == "table";
        let targets = queries.iter().enumerate().map(|(index, query)| query.json(index, table));
        self.json["targets"] = targets.collect();
        self
    }

    /// Only the present is asked for.
    #[must_use]
    pub fn instant(mut self) -> Self {
        for target in self.json["targets"].as_array_mut().unwrap() {
            target["instant"] = json!(true);
            target["range"] = json!(false);
        }
        self
    }

    /// The number stands on a coloured ground.
    #[must_use]
    pub fn background(mut self) -> Self {
        self.json["options"]["colorMode"] = json!("background_solid");
        self.json["options"]["graphMode"] = json!("area");
        for target in self.json["targets"].as_array_mut().unwrap() {
            target["instant"] = json!(false);
            target["range"] = json!(true);
        }
        self
    }

    /// The time this panel alone looks at.
    #[must_use]
    pub fn looks_back(mut self, time: &str) -> Self {
        self.json["timeFrom"] = json!(time);
        self
    }

    /// Counters as they stand, not how fast they grow.
    #[must_use]
    pub fn totals(self, series: &[Series]) -> Self {
        let legend = |one: &Series| format!("{{{{box}}}} {}", short(one.row.name));
        let queries = series.iter().map(|one| Query::new(one.now(), legend(one))).collect();
        self.asks(queries)
    }

    /// Numbers that count, where the series has words.
    #[must_use]
    pub fn numbers(mut self) -> Self {
        self.json["fieldConfig"]["defaults"]["mappings"] = json!([]);
        self
    }

    /// The words for 0, 1, ….
    #[must_use]
    pub fn words(mut self, words: &[(&str, &str)]) -> Self {
        let words = words.iter().enumerate();
        let words: Map<_, _> = words
            .map(|(number, (text, colour))| {
                (number.to_string(), json!({ "text": text, "color": colour, "index": number }))
            })
            .collect();
        self.json["fieldConfig"]["defaults"]["mappings"] = json!([{ "type": "value", "options": words }]);
        self
    }

    /// From where to where the scale goes.
    #[must_use]
    pub fn between(mut self, least: f64, most: f64) -> Self {
        let defaults = &mut self.json["fieldConfig"]["defaults"];
        (defaults["min"], defaults["max"]) = (json!(least), json!(most));
        self
    }

    #[must_use]
    pub const fn wide(mut self, width: u32) -> Self {
        self.width = width;
        self
    }

    #[must_use]
    pub const fn tall(mut self, height: u32) -> Self {
        self.height = height;
        self
    }

    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        self.json["fieldConfig"]["defaults"]["unit"] = json!(unit);
        self
    }

    #[must_use]
    pub fn meaning(mut self, text: &str) -> Self {
        let doc = self.json["description"].as_str().unwrap();
        self.json["description"] =
            json!(if doc.is_empty() { text.to_owned() } else { format!("{text}\n\n{doc}") });
        self
    }

    /// From which value on it has which colour.
    #[must_use]
    pub fn thresholds(mut self, steps: &[(Option<f64>, &str)]) -> Self {
        let steps: Vec<_> =
            steps.iter().map(|(from, colour)| json!({ "color": colour, "value": from })).collect();
        let defaults = &mut self.json["fieldConfig"]["defaults"];
        defaults["thresholds"] = json!({ "mode": "absolute", "steps": steps });
        if defaults["custom"]["drawStyle"].is_null() {
            defaults["color"] = json!({ "mode": "thresholds" });
        } else {
            defaults["custom"]["thresholdsStyle"] = json!({ "mode": "dashed" });
        }
        self
    }

    /// The axis, or the scale, begins at zero.
    #[must_use]
    pub fn zero_based(mut self) -> Self {
        self.json["fieldConfig"]["defaults"]["min"] = json!(0);
        self
    }

    #[must_use]
    pub fn up_to(mut self, most: f64) -> Self {
        self.json["fieldConfig"]["defaults"]["max"] = json!(most);
        self
    }

    #[must_use]
    pub fn decimals(mut self, decimals: u32) -> Self {
        self.json["fieldConfig"]["defaults"]["decimals"] = json!(decimals);
        self
    }

    /// The legend stands at the right: many lines.
    #[must_use]
    pub fn many(mut self) -> Self {
        self.json["options"]["legend"]["placement"] = json!("right");
        self
    }

    /// Lines on top of one another.
    #[must_use]
    pub fn stacked(mut self) -> Self {
        let custom = &mut self.json["fieldConfig"]["defaults"]["custom"];
        custom["stacking"] = json!({ "group": "A", "mode": "normal" });
        custom["fillOpacity"] = json!(35);
        self
    }

    /// A bar for each step instead of a line.
    #[must_use]
    pub fn barred(mut self) -> Self {
        let custom = &mut self.json["fieldConfig"]["defaults"]["custom"];
        custom["drawStyle"] = json!("bars");
        custom["fillOpacity"] = json!(70);
        self
    }

    /// What is called so is drawn downwards.
    #[must_use]
    pub fn mirrored(self, pattern: &str) -> Self {
        self.style(pattern, &[("custom.transform", json!("negative-Y"))])
    }

    /// What is called so looks like that.
    #[must_use]
    pub fn style(mut self, pattern: &str, properties: &[(&str, Json)]) -> Self {
        let properties: Vec<_> =
            properties.iter().map(|(id, value)| json!({ "id": id, "value": value })).collect();
        let matcher = json!({ "id": "byRegexp", "options": format!("/{pattern}/") });
        let overrides = self.json["fieldConfig"]["overrides"].as_array_mut().unwrap();
        overrides.push(json!({ "matcher": matcher, "properties": properties }));
        self
    }
}

/// Numbers to words, where a series has words.
fn mappings(series: Series) -> Json {
    let word =
        |text: &str, colour: &str, index: usize| json!({ "text": text, "color": colour, "index": index });
    let words: Map<String, Json> = match (series.row.kind, series.row.class) {
        (Kind::State, _) => {
            let words = series.row.options.iter().enumerate();
            words.map(|(number, text)| (number.to_string(), word(text, colour(text), number))).collect()
        }
        (Kind::Flag, class) => {
            let (no, yes) = match class {
                Some("connectivity") => (word("down", "red", 0), word("up", "green", 1)),
                Some("problem") => (word("no", "green", 0), word("yes", "red", 1)),
                _ => (word("no", "text", 0), word("yes", "blue", 1)),
            };
            [("0".to_owned(), no), ("1".to_owned(), yes)].into_iter().collect()
        }
        _ => return json!([]),
    };
    json!([{ "type": "value", "options": words }])
}

/// What a word of a state looks like.
fn colour(word: &str) -> &'static str {
    match word {
        "good" | "up" | "showtime" | "ready" => "green",
        "tolerable" | "going_up" | "training" => "yellow",
        "marginal" | "going_down" | "backup_4g" | "pin_required" | "puk_required" => "orange",
        "critical" | "down" | "absent" | "error" | "locked" => "red",
        _ => "blue",
    }
}

/// A name as it stands behind another.
fn short(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next();
    // An abbreviation stays one.
    if name.chars().nth(1).is_some_and(char::is_uppercase) {
        return name.to_owned();
    }
    first.into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}
