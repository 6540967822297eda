//! Tables: a line for each thing, a column for each of its labels and figures.

use router2mqtt::metrics::{BOX, label_of};
use router2mqtt::model::{Kind, SubjectKind};
use serde_json::{Map, Value as Json, json};

use super::panel::{Panel, Query, datasource};
use super::series::{Series, described};

/// A column with a figure.
#[derive(Clone, Debug)]
pub struct Column {
    title: String,
    unit: &'static str,
    expression: String,
}

impl From<Series> for Column {
    fn from(series: Series) -> Self {
        assert_ne!(series.row.kind, Kind::State, "{} is words", series.row.key);
        Self { title: series.row.name.to_owned(), unit: series.unit(), expression: series.now() }
    }
}

impl Column {
    /// By how much a counter grew in the time that is looked at.
    pub fn grown(series: Series) -> Self {
        Self { expression: series.growth("$__range"), ..Self::from(series) }
    }
}

/// A table of the subjects of a kind: these of the labels that describe them, and these figures. `heaviest` is the title of
/// the figure by which they are sorted.
pub fn table(kind: SubjectKind, title: &str, labels: &[(&str, &str)], columns: &[Column]) -> Panel {
    let id = label_of(kind);
    let keys: Vec<_> = [BOX].into_iter().chain(id).collect();
    let names: Vec<_> = labels.iter().map(|(label, _)| *label).collect();
    let mut queries = vec![Query::new(described(kind, &names), "")];
    for column in columns {
        queries.push(Query::new(format!("max by ({}) ({})", keys.join(", "), column.expression), ""));
    }
    let only = columns.is_empty();
    let value = |index: usize| match only {
        true => "Value".to_owned(),
        false => format!("Value #{}", char::from(b'A' + u8::try_from(index).unwrap())),
    };
    let mut order: Vec<(String, String)> = vec![(BOX.to_owned(), "Box".to_owned())];
    order.extend(labels.iter().map(|(label, title)| ((*label).to_owned(), (*title).to_owned())));
    let figures = columns.iter().enumerate().map(|(index, column)| (value(index + 1), column.title.clone()));
    order.extend(figures);
    let hidden: Map<_, _> = ["Time".to_owned(), value(0)]
        .into_iter()
        .chain(id.map(str::to_owned))
        .map(|name| (name, json!(true)))
        .collect();
    let places: Map<_, _> =
        order.iter().enumerate().map(|(at, (name, _))| (name.clone(), json!(at))).collect();
    let titles: Map<_, _> = order.iter().map(|(name, title)| (name.clone(), json!(title))).collect();
    let units = columns.iter().map(|column| {
        json!({
            "matcher": { "id": "byName", "options": column.title },
            "properties": [{ "id": "unit", "value": column.unit }],
        })
    });
    let json = json!({
        "type": "table",
        "title": title,
        "description": "",
        "datasource": datasource(),
        "fieldConfig": {
            "defaults": {
                "custom": { "align": "auto", "cellOptions": { "type": "auto" }, "filterable": true, "inspect": false },
                "noValue": "–",
                "unit": "none",
            },
            "overrides": units.collect::<Json>(),
        },
        "options": { "cellHeight": "sm", "showHeader": true, "footer": { "show": false } },
        "transformations": [
            { "id": "merge", "options": {} },
            { "id": "organize", "options": { "excludeByName": hidden, "indexByName": places, "renameByName": titles } },
        ],
    });
    Panel { width: 24, height: 10, json }.asks(queries)
}

/// Sorted by this column.
pub fn sorted(mut panel: Panel, title: &str, descending: bool) -> Panel {
    panel.json["options"]["sortBy"] = json!([{ "displayName": title, "desc": descending }]);
    panel
}
