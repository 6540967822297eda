//! What a data page says, before anybody decides what it means.

use serde_json::{Map, Value as Json};

use crate::model::{Fault, Mac, printed};
use crate::transport::Reply;

/// One row of a data page. Firmware quotes nearly everything, but not always and not everywhere, so a value may be a
/// string, a number, a boolean or nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Row(Map<String, Json>);

impl Row {
    /// The rows of a page: an array of objects as a rule, a bare object on some pages.
    pub fn all_of(reply: &Reply) -> Result<Vec<Self>, Fault> {
        Self::all_in(reply.json()?)
            .ok_or_else(|| Fault::malformed(&reply.what, "neither a list of rows nor a row"))
    }

    pub fn all_in(document: Json) -> Option<Vec<Self>> {
        let rows = match document {
            Json::Array(rows) => rows,
            row @ Json::Object(_) => vec![row],
            _ => return None,
        };
        Some(rows.into_iter().filter_map(Self::of).collect())
    }

    pub fn of(row: Json) -> Option<Self> {
        match row {
            Json::Object(fields) => Some(Self(fields)),
            _ => None,
        }
    }

    /// What is printed under this key, without blanks; it may be empty, or a placeholder. Booleans stand where
    /// nothing was measured, and count as nothing.
    pub fn raw(&self, key: &str) -> Option<String> {
        match self.0.get(key)? {
            Json::String(text) => Some(text.trim().to_owned()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Everything that is printed under this key: each part of a list, or the only text.
    pub fn parts(&self, key: &str) -> Vec<String> {
        match self.0.get(key) {
            Some(Json::Array(parts)) => {
                parts.iter().filter_map(Json::as_str).map(|part| part.trim().to_owned()).collect()
            }
            _ => self.raw(key).into_iter().collect(),
        }
    }

    /// Puts what stands under one key under another one, too; that one's own value is lost.
    pub fn also_as(&mut self, from: &str, to: &str) {
        if let Some(value) = self.0.get(from).cloned() {
            self.0.insert(to.to_owned(), value);
        }
    }

    /// What is printed under this key, if it says anything.
    pub fn text(&self, key: &str) -> Option<String> {
        self.raw(key).filter(|text| printed::clean(text).is_some())
    }

    pub fn number(&self, key: &str) -> Option<f64> {
        self.read(key, printed::number)
    }

    pub fn count(&self, key: &str) -> Option<u64> {
        self.read(key, printed::count)
    }

    pub fn mac(&self, key: &str) -> Option<Mac> {
        self.read(key, printed::mac)
    }

    /// What a parser makes of the text under this key.
    pub fn read<T>(&self, key: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        parse(&self.raw(key)?)
    }
}
