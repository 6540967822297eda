//! Data pages, in the forms the firmwares print them.

use serde_json::{Value as Json, json};

/// A row of a data page: fields in the order the firmware prints them.
pub(super) type Row = Vec<(&'static str, Json)>;

/// A data page.
#[derive(Clone, Debug)]
pub(super) enum Page {
    /// A list of rows.
    Rows(Vec<Row>),
    /// A bare object.
    Object(Row),
}

/// How the firmware prints JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Everything on one line.
    Compact,
    /// Each brace and each field on a line of its own, without indentation.
    Lines,
}

impl Page {
    pub fn one(row: Row) -> Self {
        Self::Rows(vec![row])
    }

    pub fn print(&self, style: Style) -> String {
        let (open, comma, close) = match style {
            Style::Compact => ("", ",", ""),
            Style::Lines => ("\n", ",\n", "\n"),
        };
        let object = |row: &Row| {
            let fields: Vec<_> = row.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
            format!("{{{open}{}{close}}}", fields.join(comma))
        };
        match self {
            Self::Object(row) => object(row),
            Self::Rows(rows) => {
                let rows: Vec<_> = rows.iter().map(object).collect();
                format!("[{open}{}{close}]", rows.join(comma))
            }
        }
    }

    /// The page of a box that knows nothing: every value is a placeholder or missing, only the ids are left, and one
    /// row has booleans where nothing was measured.
    pub fn without_values(self) -> Self {
        match self {
            Self::Object(row) => Self::Object(emptied(row)),
            Self::Rows(rows) => {
                let mut rows: Vec<_> = rows.into_iter().map(emptied).collect();
                rows.push(vec![
                    ("portId", json!("99")),
                    ("signalStrength", json!(false)),
                    ("snr", json!(true)),
                ]);
                Self::Rows(rows)
            }
        }
    }
}

fn emptied(row: Row) -> Row {
    const IDS: [&str; 5] = ["portId", "channelId", "macAddr", "receive", "uschindex"];
    let nothing = [Some(json!("NA")), Some(Json::Null), None, Some(json!("--")), Some(json!("-"))];
    row.into_iter()
        .zip(nothing.iter().cycle())
        .filter_map(|((key, value), nothing)| {
            let value = if IDS.contains(&key) { Some(value) } else { nothing.clone() };
            Some((key, value?))
        })
        .collect()
}
