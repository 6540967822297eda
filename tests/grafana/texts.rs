//! Words that have families of their own, side by side: a line for each box.

use serde_json::json;

use super::panel::{Panel, Query};
use super::series::Series;
use super::table::table;

/// A table of texts of the boxes.
pub fn texts(title: &str, series: &[Series]) -> Panel {
    let ask = |one: &Series| Query::new(format!("max by (box, {}) ({})", one.row.key, one.raw()), "");
    let mut panel = table(series[0].kind, title, &[], &[]).asks(series.iter().map(ask).collect());
    let mut hidden = json!({ "Time": true, "Value": true });
    for index in 0..series.len() {
        hidden[format!("Value #{}", char::from(b'A' + u8::try_from(index).unwrap()))] = json!(true);
    }
    let mut titles = json!({ "box": "Box" });
    let mut places = json!({ "box": 0 });
    for (index, one) in series.iter().enumerate() {
        titles[one.row.key] = json!(one.row.name);
        places[one.row.key] = json!(index + 1);
    }
    panel.json["transformations"][1]["options"] =
        json!({ "excludeByName": hidden, "indexByName": places, "renameByName": titles });
    panel
}
