//! The options of the Home Assistant app, in the place of the file. Their names are those of the file's keys, so that what is
//! wrong is said of the option.

use std::path::PathBuf;
use std::sync::Arc;

use config::{Map, Value, ValueKind};

use super::read::Report;
use super::{ConfigError, layers};
use crate::mqtt::Guide;
use crate::web::IngressSettings;

/// What stands in front of what is wrong with an option.
const PLACE: &str = "option";

/// The bridge as an app of Home Assistant.
#[derive(Clone, Debug)]
pub struct App {
    /// The folder of the app, with `options.json` in it. All that the bridge keeps is kept there.
    pub data: PathBuf,
    /// The folder in which the owner can put files.
    pub files: PathBuf,
    /// Who knows where the broker is.
    pub guide: Arc<dyn Guide>,
    /// Where the page within Home Assistant is, and for whom.
    pub ingress: IngressSettings,
}

impl App {
    /// Where the options are.
    pub(super) fn options(&self) -> PathBuf {
        self.data.join("options.json")
    }

    /// The options, above the file that they name.
    pub(super) fn tree(&self, report: &Report) -> Result<Value, ConfigError> {
        let path = self.options();
        let text = layers::read(&path).map_err(|error| ConfigError::Unreadable { path, error })?;
        let mut options = table(layers::json(PLACE, &text)?);
        fill_in(&mut options);
        if let Some(list) = options.remove("routers") {
            options.insert("routers".to_owned(), by_id(list, report));
        }
        let file = match options.remove("file").map(|file| file.kind) {
            Some(ValueKind::String(name)) => layers::file(&self.files.join(name))?,
            _ => layers::nothing(),
        };
        let mut all = table(file);
        put_above(&mut all, options);
        let data = self.data.to_string_lossy().into_owned();
        all.insert("data".to_owned(), Value::new(Some(&PLACE.to_owned()), data));
        Ok(Value::new(Some(&PLACE.to_owned()), all))
    }
}

fn table(value: Value) -> Map<String, Value> {
    match value.kind {
        ValueKind::Table(table) => table,
        _ => Map::new(),
    }
}

/// Takes away what was not filled in: the form leaves empty texts behind.
fn fill_in(options: &mut Map<String, Value>) {
    options.retain(|_, value| match &mut value.kind {
        ValueKind::Nil => false,
        ValueKind::String(text) => !text.is_empty(),
        ValueKind::Table(inner) => {
            fill_in(inner);
            true
        }
        ValueKind::Array(items) => {
            for item in items {
                if let ValueKind::Table(inner) = &mut item.kind {
                    fill_in(inner);
                }
            }
            true
        }
        _ => true,
    });
}

/// The form has a list of boxes, each with its id; the file has them below their ids.
fn by_id(list: Value, report: &Report) -> Value {
    let origin = PLACE.to_owned();
    let ValueKind::Array(items) = list.kind else { return list };
    let mut boxes = Map::new();
    for (number, item) in (1..).zip(items) {
        let place = format!("routers[{number}].id");
        let mut keys = table(item);
        match keys.remove("id").map(|id| id.kind) {
            Some(ValueKind::String(id)) if boxes.contains_key(&id) => {
                report.problem(PLACE, &place, "another router has the same id");
            }
            Some(ValueKind::String(id)) => {
                boxes.insert(id, Value::new(Some(&origin), keys));
            }
            _ => report.problem(PLACE, &place, "is missing; a short word such as modem is expected"),
        }
    }
    Value::new(Some(&origin), boxes)
}

/// Puts values above others: groups key by key, all else as a whole.
fn put_above(below: &mut Map<String, Value>, above: Map<String, Value>) {
    for (key, value) in above {
        match (below.get_mut(&key).map(|value| &mut value.kind), value.kind) {
            (Some(ValueKind::Table(below)), ValueKind::Table(above)) => put_above(below, above),
            (_, kind) => {
                below.insert(key, Value::new(Some(&PLACE.to_owned()), kind));
            }
        }
    }
}
