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
    /// A list of rows under a name, in an object that says that all went well.
    List(&'static str, Vec<Row>),
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
        let list = |rows: &[Row]| {
            let rows: Vec<_> = rows.iter().map(object).collect();
            format!("[{open}{}{close}]", rows.join(comma))
        };
        match self {
            Self::Object(row) => object(row),
            Self::Rows(rows) => list(rows),
            // Its server writes slashes as PHP does.
            Self::List(name, rows) => {
                format!(
                    "{{\"errCode\":\"000\",\"errMsg\":\"\",\"{name}\":{}}}",
                    list(rows).replace('/', "\\/")
                )
            }
        }
    }

    /// The page of a box that knows nothing: every value is a placeholder or missing, only the ids are left, and one
    /// row has booleans where nothing was measured.
    pub fn without_values(self) -> Self {
        match self {
            Self::Object(row) => Self::Object(emptied(row)),
            Self::Rows(rows) => Self::Rows(all_emptied(rows)),
            Self::List(name, rows) => Self::List(name, all_emptied(rows)),
        }
    }
}

fn all_emptied(rows: Vec<Row>) -> Vec<Row> {
    let unlocked = vec![("portId", json!("99")), ("signalStrength", json!(false)), ("snr", json!(true))];
    rows.into_iter().map(emptied).chain([unlocked]).collect()
}

fn emptied(row: Row) -> Row {
    const IDS: [&str; 8] =
        ["portId", "channelId", "macAddr", "mac", "receive", "uschindex", "errCode", "errMsg"];
    let nothing = [Some(json!("NA")), Some(Json::Null), None, Some(json!("--")), Some(json!("-"))];
    row.into_iter()
        .zip(nothing.iter().cycle())
        .filter_map(|((key, value), nothing)| {
            let value = if IDS.contains(&key) { Some(value) } else { nothing.clone() };
            Some((key, value?))
        })
        .collect()
}
